import { group, is, operation } from '../../../query/expressions';
import { goProcess } from '../../blocks';
import { type Composer, legend, type Series, worseFrom } from '../../composer';
import { DashboardLayer } from '../../dashboard-options';
import type { Section } from '../../layout';
import type { StandardBoard } from '../../standard-board';
import { line, max, maxOfEach, panelsOf, quantiles, sum, sumOfEach } from '../panels-in-lines';
import { BOARD, FAILING, GRPC_FAILED, grpc, http, seriesOf } from './parts';

const links = [
  ['Overview', BOARD.overview],
  ['Query', BOARD.query],
  ['Query Frontend', BOARD.frontend],
  ['Store', BOARD.store],
] as const;

export const thanosQuery: StandardBoard = {
  name: BOARD.query,
  title: 'Thanos / Query',
  description: 'Queries over all Prometheus and object storage: how many, how fast, whom they ask, who does not answer.',
  layer: DashboardLayer.INFRASTRUCTURE,
  topic: 'thanos',
  needs: ['thanos-query'],
  compose: (composer) => {
    const query = seriesOf(composer, 'query');
    return {
      variables: query.variables,
      links: composer.boardLinks(...links.filter(([, uid]) => uid !== BOARD.query)),
      sections: [
        { title: 'Instant queries', panels: http(composer, query, 'Instant queries', is('handler', 'query')) },
        { title: 'Range queries', panels: http(composer, query, 'Range queries', is('handler', 'query_range')) },
        stores(composer, query),
        gate(composer, query),
        grpc(composer, query),
        goProcess(composer, query, composer.labels.pod),
      ],
    };
  },
};

function stores(composer: Composer, { series, rate, quantile }: Series): Section {
  const { graph } = panelsOf(composer);
  const by = 'grpc_method';
  const dns = (what: string) => sum(rate(`thanos_query_endpoints_dns_${what}_total`));
  return {
    title: 'Stores',
    panels: [
      ...line(
        graph(
          'Stores that are connected',
          'short',
          maxOfEach(series('thanos_store_nodes_grpc_connections'), 'store_type', 'external_labels'),
          'Connections by kind and what the store holds. A fall is data that queries miss.',
        ),
        graph('Calls to stores', 'reqps', sumOfEach(rate('grpc_client_handled_total'), by), 'Calls per second to stores.', {
          stacked: true,
        }),
        graph(
          'Failed calls',
          'percentunit',
          {
            [legend(by)]: operation(
              sum(rate('grpc_client_handled_total', GRPC_FAILED), by),
              '/',
              group(operation(sum(rate('grpc_client_handled_total'), by), '>', 0)),
            ),
          },
          'Share of the calls that failed: answers are partial.',
          {
            thresholds: FAILING,
          },
        ),
      ),
      ...line(
        graph(
          'Duration of calls (p99)',
          's',
          { [legend(by)]: quantile(0.99, [by], 'grpc_client_handling_seconds') },
          'Time within which stores answered 99 % of the calls.',
        ),
        graph(
          'Names not found',
          'percentunit',
          { failed: operation(dns('failures'), '/', group(operation(dns('lookups'), '>', 0))) },
          'Share of the look-ups of stores in DNS that failed.',
          { thresholds: worseFrom(0.01) },
        ),
        graph(
          'Duration of series (p99)',
          's',
          { '{{series_le}} series': quantile(0.99, ['series_le'], 'thanos_store_api_query_duration_seconds') },
          'Time within which 99 % of the stores had sent their series, by how many there were at most.',
        ),
      ),
    ],
  };
}

function gate(composer: Composer, { series, rate, quantile }: Series): Section {
  const { graph } = panelsOf(composer);
  const { pod } = composer.labels;
  const of = (what: string) => `thanos_query_concurrent_gate_queries_${what}`;
  const share = operation(sum(series(of('in_flight')), pod), '/', group(operation(sum(series(of('max')), pod), '>', 0)));
  return {
    title: 'Queries at a time',
    panels: line(
      graph(
        'Places in use',
        'percentunit',
        { [legend(pod)]: share },
        'Share of the queries that may run at a time. At 100 % others wait.',
        {
          max: 1,
          thresholds: worseFrom(0.8),
        },
      ),
      graph(
        'Time until a query begins',
        's',
        quantiles((q) => quantile(q, [], of('duration_seconds'))),
        'How long queries wait for a place.',
      ),
      graph(
        'Samples read',
        'short',
        sumOfEach(rate('prometheus_engine_query_samples_total'), pod),
        'Samples per second that queries look at.',
      ),
      graph(
        'Time range asked for',
        's',
        quantiles((q) => quantile(q, [], 'thanos_query_range_requested_timespan_duration_seconds')),
        'How far back range queries go.',
      ),
    ),
  };
}

