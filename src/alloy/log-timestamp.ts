/** A time that is written in the line. */
export interface LogTimestampProps {
  /** Field that holds it. */
  readonly field: string;
  /** How it is written, by Go's reference time: `2006-01-02 15:04:05.000`, `02/Jan/2006:15:04:05 -0700`. */
  readonly layout: string;
  /** Time zone of times without one, from the IANA database: `Asia/Seoul`. @default - UTC */
  readonly location?: string;
}

/** What a whole number since 1970 counts. */
export enum UnixTimeUnit {
  /** Seconds, also with a fraction. */
  SECONDS = 'Unix',
  /** Milliseconds. */
  MILLISECONDS = 'UnixMs',
  /** Microseconds. */
  MICROSECONDS = 'UnixUs',
  /** Nanoseconds. */
  NANOSECONDS = 'UnixNs',
}

/**
 * The time of an entry, read from the line. Without it an entry has the time at which the container runtime took the line,
 * to the nanosecond, which keeps the order of lines and lets Loki recognize a line that is sent twice. Worth it only where
 * lines come late: from a queue, a batch, a device. A line whose time cannot be read keeps the runtime's. Loki refuses what
 * is too old or too far in the future (`loki_write_dropped_entries_total`).
 */
export class LogTimestamp {
  /** A time in RFC 3339 (ISO 8601 with a zone), with or without a fraction of a second. */
  public static rfc3339(field: string): LogTimestamp {
    return new LogTimestamp(field, 'RFC3339Nano', undefined);
  }

  /** A number since 1970. */
  public static unix(field: string, unit: UnixTimeUnit): LogTimestamp {
    return new LogTimestamp(field, unit, undefined);
  }

  /** A time in any other form. */
  public static layout(props: LogTimestampProps): LogTimestamp {
    return new LogTimestamp(props.field, props.layout, props.location);
  }

  /** The time that the format of the lines knows; the presets know theirs. */
  public static ofFormat(): LogTimestamp {
    return new LogTimestamp('', '', undefined);
  }

  private constructor(
    /** Field that holds the time; empty stands for the format's. */
    public readonly field: string,
    /**
     * Alloy's name of the format, or Go's layout.
     * @internal
     */
    public readonly _format: string,
    /**
     * Time zone of times without one.
     * @internal
     */
    public readonly _location: string | undefined,
  ) {}

  /**
   * What is wrong.
   * @internal
   */
  public _problems(): string[] {
    if (this.field === '' && this._format === '') {
      return [
        'timestamp is LogTimestamp.ofFormat(), and the format knows no time; allowed is another LogTimestamp: say which field holds the time',
      ];
    }
    const names = ['RFC3339Nano', ...Object.values<string>(UnixTimeUnit)];
    const layout = names.includes(this._format) || (/15|3|03/.test(this._format) && /0?4/.test(this._format));
    return [
      ...(layout
        ? []
        : [
            `timestamp.layout is ${JSON.stringify(this._format)}; allowed is Go's reference time, with hour (15) and minute (04): ` +
              'write 2006-01-02 15:04:05 the way the lines have it',
          ]),
      ...(this._location === undefined || /^[A-Za-z]+([/_+-][A-Za-z0-9_+-]+)*$/.test(this._location)
        ? []
        : [
            `timestamp.location is ${JSON.stringify(this._location)}; allowed is a name of the IANA database: use one such as "Asia/Seoul"`,
          ]),
    ];
  }
}
