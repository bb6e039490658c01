import { hasAgents, ofAgents } from './alloy-rules';
import type { AlertDefinition, Rules } from './definition';
import { labelValue, type RuleContext, VALUE } from './rule-context';

/** What becomes of samples between the targets of monitors and Prometheus. Silent where Alloy writes none: the metrics do not exist then. */
export const MONITOR_RULES: Rules = {
  needs: [],
  groups: (context) => (hasAgents(context) ? [{ name: 'monitors', alerts: deliveryAlerts(context) }] : []),
};

function deliveryAlerts(context: RuleContext): AlertDefinition[] {
  const own = ofAgents(context);
  const { namespace, pod } = context.labels;
  const short = context.window(5);
  const where = `Alloy ${labelValue(namespace)}/${labelValue(pod)}`;
  const target = labelValue('url');
  const by = context.by(namespace, pod, 'url');
  const rate = (metric: string) => `sum ${by} (rate(${own(metric)}[${short}]))`;
  const newest = (metric: string) => `max ${by} (max_over_time(${own(metric)}[${short}]))`;
  return [
    {
      name: 'AlloySamplesRefused',
      severity: 'critical',
      for: '15m',
      threshold: { value: 0.01, unit: 'ratio' },
      expr: (threshold) =>
        `${rate('prometheus_remote_storage_samples_failed_total')} / ${rate('prometheus_remote_storage_samples_total')} > ${threshold}`,
      summary: `${where} loses samples of monitors on the way to ${target}`,
      description: (threshold) =>
        `${target} refuses ${VALUE.percentage} of the samples for good; at most ${threshold} is expected. They are not sent again.`,
    },
    {
      name: 'AlloyWritesBehind',
      severity: 'critical',
      for: '15m',
      threshold: { value: 120, unit: 'seconds' },
      expr: (threshold) =>
        `${newest('prometheus_remote_storage_queue_highest_timestamp_seconds')} - ${newest('prometheus_remote_storage_queue_highest_sent_timestamp_seconds')} > ${threshold}`,
      summary: `${where} is behind with writing samples of monitors to ${target}`,
      description: (threshold) =>
        `What ${target} has is ${VALUE.duration} old; at most ${threshold} is expected. Prometheus refuses samples that are more than an hour older than its newest.`,
    },
  ];
}
