import { aggregate, is, operation } from '../../../query/expressions';
import { NAMESPACE, single } from '../../chain';
import type { Composer, Series } from '../../composer';
import { limitLine } from '../../composer';
import { DashboardLayer } from '../../dashboard-options';
import type { SizedPanel } from '../../panels';
import { COLOR } from '../../panels';
import type { StandardBoard } from '../../standard-board';
import { BOARD } from './names';
import { NEAR_LIMIT, type ResourceName, Resources, WORKLOAD_LABEL } from './resources';

/** Use of a namespace as share of what its pods declare. */
function namespaceNumbers(composer: Composer, series: Series): SizedPanel[] {
  const all = new Resources(composer, series, []);
  return (['cpu', 'memory'] as const).flatMap((resource) => {
    const title = resource === 'cpu' ? 'CPU' : 'Memory';
    return [
      composer.number({
        title: `${title} of requests`,
        description: `${title} in use as share of all requests. Far below 100 % nodes are kept empty.`,
        unit: 'percentunit',
        decimals: 1,
        width: 6,
        value: all.share('requests', resource),
      }),
      composer.number({
        title: `${title} of limits`,
        description: `${title} in use as share of all limits. Near 100 % containers are ${resource === 'cpu' ? 'throttled' : 'killed'}.`,
        unit: 'percentunit',
        decimals: 1,
        width: 6,
        thresholds: NEAR_LIMIT,
        value: all.share('limits', resource),
      }),
    ];
  });
}

/** Lines of a ResourceQuota, where the namespace has one. */
function quotaLines(series: Series, resource: ResourceName) {
  const hard = (kind: 'requests' | 'limits') =>
    aggregate('min', [], series.series('kube_resourcequota', is('resource', `${kind}.${resource}`), is('type', 'hard')));
  return {
    lines: { 'quota of requests': hard('requests'), 'quota of limits': hard('limits') },
    overrides: [limitLine('quota of requests', COLOR.warning), limitLine('quota of limits', COLOR.bad)],
  };
}

const NEEDS = ['cadvisor', 'kube-state-metrics'];

export const computeNamespacePods: StandardBoard = {
  name: BOARD.namespacePods,
  title: 'Kubernetes / Compute Resources / Namespace (Pods)',
  description: 'CPU, memory, network and disks of the pods of a namespace, against requests, limits and quotas.',
  layer: DashboardLayer.INFRASTRUCTURE,
  topic: 'kubernetes',
  bundle: 'kubernetes-compute',
  needs: NEEDS,
  compose: (composer) => {
    const { namespace, pod } = composer.labels;
    const series = composer.choose('kube_pod_info', single(NAMESPACE));
    const resources = new Resources(composer, series, [namespace, pod]);
    const toPod = composer.rowLinks('Pod', BOARD.pod, { namespace, pod });
    const links = {
      [pod]: [...toPod, ...composer.rowLogs({ [namespace]: namespace, [pod]: pod })],
    };
    return {
      variables: series.variables,
      links: [
        ...composer.boardLinks(
          ['Cluster', BOARD.cluster],
          ['Workloads', BOARD.namespaceWorkloads],
          ['Networking', BOARD.networkingNamespace],
        ),
        ...composer.logsLink({ [composer.labels.cluster]: 'cluster', [namespace]: 'namespace' }),
      ],
      sections: [
        { title: 'Utilization', panels: namespaceNumbers(composer, series) },
        ...resources.usageSections(links, (resource) => quotaLines(series, resource)),
        ...resources.networkSections({ [pod]: composer.rowLinks('Networking', BOARD.networkingPod, { namespace, pod }) }),
        resources.diskSection({ [pod]: toPod }),
      ],
    };
  },
};

export const computeNamespaceWorkloads: StandardBoard = {
  name: BOARD.namespaceWorkloads,
  title: 'Kubernetes / Compute Resources / Namespace (Workloads)',
  description: 'CPU, memory and network of the workloads of a namespace, against requests, limits and quotas.',
  layer: DashboardLayer.INFRASTRUCTURE,
  topic: 'kubernetes',
  bundle: 'kubernetes-compute',
  needs: NEEDS,
  compose: (composer) => {
    const { namespace, pod } = composer.labels;
    const series = composer.choose('kube_pod_info', single(NAMESPACE));
    const resources = Resources.ofWorkloads(composer, series);
    const links = {
      [WORKLOAD_LABEL]: composer.rowLinks('Workload', BOARD.workload, { namespace, workload: WORKLOAD_LABEL }),
    };
    const running = aggregate(
      'count',
      [namespace, pod, composer.labels.cluster],
      operation(series.series('kube_pod_status_phase', is('phase', 'Running')), '==', 1),
    );
    const ready = series.series('kube_pod_status_ready', is('condition', 'true'));
    return {
      variables: series.variables,
      links: [
        ...composer.boardLinks(['Cluster', BOARD.cluster], ['Pods', BOARD.namespacePods]),
        ...composer.logsLink({ [composer.labels.cluster]: 'cluster', [namespace]: 'namespace' }),
      ],
      sections: [
        { title: 'Utilization', panels: namespaceNumbers(composer, series) },
        ...resources.usageSections(links, (resource) => quotaLines(series, resource)),
        {
          title: 'Pods',
          panels: [
            composer.table({
              title: 'Pods of workloads',
              description: 'Pods that run and pods that are ready. A difference that stays is a workload in trouble.',
              rows: resources.by,
              links,
              columns: [
                { title: 'Running', value: resources.sum(running), unit: 'short' },
                { title: 'Ready', value: resources.sum(ready), unit: 'short' },
              ],
            }),
          ],
        },
        ...resources.networkSections(links),
      ],
    };
  },
};
