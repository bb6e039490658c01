import { describe, expect, it } from 'vitest';
import type { Manifest } from '../support/constructs';
import { contractProblems } from './contracts';
import { EXAMPLES, exampleManifests, examplePrerequisites, workloadsOf } from './examples';
import { containersOf } from './references';
import { portProblems, wiringProblems } from './wiring';

describe.each(EXAMPLES)('%s', (example) => {
  const manifests = exampleManifests(example);

  it('names only what is there, and reaches it', () => {
    expect(wiringProblems(manifests, examplePrerequisites(example))).toEqual([]);
  });

  it('notices each port that a program is not told of', () => {
    const unnoticed = workloadsOf(manifests).flatMap((workload) =>
      containersOf(workload).flatMap(({ name, ports = [] }, container) =>
        ports.flatMap((port: Manifest, index: number) => {
          const changed = structuredClone(workload);
          containersOf(changed)[container].ports[index].containerPort += 10_000;
          return portProblems(manifests, changed).length === 0 ? [`${name}: ${port.name}`] : [];
        }),
      ),
    );
    expect(unnoticed).toEqual([]);
  });

  it('keeps what its parts owe each other', () => {
    expect(contractProblems(manifests, examplePrerequisites(example))).toEqual([]);
  });
});
