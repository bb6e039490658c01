import { Size } from 'cdk8s';
import type { Construct } from 'constructs';
import { serviceAccount } from '../kubernetes/access';
import { Component } from '../kubernetes/component';
import { type ContainerDescription, httpProbe, quantity, tcpProbe } from '../kubernetes/container';
import { offerMetrics, service } from '../kubernetes/service';
import { statefulSet } from '../kubernetes/workload';
import { Cpu } from '../settings/cpu';
import { type Endpoint, EndpointProtocol } from '../settings/endpoint';
import type { WorkloadOptions } from '../settings/workload-options';
import { memcachedArguments, memcachedContainerMemory } from './memcached-config';

/** Options of `Memcached` that have nothing to do with what it is for. */
export interface MemcachedOptions extends WorkloadOptions {
  /** Largest item (`-I`); must exceed the largest chunk or result. @default Size.mebibytes(5) */
  readonly maxItemSize?: Size;
  /** Simultaneous connections (`-c`); more than clients times idle connections of each. @default 16384 */
  readonly connections?: number;
  /** Number of instances; clients spread keys over them by consistent hashing. @default 1 */
  readonly replicas?: number;
}

/** Properties of `Memcached`. */
export interface MemcachedProps extends MemcachedOptions {
  /** Memory for items (`-m`), in whole mebibytes. The container gets 1.2 times as much. */
  readonly itemMemory: Size;
  /** What it caches; part of its name. Must differ between caches of one stack. @default 'cache' */
  readonly instance?: string;
}

const CLIENT = { name: 'client', port: 11211 };
const METRICS = { name: 'metrics', port: 9150 };

/** A cache that Loki or Thanos uses. It forgets everything when it restarts, which costs time and no data. */
export class Memcached extends Component {
  /** For clients. A headless Service found by SRV records, because clients must address each instance. */
  public readonly client: Endpoint;
  /** Largest item that is kept; clients should not send more. */
  public readonly maxItemSize: Size;

  constructor(scope: Construct, id: string, props: MemcachedProps) {
    super(scope, id, { app: 'memcached', component: props.instance ?? 'cache', options: props });
    const { itemMemory, connections = 16384, replicas = 1 } = props;
    this.maxItemSize = props.maxItemSize ?? Size.mebibytes(5);
    const { maxItemSize } = this;
    this._check(() => this.problems(itemMemory, connections, replicas));

    const account = serviceAccount(this);
    // The Service's port carries the name that SRV records have; a container port of that name would be too long.
    const [client] = service(this, {
      headless: true,
      ports: [{ target: CLIENT, name: 'memcached-client', protocol: EndpointProtocol.TCP }, { target: METRICS }],
    });
    this.client = client;
    statefulSet(this, {
      replicas,
      serviceName: this._identity.name,
      podManagement: 'Parallel',
      claims: [],
      pod: () => ({
        serviceAccountName: account,
        containers: [
          {
            name: 'memcached',
            image: 'memcached',
            args: memcachedArguments({ itemMemory, maxItemSize, connections }),
            ports: [CLIENT],
            // The limit equals the request: a cache that is promised memory must not be the first one killed.
            resources: {
              cpuRequest: Cpu.millis(50),
              memoryRequest: memcachedContainerMemory(itemMemory),
              memoryLimit: memcachedContainerMemory(itemMemory),
            },
            readiness: tcpProbe(CLIENT.name),
            liveness: tcpProbe(CLIENT.name, { initialDelaySeconds: 10 }),
          },
          EXPORTER,
        ],
      }),
    });
    offerMetrics(this, METRICS, { source: 'memcached' });
  }

  private problems(itemMemory: Size, connections: number, replicas: number): string[] {
    const problems: string[] = [];
    const memory = itemMemory.toKibibytes({ rounding: 1 });
    if (memory < 64 * 1024 || memory % 1024 !== 0) {
      problems.push(
        `itemMemory is ${quantity(itemMemory)}; allowed are whole mebibytes from 64Mi, memcached's own default: round it up`,
      );
    }
    const item = this.maxItemSize.toKibibytes({ rounding: 1 });
    if (item < 1 || item > 1024 * 1024 || item > memory / 2) {
      problems.push(
        `maxItemSize is ${quantity(this.maxItemSize)}; allowed are 1Ki to 1Gi and at most half of itemMemory, ${quantity(itemMemory)}: choose a size between`,
      );
    }
    if (!Number.isInteger(connections) || connections < 1) {
      problems.push(`connections is ${connections}; allowed are whole numbers from 1: correct it`);
    }
    if (!Number.isInteger(replicas) || replicas < 1) {
      problems.push(`replicas is ${replicas}; allowed are whole numbers from 1: correct it`);
    }
    return problems;
  }
}

const EXPORTER: ContainerDescription = {
  name: 'exporter',
  image: 'memcachedExporter',
  args: ['--memcached.address=localhost:11211', '--web.listen-address=0.0.0.0:9150'],
  ports: [METRICS],
  resources: { cpuRequest: Cpu.millis(5), memoryRequest: Size.mebibytes(16), memoryLimit: Size.mebibytes(64) },
  readiness: httpProbe('/metrics', METRICS.name),
};
