import { ARGUMENT_COUNTS, PARAMETERIZED_AGGREGATIONS, rangeArgumentOf } from './promql-functions';
import {
  acceptsEmpty,
  literalProblems,
  type ParsedQuery,
  parseQuery,
  type QueryProblem,
  type SyntaxNode,
  syntaxProblems,
} from './syntax';
import { unquote } from './text-literals';

/** The window of a range vector. */
export interface QueryRange {
  /** As written: `5m`, `$__rate_interval`. */
  readonly text: string;
  /** Its length; undefined where a variable or a calculation decides it. */
  readonly milliseconds: number | undefined;
  /** Offset in the query, counted from 0. */
  readonly position: number;
}

/** What Prometheus would refuse in a PromQL query; Grafana's variables may stand in it. Empty when the query is good. */
export function checkPromQl(query: string): QueryProblem[] {
  const parsed = parseQuery('promql', query);
  const problems = syntaxProblems(parsed);
  return problems.length > 0
    ? problems
    : [
        ...literalProblems(parsed, 'StringLiteral'),
        ...selectorProblems(parsed),
        ...callProblems(parsed),
        ...rangeProblems(parsed),
      ];
}

/** Names of the metrics that a query reads by an exact name, sorted. Names that hold a variable are not among them. */
export function metricNamesOf(query: string): string[] {
  const parsed = parseQuery('promql', query);
  const names = nodesNamed(parsed, 'VectorSelector').flatMap((selector) => {
    const name = exactName(parsed, selector);
    return name === undefined || parsed.substituted.isVariable(name.node.from, name.node.to) ? [] : [name.text];
  });
  return [...new Set(names)].sort();
}

/** Names of the labels that a query matches, groups or joins by, sorted. Names that hold a variable are not among them. */
export function labelsOf(query: string): string[] {
  const parsed = parseQuery('promql', query);
  const labels = parsed.nodes.flatMap((node) => {
    const isMetricName = node.name === 'QuotedLabelName' && node.parent?.name === 'LabelMatchers';
    if (
      (node.name !== 'LabelName' && node.name !== 'QuotedLabelName') ||
      isMetricName ||
      parsed.substituted.isVariable(node.from, node.to)
    ) {
      return [];
    }
    const text = node.name === 'LabelName' ? parsed.textOf(node) : textOfLiteral(parsed, node);
    return text === undefined || text === '__name__' ? [] : [text];
  });
  return [...new Set(labels)].sort();
}

/** Windows of the range vectors of a query, in the order in which they stand. Subqueries have none: they ask for steps. */
export function rangesOf(query: string): QueryRange[] {
  const parsed = parseQuery('promql', query);
  return nodesNamed(parsed, 'MatrixSelector').flatMap((selector) => {
    const duration = selector.children.find((child) => child.name === 'DurationExpr');
    if (duration === undefined) {
      return [];
    }
    const known = !parsed.substituted.isVariable(duration.from, duration.to);
    return [
      {
        text: parsed.originalTextOf(duration),
        milliseconds: known ? millisecondsOf(parsed.textOf(duration)) : undefined,
        position: parsed.substituted.originalPosition(duration.from),
      },
    ];
  });
}

const MILLISECONDS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
  y: 31_536_000_000,
};

function millisecondsOf(duration: string): number | undefined {
  if (/^\d+(\.\d+)?$/.test(duration)) {
    return Number(duration) * 1000;
  }
  if (!/^(?:\d+(?:ms|[smhdwy]))+$/.test(duration)) {
    return undefined;
  }
  return [...duration.matchAll(/(\d+)(ms|[smhdwy])/g)].reduce(
    (sum, [, amount, unit]) => sum + Number(amount) * (MILLISECONDS[unit ?? ''] ?? 0),
    0,
  );
}

export function nodesNamed(parsed: ParsedQuery, name: string): SyntaxNode[] {
  return parsed.nodes.filter((node) => node.name === name);
}

export interface ExactName {
  readonly text: string;
  readonly node: SyntaxNode;
}

/** The name of a selector: `name{…}`, `{"name", …}` or `{__name__="name"}`. */
export function exactName(parsed: ParsedQuery, selector: SyntaxNode): ExactName | undefined {
  const identifier = selector.children.find((child) => child.name === 'Identifier');
  if (identifier !== undefined) {
    return { text: parsed.textOf(identifier), node: identifier };
  }
  for (const matcher of matchersOf(selector)) {
    const isNameMatcher =
      matcher.name === 'UnquotedLabelMatcher' &&
      parsed.textOf(matcher.children[0] ?? matcher) === '__name__' &&
      parsed.textOf(matcher.children[1] ?? matcher) === '=';
    const literal = matcher.name === 'QuotedLabelName' ? matcher : isNameMatcher ? matcher.children[2] : undefined;
    const text = literal && textOfLiteral(parsed, literal);
    if (literal !== undefined && text !== undefined) {
      return { text, node: literal };
    }
  }
  return undefined;
}

