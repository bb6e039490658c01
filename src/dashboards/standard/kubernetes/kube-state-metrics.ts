import { aggregate, call, is, isNot, operation } from '../../../query/expressions';
import { NAMESPACE } from '../../chain';
import type { Composer, Series } from '../../composer';
import { legend, worseFrom } from '../../composer';
import { DashboardLayer } from '../../dashboard-options';
import type { DataLink } from '../../grafana-model';
import type { Section } from '../../layout';
import type { StandardBoard } from '../../standard-board';
import { BOARD } from './names';
import { nodeNumbers, podNumbers } from './overview';

/** Columns of a table of workloads: title and metric. */
type Columns = readonly (readonly [title: string, metric: string])[];

/** A kind of workload, its replicas, and what of them is missing. */
function workloads(
  composer: Composer,
  { series }: Series,
  [title, label, columns]: readonly [title: string, label: string, columns: Columns],
  links: DataLink[],
): Section {
  const { namespace } = composer.labels;
  const rows = [namespace, label];
  const of = (metric: string) => aggregate('max', rows, series(metric));
  const [[, wanted], [, there]] = columns;
  return {
    title,
    panels: [
      composer.table({
        title,
        description: `Replicas of ${title}: what is wanted first. Those that miss some are at the top.`,
        rows: [...rows].sort(),
        width: 14,
        sortBy: 'Missing',
        links: { [label]: links },
        columns: [
          ...columns.map(([name, metric]) => ({ title: name, value: of(metric), unit: 'short' })),
          { title: 'Missing', value: operation(of(wanted), '-', of(there)), unit: 'short', thresholds: worseFrom(1) },
        ],
      }),
      composer.graph({
        title: `${title}: missing replicas`,
        description: 'Replicas that are wanted and not there. What stays here for long is in trouble.',
        unit: 'short',
        width: 10,
        height: 10,
        stacked: true,
        lines: { [legend(...rows)]: operation(operation(of(wanted), '-', of(there)), '>', 0) },
      }),
    ],
  };
}

const KINDS: readonly (readonly [string, string, Columns])[] = [
  [
    'Deployments',
    'deployment',
    [
      ['Wanted', 'kube_deployment_spec_replicas'],
      ['Available', 'kube_deployment_status_replicas_available'],
      ['Updated', 'kube_deployment_status_replicas_updated'],
      ['Unavailable', 'kube_deployment_status_replicas_unavailable'],
    ],
  ],
  [
    'StatefulSets',
    'statefulset',
    [
      ['Wanted', 'kube_statefulset_replicas'],
      ['Ready', 'kube_statefulset_status_replicas_ready'],
      ['Current', 'kube_statefulset_status_replicas_current'],
      ['Updated', 'kube_statefulset_status_replicas_updated'],
    ],
  ],
  [
    'DaemonSets',
    'daemonset',
    [
      ['Wanted', 'kube_daemonset_status_desired_number_scheduled'],
      ['Available', 'kube_daemonset_status_number_available'],
      ['Updated', 'kube_daemonset_status_updated_number_scheduled'],
      ['Misscheduled', 'kube_daemonset_status_number_misscheduled'],
    ],
  ],
];

