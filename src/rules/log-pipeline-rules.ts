import { is } from '../query/expressions';
import { hasAgents, ofAgents } from './alloy-rules';
import { failedShare } from './component-expressions';
import type { AlertDefinition, Rules } from './definition';
import { labelValue, type RuleContext, VALUE } from './rule-context';

/** What becomes of lines between a node and Loki; docs/logs.md says what is lost by design, and which metric counts it. */
export const LOG_PIPELINE_RULES: Rules = {
  needs: [],
  groups: (context) =>
    hasAgents(context)
      ? [{ name: 'log-pipeline', alerts: [...deliveryAlerts(context), ...processingAlerts(context), ...otlpAlerts(context)] }]
      : [],
};

function deliveryAlerts(context: RuleContext): AlertDefinition[] {
  const own = ofAgents(context);
  const { namespace, pod } = context.labels;
  const short = context.window(5);
  const all = ['job', namespace];
  const behind = `clamp_min(${own('loki_source_file_file_bytes_total')} - ${own('loki_source_file_read_bytes_total')}, 0)`;
  return [
    {
      name: 'AlloyDroppingEntries',
      severity: 'critical',
      for: '5m',
      expr: `sum ${context.by(...all, 'reason')} (rate(${own('loki_write_dropped_entries_total')}[${context.window(10)}])) > 0`,
      summary: `Alloy (${labelValue('job')}) drops lines: ${labelValue('reason')}`,
      description: `${VALUE.number} lines a second are given up because of ${labelValue('reason')}. They are not sent again.`,
    },
    {
      name: 'AlloyPushFailing',
      severity: 'warning',
      for: '15m',
      expr: `sum ${context.by(...all, 'host')} (rate(${own('loki_write_batch_retries_total')}[${short}])) > 0`,
      summary: `Alloy (${labelValue('job')}) cannot hand lines to ${labelValue('host')}`,
      description: `${VALUE.number} batches a second are sent again. Lines wait on the disks of the nodes, and those who restart agents now lose what waits in them.`,
    },
    ...(context.has('alloy-node')
      ? [
          {
            name: 'AlloySendsNoLines',
            severity: 'critical' as const,
            for: '15m',
            expr: `sum ${context.by(...all)} (rate(${context.select('alloy-node', 'loki_write_sent_entries_total')}[${context.window(10)}])) == 0`,
            summary: `Alloy on the nodes (${labelValue('job')}) sends no lines at all`,
            description: `Not one line of any node arrives at Loki. The agents run, but read nothing or cannot send.`,
          },
        ]
      : []),
    {
      name: 'AlloyReadingBehind',
      severity: 'warning',
      for: '15m',
      // The kubelet rotates files at 10 MiB and keeps five: what is behind by more is about to be lost.
      threshold: { value: 50_000_000, unit: 'bytes' },
      expr: (threshold) => `sum ${context.by(namespace, pod)} (${behind}) > ${threshold}`,
      summary: `Alloy ${labelValue(namespace)}/${labelValue(pod)} is behind with reading files`,
      description: (threshold) =>
        `${VALUE.bytes} of log files are not read yet; at most ${threshold} is expected. What the kubelet rotates away before it is read is lost.`,
    },
  ];
}

/** By design, but not without being said. */
function processingAlerts(context: RuleContext): AlertDefinition[] {
  const own = ofAgents(context);
  const all = ['job', context.labels.namespace];
  const window = context.window(10);
  return [
    {
      name: 'LogPipelineRateLimited',
      severity: 'info',
      for: '15m',
      expr: `sum ${context.by(...all, 'component_id')} (rate(${own('loki_process_dropped_lines_total', is('reason', 'ratelimit_drop_stage'))}[${window}])) > 0`,
      summary: `The pipeline ${labelValue('component_id')} drops lines above its rate limit`,
      description: `${VALUE.number} lines a second are above the rate limit of the pipeline and are dropped, as it was told to. They count in its metrics.`,
    },
    {
      name: 'LogPipelineLinesSplit',
      severity: 'info',
      for: '15m',
      expr: `sum ${context.by(...all, 'component_id')} (rate(${own('loki_process_cri_partial_lines_flushed_total')}[${window}])) > 0`,
      summary: `The pipeline ${labelValue('component_id')} tears long lines apart`,
      description: `${VALUE.number} parts a second of lines above 16 KiB are sent as lines of their own, because more than 100 containers of a node write such lines at once.`,
    },
  ];
}

/** Lines that applications send. Loki's exporter counts for itself, not as those of OpenTelemetry do. */
function otlpAlerts(context: RuleContext): AlertDefinition[] {
  const own = ofAgents(context);
  const { namespace, pod } = context.labels;
  const window = context.window(5);
  const by = ['job', namespace, pod];
  const sum = (metric: string) => `sum ${context.by(...by)} (rate(${own(metric)}[${window}]))`;
  const refused = sum('otelcol_receiver_refused_log_records_total');
  const failed = failedShare(context, {
    failed: own('otelcol_exporter_loki_entries_failed'),
    all: own('otelcol_exporter_loki_entries_total'),
    window,
    by,
  });
  const where = `Alloy ${labelValue(namespace)}/${labelValue(pod)}`;
  return [
    {
      name: 'OtelcolReceiverRefusedLogs',
      severity: 'warning',
      for: '10m',
      threshold: { value: 0.05, unit: 'ratio' },
      expr: (threshold) => `${refused} / (${refused} + ${sum('otelcol_receiver_accepted_log_records_total')}) > ${threshold}`,
      summary: `${where} refuses log records`,
      description: (threshold) =>
        `${VALUE.percentage} of the log records that applications send are refused; at most ${threshold} is expected. Senders try again, and give up in the end.`,
    },
    {
      name: 'OtelcolExporterFailedLogs',
      severity: 'warning',
      for: '10m',
      threshold: { value: 0.05, unit: 'ratio' },
      expr: (threshold) => `${failed} > ${threshold}`,
      summary: `${where} cannot make lines of log records`,
      description: (threshold) =>
        `${VALUE.percentage} of the log records that were received cannot be turned into lines for Loki; at most ${threshold} is expected.`,
    },
  ];
}
