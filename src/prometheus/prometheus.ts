import { Duration, Size } from 'cdk8s';
import type { k8s } from 'cdk8s-plus-28';
import type { Construct } from 'constructs';
import { clusterRights, namespaceRights, serviceAccount } from '../kubernetes/access';
import { Component } from '../kubernetes/component';
import { type ConfigFiles, configFiles } from '../kubernetes/config-files';
import { type ContainerDescription, fieldVariable, httpProbe } from '../kubernetes/container';
import { ingress } from '../kubernetes/ingress';
import type { PodExtension } from '../kubernetes/pod-extension';
import { offerMetrics, service } from '../kubernetes/service';
import { toYaml } from '../kubernetes/text';
import { offeredSize } from '../kubernetes/volumes';
import { type PodDescription, statefulSet } from '../kubernetes/workload';
import { Alerts } from '../rules/alerts';
import { ruleConfigMaps } from '../rules/rule-config-maps';
import { jobsBySource } from '../rules/rule-context';
import type { ControlPlaneComponent } from '../settings/control-plane';
import { Cpu } from '../settings/cpu';
import type { Endpoint } from '../settings/endpoint';
import { IMAGE_TABLE } from '../settings/images';
import { Retention } from '../settings/retention';
import { ServiceType } from '../settings/workload-options';
import { API_SERVER_NAMESPACE, controlPlaneNamespace, controlPlanePort } from './control-plane-metrics';
import { KUBELET_PORT } from './kubernetes-metrics';
import { defaultRetentionSize, prometheusArguments } from './prometheus-arguments';
import { prometheusProblems } from './prometheus-checks';
import { CONFIG_FILE, CONFIG_PATH, DATA_PATH, type PrometheusSettings, prometheusConfig, RULES_PATH } from './prometheus-config';
import type { PrometheusProps } from './prometheus-props';
import { namespacesOf } from './scrape-config';

