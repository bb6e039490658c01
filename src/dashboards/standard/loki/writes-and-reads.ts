import { group, is, type Matcher, matches, operation } from '../../../query/expressions';
import { red } from '../../blocks';
import { NAMESPACE } from '../../chain';
import { type Composer, legend, type Series, worseFrom } from '../../composer';
import { DashboardLayer } from '../../dashboard-options';
import type { Section } from '../../layout';
import type { StandardBoard } from '../../standard-board';
import { line, maxOfEach, panelsOf, quantiles, sum, sumOfEach } from '../panels-in-lines';
import { BOARD, FAILED, READS, REQUESTS, WRITES } from './names';

/** Rate, errors and duration of requests, and each route of each pod. */
function requests(composer: Composer, loki: Series, title: string, matcher: Matcher): Section {
  const { pod } = composer.labels;
  const { graph } = panelsOf(composer);
  const counter = `${REQUESTS}_count`;
  return {
    title: 'Requests',
    panels: [
      ...red(composer, loki, { title, counter, matchers: [matcher], failed: [FAILED], duration: REQUESTS, by: ['route'] }),
      ...line(
        graph(
          'By pod',
          'reqps',
          sumOfEach(loki.rate(counter, matcher), pod),
          'Requests per second of each pod. All on one: the others are not asked.',
          {
            stacked: true,
          },
        ),
        graph(
          'By answer',
          'reqps',
          sumOfEach(loki.rate(counter, matcher), 'status_code'),
          'Requests per second, by HTTP status or outcome of gRPC. 429 are limits.',
          {
            stacked: true,
          },
        ),
        graph(
          'Duration by route (p99)',
          's',
          { '{{route}}': loki.quantile(0.99, ['route'], REQUESTS, matcher) },
          'Time within which 99 % of the requests were answered.',
        ),
      ),
    ],
  };
}

export const lokiWrites: StandardBoard = {
  name: BOARD.writes,
  title: 'Loki / Writes',
  description: 'The way of a line into Loki: pushes, distributors, ingesters, write-ahead log, index.',
  layer: DashboardLayer.INFRASTRUCTURE,
  topic: 'loki',
  needs: ['loki'],
  compose: (composer) => {
    const loki = composer.choose('loki_build_info', NAMESPACE);
    return {
      variables: loki.variables,
      links: composer.boardLinks(['Chunks', BOARD.chunks], ['Reads', BOARD.reads]),
      sections: [
        requests(composer, loki, 'Pushes', WRITES),
        distributor(composer, loki),
        ingester(composer, loki),
        index(composer, loki),
      ],
    };
  },
};

function distributor(composer: Composer, { series, rate, quantile }: Series): Section {
  const { pod } = composer.labels;
  const { graph } = panelsOf(composer);
  const by = 'tenant';
  const [bytes, lines] = ['loki_distributor_bytes_received_total', 'loki_distributor_lines_received_total'];
  return {
    title: 'Distributors',
    panels: [
      ...line(
        graph('Lines', 'short', sumOfEach(rate(lines), by), 'Lines per second that arrive, by tenant.', { stacked: true }),
        graph('Bytes', 'Bps', sumOfEach(rate(bytes), by), 'Bytes per second that arrive, by tenant.', { stacked: true }),
        graph(
          'Bytes per line',
          'bytes',
          { [legend(by)]: operation(sum(rate(bytes), by), '/', group(operation(sum(rate(lines), by), '>', 0))) },
          'How long lines are on average.',
        ),
      ),
      ...line(
        graph(
          'Refused lines',
          'short',
          { '{{tenant}} / {{reason}}': sum(rate('loki_discarded_samples_total'), by, 'reason') },
          'Lines per second that were not taken, by reason.',
        ),
        graph(
          'Bytes in work',
          'bytes',
          sumOfEach(series('loki_distributor_inflight_bytes'), pod),
          'Bytes of pushes that are worked at just now.',
        ),
        graph(
          'Fastest stream',
          'Bps',
          maxOfEach(series('loki_rate_store_max_stream_rate_bytes'), pod),
          'Rate of the busiest stream. At the limit of a stream its lines are refused.',
        ),
        graph(
          'Ingesters: duration (p99)',
          's',
          { '{{operation}}': quantile(0.99, ['operation'], 'loki_ingester_client_request_duration_seconds') },
          'Time within which 99 % of the calls to ingesters were answered.',
        ),
      ),
    ],
  };
}

