/** A value of Fluentd's configuration that is read from the environment when Fluentd starts. */
export class FluentdVariable {
  constructor(readonly name: string) {}
}

/** A value of Fluentd's configuration. */
export type FluentdValue = string | number | boolean | readonly string[] | FluentdVariable;

/** An element of Fluentd's configuration: `<name argument>`, its parameters, and elements inside. */
export interface FluentdElement {
  readonly name: string;
  /** Pattern of tags, name of a label, or chunk keys. */
  readonly argument?: string;
  readonly parameters?: Readonly<Record<string, FluentdValue>>;
  readonly elements?: readonly FluentdElement[];
}

const hasControlCharacters = (text: string) => [...text].some((character) => character < ' ');

/**
 * Single quotes: nothing inside them is Ruby code, and only the quote and the backslash are special. Source: Fluentd,
 * config/literal_parser.rb.
 */
function quoted(text: string): string {
  if (hasControlCharacters(text)) {
    throw new Error(`${JSON.stringify(text)} has control characters, which Fluentd's configuration cannot hold: remove them`);
  }
  return `'${text.replace(/[\\']/g, '\\$&')}'`;
}

function valueText(value: FluentdValue): string {
  if (value instanceof FluentdVariable) {
    if (!/^[A-Z_][A-Z0-9_]*$/.test(value.name)) {
      throw new Error(`${JSON.stringify(value.name)} is no name of a variable: use capital letters, digits and "_"`);
    }
    return `"#{ENV.fetch('${value.name}')}"`;
  }
  if (typeof value === 'string') {
    return quoted(value);
  }
  // In JSON Fluentd reads a line break as the end of a line only where one stands; stringify writes none.
  return typeof value === 'object' ? JSON.stringify(value) : `${value}`;
}

function word(text: string): string {
  if (!/^[A-Za-z_@][\w@]*$/.test(text)) {
    throw new Error(`${JSON.stringify(text)} is no name of Fluentd's configuration: use letters, digits and "_"`);
  }
  return text;
}

function argumentText(text: string): string {
  if (hasControlCharacters(text) || /[<>#"'\\]/.test(text)) {
    throw new Error(`${JSON.stringify(text)} cannot stand in the head of an element: use tags, labels or keys`);
  }
  return ` ${text}`;
}

function lines({ name, argument, parameters = {}, elements = [] }: FluentdElement): string[] {
  return [
    `<${word(name)}${argument === undefined ? '' : argumentText(argument)}>`,
    ...Object.entries(parameters).map(([key, value]) => `  ${word(key)} ${valueText(value)}`),
    ...elements.flatMap(lines).map((line) => `  ${line}`),
    `</${name}>`,
  ];
}

/** Fluentd's configuration as text. */
export const toFluentdSyntax = (elements: readonly FluentdElement[]): string => `${elements.flatMap(lines).join('\n')}\n`;
