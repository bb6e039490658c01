import { Duration, Size } from 'cdk8s';
import type { Construct } from 'constructs';
import { serviceAccount } from '../kubernetes/access';
import { Component } from '../kubernetes/component';
import { type ConfigFiles, configFiles } from '../kubernetes/config-files';
import { fieldVariable } from '../kubernetes/container';
import type { PodDescription } from '../kubernetes/pod';
import { offerMetrics, service } from '../kubernetes/service';
import { toYaml } from '../kubernetes/text';
import { claimOptions, offeredSize, volumeProblems } from '../kubernetes/volumes';
import { statefulSet } from '../kubernetes/workload';
import { type AlertLabels, joinedLabels } from '../rules/alert-labels';
import { Alerts } from '../rules/alerts';
import { ruleConfigMaps } from '../rules/rule-config-maps';
import { jobsBySource, type RuleSettings } from '../rules/rule-context';
import type { GroupConfig } from '../rules/rule-file';
import type { BasicAuthentication } from '../settings/basic-authentication';
import { Cpu } from '../settings/cpu';
import { type Endpoint, EndpointProtocol } from '../settings/endpoint';
import type { ObjectStorage } from '../settings/object-storage';
import { Retention } from '../settings/retention';
import type { VolumeOptions } from '../settings/volume-options';
import type { WorkloadOptions } from '../settings/workload-options';
import { type BucketAccess, bucketAccess } from './objstore';
import {
  CONFIG_PATH,
  countProblems,
  DATA_PATH,
  durationProblems,
  endpointProblems,
  GRPC,
  HTTP,
  PROBES,
  STOP_SECONDS,
} from './thanos-process';
import {
  ALERTMANAGERS_FILE,
  alertmanagersConfig,
  externalLabelProblems,
  LOGINS,
  POD_VARIABLE,
  QUERY_FILE,
  queryConfig,
  RULER_LABEL,
  RULES_PATH,
  type RulerSettings,
  rulerArguments,
} from './thanos-ruler-config';

/** Options of `ThanosRuler`: all of its properties but those that connect it. */
export interface ThanosRulerOptions extends WorkloadOptions, VolumeOptions {
  /** Part of its name; must differ between the rulers of one stack. @default - none */
  readonly instance?: string;
  /**
   * The rules that need more than one Prometheus sees: several clusters, all replicas, or more time than Prometheus keeps. They fail
   * whenever part of Thanos does, so all others belong to Prometheus, and those of the library stay there. At least one, now or
   * added later.
   * @default new Alerts({ library: false })
   */
  readonly alerts?: Alerts;
  /** Number of pods. Each evaluates all rules; their alerts are one, and Query takes their series for one. @default 1 */
  readonly replicas?: number;
  /** How often rules are evaluated whose group does not say. @default Duration.minutes(1) */
  readonly evaluationInterval?: Duration;
  /**
   * Labels of all that it makes, beside `ruler` (where it runs) and the replica's. Cluster and environment are not among them: a
   * result keeps those of what it was made from.
   * @default - none
   */
  readonly externalLabels?: { [name: string]: string };
  /** Volume of each replica, for results that are not uploaded yet and for what alerts have waited for. @default Size.gibibytes(5), or what the cluster offers next */
  readonly volume?: Size;
  /** How long results are kept here; at least 6 hours, which an outage of the object storage may last. @default - 2 days where they are uploaded, else 15 days */
  readonly retention?: Retention;
  /** Address of Thanos Query for people, `http[s]://host[:port]`; links in alerts start with it. @default - that of the Ingress of the stack's query frontend or querier, else none */
  readonly queryUrl?: string;
}

/** Properties of `ThanosRuler`. */
export interface ThanosRulerProps extends ThanosRulerOptions {
  /** Who is asked: the endpoint named `http` of a `ThanosQuery`. A query frontend would answer from its cache. */
  readonly query: Endpoint;
  /** Who is told alerts. Give each Alertmanager, or one endpoint with SRV records, never a load balancer. @default - nobody; an error if there is an alert */
  readonly alertmanagers?: Endpoint[];
  /** Where results are uploaded to. @default - they are kept here only */
  readonly objectStorage?: ObjectStorage;
}

