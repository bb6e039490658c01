import { aggregate, call, group, operation, over } from '../../../query/expressions';
import { NAMESPACE, POD, single } from '../../chain';
import type { Composer, Series } from '../../composer';
import { worseFrom } from '../../composer';
import { DashboardLayer } from '../../dashboard-options';
import type { DataLink } from '../../grafana-model';
import type { Section } from '../../layout';
import type { StandardBoard } from '../../standard-board';
import { BOARD } from './names';
import { Resources } from './resources';

const RECEIVED = 'container_network_receive_bytes_total';
const SENT = 'container_network_transmit_bytes_total';

/** One of a thousand packets lost is felt by users. */
const LOSS = worseFrom(0.001, 0.01);

function sections(
  composer: Composer,
  series: Series,
  by: readonly string[],
  what: string,
  links: Readonly<Record<string, DataLink[]>>,
): Section[] {
  const all = new Resources(composer, series, []);
  const each = new Resources(composer, series, by);
  const number = (title: string, counter: string) =>
    composer.number({
      title,
      description: 'Bytes per second, all together. Pods in the network of their node show the traffic of the node.',
      unit: 'Bps',
      width: 6,
      value: all.network(counter),
    });
  const lost = (title: string, way: 'receive' | 'transmit') =>
    composer.number({
      title,
      description: 'Share of the packets that were dropped or broken. Anything but zero for long is felt by users.',
      unit: 'percentunit',
      decimals: 2,
      width: 6,
      thresholds: LOSS,
      value: operation(
        group(
          operation(
            all.network(`container_network_${way}_packets_dropped_total`),
            '+',
            all.network(`container_network_${way}_errors_total`),
          ),
        ),
        '/',
        all.network(`container_network_${way}_packets_total`),
      ),
    });
  const name = `{{${by.at(-1)}}}`;
  const most = (title: string, counter: string) =>
    composer.bars({
      title,
      description: `The ten ${what} with most traffic on average of the time range.`,
      unit: 'Bps',
      height: 9,
      bars: {
        [name]: call('sort_desc', call('topk', 10, aggregate('sum', by, call('rate', over(series.series(counter), '$__range'))))),
      },
    });
  const [usage, overTime] = each.networkSections(links);
  return [
    {
      title: 'Now',
      panels: [
        number('Receiving', RECEIVED),
        number('Sending', SENT),
        lost('Lost on receipt', 'receive'),
        lost('Lost on sending', 'transmit'),
      ],
    },
    { title: 'Most traffic', panels: [most('Most received', RECEIVED), most('Most sent', SENT)] },
    usage,
    overTime,
    {
      title: 'Errors',
      panels: (['receive', 'transmit'] as const).map((way) =>
        composer.graph({
          title: way === 'receive' ? 'Errors on receipt' : 'Errors on sending',
          description: 'Packets per second that were broken. Anything but zero is a fault of the network or its driver.',
          unit: 'pps',
          lines: { [name]: each.network(`container_network_${way}_errors_total`) },
        }),
      ),
    },
  ];
}

const SHARED = { layer: DashboardLayer.INFRASTRUCTURE, topic: 'kubernetes', needs: ['cadvisor'] } as const;

export const networkingCluster: StandardBoard = {
  ...SHARED,
  name: BOARD.networkingCluster,
  title: 'Kubernetes / Networking / Cluster',
  description: 'Traffic of the pods of a cluster, by namespace.',
  compose: (composer) => {
    const { namespace } = composer.labels;
    const series = composer.choose(RECEIVED);
    return {
      variables: series.variables,
      links: composer.boardLinks(['Compute resources', BOARD.cluster]),
      sections: sections(composer, series, [namespace], 'namespaces', {
        [namespace]: composer.rowLinks('Pods', BOARD.networkingNamespace, { namespace }),
      }),
    };
  },
};

export const networkingNamespacePods: StandardBoard = {
  ...SHARED,
  name: BOARD.networkingNamespace,
  title: 'Kubernetes / Networking / Namespace (Pods)',
  description: 'Traffic of the pods of a namespace.',
  compose: (composer) => {
    const { namespace, pod } = composer.labels;
    const series = composer.choose(RECEIVED, single(NAMESPACE));
    return {
      variables: series.variables,
      links: composer.boardLinks(['Cluster', BOARD.networkingCluster], ['Compute resources', BOARD.namespacePods]),
      sections: sections(composer, series, [namespace, pod], 'pods', {
        [pod]: composer.rowLinks('Pod', BOARD.networkingPod, { namespace, pod }),
      }),
    };
  },
};

export const networkingPod: StandardBoard = {
  ...SHARED,
  name: BOARD.networkingPod,
  title: 'Kubernetes / Networking / Pod',
  description: 'Traffic of a pod, by network interface.',
  compose: (composer) => {
    const series = composer.choose(RECEIVED, single(NAMESPACE), single(POD));
    return {
      variables: series.variables,
      links: composer.boardLinks(['Namespace', BOARD.networkingNamespace], ['Compute resources', BOARD.pod]),
      sections: sections(composer, series, ['interface'], 'interfaces', {}),
    };
  },
};
