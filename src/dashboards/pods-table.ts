import { aggregate, is, operation } from '../query/expressions';
import { boardLink, columnValue } from './drill-down';
import type { Transformation } from './grafana-model';
import { field, links, type SizedPanel, table } from './panels';
import { CPU, declared, MEMORY, type PodQueries } from './pods-queries';

interface Column {
  readonly name: string;
  readonly expression: string;
  readonly unit: string;
  readonly decimals: number;
}

/** One row per pod. */
export function podTable(queries: PodQueries, logsDashboard: string | undefined): SizedPanel {
  const { query, series, pod, namespace, node } = queries;
  const byPod = (expression: string) => aggregate('sum', [namespace, pod], expression);
  const present = (metric: string, labels: string[]) =>
    aggregate('max', [namespace, pod, ...labels], operation(series(metric), '==', 1));
  const columns: Column[] = [
    {
      name: 'Ready',
      expression: byPod(series('kube_pod_status_ready', is('condition', 'true'))),
      unit: 'bool_yes_no',
      decimals: 0,
    },
    { name: 'Restarts', expression: byPod(series('kube_pod_container_status_restarts_total')), unit: 'short', decimals: 0 },
    { name: 'CPU', expression: byPod(CPU.usage(queries)), unit: 'short', decimals: 2 },
    { name: 'CPU requested', expression: byPod(declared(queries, 'requests', CPU)), unit: 'short', decimals: 2 },
    { name: 'CPU limit', expression: byPod(declared(queries, 'limits', CPU)), unit: 'short', decimals: 2 },
    { name: 'Memory', expression: byPod(MEMORY.usage(queries)), unit: 'bytes', decimals: 1 },
    { name: 'Memory requested', expression: byPod(declared(queries, 'requests', MEMORY)), unit: 'bytes', decimals: 1 },
    { name: 'Memory limit', expression: byPod(declared(queries, 'limits', MEMORY)), unit: 'bytes', decimals: 1 },
  ];
  const labelColumns = [present('kube_pod_info', [node]), present('kube_pod_status_phase', ['phase'])];
  const logsLink =
    logsDashboard === undefined
      ? []
      : [field(pod, links(boardLink('Logs', logsDashboard, { namespace: columnValue(namespace), pod: columnValue(pod) })))];
  return table({
    title: 'Pods',
    description: 'One row per pod: where it runs, whether it is ready, what it uses and what it asked for.',
    unit: 'short',
    width: 24,
    height: 12,
    targets: [...labelColumns, ...columns.map((column) => column.expression)].map((expression) => query.rows(expression)),
    transformations: tableTransformations(
      [namespace, pod, 'phase', node],
      labelColumns.length,
      columns.map((column) => column.name),
    ),
    overrides: [...logsLink, ...columns.map((column) => field(column.name, { unit: column.unit, decimals: column.decimals }))],
    sortBy: { column: 'Restarts', descending: true },
  });
}

/** Rows of all queries become one row per pod; the columns get names and an order, times and constant ones go. */
function tableTransformations(labels: string[], constantQueries: number, names: string[]): Transformation[] {
  const value = (index: number) => `Value #${String.fromCharCode('A'.charCodeAt(0) + index)}`;
  const values = names.map((name, index) => [value(constantQueries + index), name] as const);
  const constants = Array.from({ length: constantQueries }, (_, index) => value(index));
  return [
    { id: 'merge', options: {} },
    {
      id: 'organize',
      options: {
        excludeByName: Object.fromEntries(['Time', ...constants].map((name) => [name, true])),
        indexByName: Object.fromEntries([...labels, ...values.map(([column]) => column)].map((name, index) => [name, index])),
        renameByName: Object.fromEntries(values),
      },
    },
  ];
}
