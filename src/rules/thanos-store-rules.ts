import type { Matcher } from '../query/expressions';
import { failedShare, noneAnswers, slowestHundredth } from './component-expressions';
import type { Rules } from './definition';
import { labelValue, VALUE } from './rule-context';
import { GRPC_FAILURES } from './thanos-query-rules';

/** Thanos Store Gateway: what is older than Prometheus' own data comes from it. */
export const THANOS_STORE_RULES: Rules = {
  needs: ['thanos-store'],
  groups: (context) => {
    const { labels } = context;
    const window = context.window(5);
    const pods = [labels.namespace, labels.pod];
    const own = (metric: string, ...matchers: Matcher[]) => context.select('thanos-store', metric, ...matchers);
    const where = `Thanos Store ${labelValue(labels.namespace)}/${labelValue(labels.pod)}`;
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
          {
            name: 'ThanosStoreGrpcErrorRate',
            severity: 'warning',
            for: '5m',
            threshold: { value: 0.05, unit: 'ratio' },
            expr: (threshold) =>
              `${failedShare(context, {
                failed: own('grpc_server_handled_total', GRPC_FAILURES),
                all: own('grpc_server_handled_total'),
                window,
                by: pods,
              })} > ${threshold}`,
            summary: `${where} fails to answer`,
            description: (threshold) => `${VALUE.percentage} of the requests to it fail; at most ${threshold} is expected.`,
          },
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
          {
            name: 'ThanosStoreBucketHighOperationFailures',
            severity: 'warning',
            for: '15m',
            threshold: { value: 0.05, unit: 'ratio' },
            expr: (threshold) =>
              `${failedShare(context, {
                failed: own('thanos_objstore_bucket_operation_failures_total'),
                all: own('thanos_objstore_bucket_operations_total'),
                window,
                by: pods,
              })} > ${threshold}`,
            summary: `${where} gets failures from the object storage`,
            description: (threshold) =>
              `${VALUE.percentage} of its requests to the object storage fail; at most ${threshold} is expected. A store that is restarted now does not start.`,
          },
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
