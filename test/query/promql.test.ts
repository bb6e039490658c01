import { describe, expect, it } from 'vitest';
import { checkPromQl, labelsOf, metricNamesOf, rangesOf } from '../../src/query/promql';

const GOOD = [
  'up',
  'rate(foo_total{a="b", c=~"d.*"}[5m])',
  'sum by (le, pod) (rate(foo_bucket[$__rate_interval]))',
  'histogram_quantile(0.95, sum by (le) (rate(foo_bucket{namespace=~"$namespace"}[$__rate_interval])))',
  'topk(5, foo)',
  'topk($count, sum by ($label) (foo))',
  'quantile by (a) (0.5, foo)',
  'SUM(foo) BY (a,)',
  'foo offset -5m',
  'foo offset $shift',
  'rate(foo[5m] offset 1h)',
  'rate((foo[5m]))',
  'foo @ start()',
  'max_over_time(rate(foo[5m])[1h:1m])',
  'max_over_time(foo[$__range:$__interval])',
  '{"dotted.name", a="b"}',
  '{__name__=~"a.+"}',
  '{a!=""}',
  '{a=~"(?P<name>x)"}',
  'foo{a=""}',
  'foo{"quoted label"="x"}',
  "foo{a='b'}",
  'foo{a=`raw \\d`}',
  'foo{a="\\\\d+\\t\\x41\\u00e9\\U0001F600\\101"}',
  'label_replace(foo, "a", "$1", "b", "(.*)")',
  'foo == bool 1',
  'foo > $threshold',
  'foo * $__range_s / $__interval_ms',
  'increase(foo[${__range_s}s])',
  'increase(foo[300])',
  '[[metric]]_total{job="[[job]]"}',
  '${metric}:rate5m{job=~"${job:regex}", n="${x.y:raw}"}',
  '# a comment with a "quote and $variable\nfoo # another',
  'sum( # inside\nrate(foo[5m]))',
  'absent(foo{a="b"})',
  'time() - foo',
  'foo and on () bar',
  'a / on (x) group_left (y) b',
  'info(rate(foo[5m]), {k8s_cluster="x"})',
  'hour()',
  '1',
  'foo{a="[[:alpha:]]+$"}',
];

const BAD: [string, string, number][] = [
  ['', 'the query is empty', 0],
  ['  \n', 'the query is empty', 0],
  ['sum(', 'the query ends too early', 4],
  ['foo{a="b"', 'the query ends too early', 9],
  ['foo bar', 'this is unexpected', 4],
  ['foo{a=b}', 'this is unexpected', 6],
  ['foo{a=="b"}', 'this is unexpected', 6],
  ['unknown_function(foo)', 'this is unexpected', 16],
  ['sum(foo))', 'this is unexpected', 8],
  ['rate(foo{a="$namespace"}[5m)', 'this is unexpected', 27],
  ['{}', 'the selector has neither a metric name nor a matcher that an absent label would not meet', 0],
  ['{a=~".*", b=""}', 'the selector has neither a metric name nor a matcher that an absent label would not meet', 0],
  ['{a!~".+"}', 'the selector has neither a metric name nor a matcher that an absent label would not meet', 0],
  ['sum({a!="x"})', 'the selector has neither a metric name nor a matcher that an absent label would not meet', 4],
  ['rate(foo)', 'rate needs a range such as [5m] behind its selector', 5],
  ['quantile_over_time(0.9, foo)', 'quantile_over_time needs a range such as [5m] behind its selector', 24],
  ['foo[5m]', 'a range vector stands where an instant vector is needed', 0],
  ['sum(foo[5m])', 'a range vector stands where an instant vector is needed', 4],
  ['sum by ($x) (foo[5m])', 'a range vector stands where an instant vector is needed', 13],
  ['predict_linear(foo[5m], bar[5m])', 'a range vector stands where an instant vector is needed', 24],
  ['bar[1h:5m]', 'a range vector stands where an instant vector is needed', 0],
  ['rate(sum(foo)[5m])', 'a range stands only behind a selector; a subquery such as [1h:5m] stands behind any expression', 5],
  ['histogram_quantile(foo)', 'histogram_quantile has 1 arguments, but takes 2', 0],
  ['topk(foo)', 'topk has 1 arguments, but takes 2', 0],
  ['sum(foo, bar)', 'sum has 2 arguments, but takes 1', 0],
  ['round()', 'round has 0 arguments, but takes 1 to 2', 0],
  ['label_join(foo)', 'label_join has 1 arguments, but takes at least 3', 0],
  ['foo{a="\\d"}', 'the escape "\\d" does not exist', 7],
  ['foo{a="\\ud83d"}', 'the escape "\\ud83d" does not exist', 7],
  ['foo{a="\\400"}', 'the escape "\\400" does not exist', 7],
  ['foo{a="\\\'"}', 'the escape "\\\'" does not exist', 7],
  ['"abc', 'the string is not closed', 0],
];

