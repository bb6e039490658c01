import { isAlloyIdentifier } from './alloy-syntax';
import type { LogLabel } from './log-label';
import type { LogMatch } from './log-match';
import type { LogMetric } from './log-metric';
import type { CommonLabels, LogPipelineSettings } from './log-pipeline-settings';

/** Loki refuses a stream with more (`max_label_names_per_series`). `service_name`, which Loki adds, does not count. */
const MOST_LABELS = 15;

/** Values that the stages for CRI and Docker lines leave behind, and the label of the file. */
const FORMAT_VALUES = ['flags', 'stream', 'content', 'time', 'output', 'timestamp', 'filename'];

/** Labels that Loki adds to streams itself. */
const LOKI_LABELS = ['service_name', 'detected_level'];

/** Labels that scraping or Alloy adds to a metric, or that a histogram needs. */
const METRIC_LABELS = ['job', 'instance', 'component_id', 'component_path', 'le', 'quantile'];

/** Alloy shows these on the same page; one name with two types makes the whole page answer 500. */
const OWN_METRICS = ['alloy_', 'cluster_', 'go_', 'loki_', 'net_conntrack_', 'process_', 'prometheus_', 'promhttp_'];

/** Fields with a value of their own on nearly every line, compared without case and separators. */
const UNBOUNDED = new Set(
  [
    'traceId spanId parentSpanId requestId correlationId transactionId sessionId userId messageId eventId orderId customerId id uid uuid',
    'uri url path query referer userAgent message msg log body error exception stackTrace stack',
    'ip podIp hostIp clientIp remoteIp remoteAddr remoteAddress clientAddress address pod podName',
    'time timestamp ts date duration latency elapsed responseTime bytes size',
  ]
    .join(' ')
    .split(' ')
    .map((name) => name.toLowerCase()),
);

const LABEL_NAME = /^(?!__)[a-zA-Z_][a-zA-Z0-9_]*$/;

const LABEL_NAME_ALLOWED = 'allowed are letters, digits and "_", not starting with a digit or "__": rename it';

/** What is wrong with the pipelines of one Alloy. Each text names the pipeline. */
export function logPipelineProblems(pipelines: readonly LogPipelineSettings[], common: CommonLabels): string[] {
  const problems = pipelines.flatMap((pipeline) =>
    [
      ...selectionProblems(pipeline),
      ...fieldProblems(pipeline, common),
      ...streamProblems(pipeline, common),
      ...dropProblems(pipeline),
      ...metricProblems(pipeline, common),
    ].map((problem) => `logs[${JSON.stringify(pipeline.name)}].${problem}`),
  );
  return [...problems, ...nameProblems(pipelines), ...sharedMetricProblems(pipelines)];
}

function nameProblems(pipelines: readonly LogPipelineSettings[]): string[] {
  const names = pipelines.map(({ name }) => name);
  return [
    ...(pipelines.length === 0
      ? ['logs is []; allowed is at least one pipeline: add LogPipeline.json or LogPipeline.plain']
      : []),
    ...repeated(names).map((name) => `logs has ${JSON.stringify(name)} twice; allowed is one pipeline of a name: rename one`),
  ];
}

function selectionProblems({ name, namespaces, apps, podLabels }: LogPipelineSettings): string[] {
  const list = (property: string, values: readonly string[] | undefined, allowed: RegExp, what: string) =>
    values !== undefined && (values.length === 0 || values.some((value) => !allowed.test(value)))
      ? [
          `${property} is ${JSON.stringify(values)}; allowed are ${what}, at least one: correct them or leave ${property} out for all`,
        ]
      : [];
  return [
    ...(isAlloyIdentifier(name)
      ? []
      : [`name is ${JSON.stringify(name)}; allowed are letters, digits and "_", not starting with a digit: rename the pipeline`]),
    ...list('namespaces', namespaces, /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, 'names of namespaces'),
    ...list('apps', apps, /^[a-zA-Z0-9]([\w.-]{0,251}[a-zA-Z0-9])?$/, 'names as in Kubernetes labels'),
    ...Object.entries(podLabels)
      .filter(([, key]) => !/^([a-z0-9.-]{1,253}\/)?[a-zA-Z0-9]([\w.-]{0,61}[a-zA-Z0-9])?$/.test(key))
      .map(
        ([label, key]) => `podLabels.${label} is ${JSON.stringify(key)}; allowed is the key of a Kubernetes label: correct it`,
      ),
  ];
}

