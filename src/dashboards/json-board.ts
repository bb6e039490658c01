import type { Duration } from 'cdk8s';
import { checkLogQl } from '../query/logql';
import { checkPromQl, rangesOf } from '../query/promql';
import type { DashboardContext, DashboardModel } from './dashboard-context';
import type { JsonDashboardProps } from './dashboard-options';

type JsonObject = { readonly [key: string]: unknown };

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Nesting beyond any dashboard; what works through JSON by recursion must not run out of stack. */
const MOST_LEVELS = 100;

/** The object inside a text; undefined when there is none. */
function objectOf(json: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(json);
    return isObject(value) && isShallow(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isShallow(value: object): boolean {
  let level: object[] = [value];
  for (let depth = 0; depth < MOST_LEVELS && level.length > 0; depth++) {
    level = level.flatMap((item): unknown[] => Object.values(item)).filter((item) => typeof item === 'object' && item !== null);
  }
  return level.length === 0;
}

/** The title that a user's board gets. */
export function titleOf(props: JsonDashboardProps): string {
  const title = props.title ?? objectOf(props.json)?.title;
  return typeof title === 'string' ? title : '';
}

/** A user's board with its fixed address. `id` numbers a row of one Grafana's database and means nothing in another. */
export function jsonBoard(props: JsonDashboardProps): DashboardModel {
  const given = objectOf(props.json) ?? {};
  const tags = [...(Array.isArray(given.tags) ? given.tags : []), ...(props.tags ?? [])];
  return { ...given, id: null, uid: props.uid, title: titleOf(props), ...(tags.length === 0 ? {} : { tags }) };
}

/** What Grafana, Prometheus or Loki would refuse in a user's board. */
export function jsonProblems(props: JsonDashboardProps, context: DashboardContext): string[] {
  const given = objectOf(props.json);
  if (given === undefined) {
    return [
      `json is ${JSON.stringify(shortened(props.json))}; allowed is the JSON object of a dashboard: export the dashboard as JSON`,
    ];
  }
  if (isObject(given.dashboard) && given.panels === undefined) {
    return [
      'json is an answer of the HTTP API, {"dashboard": …}; allowed is the bare dashboard: give what is inside "dashboard"',
    ];
  }
  if (given.elements !== undefined || isObject(given.spec)) {
    return ['json is a dashboard of schema 2; allowed is the classic model: export the dashboard as "Classic" JSON'];
  }
  const placeholders = new Set(props.json.match(/\$\{DS_[A-Z0-9_-]+\}/g) ?? []);
  return [
    ...(given.__inputs === undefined
      ? []
      : [
          'json.__inputs is present; allowed are only dashboards with fixed data sources: export without "for sharing externally"',
        ]),
    ...[...placeholders].map(
      (placeholder) => `json has the data source ${placeholder}; allowed are uids of data sources: put the uid in its place`,
    ),
    ...queryProblems(given, 'json', undefined, context),
  ];
}

function shortened(text: string): string {
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}

/**
 * Queries stand as `expr` of a panel's targets and of annotations. Their language is that of the data source of the target or,
 * where the target names none, of the panel. A data source without a type is known by its uid.
 */
function queryProblems(value: unknown, path: string, language: string | undefined, context: DashboardContext): string[] {
  if (Array.isArray(value)) {
    return value.flatMap((item, index) => queryProblems(item, `${path}[${index}]`, language, context));
  }
  if (!isObject(value)) {
    return [];
  }
  const own = languageOf(value.datasource, context) ?? language;
  const problems = typeof value.expr === 'string' ? problemsOf(value.expr, `${path}.expr`, own, context) : [];
  return [
    ...problems,
    ...Object.entries(value).flatMap(([key, child]) =>
      key === 'expr' ? [] : queryProblems(child, `${path}.${key}`, own, context),
    ),
  ];
}

function languageOf(datasource: unknown, context: DashboardContext): string | undefined {
  const { prometheus, thanos, loki } = context.dataSources;
  const uid = isObject(datasource) ? datasource.uid : datasource;
  if (isObject(datasource) && typeof datasource.type === 'string') {
    return datasource.type;
  }
  if (typeof uid !== 'string') {
    return undefined;
  }
  return uid === loki ? 'loki' : uid === prometheus || uid === thanos ? 'prometheus' : undefined;
}

function problemsOf(query: string, path: string, language: string | undefined, context: DashboardContext): string[] {
  if (query.trim() === '' || (language !== 'prometheus' && language !== 'loki')) {
    return [];
  }
  const [name, check] = language === 'loki' ? (['LogQL', checkLogQl] as const) : (['PromQL', checkPromQl] as const);
  return [
    ...check(query).map(
      (problem) =>
        `${path} is ${JSON.stringify(shortened(query))}; allowed is ${name}: ` +
        `correct position ${problem.position}, near ${JSON.stringify(problem.excerpt)}: ${problem.message}`,
    ),
    ...(language === 'prometheus' ? rangeProblems(query, path, context.scrapeInterval) : []),
  ];
}

/** A window must hold two samples to show a change, and since Prometheus 3 its left end is open. */
function rangeProblems(query: string, path: string, scrapeInterval: Duration): string[] {
  const least = 2 * scrapeInterval.toMilliseconds();
  return rangesOf(query)
    .filter((range) => range.milliseconds !== undefined && range.milliseconds < least)
    .map(
      (range) =>
        `${path} has the range [${range.text}]; allowed is at least ${least / 1000}s, two scrape intervals: use [$__rate_interval]`,
    );
}
