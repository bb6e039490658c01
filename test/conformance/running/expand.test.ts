import { describe, expect, it } from 'vitest';
import type { DashboardVariable } from './dashboard-model';
import { chosen, expand, filtered } from './expand';
import { filtersByValue, selectorsOf } from './selections';

const RANGE = { from: 1000, to: 4600, step: 30, scrapeInterval: 30 };
const several = new Map([['status', { values: ["it's", 'a.b'], multi: true }]]);
const one = new Map([['pod', { values: ['a.b$'], multi: true }]]);
const all = new Map([['status', { values: ['x'], multi: true, raw: '`status`' }]]);
const variable = (more: Partial<DashboardVariable>): DashboardVariable => ({ type: 'query', name: 'v', ...more });

describe('what Grafana does to a query', () => {
  it('inserts values as the data source or the format wants them', () => {
    expect(expand('x{s=~"$status"}', several, 'prometheus', RANGE)).toBe('x{s=~"(it\'s|a\\\\.b)"}');
    expect(expand('x{s=~"$pod"}', one, 'loki', RANGE)).toBe('x{s=~"a\\\\.b\\\\$"}');
    expect(expand('|~ `${pod:raw}`', one, 'loki', RANGE)).toBe('|~ `a.b$`');
    expect(expand('IN (${status:sqlstring})', several, 'mysql', RANGE)).toBe("IN ('it''s','a.b')");
    expect(expand('IN ($status)', all, 'mysql', RANGE)).toBe('IN (`status`)');
  });

  it('works out ranges and intervals', () => {
    expect(expand('rate(x[$__rate_interval]) + rate(x[$__range]) + rate(x[${__interval}])', new Map(), 'prometheus', RANGE)).toBe(
      'rate(x[120s]) + rate(x[3600s]) + rate(x[30s])',
    );
    expect(expand('count_over_time({a="b"}[$__auto])', new Map(), 'loki', RANGE)).toBe('count_over_time({a="b"}[30s])');
    expect(expand('$__timeGroupAlias(`at`, $__interval) WHERE $__timeFilter(`at`)', new Map(), 'mysql', RANGE)).toBe(
      'UNIX_TIMESTAMP(`at`) DIV 30 * 30 AS "time" WHERE `at` BETWEEN FROM_UNIXTIME(1000) AND FROM_UNIXTIME(4600)',
    );
  });

  it('leaves nothing unexpanded', () => {
    expect(() => expand('x{a="$other"}', several, 'prometheus', RANGE)).toThrow('$other is neither a variable of the dashboard');
    expect(() => expand('${status:json}', several, 'prometheus', RANGE)).toThrow('format json');
    expect(expand('x{a=~"b$"}', several, 'prometheus', RANGE)).toBe('x{a=~"b$"}');
  });

  it('chooses what a dashboard opens with', () => {
    expect(chosen(variable({ current: { value: ['$__all'] }, includeAll: true, allValue: '.*' }), ['a'])).toEqual({
      values: ['a'],
      multi: true,
      raw: '.*',
    });
    expect(chosen(variable({ current: { value: ['$__all'] }, includeAll: true }), ['a', 'b'])).toEqual({
      values: ['a', 'b'],
      multi: true,
    });
    expect(chosen(variable({ current: { value: ['b'] } }), ['a', 'b'])).toEqual({ values: ['b'], multi: true });
    expect(chosen(variable({ type: 'textbox', current: { value: '' } }), [''])).toEqual({ values: [''], multi: false });
  });

  it('takes parts of values by a regular expression', () => {
    expect(filtered(['a-1', 'a-2', 'b'], variable({ regex: '/^(.)-/' }))).toEqual(['a']);
    expect(filtered(['a', 'b'], variable({}))).toEqual(['a', 'b']);
  });
});

describe('a query that shows nothing', () => {
  it('is asked for what it selects', () => {
    expect(selectorsOf('sum(rate(a_total{b="c"}[5m])) / sum(rate(d_total[5m]))')).toEqual(['a_total{b="c"}', 'd_total']);
  });

  it.each([
    ['a > 0', true],
    ['a{b!="c"} == 1', true],
    ['a{b!="c"}', false],
    ['a > bool 0', false],
  ])('filters by value: %s', (query, filters) => {
    expect(filtersByValue(query)).toBe(filters);
  });
});
