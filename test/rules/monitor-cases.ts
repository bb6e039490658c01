import { placeOf } from './case-patterns';
import { type Cases, target } from './cases';

const own = target('alloy-cluster');
const REMOTE = { url: 'http://monitoring-prometheus:9090/api/v1/write', remote_name: 'ab12' };
const SHOWN = { ...placeOf('alloy-cluster'), url: REMOTE.url };

const samples = (refused: string) => ({
  [own('prometheus_remote_storage_samples_failed_total', REMOTE)]: refused,
  [own('prometheus_remote_storage_samples_total', REMOTE)]: '0+1000x40',
});

const times = (newest: string, sent: string) => ({
  [own('prometheus_remote_storage_queue_highest_timestamp_seconds', REMOTE)]: newest,
  [own('prometheus_remote_storage_queue_highest_sent_timestamp_seconds', REMOTE)]: sent,
});

export const MONITOR_CASES: Cases = {
  AlloySamplesRefused: {
    fires: { series: samples('0+20x40'), at: '30m', alerts: [SHOWN] },
    silent: { series: samples('0+5x40'), at: '30m' },
  },
  AlloyWritesBehind: {
    fires: { series: times('1000+60x40', '1000+30x40'), at: '35m', alerts: [SHOWN] },
    silent: { series: times('1100+60x40', '1000+60x40'), at: '35m' },
  },
};
