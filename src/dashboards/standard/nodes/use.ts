import { isNot } from '../../../query/expressions';
import { use } from '../../blocks';
import { NODE, single } from '../../chain';
import { type Composer, legend, type Series } from '../../composer';
import { DashboardLayer } from '../../dashboard-options';
import type { Section } from '../../layout';
import type { StandardBoard } from '../../standard-board';
import { line, max, maxOfEach, panelsOf, sum } from '../panels-in-lines';
import { BOARD } from './names';
import { BUSY, FAULTS, FAULTY, FULL, LOADED, NodeMetrics, QUEUED } from './node-metrics';

/**
 * Utilization, saturation and errors of each resource.
 * @param by label that tells nodes apart, where several are shown; devices are shown otherwise
 */
function sections(composer: Composer, chosen: Series, metrics: NodeMetrics, by: readonly string[]): Section[] {
  const { rate } = chosen;
  const { graph } = panelsOf(composer);
  const name = legend(...by);
  const lines = (one: string, expression: string) => ({ [name || one]: expression });
  const device = by.length === 0 ? ['device'] : by;
  const mount = by.length === 0 ? ['mountpoint'] : by;
  return [
    use(composer, {
      resource: 'CPU',
      utilization: {
        description: 'Share of the time in which processors work.',
        max: 1,
        thresholds: BUSY,
        lines: lines('in use', metrics.cpu(...by)),
      },
      saturation: {
        description: 'Processes that run or wait, for each core. Above 1 some wait.',
        unit: 'short',
        thresholds: LOADED,
        lines: lines('load per core', metrics.load(...by)),
      },
    }),
    use(composer, {
      resource: 'Memory',
      utilization: {
        description: 'Share of the memory that programs cannot get.',
        max: 1,
        thresholds: BUSY,
        lines: lines('in use', metrics.memory(...by)),
      },
      saturation: {
        description: 'Pages per second that had to be read from a disk, because memory was too small to keep them.',
        unit: 'ops',
        thresholds: FAULTS,
        lines: lines('major page faults', sum(rate('node_vmstat_pgmajfault'), ...by)),
      },
      errors: {
        description: 'Processes per second that were killed because memory ran out.',
        unit: 'ops',
        lines: lines('killed', sum(rate('node_vmstat_oom_kill'), ...by)),
      },
    }),
    use(composer, {
      resource: 'Disks',
      utilization: {
        description: 'Share of the time in which the disk works; of several the busiest.',
        max: 1,
        lines: maxOfEach(rate('node_disk_io_time_seconds_total'), ...device),
      },
      saturation: {
        description: 'Requests that wait for the disk or are in work there; of several disks the most.',
        unit: 'short',
        thresholds: QUEUED,
        lines: maxOfEach(rate('node_disk_io_time_weighted_seconds_total'), ...device),
      },
    }),
    use(composer, {
      resource: 'File systems',
      utilization: {
        description: 'Share of its space that a file system uses; of several the fullest.',
        max: 1,
        thresholds: FULL,
        lines: { [legend(...mount)]: metrics.fullest(...mount) },
      },
      errors: {
        description: 'File systems that could not be asked. They hang, or their device is gone.',
        unit: 'short',
        lines: { [legend(...mount)]: sum(chosen.series('node_filesystem_device_error', isNot('fstype', 'tmpfs')), ...mount) },
      },
    }),
    {
      title: 'Network',
      panels: line(
        graph(
          'Network: traffic',
          'Bps',
          metrics.traffic('bytes', legend(...device), ...device),
          'Bytes per second, received above zero and sent below. How fast interfaces are, many systems do not say.',
          { signed: true },
        ),
        graph(
          'Network: saturation',
          'pps',
          metrics.traffic('drop', legend(...device), ...device),
          'Packets per second that the kernel threw away: received above zero, to be sent below.',
          { signed: true },
        ),
        graph(
          'Network: errors',
          'percentunit',
          {
            [`${legend(...device)} in`]: metrics.faulty('receive', ...device),
            [`${legend(...device)} out`]: metrics.faulty('transmit', ...device),
          },
          'Share of the packets that were faulty: cables, drivers, wrong settings.',
          { thresholds: FAULTY },
        ),
      ),
    },
  ];
}

export const useNode: StandardBoard = {
  name: BOARD.useNode,
  title: 'Node Exporter / USE Method / Node',
  description: 'Utilization, saturation and errors of the resources of a node.',
  layer: DashboardLayer.INFRASTRUCTURE,
  topic: 'nodes',
  needs: ['node-exporter'],
  compose: (composer) => {
    const chosen = composer.choose('node_uname_info', single(NODE));
    return {
      variables: chosen.variables,
      links: composer.boardLinks(['All nodes', BOARD.useCluster], ['Node', BOARD.nodes], ['Pods', BOARD.pods]),
      sections: sections(composer, chosen, new NodeMetrics(chosen, composer.labels.node), []),
    };
  },
};

export const useCluster: StandardBoard = {
  name: BOARD.useCluster,
  title: 'Node Exporter / USE Method / Cluster',
  description: 'Utilization, saturation and errors of the nodes of a cluster, side by side.',
  layer: DashboardLayer.INFRASTRUCTURE,
  topic: 'nodes',
  needs: ['node-exporter'],
  compose: (composer) => {
    const { node } = composer.labels;
    const chosen = composer.choose('node_uname_info');
    const metrics = new NodeMetrics(chosen, node);
    const share = { unit: 'percentunit', decimals: 1 };
    const toNode = [
      ...composer.rowLinks('Node', BOARD.nodes, { node }),
      ...composer.rowLinks('USE', BOARD.useNode, { node }),
      ...composer.rowLinks('Pods', BOARD.pods, { node }),
    ];
    const faulty = metrics.network('receive', 'errs', node);
    return {
      variables: chosen.variables,
      links: composer.boardLinks(['Cluster', 'kubernetes-compute-cluster']),
      sections: [
        {
          title: 'Nodes',
          panels: [
            composer.table({
              title: 'Each node',
              description: 'What each node has and uses; the fullest file system and the busiest disk stand for all.',
              rows: [node],
              sortBy: 'Memory',
              links: { [node]: toNode },
              columns: [
                { title: 'Cores', value: metrics.cores(node), unit: 'short' },
                { title: 'CPU', value: metrics.cpu(node), ...share, thresholds: BUSY },
                { title: 'Load per core', value: metrics.load(node), unit: 'short', decimals: 2, thresholds: LOADED },
                { title: 'Memory size', value: metrics.gauge('node_memory_MemTotal_bytes', node), unit: 'bytes' },
                { title: 'Memory', value: metrics.memory(node), ...share, thresholds: BUSY },
                { title: 'Fullest disk', value: metrics.fullest(node), ...share, thresholds: FULL },
                { title: 'Busiest disk', value: max(chosen.rate('node_disk_io_time_seconds_total'), node), ...share },
                { title: 'Received', value: metrics.network('receive', 'bytes', node), unit: 'Bps' },
                { title: 'Sent', value: metrics.network('transmit', 'bytes', node), unit: 'Bps' },
                { title: 'Faulty packets', value: faulty, unit: 'pps' },
              ],
            }),
          ],
        },
        ...sections(composer, chosen, metrics, [node]),
      ],
    };
  },
};
