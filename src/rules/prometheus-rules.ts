import type { AlertDefinition, Rules } from './definition';
import { labelValue, type RuleContext, VALUE } from './rule-context';

/** Prometheus watches itself; what it cannot see because it is down, the dead man's switch tells. */
export const PROMETHEUS_RULES: Rules = {
  needs: ['prometheus'],
  groups: (context) => [
    {
      name: 'prometheus',
      alerts: [
        ...serverAlerts(context),
        ...scrapeAlerts(context),
        ...ruleAlerts(context),
        ...(context.sendsAlerts ? notificationAlerts(context) : []),
        ...remoteWriteAlerts(context),
      ],
    },
  ],
};

/** Where it is, as texts say it. */
const place = ({ labels }: RuleContext) => `Prometheus ${labelValue(labels.namespace)}/${labelValue(labels.pod)}`;

/** Metrics of Prometheus itself. */
const ofPrometheus = (context: RuleContext) => (metric: string) => context.select('prometheus', `prometheus_${metric}`);

function serverAlerts(context: RuleContext): AlertDefinition[] {
  const own = ofPrometheus(context);
  const where = place(context);
  const { labels } = context;
  const short = context.window(5);
  const long = context.window(180);
  return [
    {
      name: 'PrometheusBadConfig',
      severity: 'critical',
      for: '10m',
      expr: `max_over_time(${own('config_last_reload_successful')}[${short}]) == 0`,
      summary: `${where} cannot read its configuration`,
      description: `${where} goes on with the configuration that it read last; changes since then have no effect, and it will not start with the present one.`,
    },
    {
      name: 'PrometheusNotIngestingSamples',
      severity: 'critical',
      for: '10m',
      // It scrapes itself: where even that leaves nothing, there is no series to compare.
      expr: [
        `sum ${context.by(labels.namespace, labels.pod)} (rate(${own('tsdb_head_samples_appended_total')}[${short}])) <= 0`,
        `absent_over_time(${own('tsdb_head_samples_appended_total')}[${short}])`,
      ].join(' or '),
      summary: 'Prometheus stores no samples',
      description:
        'Rules are still evaluated, but not even the metrics of Prometheus itself are stored: other alerts cannot be trusted.',
    },
    {
      name: 'PrometheusStorageNearSizeLimit',
      severity: 'warning',
      for: '1h',
      threshold: { value: 0.9, unit: 'ratio' },
      // The limit counts the write-ahead log and the head too. Without a limit of time, deletion by size is what was asked for.
      expr: (threshold) =>
        `(${own('tsdb_storage_blocks_bytes')} + ${own('tsdb_wal_storage_size_bytes')} + ${own('tsdb_head_chunks_storage_size_bytes')}) / (${own('tsdb_retention_limit_bytes')} > 0) > ${threshold} and ${own('tsdb_retention_limit_seconds')} > 0`,
      summary: `${where} is about to delete samples before their time`,
      description: (threshold) =>
        `${VALUE.percentage} of the space for samples is used (limit of this alert: ${threshold}). At 100 % the oldest samples go, whatever the retention time says.`,
    },
    {
      name: 'PrometheusTSDBReloadsFailing',
      severity: 'warning',
      for: '4h',
      expr: `increase(${own('tsdb_reloads_failures_total')}[${long}]) > 0`,
      summary: `${where} cannot read blocks from its volume`,
      description: `${VALUE.number} attempts to read blocks failed within ${long}; queries may miss data.`,
    },
    {
      name: 'PrometheusTSDBCompactionsFailing',
      severity: 'warning',
      for: '4h',
      expr: `increase(${own('tsdb_compactions_failed_total')}[${long}]) > 0`,
      summary: `${where} cannot write blocks`,
      description: `${VALUE.number} compactions failed within ${long}; samples stay in the write-ahead log, which grows until the volume is full.`,
    },
    {
      name: 'PrometheusHighQueryLoad',
      severity: 'warning',
      for: '15m',
      threshold: { value: 0.8, unit: 'ratio' },
      expr: (threshold) =>
        `avg_over_time(${own('engine_queries')}[${short}]) / ${own('engine_queries_concurrent_max')} > ${threshold}`,
      summary: `${where} is busy with queries`,
      description: (threshold) =>
        `${VALUE.percentage} of the queries that may run at a time do run (limit of this alert: ${threshold}); further ones wait, those of rules too.`,
    },
  ];
}

