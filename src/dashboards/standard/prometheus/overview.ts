import { call, group, is, matches, operation } from '../../../query/expressions';
import { goProcess } from '../../blocks';
import { choice, NAMESPACE } from '../../chain';
import { betterFrom, type Composer, legend, type Series, worseFrom } from '../../composer';
import { DashboardLayer } from '../../dashboard-options';
import type { Section } from '../../layout';
import type { StandardBoard } from '../../standard-board';
import { line, max, only, panelsOf, sum, sumOfEach } from '../panels-in-lines';
import { storageSections } from './storage';
import { alerts, discovery, remoteWrite, rules } from './work';

export const prometheusOverview: StandardBoard = {
  name: 'prometheus-overview',
  title: 'Prometheus / Overview',
  description: 'Whether Prometheus scrapes, stores, evaluates rules, answers queries and sends alerts, and what it needs.',
  layer: DashboardLayer.INFRASTRUCTURE,
  topic: 'prometheus',
  needs: ['prometheus'],
  compose: (composer) => {
    const { container, pod } = composer.labels;
    const chosen = composer.choose(
      'prometheus_build_info',
      NAMESPACE,
      choice('prometheus', 'Prometheus', 'Replicas and shards of Prometheus.', (labels) => labels.pod),
    );
    // Agents, Loki's ruler and Thanos have parts of Prometheus inside, with its metrics.
    const prometheus = only(chosen, is(container, 'prometheus'));
    return {
      variables: chosen.variables,
      links: composer.boardLinks(
        ['Cost', 'monitoring-cost'],
        ['Alertmanager', 'alertmanager-overview'],
        ['Sidecar', 'thanos-sidecar'],
      ),
      sections: [
        state(composer, prometheus),
        scraping(composer, prometheus),
        ...storageSections(composer, prometheus),
        queries(composer, prometheus),
        rules(composer, prometheus),
        alerts(composer, prometheus),
        discovery(composer, prometheus),
        remoteWrite(composer, prometheus),
        goProcess(composer, prometheus, pod),
      ],
    };
  },
};

function state(composer: Composer, { series, rate, increase }: Series): Section {
  const { number, graph } = panelsOf(composer);
  const { pod } = composer.labels;
  const each = (metric: string) => max(sum(series(metric), pod));
  const total = (title: string, counter: string, description: string, ...more: string[]) =>
    number(title, 'short', call('round', [counter, ...more].map((one) => sum(increase(one))).join(' + ')), description, {
      thresholds: worseFrom(1),
    });
  return {
    title: 'At a glance',
    panels: [
      ...line(
        number('Instances', 'short', sum(series('prometheus_ready')), 'Instances that are ready to answer.', {
          thresholds: betterFrom(1, 1),
        }),
        number('Version', 'none', series('prometheus_build_info'), 'Versions that run.', { name: '{{version}}' }),
        number(
          'Running for',
          's',
          `time() - ${max(series('process_start_time_seconds'))}`,
          'Time since the youngest instance was started.',
        ),
        number('Series', 'short', each('prometheus_tsdb_head_series'), 'Series in memory, of the fullest instance.'),
        number(
          'Samples/s',
          'short',
          max(sum(rate('prometheus_tsdb_head_samples_appended_total'), pod)),
          'Samples that an instance stores, at most.',
          {
            decimals: 0,
          },
        ),
        number(
          'Configuration',
          'dateTimeFromNow',
          `${max(series('prometheus_config_last_reload_success_timestamp_seconds'))} * 1000`,
          'When the configuration was last read without an error.',
        ),
      ),
      ...line(
        number(
          'Failed reloads',
          'short',
          sum(operation(series('prometheus_config_last_reload_successful'), '== bool', 0)),
          'Instances that run with an old configuration, as the new one has an error.',
          {
            thresholds: worseFrom(1),
          },
        ),
        total(
          'Missed evaluations',
          'prometheus_rule_group_iterations_missed_total',
          'Evaluations of rule groups in the time range that were left out, as the one before took too long.',
        ),
        total(
          'Failed rules',
          'prometheus_rule_evaluation_failures_total',
          'Evaluations in the time range that failed. Such an alert never fires.',
        ),
        total(
          'Refused scrapes',
          'prometheus_target_scrapes_exceeded_sample_limit_total',
          'Scrapes in the time range that were thrown away, because the answer is beyond a limit.',
          'prometheus_target_scrapes_exceeded_body_size_limit_total',
          'prometheus_target_scrape_pool_exceeded_target_limit_total',
          'prometheus_target_scrape_pool_exceeded_label_limits_total',
        ),
        total('Lost alerts', 'prometheus_notifications_dropped_total', 'Alerts in the time range that no Alertmanager got.'),
        total(
          'Damaged files',
          'prometheus_tsdb_wal_corruptions_total',
          'Files in the time range that could not be read: the disk, or a crash.',
          'prometheus_tsdb_mmap_chunk_corruptions_total',
        ),
      ),
      ...line(
        graph(
          'Series',
          'short',
          sumOfEach(series('prometheus_tsdb_head_series'), pod),
          'Series in memory. A jump is a new job or a label without bounds.',
        ),
        graph(
          'Samples',
          'short',
          sumOfEach(rate('prometheus_tsdb_head_samples_appended_total'), pod),
          'Samples per second that are stored. A fall is a target that is gone.',
        ),
      ),
    ],
  };
}

