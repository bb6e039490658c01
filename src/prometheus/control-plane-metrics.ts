import { podMeta } from '../kubernetes/pod-discovery';
import type { Cluster } from '../settings/cluster';
import { ControlPlaneComponent } from '../settings/control-plane';
import {
  anyOf,
  constant,
  copy,
  FINISHED_PODS,
  keep,
  NAMESPACE_META,
  type Place,
  placeRules,
  podRules,
  type RelabelRule,
} from './relabel';
import { CLUSTER_AUTHORITY_FILE, type KubernetesDiscovery, type ScrapeConfig, TOKEN_FILE } from './scrape-config';

/** The namespace of the API server's own Service, `kubernetes`. */
export const API_SERVER_NAMESPACE = 'default';

const SYSTEM_NAMESPACE = 'kube-system';

/** Of every program. */
const PROCESS_METRICS = [
  'go_goroutines',
  'process_cpu_seconds_total',
  'process_resident_memory_bytes',
  'process_start_time_seconds',
];

/** Of every program of Kubernetes. */
const COMMON_METRICS = [...PROCESS_METRICS, 'kubernetes_build_info', 'rest_client_requests_total'];

const CLIENT_LATENCY_METRICS = ['rest_client_request_duration_seconds_bucket', 'rest_client_request_duration_seconds_count'];

const WORK_QUEUE_METRICS = ['workqueue_adds_total', 'workqueue_depth', 'workqueue_queue_duration_seconds_bucket'];

/**
 * Buckets of request latency that no objective and no quantile needs: of 21, those between. Objectives are at 1, 5 and 30 s, and
 * each bucket stands for every verb of every resource.
 */
const NEEDLESS_LATENCY_BUCKETS: RelabelRule = {
  source_labels: ['__name__', 'le'],
  regex: 'apiserver_request_sli_duration_seconds_bucket;(0\\.2|0\\.6|0\\.8|1\\.25|1\\.5|3|4|6|8|15|20|45)(\\.0)?',
  action: 'drop',
};

/** What is known about a part of the control plane. */
interface Source {
  /** Port of the pod. The API server is found by its Service, wherever it runs. */
  readonly port?: number;
  /** Label of its pods in `kube-system`, as kubeadm sets it. */
  readonly podLabel?: string;
  /** Served with TLS, to those whom the API server lets. */
  readonly secured?: boolean;
  /** The pods have the addresses of their nodes. */
  readonly onNodeAddress?: boolean;
  /** What kubernetes-mixin, etcd's and the boards of the control plane read. Absent = everything, where that is little. */
  readonly metrics?: readonly string[];
  readonly rules?: readonly RelabelRule[];
}

