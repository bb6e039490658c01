import { type Substituted, substituteVariables } from './grafana-variables';
import { unquote } from './text-literals';

/** Something in a query that its language does not allow. */
export interface QueryProblem {
  readonly message: string;
  /** Offset of the first offending character, counted from 0. */
  readonly position: number;
  /** The query around that position. */
  readonly excerpt: string;
}

/** One node of a syntax tree. */
export interface SyntaxNode {
  readonly name: string;
  readonly from: number;
  readonly to: number;
  readonly isError: boolean;
  readonly parent: SyntaxNode | undefined;
  /** Without comments. */
  readonly children: SyntaxNode[];
}

/** A query that was read, well or badly formed. */
export interface ParsedQuery {
  /** All nodes, parents before their children. */
  readonly nodes: readonly SyntaxNode[];
  readonly substituted: Substituted;
  /** The text of a node, with variables replaced. */
  textOf(node: SyntaxNode): string;
  /** The text of a node as it was written. */
  originalTextOf(node: SyntaxNode): string;
  problem(message: string, position: number): QueryProblem;
}

/** What is used of a lezer grammar. Its own types are ES modules, which a CommonJS file cannot import. */
interface LezerGrammar {
  readonly parser: {
    parse(text: string): {
      iterate(visitor: { enter(node: LezerNode): void; leave(node: LezerNode): void }): void;
    };
  };
}

interface LezerNode {
  readonly name: string;
  readonly from: number;
  readonly to: number;
  readonly type: { readonly isError: boolean };
}

/** The query languages; a grammar is loaded when the first query in it is read, because loading costs start-up time. */
const GRAMMARS = {
  promql: (): LezerGrammar => require('@prometheus-io/lezer-promql'),
  logql: (): LezerGrammar => require('@grafana/lezer-logql'),
};

const EXCERPT_BEFORE = 20;
const EXCERPT_AFTER = 20;

/** Reads a query. Never throws: what cannot be read is an error node in the tree. */
export function parseQuery(language: keyof typeof GRAMMARS, query: string): ParsedQuery {
  const substituted = substituteVariables(query);
  const nodes: SyntaxNode[] = [];
  const open: SyntaxNode[] = [];
  GRAMMARS[language]()
    .parser.parse(substituted.text)
    .iterate({
      enter: ({ name, from, to, type }) => {
        const parent = open.at(-1);
        const node: SyntaxNode = { name, from, to, isError: type.isError, parent, children: [] };
        if (name !== 'LineComment') {
          parent?.children.push(node);
        }
        open.push(node);
        nodes.push(node);
      },
      leave: () => {
        open.pop();
      },
    });
  return {
    nodes,
    substituted,
    textOf: (node) => substituted.text.slice(node.from, node.to),
    originalTextOf: (node) => query.slice(substituted.originalPosition(node.from), substituted.originalPosition(node.to)),
    problem: (message, position) => problemAt(query, message, substituted.originalPosition(position)),
  };
}

function problemAt(query: string, message: string, position: number): QueryProblem {
  const from = Math.max(0, position - EXCERPT_BEFORE);
  const to = Math.min(query.length, position + EXCERPT_AFTER);
  return {
    message,
    position,
    excerpt: `${from > 0 ? '…' : ''}${query.slice(from, to)}${to < query.length ? '…' : ''}`,
  };
}

/** Places where the grammar found something it does not know. */
export function syntaxProblems(query: ParsedQuery): QueryProblem[] {
  if (query.substituted.text.trim() === '') {
    return [query.problem('the query is empty', 0)];
  }
  const errors = query.nodes.filter((node) => node.isError);
  const first = errors[0];
  if (first === undefined) {
    return [];
  }
  const unexpected = query.substituted.text.slice(first.from).trimStart().split(/\s/)[0] ?? '';
  return [query.problem(unexpected === '' ? 'the query ends too early' : 'this is unexpected', first.from)];
}

/** String literals that are not closed or hold an escape that does not exist; the grammars let these pass. */
export function literalProblems(query: ParsedQuery, nodeName: string): QueryProblem[] {
  return query.nodes
    .filter((node) => node.name === nodeName)
    .flatMap((node) => {
      const result = unquote(query.textOf(node));
      return 'problem' in result ? [query.problem(result.problem, node.from + result.offset)] : [];
    });
}

/** Whether a label matcher, by its operator and text, also accepts an absent label. */
export function acceptsEmpty(operator: string, value: string): boolean {
  if (operator === '=' || operator === '!=') {
    return (value === '') === (operator === '=');
  }
  try {
    return new RegExp(`^(?:${value.replace(/^\(\?[a-zA-Z]+\)/, '')})$`, 's').test('') === (operator === '=~');
  } catch {
    return false;
  }
}
