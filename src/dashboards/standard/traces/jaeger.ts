import { is } from '../../../query/expressions';
import { NAMESPACE } from '../../chain';
import { betterFrom, worseFrom } from '../../composer';
import { DashboardLayer } from '../../dashboard-options';
import type { StandardBoard } from '../../standard-board';
import { count, line, max, panelsOf, quantiles, sum, sumOfEach } from '../panels-in-lines';

export const jaeger: StandardBoard = {
  name: 'jaeger',
  title: 'Jaeger / Overview',
  description: 'Whether Jaeger takes spans, keeps them, and answers those who look for traces.',
  layer: DashboardLayer.INFRASTRUCTURE,
  topic: 'traces',
  needs: ['jaeger'],
  compose: (composer) => {
    const { namespace, pod } = composer.labels;
    // Collectors share names: these are the ones of a Jaeger.
    const chosen = composer.choose('jaeger_storage_requests', NAMESPACE);
    const { rate, increase, quantile } = chosen;
    const ofJaeger = is(composer.labels.app, 'jaeger');
    const series = (metric: string) => chosen.series(metric, ofJaeger);
    const spans = (kind: string) => rate(`otelcol_receiver_${kind}_spans`, ofJaeger);
    const { graph, number } = panelsOf(composer);
    return {
      variables: chosen.variables,
      links: composer.logsLink({ [namespace]: 'namespace' }),
      sections: [
        {
          title: 'State',
          panels: [
            ...line(
              number('Up', 'short', count(series('otelcol_process_uptime')), 'Jaegers that are scraped.', {
                thresholds: betterFrom(1, 1),
              }),
              number('Spans', 'eps', sum(spans('accepted')), 'Spans per second that are taken.'),
              number(
                'Refused',
                'short',
                sum(increase('otelcol_receiver_refused_spans', ofJaeger)),
                'Spans that were refused in the time that is shown. They are lost when senders give up.',
                {
                  thresholds: worseFrom(1),
                },
              ),
              number('Memory', 'bytes', max(series('otelcol_process_memory_rss')), 'Resident memory of the largest.'),
            ),
            ...line(
              graph(
                'Spans',
                'eps',
                {
                  taken: sum(spans('accepted')),
                  refused: sum(spans('refused')),
                  failed: sum(spans('failed')),
                  kept: sum(rate('otelcol_exporter_sent_spans', ofJaeger)),
                },
                'Spans per second: at the receivers, and those that reached the storage.',
              ),
              graph(
                'Memory',
                'bytes',
                sumOfEach(series('otelcol_process_memory_rss'), pod),
                'Resident memory. Traces in memory are part of it.',
              ),
            ),
          ],
        },
        {
          title: 'Queries',
          panels: [
            ...line(
              graph(
                'Questions',
                'reqps',
                sumOfEach(rate('jaeger_storage_requests'), 'operation'),
                'Questions per second to the storage.',
                { stacked: true },
              ),
              graph(
                'Failures',
                'reqps',
                sumOfEach(rate('jaeger_storage_requests', is('result', 'err')), 'operation'),
                'Questions per second that ended with an error.',
                {
                  thresholds: worseFrom(0.01),
                },
              ),
              graph(
                'Duration',
                's',
                quantiles((share) => quantile(share, [], 'jaeger_storage_latency')),
                'How long the half, 95 % and 99 % of the questions take at most.',
              ),
            ),
          ],
        },
      ],
    };
  },
};
