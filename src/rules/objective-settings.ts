/** What of an objective's alerts there is. */
export enum ObjectiveAlerts {
  /** Fast burning of the error budget is critical and wakes somebody up, slow burning is a warning. */
  PAGE_AND_TICKET = 'page-and-ticket',
  /** Only warnings, for what can wait until the morning. */
  TICKET = 'ticket',
  /** None: the objective is recorded and shown. */
  NONE = 'none',
}

/** Where the events of an objective are counted. */
export type ObjectiveEvents =
  | {
      readonly kind: 'availability';
      readonly requestsMetric: string;
      readonly errorsMetric: string | undefined;
      readonly errorLabels: { readonly [label: string]: string } | undefined;
      readonly where: { readonly [label: string]: string };
    }
  | {
      readonly kind: 'latency';
      readonly durationMetric: string;
      readonly thresholdMilliseconds: number;
      readonly where: { readonly [label: string]: string };
    }
  | { readonly kind: 'custom'; readonly events: string; readonly failedEvents: string };

/** An objective with nothing left open. */
export interface ObjectiveSettings {
  readonly name: string;
  readonly target: number;
  readonly windowDays: number;
  readonly by: readonly string[];
  readonly labels: { readonly [name: string]: string };
  readonly minimumFailures: number;
  readonly alerts: ObjectiveAlerts;
  readonly events: ObjectiveEvents;
}

/** What stands for the window in a query of an objective. */
export const WINDOW = '$window';

/** Matches the class of a status code as much as the code: `5xx`, `503`. */
const SERVER_ERRORS = { status: '5..' };

/** Labels by which failed requests are told, where they are not counted apart. */
export const errorLabelsOf = ({
  errorsMetric,
  errorLabels,
}: {
  readonly errorsMetric: string | undefined;
  readonly errorLabels: { readonly [label: string]: string } | undefined;
}) => (errorsMetric === undefined ? (errorLabels ?? SERVER_ERRORS) : {});

/** Share of the events that may fail. */
export const errorBudget = (target: number): number => Number((1 - target).toPrecision(12));

/** Units that names of histograms end in, in milliseconds. */
const UNITS: readonly (readonly [ending: string, milliseconds: number])[] = [
  ['_milliseconds', 1],
  ['_ms', 1],
  ['_seconds', 1000],
];

/** The upper bound of the bucket that holds everything below the threshold; undefined where the name tells no unit. */
export function bucketBound(durationMetric: string, thresholdMilliseconds: number): number | undefined {
  const unit = UNITS.find(([ending]) => durationMetric.endsWith(ending));
  return unit && Number((thresholdMilliseconds / unit[1]).toPrecision(12));
}
