import { Size } from 'cdk8s';
import type { k8s } from 'cdk8s-plus-28';
import type { Construct } from 'constructs';
import { serviceAccount } from '../kubernetes/access';
import { Component } from '../kubernetes/component';
import { configFiles } from '../kubernetes/config-files';
import { httpProbe } from '../kubernetes/container';
import { credentialProblems } from '../kubernetes/extra-config';
import { admit, offerMetrics, service } from '../kubernetes/service';
import { storageAccess } from '../kubernetes/storage-access';
import { toYaml } from '../kubernetes/text';
import { offeredSize, volumeProblems } from '../kubernetes/volumes';
import { statefulSet } from '../kubernetes/workload';
import { Cpu } from '../settings/cpu';
import { type Endpoint, EndpointProtocol } from '../settings/endpoint';
import type { ObjectStorage } from '../settings/object-storage';
import { Retention } from '../settings/retention';
import type { ServiceOptions, WorkloadOptions } from '../settings/workload-options';
import {
  DATA_PATH,
  extraConfigProblems,
  GRPC_PORT,
  HTTP_PORT,
  OTLP_GRPC_PORT,
  OTLP_HTTP_PORT,
  type TempoSettings,
  tempoConfig,
} from './tempo-config';

/** Options of `Tempo` that have nothing to do with its surroundings. */
export interface TempoOptions extends WorkloadOptions, ServiceOptions {
  /**
   * Volume: what is not yet in the object storage (write-ahead logs, about an hour of spans); without object storage,
   * everything.
   * @default - 10 GiB, or what the cluster offers next to it
   */
  readonly volume?: Size;
  /** How long traces are kept; at least an hour, and never forever: Tempo has no word for that. @default Retention.days(14), Tempo's own */
  readonly retention?: Retention;
  /**
   * Namespaces whose pods may push spans to Tempo itself. Where an Alloy receives them, it alone needs to reach Tempo.
   * @default - none but the components that are wired
   */
  readonly senders?: string[];
  /**
   * Further configuration by Tempo's own names, merged over the generated one (lists are appended). What a property stands for
   * is refused, and so are unknown sections.
   * @default - none
   */
  readonly extraConfig?: { [key: string]: unknown };
}

/** Properties of `Tempo`. */
export interface TempoProps extends TempoOptions {
  /** Where traces are kept. @default - on the volume */
  readonly objectStorage?: ObjectStorage;
  /**
   * Each Prometheus that gets metrics made from spans: calls between services (`traces_service_graph_*`) and requests by service and
   * operation (`traces_spanmetrics_*`). Take `prometheus.acceptRemoteWrites()`.
   * @default - no such metrics
   */
  readonly remoteWrite?: Endpoint[];
  /** Tells several Tempos of one stack apart; part of the name and of the place in the object storage. @default - none */
  readonly instance?: string;
}

const HTTP = { name: 'http', port: HTTP_PORT };
const GRPC = { name: 'grpc', port: GRPC_PORT };
const OTLP_GRPC = { name: 'otlp-grpc', port: OTLP_GRPC_PORT };
const OTLP_HTTP = { name: 'otlp-http', port: OTLP_HTTP_PORT };

/** Answers as soon as the process listens; `/ready` asks all parts. */
const ALIVE = '/api/status/buildinfo';

const CONFIG_PATH = '/etc/tempo/config';
const CONFIG_FILE = 'config.yaml';
const LOGIN_PATH = '/etc/tempo/logins';

/** Not measured: Tempo's chart leaves them open. A block in the making (500 MB at most) and queries must fit below the limit. */
const RESOURCES = {
  cpuRequest: Cpu.millis(200),
  memoryRequest: Size.mebibytes(512),
  memoryLimit: Size.gibibytes(2),
};

const CREDENTIALS = {
  keys: ['access_key', 'secret_key', 'session_token', 'password', 'credentials', 'bearer_token'],
  remedy: () => 'credentials from Secrets: use objectStorage.identity, or a file that extraVolumes mounts',
};

/**
 * Grafana Tempo, all parts in one process (`-target=all`, "monolithic"). One replica: Tempo 3 shares work between several only by
 * way of Kafka. Where the process is killed, what came in the last seconds is lost: a trace goes to the volume when it was idle for
 * `live_store.max_trace_idle` (5 s), or 30 s old, which is looked at every 5 s. A process that is asked to end writes all.
 */
export class Tempo extends Component {
  /** Queries and metrics; what Grafana asks. It asks nobody for a password. */
  public readonly http: Endpoint;
  /** Where spans are pushed over OTLP and gRPC. */
  public readonly otlpGrpc: Endpoint;
  /** Where spans are pushed over OTLP and HTTP, below `/v1/traces`. */
  public readonly otlpHttp: Endpoint;
  /** Whether metrics are made from spans. */
  public readonly makesMetrics: boolean;

