import { LogLabel } from './log-label';
import { LogMatch } from './log-match';

/** A counter of log lines. */
export interface LogCounterProps {
  /** Full name, ending in `_total`. */
  readonly name: string;
  /** What is counted, as Prometheus shows it. @default - none */
  readonly description?: string;
  /** Field that decides whether a line counts. @default - the whole line */
  readonly field?: string;
  /** Condition on the field or line. @default - any value; without `field` every line */
  readonly match?: LogMatch;
  /** Labels besides those that every metric has: cluster, environment, namespace, app, container. @default - none */
  readonly labels?: LogLabel[];
}

/** A histogram of a number in log lines. */
export interface LogHistogramProps {
  /** Full name, with the unit of the field: `qgx_http_request_duration_ms`. */
  readonly name: string;
  /** What is measured, as Prometheus shows it. @default - none */
  readonly description?: string;
  /** Field that holds the number, without unit. Lines where it is missing or not a number are left out. */
  readonly field: string;
  /** Upper bounds of the buckets, ascending; `+Inf` is added by Alloy. Each is a series per combination of labels. */
  readonly buckets: number[];
  /** Labels besides those that every metric has: cluster, environment, namespace, app, container. @default - none */
  readonly labels?: LogLabel[];
}

/** A counter that adds up a number in log lines. */
export interface LogSumProps {
  /** Full name, with the unit of the field, ending in `_total`: `shop_response_bytes_total`. */
  readonly name: string;
  /** What is added up, as Prometheus shows it. @default - none */
  readonly description?: string;
  /** Field that holds the number, without unit and sign. Lines where it is missing or not a number are left out. */
  readonly field: string;
  /** Labels besides those that every metric has: cluster, environment, namespace, app, container. @default - none */
  readonly labels?: LogLabel[];
}

/** The latest value of a number in log lines. */
export interface LogGaugeProps {
  /** Full name, with the unit of the field: `shop_queue_length`. */
  readonly name: string;
  /** What is measured, as Prometheus shows it. @default - none */
  readonly description?: string;
  /** Field that holds the number, without unit. Lines where it is missing or not a number are left out. */
  readonly field: string;
  /** Labels besides those that every metric has: cluster, environment, namespace, app, container. @default - none */
  readonly labels?: LogLabel[];
}

/** What a metric made from logs does with a line. */
export enum LogMetricKind {
  /** Counts it. */
  COUNTER = 'counter',
  /** Adds a number of it to a counter. */
  SUM = 'sum',
  /** Shows a number of it. */
  GAUGE = 'gauge',
  /** Puts a number of it into buckets. */
  HISTOGRAM = 'histogram',
}

/** Which lines are errors of HTTP requests. One answer, so that no line counts twice. */
export enum HttpErrors {
  /** Status code of 500 or more. */
  SERVER_STATUS = 'status',
  /** Level ERROR, whatever the status. */
  ERROR_LEVEL = 'level',
}

/** What the duration of a request is written in. */
export enum HttpDurationUnit {
  /** Milliseconds: Envoy, most applications. */
  MILLISECONDS = 'ms',
  /** Seconds: nginx. */
  SECONDS = 'seconds',
}

/** The three metrics of HTTP requests: rate, errors, duration. */
export interface HttpLogMetricsProps {
  /** Start of the names, without the `_` that follows: `qgx` gives `qgx_http_requests_total`. */
  readonly prefix: string;
  /** What counts as error. @default HttpErrors.SERVER_STATUS */
  readonly errors?: HttpErrors;
  /** Upper bounds of the duration's buckets, in its unit. @default - from 10 ms to 10 s: 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10000 */
  readonly buckets?: number[];
  /** Unit of the duration, and end of its metric's name. @default HttpDurationUnit.MILLISECONDS */
  readonly durationUnit?: HttpDurationUnit;
  /** Field of the status code. @default 'statusCode' */
  readonly statusField?: string;
  /** Field of the duration. @default 'duration' */
  readonly durationField?: string;
  /** Field of the level, when the level decides about errors. @default 'level' */
  readonly levelField?: string;
  /** Labels of all three. @default - `method` of the field `httpMethod` and `status` (the class) of the status field */
  readonly labels?: LogLabel[];
}

const MILLISECOND_BUCKETS = [10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10000];

