import { describe, expect, it } from 'vitest';
import { nearest } from '../../src/settings/nearest';

describe('nearest', () => {
  it.each([
    ['kubernetes-pod', 'kubernetes-pods'],
    ['KUBERNETES-PODS', 'kubernetes-pods'],
    ['lokki', 'loki'],
    ['oki', 'loki'],
    ['thans', 'thanos'],
    ['', 'loki'],
  ])('of %j is %j', (name, expected) => {
    expect(nearest(name, ['kubernetes-pods', 'loki', 'thanos'])).toBe(expected);
  });

  it('is nothing where there are no names', () => {
    expect(nearest('loki', [])).toBeUndefined();
  });
});
