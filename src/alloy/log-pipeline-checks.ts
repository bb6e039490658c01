import { isAlloyIdentifier } from './alloy-syntax';
import { knownFields, LABEL_NAME, LABEL_NAME_ALLOWED, labelProblems, repeated, sourceProblems } from './label-policy';
import type { LogFilter } from './log-filter';
import type { LogParser } from './log-format-settings';
import { metricProblems, sharedMetricProblems } from './log-metric-checks';
import type { CommonLabels, LogPipelineSettings } from './log-pipeline-settings';
import { expressionProblems, groupNames } from './regular-expression';

/** Loki refuses a stream with more (`max_label_names_per_series`). `service_name`, which Loki adds, does not count. */
const MOST_LABELS = 15;

/** Values that the stages for CRI and Docker lines leave behind, and the label of the file. */
const FORMAT_VALUES = ['flags', 'stream', 'content', 'time', 'output', 'timestamp', 'filename'];

/** Labels that Loki adds to streams itself. */
const LOKI_LABELS = ['service_name', 'detected_level'];

/** What is wrong with the pipelines of one Alloy. Each text names the pipeline. */
export function logPipelineProblems(
  pipelines: readonly LogPipelineSettings[],
  commonOf: (pipeline: LogPipelineSettings) => CommonLabels,
): string[] {
  const problems = pipelines.flatMap((pipeline) => {
    const common = commonOf(pipeline);
    return [
      ...selectionProblems(pipeline),
      ...fieldProblems(pipeline, common),
      ...formatProblems(pipeline),
      ...streamProblems(pipeline, common),
      ...boundProblems(pipeline),
      ...metricProblems(pipeline, common),
    ].map((problem) => `logs[${JSON.stringify(pipeline.name)}].${problem}`);
  });
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

const NAMESPACE = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;
const LABEL_VALUE = /^[a-zA-Z0-9]([\w.-]{0,251}[a-zA-Z0-9])?$/;
const LABEL_KEY = /^([a-z0-9.-]{1,253}\/)?[a-zA-Z0-9]([\w.-]{0,61}[a-zA-Z0-9])?$/;

function selectionProblems({ name, source, podLabels }: LogPipelineSettings): string[] {
  return [
    ...(isAlloyIdentifier(name)
      ? []
      : [`name is ${JSON.stringify(name)}; allowed are letters, digits and "_", not starting with a digit: rename the pipeline`]),
    ...sourceSelectionProblems(source),
    ...Object.entries(podLabels)
      .filter(([, key]) => !LABEL_KEY.test(key))
      .map(
        ([label, key]) => `podLabels.${label} is ${JSON.stringify(key)}; allowed is the key of a Kubernetes label: correct it`,
      ),
  ];
}

/** What is wrong with a list; one that is not given stands for all. */
const listProblems = (property: string, values: readonly string[] | undefined, allowed: RegExp, what: string) =>
  values !== undefined && (values.length === 0 || values.some((value) => !allowed.test(value)))
    ? [
        `${property} is ${JSON.stringify(values)}; allowed are ${what}, at least one: correct them or leave ${property} out for all`,
      ]
    : [];

function sourceSelectionProblems(source: LogPipelineSettings['source']): string[] {
  switch (source.kind) {
    case 'pods': {
      const wrongKeys = Object.entries(source.podSelector).filter(
        ([key, value]) => !LABEL_KEY.test(key) || !LABEL_VALUE.test(value),
      );
      const excluded = (property: string, values: readonly string[], allowed: RegExp, what: string) =>
        values.length === 0 ? [] : listProblems(property, values, allowed, what);
      return [
        ...listProblems('namespaces', source.namespaces, NAMESPACE, 'names of namespaces'),
        ...listProblems('apps', source.apps, LABEL_VALUE, 'names as in Kubernetes labels'),
        ...excluded('excludedNamespaces', source.excludedNamespaces, NAMESPACE, 'names of namespaces'),
        ...excluded('excludedApps', source.excludedApps, LABEL_VALUE, 'names as in Kubernetes labels'),
        ...wrongKeys.map(
          ([key, value]) =>
            `podSelector has ${JSON.stringify(key)}: ${JSON.stringify(value)}; allowed are a key and a value of Kubernetes labels: correct them`,
        ),
      ];
    }
    case 'journal':
      return [
        ...listProblems(
          'units',
          source.units,
          /^[\w:.@\\-]+\.[a-z]+$/,
          'units of systemd with their type, such as kubelet.service',
        ),
        ...(/^(\/(?!\.{1,2}(\/|$))[^/\0:]+)+$/.test(source.directory)
          ? []
          : [`directory is ${JSON.stringify(source.directory)}; allowed is an absolute path without "..": correct it`]),
        ...(source.maxAge.toMilliseconds() >= 1000
          ? []
          : [`maxAge is ${source.maxAge.toMilliseconds()} ms; allowed is at least 1 s: raise it`]),
      ];
    case 'kubernetesEvents':
      return listProblems('namespaces', source.namespaces, NAMESPACE, 'names of namespaces');
    case 'otlp': {
      const { grpcPort, httpPort, senders } = source;
      return [
        ...listProblems('senders', senders, NAMESPACE, 'names of namespaces'),
        ...Object.entries({ grpcPort, httpPort })
          .filter(([, port]) => !Number.isInteger(port) || port < 1024 || port > 65535)
          .map(
            ([property, port]) =>
              `${property} is ${port}; allowed are 1024 to 65535, because Alloy is not root: choose another port`,
          ),
        ...(grpcPort === httpPort ? [`httpPort is ${httpPort}, as grpcPort is; allowed is a port of its own: change one`] : []),
      ];
    }
  }
}

function fieldProblems({ format, podLabels }: LogPipelineSettings, common: CommonLabels): string[] {
  const parsed = format.parsers.flatMap((parser) => ('fields' in parser ? parser.fields : []));
  const reserved = new Set([...common.target, ...(common.stream ?? []), ...common.metadata, ...FORMAT_VALUES]);
  const named = [
    ...format.fields.map((name) => ({
      property: 'fields',
      name,
      remedy: parsed.length === 0 ? 'rename the group' : `use LogField.at({ name: 'log_…', path: [${JSON.stringify(name)}] })`,
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
    ...parsed
      .filter(({ path }) => path.length === 0 || path.includes(''))
      .map(
        ({ name, path }) =>
          `fields.${name}.path is ${JSON.stringify(path)}; allowed are one or more keys: give the keys from the outside in`,
      ),
  ];
}

function streamProblems(pipeline: LogPipelineSettings, common: CommonLabels): string[] {
  const { labels, staticLabels, structuredMetadata, format } = pipeline;
  const given = [...common.target, ...(common.stream ?? []), ...Object.keys(common.fixed)];
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
      .filter((name) => !format.fields.includes(name))
      .map((name) => `structuredMetadata has ${JSON.stringify(name)}; ${knownFields(pipeline)}`),
    ...(stream.length > MOST_LABELS
      ? [
          `labels are ${stream.length} (${stream.join(', ')}); allowed are ${MOST_LABELS}, Loki's limit: move some to structuredMetadata`,
        ]
      : []),
  ];
}

function parserProblems(parser: LogParser): string[] {
  switch (parser.kind) {
    case 'json':
      return [];
    case 'logfmt':
      return parser.fields
        .filter(({ path }) => path.length > 1)
        .map(
          ({ name, path }) => `fields.${name}.path is ${JSON.stringify(path)}; allowed is one key in logfmt: give the key alone`,
        );
    case 'regex':
      return [
        ...expressionProblems('format.regex', parser.expression, 'use LogFormat.plain() for lines of any form', true),
        ...(groupNames(parser.expression).length > 0
          ? []
          : [
              `format.regex is ${JSON.stringify(parser.expression)}; allowed are expressions with named groups, (?P<name>…): name what is to be a field`,
            ]),
      ];
    case 'pattern': {
      const captures = parser.expression.match(/<[A-Za-z_][A-Za-z0-9_]*>/g) ?? [];
      return captures.every((name) => name === '<_>') || /<\w+><\w+>/.test(parser.expression)
        ? [
            `format.pattern is ${JSON.stringify(parser.expression)}; allowed are patterns with <name>, and text between two of them: ` +
              'write "<level> <message>"',
          ]
        : [];
    }
  }
}

function formatProblems(pipeline: LogPipelineSettings): string[] {
  const { format, multiline, timestamp, output, redact, tenant } = pipeline;
  const field = (property: string, name: string | undefined) => sourceProblems(property, name, undefined, pipeline);
  return [
    ...format.parsers.flatMap(parserProblems),
    ...redact.flatMap(({ _problems }) => _problems),
    ...(multiline?._problems() ?? []),
    ...(timestamp?._problems() ?? []),
    ...(timestamp && timestamp.field !== '' ? field('timestamp', timestamp.field) : []),
    ...(output !== undefined && !format.fields.includes(output)
      ? [`output is ${JSON.stringify(output)}; ${knownFields(pipeline)}`]
      : []),
    ...(tenant?._problems() ?? []),
    ...field('tenant', tenant?.field),
  ];
}

function filterProblems({ reason, _settings: filter }: LogFilter, pipeline: LogPipelineSettings): string[] {
  const path = `filters[${JSON.stringify(reason)}]`;
  const field = 'match' in filter ? sourceProblems(path, filter.field, filter.match, pipeline) : [];
  const problems: string[] = [];
  if (filter.kind === 'sample' && !(filter.share > 0 && filter.share < 1)) {
    problems.push(`${path}.share is ${filter.share}; allowed is more than 0 and less than 1: use LogFilter.drop to store none`);
  }
  if (
    filter.kind === 'longerThan' &&
    !(filter.size.toKibibytes({ rounding: 2 }) > 0 && Number.isInteger(filter.size.toKibibytes({ rounding: 2 })))
  ) {
    problems.push(`${path}.size is ${filter.size.toKibibytes({ rounding: 2 })} KiB; allowed are whole KiB: round it`);
  }
  if (filter.kind === 'olderThan' && filter.age.toMilliseconds() < 1000) {
    problems.push(`${path}.age is ${filter.age.toMilliseconds()} ms; allowed is at least 1 s: raise it`);
  }
  return [
    ...(/^\w+$/.test(reason)
      ? []
      : [`filters.reason is ${JSON.stringify(reason)}; allowed are letters, digits and "_": name the reason`]),
    ...field,
    ...problems,
  ];
}

/** What is wrong with what keeps lines out. */
function boundProblems(pipeline: LogPipelineSettings): string[] {
  const { rateLimit } = pipeline;
  return [
    ...pipeline.filters.flatMap((filter) => filterProblems(filter, pipeline)),
    ...Object.entries(rateLimit ?? {})
      .filter(([, value]) => value !== undefined && !(value > 0 && Number.isFinite(value)))
      .map(([property, value]) => `rateLimit.${property} is ${value}; allowed is a number above 0: raise it`),
  ];
}
