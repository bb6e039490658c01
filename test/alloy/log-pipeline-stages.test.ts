import { Duration, Size } from 'cdk8s';
import { describe, expect, it } from 'vitest';
import { LogField } from '../../src/alloy/log-field';
import { LogFilter } from '../../src/alloy/log-filter';
import { LogLabel } from '../../src/alloy/log-label';
import { LogMatch } from '../../src/alloy/log-match';
import { HttpErrors, LogMetric } from '../../src/alloy/log-metric';
import { LogMultiline } from '../../src/alloy/log-multiline';
import { LogPipeline } from '../../src/alloy/log-pipeline';
import { logPipelineStages } from '../../src/alloy/log-pipeline-stages';
import { LogRedaction } from '../../src/alloy/log-redaction';
import { LogTenant } from '../../src/alloy/log-tenant';
import { LogTimestamp, UnixTimeUnit } from '../../src/alloy/log-timestamp';

const COMMON = {
  target: ['namespace', 'app', 'container'],
  metadata: ['pod', 'node'],
  fixed: { cluster: 'prod-1', env: 'prod' },
};

const stages = (pipeline: LogPipeline) =>
  logPipelineStages(pipeline._settings, COMMON, { first: [{ name: 'stage.cri' }], app: 'app' });

const HEAD = [
  { name: 'stage.cri' },
  { name: 'stage.label_keep', attributes: { values: ['namespace', 'app', 'container'] } },
  { name: 'stage.static_labels', attributes: { values: { cluster: 'prod-1', env: 'prod' } } },
];

const regex = (source: string | undefined, key: string, expression: string) => ({
  name: 'stage.regex',
  attributes: { source, expression: `^(?P<${key}>${expression})$` },
});

const counter = (prefix: string, name: string, attributes: object) => ({
  name: 'metric.counter',
  attributes: {
    prefix,
    name,
    description: undefined,
    max_idle_duration: '24h',
    action: 'inc',
    match_all: undefined,
    ...attributes,
  },
});

/** Names of the metrics, stage by stage. */
const metricNames = (metrics: LogMetric[]) =>
  stages(LogPipeline.json({ name: 'shop', metrics }))
    .filter(({ name }) => name === 'stage.metrics')
    .map(({ blocks }) => blocks?.map(({ attributes }) => `${attributes?.prefix}${attributes?.name}`));

const LEVELS =
  'trace|debug|info|information|notice|warn|warning|err|error|severe|crit|critical|alert|fatal|panic|emerg|emergency';

describe('stages of a plain pipeline', () => {
  it('keep the labels of the pod and store the pod beside the line', () => {
    expect(stages(LogPipeline.plain({ name: 'all' }))).toEqual([
      ...HEAD,
      { name: 'stage.structured_metadata', attributes: { values: { pod: '', node: '' } } },
    ]);
  });

  it('count lines by their text, or all of them', () => {
    const metrics = [
      LogMetric.counter({ name: 'lines_total' }),
      LogMetric.counter({ name: 'memory_errors_total', match: LogMatch.pattern('.*OutOfMemory.*') }),
    ];
    expect(stages(LogPipeline.plain({ name: 'all', metrics })).slice(3)).toEqual([
      regex(undefined, 'matched_line', '(?s:.*OutOfMemory.*)'),
      {
        name: 'stage.metrics',
        attributes: {},
        blocks: [
          counter('lines_', 'total', { source: undefined, match_all: true }),
          counter('memory_', 'errors_total', { source: 'matched_line' }),
        ],
      },
      { name: 'stage.structured_metadata', attributes: { values: { pod: '', node: '' } } },
    ]);
  });
});

