/** Why a query about a healthy cluster may have nothing to show: what it selects does not exist there, or it filters by value. */
import { nodesNamed } from '../../../src/query/promql';
import { parseQuery } from '../../../src/query/syntax';

/** The selectors of a PromQL query. */
export function selectorsOf(query: string): string[] {
  const parsed = parseQuery('promql', query);
  return [...new Set(nodesNamed(parsed, 'VectorSelector').map((selector) => parsed.textOf(selector)))];
}

const COMPARISONS = new Set(['Eql', 'EqlC', 'Neq', 'Gtr', 'Lss', 'Gte', 'Lte']);

/** Whether a PromQL query keeps only values above, below or beside others. */
export function filtersByValue(query: string): boolean {
  return parseQuery('promql', query).nodes.some(
    ({ name, parent }) =>
      COMPARISONS.has(name) && parent?.name === 'BinaryExpr' && !parent.children.some((child) => child.name === 'BoolModifier'),
  );
}
