import { failedShare } from './component-expressions';
import type { AlertDefinition, Rules } from './definition';
import { labelValue, type RuleContext, VALUE } from './rule-context';

/** Alertmanager. That it is gone for good, only the dead man's switch can tell. */
export const ALERTMANAGER_RULES: Rules = {
  needs: ['alertmanager'],
  groups: (context) => [
    { name: 'alertmanager', alerts: [...sendAlerts(context), ...stateAlerts(context), ...clusterAlerts(context)] },
  ],
};

/** Series of Alertmanager. */
const ofAlertmanager = (context: RuleContext) => (metric: string) => context.select('alertmanager', `alertmanager_${metric}`);

/** Where it is, as texts say it. */
const place = ({ labels }: RuleContext) => `Alertmanager ${labelValue(labels.namespace)}/${labelValue(labels.pod)}`;

function sendAlerts(context: RuleContext): AlertDefinition[] {
  const own = ofAlertmanager(context);
  const { namespace, pod } = context.labels;
  const share = failedShare(context, {
    failed: own('notifications_failed_total'),
    all: own('notifications_total'),
    // Notifications are rare: one in five minutes is much.
    window: context.window(15),
    by: ['job', namespace, pod, 'integration'],
  });
  const integration = labelValue('integration');
  return [
    {
      name: 'AlertmanagerFailedToSendAlerts',
      severity: 'warning',
      for: '5m',
      threshold: { value: 0.01, unit: 'ratio' },
      expr: (threshold) => `${share} > ${threshold}`,
      summary: `${place(context)} fails to notify by ${integration}`,
      description: (threshold) =>
        `${VALUE.percentage} of the notifications by ${integration} fail; at most ${threshold} is expected. Another replica may get them through.`,
    },
    {
      name: 'AlertmanagerClusterFailedToSendAlerts',
      severity: 'critical',
      for: '5m',
      threshold: { value: 0.01, unit: 'ratio' },
      expr: (threshold) => `min ${context.by('job', namespace, 'integration')} (${share}) > ${threshold}`,
      summary: `No Alertmanager in ${labelValue(namespace)} can notify by ${integration}`,
      description: (threshold) =>
        `Even of the replica that does best, ${VALUE.percentage} of the notifications by ${integration} fail; at most ${threshold} is expected. People are not told.`,
    },
  ];
}

function stateAlerts(context: RuleContext): AlertDefinition[] {
  const own = ofAlertmanager(context);
  const where = place(context);
  // State is written every quarter of an hour.
  const hour = context.window(60);
  const increase = (metric: string) => `increase(${own(metric)}[${hour}])`;
  return [
    {
      name: 'AlertmanagerFailedReload',
      severity: 'critical',
      for: '10m',
      expr: `max_over_time(${own('config_last_reload_successful')}[${context.window(5)}]) == 0`,
      summary: `${where} cannot read its configuration`,
      description: `${where} goes on with the configuration that it read last, and will not start with the present one.`,
    },
    {
      name: 'AlertmanagerStateNotSaved',
      severity: 'warning',
      for: '30m',
      expr: `${increase('silences_maintenance_errors_total')} + ${increase('nflog_maintenance_errors_total')} > 0`,
      summary: `${where} cannot write its state`,
      description: `Silences and what was sent are in memory only: after a restart silenced alerts are told, and told ones are told again.`,
    },
    {
      name: 'AlertmanagerInvalidAlerts',
      severity: 'warning',
      for: '15m',
      expr: `rate(${own('alerts_invalid_total')}[${context.window(5)}]) > 0`,
      summary: `${where} refuses alerts`,
      description: `${VALUE.number} alerts a second are not well formed, and nobody is told about them.`,
    },
  ];
}

function clusterAlerts(context: RuleContext): AlertDefinition[] {
  const own = ofAlertmanager(context);
  const where = place(context);
  const { namespace } = context.labels;
  const short = context.window(5);
  const all = ['job', namespace];
  const up = context.select('alertmanager', 'up');
  const members = `max_over_time(${own('cluster_members')}[${short}])`;
  const inAll = `Alertmanager in ${labelValue(namespace)}`;
  return [
    {
      name: 'AlertmanagerMembersInconsistent',
      severity: 'critical',
      for: '15m',
      expr: `${members} < ${context.on(...all)} group_left () count ${context.by(...all)} (${members})`,
      summary: `${where} does not know all other replicas`,
      description: `${where} knows ${VALUE.number} members, fewer than there are: alerts are told more than once, and silences do not hold everywhere.`,
    },
    {
      name: 'AlertmanagerClusterFailedPeers',
      severity: 'warning',
      for: '15m',
      expr: `min_over_time(${own('cluster_failed_peers')}[${short}]) > 0`,
      summary: `${where} cannot reach other replicas`,
      description: `${VALUE.number} members of the cluster do not answer ${where}.`,
    },
    {
      name: 'AlertmanagerConfigInconsistent',
      severity: 'critical',
      for: '20m',
      expr: `count ${context.by(...all)} (count_values ${context.by(...all)} ("config_hash", ${own('config_hash')})) != 1`,
      summary: `Replicas of ${inAll} have different configurations`,
      description: `${VALUE.number} configurations are in use: whom an alert is told to depends on the replica.`,
    },
    {
      name: 'AlertmanagerClusterDown',
      severity: 'critical',
      for: '5m',
      threshold: { value: 0.5, unit: 'ratio' },
      expr: (threshold) =>
        `count ${context.by(...all)} (avg_over_time(${up}[${short}]) < 0.5) / count ${context.by(...all)} (${up}) >= ${threshold}`,
      summary: `Replicas of ${inAll} are down`,
      description: (threshold) =>
        `${VALUE.percentage} of the replicas did not answer for most of the last minutes (limit of this alert: ${threshold}).`,
    },
    {
      name: 'AlertmanagerClusterCrashlooping',
      severity: 'critical',
      for: '5m',
      threshold: { value: 0.5, unit: 'ratio' },
      expr: (threshold) =>
        `count ${context.by(...all)} (changes(${context.select('alertmanager', 'process_start_time_seconds')}[${context.window(10)}]) > 4) / count ${context.by(...all)} (${up}) >= ${threshold}`,
      summary: `Replicas of ${inAll} start again and again`,
      description: (threshold) =>
        `${VALUE.percentage} of the replicas have started at least five times within ${context.window(10)} (limit of this alert: ${threshold}).`,
    },
  ];
}
