import { Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import { Alertmanager, type AlertmanagerOptions } from '../alertmanager/alertmanager';
import type { AlloyDaemonSet } from '../alloy/alloy-daemon-set';
import { AlloyDeployment } from '../alloy/alloy-deployment';
import { AlloySource } from '../alloy/alloy-source';
import type { LogPipeline } from '../alloy/log-pipeline';
import { StandardDashboards } from '../dashboards/standard-dashboards';
import type { Elasticsearch } from '../elastic/elasticsearch';
import type { ElasticsearchExporter } from '../elastic/elasticsearch-exporter';
import { KubeStateMetrics } from '../exporters/kube-state-metrics';
import { MetricsServer } from '../exporters/metrics-server';
import { NodeExporter } from '../exporters/node-exporter';
import { Pushgateway } from '../exporters/pushgateway';
import { DataSource } from '../grafana/data-source';
import { ExistingGrafana } from '../grafana/existing-grafana';
import { Grafana } from '../grafana/grafana';
import { inApplyOrder, namespaceObject } from '../kubernetes/objects';
import { Loki } from '../loki/loki';
import { LokiCanary } from '../loki/loki-canary';
import { LokiGateway } from '../loki/loki-gateway';
import { Memcached } from '../memcached/memcached';
import { OperatorAlertmanager } from '../operator/operator-alertmanager';
import type { OperatorOptions } from '../operator/operator-options';
import { OperatorPrometheus } from '../operator/operator-prometheus';
import { Prometheus } from '../prometheus/prometheus';
import type { PrometheusProps } from '../prometheus/prometheus-props';
import type { Endpoint } from '../settings/endpoint';
import { MonitoringContext } from '../settings/monitoring-context';
import { ThanosCompactor } from '../thanos/thanos-compactor';
import { ThanosQuery } from '../thanos/thanos-query';
import { ThanosQueryFrontend } from '../thanos/thanos-query-frontend';
import type { ThanosRuler } from '../thanos/thanos-ruler';
import { ThanosSidecar } from '../thanos/thanos-sidecar';
import { ThanosStoreGateway } from '../thanos/thanos-store-gateway';
import type { Jaeger } from '../tracing/jaeger';
import type { Tempo } from '../tracing/tempo';
import type { Zipkin } from '../tracing/zipkin';
import { nameLabels } from './alert-sources';
import { withProfile } from './apply-profile';
import { ElasticStack, elasticProblems } from './elastic-stack';
import { LogAgents, PodLogs } from './log-agents';
import { wiringPicture } from './picture';
import { Prerequisites } from './prerequisites';
import type { MonitoringStackProps, MonitorsStackOptions } from './stack-options';
import { rulerProblems, thanosRuler } from './thanos-rules';
import { Traces, traceProblems } from './traces';

/**
 * A whole monitoring stack in a chart of its own: composes the components, connects them and gives them one context.
 * Give the chart no namespace: each object has the one its component belongs to.
 */
export class MonitoringStack extends Chart {
  /** Names, cluster, images, labels: what all components share. */
  public readonly context: MonitoringContext;
  /** Metrics. */
  public readonly prometheus: Prometheus | undefined;
  /** The agent that honours monitors. */
  public readonly alloyMonitors: AlloyDeployment | undefined;
  /** What tells people about alerts. */
  public readonly alertmanager: Alertmanager | undefined;
  /** Metrics of Kubernetes objects. */
  public readonly kubeStateMetrics: KubeStateMetrics | undefined;
  /** Metrics of the nodes. */
  public readonly nodeExporter: NodeExporter | undefined;
  /** Metrics that jobs push. */
  public readonly pushgateway: Pushgateway | undefined;
  /** What `kubectl top` and autoscalers ask. */
  public readonly metricsServer: MetricsServer | undefined;
  /** Queries over Prometheus and object storage. */
  public readonly thanosQuery: ThanosQuery | undefined;
  /** Rules over all that Thanos sees. */
  public readonly thanosRuler: ThanosRuler | undefined;
  /** Storage of logs. */
  public readonly loki: Loki | undefined;
  /** What logs are pushed to and queried from: the gateway, or Loki where there is none. */
  public readonly logs: Endpoint | undefined;
  /** What looks whether lines arrive in Loki. */
  public readonly lokiCanary: LokiCanary | undefined;
  /** Where logs are kept besides Loki. */
  public readonly elasticsearch: Elasticsearch | undefined;
  /** Metrics of Elasticsearch. */
  public readonly elasticsearchExporter: ElasticsearchExporter | undefined;
  /** Dashboards. */
  public readonly grafana: Grafana | undefined;
  /** What a Grafana that runs already is handed. */
  public readonly existingGrafana: ExistingGrafana | undefined;

  private readonly logAgents: LogAgents | undefined;
  private readonly traces: Traces;

  constructor(scope: Construct, id: string, stackProps: MonitoringStackProps) {
    super(scope, id);
    const props = withProfile(stackProps);
    this.context = new MonitoringContext(this, props);
    this.node.addValidation({ validate: () => this.problems(props) });
    this.makeNamespaces();

    const sidecar = props.thanos && new ThanosSidecar({ ...props.thanos.sidecar, objectStorage: props.objectStorage });
    this.alertmanager = props.alertmanager && makeAlertmanager(this, props.alertmanager, props.operator);
    const alertmanagers = [...(this.alertmanager ? [this.alertmanager.alerts] : []), ...(props.existingAlertmanagers ?? [])];
    this.prometheus =
      props.prometheus &&
      makePrometheus(this, props.operator, {
        ...props.prometheus,
        alertmanagers: [...alertmanagers, ...(props.prometheus.alertmanagers ?? [])],
        objectives: [...(props.objectives ?? []), ...(props.prometheus.objectives ?? [])],
        extensions: [...(sidecar ? [sidecar] : []), ...(props.prometheus.extensions ?? [])],
      });
    this.alloyMonitors = this.prometheus && props.monitors && makeMonitors(this, this.prometheus, props.monitors);
    const { enabled = true, ...kubeStateMetrics } = props.kubeStateMetrics ?? {};
    this.kubeStateMetrics =
      this.prometheus && enabled ? new KubeStateMetrics(this, 'kube-state-metrics', kubeStateMetrics) : undefined;
    this.nodeExporter = props.nodeExporter && new NodeExporter(this, 'node-exporter', props.nodeExporter);
    this.pushgateway = props.pushgateway && new Pushgateway(this, 'pushgateway', props.pushgateway);
    this.metricsServer = props.metricsServer && new MetricsServer(this, 'metrics-server', props.metricsServer);
    const metrics = this.makeThanos(props, sidecar);
    this.thanosQuery = metrics?.query;
    this.thanosRuler = metrics && thanosRuler(this, metrics.query, alertmanagers, props);
    nameLabels(this.alertmanager, this.prometheus, this.thanosRuler, props);
    this.loki = this.makeLoki(props, alertmanagers[0]);
    this.logs = this.makeGateway(props);
    this.lokiCanary =
      this.logs &&
      props.loki?.canary &&
      new LokiCanary(this, 'loki-canary', { ...props.loki.canary, loki: this.logs, tenant: props.tenant });
    this.logAgents = this.makeLogAgents(props);
    this.traces = new Traces(this, props, this.prometheus);
    const elastic = new ElasticStack(this, props.elastic, this.prometheus !== undefined);
    this.elasticsearch = elastic.elasticsearch;
    this.elasticsearchExporter = elastic.exporter;
    this.grafana =
      props.grafana &&
      new Grafana(this, 'grafana', {
        standardDashboards: StandardDashboards.all(),
        ...props.grafana,
        dataSources: [...this.ownDataSources(props, metrics?.http), ...(props.grafana.dataSources ?? [])],
      });
    this.existingGrafana =
      props.existingGrafana &&
      new ExistingGrafana(this, 'existing-grafana', {
        standardDashboards: StandardDashboards.all(),
        ...props.existingGrafana,
        dataSources: [...this.ownDataSources(props, metrics?.http), ...(props.existingGrafana.dataSources ?? [])],
      });
  }

  /** The agent that reads logs on every node. */
  public get alloy(): AlloyDaemonSet | undefined {
    return this.logAgents?.node;
  }

  /** The agent that reads logs once for the cluster: events, OTLP. */
  public get alloyCluster(): AlloyDeployment | undefined {
    return this.logAgents?.cluster;
  }

  /** Where applications push log records over OTLP and HTTP, if there is a pipeline for it. */
  public get otlpLogs(): Endpoint | undefined {
    return this.logAgents?.source?.otlpHttp;
  }

  /** Storage of traces. */
  public get tempo(): Tempo | undefined {
    return this.traces.tempo;
  }

  /** Storage and user interface of traces. */
  public get jaeger(): Jaeger | undefined {
    return this.traces.jaeger;
  }

  /** Storage and user interface of Zipkin's spans. */
  public get zipkin(): Zipkin | undefined {
    return this.traces.zipkin;
  }

  /** The agent that receives traces. */
  public get alloyTraces(): AlloyDeployment | undefined {
    return this.traces.agent;
  }

  /** Where applications push traces over OTLP and gRPC, if they are received. */
  public get otlpTraces(): Endpoint | undefined {
    return this.traces.source?.otlpGrpc;
  }

  /** Where applications push spans of Zipkin for Tempo or Jaeger, below `/api/v2/spans`, if they are received. */
  public get zipkinTraces(): Endpoint | undefined {
    return this.traces.source?.zipkin;
  }

  /**
   * Adds a pipeline of an application, before those that the stack was given. It must name its namespaces. The same as
   * `pipeline.addTo(stack)`.
   */
  public addLogPipeline(pipeline: LogPipeline): void {
    pipeline.addTo(this);
  }

  /** What must exist before the manifests are applied. Ask for it when the stack is complete. */
  public get prerequisites(): Prerequisites {
    return Prerequisites._of(this.context._plan.prerequisites);
  }

  /** Warnings that nobody has acknowledged, as `[path] id: message`. Ask for them when the stack is complete. */
  public get warnings(): string[] {
    return this.context.warnings;
  }

  /** The wiring as a Mermaid flow chart. Ask for it when the stack is complete. */
  public get picture(): string {
    return wiringPicture(this.context._plan);
  }

  /** The manifests, in the order in which they can be applied: namespaces, access, configuration, workloads. */
  public override toJson(): unknown[] {
    return inApplyOrder(super.toJson());
  }

  private makeNamespaces(): void {
    const labels = {
      ...this.context.commonLabels,
      'app.kubernetes.io/part-of': this.context.name,
      'app.kubernetes.io/managed-by': 'cdk8s',
    };
    for (const [name, level] of this.context.namespaces._made) {
      namespaceObject(this, `namespace-${name}`, name, level, labels);
    }
  }

  private makeThanos(props: MonitoringStackProps, sidecar: ThanosSidecar | undefined) {
    const { thanos, objectStorage } = props;
    if (!thanos || !sidecar || !this.prometheus || !objectStorage) {
      return undefined;
    }
    const store = new ThanosStoreGateway(this, 'thanos-store-gateway', { ...thanos.storeGateway, objectStorage });
    new ThanosCompactor(this, 'thanos-compactor', { ...thanos.compactor, objectStorage, tiers: thanos.tiers });
    const query = new ThanosQuery(this, 'thanos-query', { ...thanos.query, endpoints: [sidecar.grpc, store.grpc] });
    const frontend =
      thanos.queryFrontend &&
      new ThanosQueryFrontend(this, 'thanos-query-frontend', { ...thanos.queryFrontend, downstream: query.http });
    return { query, http: (frontend ?? query).http };
  }

  private makeLoki(props: MonitoringStackProps, alertmanager: Endpoint | undefined): Loki | undefined {
    if (!props.loki) {
      return undefined;
    }
    const { caches = {}, gateway, gatewayEnabled, queryAuthentication, canary, ...options } = props.loki;
    const cache = (instance: 'chunks' | 'results') => {
      const itemMemory = caches[instance];
      return itemMemory && new Memcached(this, `memcached-${instance}`, { ...caches.memcached, itemMemory, instance });
    };
    return new Loki(this, 'loki', {
      ...options,
      ...(alertmanager && { ruler: { alertmanager, ...options.ruler } }),
      objectStorage: props.objectStorage,
      authEnabled: options.authEnabled ?? props.tenant !== undefined,
      caches: { chunks: cacheOf(cache('chunks')), results: cacheOf(cache('results')) },
    });
  }

  private makeGateway(props: MonitoringStackProps): Endpoint | undefined {
    return this.loki && (props.loki?.gatewayEnabled ?? true)
      ? new LokiGateway(this, 'loki-gateway', { tenant: props.tenant, ...props.loki?.gateway, loki: this.loki.http }).http
      : this.loki?.http;
  }

  private makeLogAgents(props: MonitoringStackProps): LogAgents | undefined {
    return (
      this.logs &&
      props.logs &&
      new LogAgents(this, {
        push: this.logs,
        logs: props.logs,
        podLogs: props.podLogs ?? PodLogs.NODE_FILES,
        tenant: props.tenant,
        node: props.alloy,
        cluster: props.alloyCluster,
        defaults: props.profile?._defaults,
        hasTenants: props.loki?.authEnabled ?? props.tenant !== undefined,
      })
    );
  }

  private ownDataSources(props: MonitoringStackProps, thanos: Endpoint | undefined): DataSource[] {
    const { scrapeInterval } = this.context;
    const alertmanager = this.alertmanager?.http ?? props.existingAlertmanagers?.[0];
    return [
      ...(this.prometheus ? [DataSource.prometheus({ endpoint: this.prometheus.http, scrapeInterval })] : []),
      ...(thanos
        ? [
            DataSource.thanos({ endpoint: thanos, scrapeInterval }),
            DataSource.thanosLongTerm({ endpoint: thanos, scrapeInterval }),
          ]
        : []),
      ...(this.logs
        ? [DataSource.loki({ endpoint: this.logs, tenant: props.tenant, basicAuthentication: props.loki?.queryAuthentication })]
        : []),
      ...(alertmanager ? [DataSource.alertmanager({ endpoint: alertmanager })] : []),
      ...(this.tempo ? [DataSource.tempo({ endpoint: this.tempo.http })] : []),
      ...(this.jaeger ? [DataSource.jaeger({ endpoint: this.jaeger.http })] : []),
      ...(this.zipkin ? [DataSource.zipkin({ endpoint: this.zipkin.http })] : []),
    ];
  }

  private problems(props: MonitoringStackProps): string[] {
    const problems: string[] = [];
    const needs = (property: 'thanos' | 'logs' | 'objectives' | 'monitors', needed: 'prometheus' | 'objectStorage' | 'loki') => {
      if (props[property] !== undefined && props[needed] === undefined) {
        problems.push(
          `${property} is given without ${needed}; allowed is both or none: give \`${needed}\`, or leave \`${property}\` out`,
        );
      }
    };
    needs('thanos', 'prometheus');
    needs('monitors', 'prometheus');
    needs('thanos', 'objectStorage');
    needs('logs', 'loki');
    needs('objectives', 'prometheus');
    if (props.operator && !props.prometheus && !props.alertmanager) {
      problems.push(
        'operator is given without prometheus and alertmanager; allowed is it with one of them: give one, or leave it out',
      );
    }
    if (props.operator && props.monitors) {
      problems.push(
        'monitors is given beside operator; allowed is one of them: say by `operator.namespaces` whose monitors are honoured',
      );
    }
    if (props.alloy !== undefined && props.logs === undefined) {
      problems.push('alloy is given without logs; allowed is `logs` with at least one pipeline: say which logs are read');
    }
    return [
      ...problems,
      ...elasticProblems(props.elastic, this.prometheus !== undefined),
      ...traceProblems(props),
      ...rulerProblems(this.prometheus, this.thanosRuler),
      ...passwordProblems(props, this.logAgents),
    ];
  }
}

const makeAlertmanager = (scope: Construct, options: AlertmanagerOptions, operator: OperatorOptions | undefined) =>
  operator ? new OperatorAlertmanager(scope, 'alertmanager', options) : new Alertmanager(scope, 'alertmanager', options);

const makePrometheus = (scope: Construct, operator: OperatorOptions | undefined, props: PrometheusProps) =>
  operator ? new OperatorPrometheus(scope, 'prometheus', { ...props, operator }) : new Prometheus(scope, 'prometheus', props);

function makeMonitors(scope: Construct, prometheus: Prometheus, { agent, ...monitors }: MonitorsStackOptions): AlloyDeployment {
  const sources = [AlloySource.monitors({ ...monitors, write: prometheus.acceptRemoteWrites() })];
  return new AlloyDeployment(scope, 'alloy-monitors', { ...agent, instance: 'monitors', sources });
}

/** A gateway that asks for passwords must get one from everybody who comes. */
function passwordProblems(
  { loki, alloy, alloyCluster, grafana, existingGrafana }: MonitoringStackProps,
  agents: LogAgents | undefined,
): string[] {
  const asks = loki?.gateway?.basicAuth !== undefined && loki.gatewayEnabled !== false;
  const comers: [string, boolean, unknown][] = [
    ['alloy.credentials', agents?.node !== undefined, alloy?.credentials],
    ['alloyCluster.credentials', agents?.cluster !== undefined, alloyCluster?.credentials],
    ['loki.canary.credentials', loki?.canary !== undefined, loki?.canary?.credentials],
    ['loki.queryAuthentication', grafana !== undefined || existingGrafana !== undefined, loki?.queryAuthentication],
  ];
  return comers.flatMap(([property, comes, password]) => {
    if (asks && comes && password === undefined) {
      return [`${property} is not given; allowed is a user and a password where loki.gateway.basicAuth asks for them: give it`];
    }
    return !asks && password !== undefined
      ? [
          `${property} is given; allowed is none where no gateway asks for a password: give loki.gateway.basicAuth too, or leave it out`,
        ]
      : [];
  });
}

const cacheOf = (memcached: Memcached | undefined) =>
  memcached && { endpoint: memcached.client, maxItemSize: memcached.maxItemSize };
