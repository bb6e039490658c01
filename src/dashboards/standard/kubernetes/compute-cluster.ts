import { aggregate, call, is, operation } from '../../../query/expressions';
import type { Composer, Series } from '../../composer';
import { legend } from '../../composer';
import { DashboardLayer } from '../../dashboard-options';
import type { SizedPanel } from '../../panels';
import type { StandardBoard } from '../../standard-board';
import { BOARD } from './names';
import { COMMITMENT, type ResourceName, Resources, WHOLE_NODE } from './resources';

/** Share of all nodes that is in use, out of cAdvisor's own measure of each node. */
export function utilization(series: Series, resource: ResourceName): string {
  const used =
    resource === 'cpu'
      ? series.rate('container_cpu_usage_seconds_total', WHOLE_NODE)
      : series.series('container_memory_working_set_bytes', WHOLE_NODE);
  const there = series.series(resource === 'cpu' ? 'machine_cpu_cores' : 'machine_memory_bytes');
  return operation(aggregate('sum', [], used), '/', aggregate('sum', [], there));
}

/** What pods declare, as share of what nodes have to give. */
export function commitment(resources: Resources, series: Series, kind: 'requests' | 'limits', resource: ResourceName): string {
  const allocatable = series.series('kube_node_status_allocatable', is('resource', resource));
  return operation(resources.declared(kind, resource), '/', aggregate('sum', [], allocatable));
}

/** Use and commitment of the whole cluster. */
export function clusterNumbers(composer: Composer, series: Series): SizedPanel[] {
  const all = new Resources(composer, series, []);
  const number = (title: string, description: string, value: string) =>
    composer.number({ title, description, unit: 'percentunit', decimals: 1, thresholds: COMMITMENT, value });
  return (['cpu', 'memory'] as const).flatMap((resource) => {
    const title = resource === 'cpu' ? 'CPU' : 'Memory';
    return [
      number(`${title} utilization`, `${title} of all nodes in use.`, utilization(series, resource)),
      number(
        `${title} requested`,
        'Requests as share of what nodes can give to pods. Near 100 % new pods find no node.',
        commitment(all, series, 'requests', resource),
      ),
      number(
        `${title} limits`,
        `Limits as share of what nodes can give to pods. Above 100 % ${resource === 'cpu' ? 'pods may slow each other down' : 'pods may be killed'} when all use what they may.`,
        commitment(all, series, 'limits', resource),
      ),
    ];
  });
}

export const computeCluster: StandardBoard = {
  name: BOARD.cluster,
  title: 'Kubernetes / Compute Resources / Cluster',
  description: 'CPU, memory, network and disks of a cluster, by namespace, against requests and limits.',
  layer: DashboardLayer.INFRASTRUCTURE,
  topic: 'kubernetes',
  bundle: 'kubernetes-cluster',
  needs: ['cadvisor', 'kube-state-metrics'],
  compose: (composer) => {
    const { namespace } = composer.labels;
    const series = composer.choose('kube_node_info');
    const resources = new Resources(composer, series, [namespace]);
    const boards = [
      ...composer.rowLinks('Pods', BOARD.namespacePods, { namespace }),
      ...composer.rowLinks('Workloads', BOARD.namespaceWorkloads, { namespace }),
    ];
    const links = { [namespace]: [...boards, ...composer.rowLogs({ [namespace]: namespace })] };
    const count = (metric: string) => aggregate('count', [namespace], series.series(metric));
    const pods = aggregate('sum', [namespace], series.series('kube_pod_status_phase', is('phase', 'Running')));
    return {
      variables: series.variables,
      links: composer.boardLinks(['Overview', BOARD.overview], ['Networking', BOARD.networkingCluster]),
      sections: [
        { title: 'Utilization', panels: clusterNumbers(composer, series) },
        ...resources.usageSections(links),
        {
          title: 'Namespaces',
          panels: [
            composer.table({
              title: 'What runs',
              description: 'Pods and workloads of each namespace.',
              rows: [namespace],
              links: { [namespace]: boards },
              columns: [
                { title: 'Running pods', value: pods, unit: 'short' },
                { title: 'Deployments', value: count('kube_deployment_created'), unit: 'short' },
                { title: 'StatefulSets', value: count('kube_statefulset_created'), unit: 'short' },
                { title: 'DaemonSets', value: count('kube_daemonset_created'), unit: 'short' },
                { title: 'Jobs', value: count('kube_job_created'), unit: 'short' },
              ],
            }),
            composer.graph({
              title: 'Pods by namespace',
              description: 'Pods that run, by namespace.',
              unit: 'short',
              width: 24,
              stacked: true,
              lines: { [legend(namespace)]: pods },
            }),
          ],
        },
        ...resources.networkSections({
          [namespace]: composer.rowLinks('Networking', BOARD.networkingNamespace, { namespace }),
        }),
        resources.diskSection({ [namespace]: boards }),
        {
          title: 'Throttling and memory kills',
          panels: [
            composer.graph({
              title: 'CPU throttling by namespace',
              description: 'Share of the scheduling periods in which containers were held back by their limits.',
              unit: 'percentunit',
              lines: { [legend(namespace)]: resources.throttling },
            }),
            composer.graph({
              title: 'Memory kills by namespace',
              description: 'Processes that were killed for memory, in the time range up to each point of the graph.',
              unit: 'short',
              lines: {
                [legend(namespace)]: call('round', resources.sum(series.increase('container_oom_events_total'))),
              },
            }),
          ],
        },
      ],
    };
  },
};
