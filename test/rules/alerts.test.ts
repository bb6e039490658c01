import { type Chart, Duration } from 'cdk8s';
import { load } from 'js-yaml';
import { describe, expect, it } from 'vitest';
import { Prometheus } from '../../src/prometheus/prometheus';
import { ScrapeJob } from '../../src/prometheus/scrape-job';
import { Alerts } from '../../src/rules/alerts';
import { everythingRuns } from '../../src/rules/content';
import { Objective } from '../../src/rules/objective';
import { PrometheusRules, type PrometheusRulesProps } from '../../src/rules/prometheus-rules-objects';
import { type AlertRule, AlertSeverity, type RuleGroup } from '../../src/rules/rule';
import type { AlertConfig, GroupConfig } from '../../src/rules/rule-file';
import { DataLabels } from '../../src/settings/data-labels';
import { Endpoint } from '../../src/settings/endpoint';
import { expectEveryPropToMatter, type Manifest, manifestOf, synthesisError, synthesize } from '../support/constructs';

const groupsOf = (alerts: Alerts, settings = everythingRuns()) => alerts._libraryGroups(settings);
const rulesOf = (alerts: Alerts, settings = everythingRuns()) => groupsOf(alerts, settings).flatMap(({ rules }) => rules);
const ruleOf = (alerts: Alerts, name: string, settings = everythingRuns()): AlertConfig | undefined =>
  rulesOf(alerts, settings).find((rule): rule is AlertConfig => 'alert' in rule && rule.alert === name);

const RULE: AlertRule = { name: 'ShopDown', expr: 'up{job="shop"} == 0', summary: 'The shop is down' };
const GROUP: RuleGroup = { name: 'shop', alerts: [RULE] };

describe('alerts of the library', () => {
  it('can be changed one by one', () => {
    const alerts = new Alerts({ runbookBaseUrl: 'https://wiki.example/runbooks/' }).override('TargetDown', {
      forDuration: Duration.minutes(90),
      keepFiringFor: Duration.minutes(5),
      severity: AlertSeverity.CRITICAL,
      threshold: 0.5,
      labels: { team: 'platform' },
    });
    expect(ruleOf(alerts, 'TargetDown')).toEqual({
      alert: 'TargetDown',
      expr: 'count by (cluster, job, namespace) (up == 0) / count by (cluster, job, namespace) (up) > 0.5',
      for: '90m',
      keep_firing_for: '5m',
      labels: { severity: 'critical', team: 'platform' },
      annotations: {
        summary: 'Targets of the job {{ $labels.job }} do not answer',
        description:
          '{{ $value | humanizePercentage }} of the targets of the job {{ $labels.job }} in {{ $labels.namespace }} cannot be scraped; at most 50 % is expected.',
        runbook_url: 'https://wiki.example/runbooks/TargetDown.md',
      },
    });
    const others = (all: Alerts) => rulesOf(all).filter((rule) => 'alert' in rule && rule.alert !== 'TargetDown');
    expect(others(alerts)).toEqual(others(new Alerts({ runbookBaseUrl: 'https://wiki.example/runbooks' })));
  });

  it('take the last word where an alert is changed twice', () => {
    const alerts = new Alerts()
      .override('TargetDown', { threshold: 0.5 })
      .override('TargetDown', { threshold: 0.2, labels: { a: 'b' } });
    expect(ruleOf(alerts, 'TargetDown')).toMatchObject({ expr: expect.stringMatching(/> 0\.2$/), labels: { a: 'b' } });
  });

  it('can be left out and replaced', () => {
    const alerts = new Alerts().without('TargetDown', 'PrometheusBadConfig').replace({ ...RULE, name: 'Watchdog' });
    expect(ruleOf(alerts, 'TargetDown')).toBeUndefined();
    expect(ruleOf(alerts, 'PrometheusBadConfig')).toBeUndefined();
    expect(ruleOf(alerts, 'Watchdog')).toEqual({
      alert: 'Watchdog',
      expr: RULE.expr,
      labels: { severity: 'warning' },
      annotations: { summary: RULE.summary, runbook_url: expect.stringMatching(/\/Watchdog\.md$/) },
    });
    expect(groupsOf(new Alerts().without('Watchdog', 'TargetDown')).map(({ name }) => name)).not.toContain('general');
  });

  it('are there only for what is there', () => {
    const nothing = everythingRuns({ jobs: new Map(), sendsAlerts: false, objectives: [] });
    expect(groupsOf(new Alerts(), nothing).map(({ name }) => name)).toEqual(['general']);
    const lonely = everythingRuns({ jobs: new Map([['prometheus', ['prometheus']]]), sendsAlerts: false });
    expect(ruleOf(new Alerts(), 'PrometheusBadConfig', lonely)).toBeDefined();
    expect(ruleOf(new Alerts(), 'PrometheusNotConnectedToAlertmanagers', lonely)).toBeUndefined();
  });

  it('name the jobs, labels and windows of the stack', () => {
    const settings = everythingRuns({
      jobs: new Map([['prometheus', ['prometheus', 'prometheus-long']]]),
      labels: new DataLabels({ cluster: 'k8s', namespace: 'kubernetes_namespace' }),
      scrapeInterval: Duration.minutes(2),
    });
    expect(ruleOf(new Alerts(), 'PrometheusRuleFailures', settings)?.expr).toBe(
      'increase(prometheus_rule_evaluation_failures_total{job=~"prometheus|prometheus-long"}[8m]) > 0',
    );
    expect(ruleOf(new Alerts(), 'TargetDown', settings)?.expr).toContain('by (k8s, job, kubernetes_namespace)');
  });
});

