import { aggregate, call, group, is, operation, over } from '../../../query/expressions';
import { choice, NAMESPACE } from '../../chain';
import { type Composer, legend, limitLine, type Series, worseFrom } from '../../composer';
import { DashboardLayer } from '../../dashboard-options';
import type { Section } from '../../layout';
import { COLOR } from '../../panels';
import type { StandardBoard } from '../../standard-board';
import { BOARD } from './names';
import { Resources, THROTTLING, WORKLOAD_LABEL } from './resources';

const SCALER = 'horizontalpodautoscaler';
const METRIC = ['metric_name', 'metric_target_type'];

/** Above its target a workload waits for replicas; a fifth more than that has not been reached by them. */
const ABOVE_TARGET = worseFrom(1.1, 1.2);

const full = worseFrom(0.8, 1);

/** What a load test does to the workloads of the namespaces. */
function loadSection(composer: Composer): Section[] {
  if (!composer.has('cadvisor')) {
    return [];
  }
  const { namespace } = composer.labels;
  const pods = composer.choose('kube_pod_info', NAMESPACE);
  const workloads = Resources.ofWorkloads(composer, pods);
  const name = legend(namespace, WORKLOAD_LABEL);
  const running = operation(pods.series('kube_pod_status_phase', is('phase', 'Running')), '==', 1);
  const waiting = operation(pods.series('kube_pod_status_phase', is('phase', 'Pending')), '==', 1);
  return [
    {
      title: 'Load',
      panels: [
        composer.graph({
          title: 'CPU by workload',
          description: 'Cores that the pods of each workload use; replicas that come in share the load.',
          unit: 'short',
          width: 8,
          stacked: true,
          lines: { [name]: workloads.cpu },
        }),
        composer.graph({
          title: 'CPU throttling by workload',
          description:
            'Share of the scheduling periods in which containers were held back by their limits: more replicas help late.',
          unit: 'percentunit',
          width: 8,
          max: 1,
          thresholds: THROTTLING,
          lines: { [name]: workloads.throttling },
        }),
        composer.graph({
          title: 'Pods',
          description: 'Pods that run and pods that wait for a node; those that wait for long find no room.',
          unit: 'short',
          width: 8,
          lines: {
            [`${legend(namespace)} running`]: aggregate('count', [namespace], running),
            [`${legend(namespace)} waiting`]: aggregate('count', [namespace], waiting),
          },
        }),
      ],
    },
  ];
}

function scalerSections(composer: Composer, { series }: Series): Section[] {
  const { namespace } = composer.labels;
  const by = [namespace, SCALER];
  const replicas = (part: string) => aggregate('max', by, series(`kube_${SCALER}_${part}`));
  const [current, desired] = [replicas('status_current_replicas'), replicas('status_desired_replicas')];
  const [least, most] = [replicas('spec_min_replicas'), replicas('spec_max_replicas')];
  const target = (part: string) => aggregate('max', [...by, ...METRIC], series(`kube_${SCALER}_${part}_target_metric`));
  const ratio = operation(target('status'), '/', operation(target('spec'), '>', 0));
  const condition = (name: string, status: string) =>
    series(`kube_${SCALER}_status_condition`, is('condition', name), is('status', status));
  const name = legend(...by);
  return [
    {
      title: 'Autoscalers',
      panels: [
        composer.number({
          title: 'Replicas',
          description: 'Replicas that all the autoscaled workloads have.',
          unit: 'short',
          width: 6,
          value: aggregate('sum', [], current),
        }),
        composer.number({
          title: 'Wanted',
          description: 'Replicas that the autoscalers ask for; above those that there are, pods are still on their way.',
          unit: 'short',
          width: 6,
          value: aggregate('sum', [], desired),
        }),
        composer.number({
          title: 'At their maximum',
          description: 'Autoscalers that can add no replica, however high the load.',
          unit: 'short',
          width: 6,
          thresholds: worseFrom(1),
          value: aggregate('sum', [], operation(current, '>= bool', most)),
        }),
        composer.number({
          title: 'Without metrics',
          description: 'Autoscalers that do not scale, because nobody answers for their metrics or their target has no replicas.',
          unit: 'short',
          width: 6,
          thresholds: worseFrom(1),
          value: aggregate('sum', [], condition('ScalingActive', 'false')),
        }),
        composer.graph({
          title: 'Replicas of each autoscaler',
          description: 'Replicas that there are and that are wanted, between the least and the most that are allowed.',
          unit: 'short',
          lines: {
            [name]: current,
            [`${name} wanted`]: desired,
            'least allowed': aggregate('min', [], least),
            'most allowed': aggregate('max', [], most),
          },
          overrides: [limitLine('least allowed', COLOR.neutral), limitLine('most allowed', COLOR.bad)],
        }),
        composer.graph({
          title: 'Measured against the target',
          description: 'Each metric as share of its target: above 1 replicas are added, below it they are taken away.',
          unit: 'percentunit',
          thresholds: ABOVE_TARGET,
          lines: { [`${name} {{metric_name}}`]: ratio },
        }),
        composer.table({
          title: 'Each autoscaler',
          description: 'Replicas and limits. One that stays at its maximum wants a higher one, or a faster application.',
          rows: by,
          sortBy: 'Of the maximum',
          height: 6,
          columns: [
            { title: 'Replicas', value: current, unit: 'short' },
            { title: 'Wanted', value: desired, unit: 'short' },
            { title: 'Least', value: least, unit: 'short' },
            { title: 'Most', value: most, unit: 'short' },
            { title: 'Of the maximum', value: operation(current, '/', most), unit: 'percentunit', thresholds: full },
            {
              title: 'Changes',
              value: aggregate('max', by, call('changes', over(series(`kube_${SCALER}_status_desired_replicas`), '$__range'))),
              unit: 'short',
            },
            {
              title: 'Farthest above target',
              value: aggregate('max', by, group(ratio)),
              unit: 'percentunit',
              thresholds: ABOVE_TARGET,
            },
          ],
          links: { [namespace]: composer.rowLinks('Workloads', BOARD.namespaceWorkloads, { namespace }) },
        }),
      ],
    },
  ];
}

export const horizontalPodAutoscaler: StandardBoard = {
  name: BOARD.horizontalPodAutoscaler,
  title: 'Kubernetes / Autoscaling / Horizontal Pod Autoscaler',
  description: 'Replicas, limits and targets of horizontal pod autoscalers, and the load that they answer to.',
  layer: DashboardLayer.INFRASTRUCTURE,
  topic: 'kubernetes',
  bundle: 'kubernetes-cluster',
  needs: ['kube-state-metrics'],
  compose: (composer) => {
    const scalers = composer.choose(
      `kube_${SCALER}_status_current_replicas`,
      NAMESPACE,
      choice('autoscaler', 'Autoscaler', 'Horizontal pod autoscalers of the namespaces.', SCALER),
    );
    return {
      variables: scalers.variables,
      links: composer.boardLinks(['Workloads', BOARD.namespaceWorkloads], ['Pods', BOARD.pods]),
      sections: [...scalerSections(composer, scalers), ...loadSection(composer)],
    };
  },
};
