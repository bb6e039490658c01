import { call, group, is, type Matcher, operation } from '../../../query/expressions';
import { failedShare, goProcess } from '../../blocks';
import { NAMESPACE } from '../../chain';
import { betterFrom, type Composer, type Series, worseFrom } from '../../composer';
import { DashboardLayer } from '../../dashboard-options';
import type { Section } from '../../layout';
import type { StandardBoard } from '../../standard-board';
import { count, line, maxOfEach, panelsOf, sum, sumOfEach } from '../panels-in-lines';
import { BOARD, FAILED, FAILING, READS, REQUESTS, WRITES } from './names';

export const lokiOperational: StandardBoard = {
  name: BOARD.operational,
  title: 'Loki / Operational',
  description: 'Whether Loki takes lines, answers queries and keeps what it has; the first look at it.',
  layer: DashboardLayer.INFRASTRUCTURE,
  topic: 'loki',
  needs: ['loki'],
  compose: (composer) => {
    const { namespace, container, pod } = composer.labels;
    const loki = composer.choose('loki_build_info', NAMESPACE);
    const own = is(container, 'loki');
    return {
      variables: loki.variables,
      links: [...composer.boardLinks(['Cost', 'monitoring-cost']), ...composer.logsLink({ [namespace]: 'namespace' })],
      sections: [
        overview(composer, loki),
        requests(composer, loki),
        tenants(composer, loki),
        objectStorage(composer, loki),
        caches(composer, loki),
        ring(composer, loki),
        goProcess(composer, loki, pod, own),
      ],
    };
  },
};

function overview(composer: Composer, loki: Series): Section {
  const { series, rate, increase } = loki;
  const { number } = panelsOf(composer);
  const own = is(composer.labels.container, 'loki');
  const share = (matcher: Matcher) =>
    failedShare(loki, { title: '', counter: `${REQUESTS}_count`, matchers: [matcher], failed: [FAILED] });
  const total = (counter: string, ...matchers: Matcher[]) => call('round', sum(increase(counter, ...matchers)));
  return {
    title: 'State',
    panels: [
      ...line(
        number('Instances', 'short', sum(series('up', own)), 'Instances of Loki that answer.', { thresholds: betterFrom(1, 1) }),
        number(
          'Version',
          'none',
          count(series('loki_build_info'), 'version'),
          'Versions that run. Two only while one is being rolled out.',
          {
            name: '{{version}}',
          },
        ),
        number(
          'Lines per second',
          'short',
          sum(rate('loki_distributor_lines_received_total')),
          'Lines that arrive. None: no agent delivers.',
          {
            decimals: 1,
          },
        ),
        number('Bytes per second', 'Bps', sum(rate('loki_distributor_bytes_received_total')), 'Bytes of lines that arrive.'),
        number(
          'Streams',
          'short',
          sum(series('loki_ingester_memory_streams')),
          'Streams in memory. Growth without more pods is a label without bounds.',
        ),
        number('Panics', 'short', total('loki_panic_total', own), 'Requests in the time range that ended in a defect of Loki.', {
          thresholds: worseFrom(1),
        }),
      ),
      ...line(
        number(
          'Failed writes',
          'percentunit',
          share(WRITES),
          'Share of the pushes that failed. Agents try again until they give up.',
          {
            decimals: 2,
            thresholds: FAILING,
          },
        ),
        number('Failed reads', 'percentunit', share(READS), 'Share of the queries that failed.', {
          decimals: 2,
          thresholds: FAILING,
        }),
        number(
          'Refused lines',
          'short',
          total('loki_discarded_samples_total'),
          'Lines in the time range that Loki did not take: too old, too many, too long.',
          {
            thresholds: worseFrom(1),
          },
        ),
        number(
          'Failed flushes',
          'short',
          total('loki_ingester_chunks_flush_failures_total'),
          'Chunks in the time range that object storage did not take. They stay in memory.',
          {
            thresholds: worseFrom(1),
          },
        ),
        number(
          'Full write-ahead log',
          'short',
          total('loki_ingester_wal_disk_full_failures_total'),
          'Lines in the time range that were not logged ahead as the disk is full. A crash would lose them.',
          {
            thresholds: worseFrom(1),
          },
        ),
        number(
          'Logged errors',
          'short',
          total('loki_internal_log_messages_total', is('level', 'error')),
          'Errors in the time range that Loki logged itself.',
          {
            thresholds: worseFrom(1, 100),
          },
        ),
      ),
    ],
  };
}

