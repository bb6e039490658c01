import { LabelFlow, selectionOf } from '../catalogue/label-flow';
import { parseQuery } from '../query/syntax';
import type { DataLabels } from '../settings/data-labels';
import type { LoggedMetric } from '../settings/plan';
import { OBJECTIVE_LABEL } from './objective-records';
import type { ObjectiveSettings } from './objective-settings';
import type { AlertConfig, GroupConfig } from './rule-file';

/** Labels that alerts may have, when they are told. */
export interface AlertLabels {
  readonly names: readonly string[];
  /** Whether no alert has others. */
  readonly complete: boolean;
}

/**
 * Labels of the library's alerts that are neither shared by all data nor set by the rule, by group. `test/rules/alert-labels.test.ts`
 * follows them through the expressions, from what the real programs expose.
 */
export const OWN_LABELS: { readonly [group: string]: string } = {
  prometheus:
    'alertmanager component_id component_path config engine mechanism mode remote_name rule_group scrape_job strategy tenant url',
  'thanos-query-frontend': 'tripperware',
  'thanos-sidecar': 'operation',
  'thanos-ruler': 'rule_group',
  loki: 'name reason route tenant',
  'loki-storage': 'type',
  'loki-ruler': 'rule_group tenant user',
  alloy: 'component_id health_type',
  'alloy-clustering': 'cluster_name',
  'log-pipeline': 'component_id host reason',
  monitors: 'url',
  alertmanager: 'integration version',
  grafana: 'datasource handler',
  elasticsearch: 'breaker name',
  fluentd: 'plugin_id type',
  'fluent-bit': 'name',
  tempo: 'route',
  'kubernetes-workloads': 'daemonset deployment horizontalpodautoscaler poddisruptionbudget statefulset',
  'kubernetes-jobs': 'cronjob job_name',
  'kubernetes-resources': 'resource resourcequota',
  'kubernetes-volumes': 'persistentvolumeclaim',
  'kubernetes-persistent-volumes': 'persistentvolume phase',
  'kubernetes-nodes': 'condition',
  'kubernetes-kubelets': 'eviction_signal',
  'kubernetes-api-server': 'name reason',
  etcd: 'To',
  coredns: 'to zone',
  'kube-state-metrics-telemetry': 'resource',
  'node-filesystems': 'device mountpoint',
  'node-load': 'device',
  'node-devices': 'device master name',
};

/** Labels that any alert may have. The replica's is taken off before alerts are told. */
export function usualLabels(dataLabels: DataLabels): string[] {
  const { replica: _, ...kept } = { ...dataLabels };
  return ['alertname', 'severity', 'job', 'instance', ...Object.values(kept)];
}

const alertsOf = (groups: readonly GroupConfig[]) =>
  groups.flatMap(({ rules }) => rules.filter((rule): rule is AlertConfig => 'alert' in rule));

const setBy = (alerts: readonly AlertConfig[]) => alerts.flatMap(({ labels }) => Object.keys(labels));

/** Labels of groups of the library. */
export const libraryLabels = (groups: readonly GroupConfig[]): string[] => [
  ...groups.flatMap(({ name }) => OWN_LABELS[name]?.split(' ') ?? []),
  ...setBy(alertsOf(groups)),
];

/** Labels of alerts about objectives. */
export const objectiveLabels = (objectives: readonly ObjectiveSettings[]): string[] =>
  objectives.flatMap(({ by, labels }) => [OBJECTIVE_LABEL, ...by, ...Object.keys(labels)]);

/** Labels of a user's alerts. What is not made from logs has labels that nobody knows, unless an aggregation says which remain. */
export function ownLabels(alerts: readonly AlertConfig[], loggedMetrics: readonly LoggedMetric[]): AlertLabels {
  const known = new Map(loggedMetrics.map(({ name, labels }) => [name, labels]));
  const followed = alerts.map(({ expr }) => {
    const parsed = parseQuery('promql', expr);
    return new LabelFlow(parsed, (selector) => {
      const labels = known.get((selectionOf(parsed, selector).name ?? '').replace(/_(bucket|sum|count)$/, ''));
      return labels && new Set(labels);
    }).follow();
  });
  return {
    names: [...setBy(alerts), ...followed.flatMap((labels) => [...(labels ?? [])])],
    complete: followed.every((labels) => labels !== undefined),
  };
}

/** All of them. */
export const joinedLabels = (labels: readonly AlertLabels[]): AlertLabels => ({
  names: [...new Set(labels.flatMap(({ names }) => names))],
  complete: labels.every(({ complete }) => complete),
});
