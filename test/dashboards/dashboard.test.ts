import { Duration } from 'cdk8s';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Dashboard } from '../../src/dashboards/dashboard';
import { ALL, CONTEXT, MINIMAL } from './boards';

/** How each kind of board is made out of properties. */
const KINDS = {
  logs: { make: Dashboard.logs, minimal: MINIMAL.logs, all: ALL.logs },
  pods: { make: Dashboard.pods, minimal: MINIMAL.pods, all: ALL.pods },
  events: { make: Dashboard.events, minimal: MINIMAL.events, all: ALL.events },
  http: { make: Dashboard.httpFromLogs, minimal: MINIMAL.http, all: ALL.http },
  messages: { make: Dashboard.messages, minimal: MINIMAL.messages, all: ALL.messages },
};

const shown = (dashboard: Dashboard) => ({ folder: dashboard.folder, json: dashboard._json(CONTEXT) });

/** Each property of `all`, put alone into `minimal`, with what the board becomes. */
function changes<Props extends object>(make: (props: Props) => Dashboard, minimal: Props, all: Props) {
  return Object.entries(all).map(([property, value]) => ({ property, shown: shown(make({ ...minimal, [property]: value })) }));
}

describe('each property changes the board', () => {
  it.each([
    ...changes(KINDS.logs.make, KINDS.logs.minimal, KINDS.logs.all).map((change) => ({ kind: 'logs', ...change })),
    ...changes(KINDS.pods.make, KINDS.pods.minimal, KINDS.pods.all).map((change) => ({ kind: 'pods', ...change })),
    ...changes(KINDS.events.make, KINDS.events.minimal, KINDS.events.all).map((change) => ({ kind: 'events', ...change })),
    ...changes(KINDS.http.make, KINDS.http.minimal, KINDS.http.all).map((change) => ({ kind: 'http', ...change })),
    ...changes(KINDS.messages.make, KINDS.messages.minimal, KINDS.messages.all).map((change) => ({
      kind: 'messages',
      ...change,
    })),
  ])('$kind: $property', ({ kind, shown: changed }) => {
    const unchanged = {
      logs: Dashboard.logs(MINIMAL.logs),
      pods: Dashboard.pods(MINIMAL.pods),
      events: Dashboard.events(MINIMAL.events),
      http: Dashboard.httpFromLogs(MINIMAL.http),
      messages: Dashboard.messages(MINIMAL.messages),
    }[kind];
    expect(unchanged).toBeDefined();
    expect(changed).not.toEqual(unchanged && shown(unchanged));
  });

  it('logs: the level that Loki reads itself is no label of streams', () => {
    const json = Dashboard.logs({ ...MINIMAL.logs, levelLabel: 'detected_level' })._json(CONTEXT);
    expect(json).toContain('} |~ `(?i)${search:raw}` | pod=~\\"$pod\\" | detected_level=~\\"$level\\"');
    expect(json).not.toMatch(/\{[^{}]*detected_level=~[^{}]*\} \|~/);
    expect(json).not.toContain(
      'label_values({env=~\\"$environment\\", cluster=~\\"$cluster\\", namespace=~\\"$namespace\\"}, detected_level)',
    );
  });

  it('logs: tenantField of the context', () => {
    const withTenant = Dashboard.logs(MINIMAL.logs)._json({ ...CONTEXT, tenantField: 'tenant' });
    expect(withTenant).toContain('| tenant=~\\"$tenant\\"');
    expect(Dashboard.logs(MINIMAL.logs)._json(CONTEXT)).not.toContain('tenant');
    expect(Dashboard.logs({ ...MINIMAL.logs, tenantField: 'customer' })._json({ ...CONTEXT, tenantField: 'tenant' })).toContain(
      '| customer=~\\"$tenant\\"',
    );
  });
});

