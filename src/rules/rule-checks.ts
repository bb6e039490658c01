import type { Duration } from 'cdk8s';
import { checkLogQl } from '../query/logql';
import { checkPromQl, rangesOf } from '../query/promql';
import type { AlertRule, RecordingRule, RuleGroup } from './rule';
import { templateProblems } from './templates';

/** What rules are checked against. */
export type RuleSurroundings =
  | { readonly language: 'promql'; readonly scrapeInterval: Duration }
  | { readonly language: 'logql' };

const quoted = (value: unknown) => JSON.stringify(value);

/** What is wrong with a user's group. */
export function groupProblems(property: string, group: RuleGroup, surroundings: RuleSurroundings): string[] {
  const { name, interval, records = [], alerts = [] } = group;
  const path = `${property}.${name}`;
  return [
    ...(/^[a-zA-Z0-9][\w.-]{0,99}$/.test(name)
      ? []
      : [`${property} has a group ${quoted(name)}; allowed are 1 to 100 letters, digits, "_", "." and "-": rename it`]),
    ...(records.length + alerts.length === 0
      ? [`${path} has no rules; allowed is at least one: add a record or an alert, or leave the group out`]
      : []),
    ...durationProblems(`${path}.interval`, interval, 1000),
    ...records.flatMap((rule) => recordProblems(`${path}.${rule.name}`, rule, surroundings)),
    ...alerts.flatMap((rule) => alertProblems(`${path}.${rule.name}`, rule, surroundings)),
  ];
}

/** What is wrong with a user's alert. */
export function alertProblems(path: string, rule: AlertRule, surroundings: RuleSurroundings): string[] {
  const { name, expr, summary, description, runbookUrl, labels = {}, forDuration, keepFiringFor } = rule;
  return [
    ...(/^[a-zA-Z_]\w*$/.test(name)
      ? []
      : [`${path} has the name ${quoted(name)}; allowed are letters, digits and "_", not starting with a digit: rename it`]),
    ...queryProblems(`${path}.expr`, expr, surroundings),
    ...durationProblems(`${path}.forDuration`, forDuration, 0),
    ...(keepFiringFor !== undefined && surroundings.language === 'logql'
      ? [`${path}.keepFiringFor is given; allowed is none in rules of Loki, which has no such setting: leave it out`]
      : durationProblems(`${path}.keepFiringFor`, keepFiringFor, 0)),
    ...(summary.trim() === '' ? [`${path}.summary is empty; allowed is a line: say what is wrong and where`] : []),
    ...Object.entries({ summary, description, ...prefixed('labels', labels) }).flatMap(([field, text]) =>
      text === undefined ? [] : templateProblems(`${path}.${field}`, text),
    ),
    ...(runbookUrl === undefined || /^https?:\/\/\S+$/.test(runbookUrl)
      ? []
      : [
          `${path}.runbookUrl is ${quoted(runbookUrl)}; allowed are addresses that start with "http://" or "https://": correct it`,
        ]),
    ...labelProblems(`${path}.labels`, labels),
  ];
}

const prefixed = (prefix: string, values: { readonly [name: string]: string }) =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [`${prefix}.${name}`, value]));

function recordProblems(path: string, { name, expr, labels = {} }: RecordingRule, surroundings: RuleSurroundings): string[] {
  return [
    ...(/^[a-zA-Z_]\w*(:\w+){2,}$/.test(name)
      ? []
      : [
          `${path} has the name ${quoted(name)}; allowed is "level:metric:operation", such as "namespace:http_requests:rate5m": rename it`,
        ]),
    ...queryProblems(`${path}.expr`, expr, surroundings),
    ...labelProblems(`${path}.labels`, labels, []),
  ];
}

