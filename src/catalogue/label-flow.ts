import { argumentsOf, exactName, functionName, matchersOf, textOfLiteral } from '../query/promql';
import { acceptsEmpty, type ParsedQuery, type SyntaxNode } from '../query/syntax';

/** Label names that series may have; undefined where nothing is known of them. */
export type Labels = ReadonlySet<string> | undefined;

/** Answers the labels of a selector, and says what is wrong with it. */
export type SelectorLabels = (selector: SyntaxNode) => Labels;

const NONE: Labels = new Set();

/** Set operators answer series of the left side as they are (`or`: of both). */
const SET_OPERATORS: readonly string[] = ['And', 'Or', 'Unless'];

/** Aggregations that answer series as they are. */
const CHOICES: readonly string[] = ['topk', 'bottomk', 'limitk', 'limit_ratio'];

/** Functions of scalars or of the clock. Without an argument, `hour` and the like read the clock too. */
const WITHOUT_LABELS: readonly string[] = ['vector', 'scalar', 'time', 'pi', 'start', 'end', 'step', 'range'];

/**
 * Follows labels through a PromQL expression, from its selectors outward. It finds labels that are grouped, joined or
 * brought over but that no series there has.
 */
export class LabelFlow {
  readonly problems: string[] = [];

  constructor(
    private readonly parsed: ParsedQuery,
    private readonly selectorLabels: SelectorLabels,
  ) {}

  /** Labels of the whole expression's answer. */
  follow(): Labels {
    const [root] = this.parsed.nodes;
    return root === undefined ? NONE : this.labelsOf(root);
  }

  private labelsOf(node: SyntaxNode): Labels {
    switch (node.name) {
      case 'VectorSelector':
        return this.selectorLabels(node);
      case 'AggregateExpr':
        return this.ofAggregation(node);
      case 'BinaryExpr':
        return this.ofOperation(node);
      case 'FunctionCall':
        return this.ofFunction(node);
      default: {
        const [inner] = node.children.filter(({ name }) => !/^(UnaryOp|Offset|At|DurationExpr)/.test(name));
        return inner === undefined ? NONE : this.labelsOf(inner);
      }
    }
  }

  private ofAggregation(node: SyntaxNode): Labels {
    const operator = functionName(this.parsed, node).toLowerCase();
    const given = argumentsOf(node);
    const vector = given.at(-1);
    const labels = vector === undefined ? NONE : this.labelsOf(vector);
    const modifier = node.children.find(({ name }) => name === 'AggregateModifier');
    const grouped = modifier === undefined ? [] : this.labelNames(modifier);
    const without = modifier?.children.some(({ name }) => name === 'Without') ?? false;
    if (!without) {
      this.expect(labels, grouped, `${operator} groups by`);
    }
    if (CHOICES.includes(operator)) {
      return labels;
    }
    const kept = without ? minus(labels, grouped) : new Set(grouped);
    const counted = operator === 'count_values' && given[0] ? textOfLiteral(this.parsed, given[0]) : undefined;
    return counted === undefined ? kept : plus(kept, [counted]);
  }

  private ofOperation(node: SyntaxNode): Labels {
    const clause = node.children.find(({ name }) => name === 'MatchingModifierClause');
    const isOperand = ({ name }: SyntaxNode) => name !== 'MatchingModifierClause' && name !== 'BoolModifier';
    const [left, operator, right] = node.children.filter(isOperand);
    if (left === undefined || operator === undefined || right === undefined) {
      return NONE;
    }
    const leftLabels = this.labelsOf(left);
    const rightLabels = this.labelsOf(right);
    if (isScalar(left, this.parsed)) {
      return rightLabels;
    }
    if (isScalar(right, this.parsed)) {
      return leftLabels;
    }
    const { on, matched, group, included } = this.matching(clause);
    if (on) {
      this.expect(leftLabels, matched, `${operator.name.toLowerCase()} matches, on its left side,`);
      this.expect(rightLabels, matched, `${operator.name.toLowerCase()} matches, on its right side,`);
    }
    if (SET_OPERATORS.includes(operator.name)) {
      return operator.name === 'Or' ? union(leftLabels, rightLabels) : leftLabels;
    }
    if (group !== undefined) {
      const [many, one] = group === 'GroupLeft' ? [leftLabels, rightLabels] : [rightLabels, leftLabels];
      this.expect(one, included, `${group === 'GroupLeft' ? 'group_left' : 'group_right'} brings over`);
      return plus(many, included);
    }
    return on ? new Set(matched) : minus(leftLabels, matched);
  }

  private matching(clause: SyntaxNode | undefined) {
    const children = clause?.children ?? [];
    const group = children.findIndex(({ name }) => name === 'GroupLeft' || name === 'GroupRight');
    const labelled = (nodes: SyntaxNode[]) =>
      nodes.filter(({ name }) => name === 'GroupingLabels').flatMap((labels) => this.labelNames(labels));
    return {
      on: children[0]?.name === 'On',
      matched: labelled(group < 0 ? children : children.slice(0, group)),
      group: children[group]?.name,
      included: group < 0 ? [] : labelled(children.slice(group)),
    };
  }

