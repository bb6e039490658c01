import { type Cases, target } from './cases';
import { downCases } from './kubernetes-series';

const own = target('coredns');
const CLUSTER = { cluster: 'test' };
const POD = { pod: 'coredns-0' };
const answers = (rcode: string) => own('coredns_dns_responses_total', { server: 'dns://:53', zone: '.', rcode });
const duration = (le: string) => own('coredns_dns_request_duration_seconds_bucket', { server: 'dns://:53', zone: '.', le });
const TO = { to: '10.0.0.2:53' };
const forwarded = (rcode: string) => own('coredns_proxy_request_duration_seconds_count', { proxy_name: 'forward', rcode, ...TO });

const slow = (fast: string, slowest: string) => ({
  [duration(fast)]: '0+90x40',
  [duration(slowest)]: '0+100x40',
  [duration('+Inf')]: '0+100x40',
});

const once = (metric: string) => ({
  fires: { series: { [own(metric)]: '0x10 1x40' }, at: '15m', alerts: [POD] },
  silent: { series: { [own(metric)]: '1x50' }, at: '40m' },
});

export const COREDNS_CASES: Cases = {
  CoreDNSDown: downCases('coredns', own),
  CoreDNSErrorsHigh: {
    fires: [
      {
        series: { [answers('SERVFAIL')]: '0+2x40', [answers('NOERROR')]: '0+98x40' },
        at: '30m',
        alerts: [{ ...CLUSTER, severity: 'warning' }],
      },
      {
        series: { [answers('SERVFAIL')]: '0+20x40', [answers('NOERROR')]: '0+80x40' },
        at: '30m',
        alerts: [
          { ...CLUSTER, severity: 'warning' },
          { ...CLUSTER, severity: 'critical' },
        ],
      },
    ],
    silent: [
      // Names that do not exist are no fault.
      { series: { [answers('NXDOMAIN')]: '0+80x40', [answers('NOERROR')]: '0+20x40' }, at: '30m' },
      { series: { [answers('SERVFAIL')]: '3x40', [answers('NOERROR')]: '9x40' }, at: '30m' },
    ],
  },
  CoreDNSLatencyHigh: {
    fires: { series: slow('1', '2'), at: '30m', alerts: [{ zone: '.' }] },
    silent: { series: slow('0.1', '0.2'), at: '30m' },
  },
  CoreDNSForwardErrorsHigh: {
    fires: { series: { [forwarded('SERVFAIL')]: '0+5x40', [forwarded('NOERROR')]: '0+95x40' }, at: '30m', alerts: [TO] },
    silent: { series: { [forwarded('NXDOMAIN')]: '0+50x40', [forwarded('NOERROR')]: '0+50x40' }, at: '30m' },
  },
  CoreDNSForwardHealthcheckBroken: {
    fires: { series: { [own('coredns_forward_healthcheck_broken_total')]: '0+1x40' }, at: '30m', alerts: [CLUSTER] },
    silent: { series: { [own('coredns_forward_healthcheck_broken_total')]: '0x10 1x40' }, at: '30m' },
  },
  CoreDNSPanics: once('coredns_panics_total'),
  CoreDNSReloadFailed: once('coredns_reload_failed_total'),
};
