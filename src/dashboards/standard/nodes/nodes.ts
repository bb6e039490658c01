import { call, is, operation, over } from '../../../query/expressions';
import { NODE, single } from '../../chain';
import { limitLine } from '../../composer';
import { DashboardLayer } from '../../dashboard-options';
import { COLOR } from '../../panels';
import type { StandardBoard } from '../../standard-board';
import { line, max, maxOfEach, panelsOf, sum } from '../panels-in-lines';
import { BOARD } from './names';
import { BUSY, FULL, LOADED, NodeMetrics } from './node-metrics';

const DAYS = 4;

export const nodes: StandardBoard = {
  name: BOARD.nodes,
  title: 'Node Exporter / Nodes',
  description: 'CPU, load, memory, disks and network of a node: the first look at it.',
  layer: DashboardLayer.INFRASTRUCTURE,
  topic: 'nodes',
  needs: ['node-exporter'],
  compose: (composer) => {
    const chosen = composer.choose('node_uname_info', single(NODE));
    const { series, rate } = chosen;
    const { graph, number } = panelsOf(composer);
    const metrics = new NodeMetrics(chosen, composer.labels.node);
    const gauge = (metric: string) => metrics.gauge(metric);
    const space = ['mountpoint', 'device'];
    const free = over(series('node_filesystem_avail_bytes'), '$__range');
    const share = { decimals: 1, thresholds: BUSY };
    const idle = sum(rate('node_cpu_seconds_total', is('mode', 'idle')), 'cpu');
    const [buffers, cached] = [gauge('node_memory_Buffers_bytes'), gauge('node_memory_Cached_bytes')];
    const [all, unused] = [gauge('node_memory_MemTotal_bytes'), gauge('node_memory_MemFree_bytes')];
    return {
      variables: chosen.variables,
      links: composer.boardLinks(
        ['All nodes', BOARD.useCluster],
        ['USE', BOARD.useNode],
        ['Everything', BOARD.full],
        ['Pods', BOARD.pods],
      ),
      sections: [
        {
          title: 'Node',
          panels: [
            ...line(
              number('CPU in use', 'percentunit', metrics.cpu(), 'Share of the time in which processors work.', share),
              number('Load per core', 'short', metrics.load(), 'Processes that run or wait, for each core. Above 1 some wait.', {
                decimals: 2,
                thresholds: LOADED,
              }),
              number('Memory in use', 'percentunit', metrics.memory(), 'Share of the memory that programs cannot get.', share),
              number('Fullest disk', 'percentunit', metrics.fullest(), 'Share of its space that the fullest file system uses.', {
                decimals: 1,
                thresholds: FULL,
              }),
              number('Cores', 'short', metrics.cores(), 'Processors that the system sees.'),
              number(
                'Started',
                'dateTimeAsIso',
                operation(max(series('node_boot_time_seconds')), '*', 1000),
                'When the node was started. Later than expected: it restarted.',
              ),
            ),
            ...line(
              graph(
                'CPU by core',
                'percentunit',
                { '{{cpu}}': `1 - ${idle}` },
                'Share of the time in which a core is not idle.',
                {
                  max: 1,
                },
              ),
              graph(
                'Load',
                'short',
                {
                  '1 minute': gauge('node_load1'),
                  '5 minutes': gauge('node_load5'),
                  '15 minutes': gauge('node_load15'),
                  cores: metrics.cores(),
                },
                'Processes that run, or wait for a core or a disk. More than there are cores: some wait.',
                { overrides: [limitLine('cores', COLOR.bad)] },
              ),
            ),
          ],
        },
        {
          title: 'Memory',
          panels: line(
            graph(
              'Memory by use',
              'bytes',
              { used: `${all} - ${unused} - ${buffers} - ${cached}`, buffers, cached, free: unused },
              'What memory is used for. Most of buffers and cache is given back when programs need it.',
              { stacked: true },
            ),
            graph(
              'Memory in use',
              'percentunit',
              { 'in use': metrics.memory() },
              'Share of the memory that programs cannot get.',
              {
                max: 1,
                thresholds: BUSY,
              },
            ),
          ),
        },
        {
          title: 'Disks',
          panels: [
            ...line(
              graph(
                'Disk traffic',
                'Bps',
                {
                  '{{device}} read': sum(rate('node_disk_read_bytes_total'), 'device'),
                  '{{device}} written': sum(rate('node_disk_written_bytes_total'), 'device'),
                },
                'Bytes per second, by disk.',
              ),
              graph(
                'Disk busy',
                'percentunit',
                maxOfEach(rate('node_disk_io_time_seconds_total'), 'device'),
                'Share of the time in which a disk works. One that does much at a time may be busy all the time and still have room.',
                { max: 1 },
              ),
            ),
            composer.table({
              title: 'File systems',
              description: 'Space of each file system. The forecast goes on as in the time range that is shown.',
              rows: space,
              sortBy: 'Space used',
              height: 9,
              columns: [
                { title: 'Size', value: metrics.fileSystem('node_filesystem_size_bytes', ...space), unit: 'bytes' },
                { title: 'Available', value: metrics.fileSystem('node_filesystem_avail_bytes', ...space), unit: 'bytes' },
                { title: 'Space used', value: metrics.spaceUsed(...space), unit: 'percentunit', decimals: 1, thresholds: FULL },
                { title: 'Inodes used', value: metrics.inodesUsed(...space), unit: 'percentunit', decimals: 1, thresholds: FULL },
                {
                  title: `Available in ${DAYS} days`,
                  value: `${max(call('predict_linear', free, DAYS * 24 * 3600), ...space)} and ${metrics.spaceUsed(...space)}`,
                  unit: 'bytes',
                },
              ],
            }),
          ],
        },
        {
          title: 'Network',
          panels: line(
            graph(
              'Network traffic',
              'Bps',
              metrics.traffic('bytes', '{{device}}', 'device'),
              'Bytes per second, by interface: received above zero, sent below.',
              { signed: true },
            ),
            graph(
              'Lost packets',
              'pps',
              {
                '{{device}} in': metrics.network('receive', 'drop', 'device'),
                '{{device}} out': metrics.network('transmit', 'drop', 'device'),
              },
              'Packets per second that the kernel threw away, by interface. Programs have to send them again.',
            ),
          ),
        },
      ],
    };
  },
};