function scrapeAlerts(context: RuleContext): AlertDefinition[] {
  const own = ofPrometheus(context);
  const where = place(context);
  const short = context.window(5);
  const limits = [
    ['PrometheusTargetLimitHit', 'target_scrape_pool_exceeded_target_limit_total', 'target_limit', 'has more targets'],
    ['PrometheusLabelLimitHit', 'target_scrape_pool_exceeded_label_limits_total', 'label limits', 'has more or longer labels'],
    [
      'PrometheusScrapeBodySizeLimitHit',
      'target_scrapes_exceeded_body_size_limit_total',
      'body_size_limit',
      'answers with more bytes',
    ],
    ['PrometheusScrapeSampleLimitHit', 'target_scrapes_exceeded_sample_limit_total', 'sample_limit', 'answers with more samples'],
  ] as const;
  return [
    {
      name: 'PrometheusSDRefreshFailure',
      severity: 'warning',
      for: '20m',
      expr: `increase(${own('sd_refresh_failures_total')}[${context.window(10)}]) > 0`,
      summary: `${where} cannot look up targets`,
      description: `Discovery by ${labelValue('mechanism')} fails; the targets are those that were found last.`,
    },
    {
      name: 'PrometheusKubernetesListWatchFailures',
      severity: 'warning',
      for: '15m',
      expr: `increase(${own('sd_kubernetes_failures_total')}[${short}]) > 0`,
      summary: `${where} cannot ask the Kubernetes API for targets`,
      description: `${VALUE.number} requests failed within ${short}; pods that start now are not scraped.`,
    },
    {
      name: 'PrometheusTargetSyncFailure',
      severity: 'critical',
      for: '5m',
      expr: `increase(${own('target_sync_failed_total')}[${context.window(30)}]) > 0`,
      summary: `${where} refuses targets of the job ${labelValue('scrape_job')}`,
      description: `${VALUE.number} targets of the job ${labelValue('scrape_job')} could not be made from what discovery found, and are not scraped.`,
    },
    {
      name: 'PrometheusDuplicateTimestamps',
      severity: 'warning',
      for: '10m',
      expr: `rate(${own('target_scrapes_sample_duplicate_timestamp_total')}[${short}]) > 0`,
      summary: `${where} drops samples that come twice`,
      description: `${VALUE.number} samples a second have the time of another one but not its value: two targets write the same series.`,
    },
    {
      name: 'PrometheusOutOfOrderTimestamps',
      severity: 'warning',
      for: '10m',
      expr: `rate(${own('target_scrapes_sample_out_of_order_total')}[${short}]) > 0`,
      summary: `${where} drops samples that come too late`,
      description: `${VALUE.number} samples a second are older than what is stored of their series.`,
    },
    ...limits.map(
      ([name, metric, limit, what]): AlertDefinition => ({
        name,
        severity: 'warning',
        for: '15m',
        expr: `increase(${own(metric)}[${short}]) > 0`,
        summary: `${where} drops scrapes because of ${limit}`,
        description: `${VALUE.number} scrapes were dropped within ${short}: a target or job ${what} than its ${limit} allows.`,
      }),
    ),
  ];
}

function ruleAlerts(context: RuleContext): AlertDefinition[] {
  const own = ofPrometheus(context);
  const where = place(context);
  const short = context.window(5);
  return [
    {
      name: 'PrometheusRuleFailures',
      severity: 'critical',
      for: '15m',
      expr: `increase(${own('rule_evaluation_failures_total')}[${short}]) > 0`,
      summary: `${where} cannot evaluate rules`,
      description: `${VALUE.number} evaluations of ${labelValue('rule_group')} failed within ${short}; its alerts cannot fire.`,
    },
    {
      name: 'PrometheusMissingRuleEvaluations',
      severity: 'warning',
      for: '15m',
      expr: `increase(${own('rule_group_iterations_missed_total')}[${short}]) > 0`,
      summary: `${where} is too slow for its rules`,
      description: `${VALUE.number} evaluations of ${labelValue('rule_group')} were left out within ${short}, because those before took too long.`,
    },
  ];
}

