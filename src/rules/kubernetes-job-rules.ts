import { is } from '../query/expressions';
import type { Rules } from './definition';
import { each, ofObjects } from './kubernetes-selections';
import { labelValue, VALUE } from './rule-context';

/** Jobs and CronJobs. */
export const KUBERNETES_JOB_RULES: Rules = {
  needs: ['kube-state-metrics'],
  groups: (context) => {
    const { labels } = context;
    const objects = ofObjects(context);
    const eachJob = each(context, labels.namespace, 'job_name');
    const eachCronJob = each(context, labels.namespace, 'owner_name');
    const job = `Job ${labelValue(labels.namespace)}/${labelValue('job_name')}`;
    const cronJob = `CronJob ${labelValue(labels.namespace)}/${labelValue('cronjob')}`;
    const started = eachJob(objects('kube_job_status_start_time'));
    const owner = each(
      context,
      labels.namespace,
      'job_name',
      'owner_name',
    )(objects('kube_job_owner', is('owner_kind', 'CronJob')));
    const succeeded = eachCronJob(
      `label_replace(${objects('kube_cronjob_status_last_successful_time')}, "owner_name", "$1", "cronjob", "(.+)")`,
    );
    const byJob = context.on(labels.namespace, 'job_name');
    // A run of its CronJob that came later has done the work. A Job that failed stays until its history is cleared.
    const madeUpFor = eachJob(
      `${started} * ${byJob} group_right () ${owner} < ${context.on(labels.namespace, 'owner_name')} group_left () ${succeeded}`,
    );
    return [
      {
        name: 'kubernetes-jobs',
        alerts: [
          {
            name: 'KubeJobFailed',
            severity: 'warning',
            for: '15m',
            expr: `${eachJob(objects('kube_job_failed', is('condition', 'true')))} > 0 unless ${madeUpFor}`,
            summary: `${job} has failed`,
            description: `${job} has used up its attempts or its time. If a CronJob made it, no later run has succeeded.`,
          },
          {
            name: 'KubeJobNotCompleted',
            severity: 'warning',
            threshold: { value: 43200, unit: 'seconds' },
            expr: (threshold) => `time() - ${started} > ${threshold} and ${eachJob(objects('kube_job_status_active'))} > 0`,
            summary: `${job} takes very long`,
            description: (threshold) => `${job} has been running for ${VALUE.duration}; at most ${threshold} is expected.`,
          },
          {
            name: 'KubeCronJobLate',
            severity: 'warning',
            threshold: { value: 3600, unit: 'seconds' },
            expr: (threshold) =>
              `time() - ${each(context, labels.namespace, 'cronjob')(objects('kube_cronjob_next_schedule_time'))} > ${threshold}`,
            summary: `${cronJob} does not start`,
            description: (threshold) =>
              `A run of ${cronJob} was due ${VALUE.duration} ago and has not started; at most ${threshold} is expected.`,
          },
        ],
      },
    ];
  },
};
