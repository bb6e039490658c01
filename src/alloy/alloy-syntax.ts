/**
 * Alloy configuration as data, and the one place that turns it into text. The text is what `alloy fmt` would write, so a
 * generated file never differs from a formatted one. Layout and escapes follow `syntax/printer` and `syntax/scanner` of
 * Alloy 1.19.
 */

/** A value of an attribute. Keys whose value is undefined are left out, as in JSON. */
export type AlloyValue = string | number | boolean | null | AlloyExpression | readonly AlloyValue[] | AlloyObject;

/** An object value; keys are printable ASCII without quotes and backslashes. */
export interface AlloyObject {
  readonly [key: string]: AlloyValue | undefined;
}

/** What is not a literal: a reference, a call, a sum. */
export type AlloyExpression = AlloyReference | AlloyCall | AlloyConcatenation;

/** The exported value of a component or of the standard library: `loki.write.gateway.receiver`. */
export class AlloyReference {
  constructor(public readonly path: readonly string[]) {}
}

/** A call of a function of the standard library: `sys.env("NODE")`. */
export class AlloyCall {
  constructor(
    public readonly callee: readonly string[],
    public readonly parameters: readonly AlloyValue[],
  ) {}
}

/** Strings added up with `+`. */
export class AlloyConcatenation {
  constructor(public readonly parts: readonly AlloyValue[]) {}
}

/** A block. Attributes come before inner blocks, which `alloy fmt` leaves to the writer. */
export interface AlloyBlock {
  /** Identifiers joined by dots: `loki.process`. */
  readonly name: string;
  /** The user's name for it, an identifier; components require one, inner blocks mostly have none. */
  readonly label?: string;
  readonly attributes?: AlloyObject;
  readonly blocks?: readonly AlloyBlock[];
}

/** A stage of `loki.process`. */
export const stage = (name: string, attributes: AlloyObject, blocks?: readonly AlloyBlock[]): AlloyBlock => ({
  name: `stage.${name}`,
  attributes,
  ...(blocks && { blocks }),
});

const IDENTIFIER = /^[A-Za-z_][A-Za-z0-9_]*$/;
const KEYWORDS = new Set(['true', 'false', 'null']);
const LONGEST_LINE = 120;

/** Whether a text can stand as attribute name, block label or unquoted key. */
export function isAlloyIdentifier(text: string): boolean {
  return IDENTIFIER.test(text) && !KEYWORDS.has(text);
}

/** The text of a configuration file. */
export function toAlloySyntax(blocks: readonly AlloyBlock[]): string {
  return `${blocks.map((block) => blockText(block, '')).join('\n\n')}\n`;
}

function blockText(block: AlloyBlock, indent: string): string {
  const label = block.label === undefined ? '' : ` "${identifier(block.label)}"`;
  const head = `${indent}${path(block.name.split('.'))}${label} {`;
  const attributes = aligned(entriesOf(block.attributes ?? {}), identifier, '', `${indent}\t`);
  const sections = [
    ...(attributes.length > 0 ? [attributes.join('\n')] : []),
    ...(block.blocks ?? []).map((inner) => blockText(inner, `${indent}\t`)),
  ];
  return sections.length === 0 ? `${head} }` : `${head}\n${sections.join('\n\n')}\n${indent}}`;
}

/**
 * Lines of `key = value`. The equals signs stand under each other until a value spans lines: that one still aligns with
 * those before it, the next begins anew.
 */
function aligned(
  entries: [string, AlloyValue][],
  keyText: (key: string) => string,
  terminator: string,
  indent: string,
): string[] {
  const lines: string[] = [];
  let section: [string, string][] = [];
  const close = () => {
    const width = Math.max(0, ...section.map(([key]) => codePoints(key)));
    lines.push(...section.map(([key, value]) => `${indent}${key}${' '.repeat(width - codePoints(key))} = ${value}${terminator}`));
    section = [];
  };
  for (const [key, value] of entries) {
    const text = valueText(value, indent);
    section.push([keyText(key), text]);
    if (text.includes('\n')) {
      close();
    }
  }
  close();
  return lines;
}

function valueText(value: AlloyValue, indent: string): string {
  if (typeof value === 'string') {
    return quoted(value);
  }
  if (typeof value === 'number') {
    return numberText(value);
  }
  if (value === null || typeof value === 'boolean') {
    return String(value);
  }
  if (isList(value)) {
    return listText(value, indent);
  }
  if (isExpression(value)) {
    return expressionText(value);
  }
  const fields = aligned(entriesOf(value), keyOf, ',', `${indent}\t`);
  return fields.length === 0 ? '{}' : `{\n${fields.join('\n')}\n${indent}}`;
}

function listText(elements: readonly AlloyValue[], indent: string): string {
  const inner = `${indent}\t`;
  const texts = elements.map((element) => valueText(element, inner));
  const line = `[${texts.join(', ')}]`;
  return line.includes('\n') || codePoints(line) > LONGEST_LINE
    ? `[\n${texts.map((text) => `${inner}${text},`).join('\n')}\n${indent}]`
    : line;
}

/** On one line always: `alloy fmt` does not leave an operator expression over several lines as it finds it. */
function expressionText(expression: AlloyExpression): string {
  if (expression instanceof AlloyReference) {
    return path(expression.path);
  }
  if (expression instanceof AlloyCall) {
    return `${path(expression.callee)}(${expression.parameters.map(singleLine).join(', ')})`;
  }
  return expression.parts.map(singleLine).join(' + ');
}

function singleLine(value: AlloyValue): string {
  const text = valueText(value, '');
  if (text.includes('\n')) {
    throw new Error(`a value inside an expression spans lines; allowed are scalars, references and calls: ${text}`);
  }
  return text;
}

function numberText(value: number): string {
  if (!Number.isFinite(value)) {
    throw new Error(`number is ${value}; allowed are finite numbers: Alloy's syntax has no infinity`);
  }
  return String(value);
}

/**
 * A string with the escapes of Go: JSON's are a subset of them, but for lone surrogates, which no UTF-8 text can hold and
 * which become U+FFFD. The byte order mark is refused by Alloy's scanner anywhere but at the start of a file.
 */
function quoted(text: string): string {
  return JSON.stringify(text.replace(/\p{Surrogate}/gu, '\ufffd')).replaceAll('\ufeff', '\\ufeff');
}

function path(names: readonly string[]): string {
  return names.map(identifier).join('.');
}

function identifier(name: string): string {
  if (!isAlloyIdentifier(name)) {
    throw new Error(
      `identifier is ${JSON.stringify(name)}; allowed are letters, digits and "_", not starting with a digit: rename it`,
    );
  }
  return name;
}

/** Alloy takes a quoted key as it stands between the quotes, escapes included, so a key that needs one cannot be written. */
function keyOf(key: string): string {
  if (isAlloyIdentifier(key)) {
    return key;
  }
  if (!/^[ !#-[\]-~]+$/.test(key)) {
    throw new Error(`key is ${JSON.stringify(key)}; allowed is printable ASCII without quotes and backslashes: rename it`);
  }
  return quoted(key);
}

function entriesOf(object: AlloyObject): [string, AlloyValue][] {
  return Object.entries(object).filter((entry): entry is [string, AlloyValue] => entry[1] !== undefined);
}

function codePoints(text: string): number {
  return [...text].length;
}

function isList(value: AlloyValue): value is readonly AlloyValue[] {
  return Array.isArray(value);
}

function isExpression(value: AlloyValue): value is AlloyExpression {
  return value instanceof AlloyReference || value instanceof AlloyCall || value instanceof AlloyConcatenation;
}
