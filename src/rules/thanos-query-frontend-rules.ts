import { is, type Matcher, matches } from '../query/expressions';
import { failedShare, noneAnswers, slowestHundredth } from './component-expressions';
import type { Rules } from './definition';
import { labelValue, VALUE } from './rule-context';

/** Thanos Query Frontend: what people and dashboards ask, so this is what they see. */
export const THANOS_QUERY_FRONTEND_RULES: Rules = {
  needs: ['thanos-query-frontend'],
  groups: (context) => {
    const { labels } = context;
    const window = context.window(5);
    const by = ['job', labels.namespace];
    const where = `Thanos Query Frontend in ${labelValue(labels.namespace)}`;
    const own = (metric: string, ...matchers: Matcher[]) => context.select('thanos-query-frontend', metric, ...matchers);
    const queries = is('handler', 'query-frontend');
    return [
      {
        name: 'thanos-query-frontend',
        alerts: [
          {
            name: 'ThanosQueryFrontendIsDown',
            severity: 'critical',
            for: '5m',
            expr: noneAnswers(context, 'thanos-query-frontend'),
            summary: 'Thanos Query Frontend is down',
            description: 'No Thanos Query Frontend answers: dashboards that read through it show nothing.',
          },
          {
            name: 'ThanosQueryFrontendErrorRateHigh',
            severity: 'critical',
            for: '5m',
            threshold: { value: 0.05, unit: 'ratio' },
            expr: (threshold) =>
              `${failedShare(context, {
                failed: own('http_requests_total', queries, matches('code', '5..')),
                all: own('http_requests_total', queries),
                window,
                by,
              })} > ${threshold}`,
            summary: `${where} fails to answer`,
            description: (threshold) =>
              `${VALUE.percentage} of the requests end with a failure of the server, after it has asked Thanos Query again; at most ${threshold} is expected.`,
          },
          {
            name: 'ThanosQueryFrontendLatencyHigh',
            severity: 'warning',
            for: '15m',
            threshold: { value: 60, unit: 'seconds' },
            expr: (threshold) =>
              `${slowestHundredth(context, own('http_request_duration_seconds_bucket', queries), window, by)} > ${threshold}`,
            summary: `${where} is slow`,
            description: (threshold) =>
              `One request in a hundred takes ${VALUE.duration} or more; at most ${threshold} is expected.`,
          },
          {
            name: 'ThanosQueryFrontendRetriesHigh',
            severity: 'warning',
            for: '15m',
            threshold: { value: 0.5, unit: 'count' },
            expr: (threshold) =>
              `${failedShare(context, {
                failed: own('cortex_query_frontend_retries_sum'),
                all: own('cortex_query_frontend_retries_count'),
                window,
                by: [...by, 'tripperware'],
              })} > ${threshold}`,
            summary: `${where} has to ask again and again`,
            description: (threshold) =>
              `A request (${labelValue('tripperware')}) is tried again ${VALUE.number} times on average; at most ${threshold} is expected. After five times it fails.`,
          },
          {
            name: 'ThanosQueryFrontendCacheFailing',
            severity: 'warning',
            for: '15m',
            threshold: { value: 0.05, unit: 'ratio' },
            expr: (threshold) =>
              `${failedShare(context, {
                failed: own('cortex_cache_request_duration_seconds_count', is('status_code', '500')),
                all: own('cortex_cache_request_duration_seconds_count'),
                window,
                by: [...by, 'tripperware'],
              })} > ${threshold}`,
            summary: `${where} cannot use its cache`,
            description: (threshold) =>
              `${VALUE.percentage} of the requests to the cache of answers (${labelValue('tripperware')}) fail; at most ${threshold} is expected. Queries are answered nevertheless, but slower.`,
          },
        ],
      },
    ];
  },
};