const SOURCES: Record<ControlPlaneComponent, Source> = {
  // Left out is above all `apiserver_request_duration_seconds`, which repeats the SLI's with more buckets and more verbs.
  [ControlPlaneComponent.API_SERVER]: {
    metrics: [
      ...COMMON_METRICS,
      ...WORK_QUEUE_METRICS,
      'aggregator_unavailable_apiservice',
      'aggregator_unavailable_apiservice_total',
      'apiserver_client_certificate_expiration_seconds_bucket',
      'apiserver_client_certificate_expiration_seconds_count',
      'apiserver_current_inflight_requests',
      'apiserver_request_sli_duration_seconds_bucket',
      'apiserver_request_sli_duration_seconds_count',
      'apiserver_request_terminations_total',
      'apiserver_request_total',
      'apiserver_resource_objects',
      'apiserver_storage_objects',
      'apiserver_storage_size_bytes',
    ],
    rules: [NEEDLESS_LATENCY_BUCKETS],
  },
  [ControlPlaneComponent.CORE_DNS]: { port: 9153 },
  [ControlPlaneComponent.SCHEDULER]: {
    port: 10259,
    podLabel: 'component=kube-scheduler',
    secured: true,
    onNodeAddress: true,
    metrics: [
      ...COMMON_METRICS,
      ...CLIENT_LATENCY_METRICS,
      'scheduler_pending_pods',
      'scheduler_pod_scheduling_sli_duration_seconds_bucket',
      'scheduler_pod_scheduling_sli_duration_seconds_count',
      'scheduler_preemption_attempts_total',
      'scheduler_queue_incoming_pods_total',
      'scheduler_schedule_attempts_total',
      'scheduler_scheduling_algorithm_duration_seconds_bucket',
      'scheduler_scheduling_algorithm_duration_seconds_count',
      'scheduler_scheduling_attempt_duration_seconds_bucket',
      'scheduler_scheduling_attempt_duration_seconds_count',
      'scheduler_unschedulable_pods',
    ],
  },
  [ControlPlaneComponent.CONTROLLER_MANAGER]: {
    port: 10257,
    podLabel: 'component=kube-controller-manager',
    secured: true,
    onNodeAddress: true,
    metrics: [
      ...COMMON_METRICS,
      ...CLIENT_LATENCY_METRICS,
      ...WORK_QUEUE_METRICS,
      'leader_election_master_status',
      'node_collector_evictions_total',
      'node_collector_unhealthy_nodes_in_zone',
    ],
  },
  [ControlPlaneComponent.ETCD]: {
    port: 2381,
    podLabel: 'component=etcd',
    onNodeAddress: true,
    metrics: [
      ...PROCESS_METRICS,
      'etcd_disk_backend_commit_duration_seconds_bucket',
      'etcd_disk_wal_fsync_duration_seconds_bucket',
      'etcd_mvcc_db_total_size_in_bytes',
      'etcd_mvcc_db_total_size_in_use_in_bytes',
      'etcd_network_client_grpc_received_bytes_total',
      'etcd_network_client_grpc_sent_bytes_total',
      'etcd_network_peer_received_bytes_total',
      'etcd_network_peer_round_trip_time_seconds_bucket',
      'etcd_network_peer_sent_bytes_total',
      'etcd_network_peer_sent_failures_total',
      'etcd_server_has_leader',
      'etcd_server_is_leader',
      'etcd_server_leader_changes_seen_total',
      'etcd_server_proposals_applied_total',
      'etcd_server_proposals_committed_total',
      'etcd_server_proposals_failed_total',
      'etcd_server_proposals_pending',
      'etcd_server_quota_backend_bytes',
      'etcd_server_slow_apply_total',
      'grpc_server_handled_total',
      'grpc_server_started_total',
      'process_max_fds',
      'process_open_fds',
    ],
  },
  [ControlPlaneComponent.KUBE_PROXY]: {
    port: 10249,
    podLabel: 'k8s-app=kube-proxy',
    onNodeAddress: true,
    metrics: [
      ...COMMON_METRICS,
      ...CLIENT_LATENCY_METRICS,
      'kubeproxy_network_programming_duration_seconds_bucket',
      'kubeproxy_network_programming_duration_seconds_count',
      'kubeproxy_sync_proxy_rules_duration_seconds_bucket',
      'kubeproxy_sync_proxy_rules_duration_seconds_count',
    ],
  },
};

/** Namespace of the pods of a part; undefined for the API server, which need not run in pods. */
export function controlPlaneNamespace(component: ControlPlaneComponent, cluster: Cluster): string | undefined {
  if (component === ControlPlaneComponent.API_SERVER) {
    return undefined;
  }
  return component === ControlPlaneComponent.CORE_DNS ? cluster.dnsNamespace : SYSTEM_NAMESPACE;
}

/** Port of a part, and whether it is one of the nodes; undefined for the API server. */
export function controlPlanePort(component: ControlPlaneComponent): { port: number; onNodeAddress: boolean } | undefined {
  const { port, onNodeAddress = false } = SOURCES[component];
  return port === undefined ? undefined : { port, onNodeAddress };
}

