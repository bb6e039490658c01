import type { Duration } from 'cdk8s';
import { type AlertMatcher, isLabelName } from './alert-matcher';
import type { AlertGrouping, AlertRoute, InhibitRule } from './alert-route';

/** A route of the tree, with what it has from those above it. */
export interface PlacedRoute {
  /** Where it stands: `route.routes[0].routes[1]`. */
  readonly property: string;
  readonly route: AlertRoute;
  /** Its conditions and those of the routes above it. */
  readonly matchers: readonly AlertMatcher[];
  /** Routes beside it that are asked before it and keep what they take. */
  readonly before: readonly { readonly property: string; readonly matchers: readonly AlertMatcher[] }[];
  readonly groupInterval: Duration | undefined;
  readonly repeatInterval: Duration | undefined;
}

/** All routes below one. */
export function placedRoutes(
  property: string,
  routes: readonly AlertRoute[],
  above: Pick<PlacedRoute, 'groupInterval' | 'repeatInterval' | 'before'>,
  inherited: readonly AlertMatcher[] = [],
): PlacedRoute[] {
  const before = [...above.before];
  return routes.flatMap((route, index) => {
    const placed: PlacedRoute = {
      property: `${property}.routes[${index}]`,
      route,
      matchers: [...inherited, ...route.matchers],
      before: [...before],
      groupInterval: route.groupInterval ?? above.groupInterval,
      repeatInterval: route.repeatInterval ?? above.repeatInterval,
    };
    if (!route.continue) {
      before.push({ property: placed.property, matchers: route.matchers });
    }
    return [placed, ...placedRoutes(placed.property, route.routes ?? [], { ...placed, before: [] }, placed.matchers)];
  });
}

const listed = (matchers: readonly AlertMatcher[]) => matchers.map((matcher) => `${matcher}`).join(', ') || 'everything';

/** The values of one label that conditions leave over; undefined if they are no list. */
function possibleValues(conditions: readonly AlertMatcher[]): string[] | undefined {
  const lists = conditions
    .filter(({ operator }) => operator === '=' || operator === '=~')
    .flatMap(({ _namedValues }) => (_namedValues === undefined ? [] : [_namedValues]));
  return lists.length === 0
    ? undefined
    : lists[0].filter((value) => conditions.every((condition) => condition._accepts(value) !== false));
}

const refuses = (conditions: readonly AlertMatcher[], value: string) =>
  conditions.some((condition) => condition._accepts(value) === false);

/** Whether each alert that fulfils the conditions of a label fulfils this one, too. What cannot be known is answered by no. */
function follows(matcher: AlertMatcher, conditions: readonly AlertMatcher[]): boolean {
  if (conditions.some(({ operator, value }) => operator === matcher.operator && value === matcher.value)) {
    return true;
  }
  const possible = possibleValues(conditions);
  if (possible !== undefined) {
    return possible.every((value) => matcher._accepts(value) === true);
  }
  switch (matcher.operator) {
    case '=':
      return false;
    case '=~':
      return matcher.value === '.*' || (matcher.value === '.+' && refuses(conditions, ''));
    default: {
      const refused = matcher._namedValues;
      // Nothing but texts is refused: whatever else the label may be is accepted.
      return refused?.every((value) => refuses(conditions, value)) ?? false;
    }
  }
}

/** Whether every alert of the second set of conditions is one of the first. */
export function subsumes(wide: readonly AlertMatcher[], narrow: readonly AlertMatcher[]): boolean {
  return wide.every((matcher) =>
    follows(
      matcher,
      narrow.filter(({ label }) => label === matcher.label),
    ),
  );
}

/** The label for which conditions leave no value. */
function contradiction(matchers: readonly AlertMatcher[]): string | undefined {
  return [...new Set(matchers.map(({ label }) => label))].find(
    (name) => possibleValues(matchers.filter(({ label }) => label === name))?.length === 0,
  );
}

function reachProblems({ property, route, matchers, before }: PlacedRoute): string[] {
  const label = contradiction(matchers);
  if (label !== undefined) {
    const conditions = matchers.filter((matcher) => matcher.label === label);
    return [
      `${property} has ${listed(conditions)}, with those of the routes above it; allowed are conditions that an alert can fulfil: correct them`,
    ];
  }
  const earlier = before.find((other) => subsumes(other.matchers, matchers));
  return earlier === undefined
    ? []
    : [
        `${property} matches ${listed(route.matchers)}; allowed are alerts that ${earlier.property}, which matches ${listed(earlier.matchers)}, leaves over: ` +
          'put it before that route, or let that route `continue`',
      ];
}

/** What is wrong with a length of time. */
export function durationProblems(property: string, duration: Duration | undefined, least: number): string[] {
  const length = duration?.toMilliseconds({ integral: false });
  return length === undefined || (Number.isInteger(length) && length >= least)
    ? []
    : [`${property} is ${length} ms; allowed are whole milliseconds from ${least}: correct it`];
}

/** What is wrong with the grouping of a route. */
export function groupingProblems(property: string, grouping: AlertGrouping): string[] {
  const { groupBy = [] } = grouping;
  const everything = groupBy.includes('...');
  return [
    ...groupBy
      .filter((label, index) => (label !== '...' && !isLabelName(label)) || groupBy.indexOf(label) < index)
      .map(
        (label) =>
          `${property}.groupBy has ${JSON.stringify(label)}; allowed are names of labels, each once, or "...": correct it`,
      ),
    ...(everything && groupBy.length > 1
      ? [`${property}.groupBy is ${JSON.stringify(groupBy)}; allowed is "..." alone: choose one or the other`]
      : []),
    ...durationProblems(`${property}.groupWait`, grouping.groupWait, 0),
    ...durationProblems(`${property}.groupInterval`, grouping.groupInterval, 1000),
    ...durationProblems(`${property}.repeatInterval`, grouping.repeatInterval, 1000),
  ];
}

/** What is wrong with the routes of a tree. */
export function routeProblems(routes: readonly PlacedRoute[]): string[] {
  return routes.flatMap((placed) => {
    const { property, route } = placed;
    const problems = [
      ...route.matchers.flatMap((matcher, index) => matcher._problems(`${property}.matchers[${index}]`)),
      ...groupingProblems(property, route),
    ];
    return [...problems, ...reachProblems(placed)];
  });
}

/** What is wrong with rules of inhibition. */
export function inhibitProblems(rules: readonly InhibitRule[]): string[] {
  return rules.flatMap(({ sourceMatchers, targetMatchers, equal = [] }, index) => {
    const property = `inhibitRules[${index}]`;
    return [
      ...Object.entries({ sourceMatchers, targetMatchers }).flatMap(([side, matchers]) => [
        ...(matchers.length === 0
          ? [`${property}.${side} is []; allowed is at least one condition, because none matches every alert: give one`]
          : []),
        ...matchers.flatMap((matcher, position) => matcher._problems(`${property}.${side}[${position}]`)),
      ]),
      ...equal
        .filter((label) => !isLabelName(label))
        .map((label) => `${property}.equal has ${JSON.stringify(label)}; allowed are names of labels: correct it`),
    ];
  });
}
