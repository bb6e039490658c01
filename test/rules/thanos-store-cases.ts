import { noneAnswers, placeOf, rises, share, slowest } from './case-patterns';
import { type Cases, target } from './cases';

const own = target('thanos-store');
const PLACE = placeOf('thanos-store');
const GET = { bucket: 'metrics', operation: 'get_range' };

export const THANOS_STORE_CASES: Cases = {
  ThanosStoreIsDown: noneAnswers('thanos-store'),
  ThanosStoreGrpcErrorRate: share(own, {
    failed: ['grpc_server_handled_total', { grpc_code: 'Unknown' }],
    // The question was taken back.
    all: ['grpc_server_handled_total', { grpc_code: 'Canceled' }],
    at: '30m',
    shown: PLACE,
    percent: 5,
  }),
  ThanosStoreSeriesGateLatencyHigh: slowest(own, {
    buckets: 'thanos_bucket_store_series_gate_queries_duration_seconds_bucket',
    bounds: ['1', '3'],
    at: '30m',
    shown: PLACE,
  }),
  ThanosStoreBucketHighOperationFailures: share(own, {
    failed: ['thanos_objstore_bucket_operation_failures_total', GET],
    all: ['thanos_objstore_bucket_operations_total', GET],
    at: '40m',
    shown: PLACE,
    percent: 5,
  }),
  ThanosStoreObjstoreOperationLatencyHigh: slowest(own, {
    buckets: 'thanos_objstore_bucket_operation_duration_seconds_bucket',
    labels: GET,
    bounds: ['1', '3'],
    at: '30m',
    shown: PLACE,
  }),
  ThanosStoreBlockLoadFailing: rises(own, 'thanos_bucket_store_block_load_failures_total', '60m', PLACE),
};
