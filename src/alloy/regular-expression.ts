import { regularExpressionProblem } from '../query/regular-expression';

/** Named groups as Go reads them: `(?P<name>…)` or `(?<name>…)`. */
const NAMED_GROUP = /\(\?P?<([A-Za-z_][A-Za-z0-9_]*)>/g;

/** Names of the groups of an expression, in their order. */
export const groupNames = (expression: string): string[] => [...expression.matchAll(NAMED_GROUP)].map(([, name]) => name);

/**
 * What is wrong with a regular expression.
 * @param empty what to do instead of an empty expression
 * @param named whether groups may have names
 */
export function expressionProblems(property: string, expression: string, empty: string, named = false): string[] {
  const shown = JSON.stringify(expression);
  if (expression === '') {
    return [`${property} is ${shown}; allowed is an expression that is not empty: ${empty}`];
  }
  if (!named && groupNames(expression).length > 0) {
    return [`${property} is ${shown}; allowed is an expression without named groups: write "(" for "(?P<name>"`];
  }
  const problem = regularExpressionProblem(expression);
  return problem === undefined
    ? []
    : [`${property} is ${shown}; allowed is a regular expression as RE2 reads it: correct it (${problem})`];
}
