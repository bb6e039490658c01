import { Size } from 'cdk8s';
import type { Construct } from 'constructs';
import { serviceAccount } from '../kubernetes/access';
import { Component } from '../kubernetes/component';
import { httpProbe } from '../kubernetes/container';
import { admit, offerMetrics, service } from '../kubernetes/service';
import { statefulSet } from '../kubernetes/workload';
import { Cpu } from '../settings/cpu';
import type { Endpoint } from '../settings/endpoint';
import type { ServiceOptions, WorkloadOptions } from '../settings/workload-options';

/** Options of `Zipkin` that have nothing to do with its surroundings. */
export interface ZipkinOptions extends WorkloadOptions, ServiceOptions {
  /** Spans that are kept in memory; the oldest traces go first. @default 100000, for 512 MiB (Zipkin's own: 500000) */
  readonly maxSpans?: number;
  /** Namespaces whose pods may push spans. @default - those of the whole cluster */
  readonly senders?: string[];
}

/** Properties of `Zipkin`. */
export interface ZipkinProps extends ZipkinOptions {
  /** Tells several Zipkins of one stack apart; part of the name. @default - none */
  readonly instance?: string;
}

const HTTP = { name: 'http', port: 9411 };

/** Half of the memory is the heap: a span with its indices takes about 1 KiB, and the other half is the JVM's own. */
const RESOURCES = {
  cpuRequest: Cpu.millis(100),
  memoryRequest: Size.mebibytes(512),
  memoryLimit: Size.mebibytes(512),
};

/**
 * Zipkin, which receives, keeps and shows spans of its own format in one process, in memory: a restart forgets them. Applications
 * push to it themselves, because no Alloy writes this format. Where their spans are to be kept, let an Alloy receive them
 * (`zipkin` of `AlloySource.traces`) for Tempo or Jaeger.
 */
export class Zipkin extends Component {
  /** User interface and queries, and where spans are pushed, below `/api/v2/spans`. It asks nobody for a password. */
  public readonly http: Endpoint;

  constructor(scope: Construct, id: string, props: ZipkinProps = {}) {
    super(scope, id, { app: 'zipkin', component: 'zipkin', instance: props.instance, options: props });
    const { maxSpans = 100_000, senders } = props;
    this._check(() => [
      ...(Number.isInteger(maxSpans) && maxSpans > 0
        ? []
        : [`maxSpans is ${maxSpans}; allowed are whole numbers from 1: correct it`]),
      ...(senders?.length === 0
        ? ['senders is []; allowed is at least one namespace: name those that push, or leave the property out for all']
        : []),
    ]);
    const account = serviceAccount(this);
    [this.http] = service(this, { ports: [{ target: HTTP }] });
    admit(this, HTTP, senders);
    const memory = props.resources?.memoryLimit ?? RESOURCES.memoryLimit;
    statefulSet(this, {
      replicas: 1,
      serviceName: this._identity.name,
      claims: [],
      pod: () => ({
        serviceAccountName: account,
        volumes: [{ name: 'tmp', emptyDir: {} }],
        containers: [
          {
            name: 'zipkin',
            image: 'zipkin',
            args: [],
            environment: [
              { name: 'STORAGE_TYPE', value: 'mem' },
              { name: 'MEM_MAX_SPANS', value: `${maxSpans}` },
              {
                name: 'JAVA_OPTS',
                value: `-Xmx${Math.floor(memory.toMebibytes({ rounding: 1 }) / 2)}m -XX:+ExitOnOutOfMemoryError`,
              },
            ],
            ports: [HTTP],
            mounts: [{ name: 'tmp', mountPath: '/tmp' }],
            resources: RESOURCES,
            // A JVM with a tenth of a core takes its time.
            startup: httpProbe('/health', HTTP.name, { periodSeconds: 10, failureThreshold: 30 }),
            readiness: httpProbe('/health', HTTP.name, { timeoutSeconds: 5 }),
            liveness: httpProbe('/info', HTTP.name, { timeoutSeconds: 5 }),
          },
        ],
      }),
    });
    offerMetrics(this, HTTP, { source: 'zipkin', path: '/prometheus' });
  }
}
