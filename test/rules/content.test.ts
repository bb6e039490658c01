import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Duration } from 'cdk8s';
import { describe, expect, it } from 'vitest';
import { checkLogQl } from '../../src/query/logql';
import { checkPromQl, labelsOf, rangesOf } from '../../src/query/promql';
import { Alerts, libraryAlerts } from '../../src/rules/alerts';
import { CONTENT, everythingRuns, ownGroups } from '../../src/rules/content';
import { RuleContext, SOURCES } from '../../src/rules/rule-context';
import type { AlertConfig, RecordConfig } from '../../src/rules/rule-file';
import { templateProblems } from '../../src/rules/templates';
import { DataLabels } from '../../src/settings/data-labels';
import { ALL_CASES } from './all-cases';
import { firingCases, silentCases } from './promtool-files';
import { queriesOf, runbookFrames, SECTIONS, sectionsOf, withFrame } from './runbooks';

const RUNBOOKS = resolve(__dirname, '../../docs/runbooks');

const rulesOf = (settings = everythingRuns()) => new Alerts()._libraryGroups(settings).flatMap(({ rules }) => rules);
const isAlert = (rule: AlertConfig | RecordConfig): rule is AlertConfig => 'alert' in rule;
const nameOf = (rule: AlertConfig | RecordConfig) => (isAlert(rule) ? rule.alert : rule.record);

const rules = rulesOf();
const alerts = rules.filter(isAlert);
const definitions = libraryAlerts();
const cases = Object.fromEntries(ALL_CASES.flatMap((file) => Object.entries(file.cases)));

/** Names of labels that an alert's texts are filled in with. */
const labelsInTexts = ({ annotations }: AlertConfig) => [
  ...new Set(Object.values(annotations).flatMap((text) => [...text.matchAll(/\$labels\.(\w+)/g)].map(([, label]) => label))),
];

describe('rules of the library', () => {
  it('are queries that Prometheus reads', () => {
    const problems = rules.flatMap((rule) => checkPromQl(rule.expr).map((problem) => ({ rule: nameOf(rule), problem })));
    expect(problems).toEqual([]);
  });

  it('have templates that Prometheus reads', () => {
    const texts = alerts.flatMap(({ alert, annotations }) => Object.values(annotations).map((text) => ({ alert, text })));
    expect(texts.flatMap(({ alert, text }) => templateProblems(alert, text))).toEqual([]);
  });

  it('have names in their form, each once', () => {
    expect(alerts.filter(({ alert }) => !/^[A-Z][a-zA-Z0-9]+$/.test(alert))).toEqual([]);
    expect(rules.filter((rule) => !isAlert(rule) && !/^[a-z_]+(:\w+){2,}$/.test(rule.record))).toEqual([]);
    const identities = rules.map((rule) => `${nameOf(rule)} ${JSON.stringify(rule.labels ?? {})}`);
    expect(identities.filter((identity, index) => identities.indexOf(identity) < index)).toEqual([]);
    const groups = ownGroups(everythingRuns()).map(({ name }) => name);
    expect(groups.filter((name, index) => groups.indexOf(name) < index)).toEqual([]);
  });

  it('match many series to one that is unique, also when a pod has come back with another address', () => {
    const bare = rules.filter(({ expr }) => /group_left \([^)]*\) (?!(max|min|sum|count) by)/.test(expr));
    expect(bare.map(nameOf)).toEqual([]);
  });

  it('have windows of at least four scrapes, however rare these are', () => {
    const rare = rulesOf(everythingRuns({ scrapeInterval: Duration.minutes(10) }));
    const short = rare.flatMap((rule) =>
      rangesOf(rule.expr)
        .filter(({ milliseconds = 0 }) => milliseconds < 40 * 60_000)
        .map(({ text }) => `${nameOf(rule)}: ${text}`),
    );
    expect(short, 'take windows from RuleContext.window').toEqual([]);
  });

  it('take the names of labels from DataLabels', () => {
    const own = Object.values(new DataLabels()).filter((name) => name !== 'cluster');
    const renamed = new DataLabels({
      cluster: 'l_cluster',
      environment: 'l_env',
      namespace: 'l_namespace',
      pod: 'l_pod',
      container: 'l_container',
      node: 'l_node',
      app: 'l_app',
    });
    const left = rulesOf(everythingRuns({ labels: renamed })).flatMap((rule) =>
      [...labelsOf(rule.expr), ...(isAlert(rule) ? labelsInTexts(rule) : [])]
        .filter((label) => own.includes(label) || label === 'cluster')
        .map((label) => `${nameOf(rule)}: ${label}`),
    );
    expect(left, 'take names of labels from RuleContext.labels').toEqual([]);
  });

  it.each([undefined, ...SOURCES])('ask for nothing that is not there: without %s', (missing) => {
    const jobs = new Map([...everythingRuns().jobs].filter(([source]) => source !== missing));
    expect(() => ownGroups(everythingRuns({ jobs }))).not.toThrow();
  });

  it.each(SOURCES)('ask for nothing that is not there: only %s', (source) => {
    const settings = everythingRuns({ jobs: new Map([[source, ['one', 'two']]]), sendsAlerts: false });
    const all = rulesOf(settings);
    const known = new Set(all.flatMap((rule) => (isAlert(rule) ? [] : [rule.record])));
    expect(all.flatMap((rule) => checkPromQl(rule.expr))).toEqual([]);
    const unmade = all
      .flatMap((rule) => [...rule.expr.matchAll(/\w*:[\w:]+/g)].map(([name]) => name))
      .filter((name) => !known.has(name) && /[a-z]/.test(name) && !/^\d/.test(name));
    expect(unmade, 'records that no group makes').toEqual([]);
  });

  it('all stand in the registry of cases', () => {
    expect(ALL_CASES.map((file) => file.rules)).toEqual([...CONTENT]);
  });
});

