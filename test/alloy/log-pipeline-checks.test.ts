import { Duration, Size } from 'cdk8s';
import { describe, expect, it } from 'vitest';
import { LogField } from '../../src/alloy/log-field';
import { LogFilter } from '../../src/alloy/log-filter';
import { LogFormat } from '../../src/alloy/log-format';
import { LogLabel } from '../../src/alloy/log-label';
import { LogMatch } from '../../src/alloy/log-match';
import { LogMetric } from '../../src/alloy/log-metric';
import { LogMultiline } from '../../src/alloy/log-multiline';
import { type JsonLogPipelineProps, LogPipeline } from '../../src/alloy/log-pipeline';
import { logPipelineProblems } from '../../src/alloy/log-pipeline-checks';
import { LogRedaction } from '../../src/alloy/log-redaction';
import { LogTenant } from '../../src/alloy/log-tenant';
import { LogTimestamp } from '../../src/alloy/log-timestamp';

const COMMON = {
  target: ['namespace', 'app', 'container'],
  metadata: ['pod', 'node'],
  fixed: { cluster: 'prod-1', env: 'prod' },
};

const problems = (...pipelines: LogPipeline[]) =>
  logPipelineProblems(
    pipelines.map(({ _settings }) => _settings),
    () => COMMON,
  );

const json = (props: Partial<JsonLogPipelineProps>) => LogPipeline.json({ name: 'shop', ...props });

