import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Duration } from 'cdk8s';
import { describe, expect, it } from 'vitest';
import { Dashboard } from '../../src/dashboards/dashboard';
import type { DashboardContext } from '../../src/dashboards/dashboard-context';
import { DashboardLayer, MetricSource } from '../../src/dashboards/dashboard-options';
import type { Board } from '../../src/dashboards/grafana-model';
import { GRID_COLUMNS } from '../../src/dashboards/layout';
import { STANDARD_BOARDS } from '../../src/dashboards/standard/catalogue';
import { isServed, type StandardBoard, standardBoard } from '../../src/dashboards/standard-board';
import { StandardDashboards } from '../../src/dashboards/standard-dashboards';
import { checkLogQl } from '../../src/query/logql';
import { checkPromQl, labelsOf, rangesOf } from '../../src/query/promql';
import { DataLabels } from '../../src/settings/data-labels';
import { CONTEXT, panelsOf, queriesFor, targetsOf, variableSelectors } from './boards';

const SIZE_LIMIT = 200_000;

const EVERYTHING: DashboardContext = {
  ...CONTEXT,
  sources: new Set(STANDARD_BOARDS.flatMap(({ needs }) => needs)),
  boards: new Set(STANDARD_BOARDS.map(({ name }) => name)),
};

const render = (board: StandardBoard, context = EVERYTHING): Board => standardBoard(board, {}, context);

