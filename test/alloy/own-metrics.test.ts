import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, it } from 'vitest';
import { OWN_METRICS } from '../../src/alloy/own-metrics';

const catalogue: { readonly recorded: object } = JSON.parse(
  readFileSync(resolve(__dirname, '../../src/catalogue/metrics/alloy.json'), 'utf8'),
);

it('knows how each metric begins that a running Alloy was seen to have', () => {
  const recorded = Object.keys(catalogue.recorded);
  expect(recorded.length).toBeGreaterThan(100);
  expect(recorded.filter((name) => !OWN_METRICS.some((prefix) => name.startsWith(prefix)))).toEqual([]);
});