  private ofFunction(node: SyntaxNode): Labels {
    const name = functionName(this.parsed, node);
    const given = argumentsOf(node);
    const texts = given.map((argument) => (argument.name === 'StringLiteral' ? textOfLiteral(this.parsed, argument) : undefined));
    if (name === 'absent' || name === 'absent_over_time') {
      given.forEach((argument) => {
        this.labelsOf(argument);
      });
      return undefined;
    }
    const vectors = given.filter((argument) => !isScalar(argument, this.parsed));
    const followed = vectors.map((vector) => this.labelsOf(vector));
    const labels = followed.length === 0 ? NONE : followed[0];
    if (WITHOUT_LABELS.includes(name)) {
      return NONE;
    }
    if (name === 'info') {
      return undefined;
    }
    if (name === 'label_replace' || name === 'label_join') {
      const sources = name === 'label_replace' ? texts.slice(3, 4) : texts.slice(3);
      this.expect(
        labels,
        sources.filter((label) => label !== undefined && label !== ''),
        `${name} reads`,
      );
      return texts[1] === undefined ? undefined : plus(labels, [texts[1]]);
    }
    if (name === 'histogram_quantile' && !this.parsed.substituted.isVariable(node.from, node.from)) {
      this.expect(labels, ['le'], 'histogram_quantile reads');
      return minus(labels, ['le']);
    }
    return labels;
  }

  /** Names in a list of labels, without those that hold a variable. */
  private labelNames(node: SyntaxNode): string[] {
    const names =
      node.name === 'LabelName' && !this.parsed.substituted.isVariable(node.from, node.to) ? [this.parsed.textOf(node)] : [];
    return [...names, ...node.children.flatMap((child) => this.labelNames(child))];
  }

  private expect(labels: Labels, wanted: readonly (string | undefined)[], what: string): void {
    for (const label of wanted) {
      if (labels !== undefined && label !== undefined && !labels.has(label)) {
        this.problems.push(
          `${what} "${label}", which its series do not have (they have ${[...labels].sort().join(', ') || 'none'})`,
        );
      }
    }
  }
}

const plus = (labels: Labels, added: readonly string[]): Labels => labels && new Set([...labels, ...added]);
const minus = (labels: Labels, removed: readonly string[]): Labels =>
  labels && new Set([...labels].filter((label) => !removed.includes(label)));
const union = (left: Labels, right: Labels): Labels => left && right && new Set([...left, ...right]);

/** A number, or what is made of numbers alone. */
function isScalar(node: SyntaxNode, parsed: ParsedQuery): boolean {
  if (node.name === 'FunctionCall') {
    return ['scalar', 'time', 'pi', 'start', 'end', 'step', 'range'].includes(functionName(parsed, node));
  }
  if (['VectorSelector', 'AggregateExpr'].includes(node.name)) {
    return false;
  }
  const operands = node.children.filter(({ children, name }) => children.length > 0 || name.endsWith('Literal'));
  return node.name.endsWith('Literal') || (operands.length > 0 && operands.every((child) => isScalar(child, parsed)));
}

/** What a selector asks: its name, or a pattern for it, and the labels it compares. */
export interface Selection {
  readonly name: string | undefined;
  readonly pattern: RegExp | undefined;
  /** Labels it compares, with whether series without the label are meant too. */
  readonly compared: readonly { readonly label: string; readonly absentToo: boolean }[];
}

/** Reads a selector. A name that holds a variable is undefined. */
export function selectionOf(parsed: ParsedQuery, selector: SyntaxNode): Selection {
  const exact = exactName(parsed, selector);
  const isFixed = exact !== undefined && !parsed.substituted.isVariable(exact.node.from, exact.node.to);
  let pattern: RegExp | undefined;
  const compared: { label: string; absentToo: boolean }[] = [];
  for (const matcher of matchersOf(selector)) {
    const [name, operator, literal] = matcher.children;
    if (
      name === undefined ||
      operator === undefined ||
      literal === undefined ||
      parsed.substituted.isVariable(name.from, name.to)
    ) {
      continue;
    }
    const value = textOfLiteral(parsed, literal) ?? '';
    const sign = parsed.textOf(operator);
    if (parsed.textOf(name) !== '__name__') {
      compared.push({ label: parsed.textOf(name), absentToo: acceptsEmpty(sign, value) });
    } else if (sign === '=~' && !parsed.substituted.isVariable(literal.from, literal.to)) {
      pattern = new RegExp(`^(?:${value})$`);
    }
  }
  return { name: isFixed ? exact.text : undefined, pattern, compared };
}
