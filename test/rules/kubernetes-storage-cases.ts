import type { AlertCases, Cases } from './cases';
import { fromNode, object } from './kubernetes-series';

const CLAIM = { namespace: 'shop', persistentvolumeclaim: 'data-cart-0' };
const own = fromNode('kubelet');
const other = fromNode('kubelet', 'node-2');
const READ_ONLY = object('kube_persistentvolumeclaim_access_mode', { ...CLAIM, access_mode: 'ReadOnlyMany' });

function filling(free: string, all: string): AlertCases {
  const falling = { [own(free, CLAIM)]: '14-0.01x100', [own(all, CLAIM)]: '100x100' };
  return {
    fires: [
      {
        series: {
          [own(free, CLAIM)]: '2x30',
          [own(all, CLAIM)]: '100x30',
          [other(free, CLAIM)]: '2x30',
          [other(all, CLAIM)]: '100x30',
        },
        at: '10m',
        alerts: [{ ...CLAIM, severity: 'critical' }],
      },
      { series: falling, at: '80m', alerts: [{ ...CLAIM, severity: 'warning' }] },
    ],
    silent: [
      // Little is left, and stays so.
      { series: { [own(free, CLAIM)]: '8x100', [own(all, CLAIM)]: '100x100' }, at: '80m' },
      // It fills, but there is much left.
      { series: { [own(free, CLAIM)]: '90-0.05x100', [own(all, CLAIM)]: '100x100' }, at: '80m' },
      { series: { [own(free, CLAIM)]: '0x30', [own(all, CLAIM)]: '100x30', [READ_ONLY]: '1x30' }, at: '10m' },
      // File systems that have no fixed number.
      { series: { [own(free, CLAIM)]: '0x30', [own(all, CLAIM)]: '0x30' }, at: '10m' },
    ],
  };
}

export const KUBERNETES_VOLUME_CASES: Cases = {
  KubePersistentVolumeFillingUp: filling('kubelet_volume_stats_available_bytes', 'kubelet_volume_stats_capacity_bytes'),
  KubePersistentVolumeInodesFillingUp: filling('kubelet_volume_stats_inodes_free', 'kubelet_volume_stats_inodes'),
};

const phase = (name: string) => object('kube_persistentvolume_status_phase', { persistentvolume: 'pv-1', phase: name });

export const KUBERNETES_PERSISTENT_VOLUME_CASES: Cases = {
  KubePersistentVolumeErrors: {
    fires: {
      series: { [phase('Failed')]: '1x30', [phase('Bound')]: '0x30' },
      at: '20m',
      alerts: [{ persistentvolume: 'pv-1', phase: 'Failed' }],
    },
    silent: { series: { [phase('Released')]: '1x30', [phase('Pending')]: '1x3 0x30' }, at: '20m' },
  },
};
