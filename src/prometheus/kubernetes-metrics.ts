import type { Cluster } from '../settings/cluster';
import type { ControlPlaneComponent } from '../settings/control-plane';
import { controlPlaneScrapeConfigs } from './control-plane-metrics';
import { anyOf, copy, NODE_NAME_META, type Place, placeRules, type RelabelRule, renameRules } from './relabel';
import { CLUSTER_AUTHORITY_FILE, type ScrapeConfig, TOKEN_FILE } from './scrape-config';

/** What is collected from Kubernetes itself. */
export interface KubernetesMetrics {
  /** Metrics of the kubelets: volumes, pods running, evictions, certificates. @default true */
  readonly kubelet?: boolean;
  /** Metrics of containers (cAdvisor): CPU, memory, network, disk. About 40 series for each container. @default true */
  readonly cadvisor?: boolean;
  /**
   * Parts of the control plane that are scraped, each by a job of its name; `cluster.controlPlane` has all that can be reached.
   * Seen on an idle cluster: 1,400 series of the API server (of 14,000, most are left out) and 860 of etcd; both grow with the kinds of
   * objects in use. The others have some hundred.
   * @default - none
   */
  readonly controlPlane?: ControlPlaneComponent[];
  /**
   * Namespaces whose containers and volumes are kept, besides the stack's own. Saves series, but boards about nodes and the
   * whole cluster then show these namespaces only.
   * @default - all
   */
  readonly namespaces?: string[];
  /** Names of further metrics that are kept. @default - those that boards and alerts of Kubernetes commonly use */
  readonly extraMetrics?: string[];
}

/** Port of the kubelets. */
export const KUBELET_PORT = 10250;

/**
 * Of the kubelet: what kubernetes-mixin's alerts and its board of volumes read. Left out are the histograms of runtime,
 * storage and API operations: about nine tenths of a kubelet's series.
 */
const KUBELET_METRICS = [
  'go_goroutines',
  'kubelet_certificate_manager_client_expiration_renew_errors',
  'kubelet_certificate_manager_client_ttl_seconds',
  'kubelet_certificate_manager_server_ttl_seconds',
  'kubelet_evictions',
  'kubelet_node_name',
  'kubelet_pleg_relist_duration_seconds_bucket',
  'kubelet_pleg_relist_duration_seconds_count',
  'kubelet_pod_start_sli_duration_seconds_bucket',
  'kubelet_pod_worker_duration_seconds_bucket',
  'kubelet_pod_worker_duration_seconds_count',
  'kubelet_running_containers',
  'kubelet_running_pods',
  'kubelet_runtime_operations_errors_total',
  'kubelet_runtime_operations_total',
  'kubelet_server_expiration_renew_errors',
  'kubelet_volume_stats_available_bytes',
  'kubelet_volume_stats_capacity_bytes',
  'kubelet_volume_stats_inodes',
  'kubelet_volume_stats_inodes_free',
  'kubelet_volume_stats_inodes_used',
  'kubelet_volume_stats_used_bytes',
  'kubernetes_build_info',
  'process_cpu_seconds_total',
  'process_resident_memory_bytes',
  'process_start_time_seconds',
  'rest_client_requests_total',
  'volume_manager_total_volumes',
];

/** Of cAdvisor: what boards about pods, namespaces and nodes read. */
const CADVISOR_METRICS = [
  'container_cpu_cfs_periods_total',
  'container_cpu_cfs_throttled_periods_total',
  'container_cpu_cfs_throttled_seconds_total',
  'container_cpu_usage_seconds_total',
  'container_fs_reads_bytes_total',
  'container_fs_reads_total',
  'container_fs_writes_bytes_total',
  'container_fs_writes_total',
  'container_memory_cache',
  'container_memory_rss',
  'container_memory_swap',
  'container_memory_usage_bytes',
  'container_memory_working_set_bytes',
  'container_network_receive_bytes_total',
  'container_network_receive_errors_total',
  'container_network_receive_packets_dropped_total',
  'container_network_receive_packets_total',
  'container_network_transmit_bytes_total',
  'container_network_transmit_errors_total',
  'container_network_transmit_packets_dropped_total',
  'container_network_transmit_packets_total',
  'container_oom_events_total',
  'container_start_time_seconds',
  'machine_cpu_cores',
  'machine_memory_bytes',
];

/** What the jobs are made from. */
export interface KubernetesMetricsSettings {
  readonly place: Place;
  readonly cluster: Cluster;
  readonly metrics: KubernetesMetrics;
  /** Namespaces of the stack itself. */
  readonly ownNamespaces: readonly string[];
}

/** The jobs of the kubelets and of the control plane. */
export function kubernetesScrapeConfigs(settings: KubernetesMetricsSettings): ScrapeConfig[] {
  const { place, cluster } = settings;
  const { kubelet = true, cadvisor = true, controlPlane = [], extraMetrics = [] } = settings.metrics;
  return [
    ...(kubelet ? [nodeScrapeConfig('kubelet', undefined, KUBELET_METRICS, [], settings)] : []),
    ...(cadvisor ? [nodeScrapeConfig('cadvisor', '/metrics/cadvisor', CADVISOR_METRICS, [CGROUPS_OF_NO_POD], settings)] : []),
    ...controlPlaneScrapeConfigs(controlPlane, place, cluster, extraMetrics),
  ];
}

/**
 * Slices and system services: many series that change names with every pod, and counted twice when summed with those of
 * pods. The root cgroup ("/") stays, as the total of the node.
 */
const CGROUPS_OF_NO_POD: RelabelRule = { source_labels: ['pod', 'id'], regex: ';/.+', action: 'drop' };

/**
 * Directly from each kubelet rather than through the API server, which would need the far stronger right `nodes/proxy`. The
 * labels of the metrics win, because they name the pods in question. cAdvisor's own timestamps are ignored: with them,
 * series of a pod that is gone would stay for five minutes.
 */
function nodeScrapeConfig(
  job: string,
  path: string | undefined,
  metrics: readonly string[],
  rules: readonly RelabelRule[],
  { place, cluster, metrics: { namespaces, extraMetrics = [] }, ownNamespaces }: KubernetesMetricsSettings,
): ScrapeConfig {
  // Series that belong to no namespace have an empty one.
  const wanted = namespaces && anyOf(['', ...new Set([...namespaces, ...ownNamespaces].sort())]);
  return {
    job_name: job,
    honor_labels: true,
    honor_timestamps: false,
    metrics_path: path,
    scheme: 'https',
    authorization: { credentials_file: TOKEN_FILE },
    tls_config: cluster.kubeletCertificatesFromClusterAuthority
      ? { ca_file: CLUSTER_AUTHORITY_FILE }
      : { insecure_skip_verify: true },
    kubernetes_sd_configs: [{ role: 'node' }],
    relabel_configs: [copy(NODE_NAME_META, place.labels.node), ...placeRules(place)],
    metric_relabel_configs: [
      { source_labels: ['__name__'], regex: anyOf([...metrics, ...extraMetrics]), action: 'keep' },
      ...rules,
      ...(wanted === undefined ? [] : [{ source_labels: ['namespace'], regex: wanted, action: 'keep' as const }]),
      ...renameRules(place.labels),
    ],
  };
}
