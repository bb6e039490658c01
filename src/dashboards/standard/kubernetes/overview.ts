import { aggregate, call, is, isNot, isOneOf, operation } from '../../../query/expressions';
import { NODE } from '../../chain';
import type { Composer, Series } from '../../composer';
import { legend, worseFrom } from '../../composer';
import { DashboardLayer } from '../../dashboard-options';
import type { Section } from '../../layout';
import type { SizedPanel } from '../../panels';
import type { StandardBoard } from '../../standard-board';
import { clusterNumbers } from './compute-cluster';
import { BOARD } from './names';

/** Nodes that are ready, are not, or are short of something. */
export function nodeNumbers(composer: Composer, { series }: Series): SizedPanel[] {
  const condition = (name: string, status: string) =>
    aggregate('sum', [], series('kube_node_status_condition', is('condition', name), is('status', status)));
  const number = (title: string, description: string, value: string, bad = true) =>
    composer.number({ title, description, unit: 'short', ...(bad ? { thresholds: worseFrom(1) } : {}), value });
  const notReady = aggregate('sum', [], series('kube_node_status_condition', is('condition', 'Ready'), isNot('status', 'true')));
  return [
    number('Nodes', 'Nodes of the cluster.', aggregate('count', [], series('kube_node_info')), false),
    number('Not ready', 'Nodes that are not ready: their pods are moved after five minutes.', notReady),
    number('Cordoned', 'Nodes that take no new pods.', aggregate('sum', [], series('kube_node_spec_unschedulable'))),
    number('Memory pressure', 'Nodes short of memory: they put pods out.', condition('MemoryPressure', 'true')),
    number('Disk pressure', 'Nodes short of disk: they put pods out.', condition('DiskPressure', 'true')),
    number('Process pressure', 'Nodes short of process ids.', condition('PIDPressure', 'true')),
  ];
}

/** Pods by phase and containers by state. */
export function podNumbers(composer: Composer, { series, increase }: Series): SizedPanel[] {
  const phase = (...names: string[]) => aggregate('sum', [], series('kube_pod_status_phase', isOneOf('phase', names)));
  const number = (title: string, description: string, value: string, thresholds?: ReturnType<typeof worseFrom>) =>
    composer.number({ title, description, unit: 'short', ...(thresholds === undefined ? {} : { thresholds }), value });
  return [
    number('Running pods', 'Pods in phase Running.', phase('Running')),
    number('Pending pods', 'Pods that wait for a node, a volume or an image.', phase('Pending'), worseFrom(1, 10)),
    number('Failed pods', 'Pods that have ended badly, or of which nothing is known.', phase('Failed', 'Unknown'), worseFrom(1)),
    number(
      'Waiting containers',
      'Containers that do not run yet, or not any more.',
      aggregate('sum', [], series('kube_pod_container_status_waiting')),
      worseFrom(1, 10),
    ),
    number(
      'Restarts',
      'Restarts of containers in the time range.',
      call('round', aggregate('sum', [], increase('kube_pod_container_status_restarts_total'))),
      worseFrom(1, 10),
    ),
    number(
      'Failed jobs',
      'Jobs that have failed and are still there.',
      aggregate('sum', [], series('kube_job_failed', is('condition', 'true'))),
      worseFrom(1),
    ),
  ];
}

/** Capacity of the nodes against what pods request, over time. */
function capacitySection(composer: Composer, { series }: Series): Section {
  const graph = (title: string, resource: string, unit: string, requested: string) => {
    const nodes = (metric: string) => aggregate('sum', [], series(metric, is('resource', resource)));
    return composer.graph({
      title,
      description: 'What the nodes have, what of it they can give to pods, and what pods take of that.',
      unit,
      width: 8,
      lines: {
        capacity: nodes('kube_node_status_capacity'),
        allocatable: nodes('kube_node_status_allocatable'),
        requested,
      },
    });
  };
  const requests = (resource: string) =>
    aggregate('sum', [], series('kube_pod_container_resource_requests', is('resource', resource)));
  return {
    title: 'Capacity',
    panels: [
      graph('CPU', 'cpu', 'short', requests('cpu')),
      graph('Memory', 'memory', 'bytes', requests('memory')),
      graph('Pods', 'pods', 'short', aggregate('count', [], series('kube_pod_info'))),
    ],
  };
}

