import { Size } from 'cdk8s';
import type { k8s } from 'cdk8s-plus-28';
import type { Construct } from 'constructs';
import { serviceAccount } from '../kubernetes/access';
import { Component } from '../kubernetes/component';
import { configFiles } from '../kubernetes/config-files';
import { type ContainerDescription, fieldVariable, httpProbe } from '../kubernetes/container';
import { offerMetrics, service } from '../kubernetes/service';
import { type StorageAccess, storageAccess } from '../kubernetes/storage-access';
import { toYaml } from '../kubernetes/text';
import { claimOptions, offeredSize, volumeProblems } from '../kubernetes/volumes';
import { statefulSet } from '../kubernetes/workload';
import { portions } from '../rules/rule-config-maps';
import { ruleFiles } from '../rules/rule-file';
import { Cpu } from '../settings/cpu';
import { type Endpoint, EndpointProtocol } from '../settings/endpoint';
import type { ObjectStorage } from '../settings/object-storage';
import { Retention } from '../settings/retention';
import type { VolumeOptions } from '../settings/volume-options';
import type { ServiceOptions, WorkloadOptions } from '../settings/workload-options';
import { lokiProblems } from './loki-checks';
import {
  DATA_PATH,
  DEFAULT_SCHEMA_PERIODS,
  deletes,
  GRPC_PORT,
  HTTP_PORT,
  type LokiBucket,
  type LokiSettings,
  lokiConfig,
  MAX_LABEL_NAMES,
  MEMBERLIST_PORT,
  PUSH_PATH,
  RULES_PATH,
  SINGLE_TENANT,
} from './loki-config';
import type { LokiCaches, LokiLimits, LokiRetentionStream, LokiRuleFiles, LokiRuler, LokiSchemaPeriod } from './loki-options';

/** Options of `Loki` that have nothing to do with its surroundings. */
export interface LokiOptions extends WorkloadOptions, VolumeOptions, ServiceOptions {
  /**
   * Volume of each replica: what is not yet in the object storage (write-ahead log, index) and the marks of what will be
   * deleted; without object storage, everything. Plan 2 to 3 GB per MB/s of lines that come in.
   * @default - 10 GiB, or what the cluster offers next to it
   */
  readonly volume?: Size;
  /**
   * Number of replicas. More than one need object storage; each line is then kept by up to three. With two, both are needed
   * to write, so one or three and more are sensible.
   * @default 1
   */
  readonly replicas?: number;
  /** How long lines are kept; at least 24 hours. Deletion follows 2 hours later. @default Retention.forever() */
  readonly retention?: Retention;
  /** Streams that are kept for another time. @default - none */
  readonly retentionStreams?: LokiRetentionStream[];
  /** From when on data is written in which way; append-only. @default - schema v13 from 2024-04-01 */
  readonly schemaPeriods?: LokiSchemaPeriod[];
  /**
   * Whether there are tenants: each request must then name its own by `X-Scope-OrgID`. Switching it on or off hides the data
   * from before.
   * @default false
   */
  readonly authEnabled?: boolean;
  /** Limits. @default - Loki's own */
  readonly limits?: LokiLimits;
  /** Rules over log lines. @default - the ruler runs without rules */
  readonly ruler?: LokiRuler;
  /**
   * Further configuration by Loki's own names, merged over the generated one (lists are replaced). What a property stands for
   * is refused, and so are unknown sections. `${NAME}` stays as it is, unless `extraArgs` has `-config.expand-env=true`;
   * Loki then expands every `$` of the file, also in selectors.
   * @default - none
   */
  readonly extraConfig?: { [key: string]: unknown };
}

/** Properties of `Loki`. */
export interface LokiProps extends LokiOptions {
  /** Where lines and index are kept. @default - on the volume, with one replica */
  readonly objectStorage?: ObjectStorage;
  /** Caches in Memcached. @default - 100 MB each in Loki's own memory */
  readonly caches?: LokiCaches;
  /** Tells several Lokis of one stack apart; part of the name and of the place in the object storage. @default - none */
  readonly instance?: string;
}

const HTTP = { name: 'http', port: HTTP_PORT };
const GRPC = { name: 'grpc', port: GRPC_PORT };
/** One replica alone keeps its ring in memory and does not listen there. */
const memberlistOf = (replicas: number) => (replicas > 1 ? [{ name: 'memberlist', port: MEMBERLIST_PORT }] : []);

/** Answers as soon as the process listens; `/ready` asks the object storage and the other replicas too. */
const ALIVE = '/loki/api/v1/status/buildinfo';

const CONFIG_PATH = '/etc/loki/config';
const CONFIG_FILE = 'config.yaml';

/** Seen: 240 to 360 MiB and 0.3 cores under load; the limit leaves 4 concurrent query shards 300 MB each. */
const RESOURCES = {
  cpuRequest: Cpu.millis(200),
  memoryRequest: Size.mebibytes(512),
  memoryLimit: Size.gibibytes(2),
};

