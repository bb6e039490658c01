import { App, type Chart, Duration, Testing } from 'cdk8s';
import { load } from 'js-yaml';
import { describe, expect, it } from 'vitest';
import { LogMetric } from '../../src/alloy/log-metric';
import { LogPipeline } from '../../src/alloy/log-pipeline';
import { catalogueProblems, withRecords } from '../../src/catalogue/catalogue-checks';
import { objectives as board } from '../../src/dashboards/standard/objectives/objectives';
import { standardBoard } from '../../src/dashboards/standard-board';
import { Prometheus } from '../../src/prometheus/prometheus';
import { checkPromQl } from '../../src/query/promql';
import { Alerts } from '../../src/rules/alerts';
import { everythingRuns } from '../../src/rules/content';
import type { GroupDefinition } from '../../src/rules/definition';
import {
  type AvailabilityObjectiveProps,
  type CustomObjectiveProps,
  type LatencyObjectiveProps,
  Objective,
} from '../../src/rules/objective';
import { objectivesProblems } from '../../src/rules/objective-checks';
import { objectiveGroups } from '../../src/rules/objective-records';
import { ObjectiveAlerts } from '../../src/rules/objective-settings';
import { PrometheusRules } from '../../src/rules/prometheus-rules-objects';
import { RuleContext } from '../../src/rules/rule-context';
import type { GroupConfig } from '../../src/rules/rule-file';
import { DataLabels } from '../../src/settings/data-labels';
import { Retention } from '../../src/settings/retention';
import { MonitoringStack } from '../../src/stack/monitoring-stack';
import type { MonitoringStackProps } from '../../src/stack/stack-options';
import { CONTEXT, queriesFor, variableSelectors } from '../dashboards/boards';
import { type Manifest, manifestOf, synthesisError, synthesize } from '../support/constructs';

const AVAILABILITY: AvailabilityObjectiveProps = { name: 'shop', target: 0.999, requestsMetric: 'http_requests_total' };
const LATENCY: LatencyObjectiveProps = {
  name: 'fast',
  target: 0.99,
  durationMetric: 'http_request_duration_ms',
  threshold: Duration.millis(500),
};
const CUSTOM: CustomObjectiveProps = {
  name: 'jobs',
  target: 0.9,
  eventsQuery: 'increase(jobs_total[$window])',
  failedEventsQuery: 'increase(jobs_total{outcome="failed"}[$window])',
};

const groupsOf = (objective: Objective, settings = everythingRuns()): GroupDefinition[] =>
  objectiveGroups(new RuleContext(settings), objective._settings);

const expressionsOf = (objective: Objective, settings = everythingRuns()): Record<string, string> =>
  Object.fromEntries(
    groupsOf(objective, settings).flatMap(({ records = [] }) => records.map(({ record, expr }) => [record, expr])),
  );

const problemsOf = (...objectives: Objective[]) =>
  objectivesProblems(everythingRuns({ objectives: objectives.map(({ _settings }) => _settings) }));

