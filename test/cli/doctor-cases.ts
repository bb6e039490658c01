import type { Manifest } from '../support/constructs';
import type { FakeStack } from './fake-cluster';
import { NOW, sample, service, target } from './healthy-stack';

const change = (objects: keyof FakeStack['objects'], name: string, rest: Manifest) => (stack: FakeStack) => {
  stack.objects[objects] = stack.objects[objects].map((found) => (found.metadata.name === name ? { ...found, ...rest } : found));
};
const samples =
  (...given: FakeStack['samples']) =>
  (stack: FakeStack) => {
    stack.samples = [...given, ...stack.samples];
  };
const NO_KUBELET: FakeStack['samples'][number][] = [
  ['predict_linear(kubelet', []],
  ['kubelet_volume', []],
];

/** What is wrong with a stack, and what the check then says. */
export const CASES: readonly [id: string, outcome: string, change: (stack: FakeStack) => void][] = [
  ['workloads', 'failed: StatefulSet prometheus has 0 of 1', change('statefulsets', 'prometheus', { status: {} })],
  [
    'workloads',
    'failed: Deployment kube-state-metrics has 1 of 1',
    change('deployments', 'kube-state-metrics', { status: { readyReplicas: 1, observedGeneration: 0 } }),
  ],
  [
    'agents',
    'failed: 1 of 2 nodes with a ready agent',
    change('daemonsets', 'alloy-node', { status: { numberReady: 1, desiredNumberScheduled: 2, observedGeneration: 1 } }),
  ],
  [
    'agents',
    'failed: 0 of 0 nodes with a ready agent',
    change('daemonsets', 'alloy-node', { status: { numberReady: 0, desiredNumberScheduled: 0, observedGeneration: 1 } }),
  ],
  [
    'agents',
    'skipped: no agent runs on the nodes',
    (stack) => {
      stack.objects.daemonsets = [];
    },
  ],
  ['shipping', 'failed: agents sent nothing in 5m', samples(['loki_write_sent', []])],
  ['shipping', 'failed: agents dropped 7 lines in 5m', samples(['loki_write_dropped', 7])],
  ['shipping', 'warning: agents sent 1200 lines in 5m, and had to repeat 3 batches', samples(['loki_write_batch_retries', 3])],
  [
    'shipping',
    'skipped: no agent whose metrics are collected',
    (stack) => {
      stack.objects.services = stack.objects.services.filter(({ metadata }) => metadata.name !== 'alloy-node');
    },
  ],
  [
    'shipping',
    'skipped: no agent that ships lines',
    (stack) => {
      const config = { data: { 'config.alloy': 'otelcol.receiver.otlp "traces" { }' } };
      stack.objects.configmaps.push({ ...service('alloy-traces-config', 'alloy', 'cluster-traces', 0), ...config });
    },
  ],
  ['canary', 'failed: the canary wrote nothing in 5m', samples(['loki_canary_entries', 0])],
  ['canary', 'failed: 2 lines of the canary did not arrive in 5m', samples(['loki_canary_missing', 2])],
  [
    'canary',
    'skipped: no canary whose metrics are collected',
    (stack) => {
      stack.objects.daemonsets = stack.objects.daemonsets.slice(0, 1);
    },
  ],
  [
    'targets',
    'failed: 1 of 2 targets down: loki loki-0 (connection refused)',
    (stack) => {
      stack.prometheus.targets = { activeTargets: [target('prometheus'), target('loki', 'down', 'connection refused')] };
    },
  ],
  [
    'targets',
    'ok: 1 target up, 1 not scraped yet',
    (stack) => {
      stack.prometheus.targets = { activeTargets: [target('prometheus'), target('loki', 'unknown')] };
    },
  ],
  [
    'targets',
    'failed: nothing is scraped',
    (stack) => {
      stack.prometheus.targets = { activeTargets: [] };
    },
  ],
  ['rules', 'failed: Prometheus refuses its latest configuration', samples(['prometheus_config_last_reload', 0])],
  [
    'rules',
    'failed: 1 of 1 rule cannot be evaluated: Broken: many-to-many matching',
    (stack) => {
      const rule = { name: 'Broken', health: 'err', lastError: 'many-to-many matching' };
      stack.prometheus.rules = { groups: [{ rules: [rule] }] };
    },
  ],
  [
    'rules',
    'warning: no rule is loaded',
    (stack) => {
      stack.prometheus.rules = { groups: [] };
    },
  ],
  [
    'rules',
    'ok: 3 rules in 1 group; firing: LokiDown',
    (stack) => {
      const rule = (name: string) => ({ name, health: 'ok', state: 'firing' });
      stack.prometheus.rules = { groups: [{ rules: [rule('Watchdog'), rule('LokiDown'), rule('LokiDown')] }] };
    },
  ],
  [
    'metric-retention',
    'failed: samples are kept 6h or 1638MiB; the oldest is 11h old',
    samples(['prometheus_tsdb_lowest', NOW - 11 * 3600]),
  ],
  [
    'metric-retention',
    'ok: samples are kept 1GiB; the oldest is 11h old',
    (stack) => {
      samples(['prometheus_tsdb_lowest', NOW - 11 * 3600])(stack);
      stack.prometheus['status/runtimeinfo'] = { storageRetention: '1GiB' };
    },
  ],
  [
    'metric-retention',
    'failed: Prometheus says nothing of a retention',
    (stack) => {
      stack.prometheus['status/runtimeinfo'] = { storageRetention: '' };
    },
  ],
  [
    'storage',
    'failed: nearly nothing is free on data-loki-0 2 %',
    samples(['min by (persistentvolumeclaim) (kubelet', [sample({ persistentvolumeclaim: 'data-loki-0' }, 0.02)]]),
  ],
  [
    'storage',
    'warning: little is free on data-loki-0 10 %',
    samples(['min by (persistentvolumeclaim) (kubelet', [sample({ persistentvolumeclaim: 'data-loki-0' }, 0.1)]]),
  ],
  [
    'storage',
    'warning: full within a day: data-loki-0',
    samples(['predict_linear(kubelet', [sample({ persistentvolumeclaim: 'data-loki-0' }, -0.1)]]),
  ],
  [
    'storage',
    'ok: 2 volumes, at least 30 % free (b:/)',
    samples(...NO_KUBELET, [
      'min by (instance, mountpoint) (node',
      [sample({ instance: 'a', mountpoint: '/' }, 0.5), sample({ instance: 'b', mountpoint: '/' }, 0.3)],
    ]),
  ],
  ['storage', 'skipped: neither kubelets nor node-exporter tell of volumes', samples(...NO_KUBELET)],
  [
    'namespace-label',
    'failed: no line in Loki has the label namespace',
    (stack) => {
      stack.loki['/loki/api/v1/label/namespace/values'] = { status: 'success' };
    },
  ],
  [
    'log-lines',
    'failed: no line of the last 5m is in Loki',
    (stack) => {
      stack.loki['/loki/api/v1/query'] = { status: 'success', data: { result: [] } };
    },
  ],
  [
    'log-retention',
    'warning: Loki keeps lines forever, on its volume',
    (stack) => {
      stack.loki['/config'] = 'schema_config: { configs: [{ object_store: filesystem }] }';
    },
  ],
  [
    'log-retention',
    'ok: Loki keeps lines forever, as nothing else is asked for',
    (stack) => {
      stack.loki['/config'] = 'schema_config: { configs: [{ object_store: s3 }] }';
    },
  ],
  [
    'log-retention',
    'ok: Loki deletes lines after 7d; it started 5m ago and has not looked yet',
    (stack) => {
      stack.loki['/metrics'] = `process_start_time_seconds ${NOW - 300}\n`;
    },
  ],
  [
    'log-retention',
    'failed: Loki deletes lines after 7d, but has never looked',
    (stack) => {
      stack.loki['/metrics'] = `process_start_time_seconds ${NOW - 7200}\n`;
    },
  ],
  [
    'log-retention',
    'failed: Loki deletes lines after 7d, but looked 2h ago last',
    (stack) => {
      stack.loki['/metrics'] =
        `process_start_time_seconds ${NOW - 86_400}\nloki_compactor_apply_retention_last_successful_run_timestamp_seconds ${NOW - 7200}\n`;
    },
  ],
  [
    'grafana',
    'failed: Grafana answers 404',
    (stack) => {
      stack.grafana = {};
    },
  ],
  [
    'data-sources',
    'failed: Loki answers 404',
    (stack) => {
      delete stack.loki['/loki/api/v1/query'];
    },
  ],
  [
    'data-sources',
    'skipped: the stack provisions no data source',
    (stack) => {
      stack.objects.configmaps = [];
    },
  ],
];
