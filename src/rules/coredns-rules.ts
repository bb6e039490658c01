import { is, type Matcher } from '../query/expressions';
import type { AlertDefinition, Rules } from './definition';
import { downAlert } from './kubernetes-selections';
import { labelValue, type RuleContext, VALUE } from './rule-context';

/** The DNS service of the cluster. */
export const COREDNS_RULES: Rules = {
  needs: ['coredns'],
  groups: (context) => [
    { name: 'coredns', alerts: [...answerAlerts(context), ...forwardAlerts(context), ...programAlerts(context)] },
  ],
};

function answerAlerts(context: RuleContext): AlertDefinition[] {
  const short = context.window(5);
  const responses = (...only: readonly Matcher[]) =>
    `sum ${context.by()} (rate(${context.select('coredns', 'coredns_dns_responses_total', ...only)}[${short}]))`;
  return [
    downAlert(context, {
      source: 'coredns',
      prefix: 'CoreDNS',
      title: 'CoreDNS',
      consequence: 'Programs in the cluster cannot look up names, neither of Services nor of the outside.',
    }),
    ...(
      [
        ['critical', 0.05],
        ['warning', 0.01],
      ] as const
    ).map(
      ([severity, value]): AlertDefinition => ({
        name: 'CoreDNSErrorsHigh',
        severity,
        for: '10m',
        threshold: { value, unit: 'ratio' },
        expr: (threshold) => `${responses(is('rcode', 'SERVFAIL'))} / ${responses()} > ${threshold}`,
        summary: 'CoreDNS fails to answer',
        description: (threshold) =>
          `CoreDNS answers ${VALUE.percentage} of the requests with SERVFAIL; at most ${threshold} is expected.`,
      }),
    ),
    {
      name: 'CoreDNSLatencyHigh',
      severity: 'warning',
      for: '10m',
      threshold: { value: 1, unit: 'seconds' },
      expr: (threshold) =>
        `histogram_quantile(0.99, sum ${context.by('zone', 'le')} (rate(${context.select('coredns', 'coredns_dns_request_duration_seconds_bucket')}[${short}]))) > ${threshold}`,
      summary: `CoreDNS answers slowly in the zone ${labelValue('zone')}`,
      description: (threshold) =>
        `One of a hundred requests in the zone ${labelValue('zone')} takes ${VALUE.duration} or more; at most ${threshold} is expected.`,
    },
  ];
}

function forwardAlerts(context: RuleContext): AlertDefinition[] {
  const short = context.window(5);
  const recent = context.window(10);
  const forwarded = (...only: readonly Matcher[]) =>
    `sum ${context.by('to')} (rate(${context.select('coredns', 'coredns_proxy_request_duration_seconds_count', is('proxy_name', 'forward'), ...only)}[${short}]))`;
  return [
    {
      name: 'CoreDNSForwardErrorsHigh',
      severity: 'warning',
      for: '10m',
      threshold: { value: 0.01, unit: 'ratio' },
      expr: (threshold) => `${forwarded(is('rcode', 'SERVFAIL'))} / ${forwarded()} > ${threshold}`,
      summary: `The name server ${labelValue('to')} fails`,
      description: (threshold) =>
        `${labelValue('to')} answers ${VALUE.percentage} of what CoreDNS forwards with SERVFAIL; at most ${threshold} is expected.`,
    },
    {
      name: 'CoreDNSForwardHealthcheckBroken',
      severity: 'warning',
      for: '10m',
      expr: `sum ${context.by()} (increase(${context.select('coredns', 'coredns_forward_healthcheck_broken_total')}[${recent}])) > 0`,
      summary: 'All name servers that CoreDNS forwards to are out of order',
      description: `CoreDNS has found none of its name servers in order ${VALUE.number} times within ${recent}, and asks one of them at random. Names of the outside are not found.`,
    },
  ];
}

function programAlerts(context: RuleContext): AlertDefinition[] {
  const { labels } = context;
  const recent = context.window(15);
  const pod = labelValue(labels.pod);
  const increased = (metric: string) =>
    `sum ${context.by(labels.pod)} (increase(${context.select('coredns', metric)}[${recent}])) > 0`;
  return [
    {
      name: 'CoreDNSPanics',
      severity: 'warning',
      expr: increased('coredns_panics_total'),
      summary: `CoreDNS panics in ${pod}`,
      description: `${pod} has given up on ${VALUE.number} requests within ${recent} because of a fault of the program.`,
    },
    {
      name: 'CoreDNSReloadFailed',
      severity: 'warning',
      expr: increased('coredns_reload_failed_total'),
      summary: `CoreDNS cannot read its Corefile in ${pod}`,
      description: `${pod} refuses the Corefile as it is now and goes on with the one before. It will not start with the present one.`,
    },
  ];
}
