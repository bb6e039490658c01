import type { Manifest } from '../support/constructs';
import type { FakeStack } from './fake-cluster';

export const NOW = 1_800_000_000;

export const labels = (app: string, component: string, stack = 'shop') => ({
  'app.kubernetes.io/name': app,
  'app.kubernetes.io/component': component,
  'app.kubernetes.io/part-of': stack,
});

const object = (name: string, app: string, component: string, rest: Manifest): Manifest => ({
  metadata: { name, namespace: 'monitoring', labels: labels(app, component), generation: 1 },
  ...rest,
});

export const service = (name: string, app: string, component: string, port: number) =>
  object(name, app, component, { spec: { clusterIP: '10.0.0.1', ports: [{ name: 'http', port }] } });

const set = (name: string, app: string, spec: Manifest = {}) =>
  object(name, app, app, { spec: { replicas: 1, ...spec }, status: { readyReplicas: 1, observedGeneration: 1 } });

const agents = (name: string, app: string, component: string) =>
  object(name, app, component, { spec: {}, status: { numberReady: 2, desiredNumberScheduled: 2, observedGeneration: 1 } });

const DATA_SOURCES = `
datasources:
  - { name: Prometheus, uid: prometheus, type: prometheus, url: 'http://prometheus.monitoring.svc.cluster.local:9090' }
  - { name: Loki, uid: loki, type: loki, url: 'http://loki.monitoring.svc.cluster.local:3100' }
  - { name: MySQL, uid: mysql, type: mysql, url: 'mysql.shop:3306' }
`;

const GRAFANA_POD = {
  containers: [{ readinessProbe: { httpGet: { path: '/grafana/api/health' } } }],
  volumes: [
    { emptyDir: {} },
    {
      projected: {
        sources: [
          { secret: { name: 'grafana-admin', items: [{ key: 'user', path: 'admin-user' }] } },
          { secret: { name: 'grafana-admin', items: [{ key: 'pass', path: 'admin-password' }] } },
        ],
      },
    },
  ],
};

export const sample = (metric: Record<string, string>, value: number) => ({ metric, value: [0, String(value)] });

export const target = (job: string, health = 'up', lastError = '') => ({
  labels: { job, instance: `${job}-0` },
  health,
  lastError,
});

/** All is well. */
export const healthy = (): FakeStack => ({
  objects: {
    services: [
      service('prometheus', 'prometheus', 'prometheus', 9090),
      service('loki', 'loki', 'loki', 3100),
      object('loki-headless', 'loki', 'loki', { spec: { clusterIP: 'None', ports: [{ port: 7946 }] } }),
      object('alloy-node', 'alloy', 'node', { spec: { clusterIP: 'None', ports: [{ port: 12345 }] } }),
      service('grafana', 'grafana', 'grafana', 80),
    ],
    daemonsets: [agents('alloy-node', 'alloy', 'node'), agents('loki-canary', 'loki', 'canary')],
    deployments: [set('kube-state-metrics', 'kube-state-metrics')],
    statefulsets: [
      set('prometheus', 'prometheus', { volumeClaimTemplates: [{ metadata: { name: 'data' } }] }),
      set('grafana', 'grafana', { template: { spec: GRAFANA_POD } }),
    ],
    configmaps: [
      object('grafana-config', 'grafana', 'grafana', { data: { 'datasources.yaml': DATA_SOURCES, 'grafana.ini': '' } }),
    ],
    secrets: [object('grafana-admin', 'grafana', 'grafana', { data: { user: btoa('root'), pass: btoa('p:w') } })],
  },
  samples: [
    ['loki_write_sent_entries_total', 1200.4],
    ['loki_write_dropped_entries_total', 0],
    ['loki_write_batch_retries_total', 0],
    ['loki_canary_entries_total', 300],
    ['loki_canary_missing_entries_total', 0],
    ['prometheus_config_last_reload_successful', 1],
    ['prometheus_tsdb_lowest_timestamp_seconds', NOW - 3 * 3600],
    ['predict_linear(kubelet', [sample({ persistentvolumeclaim: 'data-prometheus-0' }, 0.5)]],
    ['kubelet_volume_stats_available_bytes', [sample({ persistentvolumeclaim: 'data-prometheus-0' }, 0.612)]],
  ],
  prometheus: {
    targets: { activeTargets: [target('prometheus'), target('loki')] },
    rules: { groups: [{ rules: [{ name: 'TargetDown', health: 'ok', state: 'inactive' }] }] },
    'status/runtimeinfo': { storageRetention: '6h or 1638MiB' },
  },
  loki: {
    '/loki/api/v1/label/namespace/values': { status: 'success', data: ['kube-system', 'monitoring', 'timedeal'] },
    '/loki/api/v1/query': { status: 'success', data: { result: [sample({}, 4200)] } },
    '/config': 'compactor: { retention_enabled: true, compaction_interval: 10m }\nlimits_config: { retention_period: 1w }\n',
    '/metrics': `process_start_time_seconds ${NOW - 86_400}\nloki_compactor_apply_retention_last_successful_run_timestamp_seconds ${NOW - 120}\n`,
  },
  grafana: {
    '/grafana/api/health': { database: 'ok', version: '13.2.0' },
    '/grafana/api/datasources': [
      { uid: 'prometheus', name: 'Prometheus', type: 'prometheus' },
      { uid: 'loki', name: 'Loki', type: 'loki' },
    ],
    '/grafana/api/datasources/uid/prometheus/health': { status: 'OK' },
    '/grafana/api/datasources/uid/loki/health': { status: 'OK' },
  },
});