describe('alerts that are misspelt', () => {
  const problemsOf = (alerts: Alerts) => alerts._problems(everythingRuns());

  it('are errors that offer the nearest name', () => {
    expect(
      problemsOf(
        new Alerts()
          .override('PrometheusBadConfg', {})
          .without('targetdown')
          .replace({ ...RULE, name: 'WatchDog' }),
      ),
    ).toMatchInlineSnapshot(`
      [
        "alerts.override("PrometheusBadConfg") is no alert of the library; allowed are those in docs/runbooks: did you mean "PrometheusBadConfig"?",
        "alerts.without("targetdown") is no alert of the library; allowed are those in docs/runbooks: did you mean "TargetDown"?",
        "alerts.replace("WatchDog") is no alert of the library; allowed are those in docs/runbooks: did you mean "Watchdog"?",
      ]
    `);
  });

  it('are errors where the library is left out altogether', () => {
    expect(problemsOf(new Alerts({ library: false }).without('TargetDown'))).toMatchInlineSnapshot(`
      [
        "alerts.without("TargetDown") is given while library is false; allowed is it with the library's alerts: leave one of both out",
      ]
    `);
  });

  it('are errors in what is changed', () => {
    expect(
      problemsOf(
        new Alerts({ runbookBaseUrl: 'wiki' })
          .override('TargetDown', { threshold: 10, labels: { severity: 'x', 'a-b': 'c' }, runbookUrl: 'page' })
          .override('Watchdog', { threshold: 1, forDuration: Duration.millis(0.5) })
          .override('PrometheusBadConfig', { ofSeverity: AlertSeverity.INFO })
          .override('PrometheusRemoteWriteBehind', { threshold: Number.NaN }),
      ),
    ).toMatchInlineSnapshot(`
      [
        "alerts.override("TargetDown").threshold is 10; allowed are numbers from 0 to 1, because it is a ratio: correct it (default: 0.1)",
        "alerts.override("TargetDown").labels has the name "severity"; allowed are labels that the rule has no property for: use that property",
        "alerts.override("TargetDown").labels has the name "a-b"; allowed are letters, digits and "_", not starting with a digit or "__": rename the label",
        "alerts.override("TargetDown").runbookUrl is "page"; allowed are addresses that start with "http://" or "https://": correct it",
        "alerts.override("Watchdog").threshold is 1; allowed is none, because this alert has no limit: leave it out, or use replace",
        "alerts.override("Watchdog").forDuration is 0.5 millis; allowed are whole milliseconds: round it",
        "alerts.override("PrometheusBadConfig").ofSeverity is "info"; allowed are "critical": choose one, or leave it out",
        "alerts.override("PrometheusRemoteWriteBehind").threshold is NaN; allowed are numbers from 0: correct it (default: 120)",
        "alerts.runbookBaseUrl is "wiki"; allowed are addresses that start with "http://" or "https://": correct it",
      ]
    `);
  });

  it('are errors where they are there twice', () => {
    const record = { name: 'job:up:count', expr: 'count by (job) (up)' };
    expect(
      problemsOf(
        new Alerts().add(
          GROUP,
          { name: 'shop', records: [record, record] },
          { name: 'more', alerts: [RULE, { ...RULE, name: 'TargetDown' }] },
        ),
      ),
    ).toMatchInlineSnapshot(`
      [
        "alerts has the group "shop" twice; allowed is one of a name: rename one, or join them",
        "alerts has the alert "ShopDown" twice; allowed is one of a name, severity and labels: rename one, or tell them apart",
        "alerts has the record "job:up:count" twice; allowed is one of a name and labels, or their series would collide: rename one",
        "alerts has the alert "TargetDown", which the library has too; allowed is one of them: use replace, or leave the library's out by without",
      ]
    `);
    // The same name for another severity, or instead of the library's.
    const critical = { ...RULE, severity: AlertSeverity.CRITICAL };
    expect(problemsOf(new Alerts().add({ name: 'shop', alerts: [RULE, critical] }))).toEqual([]);
    expect(problemsOf(new Alerts().without('TargetDown').add({ name: 'a', alerts: [{ ...RULE, name: 'TargetDown' }] }))).toEqual(
      [],
    );
  });
});

