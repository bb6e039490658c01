import { group, operation } from '../../../query/expressions';
import { goProcess } from '../../blocks';
import { type Composer, legend, type Series, worseFrom } from '../../composer';
import { DashboardLayer } from '../../dashboard-options';
import type { Section } from '../../layout';
import type { StandardBoard } from '../../standard-board';
import { line, max, panelsOf, quantiles, sum, sumOfEach } from '../panels-in-lines';
import { BOARD, FAILING, grpc, objectStorage, seriesOf } from './parts';

const of = (metric: string) => `thanos_bucket_store_${metric}`;

export const thanosStore: StandardBoard = {
  name: BOARD.store,
  title: 'Thanos / Store',
  description: 'How store gateways answer from object storage: blocks, series, caches, and what waits.',
  layer: DashboardLayer.INFRASTRUCTURE,
  topic: 'thanos',
  needs: ['thanos-store'],
  compose: (composer) => {
    const store = seriesOf(composer, 'store');
    return {
      variables: store.variables,
      links: composer.boardLinks(['Overview', BOARD.overview], ['Query', BOARD.query], ['Compact', BOARD.compact]),
      sections: [
        blocks(composer, store),
        series(composer, store),
        caches(composer, store),
        objectStorage(composer, store),
        grpc(composer, store),
        goProcess(composer, store, composer.labels.pod),
      ],
    };
  },
};

function blocks(composer: Composer, { series, rate, quantile }: Series): Section {
  const { graph } = panelsOf(composer);
  const { pod } = composer.labels;
  const failed = operation(
    sum(rate(of('block_load_failures_total')), pod),
    '/',
    group(operation(sum(rate(of('block_loads_total')), pod), '>', 0)),
  );
  return {
    title: 'Blocks',
    panels: [
      ...line(
        graph(
          'Loaded blocks',
          'short',
          sumOfEach(series(of('blocks_loaded')), pod),
          'Blocks that each store gateway answers from.',
        ),
        graph(
          'Blocks by state',
          'short',
          { '{{state}}': max(series('thanos_blocks_meta_synced'), 'state') },
          'What became of the blocks in the bucket: loaded, too new, marked, not of this shard.',
        ),
        graph(
          'Loads that failed',
          'percentunit',
          { [legend(pod)]: failed },
          'Share of the blocks that could not be loaded: queries miss them.',
          { thresholds: FAILING },
        ),
      ),
      ...line(
        graph(
          'Blocks loaded and dropped',
          'ops',
          { loaded: sum(rate(of('block_loads_total'))), dropped: sum(rate(of('block_drops_total'))) },
          'Blocks per second that come and go.',
        ),
        graph(
          'Looking through the bucket',
          's',
          quantiles((q) => quantile(q, [], 'thanos_blocks_meta_sync_duration_seconds')),
          'How long looking for new blocks takes. Growing: blocks are not joined any more.',
        ),
        graph(
          'Index headers',
          'ops',
          {
            loaded: sum(rate(of('indexheader_lazy_load_total'))),
            failed: sum(rate(of('indexheader_lazy_load_failed_total'))),
            'put away': sum(rate(of('indexheader_lazy_unload_total'))),
          },
          'Headers per second that were loaded for a query and put away again.',
        ),
      ),
    ],
  };
}

function series(composer: Composer, store: Series): Section {
  const { quantile, rate } = store;
  const { graph } = panelsOf(composer);
  const { pod } = composer.labels;
  const gate = (what: string) => of(`series_gate_queries_${what}`);
  const taken = operation(
    sum(store.series(gate('in_flight')), pod),
    '/',
    group(operation(sum(store.series(gate('max')), pod), '>', 0)),
  );
  return {
    title: 'Series',
    panels: [
      ...line(
        graph('Places in use', 'percentunit', { [legend(pod)]: taken }, 'Share of the requests that may run at a time.', {
          max: 1,
          thresholds: worseFrom(0.8),
        }),
        graph(
          'Time until a request begins',
          's',
          quantiles((q) => quantile(q, [], gate('duration_seconds'))),
          'How long requests wait for a place.',
          { thresholds: worseFrom(2) },
        ),
        graph(
          'Reading',
          's',
          quantiles((q) => quantile(q, [], of('series_get_all_duration_seconds'))),
          'How long reading all series of a request takes.',
        ),
        graph(
          'Joining',
          's',
          quantiles((q) => quantile(q, [], of('series_merge_duration_seconds'))),
          'How long joining the series of blocks takes.',
        ),
      ),
      ...line(
        graph(
          'Blocks of a request',
          'short',
          quantiles((q) => quantile(q, [], of('series_blocks_queried'))),
          'How many blocks a request touches.',
        ),
        graph(
          'Series of a request',
          'short',
          quantiles((q) => quantile(q, [], of('series_result_series'))),
          'How many series an answer has.',
        ),
        graph(
          'Bytes fetched',
          'Bps',
          { '{{data_type}}': sum(rate(`${of('series_data_size_fetched_bytes')}_sum`), 'data_type') },
          'Bytes per second from object storage, by what they are.',
        ),
        graph(
          'Bytes used of fetched',
          'percentunit',
          {
            '{{data_type}}': operation(
              sum(rate(`${of('series_data_size_touched_bytes')}_sum`), 'data_type'),
              '/',
              group(operation(sum(rate(`${of('series_data_size_fetched_bytes')}_sum`), 'data_type'), '>', 0)),
            ),
          },
          'Bytes that were looked at as share of those fetched. Above 100 % caches help.',
        ),
      ),
      ...line(
        graph(
          'Refused requests',
          'ops',
          sumOfEach(rate(of('queries_dropped_total')), 'reason'),
          'Requests per second that wanted more series, chunks or bytes than allowed.',
          { thresholds: worseFrom(0.01) },
        ),
        graph(
          'Chunks: duration (p99)',
          's',
          { [legend(pod)]: quantile(0.99, [pod], of('chunks_fetch_duration_seconds')) },
          'Time within which 99 % of the chunks were fetched.',
        ),
        graph(
          'Postings: duration (p99)',
          's',
          { [legend(pod)]: quantile(0.99, [pod], of('postings_fetch_duration_seconds')) },
          'Time within which 99 % of the lists of series were fetched.',
        ),
      ),
    ],
  };
}

