/** How many letters must be changed, put in or taken out to make one word of the other (Levenshtein). */
function distance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let i = 1; i <= from.length; i++) {
    const next = [i];
    for (let j = 1; j <= to.length; j++) {
      next.push(Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + (from[i - 1] === to[j - 1] ? 0 : 1)));
    }
    row = next;
  }
  return row[to.length];
}

function closest(name: string, names: readonly string[]): { readonly candidate: string; readonly far: number } | undefined {
  const wanted = name.toLowerCase();
  const distances = names.map((candidate) => ({ candidate, far: distance(wanted, candidate.toLowerCase()) }));
  return distances.sort((a, b) => a.far - b.far)[0];
}

/** The name that was probably meant; undefined where there are no names. */
export const nearest = (name: string, names: readonly string[]): string | undefined => closest(name, names)?.candidate;

/** The name of which this is a slip of the pen: at most one letter in four is another. */
export function misspelt(name: string, names: readonly string[]): string | undefined {
  const found = closest(name, names);
  return found && found.far <= Math.max(1, Math.floor(name.length / 4)) ? found.candidate : undefined;
}