describe('rules in Prometheus', () => {
  const files = (manifests: Manifest[], name: string): string[] => Object.keys(manifestOf(manifests, 'ConfigMap', name).data);

  it('are mounted and read', () => {
    const alerts = new Alerts();
    const manifests = synthesize((chart) => {
      const { alerts: used } = new Prometheus(chart, 'prometheus', { alerts });
      expect(used).toBe(alerts);
      // After the construct, as the objectives of other teams may come.
      alerts.add(GROUP);
    });
    expect(files(manifests, 'monitoring-prometheus-rules')).toEqual(expect.arrayContaining(['general.yaml', 'prometheus.yaml']));
    const { data } = manifestOf(manifests, 'ConfigMap', 'monitoring-prometheus-added-rules');
    expect(load(data['shop.yaml'])).toEqual({
      groups: [
        {
          name: 'shop',
          rules: [{ alert: RULE.name, expr: RULE.expr, labels: { severity: 'warning' }, annotations: { summary: RULE.summary } }],
        },
      ],
    });
    const config = load(manifestOf(manifests, 'ConfigMap', 'monitoring-prometheus-config').data['prometheus.yml']) as Manifest;
    expect(config.rule_files).toEqual([
      '/etc/prometheus/rules/monitoring-prometheus-rules/*.yaml',
      '/etc/prometheus/rules/monitoring-prometheus-rules/*.yml',
      '/etc/prometheus/rules/monitoring-prometheus-added-rules/*.yaml',
      '/etc/prometheus/rules/monitoring-prometheus-added-rules/*.yml',
    ]);
    const { containers, volumes } = manifestOf(manifests, 'StatefulSet').spec.template.spec;
    expect(volumes.filter(({ name }: Manifest) => name.startsWith('rules-'))).toEqual([
      { name: 'rules-0', configMap: { name: 'monitoring-prometheus-rules' } },
      { name: 'rules-1', configMap: { name: 'monitoring-prometheus-added-rules' } },
    ]);
    expect(containers[0].volumeMounts.map(({ mountPath }: Manifest) => mountPath)).toEqual(
      expect.arrayContaining(['/etc/prometheus/rules/monitoring-prometheus-rules']),
    );
  });

  it('lie in several ConfigMaps where one would be too large', () => {
    const large = (name: string): RuleGroup => ({
      name,
      alerts: [{ ...RULE, name: `${name}_down`, description: 'x'.repeat(120_000) }],
    });
    const manifests = synthesize((chart) => {
      new Prometheus(chart, 'prometheus', { alerts: new Alerts({ library: false }).add(large('a'), large('b'), large('c')) });
    });
    expect(files(manifests, 'monitoring-prometheus-added-rules')).toEqual(['a.yaml', 'b.yaml']);
    expect(files(manifests, 'monitoring-prometheus-added-rules-2')).toEqual(['c.yaml']);
  });

  it('are about what is scraped', () => {
    const namesIn = (manifests: Manifest[]): string[] => {
      const { data } = manifestOf(manifests, 'ConfigMap', 'monitoring-prometheus-rules');
      const groups = Object.values<string>(data).flatMap((text) => (load(text) as { groups: GroupConfig[] }).groups);
      return groups.flatMap(({ rules }) => rules.map((rule) => ('alert' in rule ? rule.alert : rule.record)));
    };
    const alone = namesIn(synthesize((chart) => new Prometheus(chart, 'prometheus')));
    expect(alone).toEqual(expect.arrayContaining(['Watchdog', 'PrometheusBadConfig']));
    expect(alone.filter((name) => /^(Loki|Thanos|Memcached|Node|KubeScheduler)/.test(name))).toEqual([]);
    expect(alone).not.toContain('PrometheusNotConnectedToAlertmanagers');
    const alertmanagers = [Endpoint.external({ host: 'alertmanager', port: 9093, namespace: 'alerts' })];
    expect(namesIn(synthesize((chart) => new Prometheus(chart, 'prometheus', { alertmanagers })))).toContain(
      'PrometheusNotConnectedToAlertmanagers',
    );
  });

  it('fit into their ConfigMap, all of them', () => {
    const text = JSON.stringify(groupsOf(new Alerts()), null, 1);
    expect(Buffer.byteLength(text)).toBeLessThan(240_000);
  });

  it('may have windows as short as the most frequent job allows', () => {
    const alerts = new Alerts().add({ name: 'shop', alerts: [{ ...RULE, expr: 'rate(x_total[20s]) > 0' }] });
    const scrape = [ScrapeJob.pods({ namespaces: ['shop'], interval: Duration.seconds(10) })];
    expect(synthesisError((chart) => new Prometheus(chart, 'prometheus', { alerts }))).toContain('has the window 20s');
    expect(synthesize((chart) => new Prometheus(chart, 'prometheus', { alerts, scrape }))).not.toEqual([]);
  });

  it('stop synth where they are wrong', () => {
    expect(
      synthesisError((chart) => new Prometheus(chart, 'prometheus', { alerts: new Alerts().without('PrometheusBad') })),
    ).toContain(
      '[test/prometheus] alerts.without("PrometheusBad") is no alert of the library; allowed are those in docs/runbooks: did you mean "PrometheusBadConfig"?',
    );
  });
});