const of = (format: LogFormat) => LogPipeline.of({ name: 'shop', format });

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
      filters: [LogFilter.drop({ field: 'uri', match: LogMatch.pattern('(?i)/health(?:/.*)?|C:\\\\1'), reason: 'health' })],
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
    ['reason', json({ filters: [LogFilter.drop({ match: LogMatch.any(), reason: 'a b' })] }), 'filters.reason is "a b"'],
    [
      'field of a drop',
      json({ filters: [LogFilter.drop({ field: 'urI', match: LogMatch.oneOfIgnoringCase(['']), reason: 'a' })] }),
      'filters["a"].values is [""]; allowed are one or more values',
    ],
    ['counter name', counter({ name: 'shop_events' }), '.name is "shop_events"; allowed are names that end in "_total"'],
    ['metric name', counter({ name: 'shop.events_total' }), '.name is "shop.events_total"; allowed are letters'],
    ['name of Alloy', counter({ name: 'loki_events_total' }), 'allowed are names that do not start with "loki_"'],
    ['field of a metric', counter({ field: 'nothing' }), 'metrics["shop_events_total"].field is "nothing"'],
    ['status class', counter({ match: LogMatch.httpStatus([6]) }), '.classes is [6]; allowed are one or more of 1 to 5'],
    ['empty pattern', counter({ match: LogMatch.pattern('') }), '.pattern is ""'],
    [
      'look-around',
      counter({ match: LogMatch.pattern('(?!x)') }),
      '.pattern is "(?!x)"; allowed is a regular expression as RE2 reads it',
    ],
    ['back-reference', counter({ match: LogMatch.pattern('(a)\\1') }), 'RE2 has no look-around and no back-references'],
    ['named group', counter({ match: LogMatch.pattern('(?P<level>a)') }), 'allowed is an expression without named groups'],
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
    [
      'field of an unbounded key by another name',
      json({ fields: [LogField.at({ name: 'caller', path: ['http', 'remote_addr'] })], labels: [LogLabel.of('caller')] }),
      'labels["caller"] is made from the field "caller", which has a value of its own on nearly every line',
    ],
    [
      'unbounded label of a pod',
      json({ podLabels: { revision: 'pod-template-hash' }, labels: [LogLabel.of('revision')] }),
      'leave it to structuredMetadata',
    ],
    ['label with an unbounded name', json({ labels: [LogLabel.of('logger', { name: 'requestId' })] }), 'labels["requestId"]'],
    ['excluded namespace', json({ excludedNamespaces: ['A'] }), 'excludedNamespaces is ["A"]; allowed are names of namespaces'],
    ['excluded app', json({ excludedApps: ['a b'] }), 'excludedApps is ["a b"]'],
    ['selector', json({ podSelector: { 'a b': 'c' } }), 'podSelector has "a b": "c"; allowed are a key and a value'],
    ['output', json({ output: 'mesage' }), 'output is "mesage"; allowed are traceId'],
    ['time', json({ timestamp: LogTimestamp.rfc3339('at') }), 'timestamp.field is "at"; allowed are traceId'],
    ['layout', json({ timestamp: LogTimestamp.layout({ field: 'message', layout: 'HH:mm' }) }), 'timestamp.layout is "HH:mm"'],
    [
      'location',
      json({ timestamp: LogTimestamp.layout({ field: 'message', layout: '15:04', location: 'K S T' }) }),
      'timestamp.location is "K S T"',
    ],
    [
      'time of a format without',
      json({ timestamp: LogTimestamp.ofFormat() }),
      'timestamp is LogTimestamp.ofFormat(), and the format',
    ],
    ['tenant', json({ tenant: LogTenant.of('a b') }), 'tenant is "a b"; allowed are 1 to 150 letters'],
    ['tenant of a field', json({ tenant: LogTenant.fromField('team') }), 'tenant.field is "team"; allowed are'],
    ['rate', json({ rateLimit: { linesPerSecond: 0 } }), 'rateLimit.linesPerSecond is 0'],
    ['burst', json({ rateLimit: { linesPerSecond: 1, burst: Number.NaN } }), 'rateLimit.burst is NaN'],
    ['share', json({ filters: [LogFilter.sample({ share: 1, reason: 'a' })] }), 'filters["a"].share is 1; allowed'],
    ['size', json({ filters: [LogFilter.longerThan(Size.kibibytes(0))] }), 'filters["too_long"].size is 0 KiB'],
    ['age', json({ filters: [LogFilter.olderThan(Duration.millis(5))] }), 'filters["too_old"].age is 5 ms'],
    ['redaction', json({ redact: [LogRedaction.custom({ expression: '' })] }), 'redact.custom.expression is ""'],
    ['first line', json({ multiline: LogMultiline.firstLine({ firstLine: '(' }) }), 'multiline.firstLine is "("'],
    ['lines', json({ multiline: LogMultiline.firstLine({ firstLine: '^a', maxLines: 1 }) }), 'multiline.maxLines is 1'],
    [
      'wait',
      json({ multiline: LogMultiline.firstLine({ firstLine: '^a', maxWait: Duration.minutes(2) }) }),
      'multiline.maxWait is 120000 ms',
    ],
    ['regex without names', of(LogFormat.regex('^(.*)$')), 'format.regex is "^(.*)$"; allowed are expressions with named groups'],
    ['broken regex', of(LogFormat.regex('^(?P<a>.*')), 'format.regex is "^(?P<a>.*"; allowed is a regular expression'],
    ['look-ahead', of(LogFormat.regex('^(?P<a>.*)(?=b)')), 'RE2 has no look-around and no back-references'],
    ['pattern without names', of(LogFormat.pattern('<_> a')), 'format.pattern is "<_> a"; allowed are patterns with <name>'],
    ['pattern without text', of(LogFormat.pattern('<a><b>')), 'format.pattern is "<a><b>"'],
    [
      'path in logfmt',
      of(LogFormat.logfmt([LogField.at({ name: 'a', path: ['b', 'c'] })])),
      'fields.a.path is ["b","c"]; allowed is one key in logfmt',
    ],
    [
      'unit',
      json({ metrics: [LogMetric.histogram({ name: 'shop_time_secs', field: 'duration', buckets: [1] })] }),
      'name is "shop_time_secs"; allowed are units as Prometheus writes them: end it in "_seconds"',
    ],
    [
      'unit of a sum',
      json({ metrics: [LogMetric.sum({ name: 'shop_byte_total', field: 'duration' })] }),
      'end it in "_bytes_total"',
    ],
    ['sum', json({ metrics: [LogMetric.sum({ name: 'shop_bytes', field: 'duration' })] }), 'use "shop_bytes_total"'],
    [
      'gauge',
      json({ metrics: [LogMetric.gauge({ name: 'shop_length_total', field: 'duration' })] }),
      'at the end for a gauge: rename it',
    ],
    ['unit of systemd', LogPipeline.journal({ name: 'j', units: ['kubelet'] }), 'units is ["kubelet"]'],
    ['directory', LogPipeline.journal({ name: 'j', directory: 'log' }), 'directory is "log"; allowed is an absolute path'],
    ['age of the journal', LogPipeline.journal({ name: 'j', maxAge: Duration.millis(1) }), 'maxAge is 1 ms'],
    ['namespaces of events', LogPipeline.kubernetesEvents({ name: 'e', namespaces: [] }), 'namespaces is []'],
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
    const length = (metric: LogMetric, name: string) => json({ name, metrics: [metric] });
    expect(
      problems(
        length(LogMetric.counter({ name: 'a_total', field: 'level' }), 'shop'),
        length(LogMetric.sum({ name: 'a_total', field: 'duration' }), 'web'),
      ),
    ).toEqual([expect.stringContaining('logs["web"].metrics["a_total"] differs from the metric of that name')]);
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
