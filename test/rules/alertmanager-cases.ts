import { placeOf, rises } from './case-patterns';
import { type Cases, target } from './cases';

const one = target('alertmanager', 'alertmanager-0');
const two = target('alertmanager', 'alertmanager-1');
const PLACE = placeOf('alertmanager');
const ALL = { job: 'alertmanager', namespace: 'monitoring' };
const SLACK = { integration: 'slack' };

const both = (metric: string, first: string, second: string) => ({ [one(metric)]: first, [two(metric)]: second });
const sent = (of: typeof one, failed: string, all: string) => ({
  [of('alertmanager_notifications_failed_total', { ...SLACK, reason: 'clientError' })]: failed,
  [of('alertmanager_notifications_total', SLACK)]: all,
});

export const ALERTMANAGER_CASES: Cases = {
  AlertmanagerFailedToSendAlerts: {
    fires: { series: sent(one, '0+1x40', '0+10x40'), at: '30m', alerts: [{ ...PLACE, ...SLACK }] },
    silent: [
      { series: sent(one, '0x40', '0+10x40'), at: '30m' },
      // Nothing to tell.
      { series: sent(one, '4x40', '9x40'), at: '30m' },
    ],
  },
  AlertmanagerClusterFailedToSendAlerts: {
    fires: {
      series: { ...sent(one, '0+1x40', '0+10x40'), ...sent(two, '0+5x40', '0+10x40') },
      at: '30m',
      alerts: [{ ...ALL, ...SLACK }],
    },
    // The other one gets everything through.
    silent: { series: { ...sent(one, '0+10x40', '0+10x40'), ...sent(two, '0x40', '0+10x40') }, at: '30m' },
  },
  AlertmanagerFailedReload: {
    fires: { series: { [one('alertmanager_config_last_reload_successful')]: '1x5 0x30' }, at: '25m', alerts: [PLACE] },
    silent: { series: { [one('alertmanager_config_last_reload_successful')]: '1x5 0x3 1x30' }, at: '25m' },
  },
  AlertmanagerStateNotSaved: {
    fires: {
      series: {
        [one('alertmanager_silences_maintenance_errors_total')]: '0x120',
        [one('alertmanager_nflog_maintenance_errors_total')]: '0x14 1x14 2x14 3x14 4x14 5x50',
      },
      at: '80m',
      alerts: [PLACE],
    },
    silent: {
      series: {
        [one('alertmanager_silences_maintenance_errors_total')]: '2x120',
        [one('alertmanager_nflog_maintenance_errors_total')]: '2x120',
      },
      at: '80m',
    },
  },
  AlertmanagerInvalidAlerts: rises(one, 'alertmanager_alerts_invalid_total', '40m', PLACE, { version: 'v2' }),
  AlertmanagerMembersInconsistent: {
    fires: {
      series: both('alertmanager_cluster_members', '2x40', '1x40'),
      at: '30m',
      alerts: [{ ...PLACE, pod: 'alertmanager-1' }],
    },
    silent: { series: both('alertmanager_cluster_members', '2x40', '2x10 1x3 2x40'), at: '30m' },
  },
  AlertmanagerClusterFailedPeers: {
    fires: { series: { [one('alertmanager_cluster_failed_peers')]: '1x40' }, at: '30m', alerts: [PLACE] },
    silent: { series: { [one('alertmanager_cluster_failed_peers')]: '0x10 1x8 0x40' }, at: '30m' },
  },
  AlertmanagerConfigInconsistent: {
    fires: { series: both('alertmanager_config_hash', '11x50', '22x50'), at: '40m', alerts: [ALL] },
    // A change is rolled out, pod after pod.
    silent: { series: both('alertmanager_config_hash', '11x5 22x50', '11x12 22x50'), at: '40m' },
  },
  AlertmanagerClusterDown: {
    fires: { series: both('up', '1x40', '0x40'), at: '20m', alerts: [ALL] },
    silent: {
      series: { ...both('up', '1x40', '0x40'), [target('alertmanager', 'alertmanager-2')('up')]: '1x40' },
      at: '20m',
    },
  },
  AlertmanagerClusterCrashlooping: {
    fires: {
      series: { ...both('process_start_time_seconds', '0+60x40', '0x40'), ...both('up', '1x40', '1x40') },
      at: '30m',
      alerts: [ALL],
    },
    silent: {
      series: { ...both('process_start_time_seconds', '0x10 600x5 900x30', '0x40'), ...both('up', '1x40', '1x40') },
      at: '30m',
    },
  },
};
