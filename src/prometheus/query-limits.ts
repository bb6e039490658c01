import type { Duration } from 'cdk8s';

/** Limits of a query. */
export interface QueryLimits {
  /** Longest time (`--query.timeout`). @default Duration.minutes(2) */
  readonly timeout?: Duration;
  /** Samples that one query may load, 16 bytes each (`--query.max-samples`). @default 50000000, which is about 800 MB */
  readonly maxSamples?: number;
  /** Queries at the same time (`--query.max-concurrency`). @default 20 */
  readonly maxConcurrency?: number;
}