describe('PrometheusRules', () => {
  const make = (props: PrometheusRulesProps) => (chart: Chart) => new PrometheusRules(chart, 'rules', props);

  it('writes objects for the operator', () => {
    const alerts = new Alerts().add(GROUP);
    const manifests = synthesize(make({ alerts, labels: { release: 'prometheus' }, jobs: { prometheus: 'operated' } }));
    const added = manifestOf(manifests, 'PrometheusRule', 'monitoring-prometheus-rules-added');
    expect(added).toEqual({
      apiVersion: 'monitoring.coreos.com/v1',
      kind: 'PrometheusRule',
      metadata: {
        name: 'monitoring-prometheus-rules-added',
        namespace: 'monitoring',
        labels: {
          'app.kubernetes.io/component': 'prometheus-rules',
          'app.kubernetes.io/instance': 'monitoring',
          'app.kubernetes.io/managed-by': 'cdk8s',
          'app.kubernetes.io/name': 'prometheus-rules',
          'app.kubernetes.io/part-of': 'monitoring',
          release: 'prometheus',
        },
      },
      spec: {
        groups: [
          {
            name: 'shop',
            rules: [
              { alert: RULE.name, expr: RULE.expr, labels: { severity: 'warning' }, annotations: { summary: RULE.summary } },
            ],
          },
        ],
      },
    });
    const { spec } = manifestOf(manifests, 'PrometheusRule', 'monitoring-prometheus-rules-library');
    expect(spec.groups.map(({ name }: Manifest) => name)).toEqual(['general', 'prometheus']);
    expect(JSON.stringify(spec)).toContain('job=\\"operated\\"');
  });

  it('has no dead property', () => {
    expectEveryPropToMatter(
      // A retention decides about errors only: it has a test among the objectives.
      (chart, props: Omit<PrometheusRulesProps, 'retention'>) => make(props)(chart),
      {},
      {
        alerts: new Alerts().without('Watchdog'),
        namespace: 'rules',
        labels: { release: 'prometheus' },
        jobs: { prometheus: 'operated' },
        sendsAlerts: false,
        objectives: [Objective.availability({ name: 'shop', target: 0.99, requestsMetric: 'http_requests_total' })],
      },
      { sendsAlerts: { jobs: { prometheus: 'operated' } } },
    );
  });

  it('refuses sources that no rule knows', () => {
    expect(synthesisError(make({ jobs: { kubelets: 'kubelet' } }))).toMatch(
      /jobs has "kubelets"; allowed are .*: did you mean "kubelet"\?/,
    );
  });
});
