import { describe, expect, it } from 'vitest';
import { LogField } from '../../src/alloy/log-field';
import { LogLabel } from '../../src/alloy/log-label';
import { LogMatch } from '../../src/alloy/log-match';
import { LogMetric } from '../../src/alloy/log-metric';
import { type JsonLogPipelineProps, LogPipeline } from '../../src/alloy/log-pipeline';
import { logPipelineProblems } from '../../src/alloy/log-pipeline-checks';

const COMMON = {
  target: ['namespace', 'app', 'container'],
  metadata: ['pod', 'node'],
  fixed: { cluster: 'prod-1', env: 'prod' },
};

const problems = (...pipelines: LogPipeline[]) =>
  logPipelineProblems(
    pipelines.map(({ _settings }) => _settings),
    COMMON,
  );

const json = (props: Partial<JsonLogPipelineProps>) => LogPipeline.json({ name: 'shop', ...props });

const counter = (props: Partial<Parameters<typeof LogMetric.counter>[0]>) =>
  json({ metrics: [LogMetric.counter({ name: 'shop_events_total', field: 'level', ...props })] });

const histogram = (buckets: number[], name = 'shop_duration_ms') =>
  json({ metrics: [LogMetric.histogram({ name, field: 'duration', buckets })] });

describe('a good pipeline', () => {
  it('has no problems', () => {
    const pipeline = json({
      namespaces: ['shop'],
      apps: ['order-service'],
      podLabels: { tenant: 'example.com/tenant' },
      staticLabels: { site: 'seoul' },
      labels: [LogLabel.level(), LogLabel.of('tenant'), LogLabel.oneOf({ field: 'uri', values: ['/a', '/b'], name: 'page' })],
      drop: [{ field: 'uri', match: LogMatch.pattern('(?i)/health(?:/.*)?|C:\\\\1'), reason: 'health' }],
      metrics: LogMetric.http({ prefix: 'shop' }),
    });
    expect(problems(pipeline, LogPipeline.plain({ name: 'rest' }))).toEqual([]);
  });

  it('may share a metric with another', () => {
    const metrics = LogMetric.http({ prefix: 'shop' });
    expect(problems(json({ metrics }), json({ name: 'web', metrics }))).toEqual([]);
  });

  it('may have fifteen labels', () => {
    const staticLabels = Object.fromEntries(Array.from({ length: 9 }, (_, index) => [`label_${index}`, 'x']));
    expect(problems(json({ staticLabels }))).toEqual([]);
  });
});

