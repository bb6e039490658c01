import { Retention } from '../settings/retention';

/**
 * How long each resolution is kept in object storage. Downsampling frees no space by itself: the 5-minute and the 1-hour data
 * stand beside the raw data until that is deleted.
 */
export interface RetentionTiers {
  /**
   * Samples as they were scraped. At least 40 hours, because 5-minute data is made of blocks of that length; better 3 days.
   * @default Retention.forever()
   */
  readonly raw?: Retention;
  /**
   * Data of 5 minutes. At least as long as `raw` and 10 days, because 1-hour data is made of blocks of that length; better 17.
   * @default Retention.forever()
   */
  readonly fiveMinutes?: Retention;
  /** Data of 1 hour. Better as long as `fiveMinutes` at least. @default Retention.forever() */
  readonly oneHour?: Retention;
}

/** The tiers with nothing left open. */
export type ResolvedTiers = Required<RetentionTiers>;

export function resolveTiers(tiers: RetentionTiers = {}): ResolvedTiers {
  const forever = Retention.forever();
  return { raw: tiers.raw ?? forever, fiveMinutes: tiers.fiveMinutes ?? forever, oneHour: tiers.oneHour ?? forever };
}

const HOURS_PER_DAY = 24;
/** Raw blocks of this length get 5-minute data, such 5-minute blocks get 1-hour data (thanos, pkg/compact/downsample). */
const FIVE_MINUTES_FROM = 40;
const ONE_HOUR_FROM = 10 * HOURS_PER_DAY;
/** Blocks of 2 and of 14 days exist when their time is over, the next block is there and the compactor has been around. */
const TWO_DAY_BLOCK = 3 * HOURS_PER_DAY;
const FOURTEEN_DAY_BLOCK = 17 * HOURS_PER_DAY;
/** Beyond it lies nothing but overflow. */
const LONGEST = 36_500 * HOURS_PER_DAY;

const text = (retention: Retention) => (retention.isForever ? 'forever' : retention.toString());

/** What Thanos would refuse, and what would lose data or its meaning. */
export function tierProblems(tiers: ResolvedTiers): string[] {
  const { raw, fiveMinutes } = tiers;
  const unreadable = (Object.keys(tiers) as (keyof ResolvedTiers)[]).filter((tier) => {
    const hours = tiers[tier].toHours();
    return !tiers[tier].isForever && (!Number.isInteger(hours) || hours < 1 || hours > LONGEST);
  });
  if (unreadable.length > 0) {
    return unreadable.map(
      (tier) =>
        `tiers.${tier} is ${tiers[tier].toHours()} hours; allowed are whole hours from 1 to ${LONGEST}: correct it, or use Retention.forever()`,
    );
  }
  const problems: string[] = [];
  if (raw.toHours() < FIVE_MINUTES_FROM) {
    problems.push(
      `tiers.raw is ${text(raw)}; allowed is at least 40h, the length of block that 5-minute data is made of: keep it 3d or longer`,
    );
  }
  if (fiveMinutes.toHours() < ONE_HOUR_FROM) {
    problems.push(
      `tiers.fiveMinutes is ${text(fiveMinutes)}; allowed is at least 10d, the length of block that 1-hour data is made of: keep it 17d or longer`,
    );
  }
  if (fiveMinutes.toHours() < raw.toHours()) {
    problems.push(
      `tiers.fiveMinutes is ${text(fiveMinutes)}; allowed is at least tiers.raw, ${text(raw)}: 5-minute data that goes before the raw data has no use`,
    );
  }
  return problems;
}

/** What works, but not as it looks. Says nothing about tiers that are refused. */
export function tierWarnings(tiers: ResolvedTiers): { readonly id: string; readonly message: string }[] {
  if (tierProblems(tiers).length > 0) {
    return [];
  }
  const { raw, fiveMinutes, oneHour } = tiers;
  const warnings = [];
  if (raw.toHours() < TWO_DAY_BLOCK) {
    warnings.push({
      id: 'retention-tier-loses-data',
      message: `tiers.raw is ${text(raw)}: the first raw samples of every 2 days are deleted before the block of 2 days exists that 5-minute data is made of; keep 3d or longer`,
    });
  }
  if (fiveMinutes.toHours() < FOURTEEN_DAY_BLOCK) {
    warnings.push({
      id: 'retention-tier-loses-data',
      message: `tiers.fiveMinutes is ${text(fiveMinutes)}: the first days of every 14 are deleted before the block of 14 days exists that 1-hour data is made of; keep 17d or longer`,
    });
  }
  if (oneHour.toHours() < fiveMinutes.toHours()) {
    warnings.push({
      id: 'retention-tier-without-use',
      message: `tiers.oneHour is ${text(oneHour)}, shorter than tiers.fiveMinutes, ${text(fiveMinutes)}: 1-hour data goes before the finer data does and extends nothing; keep it longer`,
    });
  }
  return warnings;
}
