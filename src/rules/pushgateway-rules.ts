import { is, matches } from '../query/expressions';
import type { Rules } from './definition';
import { labelValue, VALUE } from './rule-context';

/** Pushgateway. Whether a job pushes as often as it should only its owner knows: the time of its last push is a metric. */
export const PUSHGATEWAY_RULES: Rules = {
  needs: ['pushgateway'],
  groups: (context) => {
    const window = context.window(15);
    return [
      {
        name: 'pushgateway',
        alerts: [
          {
            name: 'PushgatewayPushFailed',
            severity: 'warning',
            for: '5m',
            // No job of ours: these have the labels of who pushed, `job` among them.
            expr: `push_failure_time_seconds > push_time_seconds`,
            summary: `The last push of the job ${labelValue('job')} was refused`,
            description: `What the job ${labelValue('job')} pushed last does not fit to what is there, and was not taken: its metrics are those of an earlier run.`,
          },
          {
            name: 'PushgatewayRequestsRefused',
            severity: 'warning',
            for: '5m',
            expr: `sum ${context.by('job')} (increase(${context.select('pushgateway', 'pushgateway_http_requests_total', is('handler', 'push'), matches('code', '[45]..'))}[${window}])) > 0`,
            summary: 'The Pushgateway refuses what is pushed',
            description: `${VALUE.number} pushes were refused within ${window}, those without readable metrics among them, which no other metric tells.`,
          },
        ],
      },
    ];
  },
};
