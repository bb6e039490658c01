import type { Size } from 'cdk8s';
import type { AlertmanagerOptions } from '../alertmanager/alertmanager';
import type { AlloyDaemonSetOptions } from '../alloy/alloy-daemon-set';
import type { LogPipeline } from '../alloy/log-pipeline';
import type { KubeStateMetricsProps } from '../exporters/kube-state-metrics';
import type { MetricsServerProps } from '../exporters/metrics-server';
import type { NodeExporterProps } from '../exporters/node-exporter';
import type { PushgatewayProps } from '../exporters/pushgateway';
import type { BasicAuthentication } from '../grafana/data-source';
import type { ExistingGrafanaOptions } from '../grafana/existing-grafana';
import type { GrafanaProps } from '../grafana/grafana';
import type { LokiOptions } from '../loki/loki';
import type { LokiCanaryOptions } from '../loki/loki-canary';
import type { LokiGatewayOptions } from '../loki/loki-gateway';
import type { MemcachedOptions } from '../memcached/memcached';
import type { PrometheusProps } from '../prometheus/prometheus-props';
import type { Endpoint } from '../settings/endpoint';
import type { MonitoringContextProps } from '../settings/monitoring-context';
import type { ObjectStorage } from '../settings/object-storage';
import type { RetentionTiers } from '../thanos/retention-tiers';
import type { ThanosCompactorOptions } from '../thanos/thanos-compactor';
import type { ThanosQueryOptions } from '../thanos/thanos-query';
import type { ThanosQueryFrontendOptions } from '../thanos/thanos-query-frontend';
import type { ThanosSidecarOptions } from '../thanos/thanos-sidecar';
import type { ThanosStoreGatewayOptions } from '../thanos/thanos-store-gateway';
import type { AlloyClusterOptions, PodLogs } from './log-agents';
import type { Profile } from './profile';

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
