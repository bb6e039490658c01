import { Duration } from 'cdk8s';
import { expressionProblems } from './regular-expression';

/** How lines that belong together are found. */
export interface LogMultilineProps {
  /** Regular expression (RE2) that only the first line of an entry matches; it is searched in the line, so begin it with `^`. */
  readonly firstLine: string;
  /** Lines of one entry at most; what follows becomes an entry of its own. @default 128 */
  readonly maxLines?: number;
  /** How long Alloy waits for a further line before it sends the entry. @default Duration.seconds(3) */
  readonly maxWait?: Duration;
}

/**
 * A line that begins an entry: a date or time, a level, an opening bracket of JSON or of a thread, or the JVM's own report of
 * an exception that nobody caught. Frames (`\tat …`), `Caused by:` and the exception itself begin with none of these.
 */
const JAVA_FIRST_LINE =
  '^(?:\\x1b\\[[0-9;]*m)?(?:[{\\[]|[0-9]{2,4}[-/.:][0-9]{2}|Exception in thread |(?:TRACE|DEBUG|INFO|WARN|ERROR|FATAL|SEVERE)\\b)';

/**
 * Entries of several lines, joined before anything else looks at them. An entry waits in memory until the next one begins or
 * `maxWait` is over; if Alloy is killed meanwhile (not: stopped), its lines are lost, because their place in the file is passed.
 */
export class LogMultiline {
  /** Entries whose first line can be told by its text. */
  public static firstLine(props: LogMultilineProps): LogMultiline {
    return new LogMultiline(props.firstLine, props.maxLines ?? 128, props.maxWait ?? Duration.seconds(3));
  }

  /** Stack traces of Java and its relatives behind lines that begin with a time, a level or a bracket. */
  public static java(): LogMultiline {
    return LogMultiline.firstLine({ firstLine: JAVA_FIRST_LINE });
  }

  private constructor(
    /**
     * Expression of a first line.
     * @internal
     */
    public readonly _firstLine: string,
    /**
     * Lines of an entry.
     * @internal
     */
    public readonly _maxLines: number,
    /**
     * Time to wait.
     * @internal
     */
    public readonly _maxWait: Duration,
  ) {}

  /**
   * What is wrong.
   * @internal
   */
  public _problems(): string[] {
    const wait = this._maxWait.toMilliseconds();
    return [
      ...expressionProblems('multiline.firstLine', this._firstLine, 'say how an entry begins'),
      ...(Number.isInteger(this._maxLines) && this._maxLines > 1
        ? []
        : [`multiline.maxLines is ${this._maxLines}; allowed is a whole number above 1: raise it`]),
      ...(wait > 0 && wait <= 60_000
        ? []
        : [`multiline.maxWait is ${wait} ms; allowed is more than 0 and at most one minute: change it`]),
    ];
  }
}
