import { call, group, operation } from '../../../query/expressions';
import { NAMESPACE } from '../../chain';
import { betterFrom, legend, worseFrom } from '../../composer';
import { DashboardLayer } from '../../dashboard-options';
import type { StandardBoard } from '../../standard-board';
import { line, panelsOf, quantiles, sum, sumOfEach } from '../panels-in-lines';
import { BOARD } from './names';

export const lokiCanary: StandardBoard = {
  name: BOARD.canary,
  title: 'Loki / Canary',
  description: 'What happens to lines that are written to be found again: lost, late, out of order.',
  layer: DashboardLayer.INFRASTRUCTURE,
  topic: 'loki',
  needs: ['loki-canary'],
  compose: (composer) => {
    const { pod } = composer.labels;
    const canary = composer.choose('loki_canary_entries_total', NAMESPACE);
    const { series, rate, increase, quantile } = canary;
    const { graph, number } = panelsOf(composer);
    const of = (what: string) => `loki_canary_${what}_total`;
    const lost = operation(sum(increase(of('missing_entries'))), '/', group(operation(sum(increase(of('entries'))), '>', 0)));
    const bad = (title: string, what: string, description: string) =>
      number(title, 'short', call('round', sum(increase(of(what)))), description, { thresholds: worseFrom(1) });
    const each = (title: string, what: string, description: string) =>
      graph(title, 'ops', sumOfEach(rate(of(what)), pod), description);
    return {
      variables: canary.variables,
      links: composer.boardLinks(['Operational', BOARD.operational], ['Pipelines', 'alloy-pipelines']),
      sections: [
        {
          title: 'Lines',
          panels: [
            ...line(
              number(
                'Lines written per second',
                'short',
                sum(rate(of('entries'))),
                'Lines that all canaries write. None: the checks below say nothing.',
                {
                  decimals: 1,
                  thresholds: betterFrom(0.01, 0.01),
                },
              ),
              number('Lost', 'percentunit', lost, 'Share of the lines in the time range that nobody found again.', {
                decimals: 3,
                thresholds: worseFrom(0.0001, 0.001),
              }),
              bad(
                'Late',
                'websocket_missing_entries',
                'Lines that did not come by the live tail. Some of them a query still finds.',
              ),
              bad('Out of order', 'out_of_order_entries', 'Lines that came before others that were written earlier.'),
              bad('Twice', 'duplicate_entries', 'Lines that came more than once.'),
              bad('Lost after a while', 'spot_check_missing_entries', 'Older lines that were looked up and not there any more.'),
            ),
            ...line(
              graph(
                'From writing to reading',
                's',
                quantiles((q) => quantile(q, [], 'loki_canary_response_latency_seconds')),
                'Time from a line being written until the live tail shows it.',
                {
                  thresholds: worseFrom(10, 30),
                },
              ),
              graph(
                'Lost lines',
                'ops',
                { [legend(pod)]: sum(rate(of('missing_entries')), pod) },
                'Lines per second that nobody found again, by canary. All of one: agent or network of its node.',
                {
                  thresholds: worseFrom(0.01),
                },
              ),
            ),
          ],
        },
        {
          title: 'Checks',
          panels: [
            ...line(
              each('Not expected', 'unexpected_entries', 'Lines per second that the canary did not write or had forgotten.'),
              each('Looked up', 'spot_check_entries', 'Older lines per second that were looked up.'),
              each('Tail opened again', 'ws_reconnects', 'How often per second the live tail broke.'),
            ),
            ...line(
              graph(
                'Time to look up',
                's',
                quantiles((q) => quantile(q, [], 'loki_canary_spot_check_request_duration_seconds')),
                'How long a query for an older line takes.',
              ),
              graph(
                'Counted lines',
                'short',
                {
                  expected: sum(series('loki_canary_metric_test_expected')),
                  actual: sum(series('loki_canary_metric_test_actual')),
                },
                'Lines of a day that a query should count, and that it did count.',
              ),
              graph(
                'Time to count',
                's',
                quantiles((q) => quantile(q, [], 'loki_canary_metric_test_request_duration_seconds')),
                'How long that query takes.',
              ),
            ),
          ],
        },
      ],
    };
  },
};
