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
export * from './alloy/monitor-options';
export type { TraceOptions, TracesSourceProps } from './alloy/trace-collector';
export { Dashboard } from './dashboards/dashboard';
export * from './dashboards/dashboard-options';
export { StandardDashboards } from './dashboards/standard-dashboards';
export type { ElasticsearchCertificate, ElasticsearchPasswords } from './elastic/elastic-security';
export { Elasticsearch, type ElasticsearchProps } from './elastic/elasticsearch';
export {
  ElasticsearchExporter,
  type ElasticsearchExporterOptions,
  type ElasticsearchExporterProps,
} from './elastic/elasticsearch-exporter';
export * from './elastic/fluent-bit';
export * from './elastic/fluentd';
export * from './elastic/kibana';
export type { LogShipperOptions, LogShipperProps } from './elastic/log-agent';
export { KubeStateMetrics, type KubeStateMetricsProps } from './exporters/kube-state-metrics';
export { MetricsServer, type MetricsServerProps } from './exporters/metrics-server';
export { NodeAddressType } from './exporters/metrics-server-config';
export { NodeExporter, type NodeExporterProps } from './exporters/node-exporter';
export { Pushgateway, type PushgatewayProps } from './exporters/pushgateway';
export type { DashboardConfigMap } from './grafana/dashboard-files';
export type { DashboardSidecarOptions } from './grafana/dashboard-sidecar';
export * from './grafana/data-source';
export * from './grafana/existing-grafana';
export * from './grafana/grafana';
export type { GrafanaOAuth } from './grafana/grafana-oauth';
export { ProvisionedAlerting } from './grafana/provisioned-alerting';
export { AlertDelivery } from './grafana-alerting/alert-delivery';
export { GrafanaAlerting, type GrafanaAlertingProps } from './grafana-alerting/grafana-alerting';
export {
  type CertificateIssuer,
  CertificateIssuerKind,
  type CertificateOptions,
  IngressCertificate,
} from './kubernetes/certificate';
export { GeneratedSecret, type GeneratedSecretProps } from './kubernetes/generated-secret';
export * from './kubernetes/ingress-options';
export { PodExtension } from './kubernetes/pod-extension';
export {
  type BasicWebAuthenticationOptions,
  type NginxExternalAuthenticationOptions,
  type PolicyAuthenticationOptions,
  WebAuthentication,
} from './kubernetes/web-authentication';
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
export { OperatorAlertmanager } from './operator/operator-alertmanager';
export * from './operator/operator-options';
export { OperatorPrometheus, type OperatorPrometheusProps } from './operator/operator-prometheus';
export { ComponentMonitors, type ComponentMonitorsProps } from './prometheus/component-monitors';
export type { KubernetesMetrics } from './prometheus/kubernetes-metrics';
export { Prometheus } from './prometheus/prometheus';
export * from './prometheus/prometheus-props';
export type { QueryLimits } from './prometheus/query-limits';
export * from './prometheus/scrape-job';
export { type AlertOverride, Alerts, type AlertsProps } from './rules/alerts';
export {
  type AvailabilityObjectiveProps,
  type CustomObjectiveProps,
  type LatencyObjectiveProps,
  Objective,
  type ObjectiveOptions,
} from './rules/objective';
export { ObjectiveAlerts } from './rules/objective-settings';
export { PrometheusRules, type PrometheusRulesProps } from './rules/prometheus-rules-objects';
export * from './rules/rule';
export * from './settings/access';
export * from './settings/basic-authentication';
export * from './settings/cluster';
export * from './settings/control-plane';
export * from './settings/cpu';
export * from './settings/data-labels';
export { Endpoint, EndpointProtocol, type ExternalEndpointProps } from './settings/endpoint';
export { ExistingVolume } from './settings/existing-volume';
export { type ImageOverride, Images, type ImagesProps } from './settings/images';
export * from './settings/monitoring-context';
export * from './settings/namespaces';
export * from './settings/object-storage';
export * from './settings/placement';
export * from './settings/retention';
export * from './settings/secret-key';
export {
  type AgentInjectorOptions,
  type ExternalSecretsOptions,
  SecretSource,
  SecretStoreKind,
  type SecretsStoreCsiOptions,
} from './settings/secret-source';
export * from './settings/storage-identity';
export * from './settings/volume-options';
export * from './settings/workload-options';
export type { ElasticStackOptions, ElasticsearchExporterStackOptions } from './stack/elastic-stack';
export { type AlloyClusterOptions, PodLogs } from './stack/log-agents';
export { MonitoringFleet, type MonitoringFleetProps } from './stack/monitoring-fleet';
export { MonitoringStack } from './stack/monitoring-stack';
export { type Prerequisite, Prerequisites } from './stack/prerequisites';
export { Profile } from './stack/profile';
export * from './stack/stack-options';
export type { TracesStackOptions } from './stack/traces';
export type { RetentionTiers } from './thanos/retention-tiers';
export { type MemcachedCacheOptions, ThanosCache } from './thanos/thanos-cache';
export { ThanosCompactor, type ThanosCompactorOptions, type ThanosCompactorProps } from './thanos/thanos-compactor';
export { ThanosQuery, type ThanosQueryOptions, type ThanosQueryProps } from './thanos/thanos-query';
export {
  ThanosQueryFrontend,
  type ThanosQueryFrontendOptions,
  type ThanosQueryFrontendProps,
} from './thanos/thanos-query-frontend';
export { ThanosRuler, type ThanosRulerOptions, type ThanosRulerProps } from './thanos/thanos-ruler';
export { ThanosSidecar, type ThanosSidecarOptions, type ThanosSidecarProps } from './thanos/thanos-sidecar';
export { ThanosStoreGateway, type ThanosStoreGatewayOptions, type ThanosStoreGatewayProps } from './thanos/thanos-store-gateway';
export { Jaeger, type JaegerOptions, type JaegerProps } from './tracing/jaeger';
export { Tempo, type TempoOptions, type TempoProps } from './tracing/tempo';
export { Zipkin, type ZipkinOptions, type ZipkinProps } from './tracing/zipkin';
