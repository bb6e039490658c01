/** Writes docs/alerts.md: all alerts of the library, and which alerts of other collections they cover. */
import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { alertsPage, coverage, coveredShare } from '../test/rules/coverage';

writeFileSync(resolve(__dirname, '../docs/alerts.md'), alertsPage());
const rows = coverage();
for (const { source, open } of rows.filter((row) => row.open.length > 0)) {
  console.log(`${source}: ${open.join(', ')}`);
}
console.log(`${(coveredShare(rows) * 100).toFixed(1)} % covered`);
