/**
 * nginx configuration as data, and the one place that turns it into text. How words are read: `ngx_conf_read_token` of
 * nginx (src/core/ngx_conf_file.c).
 */

/** The value of a variable, written without `$`. */
export class NginxVariable {
  constructor(public readonly name: string) {}
}

/** Text that stands for itself, the value of a variable, or both side by side. */
export type NginxWord = string | NginxVariable | readonly (string | NginxVariable)[];

/** A directive: words up to a semicolon or a block. Entries of a `map` are directives too; their key is the name. */
export interface NginxDirective {
  readonly name: string;
  readonly words?: readonly NginxWord[];
  readonly block?: readonly NginxDirective[];
}

const BARE = /^[\w./:=^~@%+,-]+$/;

/**
 * A `$` that is no variable cannot be escaped in nginx, so it becomes the value of this one. A `geo` block does not expand
 * its values, which is why it can define it.
 */
const DOLLAR = 'literal_dollar';
const DOLLAR_DEFINITION = `geo $${DOLLAR} {\n  default "$";\n}\n`;

/** The text of a configuration file. A NUL character, which nginx cannot read, is an error. */
export function toNginxSyntax(directives: readonly NginxDirective[]): string {
  return directives.map((directive) => directiveText(directive, '')).join('');
}

function directiveText({ name, words = [], block }: NginxDirective, indent: string): string {
  const line = [name, ...words].map(wordText).join(' ');
  if (block === undefined) {
    return `${indent}${line};\n`;
  }
  const inner = block.map((directive) => directiveText(directive, `${indent}  `)).join('');
  const definition = name === 'http' && inner.includes(DOLLAR) ? DOLLAR_DEFINITION.replace(/^(?=.)/gm, `${indent}  `) : '';
  return `${indent}${line} {\n${definition}${inner}${indent}}\n`;
}

function wordText(word: NginxWord): string {
  if (word instanceof NginxVariable) {
    return `$${word.name}`;
  }
  if (typeof word === 'string' && BARE.test(word)) {
    return word;
  }
  const parts = typeof word === 'string' ? [word] : word;
  return `"${parts.map((part) => (part instanceof NginxVariable ? `\${${part.name}}` : escaped(part))).join('')}"`;
}

function escaped(text: string): string {
  if (text.includes('\0')) {
    throw new Error(`${JSON.stringify(text)} has a NUL character; allowed is any other text: remove it`);
  }
  return text.replace(/["\\]/g, '\\$&').replaceAll('$', `\${${DOLLAR}}`);
}
