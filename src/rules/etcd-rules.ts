import type { AlertDefinition, Rules } from './definition';
import { each } from './kubernetes-selections';
import { labelValue, type RuleContext, VALUE } from './rule-context';

/** The store of the cluster, where it is not hidden. */
export const ETCD_RULES: Rules = {
  needs: ['etcd'],
  groups: (context) => [{ name: 'etcd', alerts: [...memberAlerts(context), ...diskAlerts(context), ...sizeAlerts(context)] }],
};

/** A member, under the name of its pod and node. */
const member = ({ labels }: RuleContext) => [labels.pod, labels.node];
const where = ({ labels }: RuleContext) => `etcd ${labelValue(labels.pod)}`;

function memberAlerts(context: RuleContext): AlertDefinition[] {
  const recent = context.window(15);
  const short = context.window(5);
  const eachMember = each(context, ...member(context));
  const increased = (metric: string) => eachMember(`increase(${context.select('etcd', metric)}[${recent}])`);
  const up = context.select('etcd', 'up');
  return [
    {
      name: 'EtcdInsufficientMembers',
      severity: 'critical',
      for: '3m',
      expr: `sum ${context.by()} (${up}) <= count ${context.by()} (${up}) / 2 or absent(${up})`,
      summary: 'etcd is about to lose its quorum, or has lost it',
      description:
        'No more than half of the members of etcd answer. Without more than half of them nothing is written, and the API server refuses all changes.',
    },
    {
      name: 'EtcdMemberDown',
      severity: 'warning',
      for: '10m',
      expr: `${eachMember(up)} == 0`,
      summary: `${where(context)} does not answer`,
      description: `Prometheus cannot scrape ${where(context)} on ${labelValue(context.labels.node)}. One failure less can be borne.`,
    },
    {
      name: 'EtcdNoLeader',
      severity: 'critical',
      for: '1m',
      expr: `${eachMember(context.select('etcd', 'etcd_server_has_leader'))} == 0`,
      summary: `${where(context)} has no leader`,
      description: `${where(context)} knows no leader of its cluster, and can neither read consistently nor write.`,
    },
    {
      name: 'EtcdHighNumberOfLeaderChanges',
      severity: 'warning',
      for: '5m',
      threshold: { value: 3, unit: 'count' },
      expr: (threshold) =>
        `max ${context.by()} (increase(${context.select('etcd', 'etcd_server_leader_changes_seen_total')}[${recent}])) >= ${threshold}`,
      summary: 'etcd changes its leader often',
      description: (threshold) =>
        `The leader has changed ${VALUE.number} times within ${recent}; fewer than ${threshold} are expected. Writing stops for a moment each time.`,
    },
    {
      name: 'EtcdHighNumberOfFailedProposals',
      severity: 'warning',
      for: '15m',
      threshold: { value: 5, unit: 'count' },
      expr: (threshold) => `${increased('etcd_server_proposals_failed_total')} > ${threshold}`,
      summary: `${where(context)} fails to write`,
      description: (threshold) =>
        `${VALUE.number} changes that ${where(context)} proposed have failed within ${recent}; at most ${threshold} is expected.`,
    },
    {
      name: 'EtcdMemberCommunicationSlow',
      severity: 'warning',
      for: '10m',
      threshold: { value: 0.15, unit: 'seconds' },
      expr: (threshold) =>
        `histogram_quantile(0.99, sum ${context.by(...member(context), 'To', 'le')} (rate(${context.select('etcd', 'etcd_network_peer_round_trip_time_seconds_bucket')}[${short}]))) > ${threshold}`,
      summary: `${where(context)} reaches another member slowly`,
      description: (threshold) =>
        `${where(context)} and the member ${labelValue('To')} need ${VALUE.duration} for a message and its answer; at most ${threshold} is expected.`,
    },
  ];
}

function diskAlerts(context: RuleContext): AlertDefinition[] {
  const short = context.window(5);
  const quantile = (metric: string) =>
    `histogram_quantile(0.99, sum ${context.by(...member(context), 'le')} (rate(${context.select('etcd', metric)}[${short}])))`;
  return [
    ...(
      [
        ['critical', 1],
        ['warning', 0.5],
      ] as const
    ).map(
      ([severity, value]): AlertDefinition => ({
        name: 'EtcdHighFsyncDurations',
        severity,
        for: '10m',
        threshold: { value, unit: 'seconds' },
        expr: (threshold) => `${quantile('etcd_disk_wal_fsync_duration_seconds_bucket')} > ${threshold}`,
        summary: `The disk of ${where(context)} is slow`,
        description: (threshold) =>
          `${where(context)} needs ${VALUE.duration} to put an entry of its log on the disk; at most ${threshold} is expected. Beyond one second the leader may lose its office.`,
      }),
    ),
    {
      name: 'EtcdHighCommitDurations',
      severity: 'warning',
      for: '10m',
      threshold: { value: 0.25, unit: 'seconds' },
      expr: (threshold) => `${quantile('etcd_disk_backend_commit_duration_seconds_bucket')} > ${threshold}`,
      summary: `The database of ${where(context)} is slow`,
      description: (threshold) =>
        `${where(context)} needs ${VALUE.duration} to commit to its database; at most ${threshold} is expected.`,
    },
  ];
}

function sizeAlerts(context: RuleContext): AlertDefinition[] {
  const size = each(context, ...member(context))(context.select('etcd', 'etcd_mvcc_db_total_size_in_bytes'));
  const used = each(context, ...member(context))(context.select('etcd', 'etcd_mvcc_db_total_size_in_use_in_bytes'));
  const quota = each(context, ...member(context))(context.select('etcd', 'etcd_server_quota_backend_bytes'));
  return [
    {
      name: 'EtcdDatabaseQuotaLowSpace',
      severity: 'critical',
      for: '10m',
      threshold: { value: 0.95, unit: 'ratio' },
      expr: (threshold) => `${size} / (${quota} > 0) > ${threshold}`,
      summary: `The database of ${where(context)} is almost full`,
      description: (threshold) =>
        `The database of ${where(context)} takes ${VALUE.percentage} of its quota; this alert begins at ${threshold}. At 100 % etcd refuses every change until somebody makes room.`,
    },
    {
      name: 'EtcdDatabaseHighFragmentationRatio',
      severity: 'warning',
      for: '10m',
      threshold: { value: 0.5, unit: 'ratio' },
      // A small database may be as empty as it likes.
      expr: (threshold) => `${used} / ${size} < ${threshold} and ${size} > 104857600`,
      summary: `The database of ${where(context)} is half empty`,
      description: (threshold) =>
        `Only ${VALUE.percentage} of the database file of ${where(context)} is used; at least ${threshold} is expected. Defragmenting gives the rest back.`,
    },
  ];
}
