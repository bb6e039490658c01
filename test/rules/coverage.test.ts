import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { alertsPage, coverage, coveredShare } from './coverage';
import { COVERED_BY, NOT_COVERED, OUT_OF_SCOPE } from './not-covered';

/** Alerts that appear in newer collections need not be there at once. */
const LEAST_SHARE = 0.95;

describe('coverage of widely used alerts', () => {
  const rows = coverage();

  it('does not fall', () => {
    expect(coveredShare(rows)).toBeGreaterThanOrEqual(LEAST_SHARE);
  });

  it('explains nothing that is covered or unknown', () => {
    const known = rows.flatMap((row) => [...row.covered, ...row.leftOut, ...row.outOfScope, ...row.open]);
    const covered = rows.flatMap((row) => row.covered);
    const explained = [...Object.keys(NOT_COVERED), ...Object.keys(OUT_OF_SCOPE)];
    expect(explained.filter((name) => !known.includes(name) || covered.includes(name))).toEqual([]);
    expect(Object.keys(COVERED_BY).filter((name) => !covered.includes(name))).toEqual([]);
  });

  it('stands in docs/alerts.md', () => {
    expect(readFileSync(resolve(__dirname, '../../docs/alerts.md'), 'utf8'), 'run npm run coverage:alerts').toBe(alertsPage());
  });
});