function requests(composer: Composer, { rate, quantile }: Series): Section {
  const { graph } = panelsOf(composer);
  const all = `${REQUESTS}_count`;
  return {
    title: 'Requests',
    panels: [
      ...line(
        graph('Requests by route', 'reqps', sumOfEach(rate(all), 'route'), 'Requests per second.', { stacked: true }),
        graph(
          'Requests by answer',
          'reqps',
          sumOfEach(rate(all), 'status_code'),
          'Requests per second, by HTTP status or outcome of gRPC. 429 are limits, 5xx failures.',
          {
            stacked: true,
          },
        ),
      ),
      ...line(
        graph(
          'Writes: duration',
          's',
          { p50: quantile(0.5, [], REQUESTS, WRITES), p99: quantile(0.99, [], REQUESTS, WRITES) },
          'Time to take a push. Above 1 s agents fall behind.',
          {
            thresholds: worseFrom(1),
          },
        ),
        graph(
          'Reads: duration',
          's',
          { p50: quantile(0.5, [], REQUESTS, READS), p99: quantile(0.99, [], REQUESTS, READS) },
          'Time to answer a query.',
          {
            thresholds: worseFrom(30),
          },
        ),
      ),
    ],
  };
}

function tenants(composer: Composer, { series, rate }: Series): Section {
  const { graph } = panelsOf(composer);
  const by = 'tenant';
  return {
    title: 'Tenants',
    panels: [
      ...line(
        graph(
          'Lines by tenant',
          'short',
          sumOfEach(rate('loki_distributor_lines_received_total'), by),
          'Lines per second that arrive.',
          { stacked: true },
        ),
        graph(
          'Bytes by tenant',
          'Bps',
          sumOfEach(rate('loki_distributor_bytes_received_total'), by),
          'Bytes per second that arrive.',
          { stacked: true },
        ),
        graph('Streams by tenant', 'short', sumOfEach(series('loki_ingester_memory_streams'), by), 'Streams in memory.', {
          stacked: true,
        }),
      ),
      ...line(
        graph(
          'Refused lines',
          'short',
          { '{{tenant}} / {{reason}}': sum(rate('loki_discarded_samples_total'), by, 'reason') },
          'Lines per second that Loki did not take, by reason. A limit to raise or a program that logs too much.',
        ),
        graph(
          'Delay of lines',
          's',
          {
            '{{tenant}}': `${sum(rate('loki_distributor_lag_ms_total'), by)} / 1000 / (${sum(rate('loki_distributor_lines_received_total'), by)} > 0)`,
          },
          'Time from a line being written until it arrives, on average. Growing: agents cannot keep up.',
        ),
      ),
    ],
  };
}

function objectStorage(composer: Composer, { rate, quantile }: Series): Section {
  const { graph } = panelsOf(composer);
  const of = (metric: string) => `loki_objstore_bucket_operation${metric}`;
  const by = 'operation';
  return {
    title: 'Object storage',
    panels: line(
      graph('Operations', 'ops', sumOfEach(rate(of('s_total')), by), 'Calls per second. Each costs money at most providers.', {
        stacked: true,
      }),
      graph(
        'Failed operations',
        'ops',
        sumOfEach(rate(of('_failures_total')), by),
        'Calls per second that failed. Asking for what is not there counts, for some providers.',
        {
          thresholds: worseFrom(0.1),
        },
      ),
      graph(
        'Operations: duration (p99)',
        's',
        { '{{operation}}': quantile(0.99, [by], of('_duration_seconds')) },
        'Time within which 99 % of the calls were answered.',
      ),
    ),
  };
}

function caches(composer: Composer, { rate, quantile }: Series): Section {
  const { graph } = panelsOf(composer);
  const by = 'name';
  return {
    title: 'Caches',
    panels: line(
      graph(
        'Hits',
        'percentunit',
        {
          '{{name}}': operation(
            sum(rate('loki_cache_hits'), by),
            '/',
            group(operation(sum(rate('loki_cache_fetched_keys'), by), '>', 0)),
          ),
        },
        'Share of the keys that a cache had. A low one means a cache that is too small.',
        {
          max: 1,
        },
      ),
      graph(
        'Writes that were dropped',
        'ops',
        sumOfEach(rate('loki_cache_dropped_background_writes_total'), by),
        'Entries per second that were not put into the cache, because it is too slow.',
      ),
      graph(
        'Duration (p99)',
        's',
        { '{{name}} {{method}}': quantile(0.99, [by, 'method'], 'loki_cache_request_duration_seconds') },
        'Time within which 99 % of the calls of a cache were answered.',
      ),
    ),
  };
}

function ring(composer: Composer, { series }: Series): Section {
  const { graph } = panelsOf(composer);
  const { pod } = composer.labels;
  return {
    title: 'Members and write-ahead log',
    panels: line(
      graph(
        'Members of the rings',
        'short',
        maxOfEach(series('loki_ring_members'), 'name', 'state'),
        'Instances by ring and state. Unhealthy ones take no lines and must be forgotten.',
      ),
      graph(
        'Write-ahead log',
        'bytes',
        sumOfEach(series('loki_ingester_wal_bytes_in_use'), pod),
        'Bytes of the write-ahead log in memory.',
      ),
      graph(
        'Disk of the write-ahead log',
        'percentunit',
        sumOfEach(series('loki_ingester_wal_disk_usage_percent'), pod),
        'Share of its disk in use.',
      ),
    ),
  };
}
