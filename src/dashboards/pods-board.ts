import { aggregate, call, is, isChosen, operation, over } from '../query/expressions';
import { board } from './board';
import { TEMPLATE_HASH } from './chain';
import type { DashboardContext } from './dashboard-context';
import { DashboardLayer, type PodsDashboardProps } from './dashboard-options';
import type { Board } from './grafana-model';
import type { Section } from './layout';
import { COLOR, field, fixedColor, type SizedPanel, stat, timeseries } from './panels';
import { CPU, declared, MEMORY, type PodQueries, podQueries, type Resource } from './pods-queries';
import { podTable } from './pods-table';
import { labelValues, metricScope } from './scope';
import { metricsDataSource } from './targets';
import { queryVariable } from './variables';

/** State, CPU, memory, network and restarts of pods, out of kube-state-metrics and cAdvisor. */
export function podsBoard(props: PodsDashboardProps, context: DashboardContext): Board {
  const datasource = metricsDataSource(context, props.source);
  const scope = metricScope(context, datasource, 'kube_pod_info', props.namespaces);
  const queries = podQueries(context, datasource, [...scope.matchers, isChosen(context.labels.pod, '$pod')]);
  return board(props, {
    description: 'What pods do, what they use of what they asked for, and why they restart.',
    layer: DashboardLayer.INFRASTRUCTURE,
    variables: [
      ...scope.variables,
      queryVariable({
        name: 'workload',
        label: 'Workload',
        description: 'Deployments, StatefulSets, DaemonSets and Jobs that own the pods.',
        datasource,
        query: labelValues('kube_pod_info', scope.matchers, 'created_by_name'),
        regex: `/^(.+?)${TEMPLATE_HASH}$/`,
        allValue: '.*',
      }),
      queryVariable({
        name: 'pod',
        label: 'Pod',
        description: 'Pods of the workload.',
        datasource,
        query: labelValues(
          'kube_pod_info',
          [...scope.matchers, isChosen('created_by_name', `($workload)${TEMPLATE_HASH}`)],
          context.labels.pod,
        ),
      }),
    ],
    sections: podSections(queries, props.logsDashboard),
  });
}

/** All about the chosen pods. */
export function podSections(queries: PodQueries, logsDashboard: string | undefined): Section[] {
  return [
    stateSection(queries),
    { title: 'Pods', panels: [podTable(queries, logsDashboard)] },
    usageSection(queries, CPU, throttling(queries)),
    usageSection(queries, MEMORY),
    networkSection(queries),
    restartSection(queries),
  ];
}

function stateSection({ query, series, interval }: PodQueries): Section {
  const count = (title: string, description: string, expression: string, alarm: string): SizedPanel =>
    stat({
      title,
      description,
      unit: 'short',
      width: 4,
      thresholds: [{ value: null, color: COLOR.good }, ...(alarm === '' ? [] : [{ value: 1, color: alarm }])],
      targets: [query.instant(expression, '')],
    });
  const inPhase = (phase: string) => aggregate('sum', [], series('kube_pod_status_phase', is('phase', phase)));
  return {
    title: 'State',
    panels: [
      count('Running', 'Pods in phase Running.', inPhase('Running'), ''),
      count('Pending', 'Pods that wait for a node, a volume or an image.', inPhase('Pending'), COLOR.warning),
      count('Failed', 'Pods whose containers have all ended, at least one badly.', inPhase('Failed'), COLOR.bad),
      count(
        'Not ready',
        'Pods that get no traffic because a readiness probe fails or a container is not up.',
        aggregate(
          'sum',
          [],
          operation(
            series('kube_pod_status_ready', is('condition', 'false')),
            'unless on (uid)',
            operation(series('kube_pod_status_phase', is('phase', 'Succeeded')), '==', 1),
          ),
        ),
        COLOR.warning,
      ),
      count(
        'Restarts',
        'Restarts of containers in the time range.',
        call(
          'round',
          aggregate('sum', [], call('increase', over(series('kube_pod_container_status_restarts_total'), '$__range'))),
        ),
        COLOR.warning,
      ),
      count(
        'Killed for memory',
        'Containers whose last end was OOMKilled: they needed more than their limit.',
        aggregate('sum', [], series('kube_pod_container_status_last_terminated_reason', is('reason', 'OOMKilled'))),
        COLOR.bad,
      ),
      timeseries({
        title: 'Pods by phase',
        description: 'How many pods are in which phase.',
        unit: 'short',
        width: 12,
        stacked: true,
        interval,
        overrides: [
          field('Running', fixedColor(COLOR.good)),
          field('Pending', fixedColor(COLOR.warning)),
          field('Failed', fixedColor(COLOR.bad)),
          field('Succeeded', fixedColor(COLOR.neutral)),
        ],
        targets: [query.range(aggregate('sum', ['phase'], series('kube_pod_status_phase')), '{{phase}}')],
      }),
      timeseries({
        title: 'Waiting containers by reason',
        description: 'Why containers do not run: CrashLoopBackOff, ImagePullBackOff, ContainerCreating, …',
        unit: 'short',
        width: 12,
        stacked: true,
        interval,
        targets: [query.range(aggregate('sum', ['reason'], series('kube_pod_container_status_waiting_reason')), '{{reason}}')],
      }),
    ],
  };
}

