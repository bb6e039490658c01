import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What a proof is about: what is synthesized and from what, and what proves it. */
const PROVEN = ['src', 'examples', 'dist', 'test/conformance', 'package.json', 'package-lock.json'];

/** A hash over the names and contents of the files that git knows or would take. */
export function sourcesHash(root: string): string {
  const { stdout } = spawnSync(
    'git',
    ['ls-files', '-z', '--cached', '--others', '--exclude-standard', '--deduplicate', '--', ...PROVEN],
    {
      cwd: root,
      encoding: 'utf8',
      maxBuffer: 1 << 26,
    },
  );
  const hash = createHash('sha256');
  for (const file of stdout
    .split('\0')
    .filter((name) => name !== '')
    .sort()) {
    hash
      .update(`${file}\0`)
      .update(readFileSync(join(root, file)))
      .update('\0');
  }
  return hash.digest('hex').slice(0, 16);
}
