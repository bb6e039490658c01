/** A query whose Grafana variables were replaced by legal values, with the way back to positions in the original. */
export interface Substituted {
  readonly text: string;
  /** Position in the original of a position in `text`. */
  originalPosition(position: number): number;
  /** Whether a stretch of `text` came, even partly, out of a variable. */
  isVariable(from: number, to: number): boolean;
}

interface Replacement {
  readonly from: number;
  readonly to: number;
  readonly originalFrom: number;
  readonly originalTo: number;
}

/** `$name`, `${name}`, `${name.field:format}`, `[[name]]`, `[[name:format]]`: what Grafana's template service replaces. */
const VARIABLE = /\$(\w+)|\$\{(\w+)(?:\.[^:^}]+)?(?::[^}]+)?\}|\[\[(\w+?)(?::\w+)?\]\]/y;

const DURATION = '5m';
const NUMBER = '300';
const NAME = 'x';

/** How far back one must look to see what kind of value a variable stands for; bounds the work on long queries. */
const CONTEXT_LENGTH = 80;

const NUMERIC_MACRO = /^__(?:interval_ms|range_ms|range_s|from|to)$/;
const DURATION_MACRO = /^__(?:interval|rate_interval|range|auto)$/;
const BEFORE_DURATION = /(?:\[[^\]]*|\boffset\s*-?\s*)$/;
const BEFORE_NUMBER =
  /(?:\b(?:topk|bottomk|approx_topk|limitk|limit_ratio|quantile|quantile_over_time)\s*(?:by\s*\([^)]*\)\s*)?\(|(?:[<>]|[<>=!]=)(?:\s*bool\b)?)\s*$/;

/**
 * Replaces Grafana's variables and macros by values that are legal where they stand: a duration inside `[…]`, a number
 * where one is compared or asked for, a name elsewhere. Comments are left alone.
 */
export function substituteVariables(query: string): Substituted {
  const replacements: Replacement[] = [];
  let text = '';
  let at = 0;
  let quote: string | undefined;
  while (at < query.length) {
    const character = query.charAt(at);
    const variable = character === '$' || character === '[' ? variableAt(query, at) : undefined;
    if (variable !== undefined) {
      const value = quote === undefined ? valueFor(variable.name, text.slice(-CONTEXT_LENGTH)) : NAME;
      replacements.push({
        from: text.length,
        to: text.length + value.length,
        originalFrom: at,
        originalTo: at + variable.length,
      });
      text += value;
      at += variable.length;
      continue;
    }
    const end =
      quote === undefined && character === '#'
        ? endOfLine(query, at)
        : at + (quote !== undefined && quote !== '`' && character === '\\' ? 2 : 1);
    if (quote === undefined && (character === '"' || character === "'" || character === '`')) {
      quote = character;
    } else if (character === quote) {
      quote = undefined;
    }
    text += query.slice(at, end);
    at = end;
  }
  return {
    text,
    originalPosition: (position) => {
      const last = replacements.filter((replacement) => replacement.from <= position).at(-1);
      if (last === undefined) {
        return position;
      }
      return position < last.to ? last.originalFrom : last.originalTo + (position - last.to);
    },
    isVariable: (from, to) => replacements.some((replacement) => replacement.from < to && replacement.to > from),
  };
}

function variableAt(query: string, at: number): { readonly name: string; readonly length: number } | undefined {
  VARIABLE.lastIndex = at;
  const match = VARIABLE.exec(query);
  return match === null ? undefined : { name: match[1] ?? match[2] ?? match[3] ?? '', length: match[0].length };
}

function valueFor(name: string, before: string): string {
  if (NUMERIC_MACRO.test(name)) {
    return NUMBER;
  }
  if (DURATION_MACRO.test(name) || BEFORE_DURATION.test(before)) {
    return DURATION;
  }
  return BEFORE_NUMBER.test(before) ? NUMBER : NAME;
}

function endOfLine(query: string, from: number): number {
  const end = query.indexOf('\n', from);
  return end < 0 ? query.length : end;
}
