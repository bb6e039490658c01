import { is, operation } from '../../../query/expressions';
import { NAMESPACE } from '../../chain';
import { betterFrom, worseFrom } from '../../composer';
import { DashboardLayer } from '../../dashboard-options';
import type { StandardBoard } from '../../standard-board';
import { count, line, min, panelsOf, sum, sumOfEach } from '../panels-in-lines';

const of = (metric: string) => `fluentbit_output_${metric}`;

export const fluentBit: StandardBoard = {
  name: 'fluent-bit',
  title: 'Fluent Bit / Overview',
  description: 'Whether lines get from the nodes to Elasticsearch, how much waits on the way, and what was thrown away.',
  layer: DashboardLayer.INFRASTRUCTURE,
  topic: 'logs',
  needs: ['fluent-bit'],
  compose: (composer) => {
    const { node } = composer.labels;
    const agents = composer.choose('fluentbit_storage_fs_chunks', NAMESPACE);
    const { graph, number } = panelsOf(composer);
    const output = is('name', 'elasticsearch');
    const rate = (metric: string) => agents.rate(of(metric), output);
    const read = agents.rate('fluentbit_input_records_total', is('name', 'containers'));
    const waiting = agents.series('fluentbit_storage_fs_chunks');
    const room = operation(min(agents.series(of('chunk_available_capacity_percent'), output)), '/', '100');
    return {
      variables: agents.variables,
      links: composer.boardLinks(['Fluentd', 'fluentd']),
      sections: [
        {
          title: 'State',
          panels: [
            ...line(
              number('Nodes', 'short', count(waiting), 'Nodes that send lines.', { thresholds: betterFrom(1, 1) }),
              number(
                'Thrown away',
                'short',
                sum(agents.increase(of('dropped_records_total'), output)),
                'Lines that were thrown away in the time that is shown.',
                {
                  thresholds: worseFrom(1, 1),
                },
              ),
              number('Room left', 'percentunit', room, 'Room for lines that wait, of the fullest node. At 0 the oldest go.', {
                decimals: 1,
                thresholds: betterFrom(0.05, 0.5),
              }),
              number('Waiting', 'short', sum(waiting), 'Chunks on the disks of the nodes.'),
              number('Lines', 'eps', sum(read), 'Lines per second that are read.'),
            ),
          ],
        },
        {
          title: 'By node',
          panels: [
            ...line(
              graph('Lines read', 'eps', sumOfEach(read, node), 'Lines per second that are read.', { stacked: true }),
              graph(
                'Lines taken',
                'eps',
                sumOfEach(rate('proc_records_total'), node),
                'Lines per second that Elasticsearch took. Fewer than are read: lines wait.',
                {
                  stacked: true,
                },
              ),
            ),
            ...line(
              graph(
                'Waiting',
                'short',
                sumOfEach(waiting, node),
                'Chunks on the disk. A line that rises for long: Elasticsearch takes less than is written.',
                {
                  stacked: true,
                },
              ),
              graph('Retries', 'ops', sumOfEach(rate('retries_total'), node), 'Attempts per second after the first.', {
                thresholds: worseFrom(0.1),
              }),
              graph(
                'Thrown away',
                'ops',
                sumOfEach(rate('dropped_records_total'), node),
                'Lines per second that were thrown away.',
                {
                  thresholds: worseFrom(0.01),
                },
              ),
            ),
          ],
        },
      ],
    };
  },
};
