import { noneAnswers, placeOf, share, slowest } from './case-patterns';
import { type Cases, target } from './cases';

const own = target('thanos-query');
const PLACE = placeOf('thanos-query');
const JOB = { job: 'thanos-query', namespace: 'monitoring' };

const errors = (handler: string) =>
  share(own, {
    failed: ['http_requests_total', { handler, code: '503' }],
    // Questions that cannot be understood are no failures.
    all: ['http_requests_total', { handler, code: '400' }],
    at: '30m',
    shown: JOB,
    percent: 5,
  });

const latency = (handler: string, bounds: [string, string]) =>
  slowest(own, { buckets: 'http_request_duration_seconds_bucket', labels: { handler }, bounds, at: '30m', shown: JOB });

const grpc = (metric: string) =>
  share(own, {
    failed: [metric, { grpc_code: 'Unavailable' }],
    all: [metric, { grpc_code: 'OK' }],
    at: '30m',
    shown: PLACE,
    percent: 5,
  });

export const THANOS_QUERY_CASES: Cases = {
  ThanosQueryIsDown: noneAnswers('thanos-query'),
  ThanosQueryHttpRequestQueryErrorRateHigh: errors('query'),
  ThanosQueryHttpRequestQueryRangeErrorRateHigh: errors('query_range'),
  ThanosQueryInstantLatencyHigh: latency('query', ['30', '60']),
  ThanosQueryRangeLatencyHigh: latency('query_range', ['90', '120']),
  ThanosQueryGrpcServerErrorRate: grpc('grpc_server_handled_total'),
  ThanosQueryGrpcClientErrorRate: grpc('grpc_client_handled_total'),
  ThanosQueryHighDNSFailures: share(own, {
    failed: ['thanos_query_endpoints_dns_failures_total'],
    all: ['thanos_query_endpoints_dns_lookups_total'],
    at: '40m',
    shown: PLACE,
    percent: 1,
  }),
  ThanosQueryOverload: {
    fires: {
      series: {
        [own('thanos_query_concurrent_gate_queries_in_flight')]: '19x40',
        [own('thanos_query_concurrent_gate_queries_max')]: '20x40',
      },
      at: '30m',
      alerts: [PLACE],
    },
    // All of them, but not for long.
    silent: {
      series: {
        [own('thanos_query_concurrent_gate_queries_in_flight')]: '2x20 20x3 2x20',
        [own('thanos_query_concurrent_gate_queries_max')]: '20x45',
      },
      at: '30m',
    },
  },
};
