import { call, group, is, isNot, operation, over, selector } from '../../../query/expressions';
import { textLiteral } from '../../../query/text-literals';
import { type Composer, legend, type Series } from '../../composer';
import { DashboardLayer } from '../../dashboard-options';
import type { Section } from '../../layout';
import type { StandardBoard } from '../../standard-board';
import { count, line, max, panelsOf, sum, sumOfEach } from '../panels-in-lines';
import { BOARD } from './names';

const DAY = 24 * 3600;
const SAMPLES = 'prometheus_tsdb_head_samples_appended_total';

/** Files of containers: `/var/log/pods/<namespace>_<pod>_<uid>/<container>/<number>.log`. */
const NAMESPACE_OF_FILE = '.*/pods/([^_/]+)_.*';

export const monitoringCost: StandardBoard = {
  name: BOARD.cost,
  title: 'Monitoring / Cost',
  description: 'What is collected and stored, and for whom: series, samples, log lines and bytes by job and namespace.',
  layer: DashboardLayer.INFRASTRUCTURE,
  topic: 'monitoring',
  needs: ['prometheus'],
  compose: (composer) => {
    const chosen = composer.choose('up');
    return {
      variables: chosen.variables,
      links: composer.boardLinks(['Overview', BOARD.overview]),
      sections: [
        totals(composer, chosen),
        metrics(composer, chosen),
        ...(composer.has('alloy-node') ? [logsOfNamespaces(composer, chosen)] : []),
        ...(composer.has('loki') ? [logsOfTenants(composer, chosen)] : []),
        itself(composer, chosen),
        everySeries(composer, chosen),
      ],
    };
  },
};

/** Bytes of a sample on disk: of the chunks that were written to blocks. */
function bytesPerSample(composer: Composer, { increase }: Series): string {
  // A Thanos compactor says the same of what it joins.
  const prometheus = is(composer.labels.container, 'prometheus');
  const size = sum(increase('prometheus_tsdb_compaction_chunk_size_bytes_sum', prometheus));
  return operation(
    size,
    '/',
    group(operation(sum(increase('prometheus_tsdb_compaction_chunk_samples_sum', prometheus)), '>', 0)),
  );
}

function totals(composer: Composer, chosen: Series): Section {
  const { series, rate } = chosen;
  const { number } = panelsOf(composer);
  const { pod } = composer.labels;
  const samples = max(sum(rate(SAMPLES), pod));
  const perSample = bytesPerSample(composer, chosen);
  return {
    title: 'All together',
    panels: line(
      number(
        'Active series',
        'short',
        max(sum(series('prometheus_tsdb_head_series'), pod)),
        'Series in memory. A thousand need some megabytes.',
      ),
      number('Samples/s', 'short', samples, 'Samples that a Prometheus stores.', { decimals: 0 }),
      number(
        'Bytes per sample',
        'bytes',
        perSample,
        'Space of a sample on disk, from what was compacted in the time range: 1 to 2 are normal.',
        {
          decimals: 2,
        },
      ),
      number(
        'Metrics per day',
        'bytes',
        `${samples} * ${DAY} * ${group(perSample)}`,
        'What a day of metrics needs on disk. Times the retention it is the size of the volume.',
      ),
      ...(composer.has('loki')
        ? [
            number(
              'Logs per day',
              'bytes',
              `${sum(rate('loki_distributor_bytes_received_total'))} * ${DAY}`,
              'Log lines of a day as they arrive, before they are compressed.',
            ),
            number(
              'Stored per day',
              'bytes',
              `${sum(rate('loki_ingester_chunk_stored_bytes_total'))} * ${DAY}`,
              'What a day of logs needs in object storage.',
            ),
          ]
        : []),
    ),
  };
}

function metrics(composer: Composer, { series, increase }: Series): Section {
  const { graph } = panelsOf(composer);
  const { namespace } = composer.labels;
  const stored = 'scrape_samples_post_metric_relabeling';
  const perNamespace = sum(series(stored, isNot(namespace, '')), namespace);
  return {
    title: 'Metrics',
    panels: [
      composer.table({
        title: 'Series by scrape job',
        description:
          'Samples of a scrape are the series that are active. New series per scrape that do not end are labels without bounds.',
        rows: ['job'],
        sortBy: 'Series',
        width: 12,
        columns: [
          { title: 'Series', value: sum(series(stored), 'job'), unit: 'short' },
          {
            title: 'Share',
            value: operation(sum(series(stored), 'job'), '/', call('scalar', sum(series(stored)))),
            unit: 'percentunit',
            decimals: 1,
          },
          {
            title: 'Dropped by the job',
            value: sum(operation(series('scrape_samples_scraped'), '-', series(stored)), 'job'),
            unit: 'short',
          },
          {
            title: 'New series',
            value: sum(call('sum_over_time', over(series('scrape_series_added'), '$__range')), 'job'),
            unit: 'short',
          },
        ],
      }),
      composer.table({
        title: 'Series by namespace of the target',
        description: 'Whose endpoints the series come from. What nodes and the API tell about pods is not in here.',
        rows: [namespace],
        sortBy: 'Series',
        width: 12,
        columns: [
          { title: 'Targets', value: count(series('up', isNot(namespace, '')), namespace), unit: 'short' },
          { title: 'Series', value: perNamespace, unit: 'short' },
          {
            title: 'Share',
            value: operation(perNamespace, '/', call('scalar', sum(series(stored)))),
            unit: 'percentunit',
            decimals: 1,
          },
        ],
      }),
      ...line(
        graph('Series by job', 'short', sumOfEach(series(stored), 'job'), 'Active series by scrape job.', { stacked: true }),
        graph(
          'Series that come and go',
          'short',
          {
            created: sum(increase('prometheus_tsdb_head_series_created_total')),
            removed: sum(increase('prometheus_tsdb_head_series_removed_total')),
          },
          'Series in the time range before each point. Many new ones with the number active unchanged: pods or labels come and go.',
        ),
      ),
    ],
  };
}

