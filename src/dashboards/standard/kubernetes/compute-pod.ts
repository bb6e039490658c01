import { aggregate, call, operation } from '../../../query/expressions';
import { NAMESPACE, POD, single, WORKLOAD } from '../../chain';
import type { Composer, Series } from '../../composer';
import { legend, limitLine } from '../../composer';
import { DashboardLayer } from '../../dashboard-options';
import type { DataLink } from '../../grafana-model';
import type { Section } from '../../layout';
import { COLOR } from '../../panels';
import type { StandardBoard } from '../../standard-board';
import { BOARD } from './names';
import { type ResourceName, Resources, THROTTLING } from './resources';

const NEEDS = ['cadvisor', 'kube-state-metrics'];

/** Sums of requests and limits beside the use. */
function declaredLines(all: Resources, resource: ResourceName) {
  return {
    lines: { requests: all.declared('requests', resource), limits: all.declared('limits', resource) },
    overrides: [limitLine('requests', COLOR.warning), limitLine('limits', COLOR.bad)],
  };
}

/** Why containers are slow or start again. */
function troubleSection(composer: Composer, series: Series, resources: Resources): Section {
  const name = legend(...resources.by.slice(-1));
  const restarts = call('round', aggregate('sum', resources.by, series.increase('kube_pod_container_status_restarts_total')));
  return {
    title: 'Throttling and restarts',
    panels: [
      composer.graph({
        title: 'CPU throttling',
        description: 'Share of the scheduling periods in which containers were held back by their limits.',
        unit: 'percentunit',
        width: 8,
        max: 1,
        thresholds: THROTTLING,
        lines: { [name]: resources.throttling },
      }),
      composer.graph({
        title: 'Restarts',
        description: 'Restarts in a stretch as long as the time range, up to each point of the graph.',
        unit: 'short',
        width: 8,
        lines: { [name]: operation(restarts, '>', 0) },
      }),
      composer.graph({
        title: 'Last ends by reason',
        description: 'Why containers ended last: OOMKilled wanted more memory than their limit.',
        unit: 'short',
        width: 8,
        stacked: true,
        lines: {
          '{{reason}}': aggregate('sum', ['reason'], series.series('kube_pod_container_status_last_terminated_reason')),
        },
      }),
    ],
  };
}

function sections(composer: Composer, series: Series, by: string, links: Readonly<Record<string, DataLink[]>>): Section[] {
  const { namespace, pod, container } = composer.labels;
  const rows = by === pod ? [namespace, pod] : [by];
  const resources = new Resources(composer, series, rows);
  const pods = new Resources(composer, series, [namespace, pod]);
  const all = new Resources(composer, series, []);
  return [
    ...resources.usageSections(links, (resource) => declaredLines(all, resource)),
    troubleSection(
      composer,
      series,
      by === pod ? new Resources(composer, series, [pod]) : new Resources(composer, series, [container]),
    ),
    ...pods.networkSections({ [pod]: composer.rowLinks('Networking', BOARD.networkingPod, { namespace, pod }) }),
    resources.diskSection({}),
    ...composer.logLines('Lines of what is chosen, newest first.', {
      [composer.labels.cluster]: 'cluster',
      [namespace]: 'namespace',
      [pod]: 'pod',
    }),
  ];
}

export const computePod: StandardBoard = {
  name: BOARD.pod,
  title: 'Kubernetes / Compute Resources / Pod',
  description: 'CPU, memory, network, disks, restarts and logs of a pod, by container, against requests and limits.',
  layer: DashboardLayer.INFRASTRUCTURE,
  topic: 'kubernetes',
  bundle: 'kubernetes-compute',
  needs: NEEDS,
  compose: (composer) => {
    const { namespace, container, pod, cluster } = composer.labels;
    const series = composer.choose('kube_pod_info', single(NAMESPACE), single(POD));
    const links = { [container]: composer.rowLogs({ [container]: container }) };
    return {
      variables: series.variables,
      links: [
        ...composer.boardLinks(['Namespace', BOARD.namespacePods], ['Networking', BOARD.networkingPod]),
        ...composer.logsLink({ [cluster]: 'cluster', [namespace]: 'namespace', [pod]: 'pod' }),
      ],
      sections: sections(composer, series, container, links),
    };
  },
};

export const computeWorkload: StandardBoard = {
  name: BOARD.workload,
  title: 'Kubernetes / Compute Resources / Workload',
  description: 'CPU, memory, network, disks, restarts and logs of a workload, by pod, against requests and limits.',
  layer: DashboardLayer.INFRASTRUCTURE,
  topic: 'kubernetes',
  bundle: 'kubernetes-compute',
  needs: NEEDS,
  compose: (composer) => {
    const { namespace, pod, cluster } = composer.labels;
    const series = composer.choose('kube_pod_info', single(NAMESPACE), single(WORKLOAD), POD);
    const links = {
      [pod]: [
        ...composer.rowLinks('Pod', BOARD.pod, { namespace, pod }),
        ...composer.rowLogs({ [namespace]: namespace, [pod]: pod }),
      ],
    };
    return {
      variables: series.variables,
      links: [
        ...composer.boardLinks(['Namespace', BOARD.namespaceWorkloads]),
        ...composer.logsLink({ [cluster]: 'cluster', [namespace]: 'namespace', [pod]: 'pod' }),
      ],
      sections: sections(composer, series, pod, links),
    };
  },
};