describe.each(STANDARD_BOARDS.map((definition) => ({ name: definition.name, definition })))('$name', ({ definition }) => {
  const board = render(definition);

  it('is what it was', () => {
    expect(
      panelsOf(board).map((panel) => ({
        [`${panel.type}: ${panel.title}`]: panel.targets.map((target) => ('expr' in target ? target.expr : undefined)),
      })),
    ).toMatchSnapshot();
  });

  it('has queries that PromQL and LogQL allow', () => {
    const promQl = [...queriesFor(board, 'prometheus'), ...variableSelectors(board, 'prometheus')];
    const logQl = [...queriesFor(board, 'loki'), ...variableSelectors(board, 'loki')];
    expect(promQl.length + logQl.length).toBeGreaterThan(4);
    expect(promQl.flatMap((query) => checkPromQl(query).map((problem) => ({ query, problem })))).toEqual([]);
    expect(logQl.flatMap((query) => checkLogQl(query).map((problem) => ({ query, problem })))).toEqual([]);
  });

  it('leaves the length of windows to the scrape interval and the time range', () => {
    const windows = queriesFor(board, 'prometheus').flatMap(rangesOf);
    expect(windows.filter((window) => window.text !== '$__rate_interval' && window.text !== '$__range')).toEqual([]);
    expect(new Set(targetsOf(board).flatMap((target) => ('interval' in target ? [target.interval] : [])))).toEqual(
      new Set(definition.needs.length === 0 ? [] : ['30s']),
    );
  });

  it('says what each panel shows, in which unit', () => {
    expect(definition.description).toMatch(/^.{10,}\.$/s);
    for (const panel of panelsOf(board)) {
      expect(panel.title).not.toBe('');
      expect(panel.description, panel.title).toMatch(/^.{10,}[.…]$/s);
      expect(panel.fieldConfig.defaults.unit, panel.title).toMatch(/^[\w:/%() .]+$/);
    }
    expect((board.templating.list ?? []).filter((variable) => !variable.label || !variable.description)).toEqual([]);
  });

  it('shows no number in a color that it does not explain', () => {
    const colored = panelsOf(board).filter(({ type }) => type === 'stat' || type === 'bargauge');
    expect(colored.filter((panel) => panel.fieldConfig.defaults.thresholds === undefined)).toEqual([]);
  });

  it('has no panels of the same title in a section, no overlaps and no gaps', () => {
    const areas = [board.panels, ...board.panels.flatMap((panel) => (panel.type === 'row' ? [panel.panels] : []))];
    for (const area of areas.filter((panels) => panels.length > 0)) {
      const taken = new Set<string>();
      const top = area[0].gridPos?.y ?? 0;
      for (const { gridPos, title } of area) {
        const { x, y, w, h } = gridPos ?? { x: 0, y: 0, w: 0, h: 0 };
        expect(x + w, title).toBeLessThanOrEqual(GRID_COLUMNS);
        for (let column = x; column < x + w; column++) {
          for (let line = y; line < y + h; line++) {
            expect(taken.has(`${column}/${line}`), title).toBe(false);
            taken.add(`${column}/${line}`);
          }
        }
      }
      const bottom = Math.max(...area.map(({ gridPos }) => (gridPos?.y ?? 0) + (gridPos?.h ?? 0)));
      expect(taken.size, `${area[0].title}: ${area.map(({ title }) => title)}`).toBe(GRID_COLUMNS * (bottom - top));
    }
    const ids = board.panels.flatMap((panel) => [panel, ...(panel.type === 'row' ? panel.panels : [])]).map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('tells the queries of a panel apart', () => {
    for (const panel of panelsOf(board)) {
      const ids = panel.targets.map(({ refId }) => refId);
      expect(new Set(ids).size, panel.title).toBe(ids.length);
      expect(ids.includes(''), panel.title).toBe(false);
    }
  });

  it('asks only data sources that are there', () => {
    const uids = targetsOf(board).map((target) => target.datasource?.uid);
    expect(uids.filter((uid) => uid !== 'prometheus' && uid !== 'loki')).toEqual([]);
    const withoutLoki = JSON.stringify(
      definition.asksLoki ? {} : render(definition, { ...EVERYTHING, dataSources: { thanos: 'thanos' } }),
    );
    expect(withoutLoki).not.toMatch(/"(?:uid|type)":"loki"|%22loki%22|"prometheus"}/);
  });

  it('refers only to variables that it has, and uses all that it has', () => {
    const text = JSON.stringify(board);
    const names = new Set([...text.matchAll(/\$\{?([a-z]\w*)/g)].map(([, name]) => name));
    const known = (board.templating.list ?? []).map((variable) => variable.name);
    expect([...names].filter((name) => !known.includes(name ?? ''))).toEqual([]);
    expect(known.filter((name) => !names.has(name))).toEqual([]);
  });

  it('links only to boards that are there', () => {
    const linked = (text: string) => [...text.matchAll(/"\/d\/([\w-]+)/g)].map(([, uid]) => uid ?? '');
    expect(linked(JSON.stringify(board)).filter((uid) => !EVERYTHING.boards.has(uid))).toEqual([]);
    expect(linked(JSON.stringify(render(definition, { ...EVERYTHING, boards: new Set() })))).toEqual([]);
  });

  it('uses the labels as they are named', () => {
    const renamed = new DataLabels({
      cluster: 'kluster',
      environment: 'stage',
      namespace: 'ns',
      pod: 'instance_pod',
      container: 'ctr',
      node: 'host',
      app: 'service_name',
    });
    const used = queriesFor(render(definition, { ...EVERYTHING, labels: renamed }), 'prometheus').flatMap(labelsOf);
    const theirs = ['cluster', 'env', 'namespace', 'pod', 'container', 'node', 'app'];
    expect([...new Set(used)].filter((label) => theirs.includes(label))).toEqual([]);
  });

  it('has its layer and topic as tags', () => {
    expect(board.tags).toEqual([definition.layer, definition.topic]);
  });

  it('is small', () => {
    expect(Buffer.byteLength(JSON.stringify(board))).toBeLessThan(100_000);
  });

  it('appears with what it needs', () => {
    expect(isServed(definition, EVERYTHING.dataSources, EVERYTHING.sources)).toBe(true);
    for (const need of definition.needs) {
      const others = new Set([...EVERYTHING.sources].filter((source) => source !== need));
      expect(isServed(definition, EVERYTHING.dataSources, others), need).toBe(false);
    }
    expect(isServed(definition, {}, EVERYTHING.sources)).toBe(false);
  });
});

describe('the set of boards', () => {
  it('has names that are uids, and titles, once each', () => {
    const names = STANDARD_BOARDS.map(({ name }) => name);
    expect(names.filter((name) => !/^[a-z0-9][a-z0-9-]{0,39}$/.test(name))).toEqual([]);
    expect(new Set(names).size).toBe(names.length);
    expect(new Set(STANDARD_BOARDS.map(({ title }) => title)).size).toBe(names.length);
  });

  it('is listed in the documentation, with a picture of each', () => {
    const folder = resolve(__dirname, '../../docs/dashboards');
    const list = readFileSync(join(folder, 'README.md'), 'utf8');
    const missing = STANDARD_BOARDS.filter(
      ({ name, title }) => !list.includes(`[${title}](${name}.svg)`) || !existsSync(join(folder, `${name}.svg`)),
    );
    expect(missing.map(({ name }) => name)).toEqual([]);
  });

  it('fits its ConfigMaps', () => {
    const sizes = new Map<string, number>();
    for (const board of STANDARD_BOARDS) {
      const size = Buffer.byteLength(Dashboard.standard(board.name)._json(EVERYTHING));
      const bundle = board.bundle ?? board.topic;
      sizes.set(bundle, (sizes.get(bundle) ?? 0) + size);
    }
    expect([...sizes].filter(([, size]) => size > SIZE_LIMIT)).toEqual([]);
  });
});

const served = (dashboards: StandardDashboards, context = EVERYTHING) =>
  [...dashboards._served(context.dataSources, context.sources).values()].flat().map(({ uid }) => uid);

describe('StandardDashboards', () => {
  const [first, second] = StandardDashboards.names;

  it('has all boards that are served', () => {
    expect(served(StandardDashboards.all()).sort()).toEqual([...StandardDashboards.names].sort());
    const nothingScraped = STANDARD_BOARDS.filter(({ needs }) => needs.length === 0).map(({ name }) => name);
    expect(served(StandardDashboards.all(), { ...EVERYTHING, sources: new Set() })).toEqual(nothingScraped);
    expect(served(StandardDashboards.all(), { ...EVERYTHING, dataSources: {} })).toEqual([]);
  });

  it('can be narrowed down', () => {
    expect(served(StandardDashboards.none())).toEqual([]);
    expect(served(StandardDashboards.only(first), { ...EVERYTHING, sources: new Set() })).toEqual([first]);
    expect(served(StandardDashboards.only(first, second).without(first))).toEqual([second]);
  });

  it('can be changed one by one', () => {
    const changed = StandardDashboards.all()
      .override(first, { folder: 'Team A' })
      .override(first, { title: 'Other', tags: ['a'] });
    const [dashboard] = [...changed._served(EVERYTHING.dataSources, EVERYTHING.sources).values()].flat();
    expect(dashboard).toMatchObject({ uid: first, title: 'Other', folder: 'Team A' });
    expect(JSON.parse(dashboard._json(EVERYTHING)).tags).toContain('a');
  });

  it('can have boards of others in its place', () => {
    const own = Dashboard.json({ uid: 'own', json: '{}' });
    const replaced = StandardDashboards.all().replace(first, own);
    expect(served(replaced)).not.toContain(first);
    expect(replaced._replacements).toEqual([own]);
  });

  it('refuses names that do not exist and offers the nearest', () => {
    const own = Dashboard.json({ uid: 'own', json: '{}' });
    const wrong = StandardDashboards.only('kubernetes-persistent-volume')
      .without('kubernetes-Persistent-volumes')
      .override('persistent-volumes', {})
      .replace('kubernetes_persistent_volumes', own);
    expect(wrong._problems()).toEqual(
      [
        'kubernetes-persistent-volume',
        'kubernetes-Persistent-volumes',
        'persistent-volumes',
        'kubernetes_persistent_volumes',
      ].map(
        (name) =>
          `standard dashboard is "${name}"; allowed are the names of standard dashboards: did you mean "kubernetes-persistent-volumes"?`,
      ),
    );
    expect(StandardDashboards.all().without(first)._problems()).toEqual([]);
  });
});

describe('Dashboard.standard', () => {
  it('is one board of the library', () => {
    const dashboard = Dashboard.standard('kubernetes-persistent-volumes');
    expect(dashboard._problems(EVERYTHING)).toEqual([]);
    expect(dashboard).toMatchObject({ title: 'Kubernetes / Persistent Volumes', folder: 'Infrastructure' });
  });

  it('refuses a name that does not exist', () => {
    expect(Dashboard.standard('kubernetes-persistent-volume')._problems(EVERYTHING)).toEqual([
      'standard dashboard is "kubernetes-persistent-volume"; allowed are the names of standard dashboards: did you mean "kubernetes-persistent-volumes"?',
    ]);
  });

  it('says what is wrong with its options', () => {
    const options = { refresh: Duration.seconds(1), folder: ' ', source: MetricSource.THANOS };
    expect(Dashboard.standard('kubernetes-persistent-volumes', options)._problems({ ...EVERYTHING, dataSources: {} })).toEqual([
      'refresh is 1 s; allowed are whole seconds, at least 5: change it',
      'folder is " "; allowed is a text that is not empty: name a folder or leave it out',
      'the data source thanos is missing; allowed is a Grafana with one: add the data source or leave the board out',
    ]);
  });

  it('asks Thanos where that is wanted or nothing else is there', () => {
    const name = 'kubernetes-persistent-volumes';
    const wanted = Dashboard.standard(name, { source: MetricSource.THANOS })._json(EVERYTHING);
    const alone = Dashboard.standard(name)._json({ ...EVERYTHING, dataSources: { thanos: 'thanos' } });
    for (const json of [wanted, alone]) {
      expect(json).toContain('"uid":"thanos"');
      expect(json).not.toContain('"uid":"prometheus"');
    }
  });

  it('lies in the folder of its layer', () => {
    const folders = STANDARD_BOARDS.map(({ name, layer }) => [layer, Dashboard.standard(name).folder]);
    expect(Object.fromEntries(folders)[DashboardLayer.INFRASTRUCTURE]).toBe('Infrastructure');
  });
});
