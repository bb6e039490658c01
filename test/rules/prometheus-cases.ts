import { type Cases, target } from './cases';

const own = target('prometheus');
const PLACE = { namespace: 'monitoring', pod: 'prometheus-0' };
const AM_A = { alertmanager: 'http://a/api/v2/alerts' };
const AM_B = { alertmanager: 'http://b/api/v2/alerts' };
const REMOTE = { remote_name: '1', url: 'http://far/write' };
const GROUP = { rule_group: 'shop.yaml;shop' };

/** A counter that goes on rising, and one that has risen once. */
function counter(metric: string, at: string, labels: Record<string, string> = {}) {
  return {
    fires: { series: { [own(metric, labels)]: '0+1x400' }, at, alerts: [{ ...PLACE, ...labels }] },
    silent: { series: { [own(metric, labels)]: '3 3 4x400' }, at },
  };
}

export const PROMETHEUS_CASES: Cases = {
  PrometheusBadConfig: {
    fires: {
      series: { [own('prometheus_config_last_reload_successful')]: '1x5 0x30' },
      at: '30m',
      alerts: [PLACE],
    },
    // One bad attempt, corrected at once.
    silent: { series: { [own('prometheus_config_last_reload_successful')]: '1x5 0x3 1x30' }, at: '30m' },
  },
  PrometheusNotIngestingSamples: {
    fires: [
      {
        series: { [own('prometheus_tsdb_head_samples_appended_total', { type: 'float' })]: '100x40' },
        at: '30m',
        alerts: [PLACE],
      },
      // Nothing at all, so no labels of a pod.
      { series: {}, at: '30m', alerts: [{ job: 'prometheus' }] },
    ],
    silent: {
      series: {
        [own('prometheus_tsdb_head_samples_appended_total', { type: 'float' })]: '0+1000x40',
        // A kind of sample that nobody sends.
        [own('prometheus_tsdb_head_samples_appended_total', { type: 'histogram' })]: '0x40',
      },
      at: '30m',
    },
  },
  PrometheusStorageNearSizeLimit: {
    fires: {
      series: {
        [own('prometheus_tsdb_storage_blocks_bytes')]: '80x120',
        [own('prometheus_tsdb_wal_storage_size_bytes')]: '10x120',
        [own('prometheus_tsdb_head_chunks_storage_size_bytes')]: '5x120',
        [own('prometheus_tsdb_retention_limit_bytes')]: '100x120',
        [own('prometheus_tsdb_retention_limit_seconds')]: '1296000x120',
      },
      at: '90m',
      alerts: [PLACE],
    },
    silent: [
      {
        series: {
          [own('prometheus_tsdb_storage_blocks_bytes')]: '80x120',
          [own('prometheus_tsdb_wal_storage_size_bytes')]: '5x120',
          [own('prometheus_tsdb_head_chunks_storage_size_bytes')]: '4x120',
          [own('prometheus_tsdb_retention_limit_bytes')]: '100x120',
          [own('prometheus_tsdb_retention_limit_seconds')]: '1296000x120',
        },
        at: '90m',
      },
      // Kept by size alone.
      {
        series: {
          [own('prometheus_tsdb_storage_blocks_bytes')]: '95x120',
          [own('prometheus_tsdb_wal_storage_size_bytes')]: '3x120',
          [own('prometheus_tsdb_head_chunks_storage_size_bytes')]: '1x120',
          [own('prometheus_tsdb_retention_limit_bytes')]: '100x120',
          [own('prometheus_tsdb_retention_limit_seconds')]: '0x120',
        },
        at: '90m',
      },
      // No limit of size.
      {
        series: {
          [own('prometheus_tsdb_storage_blocks_bytes')]: '95x120',
          [own('prometheus_tsdb_wal_storage_size_bytes')]: '3x120',
          [own('prometheus_tsdb_head_chunks_storage_size_bytes')]: '1x120',
          [own('prometheus_tsdb_retention_limit_bytes')]: '0x120',
          [own('prometheus_tsdb_retention_limit_seconds')]: '1296000x120',
        },
        at: '90m',
      },
    ],
  },
  PrometheusTSDBReloadsFailing: counter('prometheus_tsdb_reloads_failures_total', '5h'),
  PrometheusTSDBCompactionsFailing: counter('prometheus_tsdb_compactions_failed_total', '5h'),
  PrometheusHighQueryLoad: {
    fires: {
      series: { [own('prometheus_engine_queries')]: '18x40', [own('prometheus_engine_queries_concurrent_max')]: '20x40' },
      at: '30m',
      alerts: [PLACE],
    },
    // Now and then a moment with all of them.
    silent: {
      series: {
        [own('prometheus_engine_queries')]: '2 20 2 2 2 20 2 2 2 20 2 2 2 20 2 2 2 2x20',
        [own('prometheus_engine_queries_concurrent_max')]: '20x40',
      },
      at: '30m',
    },
  },
  PrometheusSDRefreshFailure: counter('prometheus_sd_refresh_failures_total', '40m', { mechanism: 'dns' }),
  PrometheusKubernetesListWatchFailures: counter('prometheus_sd_kubernetes_failures_total', '40m'),
  PrometheusTargetSyncFailure: counter('prometheus_target_sync_failed_total', '50m', { scrape_job: 'shop' }),
  PrometheusDuplicateTimestamps: counter('prometheus_target_scrapes_sample_duplicate_timestamp_total', '40m'),
  PrometheusOutOfOrderTimestamps: counter('prometheus_target_scrapes_sample_out_of_order_total', '40m'),
  PrometheusTargetLimitHit: counter('prometheus_target_scrape_pool_exceeded_target_limit_total', '40m'),
  PrometheusLabelLimitHit: counter('prometheus_target_scrape_pool_exceeded_label_limits_total', '40m'),
  PrometheusScrapeBodySizeLimitHit: counter('prometheus_target_scrapes_exceeded_body_size_limit_total', '40m'),
  PrometheusScrapeSampleLimitHit: counter('prometheus_target_scrapes_exceeded_sample_limit_total', '40m'),
  PrometheusRuleFailures: counter('prometheus_rule_evaluation_failures_total', '40m', GROUP),
  PrometheusMissingRuleEvaluations: counter('prometheus_rule_group_iterations_missed_total', '40m', GROUP),
  PrometheusNotConnectedToAlertmanagers: {
    fires: { series: { [own('prometheus_notifications_alertmanagers_discovered')]: '0x30' }, at: '20m', alerts: [PLACE] },
    silent: { series: { [own('prometheus_notifications_alertmanagers_discovered')]: '1x5 0x3 1x30' }, at: '20m' },
  },
  PrometheusNotificationQueueRunningFull: {
    fires: {
      series: {
        [own('prometheus_notifications_queue_length', AM_A)]: '0+200x40',
        [own('prometheus_notifications_queue_capacity')]: '10000x40',
      },
      at: '38m',
      alerts: [{ ...PLACE, ...AM_A }],
    },
    silent: {
      series: {
        [own('prometheus_notifications_queue_length', AM_A)]: '0+20x40',
        [own('prometheus_notifications_queue_capacity')]: '10000x40',
      },
      at: '38m',
    },
  },
  PrometheusErrorSendingAlertsToSomeAlertmanagers: {
    fires: {
      series: {
        [own('prometheus_notifications_errors_total', AM_A)]: '0+2x40',
        [own('prometheus_notifications_sent_total', AM_A)]: '0+98x40',
        [own('prometheus_notifications_errors_total', AM_B)]: '0x40',
        [own('prometheus_notifications_sent_total', AM_B)]: '0+100x40',
      },
      at: '30m',
      alerts: [{ ...PLACE, ...AM_A }],
    },
    silent: [
      {
        series: {
          [own('prometheus_notifications_errors_total', AM_A)]: '0+1x40',
          [own('prometheus_notifications_sent_total', AM_A)]: '0+199x40',
        },
        at: '30m',
      },
      // Nothing to send.
      {
        series: {
          [own('prometheus_notifications_errors_total', AM_A)]: '0x40',
          [own('prometheus_notifications_sent_total', AM_A)]: '0x40',
        },
        at: '30m',
      },
    ],
  },
  PrometheusErrorSendingAlertsToAnyAlertmanager: {
    fires: {
      series: {
        // Sent counts only what arrived.
        [own('prometheus_notifications_errors_total', AM_A)]: '0+10x40',
        [own('prometheus_notifications_sent_total', AM_A)]: '0x40',
        [own('prometheus_notifications_errors_total', AM_B)]: '0+4x40',
        [own('prometheus_notifications_sent_total', AM_B)]: '0+96x40',
      },
      at: '30m',
      alerts: [PLACE],
    },
    // One of two gets everything.
    silent: {
      series: {
        [own('prometheus_notifications_errors_total', AM_A)]: '0+10x40',
        [own('prometheus_notifications_sent_total', AM_A)]: '0x40',
        [own('prometheus_notifications_errors_total', AM_B)]: '0x40',
        [own('prometheus_notifications_sent_total', AM_B)]: '0+100x40',
      },
      at: '30m',
    },
  },
  PrometheusRemoteStorageFailures: {
    fires: {
      series: {
        [own('prometheus_remote_storage_samples_failed_total', REMOTE)]: '0+20x40',
        [own('prometheus_remote_storage_samples_total', REMOTE)]: '0+1000x40',
      },
      at: '30m',
      alerts: [{ ...PLACE, url: REMOTE.url }],
    },
    silent: {
      series: {
        [own('prometheus_remote_storage_samples_failed_total', REMOTE)]: '0+5x40',
        [own('prometheus_remote_storage_samples_total', REMOTE)]: '0+1000x40',
      },
      at: '30m',
    },
  },
  PrometheusRemoteWriteBehind: {
    fires: {
      series: {
        [own('prometheus_remote_storage_queue_highest_timestamp_seconds', REMOTE)]: '1000+60x40',
        [own('prometheus_remote_storage_queue_highest_sent_timestamp_seconds', REMOTE)]: '1000+30x40',
      },
      at: '35m',
      alerts: [{ ...PLACE, url: REMOTE.url }],
    },
    silent: {
      series: {
        [own('prometheus_remote_storage_queue_highest_timestamp_seconds', REMOTE)]: '1100+60x40',
        [own('prometheus_remote_storage_queue_highest_sent_timestamp_seconds', REMOTE)]: '1000+60x40',
      },
      at: '35m',
    },
  },
  PrometheusRemoteWriteDesiredShards: {
    fires: {
      series: {
        [own('prometheus_remote_storage_shards_desired', REMOTE)]: '60x40',
        [own('prometheus_remote_storage_shards_max', REMOTE)]: '50x40',
      },
      at: '30m',
      alerts: [{ ...PLACE, url: REMOTE.url }],
    },
    silent: {
      series: {
        [own('prometheus_remote_storage_shards_desired', REMOTE)]: '50x40',
        [own('prometheus_remote_storage_shards_max', REMOTE)]: '50x40',
      },
      at: '30m',
    },
  },
};
