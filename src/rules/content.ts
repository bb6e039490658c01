import { Duration } from 'cdk8s';
import { DataLabels } from '../settings/data-labels';
import { ALERTMANAGER_RULES } from './alertmanager-rules';
import { ALLOY_RULES } from './alloy-rules';
import { COREDNS_RULES } from './coredns-rules';
import type { GroupDefinition, Rules } from './definition';
import { ELASTICSEARCH_RULES } from './elasticsearch-rules';
import { ETCD_RULES } from './etcd-rules';
import { FLUENT_BIT_RULES } from './fluent-bit-rules';
import { FLUENTD_RULES } from './fluentd-rules';
import { GENERAL_RULES } from './general-rules';
import { GRAFANA_RULES } from './grafana-rules';
import { JAEGER_RULES } from './jaeger-rules';
import { KUBE_STATE_METRICS_RULES, KUBE_STATE_METRICS_TELEMETRY_RULES } from './kube-state-metrics-rules';
import { KUBERNETES_API_SERVER_RULES } from './kubernetes-api-server-rules';
import {
  KUBERNETES_CONTROLLER_MANAGER_RULES,
  KUBERNETES_PROXY_RULES,
  KUBERNETES_SCHEDULER_RULES,
  KUBERNETES_SYSTEM_RULES,
} from './kubernetes-control-plane-rules';
import { KUBERNETES_JOB_RULES } from './kubernetes-job-rules';
import { KUBERNETES_KUBELET_RULES, KUBERNETES_NODE_RULES } from './kubernetes-node-rules';
import { KUBERNETES_POD_RULES } from './kubernetes-pod-rules';
import { KUBERNETES_RESOURCE_RULES } from './kubernetes-resource-rules';
import { KUBERNETES_PERSISTENT_VOLUME_RULES, KUBERNETES_VOLUME_RULES } from './kubernetes-storage-rules';
import { KUBERNETES_WORKLOAD_RULES } from './kubernetes-workload-rules';
import { LOG_PIPELINE_RULES } from './log-pipeline-rules';
import { LOKI_CANARY_RULES } from './loki-canary-rules';
import { LOKI_RULER_RULES } from './loki-ruler-rules';
import { LOKI_RULES } from './loki-rules';
import { LOKI_STORAGE_RULES } from './loki-storage-rules';
import { MEMCACHED_RULES } from './memcached-rules';
import { METRICS_SERVER_RULES } from './metrics-server-rules';
import { MONITOR_RULES } from './monitor-rules';
import { NODE_DEVICE_RULES } from './node-device-rules';
import { NODE_FILESYSTEM_RULES } from './node-filesystem-rules';
import { NODE_LOAD_RULES } from './node-load-rules';
import { ANY_OBJECTIVE, OBJECTIVE_RULES } from './objective-rules';
import { PROMETHEUS_RULES } from './prometheus-rules';
import { PUSHGATEWAY_RULES } from './pushgateway-rules';
import { RuleContext, type RuleSettings, SOURCES, type Source } from './rule-context';
import { TEMPO_RULES } from './tempo-rules';
import { THANOS_COMPACTOR_RULES } from './thanos-compactor-rules';
import { THANOS_QUERY_FRONTEND_RULES } from './thanos-query-frontend-rules';
import { THANOS_QUERY_RULES } from './thanos-query-rules';
import { THANOS_RULER_RULES } from './thanos-ruler-rules';
import { THANOS_SIDECAR_RULES } from './thanos-sidecar-rules';
import { THANOS_STORE_RULES } from './thanos-store-rules';
import { ZIPKIN_RULES } from './zipkin-rules';

/** All rules of the library, in the order of their files. */
export const CONTENT: readonly Rules[] = [
  GENERAL_RULES,
  PROMETHEUS_RULES,
  THANOS_QUERY_RULES,
  THANOS_QUERY_FRONTEND_RULES,
  THANOS_SIDECAR_RULES,
  THANOS_STORE_RULES,
  THANOS_COMPACTOR_RULES,
  THANOS_RULER_RULES,
  LOKI_RULES,
  LOKI_STORAGE_RULES,
  LOKI_RULER_RULES,
  LOKI_CANARY_RULES,
  ALLOY_RULES,
  LOG_PIPELINE_RULES,
  MONITOR_RULES,
  MEMCACHED_RULES,
  ALERTMANAGER_RULES,
  GRAFANA_RULES,
  PUSHGATEWAY_RULES,
  ELASTICSEARCH_RULES,
  FLUENTD_RULES,
  FLUENT_BIT_RULES,
  TEMPO_RULES,
  JAEGER_RULES,
  ZIPKIN_RULES,
  KUBERNETES_POD_RULES,
  KUBERNETES_WORKLOAD_RULES,
  KUBERNETES_JOB_RULES,
  KUBERNETES_RESOURCE_RULES,
  KUBERNETES_VOLUME_RULES,
  KUBERNETES_PERSISTENT_VOLUME_RULES,
  KUBERNETES_NODE_RULES,
  KUBERNETES_KUBELET_RULES,
  KUBERNETES_API_SERVER_RULES,
  KUBERNETES_SCHEDULER_RULES,
  KUBERNETES_CONTROLLER_MANAGER_RULES,
  KUBERNETES_PROXY_RULES,
  KUBERNETES_SYSTEM_RULES,
  ETCD_RULES,
  COREDNS_RULES,
  KUBE_STATE_METRICS_RULES,
  KUBE_STATE_METRICS_TELEMETRY_RULES,
  METRICS_SERVER_RULES,
  NODE_FILESYSTEM_RULES,
  NODE_LOAD_RULES,
  NODE_DEVICE_RULES,
  OBJECTIVE_RULES,
];

/** The groups for what is there. */
export function ownGroups(settings: RuleSettings): GroupDefinition[] {
  const context = new RuleContext(settings);
  return CONTENT.filter(({ needs }) => needs.every((source) => context.has(source))).flatMap(({ groups }) => [
    ...groups(context),
  ]);
}

/** Settings of a stack where everything runs. */
export function everythingRuns(settings: Partial<RuleSettings> = {}): RuleSettings {
  return {
    labels: new DataLabels(),
    scrapeInterval: Duration.seconds(30),
    jobs: new Map<Source, string[]>(SOURCES.map((source) => [source, [source]])),
    sendsAlerts: true,
    objectives: [ANY_OBJECTIVE],
    ...settings,
  };
}