const LEAST_RETENTION_HOURS = 6;

/**
 * Evaluates rules over all that Thanos Query sees. Give its endpoint `grpc` to that querier (`addEndpoint`), which then answers with
 * its results, rules and alerts.
 */
export class ThanosRuler extends Component {
  /** StoreAPI and rules, for Thanos Query. A headless Service found by SRV records, because each pod has its own results. */
  public readonly grpc: Endpoint;
  /** Web interface with rules and alerts. */
  public readonly http: Endpoint;
  /** Which rules are evaluated. They may be added until synth. */
  public readonly alerts: Alerts;

  private readonly ruleMaps: readonly ConfigFiles[];

  constructor(
    scope: Construct,
    id: string,
    private readonly props: ThanosRulerProps,
  ) {
    super(scope, id, { app: 'thanos', component: 'ruler', instance: props.instance, options: props });
    const { query, alertmanagers = [], objectStorage, replicas = 1 } = props;
    const { cluster } = this._context;
    this.alerts = props.alerts ?? new Alerts({ library: false });
    this._check(() => this.problems());
    for (const endpoint of [query, ...alertmanagers]) {
      this._connect(endpoint, true);
    }
    for (const { password } of this.logins()) {
      this._requireSecret(password);
    }

    const bucket = objectStorage && bucketAccess(this, objectStorage);
    const account = serviceAccount(this, bucket?.serviceAccountAnnotations);
    const files = configFiles(this, 'config', () => ({
      ...bucket?.files(),
      [QUERY_FILE]: toYaml(queryConfig(query)),
      ...(alertmanagers.length > 0 && { [ALERTMANAGERS_FILE]: toYaml(alertmanagersConfig(alertmanagers)) }),
    }));
    this.ruleMaps = ruleConfigMaps(this, this.alerts, [], () => this.ruleSettings());
    [this.grpc, this.http] = service(this, {
      headless: true,
      ports: [{ target: GRPC, protocol: EndpointProtocol.GRPC }, { target: HTTP }],
    });
    statefulSet(this, {
      replicas,
      serviceName: this._identity.name,
      podManagement: 'Parallel',
      claims: [{ name: 'data', size: props.volume ?? offeredSize(cluster, Size.gibibytes(5)), ...claimOptions(props) }],
      pod: () => this.pod(account, files, bucket),
    });
    offerMetrics(this, HTTP);
  }

  /**
   * What it evaluates.
   * @internal
   */
  public get _groups(): GroupConfig[] {
    return this.alerts._allGroups(this.ruleSettings(), []);
  }

  /**
   * Labels that its alerts may have.
   * @internal
   */
  public get _alertLabels(): AlertLabels {
    const names = [RULER_LABEL, ...Object.keys(this.props.externalLabels ?? {})];
    return joinedLabels([this.alerts._alertLabels(this.ruleSettings(), []), { names, complete: true }]);
  }

  private pod(account: string, files: ConfigFiles, bucket: BucketAccess | undefined): PodDescription {
    const logins = LOGINS.files(this.logins());
    const rules = this.ruleMaps.map((map, index) => ({ map, volume: `rules-${index}` }));
    return {
      serviceAccountName: account,
      checksum: [files, ...this.ruleMaps].map((map) => map.checksum()).join('-'),
      volumes: [
        files.volume('config'),
        ...rules.map(({ map, volume }) => map.volume(volume)),
        ...logins.volumes,
        ...(bucket?.volumes ?? []),
      ],
      labels: bucket?.podLabels,
      terminationGracePeriodSeconds: STOP_SECONDS,
      containers: [
        {
          name: 'ruler',
          image: 'thanos',
          args: rulerArguments(this.settings()),
          environment: [...(bucket?.environment ?? []), fieldVariable(POD_VARIABLE, 'metadata.name')],
          ports: [HTTP, GRPC],
          mounts: [
            { name: 'config', mountPath: CONFIG_PATH, readOnly: true },
            ...rules.map(({ map, volume }) => ({
              name: volume,
              mountPath: `${RULES_PATH}/${map.configMapName}`,
              readOnly: true,
            })),
            { name: 'data', mountPath: DATA_PATH },
            ...logins.mounts,
            ...(bucket?.mounts ?? []),
          ],
          // 71Mi were measured with one rule; each answer is held while its rule is evaluated, and the results of two hours stay.
          resources: { cpuRequest: Cpu.millis(50), memoryRequest: Size.mebibytes(128), memoryLimit: Size.mebibytes(512) },
          ...PROBES,
        },
      ],
    };
  }