/**
 * Grafana Loki, all parts in one process (`-target=all`, "SingleBinary", "Monolithic"). It carries about 20 GB of lines a day
 * (Loki's documentation). While the object storage is away a running Loki goes on, but with a retention it cannot start.
 */
export class Loki extends Component {
  /** Push, query, rules and metrics. It asks nobody for a password; `LokiGateway` does. */
  public readonly http: Endpoint;
  /** How many labels a stream may have. */
  public readonly maxLabelNamesPerSeries: number;
  /** Whether requests must name a tenant. */
  public readonly authEnabled: boolean;

  constructor(scope: Construct, id: string, props: LokiProps = {}) {
    super(scope, id, { app: 'loki', component: 'loki', instance: props.instance, options: props });
    const { cluster } = this._context;
    const { objectStorage, replicas = 1 } = props;
    this.maxLabelNamesPerSeries = props.limits?.maxLabelNamesPerSeries ?? MAX_LABEL_NAMES;
    this.authEnabled = props.authEnabled ?? false;

    const product = props.instance === undefined ? 'loki' : `loki-${props.instance}`;
    const access = objectStorage && storageAccess(this, objectStorage, product);
    const account = serviceAccount(this, access?.serviceAccountAnnotations);
    [this.http] = service(this, { ports: [{ target: HTTP }, { target: GRPC, protocol: EndpointProtocol.GRPC }] });
    const members = this.memberService(replicas);
    if (replicas > 1) {
      for (const member of members) {
        this._connect(member);
      }
    }
    const settings = this.settings(props, members[0], objectStorage && bucketOf(objectStorage, product, access));
    this._check(() => [...lokiProblems(settings), ...volumeProblems(cluster, 'volume', props.volume)]);
    this.addWarnings(settings);
    this.connectOthers(settings);

    const config = configFiles(this, 'config', () => ({ [CONFIG_FILE]: toYaml(lokiConfig(settings)) }));
    const further = [...ruleVolumes(settings, this.ruleMaps(settings.ruler)), ...temporaryVolumes(settings)];
    statefulSet(this, {
      replicas,
      serviceName: `${this._identity.name}-headless`,
      // Replicas find each other while none is ready yet. Never changed, because the field is immutable.
      podManagement: 'Parallel',
      claims: [{ name: 'data', size: props.volume ?? offeredSize(cluster, Size.gibibytes(10)), ...claimOptions(props) }],
      pod: () => ({
        serviceAccountName: account,
        checksum: config.checksum(),
        labels: access?.podLabels,
        // Running requests and the last upload of the index; a stop with the object storage away takes all of it.
        terminationGracePeriodSeconds: 60,
        volumes: [config.volume('config'), ...further.map(({ volume }) => volume), ...(access?.volumes ?? [])],
        containers: [lokiContainer(settings, access?.environment ?? [], access, further)],
      }),
    });
    offerMetrics(this, HTTP);
  }

  /** URL for agents that are told the whole of it, such as Fluent Bit or Promtail. */
  public get pushUrl(): string {
    return `${this.http.url}${PUSH_PATH}`;
  }

  private settings(props: LokiProps, member: Endpoint, bucket: LokiBucket | undefined): LokiSettings {
    return {
      authEnabled: this.authEnabled,
      replicas: props.replicas ?? 1,
      members: member.hostAndPort,
      clusterLabel: `${this._identity.namespace}/${this._identity.name}`,
      bucket,
      schemaPeriods: props.schemaPeriods ?? DEFAULT_SCHEMA_PERIODS,
      retention: props.retention ?? Retention.forever(),
      retentionStreams: props.retentionStreams ?? [],
      caches: props.caches ?? {},
      limits: props.limits ?? {},
      ruler: props.ruler ?? {},
      memory: props.resources?.memoryLimit ?? RESOURCES.memoryLimit,
      extraConfig: props.extraConfig ?? {},
    };
  }

  /** Names the pods, and lets replicas find each other before they are ready: none is ready without the others. */
  private memberService(replicas: number): Endpoint[] {
    return service(this, {
      suffix: 'headless',
      headless: true,
      publishNotReadyAddresses: true,
      ports: [
        ...memberlistOf(replicas).map((target) => ({ target, protocol: EndpointProtocol.TCP })),
        { target: GRPC, protocol: EndpointProtocol.GRPC },
      ],
    });
  }

  /** ConfigMaps with the rules that are given here. */
  private ruleMaps({ ruleGroups = [] }: LokiRuler): LokiRuleFiles[] {
    const maps: LokiRuleFiles[] = [];
    for (const { groups, tenant } of ruleGroups) {
      const add = portions((portion) => {
        const suffix = maps.length === 0 ? 'rules' : `rules-${maps.length + 1}`;
        maps.push({ configMapName: configFiles(this, suffix, () => ruleFiles(portion)).configMapName, tenant });
      });
      groups.forEach(add);
    }
    return maps;
  }

