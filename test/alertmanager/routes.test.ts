import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AlertMatcher } from '../../src/alertmanager/alert-matcher';
import { AlertReceiver } from '../../src/alertmanager/alert-receiver';
import type { AlertRoute } from '../../src/alertmanager/alert-route';
import { placedRoutes, routeProblems, subsumes } from '../../src/alertmanager/route-checks';
import { receiversOf } from '../../src/alertmanager/routing';
import { listedValues, regularExpressionProblem } from '../../src/query/regular-expression';

const { equal, notEqual, matches, notMatches, oneOf, noneOf } = AlertMatcher;

const problemsOf = (routes: AlertRoute[]) =>
  routeProblems(placedRoutes('route', routes, { before: [], groupInterval: undefined, repeatInterval: undefined }));

describe('matchers', () => {
  it('are written so that both parsers read them alike', () => {
    expect(equal('a', 'b').toString()).toBe('a="b"');
    expect(notEqual('a', 'say "x"\\\nnext').toString()).toBe('a!="say \\"x\\"\\\\\\nnext"');
    expect(oneOf('a', ['x.y', 'z']).toString()).toBe('a=~"x\\\\.y|z"');
    expect(notMatches('a', '\\d+').toString()).toBe('a!~"\\\\d+"');
  });

  it('find the texts of an expression that is a list', () => {
    expect(listedValues('a|b\\.c|')).toEqual(['a', 'b.c', '']);
    expect(listedValues('a|b.c')).toBeUndefined();
    expect(listedValues('\\d')).toBeUndefined();
    expect(listedValues('😀|\\|')).toEqual(['😀', '|']);
  });

  it.each(['a(?=b)', '(a)\\1', 'a(', '[b-a]', '*a', 'a\\', '\\y', '(?<!x)y'])(
    'refuse the pattern %s, which is no RE2',
    (pattern) => {
      expect(regularExpressionProblem(pattern)).toEqual(expect.any(String));
    },
  );

  it.each([
    '',
    '.*',
    '(?i)error',
    '(?P<name>x)+',
    '[[:alpha:]]+',
    '\\pL\\p{Greek}',
    '\\Qa(\\E',
    'x{2,3}?',
    '\\Aa\\z',
    'prod-[a-z]{2}',
  ])('take the pattern %s', (pattern) => {
    expect(regularExpressionProblem(pattern)).toBeUndefined();
  });
});

