import { matches } from '../../../query/expressions';
import { worseFrom } from '../../composer';

/** Names of the boards that link each other. */
export const BOARD = {
  operational: 'loki-operational',
  writes: 'loki-writes',
  reads: 'loki-reads',
  chunks: 'loki-chunks',
  retention: 'loki-retention',
  canary: 'loki-canary',
} as const;

/** Pushes, at the edge and to the replicas. */
export const WRITES = matches('route', 'loki_api_v1_push|otlp_v1_logs|/logproto.Pusher/Push');

/** What people wait for. A live tail is as long as it is looked at. */
export const READS = matches(
  'route',
  'loki_api_v1_(query|query_range|labels?|label_.*|series|index_.*|detected_.*|patterns)|/logproto.Querier/.*',
);

/** Failures of the server; 4xx are the mistakes of clients. */
export const FAILED = matches('status_code', '5..');

/** Durations of requests, without `_bucket`. */
export const REQUESTS = 'loki_request_duration_seconds';

/** Where LokiRequestErrors begins. */
export const FAILING = worseFrom(0.01, 0.1);
