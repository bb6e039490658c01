import { noneAnswers, placeOf, share, slowest } from './case-patterns';
import { type Cases, target } from './cases';

const own = target('loki');
const SHOWN = { job: 'loki', namespace: 'monitoring' };
const REQUESTS = 'loki_request_duration_seconds_count';
const PUSH = { route: 'loki_api_v1_push', method: 'POST' };
const QUERY = { route: 'loki_api_v1_query_range', method: 'GET' };
const TENANT = { namespace: 'monitoring', tenant: 'fake' };

const discarded = (reason: string) => own('loki_discarded_samples_total', { tenant: 'fake', reason });
const RECEIVED = own('loki_distributor_lines_received_total', { tenant: 'fake' });
const unhealthy = (pod: string) => target('loki', pod)('loki_ring_members', { name: 'ingester', state: 'Unhealthy' });

export const LOKI_CASES: Cases = {
  LokiIsDown: noneAnswers('loki'),
  LokiRequestErrors: share(own, {
    failed: [REQUESTS, { ...PUSH, status_code: '500' }],
    // Lines that are refused are the sender's matter.
    all: [REQUESTS, { ...PUSH, status_code: '400' }],
    at: '40m',
    shown: { ...SHOWN, route: PUSH.route },
    percent: 10,
  }),
  LokiRequestPanics: {
    fires: { series: { [own('loki_panic_total')]: '0x5 1x20' }, at: '10m', alerts: [placeOf('loki')] },
    silent: { series: { [own('loki_panic_total')]: '0x5 1x40' }, at: '30m' },
  },
  LokiRequestLatency: slowest(own, {
    buckets: 'loki_request_duration_seconds_bucket',
    labels: PUSH,
    bounds: ['1', '2.5'],
    at: '40m',
    shown: { ...SHOWN, route: PUSH.route },
  }),
  LokiQueryLatency: slowest(own, {
    buckets: 'loki_request_duration_seconds_bucket',
    labels: QUERY,
    bounds: ['25', '50'],
    at: '40m',
    shown: { ...SHOWN, route: QUERY.route },
  }),
  LokiLinesDiscarded: {
    fires: [
      {
        series: { [discarded('line_too_long')]: '0+1x60', [RECEIVED]: '0+1000x60' },
        at: '40m',
        alerts: [{ ...TENANT, reason: 'line_too_long', severity: 'warning' }],
      },
      {
        series: { [discarded('greater_than_max_sample_age')]: '0+300x60', [RECEIVED]: '0+1000x60' },
        at: '40m',
        alerts: [
          { ...TENANT, reason: 'greater_than_max_sample_age', severity: 'warning' },
          { ...TENANT, severity: 'critical' },
        ],
      },
    ],
    silent: [
      { series: { [discarded('line_too_long')]: '0x10 5x50', [RECEIVED]: '0+1000x60' }, at: '40m' },
      // Those come again.
      { series: { [discarded('rate_limited')]: '0+500x60', [RECEIVED]: '0+1000x60' }, at: '40m' },
    ],
  },
  LokiRateLimited: {
    fires: {
      series: { [discarded('stream_limit')]: '0+500x60' },
      at: '40m',
      alerts: [{ ...TENANT, reason: 'stream_limit' }],
    },
    silent: [
      { series: { [discarded('rate_limited')]: '0x10 0+500x3 1500x50' }, at: '40m' },
      { series: { [discarded('line_too_long')]: '0+500x60' }, at: '40m' },
    ],
  },
  LokiRingMembersUnhealthy: {
    fires: {
      series: { [unhealthy('loki-0')]: '1x40', [unhealthy('loki-1')]: '1x40' },
      at: '30m',
      alerts: [{ ...SHOWN, name: 'ingester' }],
    },
    // A replica is restarted.
    silent: { series: { [unhealthy('loki-0')]: '0x10 1x5 0x30' }, at: '30m' },
  },
};
