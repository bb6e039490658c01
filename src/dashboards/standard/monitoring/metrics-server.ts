import { group, is, operation } from '../../../query/expressions';
import { NAMESPACE } from '../../chain';
import { betterFrom, worseFrom } from '../../composer';
import { DashboardLayer } from '../../dashboard-options';
import type { StandardBoard } from '../../standard-board';
import { count, line, max, panelsOf, quantiles, sum, sumOfEach } from '../panels-in-lines';

export const metricsServer: StandardBoard = {
  name: 'metrics-server-overview',
  title: 'metrics-server / Overview',
  description: 'Whether autoscalers and `kubectl top` learn what pods and nodes use, and how old it is.',
  layer: DashboardLayer.INFRASTRUCTURE,
  topic: 'monitoring',
  needs: ['metrics-server'],
  compose: (composer) => {
    const { namespace, pod } = composer.labels;
    const { variables, series, rate, quantile } = composer.choose('metrics_server_storage_points', NAMESPACE);
    const { graph, number } = panelsOf(composer);
    const asked = (...results: string[]) =>
      sum(rate('metrics_server_kubelet_request_total', ...results.map((result) => is('success', result))));
    const age = operation('time()', '-', series('metrics_server_kubelet_last_request_time_seconds'));
    return {
      variables,
      links: composer.logsLink({ [namespace]: 'namespace' }),
      sections: [
        {
          title: 'State',
          panels: [
            ...line(
              number(
                'Nodes known',
                'short',
                max(series('metrics_server_storage_points', is('type', 'node'))),
                'Nodes whose use it can tell.',
                {
                  thresholds: betterFrom(1, 1),
                },
              ),
              number(
                'Containers known',
                'short',
                max(series('metrics_server_storage_points', is('type', 'container'))),
                'Containers whose use it can tell.',
              ),
              number(
                'Failed requests',
                'percentunit',
                operation(asked('false'), '/', group(operation(asked(), '>', 0))),
                'Share of its requests to kubelets that fail. Pods of these nodes are not scaled.',
                { decimals: 1, thresholds: worseFrom(0.01, 0.05) },
              ),
              number('Oldest answer', 's', max(age), 'Time since the kubelet that was asked longest ago was asked.', {
                thresholds: worseFrom(60, 300),
              }),
              number(
                'Replicas',
                'short',
                count(series('metrics_server_storage_points', is('type', 'node'))),
                'Those that are scraped.',
              ),
            ),
            ...line(
              graph(
                'Requests to kubelets',
                'reqps',
                { answered: asked('true'), failed: asked('false') },
                'Requests per second: one for each node and round.',
              ),
              graph(
                'Oldest answer',
                's',
                { oldest: max(age) },
                'Time since the kubelet that was asked longest ago was asked. Longer than a round, 15 s by default: its numbers are old.',
                { thresholds: worseFrom(60, 300) },
              ),
            ),
          ],
        },
        {
          title: 'Durations',
          panels: [
            ...line(
              graph(
                'A kubelet answers',
                's',
                quantiles((share) => quantile(share, [], 'metrics_server_kubelet_request_duration_seconds')),
                'How long half, 95 % and 99 % of the requests to kubelets take at most.',
              ),
              graph(
                'A round takes',
                's',
                quantiles((share) => quantile(share, [], 'metrics_server_manager_tick_duration_seconds')),
                'Asking all kubelets. As long as the resolution: rounds are skipped.',
                { thresholds: worseFrom(15) },
              ),
              graph(
                'Points',
                'short',
                sumOfEach(series('metrics_server_storage_points'), pod, 'type'),
                'Nodes and containers that each replica knows.',
              ),
            ),
          ],
        },
      ],
    };
  },
};