  private settings(): RulerSettings {
    const { props, _context: context, _identity: identity } = this;
    const { objectStorage, alertmanagers = [], externalLabels = {}, queryUrl } = props;
    return {
      ruleMaps: this.ruleMaps.map(({ configMapName }) => configMapName),
      // Blocks of two rulers must never have the same labels: the compactor would stop. Clusters may share a bucket.
      ruler: [context.cluster.name, identity.namespace, identity.name].join('/'),
      externalLabels,
      replicaLabel: context.dataLabels.replica,
      evaluationInterval: props.evaluationInterval ?? Duration.minutes(1),
      retention: props.retention ?? (objectStorage ? Retention.days(2) : Retention.days(15)),
      tellsAlertmanagers: alertmanagers.length > 0,
      queryUrl,
      uploads: objectStorage !== undefined,
    };
  }

  private ruleSettings(): RuleSettings {
    const { dataLabels, scrapeInterval, _plan: plan } = this._context;
    return {
      labels: dataLabels,
      scrapeInterval,
      jobs: jobsBySource(plan.metrics, []),
      sendsAlerts: (this.props.alertmanagers ?? []).length > 0,
      loggedMetrics: plan.loggedMetrics,
    };
  }

  private logins(): BasicAuthentication[] {
    const { query, alertmanagers = [] } = this.props;
    return [query, ...alertmanagers].flatMap(({ _login }) => _login ?? []);
  }

  private problems(): string[] {
    const { props, _context: context } = this;
    const { query, alertmanagers = [], replicas = 1 } = props;
    const { evaluationInterval, externalLabels } = this.settings();
    const web = [EndpointProtocol.HTTP, EndpointProtocol.HTTPS];
    return [
      ...endpointProblems('query', query, web),
      ...alertmanagers.flatMap((endpoint, index) => endpointProblems(`alertmanagers[${index}]`, endpoint, web)),
      ...volumeProblems(context.cluster, 'volume', props.volume),
      ...countProblems({ replicas }),
      ...durationProblems({ evaluationInterval }),
      ...externalLabelProblems(externalLabels, context.dataLabels),
      ...this.retentionProblems(),
      ...urlProblems(props.queryUrl),
      ...this.ruleProblems(),
    ];
  }

  private ruleProblems(): string[] {
    if (this.alerts._library) {
      return [
        "alerts has the library's rules; allowed are those that need more than one Prometheus sees: give new Alerts({ library: false })",
      ];
    }
    const rules = this._groups.flatMap((group) => [...group.rules]);
    const alert = rules.find((rule) => 'alert' in rule);
    return [
      ...(rules.length === 0
        ? ['alerts has no rules; allowed is at least one, or there is nothing to evaluate: add a group, or leave the ruler out']
        : []),
      ...(alert && (this.props.alertmanagers ?? []).length === 0
        ? [
            `alertmanagers is empty while alerts has ${JSON.stringify(alert.alert)}; allowed is at least one where there are alerts, or nobody is told: give one`,
          ]
        : []),
    ];
  }

  private retentionProblems(): string[] {
    const { retention } = this.settings();
    const hours = retention.toHours();
    return !retention.isForever && Number.isInteger(hours) && hours >= LEAST_RETENTION_HOURS
      ? []
      : [
          `retention is ${retention}; allowed are whole hours from ${LEAST_RETENTION_HOURS}h, because results are cut and uploaded in blocks of two: correct it`,
        ];
  }
}

const urlProblems = (url: string | undefined) =>
  url === undefined || /^https?:\/\/[a-z0-9.-]+(:\d+)?\/?$/i.test(url)
    ? []
    : [`queryUrl is ${JSON.stringify(url)}; allowed is "http[s]://host[:port]", where Thanos serves: correct it`];
