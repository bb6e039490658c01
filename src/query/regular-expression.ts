/** Escapes that RE2 knows, besides those of punctuation. Source: google/re2, Syntax. */
const RE2_ESCAPES = /^[\^$\\.*+?()[\]{}|\-/!"#%&',:;<=>@_`~\saftnrvxdDsSwWbBAzQEpP0-7]/;

/** What JavaScript reads and RE2 does not: look-around, named and numbered back-references. */
const NOT_IN_RE2 = /\(\?(?:[=!]|<[=!]|P=)|\\(?:[1-7](?![0-7])|[89]|k<)/;

/** What RE2 reads and JavaScript does not, or not in the same way. */
const ONLY_IN_RE2 = /\\[AzQEpPCsS]|\\x\{|\[\[:\^?\w+:\]|\[:\^?\w+:\]|\(\?[imsU-]+[:)]/;

const withoutEscapedBackslashes = (pattern: string) => pattern.replaceAll('\\\\', '');

/** Not a full parser of RE2: tells what JavaScript refuses too, and what only JavaScript has. */
export function regularExpressionProblem(pattern: string): string | undefined {
  const plain = withoutEscapedBackslashes(pattern);
  if (NOT_IN_RE2.test(plain)) {
    return 'RE2 has no look-around and no back-references';
  }
  const unknown = [...plain.matchAll(/\\(.|$)/gsu)].map(([, next]) => next).find((next) => !RE2_ESCAPES.test(next));
  if (unknown !== undefined) {
    return `RE2 has no escape ${JSON.stringify(`\\${unknown}`)}`;
  }
  try {
    new RegExp(
      pattern
        .replace(/\\Q.*?(\\E|$)/gs, 'x')
        .replace(/\[:\^?\w+:\]/g, 'x')
        .replace(/\\[pP](\{\^?\w+\}|\w)/g, 'x')
        .replace(/\(\?[imsU-]+\)/g, '')
        .replace(/\(\?[imsU-]+:/g, '(?:')
        .replaceAll('(?P<', '(?<'),
    );
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : `${error}`;
  }
}

/** An expression that must match the whole value, as JavaScript reads it; undefined if it might read it otherwise. */
export function anchored(pattern: string): RegExp | undefined {
  if (ONLY_IN_RE2.test(withoutEscapedBackslashes(pattern)) || regularExpressionProblem(pattern) !== undefined) {
    return undefined;
  }
  try {
    return new RegExp(`^(?:${pattern.replaceAll('(?P<', '(?<')})$`, 'u');
  } catch {
    return undefined;
  }
}

/** The values that an expression stands for, if it is nothing but a list of texts. */
export function listedValues(pattern: string): string[] | undefined {
  const values = [''];
  for (const [piece] of pattern.matchAll(/\\.|[^\\]|\\$/gsu)) {
    if (piece === '|') {
      values.push('');
    } else if (piece.startsWith('\\') ? !/^\\[^\w\s]$/u.test(piece) : /[\^$.*+?()[\]{}]/.test(piece)) {
      return undefined;
    } else {
      values[values.length - 1] += piece.replace(/^\\/, '');
    }
  }
  return values;
}
