import { is, matches, operation } from '../../../query/expressions';
import { worseFrom } from '../../composer';
import { DashboardLayer } from '../../dashboard-options';
import type { StandardBoard } from '../../standard-board';
import { count, line, max, maxOfEach, panelsOf, sum, sumOfEach } from '../panels-in-lines';

export const pushgateway: StandardBoard = {
  name: 'pushgateway-overview',
  title: 'Pushgateway / Overview',
  description: 'What jobs push, when they did last, and what was refused.',
  layer: DashboardLayer.INFRASTRUCTURE,
  topic: 'monitoring',
  needs: ['pushgateway'],
  compose: (composer) => {
    const { variables, series, rate, increase } = composer.choose('pushgateway_build_info');
    const { graph, number } = panelsOf(composer);
    const pushes = is('handler', 'push');
    const refused = matches('code', '[45]..');
    const since = (moment: string) => operation('time()', '-', series(moment));
    // Of those that are over: a job that failed last and went well since is fine.
    const failing = operation(series('push_failure_time_seconds'), '>', series('push_time_seconds'));
    return {
      variables,
      sections: [
        {
          title: 'State',
          panels: [
            ...line(
              number(
                'Groups',
                'short',
                count(series('push_time_seconds')),
                'Groups of metrics: each job, with the labels it pushes under.',
              ),
              number(
                'Failing',
                'short',
                count(failing),
                'Groups whose last push was not taken: their metrics are those of an earlier run.',
                {
                  thresholds: worseFrom(1),
                },
              ),
              number(
                'Refused pushes',
                'short',
                sum(increase('pushgateway_http_requests_total', pushes, refused)),
                'Pushes in the time that is shown that were answered with an error.',
                { thresholds: worseFrom(1) },
              ),
              number(
                'Longest ago',
                's',
                max(since('push_time_seconds')),
                'Time since the group that was pushed longest ago. What nobody deletes stays for ever.',
              ),
            ),
            ...line(
              graph(
                'Since the last push',
                's',
                maxOfEach(since('push_time_seconds'), 'job'),
                'Of each job. A job that runs every hour and shows more than an hour did not run, or could not push.',
              ),
              graph(
                'Since the last refusal',
                's',
                maxOfEach(since('push_failure_time_seconds'), 'job'),
                'Of each job. As long as the time itself: never.',
              ),
            ),
          ],
        },
        {
          title: 'Requests',
          panels: [
            ...line(
              graph(
                'Pushes',
                'reqps',
                sumOfEach(rate('pushgateway_http_requests_total', pushes), 'method', 'code'),
                'Pushes per second, by method and status.',
                { stacked: true },
              ),
              graph(
                'All requests',
                'reqps',
                sumOfEach(rate('pushgateway_http_requests_total'), 'handler', 'code'),
                'Requests per second, scrapes and probes among them.',
                { stacked: true },
              ),
            ),
          ],
        },
      ],
    };
  },
};
