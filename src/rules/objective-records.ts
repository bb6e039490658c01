import { is, isOneOf, matches, selector } from '../query/expressions';
import type { GroupDefinition, RecordDefinition } from './definition';
import {
  bucketBound,
  errorBudget,
  errorLabelsOf,
  ObjectiveAlerts,
  type ObjectiveEvents,
  type ObjectiveSettings,
  WINDOW,
} from './objective-settings';
import type { RuleContext } from './rule-context';

/** Names of what is recorded. Windows in them are nominal: where targets are scraped rarely, the short ones are longer. */
export const OBJECTIVE_RECORDS = {
  events: 'objective:events:increase5m',
  failures: (window: '5m' | '1h' | '6h' | '1d' | '3d') => `objective:failed_events:increase${window}`,
  ratio: (window: '5m' | '30m' | '1h' | '2h' | '6h' | '1d' | '3d') => `objective:failed_events:ratio${window}`,
  ratioOfWindow: 'objective:failed_events:ratio_window',
  target: 'objective:target:ratio',
  remaining: 'objective:error_budget:remaining',
  pageFailures: 'objective:page_failures:minimum',
  ticketFailures: 'objective:ticket_failures:minimum',
  declared: 'objective:declared:count',
} as const;

/** The label with the name of the objective. */
export const OBJECTIVE_LABEL = 'objective';

const LEAST_INTERVAL_SECONDS = 30;
const LONG_INTERVAL_SECONDS = 120;
const MINUTES_PER_DAY = 24 * 60;

/** How often an objective is evaluated, in seconds. More often than it is scraped would show nothing new. */
const intervalOf = ({ scrapeInterval }: RuleContext): number =>
  Math.max(LEAST_INTERVAL_SECONDS, scrapeInterval.toMilliseconds() / 1000);

/**
 * What is recorded of an objective. Windows up to an hour are read from the metrics themselves, so that alerts come at once.
 * Longer ones add up what was recorded each time over the shortest, which is one series for each service however many its pods:
 * the shares are weighted by traffic all the same.
 */
export function objectiveGroups(context: RuleContext, objective: ObjectiveSettings): GroupDefinition[] {
  const { name, windowDays, labels, minimumFailures, alerts } = objective;
  const { events, failures, ratio, ratioOfWindow, target, remaining, declared, pageFailures, ticketFailures } = OBJECTIVE_RECORDS;
  const record = (metric: string, expr: string): RecordDefinition => ({
    record: metric,
    expr,
    labels: { ...labels, [OBJECTIVE_LABEL]: name },
  });
  const own = (metric: string) => selector(metric, [is(OBJECTIVE_LABEL, name)]);
  const sumOver = (metric: string, minutes: number) => `sum_over_time(${own(metric)}[${context.window(minutes)}])`;
  const counted = (minutes: number) => countsOf(context, objective, context.window(minutes));
  const share = (failed: string, all: string) => `${failed} / (${all} > 0)`;
  const shareOver = (minutes: number) => share(sumOver(failures('5m'), minutes), sumOver(events, minutes));
  // Each event is in as many samples as the shortest window holds evaluations.
  const repeated = intervalOf(context) / (context.minutes(5) * 60);
  const failuresOver = (minutes: number) => `sum_over_time(${own(failures('5m'))}[${context.window(minutes)}]) * ${repeated}`;
  const minimum = (metric: string) => record(metric, `${own(target)} * 0 + ${minimumFailures}`);
  return [
    {
      name: `objective-${name}`,
      interval: `${intervalOf(context)}s`,
      records: [
        record(events, counted(5).events),
        record(failures('5m'), counted(5).failed),
        record(failures('1h'), counted(60).failed),
        record(failures('6h'), failuresOver(360)),
        record(ratio('5m'), share(own(failures('5m')), own(events))),
        // Not of the record beside it, whose series have the label of the objective.
        record(ratio('30m'), share(`(${counted(30).failed})`, counted(30).events)),
        record(ratio('1h'), share(`(${counted(60).failed})`, counted(60).events)),
        record(ratio('2h'), shareOver(120)),
        record(ratio('6h'), shareOver(360)),
      ],
    },
    {
      name: `objective-${name}-long`,
      // What moves slowly reads 8,640 samples for three days, 86,400 for thirty. At more than five minutes it would have gaps.
      interval: `${Math.max(LONG_INTERVAL_SECONDS, intervalOf(context))}s`,
      records: [
        record(failures('1d'), failuresOver(MINUTES_PER_DAY)),
        record(failures('3d'), failuresOver(3 * MINUTES_PER_DAY)),
        record(ratio('1d'), shareOver(MINUTES_PER_DAY)),
        record(ratio('3d'), shareOver(3 * MINUTES_PER_DAY)),
        // Of whatever has been there within the longest window of an alert.
        record(target, `present_over_time(${own(events)}[${context.window(3 * MINUTES_PER_DAY)}]) * ${objective.target}`),
        ...(alerts === ObjectiveAlerts.PAGE_AND_TICKET ? [minimum(pageFailures)] : []),
        ...(alerts === ObjectiveAlerts.NONE ? [] : [minimum(ticketFailures), record(declared, 'vector(1)')]),
        record(ratioOfWindow, shareOver(windowDays * MINUTES_PER_DAY)),
        record(remaining, `1 - ${own(ratioOfWindow)} / ${errorBudget(objective.target)}`),
      ],
    },
  ];
}