function usageSection(queries: PodQueries, resource: Resource, ...further: ShareGraph[]): Section {
  const { query, pod, namespace, interval } = queries;
  const byPod = (expression: string) => aggregate('sum', [namespace, pod], expression);
  const shareOf = (kind: 'requests' | 'limits') =>
    operation(byPod(resource.usage(queries)), '/', byPod(declared(queries, kind, resource)));
  const shares: ShareGraph[] = [
    {
      title: `${resource.title} of requests`,
      description: 'Share of its requests that a pod uses. Those far above 100 % suffer first when the node runs out.',
      expression: shareOf('requests'),
    },
    {
      title: `${resource.title} of limits`,
      description: `Share of its limits that a pod uses. ${resource.limitRemark}`,
      expression: shareOf('limits'),
    },
    ...further,
  ];
  return {
    title: resource.title,
    panels: [
      timeseries({
        title: `${resource.title} by pod`,
        description: resource.usageRemark,
        unit: resource.unit,
        width: 12,
        interval,
        targets: [query.range(byPod(resource.usage(queries)), `{{${pod}}}`)],
      }),
      timeseries({
        title: `${resource.title}: used, requested, limited`,
        description: 'All chosen pods together. Requests far above the use keep nodes empty.',
        unit: resource.unit,
        width: 12,
        interval,
        targets: [
          query.range(aggregate('sum', [], resource.usage(queries)), 'used'),
          query.range(aggregate('sum', [], declared(queries, 'requests', resource)), 'requests'),
          query.range(aggregate('sum', [], declared(queries, 'limits', resource)), 'limits'),
        ],
      }),
      ...shares.map((share) =>
        timeseries({
          title: share.title,
          description: share.description,
          unit: 'percentunit',
          width: 24 / shares.length,
          interval,
          targets: [query.range(share.expression, `{{${pod}}}`)],
        }),
      ),
    ],
  };
}

/** A graph of a share between 0 and 1, by pod. */
interface ShareGraph {
  readonly title: string;
  readonly description: string;
  readonly expression: string;
}

function throttling({ namespace, pod, containerRate }: PodQueries): ShareGraph {
  const byPod = (metric: string) => aggregate('sum', [namespace, pod], containerRate(metric));
  return {
    title: 'CPU throttling',
    description: 'Share of the scheduling periods in which a pod was held back by its limit.',
    expression: operation(byPod('container_cpu_cfs_throttled_periods_total'), '/', byPod('container_cpu_cfs_periods_total')),
  };
}

function networkSection({ query, rate, pod, namespace, interval }: PodQueries): Section {
  const graph = (title: string, description: string, unit: string, metric: string) =>
    timeseries({
      title,
      description,
      unit,
      width: 12,
      interval,
      targets: [query.range(aggregate('sum', [namespace, pod], rate(metric)), `{{${pod}}}`)],
    });
  return {
    title: 'Network',
    panels: [
      graph(
        'Received',
        'Bytes per second over all interfaces. Pods in the network of the host show the traffic of the node.',
        'Bps',
        'container_network_receive_bytes_total',
      ),
      graph(
        'Sent',
        'Bytes per second over all interfaces. Pods in the network of the host show the traffic of the node.',
        'Bps',
        'container_network_transmit_bytes_total',
      ),
      graph(
        'Dropped on receipt',
        'Packets per second that the receiver could not take.',
        'pps',
        'container_network_receive_packets_dropped_total',
      ),
      graph(
        'Dropped on sending',
        'Packets per second that could not be sent.',
        'pps',
        'container_network_transmit_packets_dropped_total',
      ),
    ],
  };
}

function restartSection({ query, series, pod, container, interval }: PodQueries): Section {
  const restarts = call('increase', over(series('kube_pod_container_status_restarts_total'), '$__rate_interval'));
  return {
    title: 'Restarts',
    panels: [
      timeseries({
        title: 'Restarts by container',
        description: 'Restarts per step of the graph; containers without any are left out.',
        unit: 'short',
        width: 12,
        bars: true,
        stacked: true,
        interval,
        targets: [query.range(operation(aggregate('sum', [pod, container], restarts), '>', 0), `{{${pod}}} / {{${container}}}`)],
      }),
      timeseries({
        title: 'Last ends by reason',
        description: 'How many containers ended last for which reason: OOMKilled, Error, Completed, …',
        unit: 'short',
        width: 12,
        stacked: true,
        interval,
        targets: [
          query.range(aggregate('sum', ['reason'], series('kube_pod_container_status_last_terminated_reason')), '{{reason}}'),
        ],
      }),
    ],
  };
}
