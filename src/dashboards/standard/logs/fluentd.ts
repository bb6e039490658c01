import { is, operation } from '../../../query/expressions';
import { NAMESPACE } from '../../chain';
import { betterFrom, worseFrom } from '../../composer';
import { DashboardLayer } from '../../dashboard-options';
import type { StandardBoard } from '../../standard-board';
import { count, line, max, maxOfEach, min, panelsOf, sum, sumOfEach } from '../panels-in-lines';

const of = (metric: string) => `fluentd_output_status_${metric}`;

export const fluentd: StandardBoard = {
  name: 'fluentd',
  title: 'Fluentd / Overview',
  description: 'Whether lines get from the nodes to Elasticsearch, and how much waits on the way.',
  layer: DashboardLayer.INFRASTRUCTURE,
  topic: 'logs',
  needs: ['fluentd'],
  compose: (composer) => {
    const { node } = composer.labels;
    const agents = composer.choose(of('retry_count'), NAMESPACE);
    const { graph, number } = panelsOf(composer);
    const output = is('plugin_id', 'elasticsearch');
    const series = (metric: string) => agents.series(of(metric), output);
    const rate = (metric: string) => agents.rate(of(metric), output);
    const room = (...by: string[]) => operation(min(series('buffer_available_space_ratio'), ...by), '/', '100');
    return {
      variables: agents.variables,
      links: composer.boardLinks(['Fluent Bit', 'fluent-bit']),
      sections: [
        {
          title: 'State',
          panels: [
            ...line(
              number('Nodes', 'short', count(series('retry_count')), 'Nodes that send lines.', { thresholds: betterFrom(1, 1) }),
              number(
                'Retrying',
                'short',
                max(series('retry_count')),
                'Attempts since the last success, of the node that is worst off. More than 0 for minutes: Elasticsearch takes nothing.',
                {
                  thresholds: worseFrom(1),
                },
              ),
              number('Room left', 'percentunit', room(), 'Room for lines that wait, of the fullest node. At 0 reading stops.', {
                decimals: 1,
                thresholds: betterFrom(0.05, 0.5),
              }),
              number('Waiting', 'bytes', sum(series('buffer_total_bytes')), 'Size of what waits on all nodes.'),
              number('Lines', 'eps', sum(rate('emit_records')), 'Lines per second that were read and are to be sent.'),
            ),
          ],
        },
        {
          title: 'By node',
          panels: [
            ...line(
              graph(
                'Lines',
                'eps',
                sumOfEach(rate('emit_records'), node),
                'Lines per second that were read and are to be sent.',
                {
                  stacked: true,
                },
              ),
              graph(
                'Requests',
                'reqps',
                sumOfEach(rate('write_count'), node),
                'Chunks per second that were sent, failures among them.',
              ),
            ),
            ...line(
              graph(
                'Waiting',
                'bytes',
                sumOfEach(series('buffer_total_bytes'), node),
                'Size of what waits. A line that rises for long: Elasticsearch takes less than is written.',
                {
                  stacked: true,
                },
              ),
              graph('Retries', 'short', maxOfEach(series('retry_count'), node), 'Attempts since the last success.', {
                thresholds: worseFrom(1),
              }),
              graph('Failures', 'ops', sumOfEach(rate('num_errors'), node), 'Attempts per second that failed.', {
                thresholds: worseFrom(0.01),
              }),
            ),
          ],
        },
      ],
    };
  },
};
