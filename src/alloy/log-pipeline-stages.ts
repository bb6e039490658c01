import type { AlloyBlock } from './alloy-syntax';
import type { LogLabel } from './log-label';
import type { LogMatch } from './log-match';
import type { LogMetric } from './log-metric';
import type { CommonLabels, LogPipelineSettings } from './log-pipeline-settings';

/** How long a series without new lines stays. A series that is born again begins at 1, and `increase` misses its first line. */
const SERIES_KEPT = '24h';

/**
 * The stages of a pipeline. Lines are first reduced to the labels of their pod; then come drops, metrics with the labels
 * they need and no others, and at last the labels and the structured metadata of the stream.
 */
export function logPipelineStages(pipeline: LogPipelineSettings, common: CommonLabels, format: AlloyBlock): AlloyBlock[] {
  const captures = new Captures(pipeline.fields.map(({ name }) => name));
  const metadata = [...common.metadata, ...Object.keys(pipeline.podLabels), ...pipeline.structuredMetadata];
  const streamLabels = new Set(pipeline.labels.filter(({ name, field }) => name === field).map(({ name }) => name));
  return [
    format,
    stage('label_keep', { values: [...common.target] }),
    stage('static_labels', { values: { ...common.fixed, ...pipeline.staticLabels } }),
    ...(pipeline.fields.length > 0 ? [jsonStage(pipeline)] : []),
    ...pipeline.drop.flatMap(({ field, match, reason }) => {
      const capture = captures.presence(field, match);
      return [...capture.stages, stage('drop', { source: capture.key, drop_counter_reason: reason })];
    }),
    ...metricGroups(pipeline.metrics).flatMap((group) => metricStages(group, captures)),
    ...labelStages(pipeline.labels, captures),
    stage('structured_metadata', { values: asThemselves(metadata.filter((name) => !streamLabels.has(name))) }),
  ];
}

const stage = (name: string, attributes: AlloyBlock['attributes'], blocks?: AlloyBlock[]): AlloyBlock => ({
  name: `stage.${name}`,
  attributes,
  ...(blocks && { blocks }),
});

/** `{ a = "" }` stands for `{ a = "a" }`. */
const asThemselves = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, '']));

function jsonStage({ fields }: LogPipelineSettings): AlloyBlock {
  return stage('json', {
    expressions: Object.fromEntries(
      fields.map((field) => [field.name, field._expression === field.name ? '' : field._expression]),
    ),
  });
}

/** A key of the extracted values, and the stages that make it unless an earlier use has. */
interface Capture {
  readonly key: string;
  readonly stages: AlloyBlock[];
}

interface KnownCapture {
  readonly condition: string;
  readonly ending: string | undefined;
  readonly key: string;
}

/**
 * Extracted values that exist only where a condition is met. All that labels and metrics read goes through here, because
 * `stage.json` also writes the fields a line does not have, as null, and a counter takes null for a value.
 */
class Captures {
  private readonly known: KnownCapture[] = [];
  private readonly names: Set<string>;

  constructor(fieldNames: readonly string[]) {
    this.names = new Set(fieldNames);
  }

  /**
   * Where to find the value of a field if it meets a condition.
   * @param ending takes the place of all but the first character of the value
   */
  value(field: string | undefined, match: LogMatch, ending?: string): Capture {
    return this.take(field, match, (known) => known.ending === ending, ending);
  }

  /** Something to find where a field meets a condition, whatever became of the value. */
  presence(field: string | undefined, match: LogMatch): Capture {
    return this.take(field, match, () => true);
  }

  private take(field: string | undefined, match: LogMatch, serves: (known: KnownCapture) => boolean, ending?: string): Capture {
    const condition = JSON.stringify([field, match._expression]);
    const found = this.known.find((capture) => capture.condition === condition && serves(capture));
    if (found) {
      return { key: found.key, stages: [] };
    }
    const key = this.freshName(`matched_${field ?? 'line'}`);
    this.known.push({ condition, ending, key });
    return {
      key,
      stages: [
        stage('regex', { source: field, expression: `^(?P<${key}>${match._expression})$` }),
        ...(ending === undefined ? [] : [stage('replace', { source: key, expression: '^.(.+)$', replace: ending })]),
      ],
    };
  }

  private freshName(base: string): string {
    let name = base;
    for (let number = 2; this.names.has(name); number++) {
      name = `${base}_${number}`;
    }
    this.names.add(name);
    return name;
  }
}

function labelStages(labels: readonly LogLabel[], captures: Captures): AlloyBlock[] {
  if (labels.length === 0) {
    return [];
  }
  const taken = labels.map((label) => captures.value(label.field, label._match, label._ending));
  const values = Object.fromEntries(labels.map(({ name }, index) => [name, taken[index].key]));
  return [...taken.flatMap(({ stages }) => stages), stage('labels', { values })];
}

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

function metricStages(metrics: readonly LogMetric[], captures: Captures): AlloyBlock[] {
  const { labels } = metrics[0];
  const labelled = labelStages(labels, captures);
  const sources = metrics.map(
    ({ field, buckets, _match }) => _match && (buckets ? captures.value(field, _match) : captures.presence(field, _match)),
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

function metricBlock(metric: LogMetric, source: string | undefined): AlloyBlock {
  const { buckets } = metric;
  const attributes = {
    ...split(metric.name),
    description: metric.description === '' ? undefined : metric.description,
    source,
    max_idle_duration: SERIES_KEPT,
  };
  return buckets
    ? { name: 'metric.histogram', attributes: { ...attributes, buckets } }
    : {
        name: 'metric.counter',
        attributes: { ...attributes, action: 'inc', match_all: source === undefined ? true : undefined },
      };
}