describe('what is recorded', () => {
  it('of an availability', () => {
    expect(groupsOf(Objective.availability(AVAILABILITY))).toMatchInlineSnapshot(`
      [
        {
          "interval": "30s",
          "name": "objective-shop",
          "records": [
            {
              "expr": "sum by (cluster, env) (increase(http_requests_total{}[5m]))",
              "labels": {
                "objective": "shop",
              },
              "record": "objective:events:increase5m",
            },
            {
              "expr": "sum by (cluster, env) (increase(http_requests_total{status=~"5.."}[5m])) or sum by (cluster, env) (increase(http_requests_total{}[5m])) * 0",
              "labels": {
                "objective": "shop",
              },
              "record": "objective:failed_events:increase5m",
            },
            {
              "expr": "sum by (cluster, env) (increase(http_requests_total{status=~"5.."}[1h])) or sum by (cluster, env) (increase(http_requests_total{}[1h])) * 0",
              "labels": {
                "objective": "shop",
              },
              "record": "objective:failed_events:increase1h",
            },
            {
              "expr": "sum_over_time(objective:failed_events:increase5m{objective="shop"}[6h]) * 0.1",
              "labels": {
                "objective": "shop",
              },
              "record": "objective:failed_events:increase6h",
            },
            {
              "expr": "objective:failed_events:increase5m{objective="shop"} / (objective:events:increase5m{objective="shop"} > 0)",
              "labels": {
                "objective": "shop",
              },
              "record": "objective:failed_events:ratio5m",
            },
            {
              "expr": "(sum by (cluster, env) (increase(http_requests_total{status=~"5.."}[30m])) or sum by (cluster, env) (increase(http_requests_total{}[30m])) * 0) / (sum by (cluster, env) (increase(http_requests_total{}[30m])) > 0)",
              "labels": {
                "objective": "shop",
              },
              "record": "objective:failed_events:ratio30m",
            },
            {
              "expr": "(sum by (cluster, env) (increase(http_requests_total{status=~"5.."}[1h])) or sum by (cluster, env) (increase(http_requests_total{}[1h])) * 0) / (sum by (cluster, env) (increase(http_requests_total{}[1h])) > 0)",
              "labels": {
                "objective": "shop",
              },
              "record": "objective:failed_events:ratio1h",
            },
            {
              "expr": "sum_over_time(objective:failed_events:increase5m{objective="shop"}[2h]) / (sum_over_time(objective:events:increase5m{objective="shop"}[2h]) > 0)",
              "labels": {
                "objective": "shop",
              },
              "record": "objective:failed_events:ratio2h",
            },
            {
              "expr": "sum_over_time(objective:failed_events:increase5m{objective="shop"}[6h]) / (sum_over_time(objective:events:increase5m{objective="shop"}[6h]) > 0)",
              "labels": {
                "objective": "shop",
              },
              "record": "objective:failed_events:ratio6h",
            },
          ],
        },
        {
          "interval": "120s",
          "name": "objective-shop-long",
          "records": [
            {
              "expr": "sum_over_time(objective:failed_events:increase5m{objective="shop"}[24h]) * 0.1",
              "labels": {
                "objective": "shop",
              },
              "record": "objective:failed_events:increase1d",
            },
            {
              "expr": "sum_over_time(objective:failed_events:increase5m{objective="shop"}[72h]) * 0.1",
              "labels": {
                "objective": "shop",
              },
              "record": "objective:failed_events:increase3d",
            },
            {
              "expr": "sum_over_time(objective:failed_events:increase5m{objective="shop"}[24h]) / (sum_over_time(objective:events:increase5m{objective="shop"}[24h]) > 0)",
              "labels": {
                "objective": "shop",
              },
              "record": "objective:failed_events:ratio1d",
            },
            {
              "expr": "sum_over_time(objective:failed_events:increase5m{objective="shop"}[72h]) / (sum_over_time(objective:events:increase5m{objective="shop"}[72h]) > 0)",
              "labels": {
                "objective": "shop",
              },
              "record": "objective:failed_events:ratio3d",
            },
            {
              "expr": "present_over_time(objective:events:increase5m{objective="shop"}[72h]) * 0.999",
              "labels": {
                "objective": "shop",
              },
              "record": "objective:target:ratio",
            },
            {
              "expr": "objective:target:ratio{objective="shop"} * 0 + 5",
              "labels": {
                "objective": "shop",
              },
              "record": "objective:page_failures:minimum",
            },
            {
              "expr": "objective:target:ratio{objective="shop"} * 0 + 5",
              "labels": {
                "objective": "shop",
              },
              "record": "objective:ticket_failures:minimum",
            },
            {
              "expr": "vector(1)",
              "labels": {
                "objective": "shop",
              },
              "record": "objective:declared:count",
            },
            {
              "expr": "sum_over_time(objective:failed_events:increase5m{objective="shop"}[720h]) / (sum_over_time(objective:events:increase5m{objective="shop"}[720h]) > 0)",
              "labels": {
                "objective": "shop",
              },
              "record": "objective:failed_events:ratio_window",
            },
            {
              "expr": "1 - objective:failed_events:ratio_window{objective="shop"} / 0.001",
              "labels": {
                "objective": "shop",
              },
              "record": "objective:error_budget:remaining",
            },
          ],
        },
      ]
    `);
  });

  it('of requests that are told by labels, or counted apart', () => {
    const by = { ...AVAILABILITY, where: { app: 'shop' }, by: ['namespace', 'cluster'] };
    const failed = 'objective:failed_events:increase5m';
    expect(expressionsOf(Objective.availability({ ...by, errorLabels: { outcome: 'SERVER_ERROR|UNKNOWN' } }))[failed]).toBe(
      'sum by (cluster, env, namespace) (increase(http_requests_total{app="shop", outcome=~"SERVER_ERROR|UNKNOWN"}[5m])) or sum by (cluster, env, namespace) (increase(http_requests_total{app="shop"}[5m])) * 0',
    );
    expect(expressionsOf(Objective.availability({ ...by, errorsMetric: 'http_errors_total' }))[failed]).toBe(
      'sum by (cluster, env, namespace) (increase(http_errors_total{app="shop"}[5m])) or sum by (cluster, env, namespace) (increase(http_requests_total{app="shop"}[5m])) * 0',
    );
  });

  it.each([
    ['http_request_duration_ms', Duration.millis(500), '500|500\\\\.0'],
    ['http_server_requests_seconds', Duration.millis(500), '0\\\\.5'],
    ['http_server_requests_seconds', Duration.seconds(2), '2|2\\\\.0'],
    ['batch_milliseconds', Duration.minutes(25), '1\\\\.5e\\\\+06'],
    ['cache_seconds', Duration.millis(0.05), '5e-05'],
  ])('of durations in %s: bucket %#', (durationMetric, threshold, bound) => {
    const { 'objective:failed_events:increase5m': failed } = expressionsOf(
      Objective.latency({ ...LATENCY, durationMetric, threshold }),
    );
    expect(failed).toBe(
      `clamp_min(sum by (cluster, env) (increase(${durationMetric}_count{}[5m])) - sum by (cluster, env) (increase(${durationMetric}_bucket{le=~"${bound}"}[5m])), 0)`,
    );
  });

  it('of anything that can be counted', () => {
    const { 'objective:failed_events:increase1h': failed } = expressionsOf(Objective.custom(CUSTOM));
    expect(failed).toBe(
      'sum by (cluster, env) (increase(jobs_total{outcome="failed"}[1h])) or sum by (cluster, env) (increase(jobs_total[1h])) * 0',
    );
  });

  it('in windows and at intervals that suit rare scrapes', () => {
    const rare = everythingRuns({ scrapeInterval: Duration.minutes(2) });
    const groups = groupsOf(Objective.availability(AVAILABILITY), rare);
    expect(groups.map(({ interval }) => interval)).toEqual(['120s', '120s']);
    const expressions = expressionsOf(Objective.availability(AVAILABILITY), rare);
    expect(expressions['objective:events:increase5m']).toContain('[8m]');
    expect(expressions['objective:failed_events:increase6h']).toMatch(/\[6h\]\) \* 0\.25$/);
    expect(
      groupsOf(Objective.availability(AVAILABILITY), everythingRuns({ scrapeInterval: Duration.seconds(5) }))[0].interval,
    ).toBe('30s');
  });

  it('with the labels of the stack', () => {
    const labels = new DataLabels({ cluster: 'k8s', environment: 'stage' });
    expect(expressionsOf(Objective.availability(AVAILABILITY), everythingRuns({ labels }))['objective:events:increase5m']).toBe(
      'sum by (k8s, stage) (increase(http_requests_total{}[5m]))',
    );
  });

  it('decides which alerts there are', () => {
    const minimums = (alerts: ObjectiveAlerts) =>
      Object.keys(expressionsOf(Objective.availability({ ...AVAILABILITY, alerts }))).filter((name) =>
        /minimum|declared/.test(name),
      );
    expect(minimums(ObjectiveAlerts.PAGE_AND_TICKET)).toHaveLength(3);
    expect(minimums(ObjectiveAlerts.TICKET)).toEqual(['objective:ticket_failures:minimum', 'objective:declared:count']);
    expect(minimums(ObjectiveAlerts.NONE)).toEqual([]);
  });

  it('are queries that Prometheus reads, of series that are there', () => {
    const own = {
      http_requests_total: ['cluster', 'env', 'namespace', 'app', 'status'],
      http_request_duration_ms_count: ['cluster', 'env', 'app', 'namespace'],
      http_request_duration_ms_bucket: ['cluster', 'env', 'app', 'namespace', 'le'],
      jobs_total: ['cluster', 'env', 'app', 'namespace', 'outcome'],
    };
    const by = ['namespace', 'app'];
    for (const objective of [
      Objective.availability({ ...AVAILABILITY, by }),
      Objective.latency({ ...LATENCY, by }),
      Objective.custom({ ...CUSTOM, by }),
    ]) {
      const records = groupsOf(objective).flatMap(({ records: all = [] }) => all);
      expect(records.flatMap(({ expr }) => checkPromQl(expr))).toEqual([]);
      const context = withRecords(
        records.map(({ record, expr, labels }) => ({ name: record, expr, labels })),
        { sources: [], own },
      );
      const json = standardBoard(board, {}, { ...CONTEXT, sources: new Set(['objectives']) });
      const queries = [...queriesFor(json, 'prometheus'), ...variableSelectors(json, 'prometheus')];
      expect(queries.length).toBeGreaterThan(15);
      const all = [...records.map(({ expr }) => expr), ...queries];
      expect([...new Set(all.flatMap((expr) => catalogueProblems(expr, context)))]).toEqual([]);
    }
  });
});

