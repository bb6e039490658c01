import { group, is, isNot, matches, operation } from '../../../query/expressions';
import { goProcess, red } from '../../blocks';
import { NAMESPACE } from '../../chain';
import { betterFrom, type Composer, legend, type Series, worseFrom } from '../../composer';
import { DashboardLayer } from '../../dashboard-options';
import type { Section } from '../../layout';
import type { StandardBoard } from '../../standard-board';
import { count, line, max, only, panelsOf, sum, sumOfEach } from '../panels-in-lines';
import { BOARD } from './names';

const of = (metric: string) => `grafana_${metric}`;

export const grafana: StandardBoard = {
  name: BOARD.grafana,
  title: 'Grafana / Overview',
  description: 'Whether Grafana answers, which data sources are slow, who uses it, and how its own alerting does.',
  layer: DashboardLayer.INFRASTRUCTURE,
  topic: 'monitoring',
  needs: ['grafana'],
  compose: (composer) => {
    const { container, pod } = composer.labels;
    const chosen = composer.choose('grafana_build_info', NAMESPACE);
    const own = only(chosen, is(container, 'grafana'));
    return {
      variables: chosen.variables,
      links: composer.boardLinks(['Overview', BOARD.overview]),
      sections: [
        state(composer, own),
        requests(composer, own),
        dataSources(composer, own),
        alerting(composer, own),
        goProcess(composer, own, pod),
      ],
    };
  },
};

function state(composer: Composer, { series }: Series): Section {
  const { number } = panelsOf(composer);
  const stat = (metric: string) => max(series(of(metric)));
  return {
    title: 'State',
    panels: line(
      number('Instances', 'short', sum(series('up')), 'Instances that answer.', { thresholds: betterFrom(1, 1) }),
      number('Version', 'none', count(series(of('build_info')), 'version'), 'Versions that run.', { name: '{{version}}' }),
      number('Dashboards', 'short', stat('stat_totals_dashboard'), 'Dashboards. Provisioned ones count.'),
      number('Data sources', 'short', sum(max(series(of('stat_totals_datasource')), 'plugin_id')), 'Data sources.'),
      number('Users', 'short', stat('stat_total_users'), 'Users that are known.'),
      number('Active users', 'short', stat('stat_active_users'), 'Users that were seen in the last 30 days.'),
    ),
  };
}

function requests(composer: Composer, own: Series): Section {
  const { rate, quantile, series } = own;
  const { graph } = panelsOf(composer);
  const duration = of('http_request_duration_seconds');
  const failed = [matches('status_code', '5..')];
  return {
    title: 'Requests',
    panels: [
      ...red(composer, own, { title: 'Requests', counter: `${duration}_count`, failed, duration }),
      ...line(
        graph('By answer', 'reqps', sumOfEach(rate(`${duration}_count`), 'status_code'), 'Requests per second, by HTTP status.', {
          stacked: true,
        }),
        graph('By path', 'reqps', sumOfEach(rate(`${duration}_count`), 'handler'), 'Requests per second, by path.', {
          stacked: true,
        }),
        graph(
          'Duration by path (p99)',
          's',
          { '{{handler}}': quantile(0.99, ['handler'], duration, isNot('handler', '/api/live/ws')) },
          'Time within which 99 % of the requests were answered.',
        ),
        graph(
          'At a time',
          'short',
          sumOfEach(series(of('http_request_in_flight')), composer.labels.pod),
          'Requests that are worked at just now.',
        ),
      ),
    ],
  };
}

function dataSources(composer: Composer, { rate, quantile, series }: Series): Section {
  const { graph } = panelsOf(composer);
  const by = 'datasource';
  const all = of('datasource_request_total');
  const share = operation(sum(rate(all, isNot('code', '200')), by), '/', group(operation(sum(rate(all), by), '>', 0)));
  return {
    title: 'Data sources',
    panels: line(
      graph('Queries', 'reqps', sumOfEach(rate(all), by), 'Queries per second, by data source.', { stacked: true }),
      graph(
        'Failed queries',
        'percentunit',
        { [legend(by)]: share },
        'Share of the queries that the data source did not answer well.',
        { thresholds: worseFrom(0.05) },
      ),
      graph(
        'Duration (p99)',
        's',
        { [legend(by)]: quantile(0.99, [by], of('datasource_request_duration_seconds')) },
        'Time within which 99 % of the queries were answered.',
      ),
      graph(
        'Database',
        'short',
        { 'in use': sum(series(of('database_conn_in_use'))), idle: sum(series(of('database_conn_idle'))) },
        'Connections to the database of Grafana.',
      ),
    ),
  };
}

function alerting(composer: Composer, { series, rate, quantile }: Series): Section {
  const { graph } = panelsOf(composer);
  const alert = (metric: string) => of(`alerting_${metric}`);
  return {
    title: 'Alerting of Grafana itself',
    panels: line(
      graph(
        'Rules',
        'short',
        { '{{state}}': sum(series(alert('rule_group_rules')), 'state') },
        'Alert rules that Grafana evaluates itself.',
      ),
      graph(
        'Evaluations',
        'ops',
        { evaluated: sum(rate(alert('rule_evaluations_total'))), failed: sum(rate(alert('rule_evaluation_failures_total'))) },
        'Evaluations per second.',
      ),
      graph(
        'Duration',
        's',
        {
          p50: quantile(0.5, [], alert('rule_evaluation_duration_seconds')),
          p99: quantile(0.99, [], alert('rule_evaluation_duration_seconds')),
        },
        'How long an evaluation takes.',
      ),
      graph(
        'Notifications',
        'ops',
        { sent: sum(rate(alert('notifications_total'))), failed: sum(rate(alert('notifications_failed_total'))) },
        'Notifications per second.',
      ),
    ),
  };
}
