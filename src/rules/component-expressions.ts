import type { RuleContext, Source } from './rule-context';

/** No target of a job answers, or there is none. */
export function noneAnswers(context: RuleContext, source: Source): string {
  const up = context.select(source, 'up');
  return `max ${context.by('job', context.labels.namespace)} (${up}) == 0 or absent(${up})`;
}

/** Which part of something fails, by labels. Nothing where nothing happens: 0 / 0 is above no limit. */
export function failedShare(
  context: RuleContext,
  { failed, all, window, by }: { failed: string; all: string; window: string; by: readonly string[] },
): string {
  const sum = (series: string) => `sum ${context.by(...by)} (rate(${series}[${window}]))`;
  return `${sum(failed)} / ${sum(all)}`;
}

/** The time that the slowest hundredth takes at least, of a histogram of seconds without `_bucket`. */
export function slowestHundredth(context: RuleContext, buckets: string, window: string, by: readonly string[]): string {
  return `histogram_quantile(0.99, sum ${context.by(...by, 'le')} (rate(${buckets}[${window}])))`;
}

/**
 * Pods where something last happened longer ago than that. The time of what never happened is 0, so it is asked of those only
 * that run as long.
 */
export function longAgo(context: RuleContext, source: Source, metric: string, seconds: number): string {
  const { namespace, pod } = context.labels;
  const age = (name: string) => `time() - max ${context.by(namespace, pod)} (${context.select(source, name)})`;
  return `(${age(metric)} > ${seconds}) and ${context.on(namespace, pod)} (${age('process_start_time_seconds')} > ${seconds})`;
}
