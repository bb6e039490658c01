import { placeOf, rises, share } from './case-patterns';
import { type Cases, target } from './cases';

const node = target('alloy-node');
const cluster = target('alloy-cluster');
const SHOWN = { job: 'alloy-node', namespace: 'monitoring' };
const WRITE = { component_id: 'loki.write.loki', host: 'loki:3100' };
const SHOP = { component_id: 'loki.process.shop' };
const FILE = { component_id: 'loki.source.file.shop', path: '/var/log/pods/shop/0.log' };
const RECEIVER = { component_id: 'otelcol.receiver.otlp.apps' };

const size = (file: string, read: string) => ({
  [node('loki_source_file_file_bytes_total', FILE)]: file,
  [node('loki_source_file_read_bytes_total', FILE)]: read,
});

export const LOG_PIPELINE_CASES: Cases = {
  AlloyDroppingEntries: rises(
    node,
    'loki_write_dropped_entries_total',
    '30m',
    { ...SHOWN, reason: 'ingester_error' },
    { ...WRITE, reason: 'ingester_error' },
  ),
  AlloyPushFailing: rises(node, 'loki_write_batch_retries_total', '40m', { ...SHOWN, host: WRITE.host }, WRITE),
  AlloySendsNoLines: {
    fires: { series: { [node('loki_write_sent_entries_total', WRITE)]: '0+100x20 2000x60' }, at: '60m', alerts: [SHOWN] },
    // One node has nothing to send, another one has.
    silent: {
      series: {
        [node('loki_write_sent_entries_total', WRITE)]: '500x80',
        [target('alloy-node', 'alloy-node-1')('loki_write_sent_entries_total', WRITE)]: '0+1x80',
      },
      at: '60m',
    },
  },
  AlloyReadingBehind: {
    fires: { series: size('80000000x40', '10000000x40'), at: '30m', alerts: [placeOf('alloy-node')] },
    silent: [
      { series: size('80000000x40', '50000000+5000000x6 80000000x40'), at: '30m' },
      // Rotated: the new file is shorter than what was read of the old one.
      { series: size('1000x40', '90000000x40'), at: '30m' },
    ],
  },
  LogPipelineRateLimited: {
    fires: {
      series: { [node('loki_process_dropped_lines_total', { ...SHOP, reason: 'ratelimit_drop_stage' })]: '0+10x60' },
      at: '40m',
      alerts: [{ ...SHOWN, ...SHOP }],
    },
    // A filter drops what it was told to.
    silent: { series: { [node('loki_process_dropped_lines_total', { ...SHOP, reason: 'debug' })]: '0+10x60' }, at: '40m' },
  },
  LogPipelineLinesSplit: rises(node, 'loki_process_cri_partial_lines_flushed_total', '60m', { ...SHOWN, ...SHOP }, SHOP),
  OtelcolReceiverRefusedLogs: share(cluster, {
    failed: ['otelcol_receiver_refused_log_records_total', RECEIVER],
    all: ['otelcol_receiver_accepted_log_records_total', RECEIVER],
    at: '30m',
    shown: placeOf('alloy-cluster'),
    percent: 5,
  }),
  OtelcolExporterFailedLogs: share(cluster, {
    failed: ['otelcol_exporter_loki_entries_failed', { component_id: 'otelcol.exporter.loki.apps' }],
    all: ['otelcol_exporter_loki_entries_total', { component_id: 'otelcol.exporter.loki.apps' }],
    at: '30m',
    shown: placeOf('alloy-cluster'),
    percent: 5,
  }),
};
