import { share, slowest } from './case-patterns';
import { type Cases, target } from './cases';

const own = target('loki-canary');
const SHOWN = { job: 'loki-canary', namespace: 'monitoring' };

export const LOKI_CANARY_CASES: Cases = {
  LokiCanaryEntriesMissing: share(own, {
    failed: ['loki_canary_missing_entries_total'],
    all: ['loki_canary_entries_total'],
    at: '40m',
    shown: SHOWN,
    percent: 0.1,
  }),
  LokiCanarySpotCheckMissing: share(own, {
    failed: ['loki_canary_spot_check_missing_entries_total'],
    all: ['loki_canary_spot_check_entries_total'],
    at: '80m',
    shown: SHOWN,
    percent: 1,
  }),
  LokiCanaryLatencyHigh: slowest(own, {
    buckets: 'loki_canary_response_latency_seconds_bucket',
    bounds: ['8', '16'],
    at: '60m',
    shown: SHOWN,
  }),
};
