import { Duration } from 'cdk8s';
import { ObjectiveAlerts, type ObjectiveEvents, type ObjectiveSettings } from './objective-settings';

/** What every objective has. */
export interface ObjectiveOptions {
  /** Name, in the label `objective` of its series and alerts: 1 to 60 lower-case letters, digits and `-`. No two have the same. */
  readonly name: string;
  /** Share of the events that must be good, between 0 and 1: 0.999 for 99.9 %. The rest is the error budget. */
  readonly target: number;
  /**
   * Over which time the target counts, in whole days from 3 on, at most as long as Prometheus keeps samples. How soon alerts
   * come does not depend on it.
   * @default Duration.days(30)
   */
  readonly window?: Duration;
  /**
   * Labels that tell services apart, each of which has the objective and an error budget of its own: `['namespace', 'app']`.
   * Cluster and environment are kept besides.
   * @default - none: all events are one
   */
  readonly by?: string[];
  /** Further labels of the objective's series and alerts, by which they are routed. @default - none but `objective` */
  readonly labels?: { [name: string]: string };
  /**
   * How many events must have failed, within the longer window of an alert, for it to fire: one failure of ten requests in a
   * quiet night is a share of 10 %, and no reason to wake up.
   * @default 5
   */
  readonly minimumFailures?: number;
  /** Which alerts there are. @default ObjectiveAlerts.PAGE_AND_TICKET */
  readonly alerts?: ObjectiveAlerts;
}

/** An objective about requests that fail. */
export interface AvailabilityObjectiveProps extends ObjectiveOptions {
  /** Counter of all requests: `qgx_http_requests_total`, `http_server_requests_seconds_count`. */
  readonly requestsMetric: string;
  /** Counter of those that failed, where they are counted apart, with the same labels for `where` and `by`. @default - see `errorLabels` */
  readonly errorsMetric?: string;
  /**
   * Labels of `requestsMetric` that only failed requests have, with regular expressions for their whole values.
   * @default - `{ status: '5..' }`, for codes (`503`) and classes (`5xx`); none where `errorsMetric` is given
   */
  readonly errorLabels?: { [label: string]: string };
  /** Labels that choose the series, with their values. @default - all series of the metric */
  readonly where?: { [label: string]: string };
}

/** An objective about requests that take too long. */
export interface LatencyObjectiveProps extends ObjectiveOptions {
  /**
   * Histogram of the durations, without `_bucket`; its name ends in the unit (`_seconds`, `_milliseconds`, `_ms`):
   * `http_server_requests_seconds`, `qgx_http_request_duration_ms`.
   */
  readonly durationMetric: string;
  /** Within which time a request is good; the upper bound of one of the histogram's buckets. */
  readonly threshold: Duration;
  /** Labels that choose the series, with their values. @default - all series of the metric */
  readonly where?: { [label: string]: string };
}

/** An objective about any events that can be counted. */
export interface CustomObjectiveProps extends ObjectiveOptions {
  /**
   * PromQL for the number of events within `$window`, with the labels of `by`: `increase(jobs_total[$window])`. It is summed, and
   * must be cheap over an hour.
   */
  readonly eventsQuery: string;
  /** PromQL for those that failed, alike: `increase(jobs_total{outcome="failed"}[$window])`. No answer means that none did. */
  readonly failedEventsQuery: string;
}

/**
 * A service level objective: which share of the events must be good. Prometheus records the share that failed, over several
 * windows, and what is left of the error budget; alerts fire by how fast it is used up, and a dashboard shows it. How soon they
 * fire is measured in docs/objectives.md.
 *
 * Events are what is counted: where nothing asks, nothing fails. That a service is gone altogether is for other alerts.
 */
export class Objective {
  /** Requests must not fail. */
  public static availability(props: AvailabilityObjectiveProps): Objective {
    const { requestsMetric, errorsMetric, errorLabels, where = {} } = props;
    return new Objective(props, { kind: 'availability', requestsMetric, errorsMetric, errorLabels, where });
  }

  /** Requests must be done within a time. Failed ones count like others: an error that comes at once is not late. */
  public static latency(props: LatencyObjectiveProps): Objective {
    const { durationMetric, threshold, where = {} } = props;
    const thresholdMilliseconds = threshold.toMilliseconds({ integral: false });
    return new Objective(props, { kind: 'latency', durationMetric, thresholdMilliseconds, where });
  }

  /** Events of any kind must not fail. */
  public static custom(props: CustomObjectiveProps): Objective {
    const { eventsQuery, failedEventsQuery } = props;
    return new Objective(props, { kind: 'custom', events: eventsQuery, failedEvents: failedEventsQuery });
  }

  /**
   * With nothing left open.
   * @internal
   */
  public readonly _settings: ObjectiveSettings;

  private constructor(options: ObjectiveOptions, events: ObjectiveEvents) {
    this._settings = {
      name: options.name,
      target: options.target,
      windowDays: (options.window ?? Duration.days(30)).toDays({ integral: false }),
      by: options.by ?? [],
      labels: options.labels ?? {},
      minimumFailures: options.minimumFailures ?? 5,
      alerts: options.alerts ?? ObjectiveAlerts.PAGE_AND_TICKET,
      events,
    };
  }

  /** Its name. */
  public get name(): string {
    return this._settings.name;
  }

  /** Share of the events that must be good. */
  public get target(): number {
    return this._settings.target;
  }
}
