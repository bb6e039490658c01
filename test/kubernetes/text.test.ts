import { describe, expect, it } from 'vitest';
import { toYaml } from '../../src/kubernetes/text';

describe('YAML', () => {
  it('has a value that stands in two places twice, keeps lines whole and leaves out what is undefined', () => {
    const shared = { labels: ['x'] };
    const long = 'word '.repeat(60).trim();
    expect(toYaml({ b: shared, a: shared, left: undefined, long })).toBe(
      `b:\n  labels:\n    - x\na:\n  labels:\n    - x\nlong: ${long}\n`,
    );
  });
});
