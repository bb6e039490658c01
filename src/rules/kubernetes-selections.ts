import type { Matcher } from '../query/expressions';
import type { AlertDefinition } from './definition';
import { labelValue, type RuleContext, type Source } from './rule-context';

/** Metrics about the objects of the Kubernetes API, as kube-state-metrics describes them. */
export const ofObjects =
  (context: RuleContext) =>
  (metric: string, ...matchers: readonly Matcher[]): string =>
    context.select('kube-state-metrics', metric, ...matchers);

/**
 * One series for each object, whatever else its series have: an alert about an object must not start anew because
 * kube-state-metrics has got another address, nor because the object has got another UID.
 */
export const each =
  (context: RuleContext, ...names: readonly string[]) =>
  (expression: string): string =>
    `max ${context.by(...names)} (${expression})`;

/** A part of Kubernetes of which at least one must answer. */
interface Part {
  readonly source: Source;
  /** What its alerts begin with: `KubeScheduler`. */
  readonly prefix: string;
  /** As texts call it: `the scheduler`, which may follow "No target of". */
  readonly title: string;
  /** What fails without it. */
  readonly consequence: string;
}

/** Nothing of it answers, or there is nothing any more that could. */
export const downAlert = (context: RuleContext, { source, prefix, title, consequence }: Part): AlertDefinition => ({
  name: `${prefix}Down`,
  severity: 'critical',
  for: '15m',
  // With the same labels whether targets are down or none is left, so that the one turns into the other without a new alert.
  expr: `absent(${context.select(source, 'up')}) or max by (job) (${context.select(source, 'up')}) == 0`,
  summary: `No target of ${title} answers`,
  description: `Prometheus finds no target of ${title}, or none answers. ${consequence}`,
});

/** One of several does not answer. */
export const unreachableAlert = (
  context: RuleContext,
  { source, prefix, title }: Omit<Part, 'consequence'>,
  place: readonly string[] = ['instance'],
): AlertDefinition => ({
  name: `${prefix}InstanceUnreachable`,
  severity: 'warning',
  for: '15m',
  expr: `${each(context, 'job', ...place)(context.select(source, 'up'))} == 0`,
  summary: `A target of ${title} does not answer: ${labelValue(place[0])}`,
  description: `Prometheus cannot scrape ${title} at ${labelValue(place[0])}: it is down, or a firewall or certificate is in the way.`,
});
