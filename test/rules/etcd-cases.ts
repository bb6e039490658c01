import { type Cases, target } from './cases';

const own = target('etcd');
const second = target('etcd', 'etcd-1');
const third = target('etcd', 'etcd-2');
const MEMBER = { pod: 'etcd-0', node: 'node-1' };
const CLUSTER = { cluster: 'test' };

const slow = (metric: string, limits: readonly [string, string], labels: Record<string, string> = {}) => ({
  [own(metric, { ...labels, le: limits[0] })]: '0+90x40',
  [own(metric, { ...labels, le: limits[1] })]: '0+100x40',
  [own(metric, { ...labels, le: '+Inf' })]: '0+100x40',
});

const database = (size: number, used: number, quota = 2e9) => ({
  [own('etcd_mvcc_db_total_size_in_bytes')]: `${size}x40`,
  [own('etcd_mvcc_db_total_size_in_use_in_bytes')]: `${used}x40`,
  [own('etcd_server_quota_backend_bytes')]: `${quota}x40`,
});

const FSYNC = 'etcd_disk_wal_fsync_duration_seconds_bucket';
const COMMIT = 'etcd_disk_backend_commit_duration_seconds_bucket';
const ROUND_TRIP = 'etcd_network_peer_round_trip_time_seconds_bucket';
const PEER = { To: 'f1e2d3' };

export const ETCD_CASES: Cases = {
  EtcdInsufficientMembers: {
    fires: [
      { series: { [own('up')]: '1x40', [second('up')]: '0x40', [third('up')]: '0x40' }, at: '20m', alerts: [CLUSTER] },
      { series: {}, at: '20m', alerts: [{ job: 'etcd' }] },
    ],
    silent: [
      { series: { [own('up')]: '1x40', [second('up')]: '1x40', [third('up')]: '0x40' }, at: '20m' },
      { series: { [own('up')]: '1x40' }, at: '20m' },
    ],
  },
  EtcdMemberDown: {
    fires: { series: { [own('up')]: '0x40', [second('up')]: '1x40' }, at: '20m', alerts: [MEMBER] },
    silent: { series: { [own('up')]: '1x5 0x5 1x40' }, at: '20m' },
  },
  EtcdNoLeader: {
    fires: { series: { [own('etcd_server_has_leader')]: '0x40' }, at: '20m', alerts: [MEMBER] },
    silent: { series: { [own('etcd_server_has_leader')]: '1x40' }, at: '20m' },
  },
  EtcdHighNumberOfLeaderChanges: {
    fires: {
      series: { [own('etcd_server_leader_changes_seen_total')]: '1+1x40' },
      at: '30m',
      alerts: [CLUSTER],
    },
    silent: { series: { [own('etcd_server_leader_changes_seen_total')]: '1x10 2x40' }, at: '30m' },
  },
  EtcdHighNumberOfFailedProposals: {
    fires: { series: { [own('etcd_server_proposals_failed_total')]: '0+1x60' }, at: '50m', alerts: [MEMBER] },
    silent: { series: { [own('etcd_server_proposals_failed_total')]: '0x10 3x50' }, at: '50m' },
  },
  EtcdMemberCommunicationSlow: {
    fires: { series: slow(ROUND_TRIP, ['0.1', '0.8'], PEER), at: '30m', alerts: [{ ...MEMBER, ...PEER }] },
    silent: { series: slow(ROUND_TRIP, ['0.01', '0.02'], PEER), at: '30m' },
  },
  EtcdHighFsyncDurations: {
    fires: [
      {
        series: slow(FSYNC, ['0.512', '1.024']),
        at: '30m',
        alerts: [{ ...MEMBER, severity: 'warning' }],
      },
      {
        series: slow(FSYNC, ['2.048', '4.096']),
        at: '30m',
        alerts: [
          { ...MEMBER, severity: 'warning' },
          { ...MEMBER, severity: 'critical' },
        ],
      },
    ],
    silent: { series: slow(FSYNC, ['0.016', '0.032']), at: '30m' },
  },
  EtcdHighCommitDurations: {
    fires: { series: slow(COMMIT, ['0.256', '0.512']), at: '30m', alerts: [MEMBER] },
    silent: { series: slow(COMMIT, ['0.032', '0.064']), at: '30m' },
  },
  EtcdDatabaseQuotaLowSpace: {
    fires: { series: database(1.95e9, 1.9e9), at: '30m', alerts: [MEMBER] },
    silent: { series: database(1.8e9, 1.7e9), at: '30m' },
  },
  EtcdDatabaseHighFragmentationRatio: {
    fires: { series: database(1e9, 2e8), at: '30m', alerts: [MEMBER] },
    silent: [
      { series: database(1e9, 7e8), at: '30m' },
      // Small.
      { series: database(2e7, 2e6), at: '30m' },
    ],
  },
};