function caches(composer: Composer, { series, rate }: Series): Section {
  const { graph } = panelsOf(composer);
  const index = (what: string) => `thanos_store_index_cache_${what}`;
  const bucket = (what: string) => `thanos_store_bucket_cache_operation_${what}_total`;
  const share = (hits: string, requests: string, ...by: string[]) =>
    operation(sum(rate(hits), ...by), '/', group(operation(sum(rate(requests), ...by), '>', 0)));
  return {
    title: 'Caches',
    panels: line(
      graph(
        'Index cache: hits',
        'percentunit',
        { '{{item_type}}': share(index('hits_total'), index('requests_total'), 'item_type') },
        'Share of the parts of the index that were in the cache.',
        { max: 1 },
      ),
      graph(
        'Index cache: evictions',
        'ops',
        sumOfEach(rate(index('items_evicted_total')), 'item_type'),
        'Parts per second that had to go for others. Many: the cache is too small.',
      ),
      graph(
        'Index cache: size',
        'bytes',
        sumOfEach(series(index('total_size_bytes')), 'item_type'),
        'Memory of the cache, by what it holds.',
        { stacked: true },
      ),
      graph(
        'Bucket cache: hits',
        'percentunit',
        { '{{config}} {{operation}}': share(bucket('hits'), bucket('requests'), 'config', 'operation') },
        'Share of the calls to object storage that the cache answered. Empty without it.',
        { max: 1 },
      ),
    ),
  };
}

export const thanosSidecar: StandardBoard = {
  name: BOARD.sidecar,
  title: 'Thanos / Sidecar',
  description: 'Whether sidecars reach their Prometheus, upload its blocks and answer queries.',
  layer: DashboardLayer.INFRASTRUCTURE,
  topic: 'thanos',
  needs: ['thanos-sidecar'],
  compose: (composer) => {
    const sidecar = seriesOf(composer, 'thanos-sidecar');
    const { pod } = composer.labels;
    const { graph } = panelsOf(composer);
    const HOUR = 3600;
    const uploaded = sidecar.series('thanos_objstore_bucket_last_successful_upload_time');
    const failed = (metric: string) => sumOfEach(sidecar.rate(`thanos_shipper_${metric}_total`), pod);
    return {
      variables: sidecar.variables,
      links: composer.boardLinks(['Overview', BOARD.overview], ['Prometheus', 'prometheus-overview']),
      sections: [
        {
          title: 'Prometheus and uploads',
          panels: [
            ...line(
              graph(
                'Prometheus is reached',
                'short',
                { [legend(pod)]: max(sidecar.series('thanos_sidecar_prometheus_up'), pod) },
                'Whether the sidecar reaches its Prometheus: 1 is yes.',
                { max: 1 },
              ),
              graph(
                'Since last upload',
                's',
                { [legend(pod)]: `time() - ${max(operation(uploaded, '>', 0), pod)}` },
                'Time since a block was last uploaded. Prometheus makes one every two hours.',
                {
                  thresholds: worseFrom(3 * HOUR, 4 * HOUR),
                },
              ),
              graph('Uploads', 'ops', failed('uploads'), 'Blocks per second that were uploaded.'),
            ),
            ...line(
              graph(
                'Failed uploads',
                'ops',
                failed('upload_failures'),
                'Uploads per second that failed. The block stays on the disk of Prometheus, and is tried again.',
                { thresholds: worseFrom(0.0001) },
              ),
              graph(
                'Failed looks at the disk',
                'ops',
                failed('dir_sync_failures'),
                'Looks for new blocks per second that failed.',
                { thresholds: worseFrom(0.0001) },
              ),
              graph(
                'Damaged blocks',
                'ops',
                failed('corrupted_blocks'),
                'Blocks per second that are damaged, and not uploaded.',
                { thresholds: worseFrom(0.0001) },
              ),
            ),
          ],
        },
        grpc(composer, sidecar),
        objectStorage(composer, sidecar),
        goProcess(composer, sidecar, pod),
      ],
    };
  },
};
