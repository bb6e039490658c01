/**
 * A string literal of PromQL and LogQL, which both read Go's escapes. JSON's escapes are a subset of Go's but for lone
 * surrogates, which become U+FFFD as Go itself would make of them. `$` and the first of `[[` are written as `\x24` and `\x5b`, so that
 * Grafana does not take a part of the text for one of its variables.
 */
export function textLiteral(text: string): string {
  if (/^[\w .:/|*+-]*$/.test(text)) {
    return `"${text}"`;
  }
  const wellFormed = Buffer.from(text, 'utf8').toString('utf8');
  return JSON.stringify(wellFormed)
    .replaceAll('$', '\\x24')
    .replace(/\[(?=\[)/g, '\\x5b');
}

/** A string literal that holds a reference to a Grafana variable, to be replaced by Grafana. */
export function variableLiteral(reference: string): string {
  return JSON.stringify(reference);
}

/** A regular expression (RE2) that matches exactly the given texts. */
export function anyOf(texts: readonly string[]): string {
  return texts.map((text) => text.replace(/[\\^$.|?*+()[\]{}]/g, '\\$&')).join('|');
}

const SIMPLE_ESCAPES: Record<string, string> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  '"': '"',
  "'": "'",
};

/** The text of a literal, or what is wrong with it. */
export type Unquoted = { readonly text: string } | { readonly problem: string; readonly offset: number };

/** Reads a string literal as Prometheus and Loki do (Go's `strconv.Unquote`, with `'…'` for strings of any length). */
export function unquote(literal: string): Unquoted {
  const quote = literal.charAt(0);
  if (literal.length < 2 || !literal.endsWith(quote)) {
    return { problem: 'the string is not closed', offset: 0 };
  }
  const body = literal.slice(1, -1);
  if (quote === '`') {
    return { text: body };
  }
  let text = '';
  let at = 0;
  while (at < body.length) {
    const next = body.indexOf('\\', at);
    if (next < 0) {
      break;
    }
    const sequence = /^(?:x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[0-7]{3}|.)/s.exec(body.slice(next + 1))?.[0];
    const decoded = sequence === undefined || sequence === (quote === '"' ? "'" : '"') ? undefined : decode(sequence);
    if (sequence === undefined || decoded === undefined) {
      const problem = sequence === undefined ? 'the string is not closed' : `the escape "\\${sequence}" does not exist`;
      return { problem, offset: next + 1 };
    }
    text += body.slice(at, next) + decoded;
    at = next + 1 + sequence.length;
  }
  return { text: text + body.slice(at) };
}

function decode(sequence: string): string | undefined {
  if (sequence.length === 1) {
    return SIMPLE_ESCAPES[sequence];
  }
  const code = /^[0-7]{3}$/.test(sequence) ? Number.parseInt(sequence, 8) : Number.parseInt(sequence.slice(1), 16);
  const isByte = sequence.length === 3;
  const valid = isByte ? code <= 0xff : code <= 0x10ffff && (code < 0xd800 || code > 0xdfff);
  return valid ? String.fromCodePoint(code) : undefined;
}
