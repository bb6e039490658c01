import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Retention } from '../../src/settings/retention';
import { type RetentionTiers, resolveTiers, tierProblems, tierWarnings } from '../../src/thanos/retention-tiers';

const { days, hours, forever } = Retention;
const problems = (tiers: RetentionTiers) => tierProblems(resolveTiers(tiers));
const warnings = (tiers: RetentionTiers) => tierWarnings(resolveTiers(tiers));

describe('retention tiers', () => {
  it('are kept forever by default', () => {
    expect(Object.values(resolveTiers()).map(String)).toEqual(['0d', '0d', '0d']);
    expect(problems({})).toEqual([]);
    expect(warnings({})).toEqual([]);
  });

  it('of the reference stack are in order', () => {
    const tiers = { raw: days(90), fiveMinutes: days(365), oneHour: forever() };
    expect(problems(tiers)).toEqual([]);
    expect(warnings(tiers)).toEqual([]);
  });

  it('are refused where Thanos stops at its start', () => {
    expect(problems({ raw: hours(40) })).toEqual([]);
    expect(problems({ raw: hours(39), fiveMinutes: days(9) })).toEqual([
      'tiers.raw is 39h; allowed is at least 40h, the length of block that 5-minute data is made of: keep it 3d or longer',
      'tiers.fiveMinutes is 9d; allowed is at least 10d, the length of block that 1-hour data is made of: keep it 17d or longer',
    ]);
    expect(problems({ raw: hours(40), fiveMinutes: days(10) })).toEqual([]);
  });

  it('are refused where 5-minute data goes first', () => {
    expect(problems({ raw: days(90), fiveMinutes: days(89) })).toEqual([
      'tiers.fiveMinutes is 89d; allowed is at least tiers.raw, 90d: 5-minute data that goes before the raw data has no use',
    ]);
    expect(problems({ fiveMinutes: days(365) })).toEqual([
      'tiers.fiveMinutes is 365d; allowed is at least tiers.raw, forever: 5-minute data that goes before the raw data has no use',
    ]);
    expect(problems({ raw: days(90), fiveMinutes: days(90) })).toEqual([]);
  });

  it('are refused where they are no number of hours, zero above all, which Thanos takes for forever', () => {
    const tiers = { raw: hours(36.5), fiveMinutes: hours(Number.NaN), oneHour: days(0) };
    expect(problems(tiers)).toEqual([
      'tiers.raw is 36.5 hours; allowed are whole hours from 1 to 876000: correct it, or use Retention.forever()',
      'tiers.fiveMinutes is NaN hours; allowed are whole hours from 1 to 876000: correct it, or use Retention.forever()',
      'tiers.oneHour is 0 hours; allowed are whole hours from 1 to 876000: correct it, or use Retention.forever()',
    ]);
    expect(problems({ oneHour: days(36_501) })).toHaveLength(1);
    expect(problems({ oneHour: days(36_500) })).toEqual([]);
    expect(warnings(tiers)).toEqual([]);
  });

  it('that are accepted are accepted by Thanos', () => {
    const tier = fc.option(fc.oneof(fc.integer({ min: -5, max: 900_000 }), fc.integer({ min: 0, max: 500 }), fc.double()), {
      nil: undefined,
    });
    const retention = (kept: number | undefined) => (kept === undefined ? forever() : hours(kept));
    // model.ParseDuration; 0 means forever, else the limits of cmd/thanos/compact.go.
    const kept = (text: string) => Number(/^(\d+)[dh]$/.exec(text)?.[1]) * (text.endsWith('d') ? 24 : 1);
    fc.assert(
      fc.property(tier, tier, tier, (raw, fiveMinutes, oneHour) => {
        const tiers = { raw: retention(raw), fiveMinutes: retention(fiveMinutes), oneHour: retention(oneHour) };
        if (problems(tiers).length === 0) {
          expect([0, raw]).toContain(kept(String(tiers.raw)));
          expect(kept(String(tiers.raw)) || Number.POSITIVE_INFINITY).toBeGreaterThanOrEqual(40);
          expect(kept(String(tiers.fiveMinutes)) || Number.POSITIVE_INFINITY).toBeGreaterThanOrEqual(240);
          expect(kept(String(tiers.oneHour))).toBe(oneHour ?? 0);
        }
      }),
    );
  });

  it('warn where blocks go before longer ones are made of them', () => {
    expect(warnings({ raw: hours(71), fiveMinutes: days(16) })).toEqual([
      {
        id: 'retention-tier-loses-data',
        message:
          'tiers.raw is 71h: the first raw samples of every 2 days are deleted before the block of 2 days exists that 5-minute data is made of; keep 3d or longer',
      },
      {
        id: 'retention-tier-loses-data',
        message:
          'tiers.fiveMinutes is 16d: the first days of every 14 are deleted before the block of 14 days exists that 1-hour data is made of; keep 17d or longer',
      },
    ]);
    expect(warnings({ raw: days(3), fiveMinutes: days(17) })).toEqual([]);
  });

  it('warn where the 1-hour tier extends nothing', () => {
    const tiers = { raw: days(90), fiveMinutes: days(365), oneHour: days(364) };
    expect(problems(tiers)).toEqual([]);
    expect(warnings(tiers)).toEqual([
      {
        id: 'retention-tier-without-use',
        message:
          'tiers.oneHour is 364d, shorter than tiers.fiveMinutes, 365d: 1-hour data goes before the finer data does and extends nothing; keep it longer',
      },
    ]);
    expect(warnings({ ...tiers, oneHour: days(365) })).toEqual([]);
  });
});
