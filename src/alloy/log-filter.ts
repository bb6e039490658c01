import type { Duration, Size } from 'cdk8s';
import type { LogMatch } from './log-match';

/** A condition on lines. */
export interface LogConditionProps {
  /** Field the condition is about. @default - the whole line */
  readonly field?: string;
  /** Lines that meet it. */
  readonly match: LogMatch;
  /** Shows in `loki_process_dropped_lines_total{reason="…"}`: letters, digits and `_`. */
  readonly reason: string;
}

/** A sample of lines. */
export interface LogSampleProps {
  /** Share of the lines that is stored, between 0 and 1: `0.1` is one of ten. */
  readonly share: number;
  /** Field that decides which lines are sampled. @default - the whole line */
  readonly field?: string;
  /** Lines that are sampled; all others are stored. @default - all lines; with `field` those that have it */
  readonly match?: LogMatch;
  /** Shows in `loki_process_dropped_lines_total{reason="…"}`: letters, digits and `_`. */
  readonly reason: string;
}

/** What becomes of a line. */
export type LogFilterSettings =
  | { readonly kind: 'drop' | 'keep'; readonly field: string | undefined; readonly match: LogMatch }
  | { readonly kind: 'sample'; readonly field: string | undefined; readonly match: LogMatch | undefined; readonly share: number }
  | { readonly kind: 'longerThan'; readonly size: Size }
  | { readonly kind: 'olderThan'; readonly age: Duration };

/**
 * Lines that are not stored. Each filter counts what it takes away in `loki_process_dropped_lines_total`, by its reason.
 * Dropped lines count in no metric made from logs; sampled ones do, so that rates stay true.
 */
export class LogFilter {
  /** Drops the lines that meet a condition. */
  public static drop(props: LogConditionProps): LogFilter {
    return new LogFilter(props.reason, { kind: 'drop', field: props.field, match: props.match });
  }

  /** Keeps only the lines that meet a condition. */
  public static keep(props: LogConditionProps): LogFilter {
    return new LogFilter(props.reason, { kind: 'keep', field: props.field, match: props.match });
  }

  /** Stores a share of the lines, chosen at random; metrics count all of them. */
  public static sample(props: LogSampleProps): LogFilter {
    return new LogFilter(props.reason, { kind: 'sample', field: props.field, match: props.match, share: props.share });
  }

  /** Drops lines longer than a size, reason `too_long`. Loki itself refuses those above its `max_line_size`, 256 kB. */
  public static longerThan(size: Size): LogFilter {
    return new LogFilter('too_long', { kind: 'longerThan', size });
  }

  /** Drops lines older than an age, reason `too_old`: of files that lay on a node for long, for example. */
  public static olderThan(age: Duration): LogFilter {
    return new LogFilter('too_old', { kind: 'olderThan', age });
  }

  private constructor(
    /** Reason under which the lines are counted. */
    public readonly reason: string,
    /**
     * What it does.
     * @internal
     */
    public readonly _settings: LogFilterSettings,
  ) {}
}
