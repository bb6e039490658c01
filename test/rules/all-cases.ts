import { ALERTMANAGER_RULES } from '../../src/rules/alertmanager-rules';
import { ALLOY_RULES } from '../../src/rules/alloy-rules';
import { COREDNS_RULES } from '../../src/rules/coredns-rules';
import type { Rules } from '../../src/rules/definition';
import { ELASTICSEARCH_RULES } from '../../src/rules/elasticsearch-rules';
import { ETCD_RULES } from '../../src/rules/etcd-rules';
import { FLUENT_BIT_RULES } from '../../src/rules/fluent-bit-rules';
import { FLUENTD_RULES } from '../../src/rules/fluentd-rules';
import { GENERAL_RULES } from '../../src/rules/general-rules';
import { GRAFANA_RULES } from '../../src/rules/grafana-rules';
import { JAEGER_RULES } from '../../src/rules/jaeger-rules';
import { KUBE_STATE_METRICS_RULES, KUBE_STATE_METRICS_TELEMETRY_RULES } from '../../src/rules/kube-state-metrics-rules';
import { KUBERNETES_API_SERVER_RULES } from '../../src/rules/kubernetes-api-server-rules';
import {
  KUBERNETES_CONTROLLER_MANAGER_RULES,
  KUBERNETES_PROXY_RULES,
  KUBERNETES_SCHEDULER_RULES,
  KUBERNETES_SYSTEM_RULES,
} from '../../src/rules/kubernetes-control-plane-rules';
import { KUBERNETES_JOB_RULES } from '../../src/rules/kubernetes-job-rules';
import { KUBERNETES_KUBELET_RULES, KUBERNETES_NODE_RULES } from '../../src/rules/kubernetes-node-rules';
import { KUBERNETES_POD_RULES } from '../../src/rules/kubernetes-pod-rules';
import { KUBERNETES_RESOURCE_RULES } from '../../src/rules/kubernetes-resource-rules';
import { KUBERNETES_PERSISTENT_VOLUME_RULES, KUBERNETES_VOLUME_RULES } from '../../src/rules/kubernetes-storage-rules';
import { KUBERNETES_WORKLOAD_RULES } from '../../src/rules/kubernetes-workload-rules';
import { LOG_PIPELINE_RULES } from '../../src/rules/log-pipeline-rules';
import { LOKI_CANARY_RULES } from '../../src/rules/loki-canary-rules';
import { LOKI_RULER_RULES } from '../../src/rules/loki-ruler-rules';
import { LOKI_RULES } from '../../src/rules/loki-rules';
import { LOKI_STORAGE_RULES } from '../../src/rules/loki-storage-rules';
import { MEMCACHED_RULES } from '../../src/rules/memcached-rules';
import { METRICS_SERVER_RULES } from '../../src/rules/metrics-server-rules';
import { MONITOR_RULES } from '../../src/rules/monitor-rules';
import { NODE_DEVICE_RULES } from '../../src/rules/node-device-rules';
import { NODE_FILESYSTEM_RULES } from '../../src/rules/node-filesystem-rules';
import { NODE_LOAD_RULES } from '../../src/rules/node-load-rules';
import { OBJECTIVE_RULES } from '../../src/rules/objective-rules';
import { PROMETHEUS_RULES } from '../../src/rules/prometheus-rules';
import { PUSHGATEWAY_RULES } from '../../src/rules/pushgateway-rules';
import { TEMPO_RULES } from '../../src/rules/tempo-rules';
import { THANOS_COMPACTOR_RULES } from '../../src/rules/thanos-compactor-rules';
import { THANOS_QUERY_FRONTEND_RULES } from '../../src/rules/thanos-query-frontend-rules';
import { THANOS_QUERY_RULES } from '../../src/rules/thanos-query-rules';
import { THANOS_RULER_RULES } from '../../src/rules/thanos-ruler-rules';
import { THANOS_SIDECAR_RULES } from '../../src/rules/thanos-sidecar-rules';
import { THANOS_STORE_RULES } from '../../src/rules/thanos-store-rules';
import { ZIPKIN_RULES } from '../../src/rules/zipkin-rules';
import { ALERTMANAGER_CASES } from './alertmanager-cases';
import { ALLOY_CASES } from './alloy-cases';
import type { Cases } from './cases';
import { COREDNS_CASES } from './coredns-cases';
import { ELASTICSEARCH_CASES } from './elasticsearch-cases';
import { ETCD_CASES } from './etcd-cases';
import { FLUENT_BIT_CASES } from './fluent-bit-cases';
import { FLUENTD_CASES } from './fluentd-cases';
import { GENERAL_CASES } from './general-cases';
import { GRAFANA_CASES } from './grafana-cases';
import { JAEGER_CASES } from './jaeger-cases';
import { KUBE_STATE_METRICS_CASES, KUBE_STATE_METRICS_TELEMETRY_CASES } from './kube-state-metrics-cases';
import { KUBERNETES_API_SERVER_CASES } from './kubernetes-api-server-cases';
import {
  KUBERNETES_CONTROLLER_MANAGER_CASES,
  KUBERNETES_PROXY_CASES,
  KUBERNETES_SCHEDULER_CASES,
  KUBERNETES_SYSTEM_CASES,
} from './kubernetes-control-plane-cases';
import { KUBERNETES_JOB_CASES } from './kubernetes-job-cases';
import { KUBERNETES_KUBELET_CASES, KUBERNETES_NODE_CASES } from './kubernetes-node-cases';
import { KUBERNETES_POD_CASES } from './kubernetes-pod-cases';
import { KUBERNETES_RESOURCE_CASES } from './kubernetes-resource-cases';
import { KUBERNETES_PERSISTENT_VOLUME_CASES, KUBERNETES_VOLUME_CASES } from './kubernetes-storage-cases';
import { KUBERNETES_WORKLOAD_CASES } from './kubernetes-workload-cases';
import { LOG_PIPELINE_CASES } from './log-pipeline-cases';
import { LOKI_CANARY_CASES } from './loki-canary-cases';
import { LOKI_CASES } from './loki-cases';
import { LOKI_RULER_CASES } from './loki-ruler-cases';
import { LOKI_STORAGE_CASES } from './loki-storage-cases';
import { MEMCACHED_CASES } from './memcached-cases';
import { METRICS_SERVER_CASES } from './metrics-server-cases';
import { MONITOR_CASES } from './monitor-cases';
import { NODE_DEVICE_CASES } from './node-device-cases';
import { NODE_FILESYSTEM_CASES } from './node-filesystem-cases';
import { NODE_LOAD_CASES } from './node-load-cases';
import { OBJECTIVE_CASES } from './objective-cases';
import { PROMETHEUS_CASES } from './prometheus-cases';
import { PUSHGATEWAY_CASES } from './pushgateway-cases';
import { TEMPO_CASES } from './tempo-cases';
import { THANOS_COMPACTOR_CASES } from './thanos-compactor-cases';
import { THANOS_QUERY_CASES } from './thanos-query-cases';
import { THANOS_QUERY_FRONTEND_CASES } from './thanos-query-frontend-cases';
import { THANOS_RULER_CASES } from './thanos-ruler-cases';
import { THANOS_SIDECAR_CASES } from './thanos-sidecar-cases';
import { THANOS_STORE_CASES } from './thanos-store-cases';
import { ZIPKIN_CASES } from './zipkin-cases';

