import { noneAnswers, placeOf, rises, share } from './case-patterns';
import { type Cases, target } from './cases';

const own = target('thanos-ruler');
const PLACE = placeOf('thanos-ruler');
const GROUP = { rule_group: '/data/.tmp-rules/ABORT/fleet.yaml;fleet', strategy: 'abort' };
const OF_GROUP = { ...PLACE, rule_group: GROUP.rule_group };
const GROUP_METRIC = 'prometheus_rule_group';

export const THANOS_RULER_CASES: Cases = {
  ThanosRuleIsDown: noneAnswers('thanos-ruler'),
  ThanosRuleGrpcErrorRate: share(own, {
    failed: ['grpc_server_handled_total', { grpc_code: 'Internal' }],
    all: ['grpc_server_handled_total', { grpc_code: 'OK' }],
    at: '30m',
    shown: PLACE,
    percent: 5,
  }),
  ThanosRuleHighRuleEvaluationFailures: share(own, {
    failed: ['prometheus_rule_evaluation_failures_total', GROUP],
    all: ['prometheus_rule_evaluations_total', GROUP],
    at: '30m',
    shown: PLACE,
    percent: 5,
  }),
  ThanosRuleHighRuleEvaluationWarnings: rises(own, 'thanos_rule_evaluation_with_warnings_total', '30m', PLACE, {
    strategy: 'abort',
  }),
  ThanosRuleRuleEvaluationLatencyHigh: {
    fires: {
      series: {
        [own(`${GROUP_METRIC}_last_duration_seconds`, GROUP)]: '70x40',
        [own(`${GROUP_METRIC}_interval_seconds`, GROUP)]: '60x40',
      },
      at: '30m',
      alerts: [OF_GROUP],
    },
    // One evaluation was slow.
    silent: {
      series: {
        [own(`${GROUP_METRIC}_last_duration_seconds`, GROUP)]: '5x15 100 5x24',
        [own(`${GROUP_METRIC}_interval_seconds`, GROUP)]: '60x40',
      },
      at: '17m',
    },
  },
  ThanosRuleNoEvaluationFor10Intervals: {
    fires: [
      {
        series: {
          [own(`${GROUP_METRIC}_last_evaluation_timestamp_seconds`, GROUP)]: '0+60x10 600x30',
          [own(`${GROUP_METRIC}_interval_seconds`, GROUP)]: '60x40',
        },
        at: '30m',
        alerts: [OF_GROUP],
      },
    ],
    // Its interval is five minutes.
    silent: {
      series: {
        [own(`${GROUP_METRIC}_last_evaluation_timestamp_seconds`, GROUP)]: '0+60x10 600x30',
        [own(`${GROUP_METRIC}_interval_seconds`, GROUP)]: '300x40',
      },
      at: '30m',
    },
  },
  ThanosNoRuleEvaluations: {
    fires: {
      series: {
        [own('prometheus_rule_evaluations_total', GROUP)]: '7x40',
        [own('thanos_rule_loaded_rules', { group: 'fleet', strategy: 'ABORT' })]: '3x40',
      },
      at: '30m',
      alerts: [PLACE],
    },
    silent: [
      {
        series: {
          [own('prometheus_rule_evaluations_total', GROUP)]: '0+3x40',
          [own('thanos_rule_loaded_rules', { group: 'fleet', strategy: 'ABORT' })]: '3x40',
        },
        at: '30m',
      },
      {
        series: {
          [own('prometheus_rule_evaluations_total', GROUP)]: '0x40',
          [own('thanos_rule_loaded_rules', { group: 'fleet', strategy: 'ABORT' })]: '0x40',
        },
        at: '30m',
      },
    ],
  },
  ThanosRuleQueueIsDroppingAlerts: rises(own, 'thanos_alert_queue_alerts_dropped_total', '30m', PLACE),
  ThanosRuleSenderIsFailingAlerts: rises(own, 'thanos_alert_sender_alerts_dropped_total', '30m', PLACE),
  ThanosRuleConfigReloadFailure: {
    fires: { series: { [own('thanos_rule_config_last_reload_successful')]: '1x5 0x35' }, at: '30m', alerts: [PLACE] },
    silent: { series: { [own('thanos_rule_config_last_reload_successful')]: '1x20 0 1x20' }, at: '30m' },
  },
  ThanosRuleQueryHighDNSFailures: share(own, {
    failed: ['thanos_rule_query_apis_dns_failures_total'],
    all: ['thanos_rule_query_apis_dns_lookups_total'],
    at: '40m',
    shown: PLACE,
    percent: 1,
  }),
  ThanosRuleAlertmanagerHighDNSFailures: share(own, {
    failed: ['thanos_rule_alertmanagers_dns_failures_total'],
    all: ['thanos_rule_alertmanagers_dns_lookups_total'],
    at: '40m',
    shown: PLACE,
    percent: 1,
  }),
  ThanosRuleUploadFailing: rises(own, 'thanos_shipper_upload_failures_total', '120m', PLACE),
};
