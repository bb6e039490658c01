/**
 * The queries of a reference document on the running stack. MODULE: `test/examples/<name>-queries.ts`.
 *   queries.ts pods MODULE                        prints the manifests of the pods that the queries ask about
 *   queries.ts ask MODULE OBJECTS SERVICES        asks; lines as those of boards.ts, arguments too
 */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Manifest } from '../../support/constructs';
import { provisioned, RunningDataSource, reachThrough } from './data-sources';
import { type AskedQuery, manifestsOf, podsOf, queriesOf } from './document';
import type { TimeRange } from './expand';
import { isUnmeasured } from './may-be-empty';

const RANGE_SECONDS = 3600;
const STEP_SECONDS = 30;

async function ask(
  { language, source, query, kind, mayBeEmpty }: AskedQuery,
  sources: readonly RunningDataSource[],
): Promise<string[]> {
  const what = `the document's query answers: ${source}: ${query}`;
  const type = language === 'promql' ? 'prometheus' : 'loki';
  const asked = sources.find(({ provisioned }) => provisioned.type === type);
  if (asked === undefined) {
    return [`UNPROVEN\t${what}: no data source of type ${type}`];
  }
  const to = Math.floor(Date.now() / 1000);
  const range: TimeRange = { from: to - RANGE_SECONDS, to, step: STEP_SECONDS, scrapeInterval: STEP_SECONDS };
  try {
    const found = await asked.query(query, range, kind === 'instant');
    if (found === 0 && isUnmeasured(query)) {
      return [`UNPROVEN\t${what}: a user namespace has no control groups`];
    }
    if (found === 0 && mayBeEmpty === undefined) {
      return [`FAIL\t${what}`, 'the answer is empty'];
    }
    return [`PASS\t${what}${found === 0 ? ` (empty: ${mayBeEmpty})` : ''}`];
  } catch (error) {
    return [`FAIL\t${what}`, String(error).replaceAll('\n', ' ').slice(0, 600)];
  }
}

async function main([command, path, objects, services]: readonly string[]): Promise<void> {
  const module: object = await import(resolve(path));
  if (command === 'pods') {
    const manifests = podsOf(module).flatMap(manifestsOf);
    console.log(JSON.stringify({ apiVersion: 'v1', kind: 'List', items: manifests }));
    return;
  }
  const read = (file: string) => JSON.parse(readFileSync(file, 'utf8'));
  const reach = reachThrough(read(services).items);
  const sources = provisioned(read(objects) as Manifest[]).map((source) => new RunningDataSource(source, reach));
  for (const query of queriesOf(module)) {
    for (const line of await ask(query, sources)) {
      console.log(line);
    }
  }
}

void main(process.argv.slice(2));
