/** How the scrape jobs of the library label what a source exposes. */
export enum TargetLabels {
  /** Where the pod is and what it belongs to. */
  POD = 'pod',
  /** The same without a container: parts of the control plane are found by their pods, not by ports that pods name. */
  CONTROL_PLANE = 'controlPlane',
  /** Found by its Service, wherever it runs. */
  SERVICE = 'service',
  /** Only cluster and environment; the source's own labels say the rest and are honored. */
  CLUSTER = 'cluster',
  /** Node, cluster and environment; the source's own labels say the rest and are honored. */
  NODE = 'node',
}

/** The labels of targets by source. `test/catalogue` holds them against the scrape configuration that is synthesized. */
export const SOURCES = {
  prometheus: TargetLabels.POD,
  'thanos-sidecar': TargetLabels.POD,
  'thanos-store': TargetLabels.POD,
  'thanos-compact': TargetLabels.POD,
  'thanos-query': TargetLabels.POD,
  'thanos-query-frontend': TargetLabels.POD,
  'thanos-rule': TargetLabels.POD,
  alertmanager: TargetLabels.POD,
  loki: TargetLabels.POD,
  'loki-canary': TargetLabels.POD,
  // Its own metrics; those that it makes from logs carry the application's labels, which are honored.
  alloy: TargetLabels.POD,
  memcached_exporter: TargetLabels.POD,
  grafana: TargetLabels.POD,
  elasticsearch_exporter: TargetLabels.POD,
  'fluent-bit': TargetLabels.POD,
  fluentd: TargetLabels.POD,
  jaeger: TargetLabels.POD,
  tempo: TargetLabels.POD,
  zipkin: TargetLabels.POD,
  pushgateway: TargetLabels.CLUSTER,
  'kube-state-metrics': TargetLabels.CLUSTER,
  'kube-state-metrics-telemetry': TargetLabels.POD,
  node_exporter: TargetLabels.POD,
  'metrics-server': TargetLabels.POD,
  kubelet: TargetLabels.NODE,
  cadvisor: TargetLabels.NODE,
  'kube-apiserver': TargetLabels.SERVICE,
  'kube-scheduler': TargetLabels.CONTROL_PLANE,
  'kube-controller-manager': TargetLabels.CONTROL_PLANE,
  'kube-proxy': TargetLabels.CONTROL_PLANE,
  etcd: TargetLabels.CONTROL_PLANE,
  coredns: TargetLabels.CONTROL_PLANE,
  // Exporters that users bring, under a scrape job of this name: only its labels are certain.
  'mysqld-exporter': TargetLabels.CLUSTER,
  'redis-exporter': TargetLabels.CLUSTER,
  'kafka-exporter': TargetLabels.CLUSTER,
  'nginx-prometheus-exporter': TargetLabels.CLUSTER,
} as const satisfies Record<string, TargetLabels>;

/** Where metrics come from. */
export type SourceName = keyof typeof SOURCES;

export const SOURCE_NAMES = Object.keys(SOURCES) as SourceName[];