function ingester(composer: Composer, { series, rate }: Series): Section {
  const { pod } = composer.labels;
  const { graph } = panelsOf(composer);
  return {
    title: 'Ingesters',
    panels: [
      ...line(
        graph('Streams', 'short', sumOfEach(series('loki_ingester_memory_streams'), pod), 'Streams in memory, by pod.'),
        graph(
          'Streams that come and go',
          'ops',
          {
            created: sum(rate('loki_ingester_streams_created_total')),
            removed: sum(rate('loki_ingester_streams_removed_total')),
          },
          'Streams per second. Many new ones all the time: a label without bounds.',
        ),
        graph(
          'Write-ahead log',
          'Bps',
          sumOfEach(rate('loki_ingester_wal_logged_bytes_total'), pod),
          'Bytes per second that are logged ahead.',
        ),
      ),
      ...line(
        graph(
          'Disk of the write-ahead log',
          'percentunit',
          maxOfEach(series('loki_ingester_wal_disk_usage_percent'), pod),
          'Share of its disk in use. At 90 % Loki stops taking lines.',
          {
            max: 1,
            thresholds: worseFrom(0.75, 0.9),
          },
        ),
        graph(
          'Lines not logged ahead',
          'ops',
          sumOfEach(rate('loki_ingester_wal_disk_full_failures_total'), pod),
          'Lines per second that a crash would lose, as the disk is full.',
          {
            thresholds: worseFrom(0.01),
          },
        ),
        graph(
          'Checkpoints that failed',
          'ops',
          {
            creating: sum(rate('loki_ingester_checkpoint_creations_failed_total')),
            deleting: sum(rate('loki_ingester_checkpoint_deletions_failed_total')),
          },
          'Checkpoints per second that failed: the log grows, and so does the time of a start.',
        ),
        graph(
          'Replay',
          's',
          maxOfEach(series('loki_ingester_wal_replay_duration_seconds'), pod),
          'How long the last start took to read the log. No lines are taken meanwhile.',
        ),
      ),
    ],
  };
}

function index(composer: Composer, { rate, series }: Series): Section {
  const { graph } = panelsOf(composer);
  const failed = is('status', 'failure');
  return {
    title: 'Index',
    panels: line(
      graph(
        'Index built',
        'ops',
        sumOfEach(rate('loki_tsdb_build_index_attempts_total'), 'status'),
        'Index files per second that were built, by outcome.',
      ),
      graph(
        'Index uploaded',
        'ops',
        sumOfEach(rate('loki_tsdb_shipper_tables_upload_operation_total'), 'status'),
        'Uploads per second, by outcome. Without them other pods do not find new lines.',
      ),
      graph(
        'Since last index',
        's',
        {
          'last built': `time() - ${sum(series('loki_tsdb_build_index_last_successful_timestamp_seconds'), composer.labels.pod)}`,
        },
        'Time since each pod last built an index. It does so every quarter of an hour.',
        {
          thresholds: worseFrom(1800, 3600),
        },
      ),
      graph(
        'Write-ahead log of the index',
        'ops',
        { 'not shortened': sum(rate('loki_tsdb_wal_truncation_attempts_total', failed)) },
        'Attempts per second to shorten it that failed.',
      ),
    ),
  };
}

export const lokiReads: StandardBoard = {
  name: BOARD.reads,
  title: 'Loki / Reads',
  description: 'The way of an answer out of Loki: queries, queue, queriers, index, chunks, caches.',
  layer: DashboardLayer.INFRASTRUCTURE,
  topic: 'loki',
  needs: ['loki'],
  compose: (composer) => {
    const loki = composer.choose('loki_build_info', NAMESPACE);
    return {
      variables: loki.variables,
      links: composer.boardLinks(['Writes', BOARD.writes], ['Caches', 'memcached-overview']),
      sections: [
        requests(composer, loki, 'Queries', READS),
        queries(composer, loki),
        queue(composer, loki),
        store(composer, loki),
      ],
    };
  },
};