/** Which namespace a file of logs belongs to stands in its path; the agent's own namespace gives way. */
function logsOfNamespaces(composer: Composer, { rate }: Series): Section {
  const { namespace } = composer.labels;
  const { graph } = panelsOf(composer);
  const of = (counter: string) =>
    sum(call('label_replace', rate(counter), ...[namespace, '$1', 'path', NAMESPACE_OF_FILE].map(textLiteral)), namespace);
  const lines = of('loki_source_file_read_lines_total');
  const bytes = of('loki_source_file_read_bytes_total');
  return {
    title: 'Logs by namespace',
    panels: [
      composer.table({
        title: 'Logs by namespace',
        description:
          'What the agents read from files of containers. Filters of pipelines may drop some of it before it is stored.',
        rows: [namespace],
        sortBy: 'Bytes per day',
        height: 8,
        columns: [
          { title: 'Lines per second', value: lines, unit: 'short', decimals: 1 },
          { title: 'Bytes per second', value: bytes, unit: 'Bps' },
          { title: 'Bytes per day', value: `${bytes} * ${DAY}`, unit: 'bytes' },
          { title: 'Bytes per line', value: operation(bytes, '/', group(operation(lines, '>', 0))), unit: 'bytes' },
        ],
        links: { [namespace]: composer.rowLogs({ [namespace]: namespace }) },
      }),
      ...line(
        graph(
          'Lines by namespace',
          'short',
          { [legend(namespace)]: lines },
          'Lines per second, by the namespace that wrote them.',
          { stacked: true },
        ),
        graph(
          'Bytes by namespace',
          'Bps',
          { [legend(namespace)]: bytes },
          'Bytes per second, by the namespace that wrote them.',
          { stacked: true },
        ),
      ),
    ],
  };
}

function logsOfTenants(composer: Composer, { series, rate }: Series): Section {
  const { graph } = panelsOf(composer);
  const by = 'tenant';
  return {
    title: 'Logs by tenant',
    panels: [
      ...line(
        graph(
          'Lines by tenant',
          'short',
          sumOfEach(rate('loki_distributor_lines_received_total'), by),
          'Lines per second that Loki takes in.',
          { stacked: true },
        ),
        graph(
          'Bytes by tenant',
          'Bps',
          sumOfEach(rate('loki_distributor_bytes_received_total'), by),
          'Bytes per second that Loki takes in.',
          { stacked: true },
        ),
        graph(
          'Streams by tenant',
          'short',
          sumOfEach(series('loki_ingester_memory_streams'), by),
          'Streams in memory. Each costs index and small chunks: labels without bounds make many.',
          {
            stacked: true,
          },
        ),
      ),
      ...line(
        graph(
          'Structured metadata',
          'Bps',
          sumOfEach(rate('loki_distributor_structured_metadata_bytes_received_total'), by),
          'Bytes per second of fields beside the lines. They count as bytes received.',
        ),
        graph(
          'Stored',
          'Bps',
          sumOfEach(rate('loki_ingester_chunk_stored_bytes_total'), by),
          'Compressed bytes per second that are put into object storage.',
        ),
        graph(
          'Refused',
          'Bps',
          { '{{tenant}} / {{reason}}': sum(rate('loki_discarded_bytes_total'), by, 'reason') },
          'Bytes per second that Loki did not take.',
        ),
      ),
    ],
  };
}

function itself(composer: Composer, { series, rate }: Series): Section {
  const { graph } = panelsOf(composer);
  const { pod } = composer.labels;
  return {
    title: 'The stack itself',
    panels: [
      ...line(
        graph(
          'CPU by job',
          'short',
          sumOfEach(rate('process_cpu_seconds_total'), 'job'),
          'Cores that the scraped programs use, by scrape job.',
          { stacked: true },
        ),
        graph(
          'Memory by job',
          'bytes',
          sumOfEach(series('process_resident_memory_bytes'), 'job'),
          'Memory of the scraped programs, by scrape job.',
          { stacked: true },
        ),
      ),
      ...line(
        graph(
          'Blocks of metrics',
          'bytes',
          sumOfEach(series('prometheus_tsdb_storage_blocks_bytes'), pod),
          'Metrics on the disks of Prometheus.',
        ),
        graph(
          'Write-ahead log',
          'bytes',
          sumOfEach(series('prometheus_tsdb_wal_storage_size_bytes', is(composer.labels.container, 'prometheus')), pod),
          'What Prometheus reads again when it starts.',
        ),
        graph(
          'Newest chunks',
          'bytes',
          sumOfEach(series('prometheus_tsdb_head_chunks_storage_size_bytes'), pod),
          'Chunks of the newest hours that are mapped from disk.',
        ),
      ),
    ],
  };
}

/** Counts all series that there are: the only exact answer, and one that takes Prometheus some seconds. */
function everySeries(composer: Composer, { matchers }: Series): Section {
  const { namespace } = composer.labels;
  const all = (...by: string[]) => call('topk', 20, count(selector('', [...matchers, isNot('__name__', '')]), ...by));
  const bars = (title: string, description: string, by: string) =>
    composer.bars({ title, description, unit: 'short', height: 12, bars: { [legend(by)]: all(by) } });
  return {
    title: 'Every series, counted (takes a while)',
    panels: [
      bars('Series by name', 'The twenty metrics with most series. Histograms with many labels are usually first.', '__name__'),
      bars('Series by namespace', 'The twenty namespaces that most series are about, whoever exposes them.', namespace),
    ],
  };
}
