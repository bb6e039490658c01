import { placeOf, rises } from './case-patterns';
import { type Cases, target } from './cases';

const own = target('loki');
const PLACE = placeOf('loki');
const GROUP = { user: 'fake', rule_group: '/loki/rules-temp/fake/shop.yaml;shop' };
const SHOWN_GROUP = { ...PLACE, rule_group: GROUP.rule_group };
const errors = (alertmanager: string) => own('loki_prometheus_notifications_errors_total', { user: 'fake', alertmanager });
const sent = (alertmanager: string) => own('loki_prometheus_notifications_sent_total', { user: 'fake', alertmanager });

export const LOKI_RULER_CASES: Cases = {
  LokiRuleFailures: rises(own, 'loki_prometheus_rule_evaluation_failures_total', '40m', SHOWN_GROUP, GROUP),
  LokiMissingRuleEvaluations: rises(own, 'loki_prometheus_rule_group_iterations_missed_total', '40m', SHOWN_GROUP, GROUP),
  LokiRulerErrorSendingAlerts: {
    fires: {
      series: { [errors('a')]: '0+10x60', [sent('a')]: '0+10x60', [errors('b')]: '0+5x60', [sent('b')]: '0+95x60' },
      at: '40m',
      alerts: [PLACE],
    },
    silent: [
      // One of two gets everything.
      {
        series: { [errors('a')]: '0+10x60', [sent('a')]: '0+10x60', [errors('b')]: '0x60', [sent('b')]: '0+100x60' },
        at: '40m',
      },
      { series: { [errors('a')]: '0x60', [sent('a')]: '0x60' }, at: '40m' },
    ],
  },
  LokiRulerRemoteWriteFailing: rises(
    own,
    'loki_ruler_wal_prometheus_remote_storage_samples_failed_total',
    '40m',
    { ...PLACE, tenant: 'fake' },
    { tenant: 'fake', remote_name: '1', url: 'http://prometheus/api/v1/write' },
  ),
};