describe('properties of an objective', () => {
  const result = (objective: Objective) => JSON.stringify(groupsOf(objective));

  function expectEach<Props extends object>(make: (props: Props) => Objective, minimal: Props, every: Partial<Props>): void {
    for (const property of Object.keys(every) as (keyof Props)[]) {
      expect(result(make({ ...minimal, [property]: every[property] })), `${String(property)} changes nothing`).not.toBe(
        result(make(minimal)),
      );
    }
  }

  const common = {
    name: 'other',
    target: 0.95,
    window: Duration.days(7),
    by: ['app'],
    labels: { team: 'shop' },
    minimumFailures: 20,
    alerts: ObjectiveAlerts.TICKET,
  };

  it('each change something', () => {
    const availability: Required<AvailabilityObjectiveProps> = {
      ...common,
      requestsMetric: 'requests_total',
      errorsMetric: 'errors_total',
      errorLabels: { code: '5..' },
      where: { app: 'shop' },
    };
    expectEach(Objective.availability, AVAILABILITY, availability);
    const latency: Required<LatencyObjectiveProps> = {
      ...common,
      durationMetric: 'duration_seconds',
      threshold: Duration.millis(250),
      where: { app: 'shop' },
    };
    expectEach(Objective.latency, LATENCY, latency);
    const custom: Required<CustomObjectiveProps> = {
      ...common,
      eventsQuery: 'increase(runs_total[$window])',
      failedEventsQuery: 'increase(failed_runs_total[$window])',
    };
    expectEach(Objective.custom, CUSTOM, custom);
  });

  it('are there to read', () => {
    const { name, target } = Objective.availability(AVAILABILITY);
    expect({ name, target }).toEqual({ name: 'shop', target: 0.999 });
  });

  it('are right in the examples of docs/objectives.md', () => {
    expect(problemsOf(Objective.availability(AVAILABILITY), Objective.latency(LATENCY), Objective.custom(CUSTOM))).toEqual([]);
  });

  it('are errors where they cannot work', () => {
    expect(
      problemsOf(
        Objective.availability({ ...AVAILABILITY, name: 'Shop!' }),
        Objective.availability({ ...AVAILABILITY, target: 99.9 }),
        Objective.availability({ ...AVAILABILITY, name: 'all', target: 1 }),
        Objective.availability({ ...AVAILABILITY, name: 'low', target: 0.8 }),
        Objective.availability({ ...AVAILABILITY, name: 'hours', window: Duration.hours(36), minimumFailures: 0 }),
        Objective.availability({
          ...AVAILABILITY,
          name: 'labels',
          by: ['objective', 'a-b'],
          labels: { severity: 'x', env: 'y' },
        }),
        Objective.availability({ ...AVAILABILITY, name: 'both', errorsMetric: 'errors total', errorLabels: {} }),
        Objective.availability({
          ...AVAILABILITY,
          name: 'pattern',
          errorLabels: { 'a-b': '', code: '(' },
          where: { __name__: 'x' },
        }),
        Objective.latency({ ...LATENCY, durationMetric: 'duration', threshold: Duration.seconds(1), where: { le: '1' } }),
        Objective.latency({ ...LATENCY, name: 'never', threshold: Duration.millis(0) }),
        Objective.custom({
          ...CUSTOM,
          eventsQuery: 'increase(jobs_total[5m])',
          failedEventsQuery: 'increase(jobs_total[$window',
        }),
        Objective.custom({ ...CUSTOM, name: 'jobs' }),
      ),
    ).toMatchInlineSnapshot(`
      [
        "objectives has "jobs" twice; allowed is one objective of a name: rename one",
        "objectives["Shop!"].name is "Shop!"; allowed are 1 to 60 lower-case letters, digits and "-", neither first nor last a "-": rename it",
        "objectives["shop"].target is 99.9; allowed are shares between 0 and 1, which leave an error budget: write 0.999",
        "objectives["all"].target is 1; allowed are shares between 0 and 1, which leave an error budget: write 0.999",
        "objectives["low"].target is 0.8; allowed are shares above 0.833 where there are pages, because if everything failed the budget would burn 5 times as fast as it may, and pages begin above 6: raise the target, or set alerts to ObjectiveAlerts.TICKET",
        "objectives["hours"].window is 1.5 days; allowed are whole days from 3 on, the longest window of the alerts: change it",
        "objectives["hours"].minimumFailures is 0; allowed are whole numbers from 1 on: correct it",
        "objectives["labels"].by has "objective"; allowed are names of labels other than "objective" and "le": correct or leave it out",
        "objectives["labels"].by has "a-b"; allowed are names of labels other than "objective" and "le": correct or leave it out",
        "objectives["labels"].labels has the name "severity"; allowed are labels that the rule has no property for: use that property",
        "objectives["labels"].labels has the name "env"; allowed are labels that the rule has no property for: use that property",
        "objectives["both"].errorsMetric is "errors total"; allowed are letters, digits, "_" and ":", not starting with a digit: name a metric",
        "objectives["both"].errorLabels is given beside errorsMetric; allowed is one of both: leave one out",
        "objectives["both"].errorLabels is {}; allowed is at least one label, or every request would have failed: name one, or leave it out",
        "objectives["pattern"].errorLabels.code is "("; allowed is a regular expression as RE2 reads it: correct it (Invalid regular expression: /(/: Unterminated group)",
        "objectives["pattern"].errorLabels has the name "a-b"; allowed are letters, digits and "_", not starting with a digit or "__": rename the label",
        "objectives["pattern"].errorLabels.a-b is ""; allowed is a value, because an empty label is none: give one",
        "objectives["pattern"].where has the name "__name__"; allowed are letters, digits and "_", not starting with a digit or "__": rename the label",
        "objectives["fast"].where has the name "le"; allowed are labels that the rule has no property for: use that property",
        "objectives["fast"].durationMetric is "duration"; allowed are names that end in "_seconds", "_milliseconds" or "_ms", by which the threshold is compared: use Objective.custom for others",
        "objectives["never"].threshold is 0 ms; allowed is more than 0: correct it",
        "objectives["jobs"].eventsQuery is "increase(jobs_total[5m])"; allowed are queries over "$window": write it where the window stands, as in [$window]",
        "objectives["jobs"].failedEventsQuery is "increase(jobs_total[$window"; allowed is PromQL: the query ends too early ("…crease(jobs_total[5m")",
      ]
    `);
    expect(problemsOf(Objective.availability({ ...AVAILABILITY, target: 0.8, alerts: ObjectiveAlerts.TICKET }))).toEqual([]);
  });
});

