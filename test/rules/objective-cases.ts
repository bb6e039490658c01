import { type Cases, series } from './cases';

const SERVICE = { objective: 'checkout', cluster: 'test', env: 'test', namespace: 'shop', app: 'checkout' };

/** Recorded series of an objective of 99.9 %, with what differs from a service in which nothing fails. */
const recorded = (values: Readonly<Record<string, string>>) =>
  Object.fromEntries(
    Object.entries({
      'objective:target:ratio': '0.999x60',
      'objective:page_failures:minimum': '5x60',
      'objective:ticket_failures:minimum': '5x60',
      ...values,
    }).map(([metric, samples]) => [series(metric, SERVICE), samples]),
  );

const failing = (windows: readonly string[], ratio: number, failures: number) =>
  recorded(
    Object.fromEntries(
      windows.flatMap((window) => [
        [`objective:failed_events:ratio${window}`, `${ratio}x60`],
        [`objective:failed_events:increase${window}`, `${failures}x60`],
      ]),
    ),
  );

const PAGE_FAST = ['1h', '5m'];
const PAGE = ['6h', '30m'];
const TICKET_FAST = ['1d', '2h'];
const TICKET = ['3d', '6h'];

/** Requests as they are counted, for the objective that all cases are loaded with. */
const requests = (good: string, failed: string) => ({
  [series('http_requests_total', { cluster: 'test', env: 'test', status: '200' })]: good,
  [series('http_requests_total', { cluster: 'test', env: 'test', status: '503' })]: failed,
});

const alert = (severity: string) => ({ severity, objective: 'checkout', namespace: 'shop', app: 'checkout' });

export const OBJECTIVE_CASES: Cases = {
  ObjectiveErrorBudgetBurn: {
    fires: [
      { series: failing(PAGE_FAST, 0.015, 50), at: '30m', alerts: [alert('critical')] },
      { series: failing(PAGE, 0.0061, 50), at: '30m', alerts: [alert('critical')] },
      { series: failing(TICKET_FAST, 0.0031, 50), at: '30m', alerts: [alert('warning')] },
      { series: failing(TICKET, 0.0011, 50), at: '30m', alerts: [alert('warning')] },
      // From the requests on: one of twenty fails for half an hour.
      {
        series: requests('0+600x120 72000+570x60', '0x120 0+30x60'),
        at: '150m',
        alerts: ['critical', 'warning'].map((severity) => ({ severity, objective: 'any' })),
      },
    ],
    silent: [
      // It matters, but is over; and it has begun, but does not matter yet.
      { series: failing(['1h', '1d', '3d'], 0.9, 5000), at: '30m' },
      { series: failing(['5m', '30m', '2h'], 0.9, 5000), at: '30m' },
      // Fewer failures than count.
      { series: failing([...PAGE_FAST, ...PAGE, ...TICKET_FAST, ...TICKET], 0.2, 4), at: '30m' },
      // An objective without alerts.
      {
        series: Object.fromEntries(
          Object.entries(failing([...PAGE_FAST, ...PAGE, ...TICKET_FAST, ...TICKET], 0.2, 500)).filter(
            ([metric]) => !metric.includes(':minimum'),
          ),
        ),
        at: '30m',
      },
      // Nobody asks, and one that asks in vain once.
      { series: requests('1000x180', '0x180'), at: '150m' },
      { series: requests('0+600x180', '0x140 1x40'), at: '150m' },
    ],
  },
  ObjectiveErrorBudgetSpent: {
    fires: { series: recorded({ 'objective:error_budget:remaining': '0.1x5 -0.2x55' }), at: '40m', alerts: [alert('info')] },
    silent: [
      { series: recorded({ 'objective:error_budget:remaining': '0.01x60' }), at: '40m' },
      // Not for long enough.
      { series: recorded({ 'objective:error_budget:remaining': '0.01x30 -0.2x5 0.01x30' }), at: '40m' },
    ],
  },
  ObjectiveWithoutEvents: {
    fires: { series: {}, at: '13h', alerts: [{ severity: 'warning', objective: 'any' }] },
    // Nothing there for some hours, and nobody asks afterwards: a quiet service is there nevertheless.
    silent: { series: requests('1000x200 _x400 1000x200', '0x200 _x400 0x200'), at: '13h' },
  },
};
