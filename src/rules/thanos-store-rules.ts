import { noneAnswers, slowestHundredth } from './component-expressions';
import type { Rules } from './definition';
import { VALUE } from './rule-context';
import { ThanosPart } from './thanos-alerts';

/** Thanos Store Gateway: what is older than Prometheus' own data comes from it. */
export const THANOS_STORE_RULES: Rules = {
  needs: ['thanos-store'],
  groups: (context) => {
    const store = new ThanosPart(context, 'thanos-store', 'Thanos Store');
    const { own, where, window, pods } = store;
    return [
      {
        name: 'thanos-store',
        alerts: [
          {
            name: 'ThanosStoreIsDown',
            severity: 'critical',
            for: '5m',
            expr: noneAnswers(context, 'thanos-store'),
            summary: 'Thanos Store is down',
            description: 'No Thanos Store answers: queries end where the data of Prometheus itself begins.',
          },
          store.grpcFailing('ThanosStoreGrpcErrorRate', `${where} fails to answer`, 'the requests to it'),
          {
            name: 'ThanosStoreSeriesGateLatencyHigh',
            severity: 'warning',
            for: '10m',
            threshold: { value: 2, unit: 'seconds' },
            expr: (threshold) =>
              `${slowestHundredth(context, own('thanos_bucket_store_series_gate_queries_duration_seconds_bucket'), window, pods)} > ${threshold}`,
            summary: `Queries wait before ${where}`,
            description: (threshold) =>
              `One query in a hundred waits ${VALUE.duration} or more until it may start; at most ${threshold} is expected.`,
          },
          store.bucketFailing('ThanosStoreBucketHighOperationFailures', ' A store that is restarted now does not start.'),
          {
            name: 'ThanosStoreObjstoreOperationLatencyHigh',
            severity: 'warning',
            for: '10m',
            threshold: { value: 2, unit: 'seconds' },
            expr: (threshold) =>
              `${slowestHundredth(context, own('thanos_objstore_bucket_operation_duration_seconds_bucket'), window, pods)} > ${threshold}`,
            summary: `${where} waits for the object storage`,
            description: (threshold) =>
              `One request in a hundred to the object storage takes ${VALUE.duration} or more; at most ${threshold} is expected.`,
          },
          {
            name: 'ThanosStoreBlockLoadFailing',
            severity: 'warning',
            for: '30m',
            expr: `increase(${own('thanos_bucket_store_block_load_failures_total')}[${context.window(15)}]) > 0`,
            summary: `${where} cannot load blocks`,
            description: `${VALUE.number} attempts to load a block failed within ${context.window(15)}; queries miss what the block holds.`,
          },
        ],
      },
    ];
  },
};
