import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Every folder here is an example; its `main.ts` writes `<output folder>/<example>`. */
for (const entry of readdirSync(__dirname, { withFileTypes: true })) {
  if (entry.isDirectory()) {
    require(join(__dirname, entry.name, 'main'));
  }
}
