/**
 * `npm run conformance`: asks the real programs.
 *   npm run conformance                 everything
 *   npm run conformance -- rules        the tests of files with that name, as vitest has it
 *   npm run conformance -- loki         what has that program in its title, where no file is called so
 * Options of vitest pass through.
 */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const ROOT = resolve(__dirname, '..');
const FOLDER = 'test/conformance';

/** Those of the table, and the packages of the distribution. */
const programs = () => [
  'memcached',
  'nginx',
  ...readFileSync(join(ROOT, FOLDER, 'programs/programs.tsv'), 'utf8')
    .split('\n')
    .flatMap((line) => [line.split('\t')[0], line.split('\t')[4]]),
];

/** What vitest is told for a name: files, or files and a pattern. */
function selection(name: string): string[] {
  const files = readdirSync(join(ROOT, FOLDER), { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.test.ts'),
  );
  if (files.some((file) => join(FOLDER, file).includes(name)) || !programs().includes(name)) {
    return [name];
  }
  // Titles of these are made of what the examples and the tables of images have.
  const general = ['accepted.test.ts', 'versions.test.ts'];
  const named = files.filter((file) => general.includes(file) || readFileSync(join(ROOT, FOLDER, file), 'utf8').includes(name));
  return [...named.map((file) => join(FOLDER, file)), '--testNamePattern', name];
}

const [first, ...rest] = process.argv.slice(2);
const selected = first === undefined || first.startsWith('-') ? process.argv.slice(2) : [...selection(first), ...rest];
const { status } = spawnSync('vitest', ['run', '--config', `${FOLDER}/vitest.config.mts`, ...selected], {
  cwd: ROOT,
  stdio: 'inherit',
});
process.exitCode = status ?? 1;
