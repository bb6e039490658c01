import { is, operation, selector } from '../../../query/expressions';
import { failedShare } from '../../blocks';
import { betterFrom, type Composer, type Series, worseFrom } from '../../composer';
import { DashboardLayer } from '../../dashboard-options';
import type { Section } from '../../layout';
import type { StandardBoard } from '../../standard-board';
import { count, line, max, panelsOf, sum, sumOfEach } from '../panels-in-lines';
import { BOARD } from './names';

/** One target is enough: what it watches is not seen. */
const DOWN = worseFrom(1);

const HOUR = 3600;

/** The stack watches itself. Parts of it that are not there have no panels. */
export const monitoringOverview: StandardBoard = {
  name: BOARD.overview,
  title: 'Monitoring / Overview',
  description: 'Whether the monitoring stack itself works: what is scraped, what flows, what is stored, what it needs.',
  layer: DashboardLayer.INFRASTRUCTURE,
  topic: 'monitoring',
  needs: ['prometheus'],
  compose: (composer) => {
    const chosen = composer.choose('up');
    return {
      variables: chosen.variables,
      links: composer.boardLinks(
        ['Cost', BOARD.cost],
        ['Prometheus', 'prometheus-overview'],
        ['Thanos', 'thanos-overview'],
        ['Loki', 'loki-operational'],
        ['Alloy', 'alloy-resources'],
      ),
      sections: [state(composer, chosen), components(composer, chosen), flow(composer, chosen), storage(composer, chosen)],
    };
  },
};

function state(composer: Composer, { series, rate }: Series): Section {
  const { number } = panelsOf(composer);
  const firing = selector('ALERTS', [is('alertstate', 'firing')]);
  return {
    title: 'State',
    panels: line(
      number('Targets up', 'short', sum(series('up')), 'Endpoints whose metrics were read at the last try.', {
        thresholds: betterFrom(1, 1),
      }),
      number(
        'Targets down',
        'short',
        count(operation(series('up'), '==', 0)),
        'Endpoints whose metrics could not be read. What they watch is not seen.',
        {
          thresholds: DOWN,
        },
      ),
      number('Firing alerts', 'short', count(firing), 'Alerts of this Prometheus that fire just now. Watchdog always does.'),
      number(
        'Active series',
        'short',
        max(sum(series('prometheus_tsdb_head_series'), composer.labels.pod)),
        'Series in memory, of the fullest Prometheus.',
      ),
      number(
        'Samples/s',
        'short',
        sum(rate('prometheus_tsdb_head_samples_appended_total')),
        'Samples that all Prometheus together store.',
        {
          decimals: 0,
        },
      ),
      ...(composer.has('loki')
        ? [
            number(
              'Log lines/s',
              'short',
              sum(rate('loki_distributor_lines_received_total')),
              'Log lines that Loki takes in. None: no log arrives.',
              {
                decimals: 1,
                thresholds: betterFrom(0.01, 0.01),
              },
            ),
          ]
        : []),
    ),
  };
}

function components(composer: Composer, { series, rate }: Series): Section {
  const by = 'job';
  return {
    title: 'Scrape jobs',
    panels: [
      composer.table({
        title: 'Each scrape job',
        description: 'Targets, duration and size of a scrape, and what the programs need that say so themselves.',
        rows: [by],
        sortBy: 'Samples',
        columns: [
          { title: 'Targets', value: count(series('up'), by), unit: 'short' },
          { title: 'Down', value: sum(operation(series('up'), '== bool', 0), by), unit: 'short', thresholds: DOWN },
          { title: 'Longest scrape', value: max(series('scrape_duration_seconds'), by), unit: 's', thresholds: worseFrom(5, 10) },
          { title: 'Samples', value: sum(series('scrape_samples_post_metric_relabeling'), by), unit: 'short' },
          {
            title: 'Dropped samples',
            value: sum(operation(series('scrape_samples_scraped'), '-', series('scrape_samples_post_metric_relabeling')), by),
            unit: 'short',
          },
          { title: 'CPU', value: sum(rate('process_cpu_seconds_total'), by), unit: 'short', decimals: 3 },
          { title: 'Memory', value: sum(series('process_resident_memory_bytes'), by), unit: 'bytes' },
          { title: 'Last start', value: `${max(series('process_start_time_seconds'), by)} * 1000`, unit: 'dateTimeFromNow' },
        ],
      }),
    ],
  };
}

