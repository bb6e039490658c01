import { is, isOneOf, type Matcher } from '../query/expressions';
import { failedShare, longAgo } from './component-expressions';
import type { AlertDefinition, Rules } from './definition';
import { labelValue, type RuleContext, VALUE } from './rule-context';

/** What becomes of lines that Loki took: write-ahead log, chunks, index, retention. */
export const LOKI_STORAGE_RULES: Rules = {
  needs: ['loki'],
  groups: (context) => [
    { name: 'loki-storage', alerts: [...logAlerts(context), ...flushAlerts(context), ...compactorAlerts(context)] },
  ],
};

/** Series of Loki. */
const ofLoki =
  (context: RuleContext) =>
  (metric: string, ...matchers: Matcher[]) =>
    context.select('loki', `loki_${metric}`, ...matchers);

/** Where it is, as texts say it. */
const place = ({ labels }: RuleContext) => `Loki ${labelValue(labels.namespace)}/${labelValue(labels.pod)}`;

function logAlerts(context: RuleContext): AlertDefinition[] {
  const own = ofLoki(context);
  const where = place(context);
  const hour = context.window(60);
  const corruptions = own('ingester_wal_corruptions_total');
  return [
    {
      name: 'LokiWalDiskFull',
      severity: 'critical',
      expr: `increase(${own('ingester_wal_disk_full_failures_total')}[${context.window(10)}]) > 0`,
      summary: `The volume of ${where} is full`,
      description: 'Lines that come in are no longer written to the write-ahead log: what is in memory is lost with the pod.',
    },
    {
      name: 'LokiWalDiskFillingUp',
      severity: 'warning',
      for: '15m',
      threshold: { value: 0.8, unit: 'ratio' },
      // The name says percent, the value is a share.
      expr: (threshold) => `${own('ingester_wal_disk_usage_percent')} > ${threshold}`,
      summary: `The volume of ${where} fills up`,
      description: (threshold) => `${VALUE.percentage} of the volume is used (limit of this alert: ${threshold}).`,
    },
    {
      name: 'LokiWalCorruption',
      severity: 'warning',
      // Counted once, while the log is read at the start; the series exists from then on.
      expr: `(increase(${corruptions}[${hour}]) > 0) or (${corruptions} > 0 unless ${corruptions} offset ${hour})`,
      summary: `${where} could not read its write-ahead log`,
      description: `Parts of the write-ahead log (${labelValue('type')}) are damaged; the lines in them are lost unless another replica has them.`,
    },
    {
      name: 'LokiCheckpointFailing',
      severity: 'warning',
      for: '15m',
      expr: `increase(${own('ingester_checkpoint_creations_failed_total')}[${context.window(15)}]) > 0`,
      summary: `${where} cannot write checkpoints`,
      description: 'The write-ahead log is never shortened: it grows until the volume is full, and the next start takes long.',
    },
  ];
}

function flushAlerts(context: RuleContext): AlertDefinition[] {
  const own = ofLoki(context);
  const where = place(context);
  const { namespace, pod } = context.labels;
  const window = context.window(15);
  return [
    {
      name: 'LokiIngesterFlushFailing',
      severity: 'warning',
      for: '15m',
      expr: `increase(${own('ingester_chunks_flush_failures_total')}[${window}]) > 0`,
      summary: `${where} cannot store chunks`,
      description: `${VALUE.number} attempts to store a chunk failed within ${window}. Lines stay in memory and in the write-ahead log.`,
    },
    {
      name: 'LokiIndexUploadFailing',
      severity: 'warning',
      for: '15m',
      expr: `sum ${context.by(namespace, pod)} (increase(${own('tsdb_shipper_tables_upload_operation_total', is('status', 'failure'))}[${window}])) > 0`,
      summary: `${where} cannot store its index`,
      description: `${VALUE.number} attempts to store the index failed within ${window}. It stays on the volume; without it nobody finds the lines.`,
    },
    {
      name: 'LokiObjectStorageFailing',
      severity: 'warning',
      for: '15m',
      threshold: { value: 0.05, unit: 'ratio' },
      expr: (threshold) =>
        `${failedShare(context, {
          failed: own('objstore_bucket_operation_failures_total'),
          all: own('objstore_bucket_operations_total'),
          window: context.window(5),
          by: [namespace, pod],
        })} > ${threshold}`,
      summary: `${where} gets failures from the object storage`,
      description: (threshold) =>
        `${VALUE.percentage} of its requests to the object storage fail; at most ${threshold} is expected. A Loki that is restarted now may not start.`,
    },
  ];
}

function compactorAlerts(context: RuleContext): AlertDefinition[] {
  const own = ofLoki(context);
  const where = place(context);
  const { namespace, pod } = context.labels;
  const onPods = context.on(namespace, pod);
  const runs = `and ${onPods} ${own('boltdb_shipper_compactor_running')} == 1`;
  const retention = 'compactor_apply_retention';
  return [
    {
      name: 'LokiTooManyCompactorsRunning',
      severity: 'warning',
      for: '5m',
      expr: `sum ${context.by('job', namespace)} (${own('boltdb_shipper_compactor_running')}) > 1`,
      summary: `Several compactors of Loki run in ${labelValue(namespace)}`,
      description: `${VALUE.number} replicas compact the same index and delete by the same marks; one must.`,
    },
    {
      name: 'LokiCompactorHasNotSuccessfullyRunCompaction',
      severity: 'warning',
      for: '1h',
      threshold: { value: 10_800, unit: 'seconds' },
      expr: (threshold) =>
        `${longAgo(context, 'loki', 'loki_boltdb_shipper_compact_tables_operation_last_successful_run_timestamp_seconds', threshold)} ${runs}`,
      summary: `${where} does not compact its index`,
      description: (threshold) =>
        `No compaction of the index ended well for more than ${threshold}; every ten minutes one should. Queries become slow, and nothing is deleted by age.`,
    },
    {
      name: 'LokiRetentionNotRunning',
      severity: 'warning',
      for: '1h',
      threshold: { value: 10_800, unit: 'seconds' },
      // Both times are 0 where nothing is deleted by age; attempts are counted only where something is.
      expr: (threshold) =>
        `${longAgo(context, 'loki', `loki_${retention}_last_successful_run_timestamp_seconds`, threshold)} and ${onPods} sum ${context.by(namespace, pod)} (${own(`${retention}_operation_total`, isOneOf('status', ['failure', 'success']))}) > 0`,
      summary: `${where} does not apply its retention`,
      description: (threshold) =>
        `Lines have not been looked through for those that are too old for more than ${threshold}: they stay, and the bucket grows.`,
    },
  ];
}
