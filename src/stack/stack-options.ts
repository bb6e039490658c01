import type { Size } from 'cdk8s';
import type { AlertmanagerOptions } from '../alertmanager/alertmanager';
import type { AlloyDaemonSetOptions } from '../alloy/alloy-daemon-set';
import type { AlloyDeploymentOptions } from '../alloy/alloy-deployment';
import type { LogPipeline } from '../alloy/log-pipeline';
import type { MonitorOptions } from '../alloy/monitor-options';
import type { KubeStateMetricsProps } from '../exporters/kube-state-metrics';
import type { MetricsServerProps } from '../exporters/metrics-server';
import type { NodeExporterProps } from '../exporters/node-exporter';
import type { PushgatewayProps } from '../exporters/pushgateway';
import type { ExistingGrafanaOptions } from '../grafana/existing-grafana';
import type { GrafanaProps } from '../grafana/grafana';
import type { LokiOptions } from '../loki/loki';
import type { LokiCanaryOptions } from '../loki/loki-canary';
import type { LokiGatewayOptions } from '../loki/loki-gateway';
import type { MemcachedOptions } from '../memcached/memcached';
import type { OperatorOptions } from '../operator/operator-options';
import type { PrometheusProps } from '../prometheus/prometheus-props';
import type { Objective } from '../rules/objective';
import type { BasicAuthentication } from '../settings/basic-authentication';
import type { Endpoint } from '../settings/endpoint';
import type { MonitoringContextProps } from '../settings/monitoring-context';
import type { ObjectStorage } from '../settings/object-storage';
import type { RetentionTiers } from '../thanos/retention-tiers';
import type { ThanosCompactorOptions } from '../thanos/thanos-compactor';
import type { ThanosQueryOptions } from '../thanos/thanos-query';
import type { ThanosQueryFrontendOptions } from '../thanos/thanos-query-frontend';
import type { ThanosRulerOptions } from '../thanos/thanos-ruler';
import type { ThanosSidecarOptions } from '../thanos/thanos-sidecar';
import type { ThanosStoreGatewayOptions } from '../thanos/thanos-store-gateway';
import type { JaegerOptions } from '../tracing/jaeger';
import type { TempoOptions } from '../tracing/tempo';
import type { ZipkinOptions } from '../tracing/zipkin';
import type { ElasticStackOptions } from './elastic-stack';
import type { AlloyClusterOptions, PodLogs } from './log-agents';
import type { Profile } from './profile';
import type { TracesStackOptions } from './traces';

/** Long-term storage of metrics. */
export interface ThanosStackOptions {
  /** How long each resolution is kept in object storage. @default - everything is kept forever */
  readonly tiers?: RetentionTiers;
  /** The sidecar of Prometheus. @default - see `ThanosSidecarOptions` */
  readonly sidecar?: ThanosSidecarOptions;
  /** The querier. @default - see `ThanosQueryOptions` */
  readonly query?: ThanosQueryOptions;
  /** What serves the blocks in object storage. @default - see `ThanosStoreGatewayOptions` */
  readonly storeGateway?: ThanosStoreGatewayOptions;
  /** What compacts, downsamples and deletes blocks. @default - see `ThanosCompactorOptions` */
  readonly compactor?: ThanosCompactorOptions;
  /** Splits and caches queries; Grafana then asks it instead of the querier. @default - none */
  readonly queryFrontend?: ThanosQueryFrontendOptions;
  /**
   * Evaluates rules over all that the querier sees: those that need several clusters or more time than Prometheus keeps. Its alerts
   * go where those of Prometheus go. A rule that Prometheus evaluates, too, is an error. @default - none; rules are evaluated by Prometheus
   */
  readonly ruler?: ThanosRulerOptions;
}

/** Loki's caches. */
export interface LokiCacheSizes {
  /** Memory for chunks. @default - no cache of chunks but Loki's own, of 100 MB */
  readonly chunks?: Size;
  /** Memory for results of queries. @default - no cache of results but Loki's own, of 100 MB */
  readonly results?: Size;
  /** Options of both memcacheds. @default - see `MemcachedOptions` */
  readonly memcached?: MemcachedOptions;
}

/** Storage of logs. */
export interface LokiStackOptions extends LokiOptions {
  /** Caches in memcached. @default - only those inside of Loki */
  readonly caches?: LokiCacheSizes;
  /** The gateway, which pushes and queries go through. @default - see `LokiGatewayOptions` */
  readonly gateway?: LokiGatewayOptions;
  /** User and password with which Grafana asks the gateway; needed where `gateway.basicAuth` is given. @default - none */
  readonly queryAuthentication?: BasicAuthentication;
  /** What pushes lines and looks whether they arrive, the way that agents and Grafana go. @default - none */
  readonly canary?: LokiCanaryOptions;
  /** Whether there is a gateway. Without it agents and data sources talk to Loki itself. @default true */
  readonly gatewayEnabled?: boolean;
}

/** The metrics of Kubernetes objects. */
export interface KubeStateMetricsStackOptions extends KubeStateMetricsProps {
  /** Whether it runs. Boards of pods need it. @default true */
  readonly enabled?: boolean;
}