function queryProblems(property: string, expr: string, surroundings: RuleSurroundings): string[] {
  const { language } = surroundings;
  const problems = language === 'promql' ? checkPromQl(expr) : checkLogQl(expr);
  if (problems.length > 0) {
    const name = language === 'promql' ? 'PromQL' : 'LogQL';
    return problems.map(
      ({ message, position, excerpt }) =>
        `${property} is ${quoted(expr)}; allowed is ${name}: ${message}, at ${position} (${quoted(excerpt)})`,
    );
  }
  const variable = /\$\{?\w+\}?|\[\[\w+\]\]/.exec(expr.replace(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`/gs, ''));
  if (variable !== null) {
    return [
      `${property} is ${quoted(expr)}; allowed are no variables, which only Grafana knows: write the value instead of ${quoted(variable[0])}`,
    ];
  }
  return surroundings.language === 'promql' ? windowProblems(property, expr, surroundings.scrapeInterval) : [];
}

/** Windows that hold fewer than two scrapes. */
function windowProblems(property: string, expr: string, scrapeInterval: Duration): string[] {
  const least = scrapeInterval.toMilliseconds() * 2;
  return rangesOf(expr)
    .filter(({ milliseconds = least }) => milliseconds < least)
    .map(
      ({ text }) =>
        `${property} has the window ${text}; allowed are at least two scrape intervals, ${least / 1000}s, because fewer samples make no rate: use ${(least * 2) / 1000}s or more`,
    );
}

/** What is wrong with the labels of a rule. */
export function labelProblems(
  property: string,
  labels: { readonly [name: string]: string },
  taken: readonly string[] = ['alertname', 'severity'],
): string[] {
  return Object.entries(labels).flatMap(([name, value]) => [
    ...(/^[a-zA-Z_]\w*$/.test(name) && !name.startsWith('__')
      ? []
      : [
          `${property} has the name ${quoted(name)}; allowed are letters, digits and "_", not starting with a digit or "__": rename the label`,
        ]),
    ...(taken.includes(name)
      ? [`${property} has the name ${quoted(name)}; allowed are labels that the rule has no property for: use that property`]
      : []),
    ...(value === '' ? [`${property}.${name} is ""; allowed is a value, because an empty label is none: give one`] : []),
  ]);
}

function durationProblems(property: string, duration: Duration | undefined, least: number): string[] {
  if (duration === undefined) {
    return [];
  }
  const length = duration.toMilliseconds({ integral: false });
  return Number.isInteger(length) && length >= least
    ? []
    : [`${property} is ${length} ms; allowed are whole milliseconds from ${least}: correct it`];
}

/**
 * Groups and rules that are there twice.
 * @param taken names of the library's alerts
 */
export function repeatedRules(property: string, groups: readonly RuleGroup[], taken: ReadonlySet<string> = new Set()): string[] {
  const names = groups.map(({ name }) => name);
  const alerts = groups.flatMap(({ alerts: own = [] }) => own);
  const records = groups.flatMap(({ records: own = [] }) => own);
  const identity = ({ name, labels = {} }: { readonly name: string; readonly labels?: { readonly [name: string]: string } }) =>
    quoted([name, Object.entries(labels).sort()]);
  return [
    ...twice(names, (name) => name).map(
      (name) => `${property} has the group ${quoted(name)} twice; allowed is one of a name: rename one, or join them`,
    ),
    ...twice(alerts, (alert) => quoted([identity(alert), alert.severity])).map(
      ({ name }) =>
        `${property} has the alert ${quoted(name)} twice; allowed is one of a name, severity and labels: rename one, or tell them apart`,
    ),
    ...twice(records, identity).map(
      ({ name }) =>
        `${property} has the record ${quoted(name)} twice; allowed is one of a name and labels, or their series would collide: rename one`,
    ),
    ...[...new Set(alerts.map(({ name }) => name))]
      .filter((name) => taken.has(name))
      .map(
        (name) =>
          `${property} has the alert ${quoted(name)}, which the library has too; allowed is one of them: use replace, or leave the library's out by without`,
      ),
  ];
}

/** The first of each value that occurs again. */
function twice<Value>(values: readonly Value[], key: (value: Value) => string): Value[] {
  const keys = values.map(key);
  return values.filter((_, index) => keys.indexOf(keys[index]) === index && keys.lastIndexOf(keys[index]) !== index);
}