/** The rules of each file with the cases beside them. */
export const ALL_CASES: readonly { readonly rules: Rules; readonly cases: Cases }[] = [
  { rules: GENERAL_RULES, cases: GENERAL_CASES },
  { rules: PROMETHEUS_RULES, cases: PROMETHEUS_CASES },
  { rules: THANOS_QUERY_RULES, cases: THANOS_QUERY_CASES },
  { rules: THANOS_QUERY_FRONTEND_RULES, cases: THANOS_QUERY_FRONTEND_CASES },
  { rules: THANOS_SIDECAR_RULES, cases: THANOS_SIDECAR_CASES },
  { rules: THANOS_STORE_RULES, cases: THANOS_STORE_CASES },
  { rules: THANOS_COMPACTOR_RULES, cases: THANOS_COMPACTOR_CASES },
  { rules: THANOS_RULER_RULES, cases: THANOS_RULER_CASES },
  { rules: LOKI_RULES, cases: LOKI_CASES },
  { rules: LOKI_STORAGE_RULES, cases: LOKI_STORAGE_CASES },
  { rules: LOKI_RULER_RULES, cases: LOKI_RULER_CASES },
  { rules: LOKI_CANARY_RULES, cases: LOKI_CANARY_CASES },
  { rules: ALLOY_RULES, cases: ALLOY_CASES },
  { rules: LOG_PIPELINE_RULES, cases: LOG_PIPELINE_CASES },
  { rules: MONITOR_RULES, cases: MONITOR_CASES },
  { rules: MEMCACHED_RULES, cases: MEMCACHED_CASES },
  { rules: ALERTMANAGER_RULES, cases: ALERTMANAGER_CASES },
  { rules: GRAFANA_RULES, cases: GRAFANA_CASES },
  { rules: PUSHGATEWAY_RULES, cases: PUSHGATEWAY_CASES },
  { rules: ELASTICSEARCH_RULES, cases: ELASTICSEARCH_CASES },
  { rules: FLUENTD_RULES, cases: FLUENTD_CASES },
  { rules: FLUENT_BIT_RULES, cases: FLUENT_BIT_CASES },
  { rules: TEMPO_RULES, cases: TEMPO_CASES },
  { rules: JAEGER_RULES, cases: JAEGER_CASES },
  { rules: ZIPKIN_RULES, cases: ZIPKIN_CASES },
  { rules: KUBERNETES_POD_RULES, cases: KUBERNETES_POD_CASES },
  { rules: KUBERNETES_WORKLOAD_RULES, cases: KUBERNETES_WORKLOAD_CASES },
  { rules: KUBERNETES_JOB_RULES, cases: KUBERNETES_JOB_CASES },
  { rules: KUBERNETES_RESOURCE_RULES, cases: KUBERNETES_RESOURCE_CASES },
  { rules: KUBERNETES_VOLUME_RULES, cases: KUBERNETES_VOLUME_CASES },
  { rules: KUBERNETES_PERSISTENT_VOLUME_RULES, cases: KUBERNETES_PERSISTENT_VOLUME_CASES },
  { rules: KUBERNETES_NODE_RULES, cases: KUBERNETES_NODE_CASES },
  { rules: KUBERNETES_KUBELET_RULES, cases: KUBERNETES_KUBELET_CASES },
  { rules: KUBERNETES_API_SERVER_RULES, cases: KUBERNETES_API_SERVER_CASES },
  { rules: KUBERNETES_SCHEDULER_RULES, cases: KUBERNETES_SCHEDULER_CASES },
  { rules: KUBERNETES_CONTROLLER_MANAGER_RULES, cases: KUBERNETES_CONTROLLER_MANAGER_CASES },
  { rules: KUBERNETES_PROXY_RULES, cases: KUBERNETES_PROXY_CASES },
  { rules: KUBERNETES_SYSTEM_RULES, cases: KUBERNETES_SYSTEM_CASES },
  { rules: ETCD_RULES, cases: ETCD_CASES },
  { rules: COREDNS_RULES, cases: COREDNS_CASES },
  { rules: KUBE_STATE_METRICS_RULES, cases: KUBE_STATE_METRICS_CASES },
  { rules: KUBE_STATE_METRICS_TELEMETRY_RULES, cases: KUBE_STATE_METRICS_TELEMETRY_CASES },
  { rules: METRICS_SERVER_RULES, cases: METRICS_SERVER_CASES },
  { rules: NODE_FILESYSTEM_RULES, cases: NODE_FILESYSTEM_CASES },
  { rules: NODE_LOAD_RULES, cases: NODE_LOAD_CASES },
  { rules: NODE_DEVICE_RULES, cases: NODE_DEVICE_CASES },
  { rules: OBJECTIVE_RULES, cases: OBJECTIVE_CASES },
];
