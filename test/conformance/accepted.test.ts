import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { EXAMPLES, exampleManifests } from './examples';
import { findProgram } from './programs';
import { casesOf, objections, selfSignedCertificate } from './questions';

const folder = mkdtempSync(join(tmpdir(), 'accepted-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const certificate = selfSignedCertificate();

/** `versions.ts` says which images have no program here. */
const examples = EXAMPLES.filter((example) => casesOf(exampleManifests(example)).length > 0);

describe.each(examples)('%s', (example) => {
  const manifests = exampleManifests(example);
  for (const { title, ...asked } of casesOf(manifests)) {
    it.skipIf(findProgram(asked.question.program) === undefined)(title, async () => {
      expect(await objections(join(folder, example), manifests, { title, ...asked }, certificate)).toEqual([]);
    });
  }
});
