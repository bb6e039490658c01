import { describe, expect, it } from 'vitest';
import { Dashboard } from '../../src/dashboards/dashboard';
import { CONTEXT } from './boards';

const problems = (board: unknown) =>
  Dashboard.json({ uid: 'mine', title: 'Mine', json: JSON.stringify(board) })._problems(CONTEXT);

const panel = (type: string, expr: string) => ({ panels: [{ datasource: { type, uid: 'x' }, targets: [{ expr }] }] });

describe('Dashboard.json', () => {
  it('gives a board its address and no id', () => {
    const json = JSON.stringify({ id: 17, uid: 'old', title: 'Theirs', tags: ['a'], panels: [], custom: { kept: true } });
    const dashboard = Dashboard.json({ uid: 'mine', json, folder: 'Team', tags: ['b'] });
    expect([dashboard.uid, dashboard.title, dashboard.folder]).toEqual(['mine', 'Theirs', 'Team']);
    expect(dashboard._render(CONTEXT)).toEqual({
      id: null,
      uid: 'mine',
      title: 'Theirs',
      tags: ['a', 'b'],
      panels: [],
      custom: { kept: true },
    });
    expect(dashboard._problems(CONTEXT)).toEqual([]);
  });

  it('gives a board another title', () => {
    expect(Dashboard.json({ uid: 'mine', json: '{"title":"Theirs"}', title: 'Mine' })._render(CONTEXT)).toEqual({
      id: null,
      uid: 'mine',
      title: 'Mine',
    });
  });

  it.each(['', '{', '[]', '"x"', 'null', '1', '['.repeat(200_000), `${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}`])(
    'refuses what is no JSON object: %#',
    (json) => {
      const [problem] = Dashboard.json({ uid: 'mine', title: 'Mine', json })._problems(CONTEXT);
      expect(problem).toMatch(/^json is ".*"; allowed is the JSON object of a dashboard: export the dashboard as JSON$/s);
      expect(problem?.length).toBeLessThan(200);
    },
  );

  it('wants a title', () => {
    expect(Dashboard.json({ uid: 'mine', json: '{"title":5}' })._problems(CONTEXT)).toEqual([
      'title is ""; allowed is a text that is not empty: give the board a title',
    ]);
  });

  it('refuses other shapes and placeholders', () => {
    expect([
      problems({ dashboard: {}, meta: {} }),
      problems({ apiVersion: 'dashboard.grafana.app/v2beta1', spec: {} }),
      problems({ elements: {} }),
      problems({ __inputs: [], panels: [{ datasource: '${DS_PROMETHEUS}' }, { datasource: { uid: '${DS_LOKI-X}' } }] }),
    ]).toMatchInlineSnapshot(`
      [
        [
          "json is an answer of the HTTP API, {"dashboard": …}; allowed is the bare dashboard: give what is inside "dashboard"",
        ],
        [
          "json is a dashboard of schema 2; allowed is the classic model: export the dashboard as "Classic" JSON",
        ],
        [
          "json is a dashboard of schema 2; allowed is the classic model: export the dashboard as "Classic" JSON",
        ],
        [
          "json.__inputs is present; allowed are only dashboards with fixed data sources: export without "for sharing externally"",
          "json has the data source \${DS_PROMETHEUS}; allowed are uids of data sources: put the uid in its place",
          "json has the data source \${DS_LOKI-X}; allowed are uids of data sources: put the uid in its place",
        ],
      ]
    `);
  });

  it.each([
    panel('prometheus', 'rate(foo[$__rate_interval])'),
    panel('prometheus', 'rate(foo[1m])'),
    panel('prometheus', ''),
    panel('loki', '{app="x"} |= `y`'),
    panel('mysql', 'rate(foo'),
    { panels: [{ targets: [{ expr: 'rate(foo' }] }] },
    { annotations: { list: [{ datasource: 'prometheus', expr: 'ALERTS{a="b"}' }] } },
    {
      panels: [
        { datasource: { type: 'datasource', uid: '-- Mixed --' }, targets: [{ datasource: { type: 'loki' }, expr: '{a="b"}' }] },
      ],
    },
  ])('accepts queries that are good or that it cannot judge: %j', (board) => {
    expect(problems(board)).toEqual([]);
  });

  it.each([
    panel('prometheus', 'rate(foo[$__rate_interval)'),
    panel('prometheus', 'rate(foo[30s]) + increase(bar[59s])'),
    panel('loki', '{app=~".*"}'),
    { panels: [{ type: 'row', panels: [{ datasource: 'loki', targets: [{ expr: '{' }] }] }] },
    { panels: [{ datasource: { type: 'prometheus' }, targets: [{ datasource: { uid: 'loki' }, expr: 'up' }] }] },
    { annotations: { list: [{ datasource: { uid: 'thanos' }, expr: '{app="x"} |= "y"' }] } },
  ])('refuses bad queries: %j', (board) => {
    expect(problems(board)).toMatchSnapshot();
  });
});
