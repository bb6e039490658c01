/** Texts that a regular expression of a label matcher meets: one for each of its alternatives. */
export function textsOf(pattern: string): string[] {
  const texts = alternatives(pattern).filter((text) => new RegExp(`^(?:${pattern})$`).test(text));
  if (texts.length === 0) {
    throw new Error(`no text is known that ${pattern} matches`);
  }
  return texts;
}

/** Alternatives outside of groups, and those of the innermost groups one by one. */
function alternatives(pattern: string): string[] {
  const group = /\((?:\?:)?([^()]*)\)(\?|\*)?/.exec(pattern);
  if (group === null) {
    return pattern.split('|').map(simplest);
  }
  const [whole, inner] = group;
  const before = pattern.slice(0, group.index);
  const after = pattern.slice(group.index + whole.length);
  const outer = before.lastIndexOf('(') < 0 ? before.lastIndexOf('|') + 1 : 0;
  const end = after.includes(')') || !after.includes('|') ? after.length : after.indexOf('|');
  const here = inner.split('|').flatMap((one) => alternatives(`${before.slice(outer)}${one}${after.slice(0, end)}`));
  const others = [before.slice(0, Math.max(0, outer - 1)), after.slice(end + 1)].filter((text) => text !== '');
  return [...here, ...others.flatMap(alternatives)];
}

const simplest = (text: string) =>
  text
    .replace(/\[\^[^\]]*\][+*]?(?:\{\d+(?:,\d*)?\})?/g, 'x')
    .replace(/\[(.)[^\]]*\][+*]?/g, '$1')
    .replace(/\\d[+*]?/g, '0')
    .replace(/\.[*+]/g, 'x')
    .replace(/[^\\]\?/g, '')
    .replace(/(^|[^\\])\./g, '$10')
    .replace(/(^|[^\\])\./g, '$10')
    .replaceAll('\\', '');
