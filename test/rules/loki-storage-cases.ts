import { placeOf, rises, share } from './case-patterns';
import { type Cases, target } from './cases';

const own = target('loki');
const PLACE = placeOf('loki');
const START = own('process_start_time_seconds');
const RUNNING = own('loki_boltdb_shipper_compactor_running');
const COMPACTED = own('loki_boltdb_shipper_compact_tables_operation_last_successful_run_timestamp_seconds');
const RETAINED = own('loki_compactor_apply_retention_last_successful_run_timestamp_seconds');
const RETENTIONS = own('loki_compactor_apply_retention_operation_total', { status: 'success' });
const CORRUPTIONS = own('loki_ingester_wal_corruptions_total', { type: 'segment' });
const UPLOAD = { bucket: 'logs', operation: 'upload' };

export const LOKI_STORAGE_CASES: Cases = {
  LokiWalDiskFull: {
    fires: { series: { [own('loki_ingester_wal_disk_full_failures_total')]: '0x5 0+3x20' }, at: '12m', alerts: [PLACE] },
    silent: { series: { [own('loki_ingester_wal_disk_full_failures_total')]: '0x5 7x40' }, at: '30m' },
  },
  LokiWalDiskFillingUp: {
    fires: { series: { [own('loki_ingester_wal_disk_usage_percent')]: '0.85x30' }, at: '20m', alerts: [PLACE] },
    // Files that are joined need room for a moment.
    silent: { series: { [own('loki_ingester_wal_disk_usage_percent')]: '0.75x10 0.85x5 0.75x20' }, at: '20m' },
  },
  LokiWalCorruption: {
    fires: [
      { series: { [CORRUPTIONS]: '_x10 1x60' }, at: '20m', alerts: [{ ...PLACE, type: 'segment' }] },
      { series: { [CORRUPTIONS]: '1x90 2x30' }, at: '100m', alerts: [{ ...PLACE, type: 'segment' }] },
    ],
    // Known for hours.
    silent: { series: { [CORRUPTIONS]: '1x200' }, at: '150m' },
  },
  LokiCheckpointFailing: rises(own, 'loki_ingester_checkpoint_creations_failed_total', '60m', PLACE),
  LokiIngesterFlushFailing: rises(own, 'loki_ingester_chunks_flush_failures_total', '60m', PLACE),
  LokiIndexUploadFailing: rises(own, 'loki_tsdb_shipper_tables_upload_operation_total', '60m', PLACE, { status: 'failure' }),
  LokiObjectStorageFailing: share(own, {
    failed: ['loki_objstore_bucket_operation_failures_total', UPLOAD],
    all: ['loki_objstore_bucket_operations_total', UPLOAD],
    at: '40m',
    shown: PLACE,
    percent: 5,
  }),
  LokiTooManyCompactorsRunning: {
    fires: {
      series: { [RUNNING]: '1x20', [target('loki', 'loki-1')('loki_boltdb_shipper_compactor_running')]: '1x20' },
      at: '15m',
      alerts: [{ job: 'loki', namespace: 'monitoring' }],
    },
    silent: {
      series: { [RUNNING]: '1x20', [target('loki', 'loki-1')('loki_boltdb_shipper_compactor_running')]: '0x20' },
      at: '15m',
    },
  },
  LokiCompactorHasNotSuccessfullyRunCompaction: {
    fires: [
      { series: { [COMPACTED]: '600x400', [RUNNING]: '1x400', [START]: '0x400' }, at: '280m', alerts: [PLACE] },
      { series: { [COMPACTED]: '0x400', [RUNNING]: '1x400', [START]: '0x400' }, at: '280m', alerts: [PLACE] },
    ],
    silent: [
      { series: { [COMPACTED]: '0+60x400', [RUNNING]: '1x400', [START]: '0x400' }, at: '280m' },
      // Another replica does it.
      { series: { [COMPACTED]: '0x400', [RUNNING]: '0x400', [START]: '0x400' }, at: '280m' },
      // Started not long ago.
      { series: { [COMPACTED]: '0x400', [RUNNING]: '1x400', [START]: '12000x400' }, at: '280m' },
    ],
  },
  LokiRetentionNotRunning: {
    fires: { series: { [RETAINED]: '600x400', [RETENTIONS]: '1x400', [START]: '0x400' }, at: '280m', alerts: [PLACE] },
    silent: [
      { series: { [RETAINED]: '0+60x400', [RETENTIONS]: '0+0.1x400', [START]: '0x400' }, at: '280m' },
      // Lines are kept forever.
      { series: { [RETAINED]: '0x400', [START]: '0x400' }, at: '280m' },
    ],
  },
};