export const clusterOverview: StandardBoard = {
  name: BOARD.overview,
  title: 'Kubernetes / Cluster',
  description: 'The health of a cluster at a glance: nodes, capacity, workloads, pods, containers and jobs.',
  layer: DashboardLayer.INFRASTRUCTURE,
  topic: 'kubernetes',
  bundle: 'kubernetes-cluster',
  needs: ['cadvisor', 'kube-state-metrics'],
  compose: (composer) => {
    const { namespace, node } = composer.labels;
    const cluster = composer.choose('kube_node_info');
    const nodes = composer.choose('kube_node_info', NODE);
    const { series, increase } = cluster;
    const missing = (title: string, wanted: string, there: string, kind: string) => {
      const by = [namespace, kind];
      return composer.graph({
        title,
        description: 'Replicas that are wanted and not there. What stays here for long is in trouble.',
        unit: 'short',
        width: 8,
        lines: {
          [legend(...by)]: operation(
            operation(aggregate('max', by, series(wanted)), '-', aggregate('max', by, series(there))),
            '>',
            0,
          ),
        },
      });
    };
    const onNode = (metric: string, resource: string) => aggregate('sum', [node], nodes.series(metric, is('resource', resource)));
    const share = (resource: string) =>
      operation(onNode('kube_pod_container_resource_requests', resource), '/', onNode('kube_node_status_allocatable', resource));
    const ready = aggregate(
      'max',
      [node],
      nodes.series('kube_node_status_condition', is('condition', 'Ready'), is('status', 'true')),
    );
    return {
      variables: nodes.variables,
      links: composer.boardLinks(
        ['Compute resources', BOARD.cluster],
        ['Networking', BOARD.networkingCluster],
        ['Volumes', BOARD.persistentVolumes],
        ['Objects', BOARD.objects],
      ),
      sections: [
        {
          title: 'Health',
          panels: [...nodeNumbers(composer, cluster), ...clusterNumbers(composer, cluster), ...podNumbers(composer, cluster)],
        },
        {
          title: 'Nodes',
          panels: [
            composer.table({
              title: 'Each node',
              description: 'Whether a node is ready, its pods, and what of its capacity is requested.',
              rows: [node],
              sortBy: 'CPU requested',
              links: { [node]: composer.rowLinks('Pods of the node', BOARD.nodePods, { node }) },
              columns: [
                { title: 'Ready', value: ready, unit: 'bool_yes_no' },
                { title: 'Pods', value: aggregate('count', [node], nodes.series('kube_pod_info')), unit: 'short' },
                { title: 'CPU', value: onNode('kube_node_status_allocatable', 'cpu'), unit: 'short', decimals: 1 },
                { title: 'CPU requested', value: share('cpu'), unit: 'percentunit', decimals: 1, thresholds: worseFrom(0.8, 1) },
                { title: 'Memory', value: onNode('kube_node_status_allocatable', 'memory'), unit: 'bytes', decimals: 1 },
                {
                  title: 'Memory requested',
                  value: share('memory'),
                  unit: 'percentunit',
                  decimals: 1,
                  thresholds: worseFrom(0.8, 1),
                },
              ],
            }),
          ],
        },
        capacitySection(composer, cluster),
        {
          title: 'Workloads',
          panels: [
            missing('Deployments', 'kube_deployment_spec_replicas', 'kube_deployment_status_replicas_available', 'deployment'),
            missing('StatefulSets', 'kube_statefulset_replicas', 'kube_statefulset_status_replicas_ready', 'statefulset'),
            missing(
              'DaemonSets',
              'kube_daemonset_status_desired_number_scheduled',
              'kube_daemonset_status_number_available',
              'daemonset',
            ),
          ],
        },
        {
          title: 'Pods and containers',
          panels: [
            composer.graph({
              title: 'Pods by phase',
              description: 'How many pods are in which phase.',
              unit: 'short',
              width: 8,
              stacked: true,
              lines: { '{{phase}}': aggregate('sum', ['phase'], series('kube_pod_status_phase')) },
            }),
            composer.graph({
              title: 'Waiting containers by reason',
              description: 'Why containers do not run: CrashLoopBackOff, ImagePullBackOff, ContainerCreating, …',
              unit: 'short',
              width: 8,
              stacked: true,
              lines: { '{{reason}}': aggregate('sum', ['reason'], series('kube_pod_container_status_waiting_reason')) },
            }),
            composer.graph({
              title: 'Restarts by namespace',
              description: 'Restarts in a stretch as long as the time range, up to each point of the graph.',
              unit: 'short',
              width: 8,
              lines: {
                [legend(namespace)]: operation(
                  call('round', aggregate('sum', [namespace], increase('kube_pod_container_status_restarts_total'))),
                  '>',
                  0,
                ),
              },
            }),
          ],
        },
        {
          title: 'Jobs',
          panels: (['active', 'succeeded', 'failed'] as const).map((state) =>
            composer.graph({
              title: `Jobs: pods ${state}`,
              description: `Pods of Jobs that are ${state === 'active' ? 'at work' : state}, by namespace.`,
              unit: 'short',
              width: 8,
              stacked: true,
              lines: { [legend(namespace)]: aggregate('sum', [namespace], series(`kube_job_status_${state}`)) },
            }),
          ),
        },
      ],
    };
  },
};