describe('checkPromQl', () => {
  it.each(GOOD)('accepts %s', (query) => {
    expect(checkPromQl(query)).toEqual([]);
  });

  it.each(BAD)('refuses %s', (query, message, position) => {
    expect(checkPromQl(query).map((problem) => ({ message: problem.message, position: problem.position }))).toEqual([
      { message, position },
    ]);
  });

  it('shows the place in the query as it was written, variables included', () => {
    const query =
      'sum by ($label) (rate(requests_total{namespace=~"${namespace:regex}"}[$__rate_interval]) foo) / sum(rate(requests_total[5m]))';
    expect(checkPromQl(query)).toEqual([
      { message: 'this is unexpected', position: query.indexOf('foo'), excerpt: '…[$__rate_interval]) foo) / sum(rate(requ…' },
    ]);
  });

  it('names every fault of a well-formed query at once', () => {
    expect(checkPromQl('rate(a) + sum(b[5m]) + {}')).toHaveLength(3);
  });

  it.each([
    '('.repeat(3_000),
    '['.repeat(3_000),
    '{'.repeat(3_000),
    '"'.repeat(3_001),
    '${'.repeat(3_000),
    '$'.repeat(3_000),
    '\\'.repeat(3_000),
    '-'.repeat(3_000),
    '\u0000',
    '\ud83d',
    'foo\u2028bar',
    '#',
    'foo{a="\\',
  ])('survives hostile input %#', (query) => {
    expect(checkPromQl(query).length).toBeGreaterThan(0);
  });

  it('reads deep nesting', () => {
    expect(checkPromQl(`${'('.repeat(1_000)}up${')'.repeat(1_000)}`)).toEqual([]);
  });
});

describe('metricNamesOf', () => {
  it.each<[string, string[]]>([
    ['sum(rate(b_total[5m])) / sum(rate(a_total[5m])) > b_total', ['a_total', 'b_total']],
    ['{"dotted.name", x="y"} + {__name__="by_label"}', ['by_label', 'dotted.name']],
    ['{__name__=~"a|b"} or {__name__!="c", d="e"}', []],
    ['$metric + ${metric}_total + known{a="$b"}', ['known']],
    ['label_replace(foo, "bar", "$1", "baz", "(.*)")', ['foo']],
    ['time()', []],
    ['(((', []],
    ['foo{"a b"="c"}', ['foo']],
  ])('of %s', (query, names) => {
    expect(metricNamesOf(query)).toEqual(names);
  });
});

describe('labelsOf', () => {
  it.each<[string, string[]]>([
    ['sum by (le, pod) (rate(foo{namespace="a", pod=~"b"}[5m]))', ['le', 'namespace', 'pod']],
    ['a * on (x, y) group_left (z) b', ['x', 'y', 'z']],
    ['sum without ($label) (a{"quoted label"="1"})', ['quoted label']],
    ['{"dotted.name", x="y"}', ['x']],
    ['{__name__="a"}', []],
  ])('of %s', (query, labels) => {
    expect(labelsOf(query)).toEqual(labels);
  });
});

describe('rangesOf', () => {
  it('tells windows, calculated ones and variables apart', () => {
    const query =
      'rate(a[1m]) + rate(b[$__rate_interval]) + rate(c[1h30m]) + rate(d[90]) + rate(e[5m * 2]) + max_over_time(f[1d:5m]) + rate(g[100ms])';
    expect(rangesOf(query)).toEqual([
      { text: '1m', milliseconds: 60_000, position: 7 },
      { text: '$__rate_interval', milliseconds: undefined, position: 21 },
      { text: '1h30m', milliseconds: 5_400_000, position: query.indexOf('1h30m') },
      { text: '90', milliseconds: 90_000, position: query.indexOf('90]') },
      { text: '5m * 2', milliseconds: undefined, position: query.indexOf('5m *') },
      { text: '100ms', milliseconds: 100, position: query.indexOf('100ms') },
    ]);
  });

  it('finds none in what cannot be read', () => {
    expect(rangesOf('rate(')).toEqual([]);
  });
});