describe('alerts of the library', () => {
  it.each([...definitions.keys()])('%s has its cases', (name) => {
    const own = alerts.filter(({ alert }) => alert === name);
    const always = own.some(({ expr }) => expr === 'vector(1)');
    expect(Object.keys(cases)).toContain(name);
    expect(firingCases(cases[name]).length).toBeGreaterThan(0);
    expect(silentCases(cases[name]).length > 0 || always, 'a case in which it stays silent').toBe(true);
    const fired = firingCases(cases[name]).flatMap((one) => [...one.alerts]);
    for (const { labels } of own.length > 1 ? own : []) {
      expect(
        fired.map(({ severity }) => severity),
        'each severity fires in a case',
      ).toContain(labels.severity);
    }
    // One case may have fewer labels, where there is nothing to take them from.
    const shown = new Set(fired.flatMap((labels) => Object.keys(labels)));
    expect(
      own.flatMap(labelsInTexts).filter((label) => !shown.has(label)),
      'labels in texts that no case shows',
    ).toEqual([]);
  });

  it('have no cases without a rule', () => {
    const strangers = ALL_CASES.flatMap(({ rules: file, cases: own }) => {
      const names = file.groups(new RuleContext(everythingRuns())).flatMap(({ alerts: all = [] }) => all.map(({ name }) => name));
      return Object.keys(own).filter((name) => !names.includes(name));
    });
    expect(strangers).toEqual([]);
  });

  it('have defaults that make sense', () => {
    for (const { alert, for: duration = '0s', annotations, labels } of alerts) {
      expect(duration, alert).toMatch(/^\d+[smhd]$/);
      expect(annotations.summary.length, alert).toBeLessThan(140);
      expect(annotations.summary, alert).not.toMatch(/\.$/);
      expect(annotations.description, alert).toMatch(/\.$/);
      expect(['critical', 'warning', 'info', 'none'], alert).toContain(labels.severity);
    }
  });
});

describe('runbooks', () => {
  const frames = runbookFrames();

  it.each([...frames])('%s has its page', (name, frame) => {
    const file = join(RUNBOOKS, `${name}.md`);
    expect(existsSync(file), 'run npm run runbooks, and write the sections').toBe(true);
    const page = readFileSync(file, 'utf8');
    expect(page, 'run npm run runbooks').toBe(withFrame(name, frame, page));
    expect(page.split('\n')[0]).toBe(`# ${name}`);
    const sections = sectionsOf(page);
    expect([...sections.keys()]).toEqual([...SECTIONS]);
    for (const [title, text] of sections) {
      expect(text.length, `## ${title} says next to nothing`).toBeGreaterThan(60);
    }
    const queries = queriesOf(`${sections.get('Diagnosis')}\n`);
    expect(queries.length, 'queries in "Diagnosis", each in a block of ```promql or ```logql').toBeGreaterThan(0);
    const problems = queriesOf(page).flatMap(({ language, query }) =>
      (language === 'promql' ? checkPromQl(query) : checkLogQl(query)).map((problem) => ({ query, problem })),
    );
    expect(problems).toEqual([]);
  });

  it('have no page without an alert', () => {
    const pages = readdirSync(RUNBOOKS).filter((file) => file !== 'README.md');
    expect(pages.filter((file) => !frames.has(file.replace(/\.md$/, '')))).toEqual([]);
  });
});
