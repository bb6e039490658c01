import { type AlloyBlock, stage } from './alloy-syntax';
import { Captures, labelStages } from './log-captures';
import type { LogFilter } from './log-filter';
import type { LogParser, LogTranslation } from './log-format-settings';
import { LogMatch } from './log-match';
import { metricStages } from './log-metric-stages';
import type { LogMultiline } from './log-multiline';
import type { LogRateLimit } from './log-pipeline-options';
import type { CommonLabels, LogPipelineSettings } from './log-pipeline-settings';
import type { LogRedaction } from './log-redaction';
import type { LogTenant } from './log-tenant';
import type { LogTimestamp } from './log-timestamp';

/** What stages are made for. */
export interface StageSurroundings {
  /** Stages that the source of the lines needs first. */
  readonly first: readonly AlloyBlock[];
  /** Name of the label `app`, by which rates are limited. */
  readonly app: string;
}

/**
 * The stages of a pipeline. Lines are joined and redacted first, then reduced to the labels of their source; then come the
 * fields, drops, metrics with the labels they need and no others, bounds, and at last what is stored: labels, structured
 * metadata, text, tenant.
 */
export function logPipelineStages(
  pipeline: LogPipelineSettings,
  common: CommonLabels,
  { first, app }: StageSurroundings,
): AlloyBlock[] {
  const { format, filters, timestamp, labels, output, rateLimit, tenant } = pipeline;
  const captures = new Captures(format.fields);
  const metadata = [...common.metadata, ...Object.keys(pipeline.podLabels), ...pipeline.structuredMetadata];
  const streamLabels = new Set(labels.filter(({ name, field }) => name === field).map(({ name }) => name));
  const beside = metadata.filter((name) => !streamLabels.has(name));
  const isSample = ({ _settings }: LogFilter) => _settings.kind === 'sample';
  return [
    ...first,
    ...(pipeline.multiline ? [multilineStage(pipeline.multiline)] : []),
    ...pipeline.redact.flatMap(redactionStages),
    stage('label_keep', { values: [...common.target] }),
    stage('static_labels', { values: { ...common.fixed, ...pipeline.staticLabels } }),
    ...format.parsers.map(parserStage),
    ...format.translations.map(translationStage),
    ...(timestamp ? [timestampStage(timestamp)] : []),
    ...filters.filter((filter) => !isSample(filter)).flatMap((filter) => filterStages(filter, captures)),
    ...metricStages(pipeline.metrics, captures),
    ...filters.filter(isSample).flatMap((filter) => filterStages(filter, captures)),
    ...(rateLimit ? [rateLimitStage(rateLimit, app)] : []),
    ...(common.stream ? [stage('labels', { values: asThemselves(common.stream) })] : []),
    ...labelStages(labels, captures),
    ...(beside.length > 0 ? [stage('structured_metadata', { values: asThemselves(beside) })] : []),
    ...(output === undefined ? [] : [stage('output', { source: output })]),
    ...(tenant ? [tenantStage(tenant)] : []),
  ];
}

/** `{ a = "" }` stands for `{ a = "a" }`. */
const asThemselves = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, '']));

function multilineStage({ _firstLine, _maxLines, _maxWait }: LogMultiline): AlloyBlock {
  return stage('multiline', { firstline: _firstLine, max_lines: _maxLines, max_wait_time: `${_maxWait.toMilliseconds()}ms` });
}

/** What is put in is a template to Alloy. */
const redactionStages = ({ _redactions }: LogRedaction): AlloyBlock[] =>
  _redactions.map(({ expression, replacement }) =>
    stage('replace', { expression, replace: replacement.replaceAll('{{', '{{"{{"}}') }),
  );

function parserStage(parser: LogParser): AlloyBlock {
  switch (parser.kind) {
    case 'json':
      return stage('json', {
        expressions: Object.fromEntries(
          parser.fields.map((field) => [field.name, field._expression === field.name ? '' : field._expression]),
        ),
      });
    case 'logfmt':
      return stage('logfmt', {
        mapping: Object.fromEntries(parser.fields.map(({ name, path: [key] }) => [name, key === name ? '' : key])),
      });
    case 'regex':
      return stage('regex', { expression: parser.expression });
    case 'pattern':
      return stage('pattern', { pattern: parser.expression });
  }
}

/** A key that a line lacks is left alone, so each value is tried. */
const translationStage = ({ field, from, to }: LogTranslation): AlloyBlock =>
  stage('replace', { source: field, expression: `^(${from})$`, replace: to });

/**
 * A time that cannot be read, or that two lines share, changes nothing: Alloy would otherwise count up from the line before,
 * and lines that are read a second time would get other times than at first, so that Loki took them for new ones.
 */
function timestampStage({ field, _format, _location }: LogTimestamp): AlloyBlock {
  return stage('timestamp', {
    source: field,
    format: _format,
    location: _location,
    action_on_failure: 'skip',
    action_on_duplicate_timestamp: 'keep',
  });
}

function filterStages({ reason, _settings: filter }: LogFilter, captures: Captures): AlloyBlock[] {
  const counted = { drop_counter_reason: reason };
  switch (filter.kind) {
    case 'drop': {
      const { key, stages } = captures.presence(filter.field, filter.match);
      return [...stages, stage('drop', { source: key, ...counted })];
    }
    case 'keep': {
      const { key, stages } = captures.presence(filter.field, filter.match);
      // A key that is not there is an empty text to an expression.
      return [...stages, stage('drop', { source: key, expression: '^$', ...counted })];
    }
    case 'longerThan':
      return [stage('drop', { longer_than: `${filter.size.toKibibytes()}KiB`, ...counted })];
    case 'olderThan':
      return [stage('drop', { older_than: `${filter.age.toSeconds()}s`, ...counted })];
    case 'sample':
      return sampleStages(filter.share, filter.field, filter.match, counted, captures);
  }
}

/** Only labels and text choose the lines of inner stages, so the condition is a label meanwhile. */
function sampleStages(
  rate: number,
  field: string | undefined,
  match: LogMatch | undefined,
  counted: { readonly drop_counter_reason: string },
  captures: Captures,
): AlloyBlock[] {
  const sampling = stage('sampling', { rate, ...counted });
  if (match === undefined && field === undefined) {
    return [sampling];
  }
  const { key, stages } = captures.presence(field, match ?? LogMatch.any());
  return [
    ...stages,
    stage('labels', { values: { [key]: '' } }),
    stage('match', { selector: `{${key}!=""}` }, [sampling]),
    stage('label_drop', { values: [key] }),
  ];
}

/** Without dropping, a limit would hold up all files of the agent, and the kubelet would rotate them away meanwhile. */
function rateLimitStage({ linesPerSecond, burst = 10 * linesPerSecond }: LogRateLimit, app: string): AlloyBlock {
  return stage('limit', { rate: linesPerSecond, burst: Math.ceil(burst), drop: true, by_label_name: app });
}

const tenantStage = ({ name, field }: LogTenant): AlloyBlock =>
  stage('tenant', name === undefined ? { source: field } : { value: name });
