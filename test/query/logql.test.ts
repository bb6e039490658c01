import { describe, expect, it } from 'vitest';
import { checkLogQl } from '../../src/query/logql';

const GOOD = [
  '{namespace="qgx"}',
  '{namespace="timedeal", app="stock-service"} |= "error" | json',
  '{namespace=~"$namespace", app=~"${app:regex}"} |~ `(?i)${search:raw}` | tenant=~"$tenant"',
  'sum by (level) (count_over_time({namespace=~"$namespace"} | tenant=~"$tenant" [$__auto]))',
  'sum by ($group) (rate({a="b"}[$__interval]))',
  'topk($count, sum by (a) (rate({a="b"}[$__range])))',
  'quantile_over_time($quantile, {a="b"} | json | unwrap duration(took) | __error__="" [5m]) by (x)',
  'sum(rate({a="b"}[5m] offset $shift))',
  'sum(rate({a="b"}[5m])) by (a) or vector(0)',
  '{a="b"} | json | status >= $status and duration > 10s or size > 20KB',
  '{a="b"} | addr = ip("10.0.0.0/8")',
  '{a="b"} |> "<_> x" !> "y <_>"',
  '{a="b"} |= "x" or "y"',
  '{a="b"} | logfmt --strict | line_format `{{.x}}` | label_format c=d, e="{{.f}}"',
  '{a="b"} | drop c, d="e" | keep f',
  '{a="b"} | pattern `<a> <b>`',
  '{a="b"} # "comment $x',
  '{a="b", c!="", d=~".*"}',
  '{[[label]]="[[value]]"}',
  'count_over_time({a="b"}[${__range_s}s])',
];

const NO_MATCHER = 'the stream selector has no matcher that an absent label would not meet';

const BAD: [string, string, number][] = [
  ['', 'the query is empty', 0],
  ['{a="b"} |=', 'the query ends too early', 10],
  ['{a="b"', 'the query ends too early', 6],
  ['sum(', 'the query ends too early', 4],
  ["{a='b'}", 'this is unexpected', 3],
  ['rate({a="b"})', 'this is unexpected', 12],
  ['{a="b"}[5m]', 'this is unexpected', 7],
  ['foo{a="b"}', 'this is unexpected', 0],
  ['{a="b"} | | json', 'this is unexpected', 10],
  ['{}', 'this is unexpected', 1],
  ['{a=~".*"}', NO_MATCHER, 0],
  ['{a=~"(?i).*", b="", c!="x", d!~"y"}', NO_MATCHER, 0],
  ['sum(rate({a="b"}[5m])) / sum(rate({a=~".*"}[5m]))', NO_MATCHER, 34],
  ['{a="b"} |~ "\\d+"', 'the escape "\\d" does not exist', 12],
];

describe('checkLogQl', () => {
  it.each(GOOD)('accepts %s', (query) => {
    expect(checkLogQl(query)).toEqual([]);
  });

  it.each(BAD)('refuses %s', (query, message, position) => {
    expect(checkLogQl(query).map((problem) => ({ message: problem.message, position: problem.position }))).toEqual([
      { message, position },
    ]);
  });

  it('shows the place in the query as it was written', () => {
    expect(checkLogQl('{namespace=~"${namespace:regex}"} |= `x` |= | json')[0]?.excerpt).toBe('…:regex}"} |= `x` |= | json');
  });

  it.each(['('.repeat(2_000), '{'.repeat(2_000), '`', '|'.repeat(2_000), '\u0000', '{a="\ud83d"', '${', '[['])(
    'survives hostile input %#',
    (query) => {
      expect(checkLogQl(query).length).toBeGreaterThan(0);
    },
  );
});
