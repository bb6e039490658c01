import { group, operation } from '../../../query/expressions';
import { goProcess } from '../../blocks';
import { type Composer, legend, type Series, worseFrom } from '../../composer';
import { DashboardLayer } from '../../dashboard-options';
import type { Section } from '../../layout';
import type { StandardBoard } from '../../standard-board';
import { line, max, maxOfEach, panelsOf, sum, sumOfEach } from '../panels-in-lines';
import { BOARD, FAILING, grpc, objectStorage, seriesOf } from './parts';

const GROUP = 'rule_group';
const ofGroup = (what: string) => `prometheus_rule_group_${what}`;

/** Where anything at all is bad. */
const ANY = worseFrom(0.0001);

export const thanosRule: StandardBoard = {
  name: BOARD.rule,
  title: 'Thanos / Rule',
  description: 'Whether rules over all that Thanos sees are evaluated in time, and whether their alerts get to Alertmanager.',
  layer: DashboardLayer.INFRASTRUCTURE,
  topic: 'thanos',
  needs: ['thanos-ruler'],
  compose: (composer) => {
    const ruler = seriesOf(composer, 'ruler');
    return {
      variables: ruler.variables,
      links: composer.boardLinks(['Overview', BOARD.overview], ['Query', BOARD.query], ['Alertmanager', 'alertmanager-overview']),
      sections: [
        evaluations(composer, ruler),
        groups(composer, ruler),
        alerts(composer, ruler),
        grpc(composer, ruler),
        objectStorage(composer, ruler),
        goProcess(composer, ruler, composer.labels.pod),
      ],
    };
  },
};

function evaluations(composer: Composer, { series, rate }: Series): Section {
  const { graph, number } = panelsOf(composer);
  const { pod } = composer.labels;
  const evaluated = 'prometheus_rule_evaluations_total';
  const failed = operation(
    sum(rate('prometheus_rule_evaluation_failures_total'), GROUP),
    '/',
    group(operation(sum(rate(evaluated), GROUP), '>', 0)),
  );
  return {
    title: 'Evaluations',
    panels: [
      ...line(
        number('Rules', 'short', max(sum(series('thanos_rule_loaded_rules'), pod)), 'Rules that each pod has read.'),
        number(
          'Groups',
          'short',
          max(`count by (${pod}) (${series(ofGroup('interval_seconds'))})`),
          'Groups that each pod evaluates.',
        ),
        number(
          'Evaluations that fail',
          'ops',
          sum(rate('prometheus_rule_evaluation_failures_total')),
          'Evaluations per second that end in an error: an alert that cannot be evaluated cannot fire.',
          { thresholds: ANY },
        ),
        number(
          'Alerts that are lost',
          'ops',
          operation(
            sum(rate('thanos_alert_queue_alerts_dropped_total')),
            '+',
            sum(rate('thanos_alert_sender_alerts_dropped_total')),
          ),
          'Alerts per second that nobody is told of.',
          { thresholds: ANY },
        ),
      ),
      ...line(
        graph('Evaluations', 'ops', sumOfEach(rate(evaluated), pod), 'Rules per second that each pod evaluates.'),
        graph(
          'Evaluations that fail',
          'percentunit',
          { [legend(GROUP)]: failed },
          'Share of the evaluations of a group that end in an error.',
          {
            thresholds: FAILING,
          },
        ),
        graph(
          'Evaluations with warnings',
          'ops',
          sumOfEach(rate('thanos_rule_evaluation_with_warnings_total'), pod),
          'Evaluations per second whose answer may be incomplete.',
          { thresholds: ANY },
        ),
      ),
    ],
  };
}

function groups(composer: Composer, { series, rate }: Series): Section {
  const { graph } = panelsOf(composer);
  const interval = series(ofGroup('interval_seconds'));
  const taken = operation(max(series(ofGroup('last_duration_seconds')), GROUP), '/', max(interval, GROUP));
  const late = `(time() - ${max(series(ofGroup('last_evaluation_timestamp_seconds')), GROUP)}) / ${max(interval, GROUP)}`;
  return {
    title: 'Groups',
    panels: [
      ...line(
        graph(
          'Interval in use',
          'percentunit',
          { [legend(GROUP)]: taken },
          'Share of its interval that evaluating a group takes. Above 100 % evaluations are left out.',
          {
            thresholds: worseFrom(0.7, 1),
          },
        ),
        graph('Intervals since the last evaluation', 'short', { [legend(GROUP)]: late }, 'Above 2 evaluations are missing.', {
          thresholds: worseFrom(2, 10),
        }),
      ),
      ...line(
        graph(
          'Evaluations left out',
          'ops',
          sumOfEach(rate(ofGroup('iterations_missed_total')), GROUP),
          'Evaluations per second that were left out, because those before took too long.',
          { thresholds: ANY },
        ),
        graph(
          'Samples of an evaluation',
          'short',
          maxOfEach(series(ofGroup('last_evaluation_samples')), GROUP),
          'Series that a group makes each time.',
        ),
      ),
    ],
  };
}

function alerts(composer: Composer, { series, rate, quantile }: Series): Section {
  const { graph } = panelsOf(composer);
  const { pod } = composer.labels;
  const queue = (what: string) => `thanos_alert_queue_${what}`;
  const full = operation(max(series(queue('length')), pod), '/', group(operation(max(series(queue('capacity')), pod), '>', 0)));
  const found = (what: string) => series(`thanos_rule_${what}_dns_provider_results`);
  return {
    title: 'Alerts, and who is asked and told',
    panels: [
      ...line(
        graph(
          'Alerts sent',
          'ops',
          sumOfEach(rate('thanos_alert_sender_alerts_sent_total'), 'alertmanager'),
          'Alerts per second that each Alertmanager takes.',
        ),
        graph(
          'Sending: duration (p99)',
          's',
          { [legend('alertmanager')]: quantile(0.99, ['alertmanager'], 'thanos_alert_sender_latency_seconds') },
          'Time within which 99 % of the messages were taken.',
        ),
        graph('Queue', 'percentunit', { [legend(pod)]: full }, 'How full the queue of alerts is. At 100 % alerts are lost.', {
          max: 1,
          thresholds: worseFrom(0.5, 0.9),
        }),
        graph(
          'Lost alerts',
          'ops',
          {
            'queue full': sum(rate(queue('alerts_dropped_total'))),
            'not taken': sum(rate('thanos_alert_sender_alerts_dropped_total')),
          },
          'Alerts per second that nobody is told of.',
          { thresholds: ANY },
        ),
      ),
      ...line(
        graph(
          'Addresses found',
          'short',
          {
            'Thanos Query: {{addr}}': max(found('query_apis'), 'addr'),
            'Alertmanager: {{addr}}': max(found('alertmanagers'), 'addr'),
          },
          'Addresses behind each name. At 0 nobody is asked or told.',
        ),
        graph(
          'Failed lookups',
          'ops',
          {
            'Thanos Query': sum(rate('thanos_rule_query_apis_dns_failures_total')),
            Alertmanager: sum(rate('thanos_rule_alertmanagers_dns_failures_total')),
          },
          'Lookups of names per second that fail.',
          { thresholds: ANY },
        ),
      ),
    ],
  };
}
