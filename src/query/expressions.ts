import { anyOf, textLiteral, variableLiteral } from './text-literals';

/** A condition on a label, as PromQL and LogQL write it: in braces or, in LogQL, as a filter behind a pipe. */
export interface Matcher {
  readonly label: string;
  readonly operator: '=' | '!=' | '=~' | '!~';
  /** The value as string literal. */
  readonly literal: string;
}

/** The label has this value. */
export function is(label: string, value: string): Matcher {
  return { label, operator: '=', literal: textLiteral(value) };
}

/** The label has another value, or exists at all where the value is empty. */
export function isNot(label: string, value: string): Matcher {
  return { label, operator: '!=', literal: textLiteral(value) };
}

/** The label has one of these values. */
export function isOneOf(label: string, values: readonly string[]): Matcher {
  return { label, operator: '=~', literal: textLiteral(anyOf(values)) };
}

/** The label has none of these values. */
export function isNoneOf(label: string, values: readonly string[]): Matcher {
  return { label, operator: '!~', literal: textLiteral(anyOf(values)) };
}

/** The label matches a regular expression of ours. */
export function matches(label: string, pattern: string): Matcher {
  return { label, operator: '=~', literal: textLiteral(pattern) };
}

/** The label does not match a regular expression of ours. */
export function doesNotMatch(label: string, pattern: string): Matcher {
  return { label, operator: '!~', literal: textLiteral(pattern) };
}

/** The label matches what was chosen in a Grafana variable; `reference` may hold more of a regular expression around it. */
export function isChosen(label: string, reference: string): Matcher {
  return { label, operator: '=~', literal: variableLiteral(reference) };
}

/** One condition. */
export function condition({ label, operator, literal }: Matcher): string {
  return `${label}${operator}${literal}`;
}

/** A selector of series (`metric{…}`) or, without a metric, of log streams (`{…}`). */
export function selector(metric: string, matchers: readonly Matcher[]): string {
  return `${metric}{${matchers.map(condition).join(', ')}}`;
}

/** Selectors that all begin with the same matchers, which are written once. */
export function selectorsOf(matchers: readonly Matcher[]): (metric: string, further: readonly Matcher[]) => string {
  const fixed = matchers.map(condition).join(', ');
  return (metric, further) =>
    further.length === 0 ? `${metric}{${fixed}}` : `${metric}{${fixed}, ${further.map(condition).join(', ')}}`;
}

/** A call: `rate(x)`, `histogram_quantile(0.95, x)`. */
export function call(name: string, ...given: readonly (string | number)[]): string {
  return `${name}(${given.join(', ')})`;
}

/** A selector over a window. */
export function over(expression: string, window: string): string {
  return `${expression}[${window}]`;
}

/** An aggregation that keeps the given labels. */
export function aggregate(operator: 'sum' | 'max' | 'min' | 'count', labels: readonly string[], expression: string): string {
  return `${operator}${labels.length === 0 ? '' : ` by (${labels.join(', ')}) `}(${expression})`;
}

/** Two expressions with an operator between. Operands that are operations themselves need `group`. */
export function operation(left: string, operator: string, right: string | number): string {
  return `${left} ${operator} ${right}`;
}

/** An expression in parentheses. */
export function group(expression: string): string {
  return `(${expression})`;
}
