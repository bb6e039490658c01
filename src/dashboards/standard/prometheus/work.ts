import { group, is, operation } from '../../../query/expressions';
import { type Composer, legend, type Series, worseFrom } from '../../composer';
import type { Section } from '../../layout';
import { line, max, maxOfEach, panelsOf, sum, sumOfEach } from '../panels-in-lines';

/** Recording and alerting rules. */
export function rules(composer: Composer, { series, rate }: Series): Section {
  const { graph } = panelsOf(composer);
  const ruleGroup = 'rule_group';
  const share = operation(
    max(series('prometheus_rule_group_last_duration_seconds'), ruleGroup),
    '/',
    max(series('prometheus_rule_group_interval_seconds'), ruleGroup),
  );
  return {
    title: 'Rules',
    panels: [
      composer.table({
        title: 'Rule groups',
        description: 'How long the last evaluation took, as share of the interval too. Above 100 % evaluations are left out.',
        rows: [ruleGroup],
        sortBy: 'Of the interval',
        columns: [
          { title: 'Rules', value: max(series('prometheus_rule_group_rules'), ruleGroup), unit: 'short' },
          { title: 'Duration', value: max(series('prometheus_rule_group_last_duration_seconds'), ruleGroup), unit: 's' },
          { title: 'Of the interval', value: share, unit: 'percentunit', decimals: 1, thresholds: worseFrom(0.5, 1) },
          { title: 'Samples', value: max(series('prometheus_rule_group_last_evaluation_samples'), ruleGroup), unit: 'short' },
        ],
      }),
      ...line(
        graph(
          'Evaluations',
          'ops',
          { evaluated: sum(rate('prometheus_rule_evaluations_total')) },
          'Evaluations of rules per second.',
        ),
        graph(
          'Failed evaluations',
          'ops',
          sumOfEach(rate('prometheus_rule_evaluation_failures_total'), ruleGroup),
          'Evaluations per second that failed, by group.',
          { thresholds: worseFrom(0.001) },
        ),
        graph(
          'Missed evaluations',
          'ops',
          sumOfEach(rate('prometheus_rule_group_iterations_missed_total'), ruleGroup),
          'Evaluations per second that were left out, by group.',
          { thresholds: worseFrom(0.001) },
        ),
      ),
    ],
  };
}

/** What goes to Alertmanagers. */
export function alerts(composer: Composer, { series, rate }: Series): Section {
  const { graph } = panelsOf(composer);
  const { pod } = composer.labels;
  const by = 'alertmanager';
  const of = (what: string) => rate(`prometheus_notifications_${what}_total`);
  return {
    title: 'Alerts',
    panels: line(
      graph('Sent', 'ops', sumOfEach(of('sent'), by), 'Alerts per second, by Alertmanager.'),
      graph(
        'Failed',
        'percentunit',
        { [legend(by)]: operation(sum(of('errors'), by), '/', group(operation(sum(of('sent'), by), '>', 0))) },
        'Share of the alerts that an Alertmanager did not take.',
        {
          thresholds: worseFrom(0.01, 0.03),
        },
      ),
      graph(
        'Queue',
        'percentunit',
        {
          [legend(pod)]: operation(
            max(series('prometheus_notifications_queue_length'), pod),
            '/',
            max(series('prometheus_notifications_queue_capacity'), pod),
          ),
        },
        'Share of the queue that is full. At 100 % alerts are lost.',
        {
          max: 1,
          thresholds: worseFrom(0.5, 0.9),
        },
      ),
      graph(
        'Alertmanagers',
        'short',
        maxOfEach(series('prometheus_notifications_alertmanagers_discovered'), pod),
        'Alertmanagers that Prometheus knows. None: alerts go nowhere.',
      ),
    ),
  };
}

/** Where targets come from. */
export function discovery(composer: Composer, { series, rate }: Series): Section {
  const { graph } = panelsOf(composer);
  return {
    title: 'Discovery',
    panels: line(
      graph(
        'Discovered targets',
        'short',
        { '{{name}} {{config}}': max(series('prometheus_sd_discovered_targets'), 'name', 'config') },
        'Targets that are found, before rules drop some.',
      ),
      graph(
        'Failures',
        'ops',
        {
          kubernetes: sum(rate('prometheus_sd_kubernetes_failures_total')),
          refresh: sum(rate('prometheus_sd_refresh_failures_total')),
          'sync, {{scrape_job}}': sum(rate('prometheus_target_sync_failed_total'), 'scrape_job'),
        },
        'Failures per second to ask for targets or to take them over. New pods are not seen.',
        {
          thresholds: worseFrom(0.01),
        },
      ),
      graph(
        'Time to take targets over (p99)',
        's',
        { '{{scrape_job}}': max(series('prometheus_target_sync_length_seconds', is('quantile', '0.99')), 'scrape_job') },
        'How long applying the rules of a job to its targets takes.',
      ),
    ),
  };
}

/** What goes to other stores. */
export function remoteWrite(composer: Composer, { series, rate, quantile }: Series): Section {
  const { graph } = panelsOf(composer);
  const of = (what: string) => `prometheus_remote_storage_${what}`;
  const by = 'remote_name';
  const lag = operation(
    max(series(of('queue_highest_timestamp_seconds')), by),
    '-',
    max(series(of('queue_highest_sent_timestamp_seconds')), by),
  );
  return {
    title: 'Remote write (empty without it)',
    panels: [
      ...line(
        graph('Lag', 's', { [legend(by)]: lag }, 'How far what was sent is behind what was stored.', {
          thresholds: worseFrom(60, 120),
        }),
        graph('Samples', 'short', sumOfEach(rate(of('samples_total')), by), 'Samples per second that are sent.'),
        graph(
          'Failed',
          'percentunit',
          {
            [legend(by)]: operation(
              sum(rate(of('samples_failed_total')), by),
              '/',
              group(operation(sum(rate(of('samples_total')), by), '>', 0)),
            ),
          },
          'Share of the samples that the receiver did not take; they are lost.',
          {
            thresholds: worseFrom(0.001, 0.01),
          },
        ),
      ),
      ...line(
        graph(
          'Tried again',
          'short',
          sumOfEach(rate(of('samples_retried_total')), by),
          'Samples per second that are sent once more.',
        ),
        graph(
          'Shards',
          'short',
          {
            '{{remote_name}} running': sum(series(of('shards')), by),
            '{{remote_name}} wanted': sum(series(of('shards_desired')), by),
            '{{remote_name}} at most': sum(series(of('shards_max')), by),
          },
          'Connections that send side by side. More wanted than allowed: the lag grows.',
        ),
        graph(
          'Duration of a batch (p99)',
          's',
          { [legend(by)]: quantile(0.99, [by], of('sent_batch_duration_seconds')) },
          'Time within which the receiver took 99 % of the batches.',
        ),
      ),
    ],
  };
}