describe('objectives in Prometheus', () => {
  const rulesIn = (manifests: Manifest[], name: string) => {
    const { data } = manifestOf(manifests, 'ConfigMap', `monitoring-prometheus-${name}`);
    const groups = Object.values<string>(data).flatMap((text) => (load(text) as { groups: GroupConfig[] }).groups);
    return groups.flatMap(({ rules }) => rules.map((rule) => ('alert' in rule ? rule.alert : rule.record)));
  };
  const withObjectives =
    (alerts: Alerts, ...objectives: Objective[]) =>
    (chart: Chart) =>
      new Prometheus(chart, 'prometheus', { alerts, objectives, retention: Retention.days(30) });

  it('are rules beside those of the library', () => {
    const alerts = new Alerts().addObjectives(Objective.latency(LATENCY));
    const manifests = synthesize((chart) => {
      withObjectives(alerts, Objective.availability(AVAILABILITY))(chart);
      alerts.addObjectives(Objective.custom(CUSTOM));
    });
    const names = rulesIn(manifests, 'objectives');
    expect(names.filter((name) => name === 'objective:events:increase5m')).toHaveLength(3);
    expect(names.filter((name) => name === 'ObjectiveErrorBudgetBurn')).toHaveLength(2);
    expect(rulesIn(manifests, 'rules').filter((name) => /objective/i.test(name))).toEqual([]);
  });

  it('have alerts without those of the library, too, and changed as those are', () => {
    const only = synthesize(withObjectives(new Alerts({ library: false }), Objective.availability(AVAILABILITY)));
    expect(rulesIn(only, 'objectives')).toContain('ObjectiveErrorBudgetBurn');
    const changed = new Alerts()
      .without('ObjectiveErrorBudgetSpent')
      .override('ObjectiveErrorBudgetBurn', { labels: { a: 'b' } });
    expect(rulesIn(synthesize(withObjectives(changed, Objective.availability(AVAILABILITY))), 'objectives')).not.toContain(
      'ObjectiveErrorBudgetSpent',
    );
  });

  it('lie in several ConfigMaps where there are many', () => {
    const many = Array.from({ length: 21 }, (_, index) => Objective.availability({ ...AVAILABILITY, name: `shop-${index}` }));
    const manifests = synthesize(withObjectives(new Alerts(), ...many));
    expect(rulesIn(manifests, 'objectives-2').filter((name) => name === 'objective:events:increase5m')).toHaveLength(1);
    expect(rulesIn(manifests, 'objectives-2')).not.toContain('ObjectiveErrorBudgetBurn');
  });

  it('must not look back further than samples are kept', () => {
    expect(
      synthesisError((chart) => new Prometheus(chart, 'prometheus', { objectives: [Objective.availability(AVAILABILITY)] })),
    ).toContain(
      '[test/prometheus] objectives["shop"].window is 30 days; allowed are at most the 15d that Prometheus keeps samples: shorten the window, or raise the retention of Prometheus',
    );
  });

  it('must not look back further than samples are kept where an operator runs it', () => {
    const objectives = [Objective.availability(AVAILABILITY)];
    const make = (retention: Retention) => (chart: Chart) => new PrometheusRules(chart, 'rules', { objectives, retention });
    expect(synthesisError(make(Retention.days(29)))).toContain('allowed are at most the 29d that Prometheus keeps samples');
    expect(synthesize(make(Retention.days(30)))).not.toEqual([]);
  });

  it('are objects for an operator', () => {
    const manifests = synthesize(
      (chart) => new PrometheusRules(chart, 'rules', { objectives: [Objective.availability(AVAILABILITY)] }),
    );
    const { spec } = manifestOf(manifests, 'PrometheusRule', 'monitoring-prometheus-rules-objectives');
    expect(spec.groups.map(({ name }: Manifest) => name)).toEqual(['objective-shop', 'objective-shop-long', 'objectives']);
  });
});