function fieldProblems({ fields, podLabels }: LogPipelineSettings, common: CommonLabels): string[] {
  const reserved = new Set([...common.target, ...common.metadata, ...FORMAT_VALUES]);
  const named = [
    ...fields.map(({ name }) => ({
      property: 'fields',
      name,
      remedy: `use LogField.at({ name: 'log_…', path: [${JSON.stringify(name)}] })`,
    })),
    ...Object.keys(podLabels).map((name) => ({ property: 'podLabels', name, remedy: 'choose another name' })),
  ];
  return [
    ...named.flatMap(({ property, name, remedy }) => {
      if (!LABEL_NAME.test(name)) {
        return [
          `${property} has ${JSON.stringify(name)}; allowed are letters, digits and "_", not starting with a digit or "__": ${remedy}`,
        ];
      }
      return reserved.has(name)
        ? [
            `${property} has ${JSON.stringify(name)}; allowed are names that Alloy does not set itself (${[...reserved].join(', ')}): ${remedy}`,
          ]
        : [];
    }),
    ...repeated(named.map(({ name }) => name)).map(
      (name) => `fields has ${JSON.stringify(name)} twice; allowed is one field or pod label of a name: rename one`,
    ),
    ...fields
      .filter(({ path }) => path.length === 0 || path.includes(''))
      .map(
        ({ name, path }) =>
          `fields.${name}.path is ${JSON.stringify(path)}; allowed are one or more keys: give the keys from the outside in`,
      ),
  ];
}

function streamProblems(pipeline: LogPipelineSettings, common: CommonLabels): string[] {
  const { labels, staticLabels, structuredMetadata, fields } = pipeline;
  const given = [...common.target, ...Object.keys(common.fixed)];
  const fixed = Object.entries(staticLabels);
  const stream = [...given, ...fixed.map(([name]) => name), ...labels.map(({ name }) => name)];
  const stored = new Set([...common.metadata, ...structuredMetadata]);
  return [
    ...fixed.flatMap(([name, value]) => [
      ...(LABEL_NAME.test(name) ? [] : [`staticLabels has ${JSON.stringify(name)}; ${LABEL_NAME_ALLOWED}`]),
      ...(value === ''
        ? [`staticLabels.${name} is ""; allowed is a value that is not empty: give one or leave the label out`]
        : []),
    ]),
    ...labels.flatMap((label) => labelProblems('labels', label, pipeline, LOKI_LABELS)),
    ...repeated(stream).map(
      (name) =>
        `labels has ${JSON.stringify(name)} twice; allowed is one label of a name, and ${given.join(', ')} are set already: rename one`,
    ),
    ...stream
      .filter((name) => stored.has(name))
      .map(
        (name) =>
          `labels has ${JSON.stringify(name)}, which is structured metadata too; allowed is one of both: take it out of one`,
      ),
    ...structuredMetadata
      .filter((name) => !fields.some((field) => field.name === name))
      .map((name) => `structuredMetadata has ${JSON.stringify(name)}; ${knownFields(pipeline)}`),
    ...(stream.length > MOST_LABELS
      ? [
          `labels are ${stream.length} (${stream.join(', ')}); allowed are ${MOST_LABELS}, Loki's limit: move some to structuredMetadata`,
        ]
      : []),
  ];
}

function dropProblems(pipeline: LogPipelineSettings): string[] {
  return pipeline.drop.flatMap(({ field, match, reason }) => [
    ...(/^\w+$/.test(reason)
      ? []
      : [`drop.reason is ${JSON.stringify(reason)}; allowed are letters, digits and "_": name the reason`]),
    ...sourceProblems(`drop[${JSON.stringify(reason)}]`, field, match, pipeline),
  ]);
}