  private connectOthers({ caches, ruler }: LokiSettings): void {
    for (const endpoint of [caches.chunks?.endpoint, caches.results?.endpoint, ruler.alertmanager, ruler.remoteWrite]) {
      if (endpoint) {
        this._connect(endpoint);
      }
    }
    for (const name of new Set(ruler.ruleFiles?.map(({ configMapName }) => configMapName))) {
      this._require({ kind: 'ConfigMap', namespace: this._identity.namespace, name });
    }
  }

  private addWarnings({ replicas, bucket, retention }: LokiSettings): void {
    this._warn('loki-two-replicas', () =>
      replicas === 2
        ? [`${this._identity.name} has 2 replicas and needs both of them to write; one, or three and more, lose less`]
        : [],
    );
    this._warn('loki-volume-fills', () =>
      bucket === undefined && retention.isForever
        ? [
            `${this._identity.name} keeps lines forever on a volume, and Loki cannot delete by size; give retention or objectStorage`,
          ]
        : [],
    );
  }
}

function bucketOf(storage: ObjectStorage, product: string, access: StorageAccess | undefined): LokiBucket {
  const { bucket, prefix } = storage.locationOf(product);
  return {
    bucket,
    prefix,
    endpoint: storage.endpoint,
    region: storage.region,
    insecure: storage.insecure,
    forcePathStyle: storage.forcePathStyle,
    listObjectsVersion: storage.listObjectsVersion,
    certificateAuthorityFile: access?.certificateAuthorityFile,
  };
}

interface MountedVolume {
  readonly volume: k8s.Volume;
  readonly mount: k8s.VolumeMount;
}

/**
 * One directory for each tenant with rules. Without any, an empty one stands there: Loki wants the directory, and its API
 * answers questions about rules with an error where the tenant's is missing.
 */
function ruleVolumes({ ruler, authEnabled }: LokiSettings, made: readonly LokiRuleFiles[]): MountedVolume[] {
  const tenants = new Map<string, string[]>();
  for (const { configMapName, tenant = SINGLE_TENANT } of [...(ruler.ruleFiles ?? []), ...made]) {
    tenants.set(tenant, [...(tenants.get(tenant) ?? []), configMapName]);
  }
  if (tenants.size === 0) {
    const mountPath = authEnabled ? RULES_PATH : `${RULES_PATH}/${SINGLE_TENANT}`;
    return [{ volume: { name: 'rules', emptyDir: {} }, mount: { name: 'rules', mountPath } }];
  }
  return [...tenants].map(([tenant, names], index) => ({
    volume: { name: `rules-${index}`, projected: { sources: names.map((name) => ({ configMap: { name } })) } },
    mount: { name: `rules-${index}`, mountPath: `${RULES_PATH}/${tenant}`, readOnly: true },
  }));
}

/**
 * Loki lists the chunks that it will delete in the system's temporary directory (compactor/retention/marker.go of 3.7): on a
 * read-only root each round of retention fails there, and nothing is ever deleted.
 */
function temporaryVolumes(settings: LokiSettings): MountedVolume[] {
  return deletes(settings) ? [{ volume: { name: 'tmp', emptyDir: {} }, mount: { name: 'tmp', mountPath: '/tmp' } }] : [];
}

function lokiContainer(
  { replicas, memory }: LokiSettings,
  environment: readonly k8s.EnvVar[],
  access: StorageAccess | undefined,
  further: readonly MountedVolume[],
): ContainerDescription {
  return {
    name: 'loki',
    image: 'loki',
    args: [
      `-config.file=${CONFIG_PATH}/${CONFIG_FILE}`,
      '-target=all',
      // By itself it only finds addresses of private ranges.
      ...(replicas > 1 ? ['-memberlist.advertise-addr=$(POD_IP)'] : []),
    ],
    environment: [
      // Go collects garbage harder before the container is killed.
      { name: 'GOMEMLIMIT', value: `${Math.floor(memory.toKibibytes({ rounding: 1 }) * 0.9)}KiB` },
      ...(replicas > 1 ? [fieldVariable('POD_IP', 'status.podIP')] : []),
      ...environment,
    ],
    ports: [HTTP, GRPC, ...memberlistOf(replicas)],
    mounts: [
      { name: 'config', mountPath: CONFIG_PATH, readOnly: true },
      { name: 'data', mountPath: DATA_PATH },
      ...further.map(({ mount }) => mount),
      ...(access?.mounts ?? []),
    ],
    resources: RESOURCES,
    // Half an hour, because reading the write-ahead log after a crash may take all the CPU there is.
    startup: httpProbe(ALIVE, HTTP.name, { periodSeconds: 10, failureThreshold: 180 }),
    readiness: httpProbe('/ready', HTTP.name),
    liveness: httpProbe(ALIVE, HTTP.name, { timeoutSeconds: 5 }),
  };
}
