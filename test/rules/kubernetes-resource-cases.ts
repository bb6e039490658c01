import type { AlertCases, Cases, InputSeries } from './cases';
import { fromNode, object } from './kubernetes-series';

const at = '40m';

const node = (name: string, resource: string) => object('kube_node_status_allocatable', { node: name, resource, unit: 'x' });
const requests = (pod: string, resource: string) =>
  object('kube_pod_container_resource_requests', { namespace: 'shop', pod, container: 'main', resource, unit: 'x', uid: pod });
const phase = (pod: string, value: string) => object('kube_pod_status_phase', { namespace: 'shop', pod, phase: value, uid: pod });
const quota = (type: string, resource: string, namespace = 'shop') =>
  object('kube_resourcequota', { namespace, resourcequota: 'team', resource, type });

/** Three nodes of 4, 4 and 8 and two pods, one of which may have ended. */
const pods = (resource: string, each: number, secondPhase = 'Pending'): InputSeries => ({
  [node('a', resource)]: '4x60',
  [node('b', resource)]: '4x60',
  [node('c', resource)]: '8x60',
  [requests('one', resource)]: `${each}x60`,
  [phase('one', 'Running')]: '1x60',
  [requests('two', resource)]: `${each}x60`,
  [phase('two', secondPhase)]: '1x60',
});

const overcommit = (resource: string): AlertCases => ({
  fires: [
    { series: pods(resource, 5), at, alerts: [{ cluster: 'test' }] },
    // The only node.
    {
      series: { [node('a', resource)]: '4x60', [requests('one', resource)]: '5x60', [phase('one', 'Running')]: '1x60' },
      at,
      alerts: [{ cluster: 'test' }],
    },
  ],
  silent: [
    { series: pods(resource, 4), at },
    // One has ended.
    { series: pods(resource, 5, 'Succeeded'), at },
    {
      series: { [node('a', resource)]: '4x60', [requests('one', resource)]: '3x60', [phase('one', 'Running')]: '1x60' },
      at,
    },
  ],
});

const quotaOvercommit = (resource: string): AlertCases => ({
  fires: {
    series: {
      [node('a', resource)]: '4x60',
      [quota('hard', resource)]: '4x60',
      [quota('hard', `requests.${resource}`, 'bank')]: '4x60',
    },
    at,
    alerts: [{ cluster: 'test' }],
  },
  silent: {
    series: {
      [node('a', resource)]: '4x60',
      // The same, said twice, is granted once; limits are none of it.
      [quota('hard', resource)]: '4x60',
      [quota('hard', `requests.${resource}`)]: '4x60',
      [quota('hard', `limits.${resource}`, 'bank')]: '40x60',
    },
    at,
  },
});

const used = (value: string): InputSeries => ({
  [quota('hard', 'pods')]: '10x60',
  [quota('used', 'pods')]: value,
});
const QUOTA = [{ namespace: 'shop', resourcequota: 'team', resource: 'pods' }];

const container = (metric: string) =>
  fromNode('cadvisor')(metric, { namespace: 'shop', pod: 'cart-0', container: 'cart', id: '/kubepods/1' });

export const KUBERNETES_RESOURCE_CASES: Cases = {
  KubeCPUOvercommit: overcommit('cpu'),
  KubeCPUQuotaOvercommit: quotaOvercommit('cpu'),
  KubeMemoryOvercommit: overcommit('memory'),
  KubeMemoryQuotaOvercommit: quotaOvercommit('memory'),
  KubeQuotaAlmostFull: {
    fires: { series: used('9.5x60'), at, alerts: QUOTA },
    silent: [
      { series: used('8x60'), at },
      { series: used('10x60'), at },
    ],
  },
  KubeQuotaFullyUsed: {
    fires: { series: used('10x60'), at, alerts: QUOTA },
    silent: [
      { series: used('10x10 9x50'), at },
      // Nothing is granted, nothing used.
      { series: { [quota('hard', 'pods')]: '0x60', [quota('used', 'pods')]: '0x60' }, at },
    ],
  },
  KubeQuotaExceeded: {
    fires: { series: used('12x60'), at, alerts: QUOTA },
    silent: { series: used('10x60'), at },
  },
  CPUThrottlingHigh: {
    fires: {
      series: {
        [container('container_cpu_cfs_throttled_periods_total')]: '0+200x60',
        [container('container_cpu_cfs_periods_total')]: '0+600x60',
      },
      at,
      alerts: [{ namespace: 'shop', pod: 'cart-0', container: 'cart' }],
    },
    silent: [
      {
        series: {
          [container('container_cpu_cfs_throttled_periods_total')]: '0+100x60',
          [container('container_cpu_cfs_periods_total')]: '0+600x60',
        },
        at,
      },
      // Idle.
      {
        series: {
          [container('container_cpu_cfs_throttled_periods_total')]: '5x60',
          [container('container_cpu_cfs_periods_total')]: '5x60',
        },
        at,
      },
    ],
  },
};
