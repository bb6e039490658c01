import { group, operation } from '../../../query/expressions';
import { goProcess } from '../../blocks';
import { type Composer, type Series, worseFrom } from '../../composer';
import { DashboardLayer } from '../../dashboard-options';
import type { Section } from '../../layout';
import type { StandardBoard } from '../../standard-board';
import { line, max, panelsOf, quantiles, sum, sumOfEach } from '../panels-in-lines';
import { BOARD, FAILING, objectStorage, seriesOf } from './parts';

const DAY = 24 * 3600;
const of = (metric: string) => `thanos_compact_${metric}`;

export const thanosCompact: StandardBoard = {
  name: BOARD.compact,
  title: 'Thanos / Compact',
  description: 'Whether the compactor joins, downsamples and deletes blocks in object storage, and what waits for it.',
  layer: DashboardLayer.INFRASTRUCTURE,
  topic: 'thanos',
  needs: ['thanos-compactor'],
  compose: (composer) => {
    const compactor = seriesOf(composer, 'compactor');
    return {
      variables: compactor.variables,
      links: composer.boardLinks(['Overview', BOARD.overview], ['Store', BOARD.store]),
      sections: [
        state(composer, compactor),
        work(composer, compactor),
        deletion(composer, compactor),
        objectStorage(composer, compactor),
        goProcess(composer, compactor, composer.labels.pod),
      ],
    };
  },
};

function state(composer: Composer, { series, increase }: Series): Section {
  const { number, graph } = panelsOf(composer);
  const waiting = (what: string) => sum(series(of(`todo_${what}`)));
  return {
    title: 'State',
    panels: [
      ...line(
        number(
          'Halted',
          'short',
          sum(series(of('halted'))),
          'Compactors that stopped, because blocks are damaged or overlap. Nothing goes on until somebody looks.',
          {
            thresholds: worseFrom(1),
          },
        ),
        number('Compactors', 'short', sum(series('up')), 'Compactors that run. Two on the same blocks damage them.', {
          thresholds: worseFrom(2),
        }),
        number(
          'Rounds',
          'short',
          sum(increase(of('iterations_total'))),
          'Rounds in the time range. None: it works at a large one, or stands still.',
          { decimals: 0 },
        ),
        number(
          'Last block written',
          's',
          `time() - ${max(operation(series('thanos_objstore_bucket_last_successful_upload_time'), '>', 0))}`,
          'Time since the compactor last wrote a block.',
          {
            thresholds: worseFrom(DAY),
          },
        ),
        number('Blocks to join', 'short', waiting('compaction_blocks'), 'Blocks that wait to be joined.'),
        number('Blocks to downsample', 'short', waiting('downsample_blocks'), 'Blocks that wait for a coarser copy.'),
      ),
      graph(
        'Blocks that wait',
        'short',
        {
          'to join': waiting('compaction_blocks'),
          'to downsample': waiting('downsample_blocks'),
          'to delete': waiting('deletion_blocks'),
        },
        'Work that is left. A number that only grows: the compactor is too slow or stands still.',
        { width: 24 },
      ),
    ],
  };
}

function work(composer: Composer, { rate, quantile }: Series): Section {
  const { graph } = panelsOf(composer);
  const by = 'resolution';
  const share = (failures: string, all: string, ...labels: string[]) =>
    operation(sum(rate(failures), ...labels), '/', group(operation(sum(rate(all), ...labels), '>', 0)));
  return {
    title: 'Joining and downsampling',
    panels: [
      ...line(
        graph(
          'Joined',
          'ops',
          sumOfEach(rate(of('group_compactions_total')), by),
          'Groups of blocks per second that were joined, by milliseconds between samples.',
        ),
        graph(
          'Joining that failed',
          'percentunit',
          { '{{resolution}}': share(of('group_compactions_failures_total'), of('group_compactions_total'), by) },
          'Share of the groups that could not be joined.',
          { thresholds: FAILING },
        ),
        graph(
          'Duration',
          's',
          quantiles((q) => quantile(q, [], 'prometheus_tsdb_compaction_duration_seconds')),
          'How long joining a group takes.',
        ),
      ),
      ...line(
        graph('Downsampled', 'ops', sumOfEach(rate(of('downsample_total')), by), 'Blocks per second that got a coarser copy.'),
        graph(
          'Downsampling that failed',
          'ops',
          sumOfEach(rate(of('downsample_failures_total')), by),
          'Blocks per second that got none.',
          { thresholds: worseFrom(0.0001) },
        ),
        graph(
          'Looking through the bucket',
          's',
          quantiles((q) => quantile(q, [], 'thanos_blocks_meta_sync_duration_seconds')),
          'How long reading what blocks there are takes.',
        ),
      ),
    ],
  };
}

function deletion(composer: Composer, { series, rate, quantile }: Series): Section {
  const { graph } = panelsOf(composer);
  return {
    title: 'Deletion',
    panels: [
      ...line(
        graph(
          'Marked blocks',
          'ops',
          { '{{marker}} {{reason}}': sum(rate(of('blocks_marked_total')), 'marker', 'reason') },
          'Blocks per second that were marked to be deleted or left alone, and why.',
        ),
        graph(
          'Deleted blocks',
          'ops',
          { deleted: sum(rate(of('blocks_cleaned_total'))), failed: sum(rate(of('block_cleanup_failures_total'))) },
          'Blocks per second that were deleted, two days after their mark, or could not be.',
        ),
        graph(
          'Blocks by state',
          'short',
          { '{{state}}': max(series('thanos_blocks_meta_synced'), 'state') },
          'What became of the blocks in the bucket.',
        ),
      ),
      ...line(
        graph(
          'Collecting garbage',
          'ops',
          { runs: sum(rate(of('garbage_collection_total'))), failed: sum(rate(of('garbage_collection_failures_total'))) },
          'Rounds per second that look for blocks whose content is in larger ones.',
        ),
        graph(
          'Garbage',
          'ops',
          { blocks: sum(rate(of('garbage_collected_blocks_total'))) },
          'Blocks per second that were found so.',
        ),
        graph(
          'Duration of collecting',
          's',
          quantiles((q) => quantile(q, [], of('garbage_collection_duration_seconds'))),
          'How long a round takes.',
        ),
      ),
    ],
  };
}
