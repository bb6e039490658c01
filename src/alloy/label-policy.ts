import type { LogLabel } from './log-label';
import type { LogMatch } from './log-match';
import type { LogPipelineSettings } from './log-pipeline-settings';

/** Fields with a value of their own on nearly every line, compared without case and separators. */
const UNBOUNDED = new Set(
  [
    'traceId spanId parentSpanId requestId correlationId transactionId sessionId userId messageId eventId orderId customerId id uid uuid',
    'uri url path query referer userAgent message msg log body error exception stackTrace stack',
    'podUid podUuid hash podTemplateHash controllerRevisionHash jti nonce token key',
    'ip podIp hostIp upstreamHost forwardedFor clientIp remoteIp remoteAddr remoteAddress clientAddress address pod podName',
    'time timestamp ts date duration latency elapsed responseTime bytes size',
  ]
    .join(' ')
    .split(' ')
    .map((name) => name.toLowerCase()),
);

export const LABEL_NAME = /^(?!__)[a-zA-Z_][a-zA-Z0-9_]*$/;

export const LABEL_NAME_ALLOWED = 'allowed are letters, digits and "_", not starting with a digit or "__": rename it';

/** Values that stand in no list, in whatever way a name writes them. */
const isUnbounded = (name: string) => UNBOUNDED.has(name.toLowerCase().replace(/[^a-z0-9]/g, ''));

/** Names by which a field is known: its own, and that of the key in the line. */
function namesOf(field: string, { format, podLabels }: LogPipelineSettings): string[] {
  const keys = format.parsers.flatMap((parser) =>
    'fields' in parser ? parser.fields.filter(({ name }) => name === field).flatMap(({ path }) => path.slice(-1)) : [],
  );
  return [field, ...keys, ...(field in podLabels ? [podLabels[field].replace(/^.*\//, '')] : [])];
}

/** What is wrong with a label of a stream or metric. */
export function labelProblems(
  property: string,
  label: LogLabel,
  pipeline: LogPipelineSettings,
  reserved: readonly string[],
): string[] {
  const { name, field } = label;
  const path = `${property}[${JSON.stringify(name)}]`;
  return [
    ...(LABEL_NAME.test(name) ? [] : [`${property} has ${JSON.stringify(name)}; ${LABEL_NAME_ALLOWED}`]),
    ...(reserved.includes(name)
      ? [`${property} has "${name}"; allowed are names other than ${reserved.join(', ')}, which are set by others: rename it`]
      : []),
    ...(!label._bounded && [name, ...namesOf(field, pipeline)].some(isUnbounded)
      ? [
          `${path} is made from the field "${field}", which has a value of its own on nearly every line; allowed are fields with few values: ` +
            'leave it to structuredMetadata, or list its values with LogLabel.oneOf',
        ]
      : []),
    ...sourceProblems(path, field, label._match, pipeline),
  ];
}

/** What is wrong with what a condition or label reads. */
export function sourceProblems(
  property: string,
  field: string | undefined,
  match: LogMatch | undefined,
  pipeline: LogPipelineSettings,
): string[] {
  const known = field === undefined || field in pipeline.podLabels || pipeline.format.fields.includes(field);
  return [
    ...(known ? [] : [`${property}.field is ${JSON.stringify(field)}; ${knownFields(pipeline)}`]),
    ...(match?._problems ?? []).map((problem) => `${property}.${problem}`),
  ];
}

/** What may be named as a field. */
export function knownFields({ format, podLabels }: LogPipelineSettings): string {
  const names = [...format.fields, ...Object.keys(podLabels)];
  return `allowed are ${names.length === 0 ? 'no fields, because the lines are not parsed' : names.join(', ')}: add it to fields or correct the name`;
}

/** Values that occur more than once. */
export function repeated(values: readonly string[]): string[] {
  return [...new Set(values.filter((value, index) => values.indexOf(value) < index))];
}