function autoscalers(composer: Composer, { series }: Series): Section {
  const { namespace } = composer.labels;
  const scaler = 'horizontalpodautoscaler';
  const of = (part: string) => aggregate('max', [scaler, namespace], series(`kube_horizontalpodautoscaler_${part}`));
  const current = of('status_current_replicas');
  const atMost = operation(current, '==', of('spec_max_replicas'));
  const atLeast = operation(current, '==', of('spec_min_replicas'));
  return {
    title: 'Autoscalers',
    panels: [
      composer.table({
        title: 'Horizontal pod autoscalers',
        description: 'Replicas now, wanted, and between which bounds. One at its maximum cannot follow the load any more.',
        rows: [scaler, namespace],
        width: 14,
        sortBy: 'Of maximum',
        columns: [
          { title: 'Current', value: current, unit: 'short' },
          { title: 'Wanted', value: of('status_desired_replicas'), unit: 'short' },
          { title: 'Minimum', value: of('spec_min_replicas'), unit: 'short' },
          { title: 'Maximum', value: of('spec_max_replicas'), unit: 'short' },
          {
            title: 'Of maximum',
            value: operation(current, '/', of('spec_max_replicas')),
            unit: 'percentunit',
            thresholds: worseFrom(0.9, 1),
          },
        ],
      }),
      composer.graph({
        title: 'Autoscalers at their bounds',
        description: 'Autoscalers with as many replicas as they may have, and with as few.',
        unit: 'short',
        width: 10,
        height: 10,
        lines: { 'at maximum': aggregate('count', [], atMost), 'at minimum': aggregate('count', [], atLeast) },
      }),
    ],
  };
}

function jobs(composer: Composer, { series }: Series): Section {
  const { namespace } = composer.labels;
  const age = operation(
    'time()',
    '-',
    aggregate('max', ['cronjob', namespace], series('kube_cronjob_status_last_successful_time')),
  );
  return {
    title: 'Jobs',
    panels: [
      composer.table({
        title: 'Time since the last success of CronJobs',
        description: 'How long ago a CronJob last succeeded. Longer than its schedule: it fails or is suspended.',
        rows: ['cronjob', namespace],
        width: 12,
        columns: [{ title: 'Since', value: age, unit: 's' }],
      }),
      composer.graph({
        title: 'Pods of Jobs',
        description: 'Pods of Jobs that are at work, have succeeded and have failed.',
        unit: 'short',
        height: 10,
        lines: {
          active: aggregate('sum', [], series('kube_job_status_active')),
          succeeded: aggregate('sum', [], series('kube_job_status_succeeded')),
          failed: aggregate('sum', [], series('kube_job_status_failed')),
        },
      }),
    ],
  };
}

