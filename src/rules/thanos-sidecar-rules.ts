import { longAgo, noneAnswers } from './component-expressions';
import type { Rules } from './definition';
import { labelValue, VALUE } from './rule-context';

/** Thanos Sidecar. Without object storage it has no metrics of a bucket, and those alerts have nothing to compare. */
export const THANOS_SIDECAR_RULES: Rules = {
  needs: ['thanos-sidecar', 'prometheus'],
  groups: (context) => {
    const { labels } = context;
    const short = context.window(5);
    const own = (metric: string) => context.select('thanos-sidecar', `thanos_${metric}`);
    const where = `Thanos Sidecar ${labelValue(labels.namespace)}/${labelValue(labels.pod)}`;
    return [
      {
        name: 'thanos-sidecar',
        alerts: [
          {
            name: 'ThanosSidecarIsDown',
            severity: 'critical',
            for: '5m',
            expr: noneAnswers(context, 'thanos-sidecar'),
            summary: 'Thanos Sidecar is down',
            description:
              'No Thanos Sidecar answers: queries miss the last hours, and no block is uploaded. Prometheus collects and alerts on.',
          },
          {
            name: 'ThanosSidecarNoConnectionToStartedPrometheus',
            severity: 'critical',
            for: '5m',
            // While Prometheus reads its write-ahead log, it answers nobody.
            expr: `max_over_time(${own('sidecar_prometheus_up')}[${short}]) == 0 and ${context.on(labels.namespace, labels.pod)} ${context.select('prometheus', 'prometheus_tsdb_data_replay_duration_seconds')} > 0`,
            summary: `${where} cannot reach Prometheus`,
            description:
              'Prometheus in the same pod has started, but the sidecar gets no answer from it: queries miss the last hours.',
          },
          {
            name: 'ThanosSidecarUploadStalled',
            severity: 'critical',
            for: '15m',
            // A block is cut every two hours, the first one of a new Prometheus after three.
            threshold: { value: 14_400, unit: 'seconds' },
            expr: (threshold) =>
              longAgo(context, 'thanos-sidecar', 'thanos_objstore_bucket_last_successful_upload_time', threshold),
            summary: `${where} uploads no blocks`,
            description: (threshold) =>
              `No block was uploaded for more than ${threshold}, although one is cut every two hours. They stay on the volume of Prometheus, and are lost when its retention ends or the volume goes.`,
          },
          {
            name: 'ThanosSidecarUploadFailing',
            severity: 'warning',
            for: '30m',
            // What fails before the first byte, a missing right to link files for instance, counts here and nowhere else.
            expr: `increase(${own('shipper_dir_sync_failures_total')}[${short}]) > 0`,
            summary: `${where} fails to upload`,
            description: `${VALUE.number} attempts to upload what is new failed within ${short}. It tries again every 30 seconds.`,
          },
          {
            name: 'ThanosSidecarBucketOperationsFailed',
            severity: 'warning',
            for: '15m',
            expr: `sum ${context.by(labels.namespace, labels.pod, 'operation')} (rate(${own('objstore_bucket_operation_failures_total')}[${short}])) > 0`,
            summary: `${where} gets failures from the object storage`,
            description: `The operation ${labelValue('operation')} fails ${VALUE.number} times a second.`,
          },
          {
            name: 'ThanosSidecarCorruptedBlocks',
            severity: 'warning',
            expr: `increase(${own('shipper_corrupted_blocks_total')}[${context.window(60)}]) > 0`,
            summary: `${where} found blocks that cannot be read`,
            description: 'Blocks on the volume of Prometheus are incomplete or damaged, and are not uploaded.',
          },
        ],
      },
    ];
  },
};
