import { is, isOneOf, type Matcher, matches } from '../query/expressions';
import type { AlertDefinition, RecordDefinition, Rules } from './definition';
import { downAlert, unreachableAlert } from './kubernetes-selections';
import { labelValue, type RuleContext, VALUE } from './rule-context';

/** The API server: does it answer, well and fast enough. */
export const KUBERNETES_API_SERVER_RULES: Rules = {
  needs: ['kube-apiserver'],
  groups: (context) => [
    { name: 'kubernetes-api-server-budget', records: budgetRecords(context), alerts: budgetAlerts(context) },
    { name: 'kubernetes-api-server', alerts: apiServerAlerts(context) },
  ],
};

const REQUESTS = 'cluster:apiserver_requests:rate';
const BAD_REQUESTS = 'cluster:apiserver_requests_bad:rate';

const READING = ['GET', 'LIST'];
const WRITING = ['APPLY', 'DELETE', 'PATCH', 'POST', 'PUT'];

/**
 * Rates of all requests and of the bad ones: failed, or slower than the objectives of Kubernetes' scalability group allow. One that
 * fails slowly counts twice. Windows of days are then averages over these two series, not over thousands of buckets.
 */
function budgetRecords(context: RuleContext): RecordDefinition[] {
  const short = context.window(5);
  const sum = `sum ${context.by()}`;
  const server = (metric: string, ...matchers: readonly Matcher[]) => context.select('kube-apiserver', metric, ...matchers);
  const verbs = isOneOf('verb', [...READING, ...WRITING]);
  const latency = 'apiserver_request_sli_duration_seconds';
  // Written as 1 until Prometheus 3 and as 1.0 since.
  const within = (scope: Matcher, seconds: number, verb: readonly string[]) =>
    server(`${latency}_bucket`, isOneOf('verb', verb), scope, matches('le', `${seconds}(\\.0)?`));
  // Lists of a namespace or the whole cluster may take longer.
  const fast = [
    within(isOneOf('scope', ['', 'resource']), 1, READING),
    within(is('scope', 'namespace'), 5, READING),
    within(is('scope', 'cluster'), 30, READING),
    within(isOneOf('scope', ['', 'cluster', 'namespace', 'resource']), 1, WRITING),
  ];
  const slow = `${sum} (rate(${server(`${latency}_count`, verbs)}[${short}])) - ${sum} (${fast.map((selection) => `rate(${selection}[${short}])`).join(' or ')})`;
  const failed = `${sum} (rate(${server('apiserver_request_total', verbs, matches('code', '5..'))}[${short}]))`;
  return [
    { record: REQUESTS, expr: `${sum} (rate(${server('apiserver_request_total', verbs)}[${short}]))` },
    { record: BAD_REQUESTS, expr: `(${failed} or 0 * ${REQUESTS}) + (${slow})` },
  ];
}

/** At the first rates the budget of a month is used up within days, at the others within weeks. */
const BURN_RATES = {
  critical: [
    { rate: 14.4, long: 60, short: 5 },
    { rate: 6, long: 360, short: 30 },
  ],
  warning: [
    { rate: 3, long: 1440, short: 120 },
    { rate: 1, long: 4320, short: 360 },
  ],
} as const;

function budgetAlerts(context: RuleContext): AlertDefinition[] {
  const bad = (minutes: number) =>
    `avg_over_time(${BAD_REQUESTS}[${context.window(minutes)}]) / avg_over_time(${REQUESTS}[${context.window(minutes)}])`;
  return (['critical', 'warning'] as const).map((severity) => ({
    name: 'KubeAPIErrorBudgetBurn',
    severity,
    for: severity === 'critical' ? '2m' : '1h',
    threshold: { value: 0.01, unit: 'ratio' },
    expr: (budget) =>
      BURN_RATES[severity]
        .map(({ rate, long, short }) => `${bad(long)} > ${rate} * ${budget} and ${bad(short)} > ${rate} * ${budget}`)
        .join(' or '),
    summary: 'Too many requests to the API server fail or are slow',
    description: (budget) =>
      `${VALUE.percentage} of the requests to the API server fail or are too slow; ${budget} may be so on average over 30 days. ${
        severity === 'critical'
          ? 'Going on like this, the month is spoilt within days.'
          : 'Going on like this, more than the share of the month is used up.'
      }`,
  }));
}

const DAY = 24 * 3600;

function apiServerAlerts(context: RuleContext): AlertDefinition[] {
  const short = context.window(5);
  const recent = context.window(10);
  const sum = `sum ${context.by()}`;
  const server = (metric: string) => context.select('kube-apiserver', metric);
  const part = {
    source: 'kube-apiserver',
    prefix: 'KubeAPI',
    title: 'the API server',
    consequence: 'Pods that run go on, but nothing can be changed, scheduled or healed.',
  } as const;
  const certificates = (
    [
      ['critical', DAY],
      ['warning', 7 * DAY],
    ] as const
  ).map(
    ([severity, value]): AlertDefinition => ({
      name: 'KubeClientCertificateExpiration',
      severity,
      for: '5m',
      threshold: { value, unit: 'seconds' },
      expr: (threshold) =>
        `histogram_quantile(0.01, sum ${context.by('le')} (rate(${server('apiserver_client_certificate_expiration_seconds_bucket')}[${short}]))) < ${threshold}`,
      summary: 'A client of the API server has a certificate that expires soon',
      description: (threshold) =>
        `At least one of a hundred requests with a client certificate comes with one that expires within ${VALUE.duration}; at least ${threshold} is expected.`,
    }),
  );
  return [
    downAlert(context, part),
    unreachableAlert(context, part),
    ...certificates,
    {
      name: 'KubeAggregatedAPIErrors',
      severity: 'warning',
      for: '10m',
      threshold: { value: 4, unit: 'count' },
      expr: (threshold) =>
        `sum ${context.by('name', 'reason')} (increase(${server('aggregator_unavailable_apiservice_total')}[${recent}])) > ${threshold}`,
      summary: `The aggregated API ${labelValue('name')} comes and goes`,
      description: (threshold) =>
        `The API server has found ${labelValue('name')} unavailable (${labelValue('reason')}) ${VALUE.number} times within ${recent}; at most ${threshold} is expected.`,
    },
    {
      name: 'KubeAggregatedAPIDown',
      severity: 'warning',
      for: '5m',
      threshold: { value: 0.85, unit: 'ratio' },
      expr: (threshold) =>
        `1 - max ${context.by('name')} (avg_over_time(${server('aggregator_unavailable_apiservice')}[${recent}])) < ${threshold}`,
      summary: `The aggregated API ${labelValue('name')} is down`,
      description: (threshold) =>
        `${labelValue('name')} was available ${VALUE.percentage} of the last ${recent}; at least ${threshold} is expected.`,
    },
    {
      name: 'KubeAPITerminatedRequests',
      severity: 'warning',
      for: '5m',
      threshold: { value: 0.2, unit: 'ratio' },
      expr: (threshold) => {
        const terminated = `${sum} (rate(${server('apiserver_request_terminations_total')}[${recent}]))`;
        return `${terminated} / (${sum} (rate(${server('apiserver_request_total')}[${recent}])) + ${terminated}) > ${threshold}`;
      },
      summary: 'The API server breaks off requests in self-defence',
      description: (threshold) =>
        `The API server has broken off ${VALUE.percentage} of the requests; at most ${threshold} is expected.`,
    },
  ];
}
