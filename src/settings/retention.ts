/**
 * How long data is kept. One value for every component: each turns it into the syntax of its own program.
 * Whether a value makes sense is checked by the component that uses it, at synth.
 */
export class Retention {
  /** Keep for a number of hours. */
  public static hours(hours: number): Retention {
    return new Retention(hours);
  }

  /** Keep for a number of days of 24 hours. */
  public static days(days: number): Retention {
    return new Retention(days * 24);
  }

  /** Never delete. */
  public static forever(): Retention {
    return new Retention(undefined);
  }

  private constructor(private readonly hoursKept: number | undefined) {}

  /** Whether nothing is ever deleted. */
  public get isForever(): boolean {
    return this.hoursKept === undefined;
  }

  /** Length in hours; `Infinity` when kept forever. */
  public toHours(): number {
    return this.hoursKept ?? Number.POSITIVE_INFINITY;
  }

  /**
   * As a duration that Prometheus, Thanos and Loki read: whole days as `90d`, else hours as `36h`; `0d`, their word for
   * "no limit", when kept forever.
   */
  public toString(): string {
    if (this.hoursKept === undefined) {
      return '0d';
    }
    return this.hoursKept % 24 === 0 ? `${this.hoursKept / 24}d` : `${Number(this.hoursKept.toFixed(3))}h`;
  }
}
