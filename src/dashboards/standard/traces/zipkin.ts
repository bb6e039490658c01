import { is } from '../../../query/expressions';
import { NAMESPACE } from '../../chain';
import { betterFrom, worseFrom } from '../../composer';
import { DashboardLayer } from '../../dashboard-options';
import type { StandardBoard } from '../../standard-board';
import { count, line, panelsOf, quantiles, sum, sumOfEach } from '../panels-in-lines';

export const zipkin: StandardBoard = {
  name: 'zipkin',
  title: 'Zipkin / Overview',
  description: 'Whether Zipkin takes spans and answers, and how full its memory is, in which it keeps them.',
  layer: DashboardLayer.INFRASTRUCTURE,
  topic: 'traces',
  needs: ['zipkin'],
  compose: (composer) => {
    const { namespace, pod } = composer.labels;
    const { variables, series, rate, increase, quantile } = composer.choose('zipkin_collector_spans_total', NAMESPACE);
    const { graph, number } = panelsOf(composer);
    const heap = is('area', 'heap');
    return {
      variables,
      links: composer.logsLink({ [namespace]: 'namespace' }),
      sections: [
        {
          title: 'State',
          panels: [
            ...line(
              number('Up', 'short', count(series('armeria_build_info')), 'Zipkins that are scraped.', {
                thresholds: betterFrom(1, 1),
              }),
              number('Spans', 'eps', sum(rate('zipkin_collector_spans_total')), 'Spans per second that arrive.'),
              number(
                'Dropped',
                'short',
                sum(increase('zipkin_collector_spans_dropped_total')),
                'Spans in the time that is shown that could not be kept. They are lost.',
                { thresholds: worseFrom(1) },
              ),
              number(
                'Heap',
                'bytes',
                sum(series('jvm_memory_used_bytes', heap)),
                'Memory of the Java heap in use. Traces are part of it.',
              ),
            ),
            ...line(
              graph(
                'Spans',
                'eps',
                {
                  arrived: sum(rate('zipkin_collector_spans_total')),
                  dropped: sum(rate('zipkin_collector_spans_dropped_total')),
                },
                'Spans per second.',
              ),
              graph(
                'Heap',
                'bytes',
                { used: sum(series('jvm_memory_used_bytes', heap)), limit: sum(series('jvm_memory_max_bytes', heap)) },
                'Zipkin drops its oldest traces when it has as many spans as it may keep.',
              ),
            ),
          ],
        },
        {
          title: 'Requests',
          panels: [
            ...line(
              graph(
                'Requests',
                'reqps',
                sumOfEach(rate('http_server_requests_seconds_count'), 'method', 'status'),
                'Requests per second.',
                {
                  stacked: true,
                },
              ),
              graph(
                'Duration',
                's',
                quantiles((share) => quantile(share, [], 'http_server_requests_seconds')),
                'How long half, 95 % and 99 % of the requests take at most.',
              ),
              graph(
                'Pauses',
                'percentunit',
                sumOfEach(rate('jvm_gc_pause_seconds_sum'), pod),
                'Share of the time in which collecting garbage stops everything else.',
                { thresholds: worseFrom(0.1) },
              ),
            ),
          ],
        },
      ],
    };
  },
};
