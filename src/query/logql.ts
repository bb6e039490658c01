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

/** What Loki would refuse in a LogQL query; Grafana's variables may stand in it. Empty when the query is good. */
export function checkLogQl(query: string): QueryProblem[] {
  const parsed = parseQuery('logql', query);
  const problems = syntaxProblems(parsed);
  return problems.length > 0 ? problems : [...literalProblems(parsed, 'String'), ...selectorProblems(parsed)];
}

/** Loki wants one matcher in each stream selector that an absent label does not meet (syntax/parser.go, validateMatchers). */
function selectorProblems(parsed: ParsedQuery): QueryProblem[] {
  return parsed.nodes
    .filter((node) => node.name === 'Selector')
    .filter((selector) => {
      const matchers = parsed.nodes.filter(
        (node) => node.name === 'Matcher' && node.from >= selector.from && node.to <= selector.to,
      );
      return matchers.every((matcher) => meetsAbsentLabel(parsed, matcher));
    })
    .map((selector) => parsed.problem('the stream selector has no matcher that an absent label would not meet', selector.from));
}

function meetsAbsentLabel(parsed: ParsedQuery, matcher: SyntaxNode): boolean {
  const [, operator, literal] = matcher.children;
  if (operator === undefined || literal === undefined) {
    return false;
  }
  const value = unquote(parsed.textOf(literal));
  return 'text' in value && acceptsEmpty(parsed.textOf(operator), value.text);
}
