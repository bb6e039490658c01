import { describe, expect, it } from 'vitest';
import { boardLink, columnValue, exploreLink } from '../../src/dashboards/drill-down';
import { is, isOneOf } from '../../src/query/expressions';
import { checkLogQl } from '../../src/query/logql';

/** What Grafana makes of a link: references replaced by values, encoded where they ask for it. */
function followed(url: string, row: Record<string, string>): URL {
  const replaced = url
    .replace(/\$\{__data\.fields\["([^"]+)"\]:percentencode\}/g, (_, column) => encodeURIComponent(row[String(column)] ?? ''))
    .replaceAll('${__from}', '1700000000000')
    .replaceAll('${__to}', '1700003600000');
  expect(replaced).not.toContain('$');
  return new URL(replaced, 'https://grafana.example.com');
}

const SEARCH = { dataSource: 'loki', streams: [isOneOf('namespace', ['a', 'b.c'])], field: 'traceId', column: 'trace_id' };

describe('exploreLink', () => {
  it('is the state of Explore as one parameter', () => {
    expect(exploreLink('Logs', SEARCH)).toEqual({
      title: 'Logs',
      targetBlank: true,
      url:
        '/explore?schemaVersion=1&panes=%7B%22logs%22%3A%7B%22datasource%22%3A%22loki%22%2C%22queries%22%3A%5B%7B%22refId%22%3A%22A%22%2C' +
        '%22datasource%22%3A%7B%22type%22%3A%22loki%22%2C%22uid%22%3A%22loki%22%7D%2C%22expr%22%3A%22%7Bnamespace%3D~%5C%22a%7Cb%5C%5C%5C%5C.c%5C%22%7D' +
        '%20%7C%20traceId%3D%5C%22${__data.fields["trace_id"]:percentencode}%5C%22%22%2C%22queryType%22%3A%22range%22%2C%22editorMode%22%3A%22code%22%7D%5D%2C' +
        '%22range%22%3A%7B%22from%22%3A%22${__from}%22%2C%22to%22%3A%22${__to}%22%7D%7D%7D',
    });
  });

  it('opens the query for the clicked row in the time range of the board', () => {
    const url = followed(exploreLink('Logs', SEARCH).url, { trace_id: '4bf92f 3577&b=/#%' });
    const panes = JSON.parse(url.searchParams.get('panes') ?? '');
    expect(panes).toEqual({
      logs: {
        datasource: 'loki',
        queries: [
          {
            refId: 'A',
            datasource: { type: 'loki', uid: 'loki' },
            expr: '{namespace=~"a|b\\\\.c"} | traceId="4bf92f 3577&b=/#%"',
            queryType: 'range',
            editorMode: 'code',
          },
        ],
        range: { from: '1700000000000', to: '1700003600000' },
      },
    });
    expect(checkLogQl(panes.logs.queries[0].expr)).toEqual([]);
    expect([...url.searchParams.keys()]).toEqual(['schemaVersion', 'panes']);
  });

  it('keeps hostile names inside their strings', () => {
    const link = exploreLink('Logs', { ...SEARCH, dataSource: '"},"x":{"', streams: [is('namespace', '"} or {a="b')] });
    const panes = JSON.parse(followed(link.url, { trace_id: 't' }).searchParams.get('panes') ?? '');
    expect(panes.logs.datasource).toBe('"},"x":{"');
    expect(checkLogQl(panes.logs.queries[0].expr)).toEqual([]);
  });
});

describe('boardLink', () => {
  it('hands over time range and variables', () => {
    const link = boardLink('Logs', 'logs', { namespace: columnValue('namespace'), search: columnValue('trace') });
    const url = followed(link.url, { namespace: 'a&var-x=1', trace: 'ü/?' });
    expect(url.pathname).toBe('/d/logs');
    expect(Object.fromEntries(url.searchParams)).toEqual({
      from: '1700000000000',
      to: '1700003600000',
      'var-namespace': 'a&var-x=1',
      'var-search': 'ü/?',
    });
  });
});
