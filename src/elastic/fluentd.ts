import { Duration, Size } from 'cdk8s';
import type { Construct } from 'constructs';
import { serviceAccount } from '../kubernetes/access';
import { Component } from '../kubernetes/component';
import { configFiles } from '../kubernetes/config-files';
import { fieldVariable, httpProbe } from '../kubernetes/container';
import { offerMetrics, service } from '../kubernetes/service';
import { Cpu } from '../settings/cpu';
import type { Endpoint } from '../settings/endpoint';
import { fluentdConfig } from './fluentd-config';
import { toFluentdSyntax } from './fluentd-syntax';
import {
  CONFIG_DIRECTORY,
  type LogShipperOptions,
  type LogShipperProps,
  logShipper,
  runLogShipper,
  STORAGE_DIRECTORY,
} from './log-agent';

/** Options of `Fluentd` that have nothing to do with where lines go. */
export interface FluentdOptions extends LogShipperOptions {
  /** How often lines are sent, in whole seconds. @default Duration.seconds(5) */
  readonly flushInterval?: Duration;
}

/** Properties of `Fluentd`. */
export interface FluentdProps extends FluentdOptions, LogShipperProps {}

const METRICS = { name: 'metrics', port: 24231 };

/**
 * Fluentd on every node, tainted or not: reads the log files of all containers, adds the labels of their pods, and sends them to
 * Elasticsearch. What waits is in files of the node, and is tried again until it arrives; where there is no room, reading stops.
 * A line that Elasticsearch refuses for what is in it (a field of another type) is written to Fluentd's own log and is lost.
 *
 * It runs as root, the owner of the log files, but without any capability and with a read-only file system, so its namespace must
 * allow `hostPath` volumes (PodSecurity `privileged`).
 */
export class Fluentd extends Component {
  /** Fluentd's metrics. */
  public readonly metrics: Endpoint;

  constructor(scope: Construct, id: string, props: FluentdProps) {
    super(scope, id, { app: 'fluentd', component: 'fluentd', room: 'agents', options: props });
    const { flushInterval = Duration.seconds(5), bufferLimit = Size.gibibytes(5) } = props;
    const account = serviceAccount(this);
    const agent = logShipper(this, props);
    this._check(() =>
      flushInterval.toMilliseconds() >= 1000 && flushInterval.toMilliseconds() % 1000 === 0
        ? []
        : [`flushInterval is ${flushInterval.toMilliseconds()} ms; allowed are whole seconds from 1: round it`],
    );
    [this.metrics] = service(this, { headless: true, ports: [{ target: METRICS }] });
    const config = configFiles(this, 'config', () => ({
      'fluent.conf': toFluentdSyntax(
        fluentdConfig({
          destination: agent.destination,
          flushInterval,
          bufferLimit,
          ownName: this._identity.name,
          metricsPort: METRICS.port,
        }),
      ),
    }));
    runLogShipper(this, agent, {
      serviceAccountName: account,
      config,
      // What waits is in files; this is for requests that are under way.
      terminationGracePeriodSeconds: 60,
      container: {
        name: 'fluentd',
        image: 'fluentd',
        // Not the image's own script, which loads another configuration.
        command: ['tini', '--', 'fluentd'],
        args: ['--config', `${CONFIG_DIRECTORY}/fluent.conf`],
        environment: [
          // Else each node watches the pods of all nodes (filter_kubernetes_metadata.rb).
          fieldVariable('K8S_NODE_NAME', 'spec.nodeName'),
          // Ruby takes no directory that everybody may write to without a sticky bit, as an emptyDir is, and Fluentd does not start without one.
          { name: 'TMPDIR', value: STORAGE_DIRECTORY },
        ],
        ports: [METRICS],
        // The manifests of its image: 100m, 200Mi; the metadata of a node's pods and two chunks under way come on top.
        resources: { cpuRequest: Cpu.millis(100), memoryRequest: Size.mebibytes(200), memoryLimit: Size.mebibytes(512) },
        readiness: httpProbe('/metrics', METRICS.name, { timeoutSeconds: 5 }),
      },
    });
    offerMetrics(this, METRICS);
  }
}
