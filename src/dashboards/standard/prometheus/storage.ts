import { group, is, operation } from '../../../query/expressions';
import { type Composer, legend, type Series, worseFrom } from '../../composer';
import type { Section } from '../../layout';
import { line, max, maxOfEach, panelsOf, quantiles, sum, sumOfEach } from '../panels-in-lines';

/** What Prometheus has in memory and on disk. */
export function storageSections(composer: Composer, { series, rate, quantile }: Series): Section[] {
  const { graph } = panelsOf(composer);
  const { pod } = composer.labels;
  const of = (metric: string) => `prometheus_tsdb_${metric}`;
  const each = (metric: string) => sumOfEach(series(of(metric)), pod);
  const limit = group(operation(max(series(of('retention_limit_bytes')), pod), '>', 0));
  const failed = [
    'compactions_failed',
    'reloads_failures',
    'head_truncations_failed',
    'wal_truncations_failed',
    'checkpoint_creations_failed',
  ];
  return [
    {
      title: 'Head: the newest hours, in memory',
      panels: [
        ...line(
          graph('Chunks', 'short', each('head_chunks'), 'Chunks of the newest hours. Each series has one that is written to.'),
          graph(
            'Series that come and go',
            'ops',
            { created: sum(rate(of('head_series_created_total'))), removed: sum(rate(of('head_series_removed_total'))) },
            'Series per second. Many all the time: short-lived pods, or a label without bounds.',
          ),
          graph(
            'Stale series',
            'percentunit',
            { [legend(pod)]: operation(max(series(of('head_stale_series')), pod), '/', max(series(of('head_series')), pod)) },
            'Share of the series whose targets are gone. They take memory until the next compaction.',
            {
              max: 1,
            },
          ),
        ),
        ...line(
          graph(
            'Span',
            's',
            {
              [legend(pod)]: operation(
                max(series(of('head_max_time_seconds')), pod),
                '-',
                max(series(of('head_min_time_seconds')), pod),
              ),
            },
            'How much time the head holds: up to three hours. More: compaction does not get on.',
            {
              thresholds: worseFrom(4 * 3600),
            },
          ),
          graph(
            'Collecting garbage',
            's',
            {
              [legend(pod)]: operation(
                sum(rate(of('head_gc_duration_seconds_sum')), pod),
                '/',
                group(operation(sum(rate(of('head_gc_duration_seconds_count')), pod), '>', 0)),
              ),
            },
            'How long removing series that are over takes, on average. It happens every two hours.',
          ),
          graph('Symbols', 'bytes', each('symbol_table_size_bytes'), 'Memory for the texts of labels in blocks.'),
        ),
      ],
    },
    {
      title: 'Blocks and write-ahead log, on disk',
      panels: [
        ...line(
          graph('Blocks', 'bytes', each('storage_blocks_bytes'), 'Size of the blocks.'),
          graph(
            'Of the size limit',
            'percentunit',
            { [legend(pod)]: operation(max(series(of('storage_blocks_bytes')), pod), '/', limit) },
            'Share of the size that blocks may have. Near it, old blocks go before their time. Empty without a limit.',
            {
              max: 1,
              thresholds: worseFrom(0.9),
            },
          ),
          graph(
            'Reaches back',
            's',
            { [legend(pod)]: `time() - ${max(series(of('lowest_timestamp_seconds')), pod)}` },
            'Age of the oldest sample. Less than the retention: the size limit, or a new disk.',
          ),
          graph(
            'Write-ahead log',
            'bytes',
            each('wal_storage_size_bytes'),
            'What is read again at a start. Much of it makes the start slow.',
          ),
        ),
        ...line(
          graph('Compactions', 'ops', sumOfEach(rate(of('compactions_total')), pod), 'Compactions per second.'),
          graph(
            'Duration of a compaction',
            's',
            quantiles((q) => quantile(q, [], of('compaction_duration_seconds'))),
            'How long joining blocks takes.',
          ),
          graph(
            'Flushing to disk (p99)',
            's',
            maxOfEach(series(of('wal_fsync_duration_seconds'), is('quantile', '0.99')), pod),
            'How long the disk takes to have it safe. Above 100 ms the disk is too slow.',
            {
              thresholds: worseFrom(0.1, 1),
            },
          ),
          graph(
            'Failures',
            'ops',
            Object.fromEntries(failed.map((what) => [what.replaceAll('_', ' '), sum(rate(of(`${what}_total`)))])),
            'Failures per second of work on blocks and log: a full or broken disk.',
            { thresholds: worseFrom(0.0001) },
          ),
        ),
      ],
    },
  ];
}