function scraping(composer: Composer, { series, rate }: Series): Section {
  // What targets say has their labels, not those of the Prometheus that asks.
  const targets = composer.choose('up');
  const { graph } = panelsOf(composer);
  const problem = (title: string, what: string, description: string) =>
    graph(
      title,
      'short',
      { [legend(composer.labels.pod)]: sum(rate(`prometheus_target_scrapes_${what}_total`), composer.labels.pod) },
      description,
    );
  return {
    title: 'Scraping',
    panels: [
      ...line(
        graph(
          'Targets',
          'short',
          { '{{scrape_job}}': max(series('prometheus_target_scrape_pool_targets'), 'scrape_job') },
          'Targets of each job.',
          { stacked: true },
        ),
        graph(
          'Time between scrapes (p99)',
          's',
          { '{{interval}}': max(series('prometheus_target_interval_length_seconds', is('quantile', '0.99')), 'interval') },
          'Time from one scrape of a target to the next, by what it should be. Longer: Prometheus cannot keep up.',
        ),
        graph(
          'Longest scrape',
          's',
          { '{{job}}': max(targets.series('scrape_duration_seconds'), 'job') },
          'How long reading the slowest target of a job takes. Near the timeout it fails.',
          { thresholds: worseFrom(5, 10) },
        ),
      ),
      ...line(
        problem(
          'Out of order',
          'sample_out_of_order',
          'Samples per second that are older than the last of their series, and were dropped.',
        ),
        problem(
          'Twice',
          'sample_duplicate_timestamp',
          'Samples per second that came twice with different values: two targets with the same labels.',
        ),
        problem('Too old', 'sample_out_of_bounds', 'Samples per second that are too old or from the future, and were dropped.'),
        problem(
          'Too many samples',
          'exceeded_sample_limit',
          'Scrapes per second that had more samples than the job allows, and were dropped.',
        ),
      ),
    ],
  };
}

function queries(composer: Composer, { series, rate, quantile }: Series): Section {
  const { graph } = panelsOf(composer);
  const { pod } = composer.labels;
  const api = matches('handler', '/api/v1/.*|/federate');
  return {
    title: 'Queries',
    panels: [
      ...line(
        graph(
          'Requests',
          'reqps',
          sumOfEach(rate('prometheus_http_requests_total'), 'handler'),
          'Requests per second, by path.',
          { stacked: true },
        ),
        graph(
          'Failed requests',
          'reqps',
          { '{{handler}} {{code}}': sum(rate('prometheus_http_requests_total', matches('code', '[45]..')), 'handler', 'code') },
          'Requests per second that failed: 4xx by the one who asks, 5xx by Prometheus.',
        ),
        graph(
          'Duration of requests (p99)',
          's',
          { '{{handler}}': quantile(0.99, ['handler'], 'prometheus_http_request_duration_seconds', api) },
          'Time within which 99 % of the requests to the API were answered.',
        ),
      ),
      ...line(
        graph(
          'Queries at a time',
          'percentunit',
          {
            [legend(pod)]: operation(
              max(series('prometheus_engine_queries'), pod),
              '/',
              group(operation(max(series('prometheus_engine_queries_concurrent_max'), pod), '>', 0)),
            ),
          },
          'Share of the queries that may run at a time. At 100 % others wait.',
          {
            max: 1,
            thresholds: worseFrom(0.8),
          },
        ),
        graph(
          'Parts of a query (p99)',
          's',
          { '{{slice}}': max(series('prometheus_engine_query_duration_seconds', is('quantile', '0.99')), 'slice') },
          'Time in the queue, preparing, evaluating and sorting.',
        ),
        graph(
          'Samples read',
          'short',
          sumOfEach(rate('prometheus_engine_query_samples_total'), pod),
          'Samples per second that queries and rules look at.',
        ),
      ),
    ],
  };
}