/** ServiceMonitors, PodMonitors and Probes of any namespace, without the Prometheus Operator. */
export interface MonitorsStackOptions extends MonitorOptions {
  /** Options of the agent that honours them. @default - one replica; see `AlloyDeploymentOptions` */
  readonly agent?: AlloyDeploymentOptions;
}

/** A monitoring stack. What is not mentioned does not run, kube-state-metrics excepted. */
export interface MonitoringStackProps extends MonitoringContextProps {
  /**
   * How large everything is, `Profile.light()` for a laptop: defaults for what is not given here. It adds no component.
   * @default - each component's own defaults
   */
  readonly profile?: Profile;
  /** Where Thanos and Loki keep data. @default - Loki keeps it on its volume; Thanos is refused */
  readonly objectStorage?: ObjectStorage;
  /** Tenant of the logs (`X-Scope-OrgID`), for Alloy, gateway and data source alike; Loki then asks for one. @default - one tenant, unnamed */
  readonly tenant?: string;
  /** Metrics. @default - no Prometheus */
  readonly prometheus?: PrometheusProps;
  /**
   * Service level objectives, which Prometheus evaluates beside those of `prometheus.objectives`. More can be added later:
   * `stack.prometheus.alerts.addObjectives(…)`.
   * @default - none
   */
  readonly objectives?: Objective[];
  /**
   * ServiceMonitors, PodMonitors and Probes, honoured by an Alloy of its own that writes to Prometheus; needs `prometheus`. `{}` takes
   * those of every namespace. Where an operator runs already, leave this to it.
   * @default - such objects are ignored
   */
  readonly monitors?: MonitorsStackOptions;
  /** Long-term storage of metrics; needs `prometheus` and `objectStorage`. @default - none */
  readonly thanos?: ThanosStackOptions;
  /** Storage of logs. @default - no Loki */
  readonly loki?: LokiStackOptions;
  /**
   * Which logs are read, and what is made of them; needs `loki`. Others can be added later (`addLogPipeline`); `[]` leaves all
   * to them. Agents run where the pipelines need them: on every node (pods, journal), once for the cluster (events, OTLP).
   * @default - no agent
   */
  readonly logs?: LogPipeline[];
  /**
   * How the lines of pods are read.
   * @default PodLogs.NODE_FILES
   */
  readonly podLogs?: PodLogs;
  /** Options of the agent that reads logs on every node. @default - see `AlloyDaemonSetOptions` */
  readonly alloy?: AlloyDaemonSetOptions;
  /** Options of the agent that reads logs once for the cluster (events, OTLP). @default - see `AlloyClusterOptions` */
  readonly alloyCluster?: AlloyClusterOptions;
  /**
   * Lets the Prometheus Operator, which must run in the cluster, run Prometheus and Alertmanager: the stack then writes its objects. What it
   * has no setting for is an error.
   * @default - the stack runs them itself
   */
  readonly operator?: OperatorOptions;
  /** Logs in Elasticsearch, which agents of its own write, in place of Loki or beside it. @default - none */
  readonly elastic?: ElasticStackOptions;
  /**
   * Storage of traces, in `objectStorage` if there is one. Calls between services and requests by operation become metrics if there
   * is a Prometheus, which then accepts remote writes.
   * @default - no Tempo
   */
  readonly tempo?: TempoOptions;
  /** Storage and user interface of traces, in memory or on a volume. @default - no Jaeger */
  readonly jaeger?: JaegerOptions;
  /**
   * Storage and user interface of Zipkin's spans, in memory, which applications push there themselves. For spans of Zipkin in `tempo` or
   * `jaeger` see `traces.zipkin`.
   * @default - no Zipkin
   */
  readonly zipkin?: ZipkinOptions;
  /** Traces that applications push over OTLP, received by an Alloy of their own; needs `tempo` or `jaeger`. @default - none is received */
  readonly traces?: TracesStackOptions;
  /** What tells people about alerts of Prometheus and Loki. @default - no Alertmanager of the stack's own */
  readonly alertmanager?: AlertmanagerOptions;
  /**
   * Alertmanagers that run already, each replica of them: alerts of Prometheus go there, too, and without one of the stack's own
   * those of Loki, while Grafana shows the first.
   * @default - none
   */
  readonly existingAlertmanagers?: Endpoint[];
  /** Dashboards. Data sources for what the stack runs come by themselves, before those given here. @default - no Grafana */
  readonly grafana?: GrafanaProps;
  /**
   * A Grafana that runs already, beside the stack's own or in its place: is handed the same data sources and dashboards as ConfigMaps
   * that its sidecar finds by their labels. @default - none
   */
  readonly existingGrafana?: ExistingGrafanaOptions;
  /** Metrics of Kubernetes objects. @default - runs if Prometheus does */
  readonly kubeStateMetrics?: KubeStateMetricsStackOptions;
  /** Metrics of the nodes. @default - none */
  readonly nodeExporter?: NodeExporterProps;
  /** Metrics that jobs push. @default - none */
  readonly pushgateway?: PushgatewayProps;
  /** What `kubectl top` and autoscalers ask; refused where the cluster's profile says that it has one. @default - none */
  readonly metricsServer?: MetricsServerProps;
}
