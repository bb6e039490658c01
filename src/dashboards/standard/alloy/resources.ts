import { is, isNot, operation } from '../../../query/expressions';
import { NAMESPACE } from '../../chain';
import { betterFrom, worseFrom } from '../../composer';
import { DashboardLayer } from '../../dashboard-options';
import type { StandardBoard } from '../../standard-board';
import { count, line, max, min, only, panelsOf, quantiles, sum, sumOfEach } from '../panels-in-lines';
import { BOARD } from './names';

export const alloyResources: StandardBoard = {
  name: BOARD.resources,
  title: 'Alloy / Resources',
  description: 'What the agents need, and whether their configuration and its components are sound.',
  layer: DashboardLayer.INFRASTRUCTURE,
  topic: 'alloy',
  needs: ['alloy'],
  compose: (composer) => {
    const { pod, container, node } = composer.labels;
    const chosen = composer.choose('alloy_build_info', NAMESPACE);
    const { series, rate, quantile } = chosen;
    const alloy = only(chosen, is(container, 'alloy'));
    const { graph, number } = panelsOf(composer);
    const health = 'alloy_component_controller_running_components';
    return {
      variables: chosen.variables,
      links: composer.boardLinks(['Pipelines', BOARD.pipelines], ['Cluster', BOARD.cluster], ['Loki', 'loki-writes']),
      sections: [
        {
          title: 'State',
          panels: [
            ...line(
              number('Agents', 'short', sum(alloy.series('up')), 'Agents that answer.', { thresholds: betterFrom(1, 1) }),
              number('Version', 'none', count(series('alloy_build_info'), 'version'), 'Versions that run.', {
                name: '{{version}}',
              }),
              number(
                'Failed configurations',
                'short',
                sum(operation(series('alloy_config_last_load_successful'), '== bool', 0)),
                'Agents that run with an old configuration, as the new one has an error.',
                {
                  thresholds: worseFrom(1),
                },
              ),
              number(
                'Unhealthy components',
                'short',
                sum(series(health, isNot('health_type', 'healthy'))),
                'Components of pipelines that do not work.',
                { thresholds: worseFrom(1) },
              ),
              number(
                'Oldest configuration',
                'dateTimeFromNow',
                `${min(series('alloy_config_last_load_success_timestamp_seconds'))} * 1000`,
                'When an agent last read its configuration without an error, the earliest of all.',
              ),
            ),
            composer.table({
              title: 'Each agent',
              description: 'What each agent needs, and its components.',
              rows: [node, pod],
              sortBy: 'Memory',
              height: 8,
              links: { [pod]: composer.rowLogs({ [pod]: pod }) },
              columns: [
                {
                  title: 'CPU',
                  value: sum(rate('alloy_resources_process_cpu_seconds_total'), node, pod),
                  unit: 'short',
                  decimals: 3,
                },
                {
                  title: 'Memory',
                  value: sum(series('alloy_resources_process_resident_memory_bytes'), node, pod),
                  unit: 'bytes',
                },
                { title: 'Go heap', value: sum(alloy.series('go_memstats_heap_inuse_bytes'), node, pod), unit: 'bytes' },
                { title: 'Goroutines', value: sum(alloy.series('go_goroutines'), node, pod), unit: 'short' },
                { title: 'Components', value: sum(series(health), node, pod), unit: 'short' },
                {
                  title: 'Unhealthy',
                  value: sum(series(health, isNot('health_type', 'healthy')), node, pod),
                  unit: 'short',
                  thresholds: worseFrom(1),
                },
                {
                  title: 'Started',
                  value: `${max(series('alloy_resources_process_start_time_seconds'), node, pod)} * 1000`,
                  unit: 'dateTimeFromNow',
                },
              ],
            }),
            ...line(
              graph('CPU', 'short', sumOfEach(rate('alloy_resources_process_cpu_seconds_total'), pod), 'Cores in use.'),
              graph(
                'Memory',
                'bytes',
                sumOfEach(series('alloy_resources_process_resident_memory_bytes'), pod),
                'Resident memory. It grows with the number of files and with what cannot be sent.',
              ),
              graph(
                'Goroutines',
                'short',
                sumOfEach(alloy.series('go_goroutines'), pod),
                'Tasks in flight. A number that only grows is a leak.',
              ),
            ),
          ],
        },
        {
          title: 'Components',
          panels: [
            ...line(
              graph('By health', 'short', sumOfEach(series(health), 'health_type'), 'Components of all agents, by health.', {
                stacked: true,
              }),
              graph(
                'Evaluation',
                's',
                quantiles((q) => quantile(q, [], 'alloy_component_evaluation_seconds')),
                'How long evaluating a component takes. Slow: many targets, or an API that does not answer.',
              ),
              graph(
                'Waiting for others',
                's',
                quantiles((q) => quantile(q, [], 'alloy_component_dependencies_wait_seconds')),
                'How long components wait until others have been evaluated.',
              ),
            ),
            ...line(
              graph(
                'Queue',
                'short',
                sumOfEach(series('alloy_component_evaluation_queue_size'), pod),
                'Components that wait to be evaluated.',
              ),
              graph(
                'Failed configurations',
                'ops',
                sumOfEach(rate('alloy_config_load_failures_total'), pod),
                'Configurations per second that could not be loaded.',
              ),
              graph(
                'Network of the machine',
                'Bps',
                {
                  in: sum(rate('alloy_resources_machine_rx_bytes_total')),
                  out: `-${sum(rate('alloy_resources_machine_tx_bytes_total'))}`,
                },
                'Bytes per second of the machines that agents run on: received above zero, sent below.',
                {
                  signed: true,
                },
              ),
            ),
          ],
        },
      ],
    };
  },
};
