import type { Rules } from './definition';
import { labelValue, VALUE } from './rule-context';

/** What belongs to no single component: does everything answer, and does alerting itself work. */
export const GENERAL_RULES: Rules = {
  needs: [],
  groups: (context) => {
    const { labels } = context;
    const targets = context.by('job', labels.namespace);
    return [
      {
        name: 'general',
        alerts: [
          {
            name: 'Watchdog',
            severity: 'none',
            expr: 'vector(1)',
            summary: 'Alerting works',
            description:
              'This alert fires all the time. A receiver outside of the cluster expects it and raises an alarm when it stops coming.',
          },
          {
            name: 'TargetDown',
            severity: 'warning',
            for: '10m',
            threshold: { value: 0.1, unit: 'ratio' },
            // The sum of nothing is no answer, so only jobs with a target that is down are divided.
            expr: (threshold) => `count ${targets} (up == 0) / count ${targets} (up) > ${threshold}`,
            summary: `Targets of the job ${labelValue('job')} do not answer`,
            description: (threshold) =>
              `${VALUE.percentage} of the targets of the job ${labelValue('job')} in ${labelValue(labels.namespace)} cannot be scraped; at most ${threshold} is expected.`,
          },
        ],
      },
    ];
  },
};