function metricProblems(pipeline: LogPipelineSettings, common: CommonLabels): string[] {
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

function metricNameProblems(property: string, { name, buckets }: LogMetric): string[] {
  const own = OWN_METRICS.find((prefix) => name.startsWith(prefix));
  if (!LABEL_NAME.test(name) || name.length < 2) {
    return [`${property}.name is ${JSON.stringify(name)}; ${LABEL_NAME_ALLOWED}`];
  }
  if (own !== undefined) {
    return [
      `${property}.name is "${name}"; allowed are names that do not start with "${own}", as Alloy's own metrics do: rename it`,
    ];
  }
  if (buckets === undefined && !name.endsWith('_total')) {
    return [`${property}.name is "${name}"; allowed are names that end in "_total" for a counter: use "${name}_total"`];
  }
  if (buckets !== undefined && /_(total|bucket|sum|count)$/.test(name)) {
    return [
      `${property}.name is "${name}"; allowed are names without _total, _bucket, _sum and _count at the end for a histogram: rename it`,
    ];
  }
  return [];
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

function labelProblems(property: string, label: LogLabel, pipeline: LogPipelineSettings, reserved: readonly string[]): string[] {
  const { name, field } = label;
  const path = `${property}[${JSON.stringify(name)}]`;
  const plain = field.toLowerCase().replace(/[^a-z0-9]/g, '');
  return [
    ...(LABEL_NAME.test(name) ? [] : [`${property} has ${JSON.stringify(name)}; ${LABEL_NAME_ALLOWED}`]),
    ...(reserved.includes(name)
      ? [`${property} has "${name}"; allowed are names other than ${reserved.join(', ')}, which are set by others: rename it`]
      : []),
    ...(!label._bounded && UNBOUNDED.has(plain)
      ? [
          `${path} is made from the field "${field}", which has a value of its own on nearly every line; allowed are fields with few values: ` +
            'leave it to structuredMetadata, or list its values with LogLabel.oneOf',
        ]
      : []),
    ...sourceProblems(path, field, label._match, pipeline),
  ];
}

function sourceProblems(
  property: string,
  field: string | undefined,
  match: LogMatch | undefined,
  pipeline: LogPipelineSettings,
): string[] {
  const known = field === undefined || field in pipeline.podLabels || pipeline.fields.some(({ name }) => name === field);
  return [
    ...(known ? [] : [`${property}.field is ${JSON.stringify(field)}; ${knownFields(pipeline)}`]),
    ...(match?._problems ?? []).map((problem) => `${property}.${problem}`),
  ];
}

function knownFields({ fields, podLabels }: LogPipelineSettings): string {
  const names = [...fields.map(({ name }) => name), ...Object.keys(podLabels)];
  return `allowed are ${names.length === 0 ? 'no fields, because the lines are not parsed' : names.join(', ')}: add it to fields or correct the name`;
}

/** Alloy shows the metrics of all pipelines on one page, where a name has one type and one description. */
function sharedMetricProblems(pipelines: readonly LogPipelineSettings[]): string[] {
  const first = new Map<string, LogMetric>();
  return pipelines.flatMap(({ name: pipeline, metrics }) =>
    metrics.flatMap((metric) => {
      const other = first.get(metric.name) ?? metric;
      first.set(metric.name, other);
      const definition = ({ description, buckets }: LogMetric) => JSON.stringify([description, buckets ?? null]);
      return definition(other) === definition(metric)
        ? []
        : [
            `logs[${JSON.stringify(pipeline)}].metrics[${JSON.stringify(metric.name)}] differs from the metric of that name in an earlier pipeline; ` +
              'allowed is one description and one list of buckets: use the same for both, or rename one',
          ];
    }),
  );
}

function repeated(values: readonly string[]): string[] {
  return [...new Set(values.filter((value, index) => values.indexOf(value) < index))];
}
