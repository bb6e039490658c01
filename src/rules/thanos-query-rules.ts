import { is, matches } from '../query/expressions';
import { failedShare, noneAnswers, slowestHundredth } from './component-expressions';
import type { AlertDefinition, Rules } from './definition';
import { labelValue, type RuleContext, VALUE } from './rule-context';
import { ThanosPart } from './thanos-alerts';

const partOf = (context: RuleContext) => new ThanosPart(context, 'thanos-query', 'Thanos Query');

/** Thanos Query: it has no data of its own, so its failures are its own or those of the stores that it asks. */
export const THANOS_QUERY_RULES: Rules = {
  needs: ['thanos-query'],
  groups: (context) => [
    {
      name: 'thanos-query',
      alerts: [
        {
          name: 'ThanosQueryIsDown',
          severity: 'critical',
          for: '5m',
          expr: noneAnswers(context, 'thanos-query'),
          summary: 'Thanos Query is down',
          description: 'No Thanos Query answers: dashboards that read from it show nothing. Prometheus collects and alerts on.',
        },
        ...kinds(context),
        ...connectionAlerts(context),
        {
          name: 'ThanosQueryOverload',
          severity: 'warning',
          for: '15m',
          threshold: { value: 0.8, unit: 'ratio' },
          expr: (threshold) =>
            `avg_over_time(${partOf(context).own('thanos_query_concurrent_gate_queries_in_flight')}[${context.window(5)}]) / ${partOf(context).own('thanos_query_concurrent_gate_queries_max')} > ${threshold}`,
          summary: `${partOf(context).where} is busy with queries`,
          description: (threshold) =>
            `${VALUE.percentage} of the queries that may run at a time do run (limit of this alert: ${threshold}); further ones wait, and may end with a timeout.`,
        },
      ],
    },
  ],
};

/** Instant and range queries apart, as one is for rules and tables and the other for graphs, and takes longer. */
function kinds(context: RuleContext): AlertDefinition[] {
  const { own, window } = partOf(context);
  const by = ['job', context.labels.namespace];
  const where = labelValue(context.labels.namespace);
  return [
    { part: '', latency: 'Instant', handler: 'query', kind: 'instant', limit: 40 },
    { part: 'Range', latency: 'Range', handler: 'query_range', kind: 'range', limit: 90 },
  ].flatMap(({ part, latency, handler, kind, limit }): AlertDefinition[] => [
    {
      name: `ThanosQueryHttpRequestQuery${part}ErrorRateHigh`,
      severity: 'critical',
      for: '5m',
      threshold: { value: 0.05, unit: 'ratio' },
      expr: (threshold) =>
        `${failedShare(context, {
          failed: own('http_requests_total', is('handler', handler), matches('code', '5..')),
          all: own('http_requests_total', is('handler', handler)),
          window,
          by,
        })} > ${threshold}`,
      summary: `Thanos Query in ${where} fails to answer ${kind} queries`,
      description: (threshold) =>
        `${VALUE.percentage} of the ${kind} queries end with a failure of the server; at most ${threshold} is expected.`,
    },
    {
      name: `ThanosQuery${latency}LatencyHigh`,
      severity: 'critical',
      for: '10m',
      threshold: { value: limit, unit: 'seconds' },
      expr: (threshold) =>
        `${slowestHundredth(context, own('http_request_duration_seconds_bucket', is('handler', handler)), window, by)} > ${threshold}`,
      summary: `Thanos Query in ${where} answers ${kind} queries slowly`,
      description: (threshold) =>
        `One ${kind} query in a hundred takes ${VALUE.duration} or more; at most ${threshold} is expected.`,
    },
  ]);
}

function connectionAlerts(context: RuleContext): AlertDefinition[] {
  const query = partOf(context);
  const { where } = query;
  return [
    query.grpcFailing('ThanosQueryGrpcServerErrorRate', `${where} fails to answer over gRPC`, 'gRPC requests to it'),
    query.grpcFailing(
      'ThanosQueryGrpcClientErrorRate',
      `${where} gets failures from its stores`,
      'its requests to stores',
      'grpc_client_handled_total',
    ),
    query.lookupsFailing(
      'ThanosQueryHighDNSFailures',
      'thanos_query_endpoints_dns',
      'its stores',
      ' Stores that it does not find are missing from answers, and it is ready nevertheless.',
    ),
  ];
}
