import { describe, expect, it } from 'vitest';
import { failedShare, goldenSignals, goProcess, red, use } from '../../src/dashboards/blocks';
import { choice, NAMESPACE, NODE_OF_POD, POD, single, WORKLOAD } from '../../src/dashboards/chain';
import { betterFrom, Composer, limitLine, worseFrom } from '../../src/dashboards/composer';
import { MetricSource } from '../../src/dashboards/dashboard-options';
import { layOut } from '../../src/dashboards/layout';
import type { SizedPanel } from '../../src/dashboards/panels';
import { is, matches } from '../../src/query/expressions';
import { CONTEXT } from './boards';

const composer = new Composer({ ...CONTEXT, boards: new Set(['there']), sources: new Set(['loki']) }, undefined);
const series = composer.choose('up', choice('job', 'Job', 'Jobs.'));

const plain = (panel: SizedPanel) => JSON.parse(JSON.stringify(panel));
const shape = (panels: SizedPanel[]) =>
  panels.map(({ width, panel }) => [
    panel.title,
    width,
    panel.fieldConfig.defaults.unit,
    panel.targets.map((target) => ('expr' in target ? target.expr : undefined)),
  ]);

const CHOSEN = 'env=~"$environment", cluster=~"$cluster", job=~"$job"';

describe('choose', () => {
  it('asks for each variable within what was chosen before', () => {
    const { variables, matchers } = composer.choose('kube_pod_info', single(NAMESPACE), NODE_OF_POD, WORKLOAD, POD);
    expect(variables.map(({ name, query, multi, allValue }) => ({ name, query, multi, allValue }))).toEqual([
      { name: 'environment', query: 'label_values(kube_pod_info, env)', multi: true, allValue: '.*' },
      { name: 'cluster', query: 'label_values(kube_pod_info{env=~"$environment"}, cluster)', multi: true, allValue: '.*' },
      {
        name: 'namespace',
        query: 'label_values(kube_pod_info{env=~"$environment", cluster=~"$cluster"}, namespace)',
        multi: false,
        allValue: undefined,
      },
      {
        name: 'node',
        query: 'label_values(kube_pod_info{env=~"$environment", cluster=~"$cluster", namespace=~"$namespace"}, node)',
        multi: true,
        allValue: '.*',
      },
      {
        name: 'workload',
        query:
          'label_values(kube_pod_info{env=~"$environment", cluster=~"$cluster", namespace=~"$namespace", node=~"$node"}, created_by_name)',
        multi: true,
        allValue: undefined,
      },
      {
        name: 'pod',
        query:
          'label_values(kube_pod_info{env=~"$environment", cluster=~"$cluster", namespace=~"$namespace", node=~"$node", created_by_name=~"($workload)(?:-[bcdfghjklmnpqrstvwxz2456789]{8,10})?"}, pod)',
        multi: true,
        allValue: undefined,
      },
    ]);
    expect(matchers.map(({ label }) => label)).toEqual(['env', 'cluster', 'namespace', 'pod']);
  });

  it('writes series, rates, increases and quantiles of what is chosen', () => {
    expect([
      series.series('up'),
      series.series('up', is('pod', 'a')),
      series.rate('x_total'),
      series.increase('x_total'),
      series.quantile(0.9, ['route'], 'd_seconds', is('code', '200')),
    ]).toEqual([
      `up{${CHOSEN}}`,
      `up{${CHOSEN}, pod="a"}`,
      `rate(x_total{${CHOSEN}}[$__rate_interval])`,
      `increase(x_total{${CHOSEN}}[$__range])`,
      `histogram_quantile(0.9, sum by (le, route) (rate(d_seconds_bucket{${CHOSEN}, code="200"}[$__rate_interval])))`,
    ]);
  });
});

describe('panels', () => {
  const words = { title: 'T', description: 'D', unit: 's' };

  it('shows how a histogram is spread', () => {
    expect(plain(composer.heatmap(series, { ...words, histogram: 'd_seconds' })).panel).toMatchObject({
      type: 'heatmap',
      datasource: { type: 'prometheus', uid: 'prometheus' },
      targets: [{ format: 'heatmap', expr: `sum by (le) (rate(d_seconds_bucket{${CHOSEN}}[$__rate_interval]))` }],
      options: { calculate: false, yAxis: { unit: 's' } },
    });
  });

  it('shows a name in place of a number', () => {
    expect(plain(composer.number({ ...words, value: 'build_info', name: '{{version}}' })).panel).toMatchObject({
      targets: [{ legendFormat: '{{version}}', instant: true }],
      options: { textMode: 'name' },
    });
  });

  it('names the value of an only column as Grafana does', () => {
    const table = (columns: number) =>
      plain(
        composer.table({
          ...words,
          rows: ['b', 'a'],
          columns: Array.from({ length: columns }, (_, index) => ({ title: `C${index}`, value: 'up', unit: 's' })),
        }),
      ).panel.transformations[1].options;
    expect(table(1)).toEqual({
      excludeByName: { Time: true },
      indexByName: { b: 0, a: 1, Value: 2 },
      renameByName: { Value: 'C0' },
    });
    expect(table(2).renameByName).toEqual({ 'Value #A': 'C0', 'Value #B': 'C1' });
  });

  it('colors by thresholds', () => {
    expect(
      [worseFrom(1), worseFrom(1, 2), betterFrom(1, 2), betterFrom(1, 1)].map((steps) => steps.map((step) => step.color)),
    ).toEqual([
      ['green', 'red'],
      ['green', 'orange', 'red'],
      ['red', 'orange', 'green'],
      ['red', 'green'],
    ]);
    expect(limitLine('limits', 'red').matcher).toEqual({ id: 'byName', options: 'limits' });
  });
});

