import { is } from '../../../query/expressions';
import { NAMESPACE } from '../../chain';
import { worseFrom } from '../../composer';
import { DashboardLayer } from '../../dashboard-options';
import type { StandardBoard } from '../../standard-board';
import { line, max, panelsOf, quantiles, sum, sumOfEach } from '../panels-in-lines';
import { BOARD } from './names';

const HOUR = 3600;
const COMPACT = 'loki_boltdb_shipper_compact_tables_operation';
const RETENTION = 'loki_compactor_apply_retention';
const MARKER = 'loki_boltdb_shipper_retention_marker';
const SWEEPER = 'loki_boltdb_shipper_retention_sweeper';

/** Metrics of the compactor have kept the name of an index of old. */
export const lokiRetention: StandardBoard = {
  name: BOARD.retention,
  title: 'Loki / Retention',
  description: 'Whether the compactor joins the index, finds what is too old or to be deleted, and deletes it.',
  layer: DashboardLayer.INFRASTRUCTURE,
  topic: 'loki',
  needs: ['loki'],
  compose: (composer) => {
    const loki = composer.choose('loki_build_info', NAMESPACE);
    const { series, rate, increase, quantile } = loki;
    const { graph, number } = panelsOf(composer);
    const since = (metric: string) => `time() - (${max(series(metric))} > 0)`;
    const runs = (operation: string) => sumOfEach(rate(`${operation}_total`), 'status');
    const late = worseFrom(HOUR, 3 * HOUR);
    return {
      variables: loki.variables,
      links: composer.boardLinks(['Operational', BOARD.operational]),
      sections: [
        {
          title: 'State',
          panels: [
            ...line(
              number(
                'Compactors',
                'short',
                sum(series('loki_boltdb_shipper_compactor_running')),
                'Compactors that run. More than one damage each other; none deletes nothing.',
                {
                  thresholds: worseFrom(2),
                },
              ),
              number(
                'Last compaction',
                's',
                since(`${COMPACT}_last_successful_run_timestamp_seconds`),
                'Time since the index was last compacted.',
                { thresholds: late },
              ),
              number(
                'Last retention',
                's',
                since(`${RETENTION}_last_successful_run_timestamp_seconds`),
                'Time since lines that are too old were last looked for. Empty: retention is off.',
                { thresholds: late },
              ),
              number(
                'Chunks deleted',
                'short',
                sum(increase(`${SWEEPER}_chunk_deleted_duration_seconds_count`)),
                'Chunks that were deleted in the time range.',
                { decimals: 0 },
              ),
              number(
                'Open deletions',
                'short',
                sum(series('loki_compactor_pending_delete_requests_count')),
                'Requests to delete lines that are not done yet.',
              ),
              number(
                'Oldest of them',
                's',
                max(series('loki_compactor_oldest_pending_delete_request_age_seconds')),
                'Age of the oldest of them. For a day it can be cancelled, then it is worked at.',
                {
                  thresholds: worseFrom(48 * HOUR, 96 * HOUR),
                },
              ),
            ),
            ...line(
              graph('Compactions', 'ops', runs(COMPACT), 'Runs per second, by outcome.'),
              graph(
                'Compactions: duration',
                's',
                { duration: max(series(`${COMPACT}_duration_seconds`)) },
                'How long the last run took. Longer than its interval: it never catches up.',
              ),
              graph('Retention', 'ops', runs(`${RETENTION}_operation`), 'Runs per second, by outcome.'),
              graph(
                'Retention: duration',
                's',
                { duration: max(series(`${RETENTION}_operation_duration_seconds`)) },
                'How long the last run took.',
              ),
            ),
          ],
        },
        {
          title: 'Marking',
          panels: line(
            graph(
              'Tables looked through',
              'ops',
              { '{{action}}': sum(rate(`${MARKER}_table_processed_total`), 'action') },
              'Tables of the index per second, by what was done with them.',
            ),
            graph(
              'Chunks marked',
              'ops',
              { marked: sum(rate(`${MARKER}_count_total`)) },
              'Chunks per second that were marked to be deleted.',
            ),
            graph(
              'Duration of a table',
              's',
              quantiles((q) => quantile(q, [], `${MARKER}_table_processed_duration_seconds`)),
              'How long looking through a table takes.',
            ),
          ),
        },
        {
          title: 'Sweeping',
          panels: line(
            graph(
              'Files of marks',
              'short',
              { waiting: sum(series(`${SWEEPER}_marker_files_current`)) },
              'Files of marked chunks that wait. A number that only grows: nothing is deleted.',
            ),
            graph(
              'Lag',
              's',
              { lag: `time() - (${max(series(`${SWEEPER}_marker_file_processing_current_time`))} > 0)` },
              'Age of the marks that are worked at. Two hours of delay are wanted.',
              {
                thresholds: worseFrom(6 * HOUR, 24 * HOUR),
              },
            ),
            graph(
              'Chunks deleted',
              'ops',
              sumOfEach(rate(`${SWEEPER}_chunk_deleted_duration_seconds_count`), 'status'),
              'Chunks per second, by outcome.',
            ),
            graph(
              'Duration of a deletion',
              's',
              quantiles((q) => quantile(q, [], `${SWEEPER}_chunk_deleted_duration_seconds`)),
              'How long deleting a chunk takes.',
            ),
          ),
        },
        {
          title: 'Deletion on request',
          panels: line(
            graph(
              'Requests',
              'ops',
              {
                received: sum(rate('loki_compactor_delete_requests_received_total')),
                done: sum(rate('loki_compactor_delete_requests_processed_total')),
              },
              'Requests per second to delete lines.',
            ),
            graph(
              'Deleted lines',
              'ops',
              sumOfEach(rate('loki_compactor_deleted_lines'), 'user'),
              'Lines per second that were deleted on request, by tenant.',
            ),
            graph(
              'Failures',
              'ops',
              sumOfEach(rate('loki_compactor_delete_processing_fails_total'), 'cause'),
              'Failures per second while requests are worked at.',
              { thresholds: worseFrom(0.01) },
            ),
            graph(
              'Failed look-ups',
              'ops',
              { failed: sum(rate('loki_delete_request_lookups_failed_total', is(composer.labels.container, 'loki'))) },
              'Look-ups per second of what is to be deleted that failed: queries may show deleted lines.',
            ),
          ),
        },
        ...composer.logLines('What Loki logs in the chosen namespaces.', { [composer.labels.namespace]: 'namespace' }),
      ],
    };
  },
};
