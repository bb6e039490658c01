import { Duration } from 'cdk8s';
import type { DataSourceKind } from '../grafana/data-source-config';
import { AsWritten, type ProvisioningValue } from '../grafana/provisioning-yaml';
import { goDuration } from '../kubernetes/text';
import type { AlertRule, RuleGroup } from '../rules/rule';
import { groupProblems } from '../rules/rule-checks';
import { alertConfig } from '../rules/rule-file';
import { uidOf } from './uid';

/** What groups of rules are made from. */
export interface EvaluatedGroups {
  readonly groups: readonly RuleGroup[];
  readonly folder: string;
  /** Uid of the data source that is asked. */
  readonly dataSource: string;
  /** Undefined if Grafana does not have it. */
  readonly kind: DataSourceKind | undefined;
}

/** How often Grafana evaluates what says nothing else; its own default. */
const INTERVAL = Duration.minutes(1);

/** Grafana's scheduler ticks so often (`unified_alerting.scheduler_tick_interval`'s base). */
const TICK_MILLISECONDS = 10_000;

/** Data source of Grafana's own expressions. */
const EXPRESSIONS = '__expr__';

/** Kinds of data sources whose answers are series, and Grafana's name of the plugin. */
const PLUGINS: { readonly [kind in DataSourceKind]?: string } = { prometheus: 'prometheus', thanos: 'prometheus', loki: 'loki' };

/** Grafana's `$value` is a sentence; the number is that of the query. */
const inGrafana = (text: string) =>
  text.replace(/\{\{.*?\}\}/gs, (action) =>
    action.replace(/\$value\b/g, () => '$values.A.Value').replace(/(^|[\s(])\.Value\b/g, '$1.Values.A.Value'),
  );

/**
 * As Grafana itself imports rules of Prometheus: each series that the query answers with is an alert, whatever its value, and no series
 * is no alert. Source: grafana, pkg/services/ngalert/prom/convert.go.
 */
function rule({ folder, dataSource, kind }: EvaluatedGroups, group: string, alert: AlertRule) {
  const { labels, annotations, for: waits, keep_firing_for: keeps } = alertConfig(alert);
  const plugin = kind === undefined ? undefined : PLUGINS[kind];
  const expression = (refId: string, model: { readonly [key: string]: ProvisioningValue }): ProvisioningValue => ({
    refId,
    datasourceUid: EXPRESSIONS,
    model: { refId, datasource: { type: EXPRESSIONS, uid: EXPRESSIONS }, ...model },
  });
  return {
    uid: uidOf(alert.name, folder, group),
    title: alert.name,
    condition: 'C',
    data: [
      {
        refId: 'A',
        relativeTimeRange: { from: 600, to: 0 },
        datasourceUid: dataSource,
        model: {
          refId: 'A',
          datasource: { type: plugin, uid: new AsWritten(dataSource) },
          // Nothing in a model is expanded, because Grafana's macros begin with a dollar sign, too.
          expr: new AsWritten(alert.expr),
          instant: true,
          range: false,
          ...(plugin === 'loki' && { queryType: 'instant' }),
        },
      },
      expression('B', { type: 'math', expression: new AsWritten('is_number($A) || is_nan($A) || is_inf($A)') }),
      expression('C', { type: 'threshold', expression: 'B', conditions: [{ evaluator: { type: 'gt', params: [0] } }] }),
    ],
    // The query leaves out what is well; a data source that cannot be asked is an alert of its own.
    noDataState: 'OK',
    execErrState: 'Error',
    for: waits ?? '0s',
    ...(keeps !== undefined && { keepFiringFor: keeps }),
    // Over as soon as the series is gone, as in Prometheus.
    missing_series_evals_to_resolve: 1,
    labels: Object.fromEntries(Object.entries(labels).map(([name, text]) => [name, inGrafana(text)])),
    // Grafana expands no `$NAME` in annotations.
    annotations: Object.fromEntries(Object.entries(annotations).map(([name, text]) => [name, new AsWritten(inGrafana(text))])),
  };
}

/** The groups of the file. */
export const ruleGroups = (evaluated: EvaluatedGroups): ProvisioningValue =>
  evaluated.groups.map(({ name, interval = INTERVAL, alerts = [] }) => ({
    orgId: 1,
    name,
    folder: evaluated.folder,
    interval: goDuration(interval),
    rules: alerts.map((alert) => rule(evaluated, name, alert)),
  }));

const quoted = (value: unknown) => JSON.stringify(value);

/** Texts of templates that Prometheus fills in and Grafana cannot. */
const ONLY_PROMETHEUS = /\{\{[^}]*(\$external(Labels|URL)\b|\.External(Labels|URL)\b|\bquery\s+["`])/;

function alertProblems(path: string, alert: AlertRule): string[] {
  const { labels, annotations } = alertConfig(alert);
  return [
    ...Object.entries({ ...annotations, ...labels })
      .filter(([, text]) => ONLY_PROMETHEUS.test(text))
      .map(
        ([name, text]) =>
          `${path}: ${name} is ${quoted(text)}; allowed are $labels and $value, because Grafana knows neither external labels nor queries in texts: leave them out`,
      ),
    ...Object.entries(annotations)
      .filter(([, text]) => /\$\{|\$__\w+\{/.test(text))
      .map(
        ([name, text]) =>
          `${path}: ${name} is ${quoted(text)}; allowed are texts without "\${", which newer versions of Grafana fill in from their environment: leave it out`,
      ),
  ];
}

/** What is wrong with them. */
export function ruleGroupProblems(evaluated: EvaluatedGroups, scrapeInterval: Duration): string[] {
  const { groups, folder, dataSource, kind } = evaluated;
  const language = kind === 'loki' ? ({ language: 'logql' } as const) : ({ language: 'promql', scrapeInterval } as const);
  const titles = groups.flatMap(({ alerts = [] }) => alerts.map(({ name }) => name));
  const names = groups.map(({ name }) => name);
  const repeated = (values: readonly string[]) => [...new Set(values.filter((value, index) => values.indexOf(value) < index))];
  return [
    ...(folder.trim() === '' || folder.includes('/')
      ? [`alerting.folder is ${quoted(folder)}; allowed is a text without "/": name a folder`]
      : []),
    ...(kind !== undefined && PLUGINS[kind] !== undefined
      ? []
      : [
          `alerting.dataSource is ${quoted(dataSource)}; allowed are uids of data sources of Prometheus, Thanos and Loki that this Grafana has: correct it, or add the data source`,
        ]),
    ...repeated(titles).map(
      (title) => `alerting has two alerts ${title}; allowed is one of a name in a folder of Grafana: rename one`,
    ),
    ...repeated(names).map((name) => `alerting.groups has two groups ${quoted(name)}; allowed is each name once: rename one`),
    ...groups.flatMap((group) => [
      ...groupProblems('alerting.groups', group, language),
      ...(group.records && group.records.length > 0
        ? [
            `alerting.groups.${group.name} has records; allowed are alerts: leave records to Prometheus, which can write what they say`,
          ]
        : []),
      ...((group.interval ?? INTERVAL).toMilliseconds({ integral: false }) % TICK_MILLISECONDS === 0
        ? []
        : [
            `alerting.groups.${group.name}.interval is ${goDuration(group.interval ?? INTERVAL)}; allowed are multiples of 10s, at which Grafana evaluates: change it`,
          ]),
      ...(group.alerts ?? []).flatMap((alert) => alertProblems(`alerting.groups.${group.name}.${alert.name}`, alert)),
    ]),
  ];
}
