export { AlertMatcher } from './alertmanager/alert-matcher';
export { AlertReceiver } from './alertmanager/alert-receiver';
export * from './alertmanager/alert-receiver-options';
export * from './alertmanager/alert-route';
export * from './alertmanager/alert-time-interval';
export { Alertmanager, type AlertmanagerOptions, type AlertmanagerProps } from './alertmanager/alertmanager';
export { AlloyLogLevel } from './alloy/alloy-container';
export * from './alloy/alloy-daemon-set';
export * from './alloy/alloy-deployment';
export { AlloySource, type LogsSourceProps } from './alloy/alloy-source';
export * from './alloy/container-runtime';
export type { LogCredentials } from './alloy/log-collector';
export * from './alloy/log-field';
export { type LogConditionProps, LogFilter, type LogSampleProps } from './alloy/log-filter';
export * from './alloy/log-format';
export * from './alloy/log-label';
export * from './alloy/log-match';
export * from './alloy/log-metric';
export * from './alloy/log-multiline';
export * from './alloy/log-pipeline';
export * from './alloy/log-pipeline-options';
export { LogRedaction, type LogRedactionProps } from './alloy/log-redaction';
export { LogTenant } from './alloy/log-tenant';
export * from './alloy/log-timestamp';
export { Dashboard } from './dashboards/dashboard';
export * from './dashboards/dashboard-options';
export { StandardDashboards } from './dashboards/standard-dashboards';
export { KubeStateMetrics, type KubeStateMetricsProps } from './exporters/kube-state-metrics';
export { MetricsServer, type MetricsServerProps } from './exporters/metrics-server';
export { NodeAddressType } from './exporters/metrics-server-config';
export { NodeExporter, type NodeExporterProps } from './exporters/node-exporter';
export { Pushgateway, type PushgatewayProps } from './exporters/pushgateway';
export * from './grafana/data-source';
export * from './grafana/existing-grafana';
export * from './grafana/grafana';
export * from './kubernetes/ingress-options';
export { PodExtension } from './kubernetes/pod-extension';
export { Loki, type LokiOptions, type LokiProps } from './loki/loki';
export {
  LokiCanary,
  type LokiCanaryCredentials,
  type LokiCanaryOptions,
  type LokiCanaryProps,
} from './loki/loki-canary';
export { LokiGateway, type LokiGatewayOptions, type LokiGatewayProps } from './loki/loki-gateway';
export * from './loki/loki-options';
export * from './memcached/memcached';
export type { KubernetesMetrics } from './prometheus/kubernetes-metrics';
export { Prometheus } from './prometheus/prometheus';
export * from './prometheus/prometheus-props';
export type { QueryLimits } from './prometheus/query-limits';
export * from './prometheus/scrape-job';
export { type AlertOverride, Alerts, type AlertsProps } from './rules/alerts';
export { PrometheusRules, type PrometheusRulesProps } from './rules/prometheus-rules-objects';
export * from './rules/rule';
export * from './settings/access';
export * from './settings/cluster';
export * from './settings/control-plane';
export * from './settings/cpu';
export * from './settings/data-labels';
export { Endpoint, EndpointProtocol, type ExternalEndpointProps } from './settings/endpoint';
export { type ImageOverride, Images, type ImagesProps } from './settings/images';
export * from './settings/monitoring-context';
export * from './settings/namespaces';
export * from './settings/object-storage';
export * from './settings/placement';
export * from './settings/retention';
export * from './settings/secret-key';
export * from './settings/storage-identity';
export * from './settings/workload-options';
export { type AlloyClusterOptions, PodLogs } from './stack/log-agents';
export { MonitoringFleet, type MonitoringFleetProps } from './stack/monitoring-fleet';
export { MonitoringStack } from './stack/monitoring-stack';
export { type Prerequisite, Prerequisites } from './stack/prerequisites';
export { Profile } from './stack/profile';
export * from './stack/stack-options';
export type { RetentionTiers } from './thanos/retention-tiers';
export { type MemcachedCacheOptions, ThanosCache } from './thanos/thanos-cache';
export { ThanosCompactor, type ThanosCompactorOptions, type ThanosCompactorProps } from './thanos/thanos-compactor';
export { ThanosQuery, type ThanosQueryOptions, type ThanosQueryProps } from './thanos/thanos-query';
export {
  ThanosQueryFrontend,
  type ThanosQueryFrontendOptions,
  type ThanosQueryFrontendProps,
} from './thanos/thanos-query-frontend';
export { ThanosSidecar, type ThanosSidecarOptions, type ThanosSidecarProps } from './thanos/thanos-sidecar';
export { ThanosStoreGateway, type ThanosStoreGatewayOptions, type ThanosStoreGatewayProps } from './thanos/thanos-store-gateway';
