import { aggregate, is, operation } from '../../../query/expressions';
import { NODE, single } from '../../chain';
import type { Series } from '../../composer';
import { limitLine } from '../../composer';
import { DashboardLayer } from '../../dashboard-options';
import { COLOR } from '../../panels';
import type { StandardBoard } from '../../standard-board';
import { commitment, utilization } from './compute-cluster';
import { BOARD } from './names';
import { COMMITMENT, type ResourceName, Resources } from './resources';

/** What the node has, and what of it pods can have. */
function capacityLines(series: Series, resource: ResourceName) {
  const of = (metric: string) => aggregate('sum', [], series.series(metric, is('resource', resource)));
  return {
    lines: { capacity: of('kube_node_status_capacity'), allocatable: of('kube_node_status_allocatable') },
    overrides: [limitLine('capacity', COLOR.bad), limitLine('allocatable', COLOR.warning)],
  };
}

export const computeNodePods: StandardBoard = {
  name: BOARD.nodePods,
  title: 'Kubernetes / Compute Resources / Node (Pods)',
  description: 'CPU and memory of the pods on a node, against what the node has.',
  layer: DashboardLayer.INFRASTRUCTURE,
  topic: 'kubernetes',
  bundle: 'kubernetes-cluster',
  needs: ['cadvisor', 'kube-state-metrics'],
  compose: (composer) => {
    const { namespace, pod } = composer.labels;
    const series = composer.choose('kube_node_info', single(NODE));
    const resources = new Resources(composer, series, [namespace, pod]);
    const all = new Resources(composer, series, []);
    const toPod = composer.rowLinks('Pod', BOARD.pod, { namespace, pod });
    const links = {
      [namespace]: composer.rowLinks('Pods', BOARD.namespacePods, { namespace }),
      [pod]: [...toPod, ...composer.rowLogs({ [namespace]: namespace, [pod]: pod })],
    };
    const share = (title: string, description: string, value: string) =>
      composer.number({ title, description, unit: 'percentunit', decimals: 1, thresholds: COMMITMENT, value });
    const pods = aggregate('count', [], series.series('kube_pod_info'));
    const room = aggregate('sum', [], series.series('kube_node_status_allocatable', is('resource', 'pods')));
    return {
      variables: series.variables,
      links: composer.boardLinks(['Cluster', BOARD.cluster], ['Kubelet', BOARD.kubelet]),
      sections: [
        {
          title: 'Utilization',
          panels: [
            share('CPU utilization', 'Share of the cores of the node in use.', utilization(series, 'cpu')),
            share(
              'CPU requested',
              'Requests as share of what the node can give to pods.',
              commitment(all, series, 'requests', 'cpu'),
            ),
            share('Memory utilization', 'Share of the memory of the node in use.', utilization(series, 'memory')),
            share(
              'Memory requested',
              'Requests as share of what the node can give to pods.',
              commitment(all, series, 'requests', 'memory'),
            ),
            composer.number({ title: 'Pods', description: 'Pods on the node.', unit: 'short', value: pods }),
            share('Pods of capacity', 'Pods as share of those that the node may run.', operation(pods, '/', room)),
          ],
        },
        ...resources.usageSections(links, (resource) => capacityLines(series, resource)),
        resources.diskSection({ [pod]: toPod }),
      ],
    };
  },
};
