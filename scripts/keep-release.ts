import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';

/** Keeps the manifests of the version in package.json, against which later ones are held by `test/conformance/releases.test.ts`. */
const ROOT = resolve(__dirname, '..');
const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
const kept = join(ROOT, 'test/conformance/releases', version);

for (const file of readdirSync(join(ROOT, 'dist'), { recursive: true, encoding: 'utf8' })) {
  if (file.endsWith('.k8s.yaml')) {
    mkdirSync(join(kept, dirname(file)), { recursive: true });
    writeFileSync(join(kept, `${file}.gz`), gzipSync(readFileSync(join(ROOT, 'dist', file)), { level: 9 }));
  }
}
process.stdout.write(`kept ${kept}\n`);
