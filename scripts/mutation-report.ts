/**
 * Writes the scores of the last mutation run (`reports/mutation/mutation.json`) into the table of docs/mutation.md.
 * Exits 1 when the score of all files together is below the goal.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const ROOT = resolve(__dirname, '..');
const REPORT = join(ROOT, 'reports/mutation/mutation.json');
const DOCUMENT = join(ROOT, 'docs/mutation.md');
const [BEGIN, END] = ['<!-- scores -->', '<!-- end of scores -->'];
const GOAL = 80;

/** The part of Stryker's report that counts. */
interface Report {
  readonly files: { readonly [path: string]: { readonly mutants: readonly { readonly status: string }[] } };
}

interface Row {
  readonly name: string;
  readonly caught: number;
  readonly survived: number;
  readonly unreached: number;
}

function rowOf(name: string, statuses: readonly string[]): Row {
  const count = (...wanted: string[]) => statuses.filter((status) => wanted.includes(status)).length;
  return { name, caught: count('Killed', 'Timeout'), survived: count('Survived'), unreached: count('NoCoverage') };
}

const score = ({ caught, survived, unreached }: Row) => (100 * caught) / (caught + survived + unreached);

const line = (row: Row) => `| ${row.name} | ${score(row).toFixed(1)} | ${row.caught} | ${row.survived} | ${row.unreached} |`;

const { files } = JSON.parse(readFileSync(REPORT, 'utf8')) as Report;
const statuses = Object.entries(files)
  .map(([path, { mutants }]) => ({ path, statuses: mutants.map(({ status }) => status) }))
  .sort((a, b) => (a.path < b.path ? -1 : 1));
const rows = statuses.map((file) => rowOf(`\`${file.path}\``, file.statuses)).filter((row) => !Number.isNaN(score(row)));
const total = rowOf(
  '**all**',
  statuses.flatMap((file) => file.statuses),
);

const document = readFileSync(DOCUMENT, 'utf8');
const [before, rest] = document.split(BEGIN);
const after = rest?.split(END)[1];
if (after === undefined) {
  throw new Error(`docs/mutation.md has no "${BEGIN}" … "${END}"; the table goes between them: put both in`);
}
const table = [
  `Measured on ${new Date().toISOString().slice(0, 10)}.`,
  '',
  '| file | score % | caught | survived | no test reaches it |',
  '|---|---|---|---|---|',
  ...[...rows, total].map(line),
].join('\n');
writeFileSync(DOCUMENT, `${before}${BEGIN}\n${table}\n${END}${after}`);
console.log(line(total));
process.exitCode = score(total) >= GOAL ? 0 : 1;
