/** A part of a day. Times are `HH:MM`, from `00:00` to `24:00`; over midnight takes two ranges. */
export interface AlertTimeRange {
  /** Begin: `09:00`. */
  readonly start: string;
  /** End, not included: `18:00`. */
  readonly end: string;
}

/** When an interval is. What is given must hold together; of each list one entry must hold. */
export interface AlertTimeIntervalOptions {
  /** Parts of the day. @default - the whole day */
  readonly times?: AlertTimeRange[];
  /** Days of the week, one or a range: `monday:friday`, `sunday`. The week begins on Sunday. @default - every day */
  readonly weekdays?: string[];
  /** Days of the month, one or a range, negative from its end: `1:7`, `-1`. @default - every day */
  readonly daysOfMonth?: string[];
  /** Months, one or a range, by name or number: `december`, `1:3`. @default - every month */
  readonly months?: string[];
  /** Years, one or a range: `2026:2028`. @default - every year */
  readonly years?: string[];
  /** Time zone, by its name in the IANA database: `Asia/Seoul`. @default 'UTC' */
  readonly location?: string;
}

const WEEKDAYS = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];
const MONTHS = [
  'january',
  'february',
  'march',
  'april',
  'may',
  'june',
  'july',
  'august',
  'september',
  'october',
  'november',
  'december',
];

const wholeNumber = (text: string) => (/^-?\d+$/.test(text) ? Number(text) : Number.NaN);
const weekday = (text: string) => (WEEKDAYS.includes(text) ? WEEKDAYS.indexOf(text) : Number.NaN);
const within = (low: number, high: number) => (text: string) => {
  const value = wholeNumber(text);
  return value >= low && value <= high ? value : Number.NaN;
};
const month = (text: string) => (MONTHS.includes(text) ? MONTHS.indexOf(text) + 1 : within(1, 12)(text));
// Counted from the end in a month of 28 days, as Alertmanager checks it; 0 is no day.
const dayOfMonth = (text: string) => {
  const day = within(-31, 31)(text);
  return day === 0 ? Number.NaN : day;
};

const minutes = (time: string) =>
  /^(([01]\d|2[0-3]):[0-5]\d|24:00)$/.test(time) ? Number(time.slice(0, 2)) * 60 + Number(time.slice(3)) : Number.NaN;

const ordered = (begin: number, end: number) => begin <= end;
const fromEnd = (day: number) => (day < 0 ? 28 + day : day);

function rangeProblems(
  property: string,
  values: readonly string[] | undefined,
  read: (text: string) => number,
  allowed: string,
  inOrder: (begin: number, end: number) => boolean = ordered,
): string[] {
  return (values ?? [])
    .filter((value) => {
      const ends = value.split(':').map((text) => read(text));
      return ends.length > 2 || ends.some(Number.isNaN) || !inOrder(ends[0], ends[ends.length - 1]);
    })
    .map((value) => `${property} has ${JSON.stringify(value)}; allowed are ${allowed}, alone or as \`begin:end\`: correct it`);
}

/** A named time, at which routes are silent or active. */
export class AlertTimeInterval {
  /**
   * @param name tells it from others
   * @param intervals one of them must hold
   */
  public static of(name: string, intervals: AlertTimeIntervalOptions[]): AlertTimeInterval {
    return new AlertTimeInterval(name, intervals);
  }

  private constructor(
    /** Name. */
    public readonly name: string,
    private readonly intervals: AlertTimeIntervalOptions[],
  ) {}

  /**
   * As in the configuration.
   * @internal
   */
  public _config() {
    return {
      name: this.name,
      time_intervals: this.intervals.map(({ times, weekdays, daysOfMonth, months, years, location }) => ({
        ...(times && { times: times.map(({ start, end }) => ({ start_time: start, end_time: end })) }),
        ...(weekdays && { weekdays }),
        ...(daysOfMonth && { days_of_month: daysOfMonth }),
        ...(months && { months }),
        ...(years && { years }),
        ...(location !== undefined && { location }),
      })),
    };
  }

  /**
   * What is wrong with it.
   * @internal
   */
  public _problems(): string[] {
    const property = `time interval ${JSON.stringify(this.name)}`;
    return [
      ...(this.name.trim() === ''
        ? [`name of a time interval is ${JSON.stringify(this.name)}; allowed is any other text: name it`]
        : []),
      ...(this.intervals.length === 0 ? [`${property} is []; allowed is at least one interval: give one`] : []),
      ...this.intervals.flatMap(({ times = [], weekdays, daysOfMonth, months, years, location }) => [
        ...times
          .filter(({ start, end }) => !(minutes(start) < minutes(end)))
          .map(
            ({ start, end }) =>
              `${property}: times has ${start} to ${end}; allowed are "HH:MM", the start before the end: give two ranges for a time over midnight`,
          ),
        ...rangeProblems(`${property}: weekdays`, weekdays, weekday, `${WEEKDAYS.join(', ')} in this order`),
        ...rangeProblems(
          `${property}: daysOfMonth`,
          daysOfMonth,
          dayOfMonth,
          '1 to 31 and -31 to -1',
          (begin, end) => !(begin < 0 && end > 0) && fromEnd(begin) <= fromEnd(end),
        ),
        ...rangeProblems(`${property}: months`, months, month, '1 to 12 and the names of months'),
        ...rangeProblems(`${property}: years`, years, within(1970, 9999), 'years'),
        ...(location === undefined || isTimeZone(location)
          ? []
          : [
              `${property}: location is ${JSON.stringify(location)}; allowed are names of the IANA time zone database, such as "Asia/Seoul": correct it`,
            ]),
      ]),
    ];
  }
}

/** Alertmanager does not start with a zone that it does not know. */
function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    // Offsets, which newer versions of JavaScript read, are no names.
    return /^[A-Z][\w+-]*(\/[\w+-]+){0,2}$/.test(name);
  } catch {
    return false;
  }
}
