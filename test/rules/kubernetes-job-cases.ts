import type { Cases } from './cases';
import { object } from './kubernetes-series';

const JOB = { namespace: 'shop', job_name: 'bill-1' };
const CRON_JOB = { namespace: 'shop', cronjob: 'bill' };
const FAILED = object('kube_job_failed', { ...JOB, condition: 'true' });
const STARTED = object('kube_job_status_start_time', JOB);
const OWNER = object('kube_job_owner', { ...JOB, owner_kind: 'CronJob', owner_name: 'bill', owner_is_controller: 'true' });
const SUCCEEDED = object('kube_cronjob_status_last_successful_time', CRON_JOB);
const NEXT = object('kube_cronjob_next_schedule_time', CRON_JOB);

export const KUBERNETES_JOB_CASES: Cases = {
  KubeJobFailed: {
    fires: [
      { series: { [FAILED]: '1x40', [STARTED]: '100x40' }, at: '30m', alerts: [JOB] },
      // The last run that succeeded was before.
      { series: { [FAILED]: '1x40', [STARTED]: '100x40', [OWNER]: '1x40', [SUCCEEDED]: '50x40' }, at: '30m', alerts: [JOB] },
    ],
    silent: [
      { series: { [FAILED]: '0x40', [object('kube_job_failed', { ...JOB, condition: 'false' })]: '1x40' }, at: '30m' },
      { series: { [FAILED]: '1x40', [STARTED]: '100x40', [OWNER]: '1x40', [SUCCEEDED]: '150x40' }, at: '30m' },
    ],
  },
  KubeJobNotCompleted: {
    // Started before the first sample.
    fires: {
      series: { [STARTED]: '-43000x40', [object('kube_job_status_active', JOB)]: '1x40' },
      at: '30m',
      alerts: [JOB],
    },
    silent: [
      { series: { [STARTED]: '-41000x40', [object('kube_job_status_active', JOB)]: '1x40' }, at: '30m' },
      // Finished.
      { series: { [STARTED]: '-43000x40', [object('kube_job_status_active', JOB)]: '0x40' }, at: '30m' },
    ],
  },
  KubeCronJobLate: {
    fires: { series: { [NEXT]: '600x100' }, at: '80m', alerts: [CRON_JOB] },
    silent: { series: { [NEXT]: '600x50 7200x50' }, at: '80m' },
  },
};
