import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { canJudgeDefects, DEFECTS, JUDGES, REFERENCE, Trial } from './defects';
import { exampleManifests } from './examples';

describe.skipIf(!canJudgeDefects())('seeded defects', () => {
  let trial: Trial;

  beforeAll(async () => {
    trial = await Trial.open();
  });
  afterAll(() => trial?.close());

  for (const [judge, what] of Object.entries(JUDGES)) {
    it(`are not found where there is none by: ${judge} (${what})`, async () => {
      expect(await trial.problems(judge, exampleManifests(REFERENCE))).toEqual([]);
    });
  }

  it('have names of their own', () => {
    expect(new Set(DEFECTS.map(({ name }) => name)).size).toBe(DEFECTS.length);
  });

  for (const defect of DEFECTS) {
    it(`${defect.name}; caught by: ${defect.caughtBy}`, async () => {
      expect(await trial.judge(defect)).not.toEqual([]);
    });
  }
});
