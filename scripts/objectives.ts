/** `npm run objectives`: replays incidents with the rules of an objective, and writes what came of it to docs/objectives.md. */
import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { measured, withMeasured } from '../test/conformance/objectives-document';
import { replayAll } from '../test/conformance/objectives-replay';
import { findProgram } from '../test/conformance/programs';

const PAGE = resolve(__dirname, '../docs/objectives.md');

async function write(): Promise<void> {
  const promtool = findProgram('promtool');
  if (promtool === undefined) {
    throw new Error('promtool is missing: see test/conformance/programs/README.md');
  }
  writeFileSync(PAGE, withMeasured(readFileSync(PAGE, 'utf8'), measured(await replayAll(promtool))));
}

write().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
