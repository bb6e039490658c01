import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { STACKS } from './generated-stacks';
import { findProgram } from './programs';
import { casesOf, objections, selfSignedCertificate } from './questions';

const folder = mkdtempSync(join(tmpdir(), 'generated-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const certificate = selfSignedCertificate();

it('has hostile texts in at least half of the stacks', () => {
  expect(STACKS.filter(({ isHostile }) => isHostile).length).toBeGreaterThanOrEqual(STACKS.length / 2);
});

describe.each(STACKS)('$name', ({ name, manifests }) => {
  const cases = casesOf(manifests);
  const askable = cases.filter(({ question }) => findProgram(question.program) !== undefined);

  it.skipIf(askable.length < cases.length)('is accepted by every program', async () => {
    const found: string[] = [];
    for (const asked of askable) {
      found.push(...(await objections(join(folder, name), manifests, asked, certificate)));
    }
    rmSync(join(folder, name), { recursive: true, force: true });
    expect(found).toEqual([]);
  });
});
