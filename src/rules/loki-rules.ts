import { is, isNoneOf, isOneOf, type Matcher, matches } from '../query/expressions';
import { failedShare, noneAnswers, slowestHundredth } from './component-expressions';
import type { AlertDefinition, Rules } from './definition';
import { labelValue, type RuleContext, VALUE } from './rule-context';

/** Grafana Loki as those see it that write and read. What it keeps is watched in files of its own. */
export const LOKI_RULES: Rules = {
  needs: ['loki'],
  groups: (context) => [
    { name: 'loki', alerts: [...requestAlerts(context), ...discardAlerts(context), ...memberAlerts(context)] },
  ],
};

/** Series of Loki. */
const ofLoki =
  (context: RuleContext) =>
  (metric: string, ...matchers: Matcher[]) =>
    context.select('loki', metric, ...matchers);

/** Pushes, at the edge and to the replicas. */
const WRITES = matches('route', 'loki_api_v1_push|otlp_v1_logs|/logproto.Pusher/Push');

/** What people wait for. A live tail is as long as it is looked at. */
const READS = matches('route', 'loki_api_v1_(query|query_range|labels?|label_.*|series|index_.*|detected_.*|patterns)');

function requestAlerts(context: RuleContext): AlertDefinition[] {
  const own = ofLoki(context);
  const { namespace, pod } = context.labels;
  const window = context.window(5);
  const by = ['job', namespace, 'route'];
  const where = `Loki in ${labelValue(namespace)}`;
  return [
    {
      name: 'LokiIsDown',
      severity: 'critical',
      for: '5m',
      expr: noneAnswers(context, 'loki'),
      summary: 'Loki is down',
      description: 'No Loki answers. Agents keep lines on the disks of their nodes and try again; nobody can read any.',
    },
    {
      name: 'LokiRequestErrors',
      severity: 'critical',
      for: '15m',
      threshold: { value: 0.1, unit: 'ratio' },
      expr: (threshold) =>
        `${failedShare(context, {
          failed: own('loki_request_duration_seconds_count', matches('status_code', '5..')),
          all: own('loki_request_duration_seconds_count'),
          window,
          by,
        })} > ${threshold}`,
      summary: `${where} fails to answer ${labelValue('route')}`,
      description: (threshold) =>
        `${VALUE.percentage} of the requests to ${labelValue('route')} end with a failure of the server; at most ${threshold} is expected.`,
    },
    {
      name: 'LokiRequestPanics',
      severity: 'critical',
      expr: `sum ${context.by(namespace, pod)} (increase(${own('loki_panic_total')}[${context.window(10)}])) > 0`,
      summary: `Loki ${labelValue(namespace)}/${labelValue(pod)} panics`,
      description: `${VALUE.number} requests ended in a defect of Loki within ${context.window(10)}.`,
    },
    {
      name: 'LokiRequestLatency',
      severity: 'critical',
      for: '15m',
      threshold: { value: 1, unit: 'seconds' },
      expr: (threshold) =>
        `${slowestHundredth(context, own('loki_request_duration_seconds_bucket', WRITES), window, by)} > ${threshold}`,
      summary: `${where} takes lines slowly`,
      description: (threshold) =>
        `One request in a hundred to ${labelValue('route')} takes ${VALUE.duration} or more; at most ${threshold} is expected. Agents cannot keep up then.`,
    },
    {
      name: 'LokiQueryLatency',
      severity: 'warning',
      for: '15m',
      threshold: { value: 30, unit: 'seconds' },
      expr: (threshold) =>
        `${slowestHundredth(context, own('loki_request_duration_seconds_bucket', READS), window, by)} > ${threshold}`,
      summary: `${where} answers queries slowly`,
      description: (threshold) =>
        `One request in a hundred to ${labelValue('route')} takes ${VALUE.duration} or more; at most ${threshold} is expected.`,
    },
  ];
}

/**
 * Reasons that Loki answers with 429: Alloy keeps the lines and sends them again until Loki takes them (tried with Loki 3.7.8
 * and Alloy 1.19, for too many streams as well).
 */
const LIMITS_OF_RATE = ['rate_limited', 'per_stream_rate_limit', 'stream_limit'];

function discardAlerts(context: RuleContext): AlertDefinition[] {
  const own = ofLoki(context);
  const { namespace } = context.labels;
  const window = context.window(5);
  const reason = labelValue('reason');
  const tenant = labelValue('tenant');
  const discarded = (matcher: Matcher, ...by: string[]) =>
    `sum ${context.by(namespace, 'tenant', ...by)} (rate(${own('loki_discarded_samples_total', matcher)}[${window}]))`;
  const forGood = isNoneOf('reason', LIMITS_OF_RATE);
  return [
    {
      name: 'LokiLinesDiscarded',
      severity: 'warning',
      for: '15m',
      expr: `${discarded(forGood, 'reason')} > 0`,
      summary: `Loki refuses lines of the tenant ${tenant}: ${reason}`,
      description: `${VALUE.number} lines a second are refused for good and nowhere kept: ${reason}.`,
    },
    {
      name: 'LokiLinesDiscarded',
      severity: 'critical',
      for: '15m',
      threshold: { value: 0.05, unit: 'ratio' },
      expr: (threshold) =>
        `${discarded(forGood)} / sum ${context.by(namespace, 'tenant')} (rate(${own('loki_distributor_lines_received_total')}[${window}])) > ${threshold}`,
      summary: `Loki refuses many lines of the tenant ${tenant}`,
      description: (threshold) =>
        `${VALUE.percentage} of the lines are refused for good and nowhere kept; at most ${threshold} is expected.`,
    },
    {
      name: 'LokiRateLimited',
      severity: 'warning',
      for: '15m',
      expr: `${discarded(isOneOf('reason', LIMITS_OF_RATE), 'reason')} > 0`,
      summary: `Loki takes no more lines of the tenant ${tenant}: ${reason}`,
      description: `${VALUE.number} lines a second are above a limit: ${reason}. Agents keep them and try again, and the lines behind them wait.`,
    },
  ];
}

function memberAlerts(context: RuleContext): AlertDefinition[] {
  const { namespace } = context.labels;
  return [
    {
      name: 'LokiRingMembersUnhealthy',
      severity: 'warning',
      for: '15m',
      expr: `max ${context.by('job', namespace, 'name')} (${ofLoki(context)('loki_ring_members', is('state', 'Unhealthy'))}) > 0`,
      summary: `Replicas of Loki in ${labelValue(namespace)} have lost each other`,
      description: `${VALUE.number} members of the ring ${labelValue('name')} do not report any more. With too few that do, lines are refused.`,
    },
  ];
}