function notificationAlerts(context: RuleContext): AlertDefinition[] {
  const own = ofPrometheus(context);
  const where = place(context);
  const { labels } = context;
  const short = context.window(5);
  const failedShare = `rate(${own('notifications_errors_total')}[${short}]) / (rate(${own('notifications_errors_total')}[${short}]) + rate(${own('notifications_sent_total')}[${short}]))`;
  return [
    {
      name: 'PrometheusNotConnectedToAlertmanagers',
      severity: 'critical',
      for: '10m',
      expr: `max_over_time(${own('notifications_alertmanagers_discovered')}[${short}]) < 1`,
      summary: `${where} knows no Alertmanager`,
      description: `${where} finds no Alertmanager to send alerts to; what fires shows in its own web interface only.`,
    },
    {
      name: 'PrometheusNotificationQueueRunningFull',
      severity: 'warning',
      for: '15m',
      expr: `predict_linear(${own('notifications_queue_length')}[${context.window(15)}], 30 * 60) > ${context.on(labels.namespace, labels.pod)} group_left () max ${context.by(labels.namespace, labels.pod)} (${own('notifications_queue_capacity')})`,
      summary: `${where} sends alerts too slowly`,
      description: `The queue of alerts for ${labelValue('alertmanager')} will be full within 30 minutes; alerts are dropped then.`,
    },
    {
      name: 'PrometheusErrorSendingAlertsToSomeAlertmanagers',
      severity: 'warning',
      for: '15m',
      threshold: { value: 0.01, unit: 'ratio' },
      expr: (threshold) => `${failedShare} > ${threshold}`,
      summary: `${where} cannot send alerts to ${labelValue('alertmanager')}`,
      description: (threshold) =>
        `${VALUE.percentage} of the alerts for ${labelValue('alertmanager')} do not get there; at most ${threshold} is expected.`,
    },
    {
      name: 'PrometheusErrorSendingAlertsToAnyAlertmanager',
      severity: 'critical',
      for: '15m',
      threshold: { value: 0.03, unit: 'ratio' },
      expr: (threshold) => `min ${context.by(labels.namespace, labels.pod)} (${failedShare}) > ${threshold}`,
      summary: `${where} cannot send alerts`,
      description: (threshold) =>
        `Even to the Alertmanager that is reached best, ${VALUE.percentage} of the alerts do not get through; at most ${threshold} is expected.`,
    },
  ];
}

/** Silent where nothing is written remotely: the metrics do not exist then. */
function remoteWriteAlerts(context: RuleContext): AlertDefinition[] {
  const own = ofPrometheus(context);
  const where = place(context);
  const short = context.window(5);
  const target = labelValue('url');
  return [
    {
      name: 'PrometheusRemoteStorageFailures',
      severity: 'critical',
      for: '15m',
      threshold: { value: 0.01, unit: 'ratio' },
      expr: (threshold) =>
        `rate(${own('remote_storage_samples_failed_total')}[${short}]) / rate(${own('remote_storage_samples_total')}[${short}]) > ${threshold}`,
      summary: `${where} loses samples on the way to ${target}`,
      description: (threshold) =>
        `${target} refuses ${VALUE.percentage} of the samples for good; at most ${threshold} is expected. They are not sent again.`,
    },
    {
      name: 'PrometheusRemoteWriteBehind',
      severity: 'critical',
      for: '15m',
      threshold: { value: 120, unit: 'seconds' },
      expr: (threshold) =>
        `max_over_time(${own('remote_storage_queue_highest_timestamp_seconds')}[${short}]) - max_over_time(${own('remote_storage_queue_highest_sent_timestamp_seconds')}[${short}]) > ${threshold}`,
      summary: `${where} is behind with writing to ${target}`,
      description: (threshold) =>
        `What ${target} has is ${VALUE.duration} old; at most ${threshold} is expected. Samples that wait longer than the write-ahead log lasts, about two hours, are lost.`,
    },
    {
      name: 'PrometheusRemoteWriteDesiredShards',
      severity: 'warning',
      for: '15m',
      expr: `max_over_time(${own('remote_storage_shards_desired')}[${short}]) > max_over_time(${own('remote_storage_shards_max')}[${short}])`,
      summary: `${where} needs more connections to ${target}`,
      description: `${VALUE.number} shards are needed to keep up with the samples for ${target}, more than \`max_shards\` allows.`,
    },
  ];
}
