import { call, group, is, isNot, operation } from '../../../query/expressions';
import { goProcess } from '../../blocks';
import { NAMESPACE } from '../../chain';
import { betterFrom, type Composer, legend, type Series, worseFrom } from '../../composer';
import { DashboardLayer } from '../../dashboard-options';
import type { Section } from '../../layout';
import type { StandardBoard } from '../../standard-board';
import { count, line, max, maxOfEach, only, panelsOf, sum, sumOfEach } from '../panels-in-lines';
import { BOARD } from './names';

const of = (metric: string) => `alertmanager_${metric}`;

export const alertmanager: StandardBoard = {
  name: BOARD.alertmanager,
  title: 'Alertmanager / Overview',
  description: 'Alerts that come in, notifications that go out or fail, silences, and whether the members agree.',
  layer: DashboardLayer.INFRASTRUCTURE,
  topic: 'monitoring',
  needs: ['alertmanager'],
  compose: (composer) => {
    const { container, pod } = composer.labels;
    const chosen = composer.choose('alertmanager_build_info', NAMESPACE);
    const own = only(chosen, is(container, 'alertmanager'));
    return {
      variables: chosen.variables,
      links: composer.boardLinks(['Prometheus', 'prometheus-overview'], ['Overview', BOARD.overview]),
      sections: [
        state(composer, own),
        notifications(composer, own),
        members(composer, own),
        inside(composer, own),
        goProcess(composer, own, pod),
      ],
    };
  },
};

/** Share of the notifications that failed, for each value of the labels. */
function failed({ rate }: Series, ...by: string[]): string {
  const all = group(operation(sum(rate(of('notifications_total')), ...by), '>', 0));
  return operation(sum(rate(of('notifications_failed_total')), ...by), '/', all);
}

function state(composer: Composer, own: Series): Section {
  const { series, rate } = own;
  const { number, graph } = panelsOf(composer);
  const active = max(sum(series(of('alerts'), is('state', 'active')), composer.labels.pod));
  return {
    title: 'State',
    panels: [
      ...line(
        number('Instances', 'short', sum(series('up')), 'Members that answer.', { thresholds: betterFrom(1, 1) }),
        number('Active alerts', 'short', active, 'Alerts that fire and are neither silenced nor inhibited.'),
        number(
          'Suppressed alerts',
          'short',
          max(sum(series(of('alerts'), is('state', 'suppressed')), composer.labels.pod)),
          'Alerts that are silenced or inhibited.',
        ),
        number(
          'Silences',
          'short',
          max(series(of('silences'), is('state', 'active'))),
          'Silences in force. Forgotten ones hide what is wrong.',
        ),
        number('Failed notifications', 'percentunit', failed(own), 'Share of the notifications that nobody got.', {
          decimals: 1,
          thresholds: worseFrom(0.01, 0.1),
        }),
        number(
          'Failed reloads',
          'short',
          sum(operation(series(of('config_last_reload_successful')), '== bool', 0)),
          'Members that run with an old configuration, as the new one has an error.',
          {
            thresholds: worseFrom(1),
          },
        ),
      ),
      ...line(
        graph('Alerts', 'short', { '{{state}}': max(series(of('alerts')), 'state') }, 'Alerts by state.', { stacked: true }),
        graph(
          'Alerts received',
          'ops',
          { '{{status}}': sum(rate(of('alerts_received_total')), 'status'), invalid: sum(rate(of('alerts_invalid_total'))) },
          'Alerts per second that come in. None: Prometheus does not reach it; Watchdog always fires.',
        ),
      ),
    ],
  };
}

function notifications(composer: Composer, own: Series): Section {
  const { rate, quantile } = own;
  const { graph } = panelsOf(composer);
  const by = 'integration';
  return {
    title: 'Notifications',
    panels: [
      ...line(
        graph('Sent', 'ops', sumOfEach(rate(of('notifications_total')), by), 'Notifications per second, by where they go.', {
          stacked: true,
        }),
        graph('Failed', 'percentunit', { [legend(by)]: failed(own, by) }, 'Share of the notifications that failed.', {
          thresholds: worseFrom(0.01, 0.1),
        }),
        graph(
          'Failed by reason',
          'ops',
          { '{{integration}} / {{reason}}': sum(rate(of('notifications_failed_total')), by, 'reason') },
          'Notifications per second that failed: clientError is ours (credentials, template), serverError theirs.',
        ),
      ),
      ...line(
        graph(
          'Duration (p99)',
          's',
          { [legend(by)]: quantile(0.99, [by], of('notification_latency_seconds')) },
          'Time within which 99 % of the notifications were taken.',
        ),
        graph(
          'Not sent on purpose',
          'ops',
          sumOfEach(rate(of('notifications_suppressed_total')), 'reason'),
          'Notifications per second that were silenced, inhibited or muted.',
        ),
      ),
    ],
  };
}

function members(composer: Composer, { series, rate }: Series): Section {
  const { graph } = panelsOf(composer);
  const { pod } = composer.labels;
  const seen = series(of('cluster_members'));
  return {
    title: 'Members',
    panels: [
      ...line(
        graph(
          'Members seen',
          'short',
          maxOfEach(seen, pod),
          'Members that each sees. Different numbers: notifications come twice.',
        ),
        graph(
          'Configurations',
          'short',
          { different: count(call('count_values', '"hash"', series(of('config_hash')))) },
          'Different configurations of the members. More than one for long: one of them was not rolled out.',
          {
            thresholds: worseFrom(2),
          },
        ),
        graph('Failed members', 'short', maxOfEach(series(of('cluster_failed_peers')), pod), 'Members that are gone for each.', {
          thresholds: worseFrom(1),
        }),
      ),
      ...line(
        graph('Health', 'short', maxOfEach(series(of('cluster_health_score')), pod), 'Score of each member: 0 is well.', {
          thresholds: worseFrom(1),
        }),
        graph(
          'Messages that wait',
          'short',
          sumOfEach(series(of('cluster_messages_queued')), pod),
          'Messages to other members that are not sent yet.',
        ),
        graph(
          'Messages',
          'ops',
          {
            received: sum(rate(of('cluster_messages_received_total'))),
            sent: sum(rate(of('cluster_messages_sent_total'))),
            pruned: sum(rate(of('cluster_messages_pruned_total'))),
          },
          'Messages between members per second.',
        ),
      ),
    ],
  };
}

function inside(composer: Composer, { series, rate, quantile }: Series): Section {
  const { graph } = panelsOf(composer);
  const { pod } = composer.labels;
  return {
    title: 'Inside',
    panels: line(
      graph(
        'Groups',
        'short',
        maxOfEach(series(of('dispatcher_aggregation_groups')), pod),
        'Groups of alerts, each of which sends notifications of its own.',
      ),
      graph(
        'HTTP requests',
        'reqps',
        sumOfEach(rate(of('http_request_duration_seconds_count')), 'handler'),
        'Requests per second, by path.',
        { stacked: true },
      ),
      graph(
        'HTTP requests: duration (p99)',
        's',
        { '{{handler}}': quantile(0.99, ['handler'], of('http_request_duration_seconds'), isNot('handler', '/-/ready')) },
        'Time within which 99 % of the requests were answered.',
      ),
      graph(
        'Stored state',
        'bytes',
        {
          silences: max(series(of('silences_snapshot_size_bytes'))),
          notifications: max(series(of('nflog_snapshot_size_bytes'))),
        },
        'Size of what a restart reads again.',
      ),
    ),
  };
}
