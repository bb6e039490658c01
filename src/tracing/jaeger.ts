import { Size } from 'cdk8s';
import type { Construct } from 'constructs';
import { serviceAccount } from '../kubernetes/access';
import { Component } from '../kubernetes/component';
import { configFiles } from '../kubernetes/config-files';
import { httpProbe } from '../kubernetes/container';
import { credentialProblems, keyProblems, kindProblems } from '../kubernetes/extra-config';
import { admit, offerMetrics, service } from '../kubernetes/service';
import { toYaml } from '../kubernetes/text';
import { volumeProblems } from '../kubernetes/volumes';
import { statefulSet } from '../kubernetes/workload';
import { Cpu } from '../settings/cpu';
import { type Endpoint, EndpointProtocol } from '../settings/endpoint';
import { Retention } from '../settings/retention';
import type { ServiceOptions, WorkloadOptions } from '../settings/workload-options';
import {
  DATA_PATH,
  HEALTH_PORT,
  type JaegerSettings,
  jaegerConfig,
  METRICS_PORT,
  OTLP_GRPC_PORT,
  OTLP_HTTP_PORT,
  QUERY_GRPC_PORT,
  QUERY_HTTP_PORT,
} from './jaeger-config';

/** Options of `Jaeger` that have nothing to do with its surroundings. */
export interface JaegerOptions extends WorkloadOptions, ServiceOptions {
  /** Volume on which Badger keeps traces. @default - none: traces are kept in memory, and a restart forgets them */
  readonly volume?: Size;
  /** How long the volume keeps spans; at least an hour, and never forever. Needs `volume`. @default Retention.days(2), Badger's default in Jaeger */
  readonly retention?: Retention;
  /** Traces that are kept in memory; the oldest go first. Only without `volume`. @default 20000: a fifth of Jaeger's own, for 512 MiB */
  readonly maxTraces?: number;
  /**
   * Namespaces whose pods may push spans to Jaeger itself. Where an Alloy receives them, it alone needs to reach Jaeger.
   * @default - none but the components that are wired
   */
  readonly senders?: string[];
  /**
   * Further configuration by the names of the OpenTelemetry Collector and of Jaeger's extensions, merged over the generated one
   * (lists are appended). Unknown sections and literal credentials are refused; `${env:NAME}` reads a variable.
   * @default - none
   */
  readonly extraConfig?: { [key: string]: unknown };
}

/** Properties of `Jaeger`. */
export interface JaegerProps extends JaegerOptions {
  /** Tells several Jaegers of one stack apart; part of the name. @default - none */
  readonly instance?: string;
}

const QUERY_HTTP = { name: 'http', port: QUERY_HTTP_PORT };
const QUERY_GRPC = { name: 'grpc', port: QUERY_GRPC_PORT };
const OTLP_GRPC = { name: 'otlp-grpc', port: OTLP_GRPC_PORT };
const OTLP_HTTP = { name: 'otlp-http', port: OTLP_HTTP_PORT };
const METRICS = { name: 'metrics', port: METRICS_PORT };
const HEALTH = { name: 'health', port: HEALTH_PORT };

const CONFIG_PATH = '/etc/jaeger';
const CONFIG_FILE = 'config.yaml';

/** 20000 traces of 10 spans of 1 KiB are 200 MiB; Go's heap needs about twice what lives. */
const RESOURCES = {
  cpuRequest: Cpu.millis(100),
  memoryRequest: Size.mebibytes(256),
  memoryLimit: Size.mebibytes(512),
};

/** Source: the OpenTelemetry Collector's configuration. */
const SECTIONS = ['connectors', 'exporters', 'extensions', 'processors', 'receivers', 'service'];

const CREDENTIALS = {
  keys: ['password', 'token', 'bearer_token', 'api_key'],
  reference: /^\$\{env:\w+\}$/,
  remedy: () => 'references to the environment, "${env:NAME}": set the variable from a Secret with extraEnvironment',
};

/** Jaeger 2, which receives, keeps and shows traces in one process (all-in-one). One replica: neither memory nor Badger can be shared. */
export class Jaeger extends Component {
  /** User interface and queries; what Grafana asks. It asks nobody for a password. */
  public readonly http: Endpoint;
  /** Where spans are pushed over OTLP and gRPC. */
  public readonly otlpGrpc: Endpoint;
  /** Where spans are pushed over OTLP and HTTP, below `/v1/traces`. */
  public readonly otlpHttp: Endpoint;