describe('what one condition says about another', () => {
  it.each<[AlertMatcher[], AlertMatcher[], boolean]>([
    [[], [equal('a', 'x')], true],
    [[], [], true],
    [[equal('a', 'x')], [], false],
    [[equal('a', 'x')], [equal('a', 'x'), equal('b', 'y')], true],
    [[equal('a', 'x'), equal('b', 'y')], [equal('a', 'x')], false],
    [[oneOf('a', ['x', 'y'])], [equal('a', 'x')], true],
    [[oneOf('a', ['x', 'y'])], [oneOf('a', ['y', 'x'])], true],
    [[oneOf('a', ['x'])], [oneOf('a', ['x', 'y'])], false],
    [[oneOf('a', ['x'])], [oneOf('a', ['x', 'y']), notEqual('a', 'y')], true],
    [[matches('a', 'x.*')], [equal('a', 'xyz')], true],
    [[matches('a', 'x.*')], [matches('a', 'xy.*')], false],
    [[matches('a', '(?i)x')], [equal('a', 'X')], false],
    [[matches('a', '.*')], [matches('a', 'x.+')], true],
    [[matches('a', '.+')], [notEqual('a', '')], true],
    [[matches('a', '.+')], [notEqual('a', 'x')], false],
    [[notEqual('a', 'x')], [equal('a', 'y')], true],
    [[notEqual('a', 'x')], [], false],
    [[notEqual('a', 'x')], [noneOf('a', ['x', 'y'])], true],
    [[noneOf('a', ['x', 'y'])], [notEqual('a', 'x')], false],
    [[noneOf('a', ['x', 'y'])], [notEqual('a', 'x'), notEqual('a', 'y')], true],
    [[notMatches('a', 'x.*')], [notMatches('a', 'x.*')], true],
    [[notMatches('a', 'x.*')], [matches('a', 'y.*')], false],
    [[equal('a', '')], [equal('b', 'x')], false],
  ])('%s covers %s: %s', (wide, narrow, answer) => {
    expect(subsumes(wide, narrow)).toBe(answer);
  });

  it('is never more than true', () => {
    const text = fc.constantFrom('', 'x', 'y', 'xy');
    const matcher = fc.oneof(
      fc.tuple(fc.constantFrom('a', 'b'), text).map(([label, value]) => equal(label, value)),
      fc.tuple(fc.constantFrom('a', 'b'), text).map(([label, value]) => notEqual(label, value)),
      fc
        .tuple(fc.constantFrom('a', 'b'), fc.constantFrom('x|y', 'x.*', '.+', '.*', '[xy]', ''))
        .map(([label, value]) => matches(label, value)),
      fc
        .tuple(fc.constantFrom('a', 'b'), fc.constantFrom('x|y', 'x.*', '.+', '[xy]'))
        .map(([label, value]) => notMatches(label, value)),
    );
    const matchers = fc.array(matcher, { maxLength: 3 });
    const holds = (all: AlertMatcher[], labels: Record<string, string>) => all.every((m) => m._accepts(labels[m.label]));
    fc.assert(
      fc.property(matchers, matchers, text, text, (wide, narrow, a, b) => {
        fc.pre(subsumes(wide, narrow) && holds(narrow, { a, b }));
        expect(holds(wide, { a, b })).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});

describe('a tree', () => {
  const receiver = AlertReceiver.nobody('r');

  it('must have no route that an earlier one hides', () => {
    const [problem, ...others] = problemsOf([
      { matchers: [oneOf('severity', ['critical', 'warning'])], receiver },
      { matchers: [equal('severity', 'critical'), equal('team', 'a')], receiver },
      { matchers: [equal('severity', 'info')], receiver },
    ]);
    expect(problem).toBe(
      'route.routes[1] matches severity="critical", team="a"; allowed are alerts that route.routes[0], which matches severity=~"critical|warning", leaves over: ' +
        'put it before that route, or let that route `continue`',
    );
    expect(others).toEqual([]);
  });

  it('may have one behind a route that continues', () => {
    expect(
      problemsOf([
        { matchers: [], receiver, continue: true },
        { matchers: [equal('a', 'x')], receiver },
      ]),
    ).toEqual([]);
  });

  it('knows the conditions of the routes above', () => {
    expect(
      problemsOf([
        { matchers: [equal('team', 'a')], routes: [{ matchers: [equal('team', 'b')] }, { matchers: [equal('x', 'y')] }] },
        { matchers: [equal('team', 'b')], routes: [{ matchers: [equal('team', 'b')] }, { matchers: [equal('x', 'y')] }] },
      ]),
    ).toEqual([
      'route.routes[0].routes[0] has team="a", team="b", with those of the routes above it; allowed are conditions that an alert can fulfil: correct them',
      'route.routes[1].routes[1] matches x="y"; allowed are alerts that route.routes[1].routes[0], which matches team="b", leaves over: ' +
        'put it before that route, or let that route `continue`',
    ]);
  });

  it('is followed as Alertmanager follows it', () => {
    const to = (name: string) => AlertReceiver.nobody(name);
    const root = {
      receiver: to('root'),
      routes: [
        { matchers: [equal('team', 'a')], receiver: to('a'), continue: true, routes: [{ matchers: [equal('deep', '1')] }] },
        {
          matchers: [notEqual('team', '')],
          receiver: to('teams'),
          routes: [{ matchers: [matches('x', 'y+')], receiver: to('y') }],
        },
        { matchers: [equal('team', 'a')], receiver: to('never') },
      ],
    };
    expect(receiversOf(root, {})).toEqual(['root']);
    expect(receiversOf(root, { team: 'a' })).toEqual(['a', 'teams']);
    expect(receiversOf(root, { team: 'a', deep: '1', x: 'yy' })).toEqual(['a', 'y']);
    expect(receiversOf(root, { team: 'b', x: 'y' })).toEqual(['y']);
    expect(() => receiversOf({ ...root, routes: [{ matchers: [matches('a', '(?i)x')] }] }, {})).toThrow('ask amtool');
  });
});