describe('objectives of a stack', () => {
  const BASE: MonitoringStackProps = {
    prometheus: { retention: Retention.days(30) },
    loki: {},
    logs: [LogPipeline.json({ name: 'shop', namespaces: ['shop'], metrics: LogMetric.http({ prefix: 'shop' }) })],
    grafana: {},
  };
  const http = { requestsMetric: 'shop_http_requests_total', errorsMetric: 'shop_http_errors_total' };
  const latency = { ...LATENCY, durationMetric: 'shop_http_request_duration_ms' };
  const synth = (props: MonitoringStackProps): Manifest[] => Testing.synth(new MonitoringStack(new App(), 'stack', props));
  const boardsIn = (manifests: Manifest[]) =>
    manifests.filter(({ kind }) => kind === 'ConfigMap').flatMap(({ data }) => Object.keys(data));

  it('are on a dashboard, which is not there without any', () => {
    const objectives = [
      Objective.availability({ ...AVAILABILITY, ...http, by: ['namespace', 'app', 'method'] }),
      Objective.latency({ ...latency, where: { status: '2xx' } }),
    ];
    expect(boardsIn(synth({ ...BASE, objectives })).filter((file) => /^objectives\.json/.test(file))).toHaveLength(1);
    expect(boardsIn(synth(BASE)).filter((file) => /^objectives\.json/.test(file))).toEqual([]);
  });

  it('are compared with metrics that are made from logs', () => {
    const objectives = [
      Objective.availability({ ...AVAILABILITY, ...http, by: ['service'] }),
      Objective.latency({ ...latency, threshold: Duration.millis(300), where: { code: '200' } }),
    ];
    const problems = (() => {
      try {
        synth({ ...BASE, objectives });
        return '';
      } catch (error) {
        return (error as Error).message;
      }
    })();
    expect(problems.split('\n').filter((line) => line.includes('objectives['))).toMatchInlineSnapshot(`
      [
        "  [stack/prometheus] objectives["shop"].by has "service"; allowed are labels of shop_http_requests_total, namespace, app, container, cluster, env, method, status, job, instance: choose one of them",
        "  [stack/prometheus] objectives["shop"].by has "service"; allowed are labels of shop_http_errors_total, namespace, app, container, cluster, env, method, status, job, instance: choose one of them",
        "  [stack/prometheus] objectives["fast"].threshold is 300 ms; allowed are upper bounds of the buckets of shop_http_request_duration_ms, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10000 in its unit: choose one, or add the bucket 300",
        "  [stack/prometheus] objectives["fast"].where has "code"; allowed are labels of shop_http_request_duration_ms, namespace, app, container, cluster, env, method, status, job, instance: choose one of them",
      ]
    `);
  });

  it('need a Prometheus', () => {
    expect(() => synth({ loki: {}, objectives: [Objective.availability(AVAILABILITY)] })).toThrow(
      'objectives is given without prometheus; allowed is both or none',
    );
  });
});
