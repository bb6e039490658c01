import type { AlertCases, Cases, InputSeries } from './cases';
import { downCases, fromNode, object, unreachableCases } from './kubernetes-series';

const NODE = { node: 'node-1' };
const condition = (name: string, status = 'true') => object('kube_node_status_condition', { ...NODE, condition: name, status });
const CORDONED = object('kube_node_spec_unschedulable', NODE);
const taint = (key: string, effect = 'NoSchedule') => object('kube_node_spec_taint', { ...NODE, key, effect });

export const KUBERNETES_NODE_CASES: Cases = {
  KubeNodeNotReady: {
    fires: { series: { [condition('Ready')]: '0x40', [CORDONED]: '0x40' }, at: '30m', alerts: [NODE] },
    silent: [
      { series: { [condition('Ready')]: '0x40', [CORDONED]: '1x40' }, at: '30m' },
      { series: { [condition('Ready')]: '1x5 0x10 1x40', [CORDONED]: '0x40' }, at: '30m' },
    ],
  },
  KubeNodeUnreachable: {
    fires: {
      series: {
        [taint('node.kubernetes.io/unreachable')]: '1x40',
        [taint('node.kubernetes.io/unreachable', 'NoExecute')]: '1x40',
      },
      at: '30m',
      alerts: [NODE],
    },
    silent: [
      {
        series: {
          [taint('node.kubernetes.io/unreachable')]: '1x40',
          [taint('ToBeDeletedByClusterAutoscaler')]: '1x40',
        },
        at: '30m',
      },
      { series: { [taint('node.kubernetes.io/not-ready')]: '1x40' }, at: '30m' },
    ],
  },
  KubeNodeReadinessFlapping: {
    fires: {
      series: {
        [condition('Ready')]: '1 1 0 1 1 0 1 1 0 1 1 0 1 1 0 1 1 0 1 1 0 1 1 0 1 1 0 1 1 0 1 1 0 1 1 0 1 1 0 1',
        [CORDONED]: '0x40',
      },
      at: '35m',
      alerts: [NODE],
    },
    silent: { series: { [condition('Ready')]: '1x10 0x5 1x40', [CORDONED]: '0x40' }, at: '20m' },
  },
  KubeNodePressure: {
    fires: {
      series: { [condition('DiskPressure')]: '1x40', [condition('MemoryPressure')]: '0x40', [CORDONED]: '0x40' },
      at: '30m',
      alerts: [{ ...NODE, condition: 'DiskPressure' }],
    },
    silent: { series: { [condition('DiskPressure')]: '1x5 0x40', [CORDONED]: '0x40' }, at: '30m' },
  },
};

const own = fromNode('kubelet');

/** Of a hundred values, `slow` are above the last limit but one. */
const histogram = (metric: string, fast: string, slowest: string, slow: number): InputSeries => ({
  [own(`${metric}_bucket`, { le: fast })]: `0+${100 - slow}x40`,
  [own(`${metric}_bucket`, { le: slowest })]: '0+100x40',
  [own(`${metric}_bucket`, { le: '+Inf' })]: '0+100x40',
});

function expiring(kind: string): AlertCases {
  const ttl = own(`kubelet_certificate_manager_${kind}_ttl_seconds`);
  return {
    fires: [
      { series: { [ttl]: '518400x10' }, at: '5m', alerts: [{ ...NODE, severity: 'warning' }] },
      {
        series: { [ttl]: '3600x10' },
        at: '5m',
        alerts: [
          { ...NODE, severity: 'warning' },
          { ...NODE, severity: 'critical' },
        ],
      },
    ],
    silent: [
      { series: { [ttl]: '864000x10' }, at: '5m' },
      // Nobody renews it.
      { series: { [ttl]: 'Inf Inf Inf Inf Inf Inf Inf' }, at: '5m' },
    ],
  };
}

const renewal = (metric: string): AlertCases => ({
  fires: { series: { [own(metric)]: '0+1x60' }, at: '40m', alerts: [NODE] },
  silent: { series: { [own(metric)]: '0x5 1x60' }, at: '40m' },
});

const signal = (metric: string) => own(metric, { eviction_signal: 'memory.available' });

export const KUBERNETES_KUBELET_CASES: Cases = {
  KubeletDown: downCases('kubelet', own),
  KubeletInstanceUnreachable: unreachableCases(own, NODE),
  KubeletTooManyPods: {
    fires: {
      series: {
        [own('kubelet_running_pods')]: '108x40',
        [object('kube_node_status_capacity', { ...NODE, resource: 'pods', unit: 'integer' })]: '110x40',
      },
      at: '30m',
      alerts: [NODE],
    },
    silent: {
      series: {
        [own('kubelet_running_pods')]: '100x40',
        [object('kube_node_status_capacity', { ...NODE, resource: 'pods', unit: 'integer' })]: '110x40',
      },
      at: '30m',
    },
  },
  KubeNodeEviction: {
    fires: [
      // The first one, with which the series begins.
      {
        series: { [own('up')]: '1x60', [signal('kubelet_evictions')]: '_x30 1x30' },
        at: '35m',
        alerts: [{ ...NODE, eviction_signal: 'memory.available' }],
      },
      {
        series: { [own('up')]: '1x60', [signal('kubelet_evictions')]: '1x30 2x30' },
        at: '35m',
        alerts: [{ ...NODE, eviction_signal: 'memory.available' }],
      },
    ],
    silent: [
      { series: { [own('up')]: '1x60', [signal('kubelet_evictions')]: '_x10 1x50' }, at: '50m' },
      // Long ago, and Prometheus is new.
      { series: { [own('up')]: '_x30 1x30', [signal('kubelet_evictions')]: '_x30 7x30' }, at: '35m' },
    ],
  },
  KubeletPlegDurationHigh: {
    fires: {
      series: {
        [own('kubelet_pleg_relist_duration_seconds_bucket', { le: '10' })]: '0+90x40',
        [own('kubelet_pleg_relist_duration_seconds_bucket', { le: '+Inf' })]: '0+100x40',
      },
      at: '30m',
      alerts: [NODE],
    },
    silent: { series: histogram('kubelet_pleg_relist_duration_seconds', '1', '10', 5), at: '30m' },
  },
  KubeletPodStartUpLatencyHigh: {
    fires: {
      series: histogram('kubelet_pod_start_sli_duration_seconds', '60', '120', 5),
      at: '30m',
      alerts: [NODE],
    },
    silent: [
      { series: histogram('kubelet_pod_start_sli_duration_seconds', '10', '20', 5), at: '30m' },
      // Nothing starts.
      {
        series: {
          [own('kubelet_pod_start_sli_duration_seconds_bucket', { le: '60' })]: '0x40',
          [own('kubelet_pod_start_sli_duration_seconds_bucket', { le: '+Inf' })]: '9x40',
        },
        at: '30m',
      },
    ],
  },
  KubeletClientCertificateExpiration: expiring('client'),
  KubeletClientCertificateRenewalErrors: renewal('kubelet_certificate_manager_client_expiration_renew_errors'),
  KubeletServerCertificateExpiration: expiring('server'),
  KubeletServerCertificateRenewalErrors: renewal('kubelet_server_expiration_renew_errors'),
};