export function matchersOf(selector: SyntaxNode): SyntaxNode[] {
  return selector.children.filter((child) => child.name === 'LabelMatchers').flatMap((matchers) => matchers.children);
}

export function textOfLiteral(parsed: ParsedQuery, literal: SyntaxNode): string | undefined {
  const result = unquote(parsed.textOf(literal));
  return 'text' in result ? result.text : undefined;
}

function selectorProblems(parsed: ParsedQuery): QueryProblem[] {
  return nodesNamed(parsed, 'VectorSelector')
    .filter((selector) => exactName(parsed, selector) === undefined && !isInformationArgument(parsed, selector))
    .filter((selector) => matchersOf(selector).every((matcher) => meetsAbsentLabel(parsed, matcher)))
    .map((selector) =>
      parsed.problem('the selector has neither a metric name nor a matcher that an absent label would not meet', selector.from),
    );
}

/** The second argument of `info` selects labels of info metrics and may do without a name. */
function isInformationArgument(parsed: ParsedQuery, selector: SyntaxNode): boolean {
  const body = selector.parent;
  const call = body?.parent;
  return call?.name === 'FunctionCall' && functionName(parsed, call) === 'info' && body?.children[1] === selector;
}

function meetsAbsentLabel(parsed: ParsedQuery, matcher: SyntaxNode): boolean {
  const [, operator, literal] = matcher.children;
  const value = literal && textOfLiteral(parsed, literal);
  return operator !== undefined && value !== undefined && acceptsEmpty(parsed.textOf(operator), value);
}

export function functionName(parsed: ParsedQuery, call: SyntaxNode): string {
  const [name] = call.children;
  return name === undefined ? '' : parsed.textOf(name);
}

export function argumentsOf(call: SyntaxNode): SyntaxNode[] {
  return call.children.filter((child) => child.name === 'FunctionCallBody').flatMap((body) => body.children);
}

/** Aggregations and functions with too few or too many arguments, or an instant vector where a range is needed. */
function callProblems(parsed: ParsedQuery): QueryProblem[] {
  return parsed.nodes.flatMap((call) => {
    if (call.name !== 'FunctionCall' && call.name !== 'AggregateExpr') {
      return [];
    }
    const name = functionName(parsed, call);
    const given = argumentsOf(call);
    const aggregate = PARAMETERIZED_AGGREGATIONS.includes(name.toLowerCase()) ? 2 : 1;
    const [least, most] = call.name === 'AggregateExpr' ? [aggregate, aggregate] : (ARGUMENT_COUNTS[name] ?? [1, 1]);
    if (given.length < least || given.length > most) {
      const allowed =
        least === most ? `${least}` : most === Number.POSITIVE_INFINITY ? `at least ${least}` : `${least} to ${most}`;
      return [parsed.problem(`${name} has ${given.length} arguments, but takes ${allowed}`, call.from)];
    }
    const ranged = call.name === 'FunctionCall' ? rangeArgumentOf(name) : undefined;
    const argument = ranged === undefined ? undefined : given[ranged];
    return argument === undefined || isRange(argument)
      ? []
      : [parsed.problem(`${name} needs a range such as [5m] behind its selector`, argument.from)];
  });
}

const TRANSPARENT: readonly string[] = ['ParenExpr', 'OffsetExpr', 'StepInvariantExpr', 'AnchoredExpr', 'SmoothedExpr'];

function isRange(node: SyntaxNode): boolean {
  let inner: SyntaxNode | undefined = node;
  while (inner !== undefined && TRANSPARENT.includes(inner.name)) {
    inner = inner.children[0];
  }
  return inner?.name === 'MatrixSelector' || inner?.name === 'SubqueryExpr';
}

/** Ranges that stand where an instant vector is needed, or behind something that is not a selector. */
function rangeProblems(parsed: ParsedQuery): QueryProblem[] {
  return parsed.nodes.flatMap((node) => {
    if (node.name !== 'MatrixSelector' && node.name !== 'SubqueryExpr') {
      return [];
    }
    if (node.name === 'MatrixSelector' && node.children[0]?.name !== 'VectorSelector') {
      return [
        parsed.problem(
          'a range stands only behind a selector; a subquery such as [1h:5m] stands behind any expression',
          node.from,
        ),
      ];
    }
    let outer = node;
    while (outer.parent !== undefined && TRANSPARENT.includes(outer.parent.name)) {
      outer = outer.parent;
    }
    const body = outer.parent;
    const call = body?.parent;
    const position = call?.name === 'FunctionCall' ? argumentsOf(call).indexOf(outer) : -1;
    const wanted = call === undefined || position < 0 ? undefined : rangeArgumentOf(functionName(parsed, call));
    return position >= 0 && wanted === position
      ? []
      : [parsed.problem('a range vector stands where an instant vector is needed', node.from)];
  });
}
