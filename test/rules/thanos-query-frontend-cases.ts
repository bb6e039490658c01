import { noneAnswers, share, slowest } from './case-patterns';
import { type Cases, target } from './cases';

const JOB = 'thanos-query-frontend';
const own = target(JOB);
const SHOWN = { job: JOB, namespace: 'monitoring' };
const QUERIES = { handler: 'query-frontend' };
const RANGE = { tripperware: 'query_range' };

export const THANOS_QUERY_FRONTEND_CASES: Cases = {
  ThanosQueryFrontendIsDown: noneAnswers(JOB),
  ThanosQueryFrontendErrorRateHigh: share(own, {
    failed: ['http_requests_total', { ...QUERIES, code: '500' }],
    all: ['http_requests_total', { ...QUERIES, code: '200' }],
    at: '30m',
    shown: SHOWN,
    percent: 5,
  }),
  ThanosQueryFrontendLatencyHigh: slowest(own, {
    buckets: 'http_request_duration_seconds_bucket',
    labels: QUERIES,
    bounds: ['60', '90'],
    at: '40m',
    shown: SHOWN,
  }),
  ThanosQueryFrontendRetriesHigh: share(own, {
    failed: ['cortex_query_frontend_retries_sum', RANGE],
    all: ['cortex_query_frontend_retries_count', RANGE],
    at: '40m',
    shown: { ...SHOWN, ...RANGE },
    percent: 50,
  }),
  ThanosQueryFrontendCacheFailing: share(own, {
    failed: ['cortex_cache_request_duration_seconds_count', { ...RANGE, status_code: '500' }],
    all: ['cortex_cache_request_duration_seconds_count', { ...RANGE, status_code: '200' }],
    at: '40m',
    shown: { ...SHOWN, ...RANGE },
    percent: 5,
  }),
};
