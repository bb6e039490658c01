import type { Rules } from './definition';
import { labelValue, VALUE } from './rule-context';

/** Rules over log lines. Where there are none, the ruler has no series to compare. */
export const LOKI_RULER_RULES: Rules = {
  needs: ['loki'],
  groups: (context) => {
    const { labels } = context;
    const window = context.window(5);
    const own = (metric: string) => context.select('loki', `loki_${metric}`);
    const where = `Loki ${labelValue(labels.namespace)}/${labelValue(labels.pod)}`;
    const group = labelValue('rule_group');
    const rate = (metric: string) => `rate(${own(metric)}[${window}])`;
    const errors = rate('prometheus_notifications_errors_total');
    return [
      {
        name: 'loki-ruler',
        alerts: [
          {
            name: 'LokiRuleFailures',
            severity: 'critical',
            for: '15m',
            expr: `increase(${own('prometheus_rule_evaluation_failures_total')}[${window}]) > 0`,
            summary: `${where} cannot evaluate rules`,
            description: `${VALUE.number} evaluations of ${group} failed within ${window}; its alerts cannot fire.`,
          },
          {
            name: 'LokiMissingRuleEvaluations',
            severity: 'warning',
            for: '15m',
            expr: `increase(${own('prometheus_rule_group_iterations_missed_total')}[${window}]) > 0`,
            summary: `${where} is too slow for its rules`,
            description: `${VALUE.number} evaluations of ${group} were left out within ${window}, because those before took too long.`,
          },
          {
            name: 'LokiRulerErrorSendingAlerts',
            severity: 'critical',
            for: '15m',
            threshold: { value: 0.03, unit: 'ratio' },
            // Whether failures are among what was sent changed from version to version; either way this is above the limit.
            expr: (threshold) =>
              `min ${context.by(labels.namespace, labels.pod)} (${errors} / (${errors} + ${rate('prometheus_notifications_sent_total')})) > ${threshold}`,
            summary: `${where} cannot send alerts`,
            description: (threshold) =>
              `Even to the Alertmanager that is reached best, ${VALUE.percentage} of the alerts from log lines do not get through; at most ${threshold} is expected.`,
          },
          {
            name: 'LokiRulerRemoteWriteFailing',
            severity: 'warning',
            for: '15m',
            expr: `sum ${context.by(labels.namespace, labels.pod, 'tenant')} (rate(${own('ruler_wal_prometheus_remote_storage_samples_failed_total')}[${window}])) > 0`,
            summary: `${where} loses samples of its recording rules`,
            description: `${VALUE.number} samples a second that rules of the tenant ${labelValue('tenant')} made of lines are refused for good.`,
          },
        ],
      },
    ];
  },
};
