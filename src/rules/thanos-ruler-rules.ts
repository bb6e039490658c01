import { noneAnswers } from './component-expressions';
import type { AlertDefinition, Rules } from './definition';
import { labelValue, type RuleContext, VALUE } from './rule-context';
import { ThanosPart } from './thanos-alerts';

/** Thanos Ruler: where it fails, alerts over several clusters are missing, and nothing else tells. */
export const THANOS_RULER_RULES: Rules = {
  needs: ['thanos-ruler'],
  groups: (context) => {
    const ruler = new ThanosPart(context, 'thanos-ruler', 'Thanos Ruler');
    const { own, where, window } = ruler;
    return [
      {
        name: 'thanos-ruler',
        alerts: [
          {
            name: 'ThanosRuleIsDown',
            severity: 'critical',
            for: '5m',
            expr: noneAnswers(context, 'thanos-ruler'),
            summary: 'Thanos Ruler is down',
            description:
              'No Thanos Ruler answers: its alerts cannot fire, and its records have a gap. Rules of Prometheus go on.',
          },
          ruler.grpcFailing('ThanosRuleGrpcErrorRate', `${where} fails to answer`, 'the requests to it'),
          ...evaluationAlerts(context, ruler),
          ...notificationAlerts(ruler),
          {
            name: 'ThanosRuleConfigReloadFailure',
            severity: 'warning',
            for: '5m',
            expr: `max_over_time(${own('thanos_rule_config_last_reload_successful')}[${window}]) == 0`,
            summary: `${where} cannot read its rules`,
            description: 'It was told to read its rules again and could not; it goes on with those that it read before.',
          },
          ruler.lookupsFailing(
            'ThanosRuleQueryHighDNSFailures',
            'thanos_rule_query_apis_dns',
            'Thanos Query',
            ' It asks those that it found last; without one, no rule is evaluated.',
          ),
          ruler.lookupsFailing(
            'ThanosRuleAlertmanagerHighDNSFailures',
            'thanos_rule_alertmanagers_dns',
            'its Alertmanagers',
            ' It tells those that it found last; without one, nobody hears of its alerts.',
          ),
          {
            name: 'ThanosRuleUploadFailing',
            severity: 'warning',
            for: '30m',
            expr: `increase(${own('thanos_shipper_upload_failures_total')}[${context.window(60)}]) > 0`,
            summary: `${where} fails to upload`,
            description: `${VALUE.number} uploads of results failed within ${context.window(60)}. They stay on its volume, and are lost when its retention ends.`,
          },
        ],
      },
    ];
  },
};

function evaluationAlerts(context: RuleContext, ruler: ThanosPart): AlertDefinition[] {
  const { own, where, window, pods } = ruler;
  const group = labelValue('rule_group');
  const byGroup = context.by(...pods, 'rule_group');
  const perPod = (function_: string, metric: string) => `sum ${context.by(...pods)} (${function_}(${own(metric)}[${window}]))`;
  const interval = `max ${byGroup} (${own('prometheus_rule_group_interval_seconds')})`;
  return [
    ruler.failing(
      {
        name: 'ThanosRuleHighRuleEvaluationFailures',
        severity: 'critical',
        for: '5m',
        summary: `${where} cannot evaluate rules`,
      },
      {
        failed: own('prometheus_rule_evaluation_failures_total'),
        all: own('prometheus_rule_evaluations_total'),
        of: 'its evaluations',
        effect: ' An alert that cannot be evaluated cannot fire. One store that is missing from answers is enough.',
      },
    ),
    {
      name: 'ThanosRuleHighRuleEvaluationWarnings',
      severity: 'info',
      for: '15m',
      expr: `${perPod('increase', 'thanos_rule_evaluation_with_warnings_total')} > 0`,
      summary: `${where} gets warnings with its answers`,
      description: `${VALUE.number} evaluations came with a warning within ${window}: the answers may be incomplete.`,
    },
    {
      name: 'ThanosRuleRuleEvaluationLatencyHigh',
      severity: 'warning',
      for: '5m',
      expr: `max ${byGroup} (avg_over_time(${own('prometheus_rule_group_last_duration_seconds')}[${window}])) > ${interval}`,
      summary: `${where} is too slow for its rules`,
      description: `${group} takes ${VALUE.duration}, longer than its interval: evaluations are left out.`,
    },
    {
      name: 'ThanosRuleNoEvaluationFor10Intervals',
      severity: 'warning',
      for: '5m',
      expr: `time() - max ${byGroup} (${own('prometheus_rule_group_last_evaluation_timestamp_seconds')}) > 10 * ${interval}`,
      summary: `${where} does not evaluate ${group}`,
      description: `${group} was evaluated ${VALUE.duration} ago, more than ten of its intervals.`,
    },
    {
      name: 'ThanosNoRuleEvaluations',
      severity: 'critical',
      for: '5m',
      expr: `${perPod('rate', 'prometheus_rule_evaluations_total')} <= 0 and ${context.on(...pods)} sum ${context.by(...pods)} (${own('thanos_rule_loaded_rules')}) > 0`,
      summary: `${where} evaluates nothing`,
      description: 'It has rules, but has evaluated none of them: none of its alerts can fire.',
    },
  ];
}

function notificationAlerts({ own, where, window }: ThanosPart): AlertDefinition[] {
  const dropped = (name: string, metric: string, summary: string, cause: string): AlertDefinition => ({
    name,
    severity: 'critical',
    for: '5m',
    expr: `increase(${own(metric)}[${window}]) > 0`,
    summary,
    description: `${VALUE.number} alerts were dropped within ${window}, because ${cause}.`,
  });
  return [
    dropped(
      'ThanosRuleQueueIsDroppingAlerts',
      'thanos_alert_queue_alerts_dropped_total',
      `${where} has more alerts than it can send`,
      'the queue of those that wait was full',
    ),
    dropped(
      'ThanosRuleSenderIsFailingAlerts',
      'thanos_alert_sender_alerts_dropped_total',
      `${where} cannot send alerts`,
      'no Alertmanager took them',
    ),
  ];
}