export const kubeStateMetrics: StandardBoard = {
  name: BOARD.objects,
  title: 'kube-state-metrics / Objects',
  description: 'What the Kubernetes API says about nodes, workloads, pods, autoscalers, jobs and claims.',
  layer: DashboardLayer.INFRASTRUCTURE,
  topic: 'kubernetes',
  bundle: 'kubernetes-cluster',
  needs: ['kube-state-metrics'],
  compose: (composer) => {
    const { namespace } = composer.labels;
    const cluster = composer.choose('kube_node_info');
    const chosen = composer.choose('kube_pod_info', NAMESPACE);
    const { series } = chosen;
    const links = composer.rowLinks('Workloads', BOARD.namespaceWorkloads, { namespace });
    const by = (label: string, metric: string, ...further: ReturnType<typeof is>[]) => ({
      [legend(label)]: aggregate('sum', [label], series(metric, ...further)),
    });
    const resource = (title: string, name: string, unit: string) =>
      composer.graph({
        title,
        description: 'What pods request and what the nodes can give to pods.',
        unit,
        lines: {
          requested: aggregate('sum', [], series('kube_pod_container_resource_requests', is('resource', name))),
          limits: aggregate('sum', [], series('kube_pod_container_resource_limits', is('resource', name))),
          allocatable: aggregate('sum', [], cluster.series('kube_node_status_allocatable', is('resource', name))),
        },
      });
    return {
      variables: chosen.variables,
      links: composer.boardLinks(['Cluster', BOARD.overview], ['Pods', BOARD.pods]),
      sections: [
        { title: 'Health', panels: [...nodeNumbers(composer, cluster), ...podNumbers(composer, chosen)] },
        { title: 'Requests', panels: [resource('CPU', 'cpu', 'short'), resource('Memory', 'memory', 'bytes')] },
        ...KINDS.map((kind) => workloads(composer, chosen, kind, links)),
        {
          title: 'Pods',
          panels: [
            composer.graph({
              title: 'Pods by phase',
              description: 'How many pods are in which phase.',
              unit: 'short',
              width: 8,
              stacked: true,
              lines: by('phase', 'kube_pod_status_phase'),
            }),
            composer.graph({
              title: 'Pods by reason',
              description: 'Pods that were put out or lost: Evicted, NodeLost, NodeAffinity, UnexpectedAdmissionError.',
              unit: 'short',
              width: 8,
              stacked: true,
              lines: by('reason', 'kube_pod_status_reason'),
            }),
            composer.graph({
              title: 'Restarts by pod',
              description: 'Restarts in a stretch as long as the time range, up to each point of the graph.',
              unit: 'short',
              width: 8,
              lines: {
                [legend(namespace, composer.labels.pod)]: operation(
                  call(
                    'round',
                    aggregate(
                      'sum',
                      [namespace, composer.labels.pod],
                      chosen.increase('kube_pod_container_status_restarts_total'),
                    ),
                  ),
                  '>',
                  0,
                ),
              },
            }),
          ],
        },
        {
          title: 'Containers',
          panels: [
            composer.graph({
              title: 'Containers by state',
              description: 'Containers that run, wait and have ended.',
              unit: 'short',
              width: 8,
              stacked: true,
              lines: {
                running: aggregate('sum', [], series('kube_pod_container_status_running')),
                waiting: aggregate('sum', [], series('kube_pod_container_status_waiting')),
                terminated: aggregate('sum', [], series('kube_pod_container_status_terminated')),
              },
            }),
            composer.graph({
              title: 'Waiting by reason',
              description: 'Why containers do not run: CrashLoopBackOff, ImagePullBackOff, ContainerCreating, …',
              unit: 'short',
              width: 8,
              stacked: true,
              lines: by('reason', 'kube_pod_container_status_waiting_reason'),
            }),
            composer.graph({
              title: 'Last ends by reason',
              description: 'Why containers ended last. OOMKilled: they wanted more memory than their limit.',
              unit: 'short',
              width: 8,
              stacked: true,
              lines: by('reason', 'kube_pod_container_status_last_terminated_reason', isNot('reason', 'Completed')),
            }),
          ],
        },
        autoscalers(composer, chosen),
        jobs(composer, chosen),
        {
          title: 'Claims',
          panels: [
            composer.graph({
              title: 'Claims by phase',
              description: 'Claims of volumes. Pending ones have no volume; Lost ones had one.',
              unit: 'short',
              stacked: true,
              lines: by('phase', 'kube_persistentvolumeclaim_status_phase'),
            }),
            composer.graph({
              title: 'Space asked for',
              description: 'Space that claims ask for, by namespace.',
              unit: 'bytes',
              stacked: true,
              lines: by(namespace, 'kube_persistentvolumeclaim_resource_requests_storage_bytes'),
            }),
            composer.graph({
              title: 'Quotas in use',
              description: 'Share of hard quotas that is used. At 100 % nothing more can be made.',
              unit: 'percentunit',
              lines: {
                [legend(namespace, 'resource')]: operation(
                  aggregate('max', [namespace, 'resource'], series('kube_resourcequota', is('type', 'used'))),
                  '/',
                  aggregate('max', [namespace, 'resource'], series('kube_resourcequota', is('type', 'hard'))),
                ),
              },
            }),
            composer.graph({
              title: 'Disruption budgets without room',
              description: 'Budgets that let no pod be moved: draining a node will wait for them.',
              unit: 'short',
              lines: {
                [legend(namespace, 'poddisruptionbudget')]: operation(
                  aggregate(
                    'max',
                    [namespace, 'poddisruptionbudget'],
                    series('kube_poddisruptionbudget_status_pod_disruptions_allowed'),
                  ),
                  '==',
                  0,
                ),
              },
            }),
          ],
        },
      ],
    };
  },
};