describe('stages of a JSON pipeline', () => {
  it('parse, count with the labels of the metrics alone, then label the stream', () => {
    const pipeline = LogPipeline.json({ name: 'shop', metrics: LogMetric.http({ prefix: 'shop' }) });
    expect(stages(pipeline)).toEqual([
      ...HEAD,
      {
        name: 'stage.json',
        attributes: {
          expressions: {
            traceId: '',
            level: '',
            logger: '',
            message: '',
            httpMethod: '',
            uri: '',
            statusCode: '',
            duration: '',
          },
        },
      },
      regex('httpMethod', 'matched_httpMethod', 'GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS|TRACE|CONNECT'),
      regex('statusCode', 'matched_statusCode', '[12345][0-9][0-9]'),
      { name: 'stage.replace', attributes: { source: 'matched_statusCode', expression: '^.(.+)$', replace: 'xx' } },
      { name: 'stage.labels', attributes: { values: { method: 'matched_httpMethod', status: 'matched_statusCode' } } },
      regex('statusCode', 'matched_statusCode_2', '5[0-9][0-9]'),
      regex('duration', 'matched_duration', '[0-9]+(?:\\.[0-9]+)?'),
      {
        name: 'stage.metrics',
        attributes: {},
        blocks: [
          counter('shop_', 'http_requests_total', {
            description: 'HTTP requests, counted from log lines that have a status code.',
            source: 'matched_statusCode',
          }),
          counter('shop_', 'http_errors_total', {
            description: 'HTTP requests answered with a status code of 500 or more.',
            source: 'matched_statusCode_2',
          }),
          {
            name: 'metric.histogram',
            attributes: {
              prefix: 'shop_',
              name: 'http_request_duration_ms',
              description: 'Duration of HTTP requests in milliseconds.',
              source: 'matched_duration',
              max_idle_duration: '24h',
              buckets: [10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10000],
            },
          },
        ],
      },
      { name: 'stage.label_drop', attributes: { values: ['method', 'status'] } },
      regex('level', 'matched_level', `(?i:${LEVELS})`),
      { name: 'stage.labels', attributes: { values: { level: 'matched_level' } } },
      {
        name: 'stage.structured_metadata',
        attributes: {
          values: { pod: '', node: '', traceId: '', logger: '', httpMethod: '', uri: '', statusCode: '', duration: '' },
        },
      },
    ]);
  });

  it('count errors by level instead of status, never by both', () => {
    const names = { statusField: 'code', levelField: 'severity', durationField: 'ms', labels: [], buckets: [1, 2] };
    const metrics = LogMetric.http({ prefix: 'shop', errors: HttpErrors.ERROR_LEVEL, ...names });
    expect(metrics.map(({ name, field, buckets }) => [name, field, buckets])).toEqual([
      ['shop_http_requests_total', 'code', undefined],
      ['shop_http_errors_total', 'severity', undefined],
      ['shop_http_request_duration_ms', 'ms', [1, 2]],
    ]);
    const fields = ['code', 'severity', 'ms'].map((name) => LogField.of(name));
    expect(stages(LogPipeline.json({ name: 'shop', fields, metrics }))).toContainEqual(
      regex('severity', 'matched_severity', '(?i:ERROR)'),
    );
  });

  it('take fields of inner objects and of odd names', () => {
    const fields = [
      LogField.of('level'),
      LogField.of('in'),
      LogField.at({ name: 'method', path: ['http', 'request', 'method'] }),
      LogField.at({ name: 'trace', path: ['trace.id'] }),
      LogField.at({ name: 'odd', path: ['a"b\\', '{x}'] }),
    ];
    expect(stages(LogPipeline.json({ name: 'shop', fields }))[3].attributes).toEqual({
      expressions: { level: '', in: '"in"', method: 'http.request.method', trace: '"trace.id"', odd: '"a\\"b\\\\"."{x}"' },
    });
  });

  it('drop lines before they count', () => {
    const filters = [
      LogFilter.drop({ field: 'uri', match: LogMatch.oneOf(['/health', '/a+b']), reason: 'health_check' }),
      LogFilter.drop({ match: LogMatch.any(), reason: 'rest' }),
    ];
    expect(stages(LogPipeline.json({ name: 'shop', filters })).slice(4, 8)).toEqual([
      regex('uri', 'matched_uri', '/health|/a\\+b'),
      { name: 'stage.drop', attributes: { source: 'matched_uri', drop_counter_reason: 'health_check' } },
      regex(undefined, 'matched_line', '(?s:.+)'),
      { name: 'stage.drop', attributes: { source: 'matched_line', drop_counter_reason: 'rest' } },
    ]);
  });

  it('take labels of the pod as metadata or as label', () => {
    const pipeline = LogPipeline.json({
      name: 'shop',
      fields: [LogField.of('message')],
      podLabels: { tenant: 'example.com/tenant', team: 'team' },
      staticLabels: { site: 'seoul' },
      labels: [LogLabel.of('team'), LogLabel.of('tenant', { name: 'customer' })],
      structuredMetadata: ['message'],
    });
    const [, , fixed, , ...rest] = stages(pipeline);
    expect(fixed.attributes).toEqual({ values: { cluster: 'prod-1', env: 'prod', site: 'seoul' } });
    expect(rest).toEqual([
      regex('team', 'matched_team', '(?s:.+)'),
      regex('tenant', 'matched_tenant', '(?s:.+)'),
      { name: 'stage.labels', attributes: { values: { team: 'matched_team', customer: 'matched_tenant' } } },
      { name: 'stage.structured_metadata', attributes: { values: { pod: '', node: '', tenant: '', message: '' } } },
    ]);
  });

  it('separate metrics that differ in labels, or that one stage would take for the same', () => {
    const labels = [LogLabel.oneOf({ field: 'logger', values: ['audit'], name: 'source' })];
    const metrics = [
      LogMetric.counter({ name: 'a_events_total', field: 'level' }),
      LogMetric.counter({ name: 'b_events_total', field: 'level', labels }),
      LogMetric.counter({ name: 'c_events_total', field: 'level' }),
      LogMetric.counter({ name: 'b_others_total', field: 'level', labels }),
    ];
    const blocks = stages(LogPipeline.json({ name: 'shop', metrics }))
      .filter(({ name }) => name === 'stage.metrics')
      .map((block) => block.blocks?.map(({ attributes }) => `${attributes?.prefix}${attributes?.name} ${attributes?.source}`));
    expect(blocks).toEqual([
      ['a_events_total matched_level'],
      ['b_events_total matched_level', 'b_others_total matched_level'],
      ['c_events_total matched_level'],
    ]);
  });

  it('separate a metric from any of its name in the stage, not from the first alone', () => {
    const metrics = ['a_events_total', 'a_others_total', 'b_others_total'].map((name) => LogMetric.counter({ name }));
    expect(metricNames(metrics)).toEqual([['a_events_total', 'a_others_total'], ['b_others_total']]);
  });

  it('put metrics into one stage whatever the order of their labels, and apart when a label differs', () => {
    const metrics = [
      LogMetric.counter({ name: 'a_first_total', labels: [LogLabel.level(), LogLabel.httpMethod()] }),
      LogMetric.counter({ name: 'a_second_total', labels: [LogLabel.httpMethod(), LogLabel.level()] }),
      LogMetric.counter({ name: 'a_third_total', labels: [LogLabel.httpMethod(), LogLabel.level({ name: 'severity' })] }),
      LogMetric.counter({ name: 'a_fourth_total', labels: [LogLabel.httpMethod(), LogLabel.of('level')] }),
    ];
    expect(metricNames(metrics)).toEqual([['a_first_total', 'a_second_total'], ['a_third_total'], ['a_fourth_total']]);
  });

  it('make a class of a status once, and never out of the status that a drop has read', () => {
    const filters = [LogFilter.drop({ field: 'statusCode', match: LogMatch.httpStatus(), reason: 'answered' })];
    const metrics = [
      LogMetric.counter({ name: 'a_total', labels: [LogLabel.httpStatusClass()] }),
      LogMetric.counter({ name: 'b_total', labels: [LogLabel.httpStatusClass(), LogLabel.httpMethod()] }),
    ];
    const all = stages(LogPipeline.json({ name: 'shop', filters, metrics, labels: [] }));
    expect(all.filter(({ name, attributes }) => name === 'stage.regex' && attributes?.source === 'statusCode')).toEqual([
      regex('statusCode', 'matched_statusCode', '[12345][0-9][0-9]'),
      regex('statusCode', 'matched_statusCode_2', '[12345][0-9][0-9]'),
    ]);
    expect(all.filter(({ name }) => name === 'stage.replace')).toEqual([
      { name: 'stage.replace', attributes: { source: 'matched_statusCode_2', expression: '^.(.+)$', replace: 'xx' } },
    ]);
    expect(all.filter(({ name }) => name === 'stage.labels').map(({ attributes }) => attributes?.values)).toEqual([
      { status: 'matched_statusCode_2' },
      { status: 'matched_statusCode_2', method: 'matched_httpMethod' },
    ]);
  });

  it.each([
    [['level', 'matched_level'], 'matched_level_2'],
    [['level', 'matched_level', 'matched_level_2'], 'matched_level_3'],
  ])('never take a name that a field has: %j', (names, level) => {
    const fields = names.map((name) => LogField.of(name));
    expect(stages(LogPipeline.json({ name: 'shop', fields }))).toContainEqual({
      name: 'stage.labels',
      attributes: { values: { level } },
    });
  });

  it('give a metric without underscore a prefix all the same, because Alloy would add its own', () => {
    const metrics = [LogMetric.histogram({ name: 'latency', field: 'duration', buckets: [1], description: 'Time.' })];
    const [block] = stages(LogPipeline.json({ name: 'shop', metrics })).filter(({ name }) => name === 'stage.metrics');
    expect(block.blocks?.[0].attributes).toMatchObject({ prefix: 'l', name: 'atency', description: 'Time.' });
  });

  it('filter, count, sample and bound in this order', () => {
    const pipeline = LogPipeline.json({
      name: 'shop',
      fields: [LogField.of('level'), LogField.of('message')],
      redact: [LogRedaction.custom({ expression: 'id=[0-9]+', replacement: '{{ x }}' })],
      multiline: LogMultiline.firstLine({ firstLine: '^a', maxLines: 5, maxWait: Duration.seconds(1) }),
      filters: [
        LogFilter.sample({ share: 0.1, reason: 'all' }),
        LogFilter.sample({ share: 0.5, field: 'level', reason: 'some' }),
        LogFilter.keep({ field: 'message', match: LogMatch.any(), reason: 'none' }),
        LogFilter.longerThan(Size.kibibytes(64)),
        LogFilter.olderThan(Duration.hours(1)),
      ],
      metrics: [LogMetric.counter({ name: 'a_total' })],
      rateLimit: { linesPerSecond: 0.5 },
      timestamp: LogTimestamp.unix('message', UnixTimeUnit.MILLISECONDS),
      output: 'message',
      tenant: LogTenant.of('t'),
    });
    expect(stages(pipeline).map(({ name, attributes, blocks }) => [name, { ...attributes }, blocks?.length ?? 0])).toEqual([
      ['stage.cri', {}, 0],
      ['stage.multiline', { firstline: '^a', max_lines: 5, max_wait_time: '1000ms' }, 0],
      ['stage.replace', { expression: '(id=[0-9]+)', replace: '{{"{{"}} x }}' }, 0],
      ['stage.label_keep', expect.anything(), 0],
      ['stage.static_labels', expect.anything(), 0],
      ['stage.json', expect.anything(), 0],
      [
        'stage.timestamp',
        {
          source: 'message',
          format: 'UnixMs',
          location: undefined,
          action_on_failure: 'skip',
          action_on_duplicate_timestamp: 'keep',
        },
        0,
      ],
      ['stage.regex', expect.anything(), 0],
      ['stage.drop', { source: 'matched_message', expression: '^$', drop_counter_reason: 'none' }, 0],
      ['stage.drop', { longer_than: '64KiB', drop_counter_reason: 'too_long' }, 0],
      ['stage.drop', { older_than: '3600s', drop_counter_reason: 'too_old' }, 0],
      ['stage.metrics', {}, 1],
      ['stage.sampling', { rate: 0.1, drop_counter_reason: 'all' }, 0],
      ['stage.regex', expect.anything(), 0],
      ['stage.labels', { values: { matched_level: '' } }, 0],
      ['stage.match', { selector: '{matched_level!=""}' }, 1],
      ['stage.label_drop', { values: ['matched_level'] }, 0],
      ['stage.limit', { rate: 0.5, burst: 5, drop: true, by_label_name: 'app' }, 0],
      ['stage.regex', expect.anything(), 0],
      ['stage.labels', { values: { level: 'matched_level_2' } }, 0],
      ['stage.structured_metadata', { values: { pod: '', node: '' } }, 0],
      ['stage.output', { source: 'message' }, 0],
      ['stage.tenant', { value: 't' }, 0],
    ]);
  });
});