describe('problems', () => {
  it.each<[string, LogPipeline, string]>([
    ['name', json({ name: 'a-b' }), 'logs["a-b"].name is "a-b"; allowed are letters'],
    ['no namespace', json({ namespaces: [] }), 'namespaces is []; allowed are names of namespaces'],
    ['namespace', json({ namespaces: ['ok', 'Not_ok'] }), 'namespaces is ["ok","Not_ok"]'],
    ['app', json({ apps: ['a|b'] }), 'apps is ["a|b"]; allowed are names as in Kubernetes labels'],
    ['key of a pod label', json({ podLabels: { tenant: 'a b' } }), 'podLabels.tenant is "a b"'],
    ['name of a pod label', json({ podLabels: { 'the-tenant': 'tenant' } }), 'podLabels has "the-tenant"; allowed are letters'],
    [
      'pod label named as a common label',
      json({ podLabels: { pod: 'tenant' } }),
      'podLabels has "pod"; allowed are names that Alloy',
    ],
    [
      'field name',
      json({ fields: [LogField.of('user-id')] }),
      `fields has "user-id"; allowed are letters, digits and "_", not starting with a digit or "__": use LogField.at({ name: 'log_…', path: ["user-id"] })`,
    ],
    [
      'field that CRI lines have',
      json({ fields: [LogField.of('time')] }),
      'fields has "time"; allowed are names that Alloy does not set',
    ],
    ['field twice', json({ fields: [LogField.of('a'), LogField.of('a')] }), 'fields has "a" twice'],
    [
      'field without path',
      json({ fields: [LogField.at({ name: 'a', path: [] })] }),
      'fields.a.path is []; allowed are one or more keys',
    ],
    [
      'unknown metadata',
      json({ structuredMetadata: ['tarceId'] }),
      'structuredMetadata has "tarceId"; allowed are traceId, level',
    ],
    ['label name', json({ labels: [LogLabel.level({ name: '__level' })] }), 'labels has "__level"; allowed are letters'],
    [
      'label of Loki',
      json({ labels: [LogLabel.level({ name: 'service_name' })] }),
      'labels has "service_name"; allowed are names other',
    ],
    [
      'label twice',
      json({ labels: [LogLabel.level({ name: 'env' })] }),
      'labels has "env" twice; allowed is one label of a name',
    ],
    ['static label twice', json({ staticLabels: { level: 'x' } }), 'labels has "level" twice'],
    ['static label name', json({ staticLabels: { 'a.b': 'x' } }), 'staticLabels has "a.b"; allowed are letters'],
    ['empty static label', json({ staticLabels: { site: '' } }), 'staticLabels.site is ""; allowed is a value'],
    ['label and metadata', json({ structuredMetadata: ['level'] }), 'labels has "level", which is structured metadata too'],
    ['label of pod', json({ labels: [LogLabel.level({ name: 'pod' })] }), 'labels has "pod", which is structured metadata too'],
    ['unknown field', json({ labels: [LogLabel.of('levle')] }), 'labels["levle"].field is "levle"; allowed are traceId, level'],
    ['unbounded field', json({ labels: [LogLabel.of('traceId')] }), 'labels["traceId"] is made from the field "traceId"'],
    [
      'unbounded field by another name',
      json({ fields: [LogField.of('pod_ip')], labels: [LogLabel.of('pod_ip', { name: 'address' })] }),
      'leave it to structuredMetadata, or list its values with LogLabel.oneOf',
    ],
    ['no values', json({ labels: [LogLabel.oneOf({ field: 'logger', values: [] })] }), 'labels["logger"].values is []'],
    [
      'field in plain lines',
      LogPipeline.plain({ name: 'all', labels: [LogLabel.level()] }),
      'logs["all"].labels["level"].field is "level"; allowed are no fields, because the lines are not parsed',
    ],
    ['reason', json({ drop: [{ match: LogMatch.any(), reason: 'a b' }] }), 'drop.reason is "a b"'],
    [
      'field of a drop',
      json({ drop: [{ field: 'urI', match: LogMatch.oneOfIgnoringCase(['']), reason: 'a' }] }),
      'drop["a"].values is [""]; allowed are one or more values',
    ],
    ['counter name', counter({ name: 'shop_events' }), '.name is "shop_events"; allowed are names that end in "_total"'],
    ['metric name', counter({ name: 'shop.events_total' }), '.name is "shop.events_total"; allowed are letters'],
    ['name of Alloy', counter({ name: 'loki_events_total' }), 'allowed are names that do not start with "loki_"'],
    ['field of a metric', counter({ field: 'nothing' }), 'metrics["shop_events_total"].field is "nothing"'],
    ['status class', counter({ match: LogMatch.httpStatus([6]) }), '.classes is [6]; allowed are one or more of 1 to 5'],
    ['empty pattern', counter({ match: LogMatch.pattern('') }), '.pattern is ""'],
    ['look-around', counter({ match: LogMatch.pattern('(?!x)') }), '.pattern is "(?!x)"; allowed is RE2 without'],
    ['back-reference', counter({ match: LogMatch.pattern('(a)\\1') }), 'allowed is RE2 without'],
    ['named group', counter({ match: LogMatch.pattern('(?P<level>a)') }), 'allowed is RE2 without'],
    [
      'broken pattern',
      counter({ match: LogMatch.pattern('(?i)a)|(b') }),
      '.pattern is "(?i)a)|(b"; allowed is a regular expression',
    ],
    [
      'label of scraping',
      counter({ labels: [LogLabel.level({ name: 'job' })] }),
      '.labels has "job"; allowed are names other than job',
    ],
    ['unbounded label', counter({ labels: [LogLabel.of('uri')] }), '.labels["uri"] is made from the field "uri"'],
    ['common label', counter({ labels: [LogLabel.level({ name: 'app' })] }), '.labels has "app" twice'],
    ['label twice in a metric', counter({ labels: [LogLabel.level(), LogLabel.level()] }), '.labels has "level" twice'],
    ['no buckets', histogram([]), 'metrics["shop_duration_ms"].buckets is []; allowed are one or more numbers'],
    ['unsorted buckets', histogram([10, 5]), '.buckets is [10, 5]; allowed'],
    ['bucket twice', histogram([5, 5]), '.buckets is [5, 5]; allowed'],
    ['endless bucket', histogram([5, Number.POSITIVE_INFINITY]), '.buckets is [5, Infinity]; allowed'],
    ['histogram name', histogram([5], 'shop_duration_sum'), 'allowed are names without _total, _bucket, _sum and _count'],
    [
      'metric twice',
      json({ metrics: [...LogMetric.http({ prefix: 'a' }), ...LogMetric.http({ prefix: 'a' })] }),
      'metrics has "a_http_requests_total" twice',
    ],
  ])('%s', (_, pipeline, text) => {
    expect(problems(pipeline)).toEqual(expect.arrayContaining([expect.stringContaining(text)]));
  });

  it('come one by one where nothing else is wrong', () => {
    expect(problems(histogram([]))).toHaveLength(1);
    expect(problems(json({ labels: [LogLabel.of('traceId')] }))).toHaveLength(1);
    expect(problems(counter({ name: 'shop_events' }))).toHaveLength(1);
  });

  it('count the labels of a stream', () => {
    const staticLabels = Object.fromEntries(Array.from({ length: 10 }, (_, index) => [`label_${index}`, 'x']));
    expect(problems(json({ staticLabels }))).toEqual([
      expect.stringMatching(/^logs\["shop"\]\.labels are 16 \(namespace, .*, level\); allowed are 15, Loki's limit: move some/),
    ]);
  });

  it('see all pipelines', () => {
    expect(problems()).toEqual([expect.stringContaining('logs is []; allowed is at least one pipeline')]);
    expect(problems(json({}), json({}))).toEqual([expect.stringContaining('logs has "shop" twice')]);
    const other = json({ name: 'web', metrics: LogMetric.http({ prefix: 'shop', buckets: [1] }) });
    expect(problems(json({ metrics: LogMetric.http({ prefix: 'shop' }) }), other)).toEqual([
      expect.stringContaining('logs["web"].metrics["shop_http_request_duration_ms"] differs from the metric of that name'),
    ]);
  });

  it('come all at once', () => {
    expect(problems(json({ name: '1', namespaces: [], apps: [], labels: [LogLabel.of('uri'), LogLabel.of('x')] }))).toHaveLength(
      5,
    );
  });
});
