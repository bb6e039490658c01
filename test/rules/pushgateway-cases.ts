import { type Cases, series } from './cases';

/** Labels of the gateway's own job; those of what was pushed win. */
const own = { cluster: 'test', env: 'test', job: 'pushgateway', instance: 'pushgateway-0:9091' };
const backup = { ...own, job: 'backup', instance: '' };
const pushed = (metric: string) => series(metric, backup);
const requests = (code: string) => series('pushgateway_http_requests_total', { ...own, handler: 'push', method: 'put', code });

export const PUSHGATEWAY_CASES: Cases = {
  PushgatewayPushFailed: {
    fires: [
      {
        series: { [pushed('push_failure_time_seconds')]: '600x30', [pushed('push_time_seconds')]: '300x30' },
        at: '20m',
        alerts: [{ job: 'backup' }],
      },
      // Never taken.
      {
        series: { [pushed('push_failure_time_seconds')]: '600x30', [pushed('push_time_seconds')]: '0x30' },
        at: '20m',
        alerts: [{ job: 'backup' }],
      },
    ],
    // Refused, and corrected since.
    silent: { series: { [pushed('push_failure_time_seconds')]: '600x30', [pushed('push_time_seconds')]: '660x30' }, at: '20m' },
  },
  PushgatewayRequestsRefused: {
    fires: { series: { [requests('400')]: '0x5 1x30' }, at: '15m', alerts: [{ job: 'pushgateway' }] },
    silent: { series: { [requests('400')]: '3x40', [requests('200')]: '0+1x40' }, at: '30m' },
  },
};
