import { Duration, Size } from 'cdk8s';
import type { Construct } from 'constructs';
import { serviceAccount } from '../kubernetes/access';
import { Component } from '../kubernetes/component';
import { configFiles } from '../kubernetes/config-files';
import { httpProbe } from '../kubernetes/container';
import { offerMetrics, service } from '../kubernetes/service';
import { toYaml } from '../kubernetes/text';
import { Cpu } from '../settings/cpu';
import type { Endpoint } from '../settings/endpoint';
import { fluentBitConfig } from './fluent-bit-config';
import { CONFIG_DIRECTORY, type LogShipperOptions, type LogShipperProps, logShipper, runLogShipper } from './log-agent';

/** Options of `FluentBit` that have nothing to do with where lines go. */
export interface FluentBitOptions extends LogShipperOptions {
  /** How often lines are sent. @default Duration.seconds(5) */
  readonly flushInterval?: Duration;
}

/** Properties of `FluentBit`. */
export interface FluentBitProps extends FluentBitOptions, LogShipperProps {}

const HTTP = { name: 'http-metrics', port: 2020 };

/**
 * Fluent Bit on every node, tainted or not: what `Fluentd` does, in a tenth of its memory. What waits is in files of the node, and is
 * tried again until it arrives. Unlike Fluentd, the **oldest** waiting lines go when `bufferLimit` is full; and what Elasticsearch refuses
 * of a request while it takes the rest (for what is in it, or because it is overloaded) is lost. Where no line may be, take Fluentd.
 *
 * It runs as root, the owner of the log files, but without any capability and with a read-only file system, so its namespace must
 * allow `hostPath` volumes (PodSecurity `privileged`).
 */
export class FluentBit extends Component {
  /** Fluent Bit's API and metrics. */
  public readonly http: Endpoint;

  constructor(scope: Construct, id: string, props: FluentBitProps) {
    super(scope, id, { app: 'fluent-bit', component: 'fluent-bit', room: 'agents', options: props });
    const { flushInterval = Duration.seconds(5), bufferLimit = Size.gibibytes(5) } = props;
    const account = serviceAccount(this);
    const agent = logShipper(this, props);
    this._check(() =>
      flushInterval.toMilliseconds() > 0 ? [] : ['flushInterval is 0; allowed is more than zero: give it in seconds'],
    );
    [this.http] = service(this, { headless: true, ports: [{ target: HTTP }] });
    const config = configFiles(this, 'config', () => ({
      'fluent-bit.yaml': toYaml(
        fluentBitConfig({
          destination: agent.destination,
          flushInterval,
          bufferLimit,
          ownName: this._identity.name,
          httpPort: HTTP.port,
        }),
      ),
    }));
    runLogShipper(this, agent, {
      serviceAccountName: account,
      config,
      // Longer than its own grace time, for requests that are under way.
      terminationGracePeriodSeconds: 40,
      container: {
        name: 'fluent-bit',
        image: 'fluentBit',
        args: [`--config=${CONFIG_DIRECTORY}/fluent-bit.yaml`],
        ports: [HTTP],
        // At most 64 chunks of some 2 MB are in memory; the rest waits on the disk.
        resources: { cpuRequest: Cpu.millis(50), memoryRequest: Size.mebibytes(64), memoryLimit: Size.mebibytes(256) },
        // Whether Elasticsearch answers is no matter of restarts.
        readiness: httpProbe('/', HTTP.name),
        liveness: httpProbe('/', HTTP.name, { initialDelaySeconds: 10 }),
      },
    });
    offerMetrics(this, HTTP, { path: '/api/v2/metrics/prometheus' });
  }
}
