/** Named groups as Go reads them: `(?P<name>…)` or `(?<name>…)`. */
const NAMED_GROUP = /\(\?P?<([A-Za-z_][A-Za-z0-9_]*)>/g;

/** Names of the groups of an expression, in their order. */
export const groupNames = (expression: string): string[] => [...expression.matchAll(NAMED_GROUP)].map(([, name]) => name);

/**
 * What is wrong with a regular expression. Not a full parser of RE2: refuses what JavaScript refuses too, and what
 * JavaScript has and RE2 has not.
 * @param empty what to do instead of an empty expression
 * @param named whether groups may have names
 */
export function expressionProblems(property: string, expression: string, empty: string, named = false): string[] {
  const shown = JSON.stringify(expression);
  if (expression === '') {
    return [`${property} is ${shown}; allowed is an expression that is not empty: ${empty}`];
  }
  const checked = named ? expression.replace(NAMED_GROUP, '(') : expression;
  if (/\(\?(?:[=!<]|P[<=>])|\\[1-9]/.test(checked.replaceAll('\\\\', ''))) {
    const groups = named ? '' : ' and named groups';
    return [
      `${property} is ${shown}; allowed is RE2 without look-around${named ? ' and' : ','} back-references${groups}: write it without them`,
    ];
  }
  try {
    new RegExp(checked.replace(/\(\?[imsU-]+\)/g, '').replace(/\(\?[imsU-]+:/g, '(?:'));
    return [];
  } catch (error) {
    return [
      `${property} is ${shown}; allowed is a regular expression (RE2): correct it (${error instanceof Error ? error.message : error})`,
    ];
  }
}