/**
 * A metric that Alloy makes from log lines; nothing in the application changes. It appears on Alloy's own `/metrics`, once
 * per node, with labels of the application, so it must be scraped with `honor_labels`.
 *
 * Series begin at their first line and all counts begin anew with each start of Alloy: query them with `rate` or
 * `increase`. After a crash lines may be read, and counted, a second time (Loki drops the repetition, a counter cannot).
 */
export class LogMetric {
  /** Counts exactly the lines whose field meets a condition. */
  public static counter(props: LogCounterProps): LogMetric {
    const wholeLine = props.field === undefined && props.match === undefined;
    return new LogMetric(
      LogMetricKind.COUNTER,
      props.name,
      props.description ?? '',
      props.field,
      wholeLine ? undefined : (props.match ?? LogMatch.any()),
      props.labels ?? [],
      undefined,
    );
  }

  /** Adds up a number of the lines. */
  public static sum(props: LogSumProps): LogMetric {
    return LogMetric.ofNumber(LogMetricKind.SUM, props, LogMatch._number());
  }

  /**
   * Shows a number of the latest line, until five minutes after it. Each agent shows its own: where an application runs on
   * several nodes, one series of it is overwritten by the pods of one node, and there is one for each node.
   */
  public static gauge(props: LogGaugeProps): LogMetric {
    return LogMetric.ofNumber(LogMetricKind.GAUGE, props, LogMatch._signedNumber());
  }

  /** Puts a number of the line into buckets. */
  public static histogram(props: LogHistogramProps): LogMetric {
    return LogMetric.ofNumber(LogMetricKind.HISTOGRAM, props, LogMatch._number(), props.buckets);
  }

  /**
   * `<prefix>_http_requests_total` (lines with a status code), `<prefix>_http_errors_total` and
   * `<prefix>_http_request_duration_ms` (or `_seconds`).
   */
  public static http(props: HttpLogMetricsProps): LogMetric[] {
    const statusField = props.statusField ?? 'statusCode';
    const labels = props.labels ?? [LogLabel.httpMethod(), LogLabel.httpStatusClass({ field: statusField })];
    const unit = props.durationUnit ?? HttpDurationUnit.MILLISECONDS;
    const inSeconds = unit === HttpDurationUnit.SECONDS;
    const byLevel = props.errors === HttpErrors.ERROR_LEVEL;
    return [
      LogMetric.counter({
        name: `${props.prefix}_http_requests_total`,
        description: 'HTTP requests, counted from log lines that have a status code.',
        field: statusField,
        match: LogMatch.httpStatus(),
        labels,
      }),
      LogMetric.counter({
        name: `${props.prefix}_http_errors_total`,
        description: byLevel ? 'Log lines of level ERROR.' : 'HTTP requests answered with a status code of 500 or more.',
        field: byLevel ? (props.levelField ?? 'level') : statusField,
        match: byLevel ? LogMatch.oneOfIgnoringCase(['ERROR']) : LogMatch.httpStatus([5]),
        labels,
      }),
      LogMetric.histogram({
        name: `${props.prefix}_http_request_duration_${unit}`,
        description: `Duration of HTTP requests in ${inSeconds ? 'seconds' : 'milliseconds'}.`,
        field: props.durationField ?? 'duration',
        buckets: props.buckets ?? MILLISECOND_BUCKETS.map((bound) => (inSeconds ? bound / 1000 : bound)),
        labels,
      }),
    ];
  }

  private static ofNumber(kind: LogMetricKind, props: LogGaugeProps, match: LogMatch, buckets?: number[]): LogMetric {
    return new LogMetric(kind, props.name, props.description ?? '', props.field, match, props.labels ?? [], buckets);
  }

  private constructor(
    /** What the metric does with a line. */
    public readonly kind: LogMetricKind,
    /** Full name. */
    public readonly name: string,
    /** What is counted or measured. */
    public readonly description: string,
    /** The field it is made from; undefined stands for the whole line. */
    public readonly field: string | undefined,
    /**
     * Lines that count; undefined stands for all.
     * @internal
     */
    public readonly _match: LogMatch | undefined,
    /** Labels of its own. */
    public readonly labels: LogLabel[],
    /** Upper bounds of the buckets of a histogram; undefined in a counter. */
    public readonly buckets: number[] | undefined,
  ) {}
}
