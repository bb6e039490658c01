import { describe, expect, it } from 'vitest';
import { contractProblems } from './contracts';
import { EXAMPLES, exampleManifests, examplePrerequisites } from './examples';
import { wiringProblems } from './wiring';

describe.each(EXAMPLES)('%s', (example) => {
  const manifests = exampleManifests(example);

  it('names only what is there, and reaches it', () => {
    expect(wiringProblems(manifests, examplePrerequisites(example))).toEqual([]);
  });

  it('keeps what its parts owe each other', () => {
    expect(contractProblems(manifests, examplePrerequisites(example))).toEqual([]);
  });
});
