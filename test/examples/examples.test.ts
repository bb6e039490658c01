import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { App, Testing } from 'cdk8s';
import { loadAll } from 'js-yaml';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ReferenceStack } from '../../examples/qgx/stack';
import type { Manifest } from '../support/constructs';
import { expectInvariants } from '../support/invariants';

const ROOT = resolve(__dirname, '../..');
const DIST = join(ROOT, 'dist');

const filesOf = (folder: string) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();

describe('dist/', () => {
  let fresh: string;
  beforeAll(() => {
    fresh = mkdtempSync(join(tmpdir(), 'dist-'));
    execFileSync('npx', ['tsx', 'examples/main.ts'], {
      cwd: ROOT,
      env: { ...process.env, CDK8S_OUTDIR: fresh },
      stdio: 'ignore',
    });
  }, 60_000);
  afterAll(() => rmSync(fresh, { recursive: true, force: true }));

  it('holds what synth prints', () => {
    expect(filesOf(fresh)).toEqual(filesOf(DIST));
    for (const file of filesOf(DIST)) {
      expect(readFileSync(join(fresh, file), 'utf8'), `${file}: run npx cdk8s synth`).toBe(
        readFileSync(join(DIST, file), 'utf8'),
      );
    }
  });
});

describe('the reference stack', () => {
  const manifests: Manifest[] = Testing.synth(new ReferenceStack(new App(), 'qgx'));

  it('holds what any stack must', () => expectInvariants(manifests));

  it('stays as it is', () => expect(manifests).toMatchSnapshot());

  it('shows no credential', () => {
    let found = 0;
    for (const { metadata, data } of manifests.filter(({ kind }) => kind === 'ConfigMap')) {
      const settings = Object.values<string>(data).flatMap((text) => [
        ...text.matchAll(/^\s*\w*(?:password|secret|access_key)\w*\s*[:=]\s*(\S.*)$/gim),
      ]);
      found += settings.length;
      for (const [setting, value] of settings) {
        // A reference to a file or a variable of the component's own syntax.
        expect(value, `${metadata.name}: ${setting}`).toMatch(/^["']?\$/);
      }
    }
    expect(found).toBeGreaterThan(0);
    expect(manifests.filter(({ kind }) => kind === 'Secret')).toEqual([]);
  });

  it('is drawn in the README', () => {
    const wiring = readFileSync(join(DIST, 'qgx/wiring.mmd'), 'utf8').trim();
    expect(readFileSync(join(ROOT, 'README.md'), 'utf8')).toContain(`\`\`\`mermaid\n${wiring}\n\`\`\``);
  });
});

describe('manifests', () => {
  it('are YAML that others read as we wrote it', () => {
    const written = loadAll(readFileSync(join(DIST, 'qgx/qgx.k8s.yaml'), 'utf8')) as Manifest[];
    expect(written).toEqual(JSON.parse(JSON.stringify(Testing.synth(new ReferenceStack(new App(), 'qgx')))));
  });
});
