import { aggregate, call, operation, over } from '../../../query/expressions';
import { choice, NAMESPACE } from '../../chain';
import { legend, worseFrom } from '../../composer';
import { DashboardLayer } from '../../dashboard-options';
import type { StandardBoard } from '../../standard-board';

/** Where KubePersistentVolumeFillingUp begins: 85 % used is a warning, 97 % critical. */
const FULL = worseFrom(0.85, 0.97);

export const persistentVolumes: StandardBoard = {
  name: 'kubernetes-persistent-volumes',
  title: 'Kubernetes / Persistent Volumes',
  description: 'Space and inodes of the volumes that pods have mounted, and when they will be full.',
  layer: DashboardLayer.INFRASTRUCTURE,
  topic: 'kubernetes',
  needs: ['kubelet'],
  compose: (composer) => {
    const { namespace } = composer.labels;
    const claim = 'persistentvolumeclaim';
    const volumes = composer.choose(
      'kubelet_volume_stats_capacity_bytes',
      NAMESPACE,
      choice('volume', 'Volume', 'Claims whose volumes a pod has mounted.', claim),
    );
    const { series } = volumes;
    // A volume that several pods have mounted is reported by each of their kubelets.
    const per = (expression: string) => aggregate('max', [namespace, claim], expression);
    const of = (metric: string) => per(series(metric));
    const space = operation(of('kubelet_volume_stats_used_bytes'), '/', of('kubelet_volume_stats_capacity_bytes'));
    const inodes = operation(of('kubelet_volume_stats_inodes_used'), '/', of('kubelet_volume_stats_inodes'));
    const free = over(series('kubelet_volume_stats_available_bytes'), '$__range');
    const name = legend(namespace, claim);
    return {
      variables: volumes.variables,
      links: composer.boardLinks(['Pods', 'kubernetes-compute-namespace-pods']),
      sections: [
        {
          title: 'Volumes',
          panels: [
            composer.number({
              title: 'Volumes',
              description: 'Volumes that pods have mounted.',
              unit: 'short',
              value: aggregate('count', [], of('kubelet_volume_stats_capacity_bytes')),
            }),
            composer.number({
              title: 'Space used',
              description: 'Space in use on all of them.',
              unit: 'bytes',
              width: 5,
              value: aggregate('sum', [], of('kubelet_volume_stats_used_bytes')),
            }),
            composer.number({
              title: 'Space',
              description: 'Capacity of all of them.',
              unit: 'bytes',
              width: 5,
              value: aggregate('sum', [], of('kubelet_volume_stats_capacity_bytes')),
            }),
            composer.number({
              title: 'Fullest volume',
              description: 'Share of its space that the fullest volume uses.',
              unit: 'percentunit',
              width: 5,
              thresholds: FULL,
              value: aggregate('max', [], space),
            }),
            composer.number({
              title: 'Most inodes',
              description: 'Share of its inodes that the volume with most files uses.',
              unit: 'percentunit',
              width: 5,
              thresholds: FULL,
              value: aggregate('max', [], inodes),
            }),
            composer.table({
              title: 'Each volume',
              description: 'Space and inodes of each volume. The forecast goes on as in the time range that is shown.',
              rows: [namespace, claim],
              sortBy: 'Space used',
              height: 9,
              columns: [
                { title: 'Used', value: of('kubelet_volume_stats_used_bytes'), unit: 'bytes' },
                { title: 'Free', value: of('kubelet_volume_stats_available_bytes'), unit: 'bytes' },
                { title: 'Capacity', value: of('kubelet_volume_stats_capacity_bytes'), unit: 'bytes' },
                { title: 'Space used', value: space, unit: 'percentunit', decimals: 1, thresholds: FULL },
                { title: 'Inodes used', value: inodes, unit: 'percentunit', decimals: 1, thresholds: FULL },
                { title: 'Free in 4 days', value: per(call('predict_linear', free, 4 * 24 * 3600)), unit: 'bytes' },
              ],
              links: {
                [namespace]: composer.rowLinks('Pods', 'kubernetes-compute-namespace-pods', { namespace }),
              },
            }),
          ],
        },
        {
          title: 'Over time',
          panels: [
            composer.graph({
              title: 'Space used',
              description: 'Share of the space of each volume in use.',
              unit: 'percentunit',
              max: 1,
              thresholds: FULL,
              lines: { [name]: space },
            }),
            composer.graph({
              title: 'Inodes used',
              description: 'Share of the inodes of each volume in use. A volume without free inodes takes no more files.',
              unit: 'percentunit',
              max: 1,
              thresholds: FULL,
              lines: { [name]: inodes },
            }),
            composer.graph({
              title: 'Bytes used',
              description: 'Space in use on each volume.',
              unit: 'bytes',
              lines: { [name]: of('kubelet_volume_stats_used_bytes') },
            }),
            composer.graph({
              title: 'Bytes free',
              description: 'Space that is left on each volume.',
              unit: 'bytes',
              lines: { [name]: of('kubelet_volume_stats_available_bytes') },
            }),
          ],
        },
      ],
    };
  },
};