describe('links', () => {
  const without = new Composer({ ...CONTEXT, dataSources: { prometheus: 'prometheus' } }, undefined);

  it('lead to boards that are there, with what is chosen', () => {
    expect(composer.boardLinks(['There', 'there'], ['Gone', 'gone'])).toMatchObject([
      { title: 'There', url: '/d/there', includeVars: true, keepTime: true },
    ]);
    expect(composer.rowLinks('There', 'there', { pod: 'Pod' })).toEqual([
      {
        title: 'There',
        url: '/d/there?from=${__from}&to=${__to}&var-pod=${__data.fields["Pod"]:percentencode}&${environment:queryparam}&${cluster:queryparam}',
        targetBlank: false,
      },
    ]);
    expect(composer.rowLinks('Gone', 'gone', {})).toEqual([]);
  });

  it('lead to logs where there is Loki', () => {
    const panesOf = (url: string) => JSON.parse(decodeURIComponent(url.replace(/^.*panes=/, '')));
    const [top] = composer.logsLink({ namespace: 'namespace', pod: 'pod' });
    expect(panesOf(top.url ?? '').logs).toMatchObject({
      datasource: 'loki',
      queries: [{ expr: '{namespace!="", namespace=~"${namespace:pipe}"} | pod=~"${pod:pipe}"' }],
      range: { from: '${__from}', to: '${__to}' },
    });
    const [row] = composer.rowLogs({ pod: 'Pod' });
    expect(row.url).toContain('${__data.fields["Pod"]:percentencode}');
    expect([without.logsLink({ pod: 'pod' }), without.rowLogs({ pod: 'pod' }), without.logLines('D.', { pod: 'pod' })]).toEqual([
      [],
      [],
      [],
    ]);
  });

  it('show log lines of what is chosen', () => {
    const [{ panels }] = composer.logLines('Lines.', { pod: 'pod' });
    expect(plain(panels[0]).panel).toMatchObject({
      type: 'logs',
      datasource: { type: 'loki', uid: 'loki' },
      // Whether the pod is a label of streams is up to the pipeline.
      targets: [{ expr: '{namespace!=""} | pod=~"$pod"' }],
    });
  });

  it('keep values beside their labels, in whatever order they are given', () => {
    const [row] = composer.rowLogs({ pod: 'Pod', namespace: 'Namespace' });
    expect(decodeURIComponent(row.url)).toContain(
      '=~\\"${__data.fields["Namespace"]:percentencode}\\"} | pod=~\\"${__data.fields["Pod"]:percentencode}\\"',
    );
  });

  it('know what is scraped and which data source is asked', () => {
    expect([composer.has('loki'), composer.has('thanos')]).toEqual([true, false]);
    const thanos = new Composer(CONTEXT, MetricSource.THANOS);
    expect(plain(thanos.number({ title: 'T', description: 'D', unit: 's', value: 'up' })).panel.datasource.uid).toBe('thanos');
  });
});

describe('blocks', () => {
  const requests = {
    title: 'Requests',
    counter: 'r_total',
    failed: [matches('code', '5..')],
    duration: 'r_seconds',
    by: ['route'],
  };

  it('counts no failures as 0 and no requests as nothing', () => {
    const all = `sum by (route) (rate(r_total{${CHOSEN}}[$__rate_interval]))`;
    const bad = `sum by (route) (rate(r_total{${CHOSEN}, code=~"5.."}[$__rate_interval]))`;
    expect(failedShare(series, requests)).toBe(`(${bad} or ${all} * 0) / (${all} > 0)`);
  });

  it('shows rate, errors and duration in one line', () => {
    expect(shape(red(composer, series, requests)).map(([title, width, unit]) => [title, width, unit])).toEqual([
      ['Requests: rate', 8, 'reqps'],
      ['Requests: errors', 8, 'percentunit'],
      ['Requests: duration', 8, 's'],
    ]);
    expect(red(composer, series, { title: 'Pushes', counter: 'p_total' }).map(({ width }) => width)).toEqual([24]);
    expect(red(composer, series, { title: 'Pushes', counter: 'p_total', failures: 'f_total' }).map(({ width }) => width)).toEqual(
      [12, 12],
    );
  });

  it('shows the four golden signals, two and two', () => {
    const saturation = { title: 'Queue', description: 'D.', unit: 'short', lines: { queue: 'q' } };
    const panels = goldenSignals(composer, series, { ...requests, saturation });
    expect(panels.map(({ width }) => width)).toEqual([12, 12, 12, 12]);
    expect(layOut([{ title: 'S', panels }]).at(-1)?.gridPos).toEqual({ x: 12, y: 9, w: 12, h: 8 });
  });

  it('shows utilization, saturation and errors of a resource', () => {
    const graph = { description: 'D.', lines: { x: 'y' } };
    const { title, panels } = use(composer, {
      resource: 'Disk',
      utilization: graph,
      saturation: { ...graph, unit: 'short' },
      errors: { ...graph, unit: 'eps' },
    });
    expect([title, ...shape(panels).map(([name, width, unit]) => [name, width, unit])]).toEqual([
      'Disk',
      ['Disk: utilization', 8, 'percentunit'],
      ['Disk: saturation', 8, 'short'],
      ['Disk: errors', 8, 'eps'],
    ]);
    expect(use(composer, { resource: 'CPU', utilization: graph }).panels.map(({ width }) => width)).toEqual([24]);
  });

  it('shows what a Go program says about itself', () => {
    expect(shape(goProcess(composer, series, 'pod', is('container', 'x')).panels)[2]).toEqual([
      'Goroutines',
      8,
      'short',
      [`sum by (pod) (go_goroutines{${CHOSEN}, container="x"})`],
    ]);
  });
});