function queries(composer: Composer, { quantile, rate, series }: Series): Section {
  const { graph } = panelsOf(composer);
  const stats = 'loki_logql_querystats';
  return {
    title: 'LogQL',
    panels: [
      ...line(
        graph(
          'Duration by kind (p99)',
          's',
          { '{{type}} {{range}}': quantile(0.99, ['type', 'range'], `${stats}_latency_seconds`) },
          'Time within which 99 % of the queries were answered, by kind of query.',
        ),
        graph(
          'Bytes per second of a query',
          'Bps',
          quantiles((q) => quantile(q, [], `${stats}_bytes_processed_per_seconds`)),
          'How fast queries get through lines. Low with large queries: too few queriers or a slow store.',
        ),
        graph(
          'Chunks downloaded',
          'ops',
          sumOfEach(rate(`${stats}_downloaded_chunk_total`), 'type'),
          'Chunks per second that queries read from object storage.',
        ),
      ),
      ...line(
        graph(
          'Parts of a query',
          'short',
          quantiles((q) => quantile(q, [], 'loki_query_frontend_partitions')),
          'Into how many parts queries are split. Many small ones cost more than they help.',
        ),
        graph(
          'Tries',
          'short',
          quantiles((q) => quantile(q, [], 'loki_query_frontend_retries')),
          'How often parts of a query were tried again. More than 0: queriers fail or restart.',
        ),
        graph(
          'Cached answers',
          'ops',
          {
            hit: sum(rate('loki_query_frontend_log_result_cache_hit_total')),
            missed: sum(rate('loki_query_frontend_log_result_cache_miss_total')),
          },
          'Empty answers per second that the cache knew, or did not.',
        ),
        graph(
          'Live tails',
          'short',
          { tails: sum(series('loki_querier_tail_active')), streams: sum(series('loki_querier_tail_active_streams')) },
          'Live tails that somebody looks at, and their streams.',
        ),
      ),
    ],
  };
}

function queue(composer: Composer, { quantile, series }: Series): Section {
  const { graph } = panelsOf(composer);
  const { pod } = composer.labels;
  return {
    title: 'Queue',
    panels: line(
      graph(
        'Waiting',
        'short',
        { '{{user}}': sum(series('loki_query_scheduler_queue_length'), 'user') },
        'Parts of queries that wait for a querier, by tenant.',
      ),
      graph(
        'Time in the queue',
        's',
        quantiles((q) => quantile(q, [], 'loki_query_scheduler_queue_duration_seconds')),
        'How long parts of queries wait. Long: more queriers, or more at a time.',
      ),
      graph(
        'Queriers in work',
        'percentunit',
        {
          [legend(pod)]: operation(
            sum(series('loki_querier_worker_inflight_queries'), pod),
            '/',
            group(operation(sum(series('loki_querier_worker_concurrency'), pod), '>', 0)),
          ),
        },
        'Share of the places of a querier that are taken.',
        {
          max: 1,
          thresholds: worseFrom(0.8, 0.95),
        },
      ),
    ),
  };
}

function store(composer: Composer, { rate, quantile }: Series): Section {
  const { graph } = panelsOf(composer);
  return {
    title: 'Index, chunks and object storage',
    panels: [
      ...line(
        graph(
          'Index: duration (p99)',
          's',
          { '{{operation}}': quantile(0.99, ['operation'], 'loki_index_request_duration_seconds') },
          'Time within which 99 % of the look-ups in the index were answered.',
        ),
        graph(
          'Chunks per query',
          'short',
          quantiles((q) => quantile(q, [], 'loki_chunk_store_chunks_per_query')),
          'How many chunks a query touches. Many: selectors that say little, or small chunks.',
        ),
        graph(
          'Fetched chunks',
          'Bps',
          { '{{source}}': sum(rate('loki_chunk_fetcher_fetched_size_bytes_sum'), 'source') },
          'Bytes per second of chunks, by where they come from.',
          { stacked: true },
        ),
      ),
      ...line(
        graph(
          'Object storage: duration (p99)',
          's',
          {
            '{{operation}}': quantile(
              0.99,
              ['operation'],
              'loki_objstore_bucket_operation_duration_seconds',
              matches('operation', 'get.*|iter|exists|attributes'),
            ),
          },
          'Time within which 99 % of the reads from object storage were answered.',
        ),
        graph(
          'Cache hits',
          'percentunit',
          {
            '{{name}}': operation(
              sum(rate('loki_cache_hits'), 'name'),
              '/',
              group(operation(sum(rate('loki_cache_fetched_keys'), 'name'), '>', 0)),
            ),
          },
          'Share of the keys that a cache had.',
          { max: 1 },
        ),
      ),
    ],
  };
}
