import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = resolve(__dirname, '../..');

/** Letter and number of rows in each of the reference documents. */
const DOCUMENTS: [string, number][] = [
  ['A', 9],
  ['B', 6],
  ['C', 7],
  ['D', 7],
  ['E', 8],
];

const ROWS = DOCUMENTS.flatMap(([letter, count]) => Array.from({ length: count }, (_, index) => `${letter}${index + 1}`));

const table = new Map(
  readFileSync(resolve(ROOT, 'docs/coverage.md'), 'utf8')
    .split('\n')
    .map((line) => line.split('|').map((cell) => cell.trim()))
    .filter(([, id]) => /^[A-E]\d$/.test(id ?? ''))
    .map(([, id, what, example, tests, proof, open]) => [id, { what, example, tests, proof, open }] as const),
);

const pathsIn = (cell: string) => [...cell.matchAll(/`([^`\s]+)`/g)].map(([, path]) => path);

describe('coverage', () => {
  it('has a row for each system that the documents ask for', () => {
    expect([...table.keys()]).toEqual(ROWS);
  });

  it.each([...table])(
    '%s is in an example, tested and proven, or says what is open',
    (_, { what, example, tests, proof, open }) => {
      expect(what).not.toBe('');
      expect(pathsIn(example).filter((path) => path.startsWith('examples/'))).not.toEqual([]);
      expect(pathsIn(tests).filter((path) => path.endsWith('.test.ts'))).not.toEqual([]);
      expect(proof + open).not.toBe('');
      const missing = [example, tests, proof, open]
        .flatMap(pathsIn)
        .map((path) => path.replace(/^conformance\//, 'test/conformance/'))
        .filter((path) => /\.(test\.ts|md)$|^(examples|src|docs)\//.test(path) && !existsSync(resolve(ROOT, path)));
      expect(missing).toEqual([]);
    },
  );
});
