import { noneAnswers } from './component-expressions';
import type { Rules } from './definition';
import { labelValue, VALUE } from './rule-context';
import { ThanosPart } from './thanos-alerts';

/** Thanos Compactor: nobody asks it anything, so nobody notices when it stands still, until queries are slow and the bucket full. */
export const THANOS_COMPACTOR_RULES: Rules = {
  needs: ['thanos-compactor'],
  groups: (context) => {
    const compactor = new ThanosPart(context, 'thanos-compactor', 'Thanos Compactor');
    const { own, where, window, pods } = compactor;
    const hour = context.window(60);
    const day = context.window(24 * 60);
    const onPods = context.on(...pods);
    return [
      {
        name: 'thanos-compactor',
        alerts: [
          {
            name: 'ThanosCompactIsDown',
            severity: 'warning',
            for: '15m',
            expr: noneAnswers(context, 'thanos-compactor'),
            summary: 'Thanos Compactor is down',
            description: 'Blocks are neither joined nor downsampled nor deleted: the bucket grows, and long queries become slow.',
          },
          {
            name: 'ThanosCompactMultipleRunning',
            severity: 'warning',
            for: '5m',
            expr: `sum ${context.by('job')} (${own('up')}) > 1`,
            summary: `Several compactors run as ${labelValue('job')}`,
            description: `${VALUE.number} compactors work on one bucket. They do everything twice, without a guard against each other.`,
          },
          {
            name: 'ThanosCompactHalted',
            severity: 'critical',
            for: '5m',
            expr: `max_over_time(${own('thanos_compact_halted')}[${window}]) == 1`,
            summary: `${where} has stopped for good`,
            description:
              'It found what it cannot repair, mostly blocks of one source that overlap. It stays ready, but does nothing any more: nothing is compacted, downsampled or deleted until somebody acts.',
          },
          compactor.failing(
            {
              name: 'ThanosCompactHighCompactionFailures',
              severity: 'warning',
              for: '15m',
              summary: `${where} fails to compact`,
            },
            {
              failed: own('thanos_compact_group_compactions_failures_total'),
              all: own('thanos_compact_group_compactions_total'),
              of: 'the compactions',
            },
          ),
          {
            name: 'ThanosCompactDownsampleFailing',
            severity: 'warning',
            for: '15m',
            expr: `sum ${context.by(...pods)} (increase(${own('thanos_compact_downsample_failures_total')}[${hour}])) > 0`,
            summary: `${where} fails to downsample`,
            description: `${VALUE.number} blocks could not be downsampled within ${hour}. What is not downsampled when the retention of raw data ends is gone.`,
          },
          {
            name: 'ThanosCompactBlockCleanupFailing',
            severity: 'warning',
            for: '1h',
            expr: `increase(${own('thanos_compact_block_cleanup_failures_total')}[${hour}]) > 0`,
            summary: `${where} fails to delete blocks`,
            description: `${VALUE.number} blocks that are due could not be deleted within ${hour}: the bucket grows.`,
          },
          compactor.bucketFailing('ThanosCompactBucketHighOperationFailures', ' It tries again by itself.'),
          {
            name: 'ThanosCompactHasNotRun',
            severity: 'warning',
            for: '1h',
            // Rounds are counted when they end well, also those that found nothing to do; uploads would tell of an idle bucket.
            expr: [
              `increase(${own('thanos_compact_iterations_total')}[${day}]) == 0`,
              `and ${onPods} time() - ${own('process_start_time_seconds')} > 86400`,
              `unless ${onPods} ${own('thanos_compact_halted')} == 1`,
            ].join(' '),
            summary: `${where} has not finished a round for a day`,
            description: 'No round of compaction, downsampling and retention ended well within the last 24 hours.',
          },
        ],
      },
    ];
  },
};
