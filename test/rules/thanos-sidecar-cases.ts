import { noneAnswers, placeOf, rises } from './case-patterns';
import { type Cases, target } from './cases';

const own = target('thanos-sidecar', 'prometheus-0');
const prometheus = target('prometheus');
const PLACE = placeOf('prometheus');
const UPLOAD = own('thanos_objstore_bucket_last_successful_upload_time', { bucket: 'metrics' });
const START = own('process_start_time_seconds');

export const THANOS_SIDECAR_CASES: Cases = {
  ThanosSidecarIsDown: noneAnswers('thanos-sidecar'),
  ThanosSidecarNoConnectionToStartedPrometheus: {
    fires: {
      series: {
        [own('thanos_sidecar_prometheus_up')]: '1x5 0x40',
        [prometheus('prometheus_tsdb_data_replay_duration_seconds')]: '3x45',
      },
      at: '30m',
      alerts: [PLACE],
    },
    // Prometheus still reads its write-ahead log.
    silent: {
      series: {
        [own('thanos_sidecar_prometheus_up')]: '0x45',
        [prometheus('prometheus_tsdb_data_replay_duration_seconds')]: '0x45',
      },
      at: '30m',
    },
  },
  ThanosSidecarUploadStalled: {
    fires: [
      // The last one after two hours.
      { series: { [UPLOAD]: '0x119 7200x400', [START]: '0x520' }, at: '400m', alerts: [PLACE] },
      // None since the start.
      { series: { [UPLOAD]: '0x300', [START]: '0x300' }, at: '280m', alerts: [PLACE] },
    ],
    silent: [
      { series: { [UPLOAD]: '0x119 7200x119 14400x119 21600x119', [START]: '0x480' }, at: '400m' },
      // Restarted, after which the time is unknown.
      { series: { [UPLOAD]: '0x100', [START]: '0x5 6000x95' }, at: '100m' },
      { series: { [START]: '0x400' }, at: '400m' },
    ],
  },
  ThanosSidecarUploadFailing: rises(own, 'thanos_shipper_dir_sync_failures_total', '50m', PLACE),
  ThanosSidecarBucketOperationsFailed: rises(
    own,
    'thanos_objstore_bucket_operation_failures_total',
    '40m',
    { ...PLACE, operation: 'upload' },
    { operation: 'upload', bucket: 'metrics' },
  ),
  ThanosSidecarCorruptedBlocks: {
    fires: { series: { [own('thanos_shipper_corrupted_blocks_total')]: '0x20 1x60' }, at: '40m', alerts: [PLACE] },
    silent: { series: { [own('thanos_shipper_corrupted_blocks_total')]: '1x60' }, at: '40m' },
  },
};
