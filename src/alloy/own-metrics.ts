/**
 * How the names of Alloy's metrics about itself begin. A metric made from logs must not begin so: Alloy shows both on one page,
 * and one name with two types makes the whole page answer 500. Alloy's own are told from the others by it, too.
 */
export const OWN_METRICS = [
  'alloy_',
  'cluster_',
  'deprecated_flags_',
  'go_',
  'http_client_',
  'http_server_',
  'loki_',
  'net_conntrack_',
  'otelcol_',
  'postgres_exporter_',
  'process_',
  'prometheus_',
  'promhttp_',
  'remotecfg_',
  'rpc_',
];