export const thanosQueryFrontend: StandardBoard = {
  name: BOARD.frontend,
  title: 'Thanos / Query Frontend',
  description: 'How the query frontend splits queries, tries again and answers from its cache.',
  layer: DashboardLayer.INFRASTRUCTURE,
  topic: 'thanos',
  needs: ['thanos-query-frontend'],
  compose: (composer) => {
    const frontend = seriesOf(composer, 'query-frontend');
    const { series, rate, quantile } = frontend;
    const { graph } = panelsOf(composer);
    const { pod } = composer.labels;
    const by = 'tripperware';
    const hits = operation(
      sum(rate('cortex_cache_hits_total'), by),
      '/',
      group(operation(sum(rate('cortex_cache_fetched_keys_total'), by), '>', 0)),
    );
    const local = operation(
      sum(rate('querier_cache_misses_total'), by),
      '/',
      group(operation(sum(rate('querier_cache_gets_total'), by), '>', 0)),
    );
    return {
      variables: frontend.variables,
      links: composer.boardLinks(...links.filter(([, uid]) => uid !== BOARD.frontend)),
      sections: [
        {
          title: 'Requests',
          panels: [
            ...http(composer, frontend, 'Requests', is('handler', 'query-frontend')),
            ...line(
              graph(
                'Queries by kind',
                'reqps',
                sumOfEach(rate('thanos_query_frontend_queries_total'), 'op'),
                'Queries per second: instant, range, labels, series.',
                { stacked: true },
              ),
              graph(
                'Parts',
                'reqps',
                sumOfEach(rate('thanos_frontend_split_queries_total'), by),
                'Parts per second that queries were split into.',
              ),
              graph(
                'Tries',
                'short',
                {
                  [legend(by)]: operation(
                    sum(rate('cortex_query_frontend_retries_sum'), by),
                    '/',
                    group(operation(sum(rate('cortex_query_frontend_retries_count'), by), '>', 0)),
                  ),
                },
                'How often a part was tried again, on average. More than 0: Query fails.',
                {
                  thresholds: worseFrom(0.5),
                },
              ),
            ),
          ],
        },
        {
          title: 'Cache',
          panels: [
            ...line(
              graph(
                'Hits',
                'percentunit',
                { [legend(by)]: hits },
                'Share of the parts that were in the cache. Low with dashboards: the cache is too small or answers are not kept.',
                { max: 1 },
              ),
              graph(
                'Calls',
                'ops',
                {
                  '{{method}} {{status_code}}': sum(rate('cortex_cache_request_duration_seconds_count'), 'method', 'status_code'),
                },
                'Calls to the cache per second, by outcome.',
              ),
              graph(
                'Duration (p99)',
                's',
                { '{{method}}': quantile(0.99, ['method'], 'cortex_cache_request_duration_seconds') },
                'Time within which the cache answered 99 % of the calls.',
              ),
            ),
            ...line(
              graph(
                'Cache in memory: missed',
                'percentunit',
                { [legend(by)]: local },
                'Share of the look-ups that the cache in memory did not have.',
                { max: 1 },
              ),
              graph(
                'Cache in memory: size',
                'bytes',
                { [legend(pod)]: max(series('querier_cache_memory_bytes'), pod) },
                'Memory of the cache in memory.',
              ),
              graph(
                'Cache in memory: evictions',
                'ops',
                sumOfEach(rate('querier_cache_evicted_total'), by),
                'Answers per second that had to go for others. Many: it is too small.',
              ),
            ),
          ],
        },
        goProcess(composer, frontend, pod),
      ],
    };
  },
};
