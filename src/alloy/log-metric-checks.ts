import { LABEL_NAME, LABEL_NAME_ALLOWED, labelProblems, repeated, sourceProblems } from './label-policy';
import { type LogMetric, LogMetricKind } from './log-metric';
import type { CommonLabels, LogPipelineSettings } from './log-pipeline-settings';
import { OWN_METRICS } from './own-metrics';

/** Labels that scraping or Alloy adds to a metric, or that a histogram needs. */
const METRIC_LABELS = ['job', 'instance', 'component_id', 'component_path', 'le', 'quantile'];

/** Units as they are often written, and as Prometheus has them. */
const UNITS: { readonly [written: string]: string } = {
  sec: 'seconds',
  secs: 'seconds',
  second: 'seconds',
  s: 'seconds',
  msec: 'ms',
  msecs: 'ms',
  millis: 'ms',
  byte: 'bytes',
  kb: 'kilobytes',
  mb: 'megabytes',
  pct: 'percent',
};

/** What is wrong with the metrics of a pipeline. */
export function metricProblems(pipeline: LogPipelineSettings, common: CommonLabels): string[] {
  const { metrics, staticLabels } = pipeline;
  const given = [...common.target, ...Object.keys(common.fixed), ...Object.keys(staticLabels)];
  return [
    ...repeated(metrics.map(({ name }) => name)).map(
      (name) => `metrics has ${JSON.stringify(name)} twice; allowed is one metric of a name: rename one`,
    ),
    ...metrics.flatMap((metric) => {
      const property = `metrics[${JSON.stringify(metric.name)}]`;
      const names = [...given, ...metric.labels.map(({ name }) => name)];
      return [
        ...metricNameProblems(property, metric),
        ...bucketProblems(property, metric),
        ...sourceProblems(property, metric.field, metric._match, pipeline),
        ...metric.labels.flatMap((label) => labelProblems(`${property}.labels`, label, pipeline, METRIC_LABELS)),
        ...repeated(names).map(
          (name) =>
            `${property}.labels has ${JSON.stringify(name)} twice; allowed is one label of a name, and ${given.join(', ')} are set already: rename one`,
        ),
      ];
    }),
  ];
}

function metricNameProblems(property: string, { name, kind }: LogMetric): string[] {
  const own = OWN_METRICS.find((prefix) => name.startsWith(prefix));
  if (!LABEL_NAME.test(name) || name.length < 2) {
    return [`${property}.name is ${JSON.stringify(name)}; ${LABEL_NAME_ALLOWED}`];
  }
  if (own !== undefined) {
    return [
      `${property}.name is "${name}"; allowed are names that do not start with "${own}", as Alloy's own metrics do: rename it`,
    ];
  }
  const counts = kind === LogMetricKind.COUNTER || kind === LogMetricKind.SUM;
  if (counts && !name.endsWith('_total')) {
    return [`${property}.name is "${name}"; allowed are names that end in "_total" for a counter: use "${name}_total"`];
  }
  if (!counts && /_(total|bucket|sum|count)$/.test(name)) {
    return [
      `${property}.name is "${name}"; allowed are names without _total, _bucket, _sum and _count at the end for a ${kind}: rename it`,
    ];
  }
  const written = name.replace(/_total$/, '').replace(/^.*_/, '');
  return Object.hasOwn(UNITS, written) && kind !== LogMetricKind.COUNTER
    ? [
        `${property}.name is "${name}"; allowed are units as Prometheus writes them: end it in "_${UNITS[written]}${counts ? '_total' : ''}", in the unit of the field`,
      ]
    : [];
}

function bucketProblems(property: string, { buckets }: LogMetric): string[] {
  if (buckets === undefined) {
    return [];
  }
  const ascending = buckets.every((bound, index) => Number.isFinite(bound) && (index === 0 || bound > buckets[index - 1]));
  return buckets.length > 0 && ascending
    ? []
    : [
        `${property}.buckets is [${buckets.join(', ')}]; allowed are one or more numbers, each above the one before it: sort them`,
      ];
}

/** Alloy shows the metrics of all pipelines on one page, where a name has one type and one description. */
export function sharedMetricProblems(pipelines: readonly LogPipelineSettings[]): string[] {
  const first = new Map<string, LogMetric>();
  return pipelines.flatMap(({ name: pipeline, metrics }) =>
    metrics.flatMap((metric) => {
      const other = first.get(metric.name) ?? metric;
      first.set(metric.name, other);
      const definition = ({ kind, description, buckets }: LogMetric) => JSON.stringify([kind, description, buckets ?? null]);
      return definition(other) === definition(metric)
        ? []
        : [
            `logs[${JSON.stringify(pipeline)}].metrics[${JSON.stringify(metric.name)}] differs from the metric of that name in an earlier pipeline; ` +
              'allowed is one kind, one description and one list of buckets: use the same for both, or rename one',
          ];
    }),
  );
}
