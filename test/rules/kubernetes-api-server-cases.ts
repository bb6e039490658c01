import type { Cases, InputSeries } from './cases';
import { series } from './cases';
import { downCases, unreachableCases } from './kubernetes-series';

const own = (metric: string, labels: Readonly<Record<string, string>> = {}) =>
  series(metric, {
    cluster: 'test',
    env: 'test',
    namespace: 'default',
    app: 'kube-apiserver',
    job: 'kube-apiserver',
    instance: '10.0.0.1:6443',
    ...labels,
  });

const request = (code: string) => own('apiserver_request_total', { verb: 'GET', code, resource: 'pods', scope: 'resource' });
const LATENCY = 'apiserver_request_sli_duration_seconds';

/** Requests of several scopes each minute: all of them, those within their limit, and those that fail. */
function requests({ all, fast, failed, minutes }: { all: number; fast: number; failed: number; minutes: number }): InputSeries {
  const kinds = [
    ['GET', 'resource', '1'],
    ['LIST', 'namespace', '5'],
    ['LIST', 'cluster', '30'],
    ['POST', 'resource', '1'],
  ] as const;
  return Object.fromEntries([
    [request('200'), `0+${all * kinds.length - failed}x${minutes}`],
    [request('500'), `0+${failed}x${minutes}`],
    ...kinds.flatMap(([verb, scope, le]) => [
      [own(`${LATENCY}_count`, { verb, scope, resource: 'pods' }), `0+${all}x${minutes}`],
      [own(`${LATENCY}_bucket`, { verb, scope, resource: 'pods', le }), `0+${fast}x${minutes}`],
      // Slower than it may be.
      [own(`${LATENCY}_bucket`, { verb, scope, resource: 'pods', le: '60' }), `0+${all}x${minutes}`],
    ]),
  ]);
}

const expiring = (limit: string): InputSeries => ({
  [own('apiserver_client_certificate_expiration_seconds_bucket', { le: '0' })]: '0x40',
  [own('apiserver_client_certificate_expiration_seconds_bucket', { le: limit })]: '0+5x40',
  [own('apiserver_client_certificate_expiration_seconds_bucket', { le: '31104000' })]: '0+100x40',
  [own('apiserver_client_certificate_expiration_seconds_bucket', { le: '+Inf' })]: '0+100x40',
});

const API = { name: 'v1beta1.metrics.k8s.io' };
const CLUSTER = { cluster: 'test' };

export const KUBERNETES_API_SERVER_CASES: Cases = {
  KubeAPIErrorBudgetBurn: {
    fires: [
      // A fifth fails.
      {
        series: requests({ all: 100, fast: 100, failed: 80, minutes: 100 }),
        at: '90m',
        alerts: [
          { ...CLUSTER, severity: 'critical' },
          { ...CLUSTER, severity: 'warning' },
        ],
      },
      // Nothing fails, and a fifth is slow.
      {
        series: requests({ all: 100, fast: 80, failed: 0, minutes: 100 }),
        at: '90m',
        alerts: [
          { ...CLUSTER, severity: 'critical' },
          { ...CLUSTER, severity: 'warning' },
        ],
      },
      // Twice as many as may.
      {
        series: requests({ all: 100, fast: 100, failed: 8, minutes: 100 }),
        at: '90m',
        alerts: [{ ...CLUSTER, severity: 'warning' }],
      },
    ],
    silent: [
      { series: requests({ all: 100, fast: 100, failed: 2, minutes: 100 }), at: '90m' },
      // It has ended.
      {
        series: {
          ...requests({ all: 100, fast: 100, failed: 0, minutes: 100 }),
          [request('500')]: '0x20 0+30x4 120x80',
        },
        at: '40m',
      },
      // Nobody asks.
      { series: requests({ all: 0, fast: 0, failed: 0, minutes: 100 }), at: '90m' },
    ],
  },
  KubeAPIDown: downCases('kube-apiserver', own),
  KubeAPIInstanceUnreachable: unreachableCases(own, { instance: '10.0.0.1:6443' }),
  KubeClientCertificateExpiration: {
    fires: [
      { series: expiring('604800'), at: '30m', alerts: [{ ...CLUSTER, severity: 'warning' }] },
      {
        series: expiring('43200'),
        at: '30m',
        alerts: [
          { ...CLUSTER, severity: 'warning' },
          { ...CLUSTER, severity: 'critical' },
        ],
      },
    ],
    silent: [
      {
        series: {
          [own('apiserver_client_certificate_expiration_seconds_bucket', { le: '604800' })]: '0x40',
          [own('apiserver_client_certificate_expiration_seconds_bucket', { le: '31104000' })]: '0+100x40',
          [own('apiserver_client_certificate_expiration_seconds_bucket', { le: '+Inf' })]: '0+100x40',
        },
        at: '30m',
      },
      // Nobody comes with a certificate.
      {
        series: {
          [own('apiserver_client_certificate_expiration_seconds_bucket', { le: '604800' })]: '5x40',
          [own('apiserver_client_certificate_expiration_seconds_bucket', { le: '+Inf' })]: '5x40',
        },
        at: '30m',
      },
    ],
  },
  KubeAggregatedAPIErrors: {
    fires: {
      series: { [own('aggregator_unavailable_apiservice_total', { ...API, reason: 'FailedDiscoveryCheck' })]: '0+1x40' },
      at: '30m',
      alerts: [{ ...API, reason: 'FailedDiscoveryCheck' }],
    },
    silent: {
      series: { [own('aggregator_unavailable_apiservice_total', { ...API, reason: 'FailedDiscoveryCheck' })]: '0x10 2x30' },
      at: '15m',
    },
  },
  KubeAggregatedAPIDown: {
    fires: { series: { [own('aggregator_unavailable_apiservice', API)]: '1x40' }, at: '20m', alerts: [API] },
    silent: { series: { [own('aggregator_unavailable_apiservice', API)]: '0x10 1 0x30' }, at: '20m' },
  },
  KubeAPITerminatedRequests: {
    fires: {
      series: { [own('apiserver_request_terminations_total', { code: '429' })]: '0+50x40', [request('200')]: '0+100x40' },
      at: '30m',
      alerts: [CLUSTER],
    },
    silent: {
      series: { [own('apiserver_request_terminations_total', { code: '429' })]: '0+10x40', [request('200')]: '0+100x40' },
      at: '30m',
    },
  },
};
