/** Names of the boards that link each other. */
export const BOARD = {
  overview: 'monitoring-overview',
  cost: 'monitoring-cost',
  alertmanager: 'alertmanager-overview',
  memcached: 'memcached-overview',
  grafana: 'grafana-overview',
} as const;