  constructor(scope: Construct, id: string, props: TempoProps = {}) {
    super(scope, id, { app: 'tempo', component: 'tempo', instance: props.instance, options: props });
    const { cluster } = this._context;
    const { objectStorage, remoteWrite = [], senders, retention = Retention.days(14), extraConfig = {} } = props;
    this.makesMetrics = remoteWrite.length > 0;
    const product = props.instance === undefined ? 'tempo' : `tempo-${props.instance}`;
    const access = objectStorage && storageAccess(this, objectStorage, product);
    const account = serviceAccount(this, access?.serviceAccountAnnotations);
    [this.http, this.otlpGrpc, this.otlpHttp] = service(this, {
      ports: [
        { target: HTTP },
        { target: OTLP_GRPC, protocol: EndpointProtocol.GRPC },
        { target: OTLP_HTTP },
        { target: GRPC, protocol: EndpointProtocol.GRPC },
      ],
    });
    if (senders) {
      admit(this, OTLP_GRPC, senders);
      admit(this, OTLP_HTTP, senders);
    }
    const logins = this.connectPrometheus(remoteWrite);
    this._check(() => [
      ...problems(props, retention),
      ...extraConfigProblems(extraConfig),
      ...credentialProblems('extraConfig', extraConfig, CREDENTIALS),
      ...volumeProblems(cluster, 'volume', props.volume),
    ]);
    this._warn('tempo-lists-with-v2', () =>
      objectStorage?.listObjectsVersion === 'v1'
        ? [
            `${this._identity.name} lists objects with version 2 and has no setting for it, while objectStorage asks for version 1; try it before you rely on it`,
          ]
        : [],
    );

    const settings = (): TempoSettings => ({
      bucket: objectStorage && {
        ...objectStorage.locationOf(product),
        prefix: objectStorage.locationOf(product).prefix,
        endpoint: objectStorage.endpoint,
        region: objectStorage.region,
        insecure: objectStorage.insecure,
        forcePathStyle: objectStorage.forcePathStyle,
        certificateAuthorityFile: access?.certificateAuthorityFile,
      },
      retention,
      remoteWrite: remoteWrite.map(({ url, _login: login }, index) => ({
        url: `${url.replace(/\/$/, '')}/api/v1/write`,
        login: login && { user: login.user, passwordFile: `${LOGIN_PATH}/${index}` },
      })),
      externalLabels: {
        [this._context.dataLabels.cluster]: cluster.name,
        [this._context.dataLabels.environment]: cluster.environment,
      },
      extraConfig,
    });
    const config = configFiles(this, 'config', () => ({ [CONFIG_FILE]: toYaml(tempoConfig(settings())) }));
    const memory = props.resources?.memoryLimit ?? RESOURCES.memoryLimit;
    statefulSet(this, {
      replicas: 1,
      serviceName: this._identity.name,
      claims: [{ name: 'data', size: props.volume ?? offeredSize(cluster, Size.gibibytes(10)) }],
      pod: () => ({
        serviceAccountName: account,
        checksum: config.checksum(),
        labels: access?.podLabels,
        // The block in the making is written to the volume before the process ends.
        terminationGracePeriodSeconds: 60,
        volumes: [config.volume('config'), ...logins, ...(access?.volumes ?? [])],
        containers: [
          {
            name: 'tempo',
            image: 'tempo',
            args: [`-config.file=${CONFIG_PATH}/${CONFIG_FILE}`],
            environment: [
              // Go collects garbage harder before the container is killed.
              { name: 'GOMEMLIMIT', value: `${Math.floor(memory.toKibibytes({ rounding: 1 }) * 0.9)}KiB` },
              ...(access?.environment ?? []),
            ],
            ports: [HTTP, GRPC, OTLP_GRPC, OTLP_HTTP],
            mounts: [
              { name: 'config', mountPath: CONFIG_PATH, readOnly: true },
              { name: 'data', mountPath: DATA_PATH },
              ...logins.map(({ name }) => ({ name, mountPath: LOGIN_PATH, readOnly: true })),
              ...(access?.mounts ?? []),
            ],
            resources: RESOURCES,
            // Ten minutes, because reading the write-ahead logs after a crash takes what the disk gives.
            startup: httpProbe(ALIVE, HTTP.name, { periodSeconds: 10, failureThreshold: 60 }),
            readiness: httpProbe('/ready', HTTP.name),
            liveness: httpProbe(ALIVE, HTTP.name, { timeoutSeconds: 5 }),
          },
        ],
      }),
    });
    offerMetrics(this, HTTP, { source: 'tempo' });
  }

  /** Opens the way to each Prometheus. The passwords of those that ask for one lie in a volume, in files named by their place. */
  private connectPrometheus(remoteWrite: readonly Endpoint[]): k8s.Volume[] {
    const sources = remoteWrite.flatMap((endpoint, index) => {
      this._connect(endpoint, true);
      const password = endpoint._login?.password;
      if (password === undefined) {
        return [];
      }
      this._requireSecret(password);
      return [{ secret: { name: password.secretName, items: [{ key: password.key, path: `${index}` }] } }];
    });
    return sources.length === 0 ? [] : [{ name: 'logins', projected: { sources } }];
  }
}

function problems({ remoteWrite = [], senders }: TempoProps, retention: Retention): string[] {
  const hours = retention.toHours();
  return [
    ...(Number.isFinite(hours) && hours >= 1
      ? []
      : [
          `retention is ${retention.isForever ? 'forever' : retention.toString()}; allowed is an hour or more, but not forever: choose how long traces are kept`,
        ]),
    ...(senders?.length === 0
      ? ['senders is []; allowed is at least one namespace: name those that push, or leave the property out']
      : []),
    ...remoteWrite
      .filter(({ protocol }) => protocol !== EndpointProtocol.HTTP && protocol !== EndpointProtocol.HTTPS)
      .map(
        ({ hostAndPort, protocol }) =>
          `remoteWrite has ${hostAndPort}, where ${protocol} is spoken; allowed are HTTP and HTTPS: take prometheus.acceptRemoteWrites()`,
      ),
  ];
}
