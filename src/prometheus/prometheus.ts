import { Duration, Size } from 'cdk8s';
import type { k8s } from 'cdk8s-plus-28';
import type { Construct } from 'constructs';
import { serviceAccount } from '../kubernetes/access';
import { Component } from '../kubernetes/component';
import { type ConfigFiles, configFiles } from '../kubernetes/config-files';
import { type ContainerDescription, execProbe, fieldVariable, httpProbe, tcpProbe } from '../kubernetes/container';
import { ingressUrl } from '../kubernetes/ingress';
import type { PodDescription } from '../kubernetes/pod';
import { offerMetrics, service } from '../kubernetes/service';
import { toYaml } from '../kubernetes/text';
import { claimOptions, offeredSize } from '../kubernetes/volumes';
import { stackLogin, webConfig, webExposure } from '../kubernetes/web-exposure';
import { statefulSet } from '../kubernetes/workload';
import { type AlertLabels, joinedLabels } from '../rules/alert-labels';
import { Alerts } from '../rules/alerts';
import { ruleConfigMaps } from '../rules/rule-config-maps';
import { jobsBySource, type RuleSettings } from '../rules/rule-context';
import type { GroupConfig } from '../rules/rule-file';
import type { BasicAuthentication } from '../settings/basic-authentication';
import { Cpu } from '../settings/cpu';
import type { Endpoint } from '../settings/endpoint';
import { IMAGE_TABLE } from '../settings/images';
import { Retention } from '../settings/retention';
import { basicAuthConfig, loginFiles } from './login-files';
import { defaultRetentionSize, prometheusArguments } from './prometheus-arguments';
import { prometheusProblems } from './prometheus-checks';
import {
  CONFIG_FILE,
  CONFIG_PATH,
  DATA_PATH,
  HTTP_CLIENT_FILE,
  type PrometheusSettings,
  prometheusConfig,
  RULES_PATH,
} from './prometheus-config';
import type { PrometheusIntent, SettledPrometheus } from './prometheus-intent';
import type { PrometheusProps } from './prometheus-props';
import { replicaEndpoints } from './replica-endpoints';
import { grantScrapeRights, reachTargets, scrapedJobs, shortestInterval } from './scrape-access';

const HTTP = { name: 'http', port: 9090 };
const DATA_VOLUME = 'data';
const CLIENT_PATH = '/etc/prometheus/client';
const CLIENT_MOUNT = { name: 'client', mountPath: CLIENT_PATH, readOnly: true };

// Half an hour to start: replaying the write-ahead log takes about 25 s for a million series, and a restart would start over.
const STARTS = { periodSeconds: 5, failureThreshold: 360, timeoutSeconds: 3 };
const READY = { periodSeconds: 5, timeoutSeconds: 3 };
const ALIVE = { periodSeconds: 10, failureThreshold: 6, timeoutSeconds: 3 };

const PROBES = {
  startup: httpProbe('/-/ready', HTTP.name, STARTS),
  readiness: httpProbe('/-/ready', HTTP.name, READY),
  liveness: httpProbe('/-/healthy', HTTP.name, ALIVE),
};

/** A probe over HTTP would have the password in the manifest; the image's own promtool reads it from its file, in 40 ms. */
const READY_COMMAND = [
  'promtool',
  'check',
  'ready',
  `--http.config.file=${CLIENT_PATH}/${HTTP_CLIENT_FILE}`,
  `--url=http://localhost:${HTTP.port}`,
];

const LOGIN_PROBES = {
  startup: execProbe(READY_COMMAND, STARTS),
  readiness: execProbe(READY_COMMAND, READY),
  liveness: tcpProbe(HTTP.name, ALIVE),
};

const united = (maps: readonly { readonly [key: string]: string }[]): { [key: string]: string } =>
  Object.fromEntries(maps.flatMap((map) => Object.entries(map)));