  constructor(scope: Construct, id: string, props: JaegerProps = {}) {
    super(scope, id, { app: 'jaeger', component: 'jaeger', instance: props.instance, options: props });
    const { volume, senders, extraConfig = {} } = props;
    const settings: JaegerSettings = {
      backend: volume
        ? { kind: 'badger', retention: props.retention ?? Retention.days(2) }
        : { kind: 'memory', maxTraces: props.maxTraces ?? 20_000 },
      extraConfig,
    };
    this._check(() => [
      ...problems(props),
      ...keyProblems('extraConfig', extraConfig, SECTIONS),
      ...kindProblems('extraConfig', jaegerConfig({ ...settings, extraConfig: {} }), extraConfig),
      ...credentialProblems('extraConfig', extraConfig, CREDENTIALS),
      ...volumeProblems(this._context.cluster, 'volume', volume),
    ]);

    const account = serviceAccount(this);
    [this.http, this.otlpGrpc, this.otlpHttp] = service(this, {
      ports: [
        { target: QUERY_HTTP },
        { target: OTLP_GRPC, protocol: EndpointProtocol.GRPC },
        { target: OTLP_HTTP },
        { target: QUERY_GRPC, protocol: EndpointProtocol.GRPC },
      ],
    });
    if (senders) {
      admit(this, OTLP_GRPC, senders);
      admit(this, OTLP_HTTP, senders);
    }
    const config = configFiles(this, 'config', () => ({ [CONFIG_FILE]: toYaml(jaegerConfig(settings)) }));
    const memory = props.resources?.memoryLimit ?? RESOURCES.memoryLimit;
    statefulSet(this, {
      replicas: 1,
      serviceName: this._identity.name,
      claims: volume ? [{ name: 'data', size: volume }] : [],
      pod: () => ({
        serviceAccountName: account,
        checksum: config.checksum(),
        volumes: [config.volume('config')],
        containers: [
          {
            name: 'jaeger',
            image: 'jaeger',
            args: [`--config=${CONFIG_PATH}/${CONFIG_FILE}`],
            environment: [
              // Go collects garbage harder before the container is killed.
              { name: 'GOMEMLIMIT', value: `${Math.floor(memory.toKibibytes({ rounding: 1 }) * 0.9)}KiB` },
              // Traces of its own queries would lie among those of the applications.
              { name: 'OTEL_TRACES_SAMPLER', value: 'always_off' },
            ],
            ports: [QUERY_HTTP, QUERY_GRPC, OTLP_GRPC, OTLP_HTTP, METRICS, HEALTH],
            mounts: [
              { name: 'config', mountPath: CONFIG_PATH, readOnly: true },
              ...(volume ? [{ name: 'data', mountPath: DATA_PATH }] : []),
            ],
            resources: RESOURCES,
            // Five minutes, because Badger reads its log after a crash.
            startup: httpProbe('/status', HEALTH.name, { periodSeconds: 10, failureThreshold: 30 }),
            readiness: httpProbe('/status', HEALTH.name),
            liveness: httpProbe('/status', HEALTH.name, { timeoutSeconds: 5 }),
          },
        ],
      }),
    });
    offerMetrics(this, METRICS, { source: 'jaeger' });
  }
}

function problems({ volume, retention, maxTraces, senders }: JaegerProps): string[] {
  const hours = retention?.toHours() ?? 1;
  return [
    ...(Number.isFinite(hours) && hours >= 1
      ? []
      : [
          `retention is ${retention?.isForever ? 'forever' : retention?.toString()}; allowed is an hour or more, but not forever: choose how long spans are kept`,
        ]),
    ...(retention && !volume
      ? ['retention is given without volume; allowed is it with a volume: give `volume`, or limit the memory by `maxTraces`']
      : []),
    ...(maxTraces !== undefined && volume
      ? ['maxTraces is given with volume; allowed is it for traces in memory: leave it out, or leave `volume` out']
      : []),
    ...(maxTraces === undefined || (Number.isInteger(maxTraces) && maxTraces > 0)
      ? []
      : [`maxTraces is ${maxTraces}; allowed are whole numbers from 1: correct it`]),
    ...(senders?.length === 0
      ? ['senders is []; allowed is at least one namespace: name those that push, or leave the property out']
      : []),
  ];
}