function flow(composer: Composer, chosen: Series): Section {
  const { series, rate } = chosen;
  const { graph } = panelsOf(composer);
  const { pod } = composer.labels;
  const ratio = (failed: string, all: string) => failedShare(chosen, { title: '', counter: all, failures: failed });
  return {
    title: 'Flow',
    panels: [
      ...line(
        graph(
          'Samples',
          'short',
          sumOfEach(rate('prometheus_tsdb_head_samples_appended_total'), pod),
          'Samples per second that each Prometheus stores.',
        ),
        graph(
          'Targets down',
          'short',
          { '{{job}}': `${count(operation(series('up'), '==', 0), 'job')}` },
          'Targets that could not be read, by scrape job.',
          {
            stacked: true,
          },
        ),
        graph(
          'Rules that failed',
          'ops',
          sumOfEach(rate('prometheus_rule_evaluation_failures_total'), pod),
          'Evaluations per second that failed. An alert whose rule fails never fires.',
          { thresholds: worseFrom(0.001) },
        ),
      ),
      ...(composer.has('loki') || composer.has('alloy')
        ? line(
            ...(composer.has('alloy')
              ? [
                  graph(
                    'Lines sent',
                    'short',
                    sumOfEach(rate('loki_write_sent_entries_total'), pod),
                    'Lines per second that each Alloy sends.',
                  ),
                  graph(
                    'Lines lost by Alloy',
                    'short',
                    { '{{reason}}': sum(rate('loki_write_dropped_entries_total'), 'reason') },
                    'Lines per second that Alloy gave up, as nobody took them.',
                    {
                      thresholds: worseFrom(0.01),
                    },
                  ),
                ]
              : []),
            ...(composer.has('loki')
              ? [
                  graph(
                    'Lines refused by Loki',
                    'short',
                    { '{{tenant}} / {{reason}}': sum(rate('loki_discarded_samples_total'), 'tenant', 'reason') },
                    'Lines per second that Loki did not take: too old, too many, too long.',
                    {
                      thresholds: worseFrom(0.01),
                    },
                  ),
                ]
              : []),
          )
        : []),
      ...(composer.has('alertmanager')
        ? line(
            graph(
              'Notifications',
              'short',
              { '{{integration}}': sum(rate('alertmanager_notifications_total'), 'integration') },
              'Notifications per second that Alertmanager sends.',
            ),
            graph(
              'Notifications that failed',
              'percentunit',
              { failed: ratio('alertmanager_notifications_failed_total', 'alertmanager_notifications_total') },
              'Share of the notifications that nobody got.',
              {
                thresholds: worseFrom(0.01),
              },
            ),
          )
        : []),
    ],
  };
}

function storage(composer: Composer, { series }: Series): Section {
  const { graph } = panelsOf(composer);
  const { pod } = composer.labels;
  const age = (metric: string) => `time() - ${max(operation(series(metric), '>', 0), pod)}`;
  return {
    title: 'Storage',
    panels: line(
      graph(
        'Prometheus on disk',
        'bytes',
        sumOfEach(series('prometheus_tsdb_storage_blocks_bytes'), pod),
        'Blocks of each Prometheus. The write-ahead log and the newest hours come on top.',
      ),
      ...(composer.has('thanos-sidecar')
        ? [
            graph(
              'Since last upload',
              's',
              { [`{{${pod}}}`]: age('thanos_objstore_bucket_last_successful_upload_time') },
              'Time since a block was last put into object storage. Each sidecar does it every two hours.',
              {
                thresholds: worseFrom(3 * HOUR, 4 * HOUR),
              },
            ),
          ]
        : []),
      ...(composer.has('loki')
        ? [
            graph(
              'Since last compaction of Loki',
              's',
              {
                'last compaction': `time() - ${max(series('loki_boltdb_shipper_compact_tables_operation_last_successful_run_timestamp_seconds'))}`,
              },
              'Time since the index was last compacted. Without it, queries slow down and nothing is deleted.',
              {
                thresholds: worseFrom(HOUR, 3 * HOUR),
              },
            ),
          ]
        : []),
    ),
  };
}