interface Counts {
  readonly events: string;
  readonly failed: string;
}

/** The number of events within a window, for each service. */
function countsOf(context: RuleContext, { by, events }: ObjectiveSettings, window: string): Counts {
  const { cluster, environment } = context.labels;
  const kept = context.by(...[environment, ...by].filter((label) => label !== cluster));
  const sum = (vector: string) => `sum ${kept} (${vector})`;
  const vectors = vectorsOf(events, window);
  const all = sum(vectors.events);
  return events.kind === 'latency'
    ? // Where there is no such bucket there is no answer, rather than an objective that is always met.
      { events: all, failed: `clamp_min(${all} - ${sum(vectors.other)}, 0)` }
    : { events: all, failed: `${sum(vectors.other)} or ${all} * 0` };
}

/** All events, and those that failed or, of durations, those that were fast enough. */
function vectorsOf(events: ObjectiveEvents, window: string): { readonly events: string; readonly other: string } {
  if (events.kind === 'custom') {
    return { events: events.events.replaceAll(WINDOW, window), other: events.failedEvents.replaceAll(WINDOW, window) };
  }
  const chosen = Object.entries(events.where).map(([label, value]) => is(label, value));
  const increase = (metric: string, further: typeof chosen = []) =>
    `increase(${selector(metric, [...chosen, ...further])}[${window}])`;
  if (events.kind === 'latency') {
    const { durationMetric, thresholdMilliseconds } = events;
    const bound = bucketBound(durationMetric, thresholdMilliseconds) ?? Number.NaN;
    return {
      events: increase(`${durationMetric}_count`),
      other: increase(`${durationMetric}_bucket`, [isOneOf('le', spellings(bound))]),
    };
  }
  const { requestsMetric, errorsMetric = requestsMetric } = events;
  const failed = Object.entries(errorLabelsOf(events)).map(([label, pattern]) => matches(label, pattern));
  return { events: increase(requestsMetric), other: increase(errorsMetric, failed) };
}

/**
 * A bound as programs write it in the label `le`, and as Prometheus stores it since version 3 (`FormatOpenMetricsFloat`): whole
 * numbers with `.0`, and large and small ones with an exponent of two digits.
 */
function spellings(bound: number): string[] {
  const exponent = bound === 0 ? 0 : Math.floor(Math.log10(Math.abs(bound)));
  const text =
    exponent >= 6 || exponent < -4
      ? bound.toExponential().replace(/e(?<sign>[+-])(?<digit>\d)$/, 'e$<sign>0$<digit>')
      : String(bound);
  return /[.e]/.test(text) ? [text] : [text, `${text}.0`];
}