/** What is wrong with the parts that are asked for. */
export const controlPlaneProblems = (wanted: readonly ControlPlaneComponent[], cluster: Cluster): string[] => [
  ...wanted
    .filter((component) => !cluster.controlPlane.includes(component))
    .map(
      (component) =>
        `kubernetes.controlPlane has "${component}"; allowed are ${cluster.controlPlane.map((name) => `"${name}"`).join(', ') || 'none'} on this cluster: ` +
        'leave it out, or give it to the controlPlane of the cluster if Prometheus can reach it there',
    ),
  ...wanted
    .filter((component, index) => wanted.indexOf(component) < index)
    .map((component) => `kubernetes.controlPlane has "${component}" twice; allowed is once: remove one`),
];

/** The jobs of the parts that are asked for. */
export const controlPlaneScrapeConfigs = (
  wanted: readonly ControlPlaneComponent[],
  place: Place,
  cluster: Cluster,
  extraMetrics: readonly string[],
): ScrapeConfig[] => wanted.map((component) => controlPlaneScrapeConfig(component, place, cluster, extraMetrics));

function controlPlaneScrapeConfig(
  component: ControlPlaneComponent,
  place: Place,
  cluster: Cluster,
  extraMetrics: readonly string[],
): ScrapeConfig {
  const { metrics, rules = [] } = SOURCES[component];
  const metricRules: RelabelRule[] = [
    ...(metrics === undefined ? [] : [keep('__name__', anyOf([...metrics, ...extraMetrics]))]),
    ...rules,
  ];
  return {
    job_name: component,
    ...(component === ControlPlaneComponent.API_SERVER ? apiServerTargets(place) : podTargets(component, place, cluster)),
    ...(metricRules.length > 0 && { metric_relabel_configs: metricRules }),
  };
}

type Targets = Omit<ScrapeConfig, 'job_name' | 'metric_relabel_configs'>;

/** Every API server behind the Service `kubernetes`, never its one address: counters of several would mix. */
const apiServerTargets = (place: Place): Targets => ({
  scheme: 'https',
  authorization: { credentials_file: TOKEN_FILE },
  // A name that its certificate has in any case; the addresses of its endpoints may be missing there.
  tls_config: { ca_file: CLUSTER_AUTHORITY_FILE, server_name: 'kubernetes.default.svc' },
  kubernetes_sd_configs: [{ role: 'endpointslice', namespaces: { names: [API_SERVER_NAMESPACE] } }],
  relabel_configs: [
    {
      source_labels: ['__meta_kubernetes_service_name', '__meta_kubernetes_endpointslice_port_name'],
      regex: 'kubernetes;https',
      action: 'keep',
    },
    copy(NAMESPACE_META, place.labels.namespace),
    constant(place.labels.app, ControlPlaneComponent.API_SERVER),
    ...placeRules(place),
  ],
});

function podTargets(component: ControlPlaneComponent, place: Place, cluster: Cluster): Targets {
  const { secured, port = 0, podLabel } = SOURCES[component];
  const label =
    podLabel ??
    Object.entries(cluster.dnsPodLabels)
      .map(([key, value]) => `${key}=${value}`)
      .sort()
      .join(',');
  const discovery: KubernetesDiscovery = {
    role: 'pod',
    namespaces: { names: [controlPlaneNamespace(component, cluster) ?? SYSTEM_NAMESPACE] },
    selectors: [{ role: 'pod', label }],
  };
  return {
    // The certificates are signed by the programs themselves.
    ...(secured && {
      scheme: 'https' as const,
      authorization: { credentials_file: TOKEN_FILE },
      tls_config: { insecure_skip_verify: true },
    }),
    kubernetes_sd_configs: [discovery],
    relabel_configs: [
      FINISHED_PODS,
      // Static pods declare no port of metrics; what they declare becomes one target with one address.
      address('([^:]+)', `$1:${port}`),
      address('(.*:.*)', `[$1]:${port}`),
      ...podRules(place),
      constant(place.labels.app, component),
      ...placeRules(place),
    ],
  };
}

const address = (regex: string, replacement: string): RelabelRule => ({
  source_labels: [podMeta('ip')],
  regex,
  target_label: '__address__',
  replacement,
});
