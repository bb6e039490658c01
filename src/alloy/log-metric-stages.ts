import { type AlloyBlock, stage } from './alloy-syntax';
import { type Captures, labelStages } from './log-captures';
import type { LogLabel } from './log-label';
import { type LogMetric, LogMetricKind } from './log-metric';

/** How long a series without new lines stays. A series that is born again begins at 1, and `increase` misses its first line. */
const SERIES_KEPT = '24h';

/** A gauge tells what is; what was minutes ago is no longer. Alloy's own default. */
const GAUGE_KEPT = '5m';

/** The stages that make metrics. */
export const metricStages = (metrics: readonly LogMetric[], captures: Captures): AlloyBlock[] =>
  metricGroups(metrics).flatMap((group) => groupStages(group, captures));

/**
 * Metrics that can stand in one stage: with the same labels, and with different names behind the prefix, because a stage
 * keeps only the last metric of a name.
 */
function metricGroups(metrics: readonly LogMetric[]): LogMetric[][] {
  const groups: LogMetric[][] = [];
  for (const metric of metrics) {
    const group = groups.find(
      ([first, ...others]) =>
        sameLabels(first.labels, metric.labels) &&
        [first, ...others].every((other) => split(other.name).name !== split(metric.name).name),
    );
    if (group) {
      group.push(metric);
    } else {
      groups.push([metric]);
    }
  }
  return groups;
}

function sameLabels(some: readonly LogLabel[], others: readonly LogLabel[]): boolean {
  const text = (labels: readonly LogLabel[]) =>
    JSON.stringify(labels.map(({ name, field, _match, _ending }) => [name, field, _match._expression, _ending ?? '']).sort());
  return text(some) === text(others);
}

/** Without a prefix of its own a metric gets `loki_process_custom_`, so some part of the name must be one. */
function split(fullName: string): { readonly prefix: string; readonly name: string } {
  const length = Math.max(1, fullName.indexOf('_') + 1);
  return { prefix: fullName.slice(0, length), name: fullName.slice(length) };
}

/** The stages that make some metrics with the same labels. */
function groupStages(metrics: readonly LogMetric[], captures: Captures): AlloyBlock[] {
  const { labels } = metrics[0];
  const labelled = labelStages(labels, captures);
  const sources = metrics.map(
    ({ field, kind, _match }) =>
      _match && (kind === LogMetricKind.COUNTER ? captures.presence(field, _match) : captures.value(field, _match)),
  );
  return [
    ...labelled,
    ...sources.flatMap((source) => source?.stages ?? []),
    stage(
      'metrics',
      {},
      metrics.map((metric, index) => metricBlock(metric, sources[index]?.key)),
    ),
    ...(labels.length > 0 ? [stage('label_drop', { values: labels.map(({ name }) => name) })] : []),
  ];
}

const BLOCKS = { counter: 'counter', sum: 'counter', gauge: 'gauge', histogram: 'histogram' } as const;
const ACTIONS = { counter: 'inc', sum: 'add', gauge: 'set', histogram: undefined } as const;

function metricBlock({ kind, name, description, buckets }: LogMetric, source: string | undefined): AlloyBlock {
  return {
    name: `metric.${BLOCKS[kind]}`,
    attributes: {
      ...split(name),
      description: description === '' ? undefined : description,
      source,
      max_idle_duration: kind === LogMetricKind.GAUGE ? GAUGE_KEPT : SERIES_KEPT,
      ...(buckets && { buckets }),
      action: ACTIONS[kind],
      match_all: kind === LogMetricKind.COUNTER && source === undefined ? true : undefined,
    },
  };
}