const HTTP = { name: 'http', port: 9090 };
const DATA_VOLUME = 'data';

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

  private readonly settled: {
    readonly volume: Size;
    readonly retention: Retention;
    readonly retentionSize: Size;
    readonly replicas: number;
    readonly extensions: readonly PodExtension[];
    readonly uploadsBlocks: boolean;
  };
  /** Those with rules of the library and of `alerts`. */
  private readonly ruleMaps: readonly ConfigFiles[];

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

    this.grantRights();
    this.reachTargets();
    const account = serviceAccount(this, united(extensions.map((extension) => extension._serviceAccountAnnotations)));
    const config = configFiles(this, 'config', () => ({ [CONFIG_FILE]: toYaml(prometheusConfig(this.configSettings())) }));
    this.alerts = props.alerts ?? new Alerts();
    this.ruleMaps = ruleConfigMaps(this, this.alerts, () => ({
      labels: this._context.dataLabels,
      scrapeInterval: this._context.scrapeInterval,
      shortestInterval: this.shortestInterval(),
      jobs: jobsBySource(this._context._plan.metrics, this.scrapedJobs()),
      sendsAlerts: (props.alertmanagers ?? []).length > 0 || props.extraConfig?.alerting !== undefined,
    }));
    for (const name of ruleFiles) {
      this._require({ kind: 'ConfigMap', namespace: this._identity.namespace, name });
    }

    [this.http] = service(this, { ports: [{ target: HTTP }] });
    const ports = [{ target: HTTP }, ...extensions.flatMap((extension) => extension._ports)];
    const [, ...endpoints] = service(this, { suffix: 'headless', headless: true, ports });
    for (const extension of extensions) {
      extension._attach(this, endpoints.splice(0, extension._ports.length));
    }
    statefulSet(this, {
      replicas,
      serviceName: `${this._identity.name}-headless`,
      // Replicas know nothing of each other.
      podManagement: 'Parallel',
      claims: [{ name: DATA_VOLUME, size: volume, storageClassName: props.storageClassName }],
      pod: () => this.pod(account, config),
    });
    if (props.ingress) {
      ingress(this, HTTP, HTTP.name, props.ingress);
    }
    offerMetrics(this, HTTP);
    this._check(() => this.problems());
    this._warn('prometheus-without-login', () => this.exposure());
  }

  /** Pods wherever they are discovered, nodes where kubelets are scraped, and nothing else. */
  private grantRights(): void {
    const pods: k8s.PolicyRule = { apiGroups: [''], resources: ['pods'], verbs: ['list', 'watch'] };
    const bind = namespaceRights(this, 'pods', [pods], this.scrapedNamespaces());
    this._context._plan.onMetrics(({ identity }) => bind(identity.namespace));
    this.grantControlPlaneRights(bind);
    if (this.scrapesKubelets()) {
      clusterRights(this, 'nodes', [
        { apiGroups: [''], resources: ['nodes'], verbs: ['list', 'watch'] },
        { apiGroups: [''], resources: ['nodes/metrics'], verbs: ['get'] },
      ]);
    }
  }

  /** The programs ask the API server whether Prometheus may read their metrics. */
  private grantControlPlaneRights(discoverPods: (namespace: string) => void): void {
    const controlPlane = this.controlPlane();
    for (const component of controlPlane) {
      const namespace = controlPlaneNamespace(component, this._context.cluster);
      if (namespace !== undefined) {
        discoverPods(namespace);
        continue;
      }
      const follow = (group: string, resources: string[]) => ({ apiGroups: [group], resources, verbs: ['list', 'watch'] });
      const rules = [follow('', ['pods', 'services']), follow('discovery.k8s.io', ['endpointslices'])];
      namespaceRights(this, 'api-servers', rules, [API_SERVER_NAMESPACE]);
    }
    if (controlPlane.length > 0) {
      clusterRights(this, 'control-plane', [{ nonResourceUrLs: ['/metrics'], verbs: ['get'] }]);
    }
  }

  private reachTargets(): void {
    const { _plan } = this._context;
    const { scrape = [], alertmanagers = [] } = this.props;
    _plan.scrapers.push(this._identity);
    _plan.addSources(...this.scrapedJobs());
    this._reachKubernetesApi();
    if (this.scrapesKubelets()) {
      this._reachNodes(KUBELET_PORT);
    }
    _plan.onMetrics(({ onNodeAddress, containerPort }) => {
      if (onNodeAddress) {
        this._reachNodes(containerPort);
      }
    });
    for (const component of this.controlPlane()) {
      const target = controlPlanePort(component);
      const namespace = controlPlaneNamespace(component, this._context.cluster);
      if (target?.onNodeAddress) {
        this._reachNodes(target.port);
      } else if (target && namespace !== undefined) {
        _plan.namespaceReaches.push({ from: this._identity, namespace, ports: [target.port] });
      }
    }
    for (const endpoint of alertmanagers) {
      this._connect(endpoint);
    }
    for (const { _description: description } of scrape) {
      if (description.kind === 'endpoints') {
        for (const endpoint of description.endpoints) {
          this._connect(endpoint);
        }
        continue;
      }
      for (const namespace of description.namespaces) {
        const ports = description.portNumber === undefined ? [] : [description.portNumber];
        _plan.namespaceReaches.push({ from: this._identity, namespace, ports });
      }
    }
  }

  private scrapedNamespaces(): string[] {
    return (this.props.scrape ?? []).flatMap(namespacesOf);
  }

  private shortestInterval(): Duration {
    const intervals = (this.props.scrape ?? []).flatMap(({ _description: { interval } }) => (interval ? [interval] : []));
    return [this._context.scrapeInterval, ...intervals].reduce((shortest, interval) =>
      interval.toMilliseconds() < shortest.toMilliseconds() ? interval : shortest,
    );
  }

  /** Names of all ConfigMaps with rules. */
  private ruleFiles(): string[] {
    return [...(this.props.ruleFiles ?? []), ...this.ruleMaps.map(({ configMapName }) => configMapName)];
  }

  private scrapedJobs(): string[] {
    const { kubelet = true, cadvisor = true } = this.props.kubernetes ?? {};
    const own = [...(kubelet ? ['kubelet'] : []), ...(cadvisor ? ['cadvisor'] : [])];
    return [...own, ...this.controlPlane(), ...(this.props.scrape ?? []).map(({ jobName }) => jobName)];
  }

  private controlPlane(): readonly ControlPlaneComponent[] {
    return this.props.kubernetes?.controlPlane ?? [];
  }

  private scrapesKubelets(): boolean {
    const { kubelet = true, cadvisor = true } = this.props.kubernetes ?? {};
    return kubelet || cadvisor;
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

  private pod(account: string, config: ConfigFiles): PodDescription {
    const { extensions } = this.settled;
    const host = { component: this, dataVolume: DATA_VOLUME, dataPath: DATA_PATH, user: IMAGE_TABLE.prometheus.user };
    const additions = extensions.map((extension) => extension._addition(host));
    const ruleVolumes = this.ruleFiles().map((name, index) => ({ name: `rules-${index}`, configMap: { name } }));
    return {
      serviceAccountName: account,
      mountsToken: true,
      // The write-ahead log is closed and requests in flight are answered before the end.
      terminationGracePeriodSeconds: 300,
      labels: united(additions.map(({ podLabels }) => podLabels)),
      containers: [this.server(), ...additions.flatMap(({ containers }) => containers)],
      volumes: [config.volume('config'), ...ruleVolumes, ...additions.flatMap(({ volumes }) => volumes)],
    };
  }

  private server(): ContainerDescription {
    const { remoteWriteReceiver = false, query = {} } = this.props;
    const { retention, retentionSize, uploadsBlocks } = this.settled;
    const externalUrl = this.externalUrl();
    return {
      name: 'prometheus',
      image: 'prometheus',
      args: prometheusArguments({ retention, retentionSize, uploadsBlocks, remoteWriteReceiver, externalUrl, query }),
      environment: [fieldVariable('POD_NAME', 'metadata.name')],
      ports: [HTTP],
      mounts: [
        // Whole directories: a file mounted by subPath never changes.
        { name: 'config', mountPath: CONFIG_PATH, readOnly: true },
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
      // Half an hour: replaying the write-ahead log takes about 25 s for a million series, and a restart would start over.
      startup: httpProbe('/-/ready', HTTP.name, { periodSeconds: 5, failureThreshold: 360, timeoutSeconds: 3 }),
      readiness: httpProbe('/-/ready', HTTP.name, { periodSeconds: 5, timeoutSeconds: 3 }),
      liveness: httpProbe('/-/healthy', HTTP.name, { periodSeconds: 10, failureThreshold: 6, timeoutSeconds: 3 }),
    };
  }

  private externalUrl(): string | undefined {
    const { externalUrl, ingress: options } = this.props;
    return externalUrl ?? (options && `${options.tlsSecretName === undefined ? 'http' : 'https'}://${options.host}`);
  }

  private problems(): string[] {
    const { props, settled } = this;
    return prometheusProblems({ ...settled, props, settings: this.configSettings(), cluster: this._context.cluster });
  }

  private exposure(): string[] {
    const { ingress: options, serviceType = ServiceType.CLUSTER_IP } = this.props;
    const by = [
      ...(options ? [`the Ingress ${options.host}`] : []),
      ...(serviceType === ServiceType.CLUSTER_IP ? [] : [`a Service of type ${serviceType}`]),
    ];
    return by.length === 0
      ? []
      : [
          `${this._identity.name} is reachable through ${by.join(' and ')} and has no login; put an authenticating proxy before it`,
        ];
  }
}
