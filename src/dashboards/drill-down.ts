import { condition, is, isNot, type Matcher, selector } from '../query/expressions';
import { variableLiteral } from '../query/text-literals';
import type { DataLabels } from '../settings/data-labels';
import type { DataLink } from './grafana-model';

/** The value of another column in the row that was clicked, encoded for an address. */
export function columnValue(column: string): string {
  return `\${__data.fields["${column}"]:percentencode}`;
}

/** A text as part of an address; half a surrogate pair, which has no code there, becomes U+FFFD. */
function encoded(text: string): string {
  return encodeURIComponent(Buffer.from(text, 'utf8').toString('utf8'));
}

/** Stands for a value that Grafana puts into an encoded text; a private character that no validated name holds. */
const PLACE = '\ue000';

/**
 * Opens a board for what was clicked, in the same stretch of time.
 * @param variables value of each of its variables, as Grafana reference that is encoded already
 */
export function boardLink(title: string, uid: string, variables: Readonly<Record<string, string>>): DataLink {
  const parameters = Object.entries(variables).map(([name, value]) => `var-${name}=${value}`);
  return {
    title,
    url: `/d/${encoded(uid)}?${['from=${__from}', 'to=${__to}', ...parameters].join('&')}`,
    targetBlank: true,
  };
}

/** A stretch of the chosen values that an address takes over: `var-cluster=a&var-cluster=b`. */
export function chosen(variable: string): string {
  return `\${${variable}:queryparam}`;
}

/** Where and what Explore shall search. */
export interface LogSearch {
  /** Uid of the Loki data source. */
  readonly dataSource: string;
  readonly streams: readonly Matcher[];
  /** Label or structured metadata that holds the looked-for value. */
  readonly field: string;
  /** Column of the clicked row with the value. */
  readonly column: string;
}

/**
 * Opens Explore on the log lines that belong to a row of a table, in the same stretch of time. The state is JSON inside the
 * address (Grafana: Explore, "panes", schema 1): everything but Grafana's references is encoded, quotes of the query as
 * `%5C%22`, and the references themselves ask for encoding.
 */
export function exploreLink(title: string, search: LogSearch): DataLink {
  const expr = `${selector('', search.streams)} | ${condition({ ...is(search.field, ''), literal: variableLiteral(PLACE) })}`;
  return { title, url: exploreAddress(search.dataSource, expr, [columnValue(search.column)]), targetBlank: true };
}

/**
 * The lines that all matchers meet, which name each label once. Pod and node are no labels of streams unless a pipeline says so
 * (`podAsLabel`): a filter finds them either way.
 */
export function linesOf(matchers: readonly Matcher[], { pod, node, namespace }: DataLabels): string {
  const filters = matchers.filter(({ label }) => label === pod || label === node);
  // "All" may stand for anything, and Loki wants one matcher that an absent label does not meet.
  const streams = matchers
    .filter((matcher) => !filters.includes(matcher))
    .flatMap((matcher) => [isNot(matcher.label, ''), matcher]);
  const present = streams.length > 0 ? streams : [isNot(namespace, '')];
  return [selector('', present), ...filters.map((filter) => `| ${condition(filter)}`)].join(' ');
}

/**
 * The address of Explore with the lines whose labels have the given values.
 * @param values for each label, the reference to its value or, joined by `|`, values
 */
export function exploreLines(dataSource: string, values: Readonly<Record<string, string>>, labels: DataLabels): string {
  const last = (label: string) => Number(label === labels.pod || label === labels.node);
  // As they stand in the query.
  const names = Object.keys(values).sort((a, b) => last(a) - last(b));
  const matchers = names.map((label): Matcher => ({ label, operator: '=~', literal: variableLiteral(PLACE) }));
  return exploreAddress(
    dataSource,
    linesOf(matchers, labels),
    names.map((label) => values[label]),
  );
}

/** @param values references that stand, in this order, where the query has a place */
function exploreAddress(dataSource: string, expr: string, values: readonly string[]): string {
  const panes = {
    logs: {
      datasource: dataSource,
      queries: [{ refId: 'A', datasource: { type: 'loki', uid: dataSource }, expr, queryType: 'range', editorMode: 'code' }],
      range: { from: PLACE, to: PLACE },
    },
  };
  const references = [...values, '${__from}', '${__to}'];
  const state = JSON.stringify(panes)
    .split(PLACE)
    .map((part, index) => encoded(part) + (references[index] ?? ''))
    .join('');
  return `/explore?schemaVersion=1&panes=${state}`;
}
