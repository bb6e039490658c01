/**
 * Renews the frames of the pages in docs/runbooks (severity, duration, limit, expression) and makes the pages that are missing,
 * whose sections are then to be written. Says which pages belong to no alert.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { runbookFrames, withFrame } from '../test/rules/runbooks';

const FOLDER = resolve(__dirname, '../docs/runbooks');

const frames = runbookFrames();
for (const [name, frame] of frames) {
  const file = join(FOLDER, `${name}.md`);
  const before = existsSync(file) ? readFileSync(file, 'utf8') : undefined;
  const after = withFrame(name, frame, before);
  if (after !== before) {
    writeFileSync(file, after);
    console.log(`${before === undefined ? 'made' : 'renewed'} docs/runbooks/${name}.md`);
  }
}
for (const file of readdirSync(FOLDER).filter((name) => name.endsWith('.md') && name !== 'README.md')) {
  if (!frames.has(file.replace(/\.md$/, ''))) {
    console.log(`docs/runbooks/${file} belongs to no alert: remove it`);
  }
}