/**
 * Collects metrics: of the kubelets, of every component of the stack, and of what `scrape` names. It reads its
 * configuration again when that changes, so that only changed arguments restart it.
 */
export class Prometheus extends Component {
  /** API and web interface of any replica. */
  public readonly http: Endpoint;
  /** Which rules are evaluated. They may be changed until synth. */
  public readonly alerts: Alerts;

  private readonly settled: SettledPrometheus;
  /** Those with rules of the library and of `alerts`. */
  private ruleMaps: readonly ConfigFiles[] = [];
  /** How programs in the pod log in, where Prometheus asks for passwords itself. */
  private clientFiles: ConfigFiles | undefined;
  private receivesWrites: boolean;
  private keepsExemplars: boolean;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: PrometheusProps = {},
  ) {
    super(scope, id, { app: 'prometheus', component: 'prometheus', instance: props.instance, options: props });
    const { extensions = [], replicas = 1, ruleFiles = [] } = props;
    const volume = props.volume ?? offeredSize(this._context.cluster, Size.gibibytes(50));
    this.settled = {
      volume,
      retention: props.retention ?? Retention.days(15),
      retentionSize: props.retentionSize ?? defaultRetentionSize(volume),
      replicas,
      extensions,
      uploadsBlocks: extensions.some((extension) => extension._uploadsBlocks),
    };

    this.receivesWrites = props.remoteWriteReceiver ?? false;
    this.keepsExemplars = props.exemplarStorage ?? false;
    grantScrapeRights(this, props);
    reachTargets(this, props);
    const account = serviceAccount(this, united(extensions.map((extension) => extension._serviceAccountAnnotations)));
    const login = stackLogin(props.authentication);
    this.alerts = props.alerts ?? new Alerts();
    const config = this._configure();
    for (const name of ruleFiles) {
      this._require({ kind: 'ConfigMap', namespace: this._identity.namespace, name });
    }

    [this.http] = service(this, { ports: [{ target: HTTP, login }] });
    const ports = [{ target: HTTP }, ...extensions.flatMap((extension) => extension._ports)];
    const [, ...endpoints] = service(this, { suffix: 'headless', headless: true, ports });
    for (const extension of extensions) {
      extension._attach(this, endpoints.splice(0, extension._ports.length));
    }
    this._run(account, config);
    webExposure(
      this,
      HTTP,
      props,
      'prometheus-without-login',
      'whoever comes reads everything; put an authenticating proxy before it',
    );
    offerMetrics(this, HTTP, { login });
    this._check(() => this.problems());
  }

  /**
   * Lets others write samples here by remote write, such as the agent that honours monitors. Each of the endpoints that come back is
   * a replica: who writes must write to all of them, because replicas know nothing of each other.
   */
  public acceptRemoteWrites(): Endpoint[] {
    this.receivesWrites = true;
    return replicaEndpoints(this.http, this._identity, this.settled.replicas, this._context.cluster.domain, this._podHost);
  }

  /**
   * Keeps exemplars, unless the user has decided; for a stack with traces.
   * @internal
   */
  public _keepExemplars(): void {
    this.keepsExemplars = this.props.exemplarStorage ?? true;
  }

  /**
   * Where a replica is found in its namespace.
   * @internal
   */
  protected get _podHost(): (replica: number) => string {
    const { name } = this._identity;
    return (replica) => `${name}-${replica}.${name}-headless`;
  }

  /**
   * Emits configuration and rules. Where an operator writes them, they are objects of its own.
   * @internal
   */
  protected _configure(): ConfigFiles | undefined {
    const config = configFiles(this, 'config', () => ({ [CONFIG_FILE]: toYaml(prometheusConfig(this.configSettings())) }));
    const login = stackLogin(this.props.authentication);
    this.clientFiles =
      login && configFiles(this, 'client', () => ({ [HTTP_CLIENT_FILE]: toYaml({ basic_auth: basicAuthConfig(login) }) }));
    this.ruleMaps = ruleConfigMaps(this, this.alerts, this.props.objectives ?? [], () => this.ruleSettings());
    return config;
  }

  /**
   * What it evaluates, besides files of others.
   * @internal
   */
  public get _groups(): GroupConfig[] {
    return this.alerts._allGroups(this.ruleSettings(), this.props.objectives ?? []);
  }

  /**
   * Emits what runs the servers. Where an operator does that, it is an object of its own.
   * @internal
   */
  protected _run(account: string, config: ConfigFiles | undefined): void {
    statefulSet(this, {
      replicas: this.settled.replicas,
      serviceName: `${this._identity.name}-headless`,
      // Replicas know nothing of each other.
      podManagement: 'Parallel',
      claims: this._intent.claims,
      pod: () => this.pod(account, config),
    });
  }

  /**
   * What is wanted, whoever runs it.
   * @internal
   */
  protected get _intent(): PrometheusIntent {
    const { props, settled } = this;
    return {
      ...settled,
      claims: [{ name: DATA_VOLUME, size: settled.volume, ...claimOptions(props) }],
      settings: () => this.configSettings(),
      additions: (host) => settled.extensions.map((extension) => extension._addition(host)),
      logins: () => this.logins(),
      receivesWrites: () => this.receivesWrites,
      keepsExemplars: () => this.keepsExemplars,
      externalUrl: this.externalUrl(),
      sendsAlerts: (props.alertmanagers ?? []).length > 0 || props.extraConfig?.alerting !== undefined,
    };
  }

  /**
   * Labels that its alerts may have.
   * @internal
   */
  public get _alertLabels(): AlertLabels {
    const { objectives = [], ruleFiles = [], externalLabels = {}, extraConfig = {} } = this.props;
    const complete = ruleFiles.length === 0 && extraConfig.rule_files === undefined && extraConfig.alerting === undefined;
    return joinedLabels([
      this.alerts._alertLabels(this.ruleSettings(), objectives),
      { names: Object.keys(externalLabels), complete },
    ]);
  }

  private ruleSettings(): RuleSettings {
    const { _plan: plan, dataLabels: labels, scrapeInterval } = this._context;
    return {
      labels,
      scrapeInterval,
      shortestInterval: shortestInterval(this.props, scrapeInterval),
      jobs: jobsBySource(plan.metrics, scrapedJobs(this.props)),
      sendsAlerts: this._intent.sendsAlerts,
      retention: this.settled.retention,
      loggedMetrics: plan.loggedMetrics,
    };
  }

  /** Names of all ConfigMaps with rules. */
  private ruleFiles(): string[] {
    return [...(this.props.ruleFiles ?? []), ...this.ruleMaps.map(({ configMapName }) => configMapName)];
  }

  private configSettings(): PrometheusSettings {
    const { props, _context: context, _identity: identity } = this;
    const { cluster, dataLabels, scrapeInterval, namespaces, _plan: plan } = context;
    const place = { labels: dataLabels, cluster: cluster.name, environment: cluster.environment };
    const tenSeconds = Duration.seconds(10);
    return {
      place,
      scrapeInterval,
      scrapeTimeout:
        props.scrapeTimeout ?? (scrapeInterval.toMilliseconds() < tenSeconds.toMilliseconds() ? scrapeInterval : tenSeconds),
      evaluationInterval: props.evaluationInterval ?? scrapeInterval,
      externalLabels: props.externalLabels ?? {},
      ruleFiles: this.ruleFiles(),
      alertmanagers: props.alertmanagers ?? [],
      kubernetes: {
        place,
        cluster,
        metrics: props.kubernetes ?? {},
        ownNamespaces: [
          namespaces.main,
          namespaces.agents,
          identity.namespace,
          ...plan.metrics.map((endpoint) => endpoint.identity.namespace),
        ],
      },
      jobs: props.scrape ?? [],
      components: plan.metrics,
      extraConfig: props.extraConfig ?? {},
    };
  }

  private pod(account: string, config: ConfigFiles | undefined): PodDescription {
    const { extensions } = this.settled;
    const web = webConfig(this.props.authentication);
    const logins = loginFiles(this.logins());
    const configMount = { name: 'config', mountPath: CONFIG_PATH, readOnly: true };
    const host = {
      component: this,
      dataVolume: DATA_VOLUME,
      dataPath: DATA_PATH,
      user: IMAGE_TABLE.prometheus.user,
      httpClient: this.clientFiles && {
        file: `${CLIENT_PATH}/${HTTP_CLIENT_FILE}`,
        mounts: [CLIENT_MOUNT, ...logins.mounts],
      },
    };
    const additions = extensions.map((extension) => extension._addition(host));
    const ruleVolumes = this.ruleFiles().map((name, index) => ({ name: `rules-${index}`, configMap: { name } }));
    return {
      serviceAccountName: account,
      mountsToken: true,
      // Extensions read once how they log in; everything else is read again.
      checksum: this.clientFiles?.checksum(),
      // The write-ahead log is closed and requests in flight are answered before the end.
      terminationGracePeriodSeconds: 300,
      labels: united(additions.map(({ podLabels }) => podLabels)),
      containers: [
        this.server([configMount, ...web.mounts, ...logins.mounts, ...(this.clientFiles ? [CLIENT_MOUNT] : [])]),
        ...additions.flatMap(({ containers }) => containers),
      ],
      volumes: [
        ...(config ? [config.volume('config')] : []),
        ...web.volumes,
        ...logins.volumes,
        ...(this.clientFiles ? [this.clientFiles.volume(CLIENT_MOUNT.name)] : []),
        ...ruleVolumes,
        ...additions.flatMap(({ volumes }) => volumes),
      ],
    };
  }

  private server(configMounts: readonly k8s.VolumeMount[]): ContainerDescription {
    const { query = {} } = this.props;
    const { retention, retentionSize, uploadsBlocks } = this.settled;
    const externalUrl = this.externalUrl();
    const asksForLogin = stackLogin(this.props.authentication) !== undefined;
    return {
      name: 'prometheus',
      image: 'prometheus',
      args: prometheusArguments({
        retention,
        retentionSize,
        uploadsBlocks,
        remoteWriteReceiver: this.receivesWrites,
        exemplarStorage: this.keepsExemplars,
        externalUrl,
        query,
        asksForLogin,
      }),
      environment: [fieldVariable('POD_NAME', 'metadata.name')],
      ports: [HTTP],
      mounts: [
        // Whole directories: a file mounted by subPath never changes.
        ...configMounts,
        ...this.ruleFiles().map((name, index) => ({
          name: `rules-${index}`,
          mountPath: `${RULES_PATH}/${name}`,
          readOnly: true,
        })),
        { name: DATA_VOLUME, mountPath: DATA_PATH },
      ],
      // 200 MiB and 4 kB for each series: room for 200,000. Replaying the log and queries (800 MB each at most) need more for
      // a while. Prometheus makes nine tenths of the limit its GOMEMLIMIT.
      resources: { cpuRequest: Cpu.millis(250), memoryRequest: Size.gibibytes(1), memoryLimit: Size.gibibytes(4) },
      ...(asksForLogin ? LOGIN_PROBES : PROBES),
    };
  }

  /** Of whatever is told alerts or scraped, itself included. */
  private logins(): BasicAuthentication[] {
    const { alertmanagers = [] } = this.props;
    return [...alertmanagers.map(({ _login }) => _login), ...this._context._plan.metrics.map(({ login }) => login)].flatMap(
      (login) => login ?? [],
    );
  }

  private externalUrl(): string | undefined {
    const { externalUrl, ingress: options } = this.props;
    return externalUrl ?? (options && ingressUrl(options));
  }

  private problems(): string[] {
    const { props, settled } = this;
    return prometheusProblems({ ...settled, props, settings: this.configSettings(), cluster: this._context.cluster });
  }
}
