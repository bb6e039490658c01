import { createHash } from 'node:crypto';

/** A uid of Grafana, at most 40 letters, digits and `-`: begins with the name, ends with a hash of it and of where it stands. */
export function uidOf(name: string, ...place: string[]): string {
  const hash = createHash('sha256')
    .update(JSON.stringify([name, ...place]))
    .digest('hex');
  const readable = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 27);
  return `${readable}-${hash.slice(0, 12)}`;
}