describe('Dashboard', () => {
  it('offers what Grafana needs to know before it renders', () => {
    const dashboard = Dashboard.logs(ALL.logs);
    expect({ uid: dashboard.uid, title: dashboard.title, folder: dashboard.folder }).toEqual({
      uid: 'other',
      title: 'Other',
      folder: 'Folder',
    });
  });

  it('accepts the least and all properties', () => {
    const dashboards = [
      Dashboard.logs(MINIMAL.logs),
      Dashboard.logs(ALL.logs),
      Dashboard.pods(MINIMAL.pods),
      Dashboard.pods(ALL.pods),
      Dashboard.events(MINIMAL.events),
      Dashboard.events(ALL.events),
      Dashboard.httpFromLogs(MINIMAL.http),
      Dashboard.httpFromLogs(ALL.http),
      Dashboard.messages(MINIMAL.messages),
      Dashboard.messages(ALL.messages),
    ];
    expect(dashboards.flatMap((dashboard) => dashboard._problems(CONTEXT))).toEqual([]);
  });

  it('is the same text each time, without spaces', () => {
    const json = Dashboard.pods(MINIMAL.pods)._json(CONTEXT);
    expect(json).toBe(Dashboard.pods(MINIMAL.pods)._json(CONTEXT));
    expect(json).toBe(JSON.stringify(JSON.parse(json)));
    expect(JSON.parse(json)).toMatchObject({ id: null, uid: 'pods', schemaVersion: 42 });
  });

  it('names everything that is wrong with a board of logs', () => {
    const dashboard = Dashboard.logs({
      uid: 'has space',
      title: ' ',
      folder: '',
      refresh: Duration.seconds(1),
      timeRange: Duration.millis(1500),
      namespaces: ['Upper', 'fine'],
      levelLabel: 'le-vel',
      errorLevels: [],
      tenantField: '1st',
    });
    expect(dashboard._problems({ ...CONTEXT, dataSources: {} })).toMatchInlineSnapshot(`
      [
        "uid is "has space"; allowed are 1 to 40 letters, digits, "-" and "_": choose another uid",
        "title is " "; allowed is a text that is not empty: give the board a title",
        "refresh is 1 s; allowed are whole seconds, at least 5: change it",
        "timeRange is 1.5 s; allowed are whole seconds, at least 1: change it",
        "folder is ""; allowed is a text that is not empty: name a folder or leave it out",
        "namespaces has "Upper"; allowed are 1 to 63 lower-case letters, digits and "-": name a namespace",
        "levelLabel is "le-vel"; allowed are letters, digits and "_", not starting with a digit: name an existing label",
        "errorLevels is []; allowed is a list of texts that are not empty: name at least one value or leave it out",
        "tenantField is "1st"; allowed are letters, digits and "_", not starting with a digit: name an existing label",
        "the data source loki is missing; allowed is a Grafana with one: add the data source or leave the board out",
      ]
    `);
  });

  it('names everything that is wrong with a board of events', () => {
    const dashboard = Dashboard.events({ ...ALL.events, metric: 'a-b', typeLabel: '', outcomeLabel: 'x y', successValues: [''] });
    expect(dashboard._problems({ ...CONTEXT, dataSources: { prometheus: 'prometheus' } })).toMatchInlineSnapshot(`
      [
        "the data source thanos is missing; allowed is a Grafana with one: add the data source or leave the board out",
        "metric is "a-b"; allowed are letters, digits, "_" and ":", not starting with a digit: name an existing metric",
        "typeLabel is ""; allowed are letters, digits and "_", not starting with a digit: name an existing label",
        "outcomeLabel is "x y"; allowed are letters, digits and "_", not starting with a digit: name an existing label",
        "successValues is [""]; allowed is a list of texts that are not empty: name at least one value or leave it out",
      ]
    `);
  });

  it('names everything that is wrong with a board of HTTP requests', () => {
    const dashboard = Dashboard.httpFromLogs({
      uid: 'u'.repeat(41),
      title: 'T',
      requestsMetric: '1',
      errorsMetric: '',
      durationMetric: 'a{b="c"}',
      methodLabel: '-',
      statusLabel: '.',
    });
    expect(dashboard._problems({ ...CONTEXT, dataSources: { thanos: 'thanos' } })).toMatchInlineSnapshot(`
      [
        "uid is "uuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuu"; allowed are 1 to 40 letters, digits, "-" and "_": choose another uid",
        "the data source prometheus is missing; allowed is a Grafana with one: add the data source or leave the board out",
        "requestsMetric is "1"; allowed are letters, digits, "_" and ":", not starting with a digit: name an existing metric",
        "errorsMetric is ""; allowed are letters, digits, "_" and ":", not starting with a digit: name an existing metric",
        "durationMetric is "a{b=\\"c\\"}"; allowed are letters, digits, "_" and ":", not starting with a digit: name an existing metric",
        "methodLabel is "-"; allowed are letters, digits and "_", not starting with a digit: name an existing label",
        "statusLabel is "."; allowed are letters, digits and "_", not starting with a digit: name an existing label",
      ]
    `);
  });

  it('names everything that is wrong with a board of pods', () => {
    expect(Dashboard.pods({ uid: '', title: 'T', logsDashboard: '/d/logs' })._problems(CONTEXT)).toMatchInlineSnapshot(`
      [
        "uid is ""; allowed are 1 to 40 letters, digits, "-" and "_": choose another uid",
        "logsDashboard is "/d/logs"; allowed are 1 to 40 letters, digits, "-" and "_": choose another uid",
      ]
    `);
  });

  it('names everything that is wrong with a board of messages', () => {
    const dashboard = Dashboard.messages({
      uid: 'messages',
      title: 'T',
      table: 'a.b.c',
      timeColumn: '$__time(x)',
      statusColumn: 'a`b',
      traceIdColumn: 'a b',
      idColumn: '',
      furtherColumns: ['fine', 'x;--'],
      failedStatuses: [],
      maxRows: 0.5,
      namespaces: ['_'],
      logTraceIdField: 'trace-id',
      logsDashboard: 'a?b',
      dataSource: 'a b',
    });
    expect(dashboard._problems({ ...CONTEXT, dataSources: {} })).toMatchInlineSnapshot(`
      [
        "table is "a.b.c"; allowed is "table" or "database.table" of letters, digits and "_", each up to 64: correct the name",
        "timeColumn is "$__time(x)"; allowed are up to 64 letters, digits and "_": correct the name",
        "statusColumn is "a\`b"; allowed are up to 64 letters, digits and "_": correct the name",
        "traceIdColumn is "a b"; allowed are up to 64 letters, digits and "_": correct the name",
        "idColumn is ""; allowed are up to 64 letters, digits and "_": correct the name",
        "furtherColumns[1] is "x;--"; allowed are up to 64 letters, digits and "_": correct the name",
        "failedStatuses is []; allowed is a list of texts that are not empty: name at least one value or leave it out",
        "maxRows is 0.5; allowed is a whole number from 1 to 100000: change it",
        "namespaces has "_"; allowed are 1 to 63 lower-case letters, digits and "-": name a namespace",
        "logTraceIdField is "trace-id"; allowed are letters, digits and "_", not starting with a digit: name an existing label",
        "logsDashboard is "a?b"; allowed are 1 to 40 letters, digits, "-" and "_": choose another uid",
        "dataSource is "a b"; allowed are 1 to 40 letters, digits, "-" and "_": choose another uid",
        "the data source loki is missing; allowed is a Grafana with one: add the data source or leave the board out",
      ]
    `);
  });

  it('refuses a board that does not fit into a ConfigMap', () => {
    const json = JSON.stringify({ title: 'Big', panels: [{ description: 'é'.repeat(100_000) }] });
    expect(Dashboard.json({ uid: 'big', json })._problems(CONTEXT)).toEqual([
      'the board "big" is 200067 bytes; allowed are 200000: split it into several boards',
    ]);
  });

  it('never throws, whatever the properties hold', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('"', '`', '${x}', '$__all', '[[x]]', "' OR 1=1 --", '\n', '\ud83d'),
    );
    fc.assert(
      fc.property(text, fc.array(text), (value, values) => {
        const common = { uid: value, title: value, folder: value, tags: values, namespaces: values };
        const dashboards = [
          Dashboard.logs({ ...common, levelLabel: value, errorLevels: values, tenantField: value }),
          Dashboard.pods({ ...common, logsDashboard: value }),
          Dashboard.events({ ...common, metric: value, typeLabel: value, outcomeLabel: value, successValues: values }),
          Dashboard.httpFromLogs({
            ...common,
            requestsMetric: value,
            errorsMetric: value,
            durationMetric: value,
            methodLabel: value,
          }),
          Dashboard.messages({
            ...common,
            table: value,
            timeColumn: value,
            statusColumn: value,
            traceIdColumn: value,
            failedStatuses: values,
          }),
          Dashboard.json({ uid: value, json: value, title: value, tags: values }),
        ];
        for (const dashboard of dashboards) {
          expect(Array.isArray(dashboard._problems(CONTEXT))).toBe(true);
          expect(JSON.parse(dashboard._json(CONTEXT))).toMatchObject({ id: null });
        }
      }),
      { numRuns: 50 },
    );
  });
});
