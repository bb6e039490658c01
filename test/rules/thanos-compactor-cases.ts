import { noneAnswers, placeOf, rises, share } from './case-patterns';
import { type Cases, target } from './cases';

const own = target('thanos-compactor');
const PLACE = placeOf('thanos-compactor');
const ROUNDS = own('thanos_compact_iterations_total');
const START = own('process_start_time_seconds');
const HALTED = own('thanos_compact_halted');
const UPLOAD = { bucket: 'metrics', operation: 'upload' };

export const THANOS_COMPACTOR_CASES: Cases = {
  ThanosCompactIsDown: noneAnswers('thanos-compactor'),
  ThanosCompactMultipleRunning: {
    fires: {
      series: { [own('up')]: '1x30', [target('thanos-compactor', 'thanos-compactor-1')('up')]: '1x30' },
      at: '20m',
      alerts: [{ job: 'thanos-compactor' }],
    },
    // One takes the place of the other.
    silent: {
      series: { [own('up')]: '1x10 0x20', [target('thanos-compactor', 'thanos-compactor-1')('up')]: '0x10 1x20' },
      at: '20m',
    },
  },
  ThanosCompactHalted: {
    fires: { series: { [HALTED]: '0x5 1x30' }, at: '20m', alerts: [PLACE] },
    silent: { series: { [HALTED]: '0x35' }, at: '20m' },
  },
  ThanosCompactHighCompactionFailures: share(own, {
    failed: ['thanos_compact_group_compactions_failures_total', { resolution: '0' }],
    all: ['thanos_compact_group_compactions_total', { resolution: '0' }],
    at: '40m',
    shown: PLACE,
    percent: 5,
  }),
  ThanosCompactDownsampleFailing: {
    fires: {
      series: { [own('thanos_compact_downsample_failures_total', { resolution: '0' })]: '0x20 1x60' },
      at: '50m',
      alerts: [PLACE],
    },
    silent: { series: { [own('thanos_compact_downsample_failures_total', { resolution: '0' })]: '2x80' }, at: '50m' },
  },
  ThanosCompactBlockCleanupFailing: rises(own, 'thanos_compact_block_cleanup_failures_total', '150m', PLACE),
  ThanosCompactBucketHighOperationFailures: share(own, {
    failed: ['thanos_objstore_bucket_operation_failures_total', UPLOAD],
    all: ['thanos_objstore_bucket_operations_total', UPLOAD],
    at: '40m',
    shown: PLACE,
    percent: 5,
  }),
  ThanosCompactHasNotRun: {
    fires: { series: { [ROUNDS]: '5x1600', [START]: '0x1600', [HALTED]: '0x1600' }, at: '1580m', alerts: [PLACE] },
    silent: [
      // One round that took half a day.
      { series: { [ROUNDS]: '5x700 6x900', [START]: '0x1600', [HALTED]: '0x1600' }, at: '1580m' },
      // That is told by an alert of its own.
      { series: { [ROUNDS]: '5x1600', [START]: '0x1600', [HALTED]: '1x1600' }, at: '1580m' },
      // Started just now.
      { series: { [ROUNDS]: '0x100', [START]: '0x100', [HALTED]: '0x100' }, at: '100m' },
    ],
  },
};
