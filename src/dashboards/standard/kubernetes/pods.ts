import { NAMESPACE, NODE_OF_POD, POD, WORKLOAD } from '../../chain';
import { DashboardLayer } from '../../dashboard-options';
import { podSections } from '../../pods-board';
import type { StandardBoard } from '../../standard-board';
import { BOARD } from './names';

export const pods: StandardBoard = {
  name: BOARD.pods,
  title: 'Kubernetes / Pods',
  description: 'State, CPU, memory, network and restarts of pods, by namespace, node and workload.',
  layer: DashboardLayer.INFRASTRUCTURE,
  topic: 'kubernetes',
  bundle: 'kubernetes-cluster',
  needs: ['cadvisor', 'kube-state-metrics'],
  compose: (composer) => {
    const { cluster, namespace, pod } = composer.labels;
    const chosen = composer.choose('kube_pod_info', NAMESPACE, NODE_OF_POD, WORKLOAD, POD);
    return {
      variables: chosen.variables,
      links: [
        ...composer.boardLinks(['Cluster', BOARD.overview], ['Compute resources', BOARD.pod]),
        ...composer.logsLink({ [cluster]: 'cluster', [namespace]: 'namespace', [pod]: 'pod' }),
      ],
      sections: podSections(composer.pods(chosen), undefined),
    };
  },
};
