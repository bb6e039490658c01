import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { SourceFile } from '../../src/catalogue/catalogue';
import { catalogueProblems } from '../../src/catalogue/catalogue-checks';
import { SOURCE_NAMES, type SourceName } from '../../src/catalogue/sources';
import { STANDARD_BOARDS } from '../../src/dashboards/standard/catalogue';
import { type StandardBoard, standardBoard } from '../../src/dashboards/standard-board';
import { metricNamesOf } from '../../src/query/promql';
import { scrapedContext } from '../catalogue/checks';
import { CONTEXT, queriesFor, variableSelectors } from './boards';

/** Sources of the catalogue by what boards call them, where that differs. */
const SOURCES: Readonly<Record<string, readonly SourceName[]>> = {
  alloy: ['alloy'],
  'alloy-node': ['alloy'],
  'alloy-cluster': ['alloy'],
  memcached: ['memcached_exporter'],
  'node-exporter': ['node_exporter'],
  thanos: SOURCE_NAMES.filter((name) => name.startsWith('thanos-')),
  'thanos-compactor': ['thanos-compact'],
  'thanos-ruler': ['thanos-rule'],
};

/** Undefined for what the catalogue does not know. */
function sourcesOf({ needs }: StandardBoard): SourceName[] | undefined {
  const sources = needs.map((need) => SOURCES[need] ?? SOURCE_NAMES.filter((name) => name === need));
  return sources.every(({ length }) => length > 0) ? sources.flat() : undefined;
}

/** The board as it is where nothing but what it needs is scraped, or where more is. */
function queriesOf(definition: StandardBoard, scraped: ReadonlySet<string> = new Set(definition.needs)): string[] {
  const board = standardBoard(definition, {}, { ...CONTEXT, sources: scraped });
  return [...queriesFor(board, 'prometheus'), ...variableSelectors(board, 'prometheus')];
}

const context = scrapedContext();

const boards = STANDARD_BOARDS.flatMap((definition) => {
  const sources = sourcesOf(definition);
  return sources === undefined ? [] : [{ name: definition.name, definition, sources }];
});

describe.each(boards)('$name', ({ definition, sources }) => {
  const queries = queriesOf(definition);

  it('reads only series and labels that what it needs has and the stack keeps', () => {
    expect([...new Set(queries.flatMap((query) => catalogueProblems(query, { ...context, sources })))]).toEqual([]);
  });

  it('reads only what there is where everything is scraped', () => {
    const everything = new Set([...SOURCE_NAMES, ...Object.keys(SOURCES)]);
    const all = queriesOf(definition, everything);
    expect([...new Set(all.flatMap((query) => catalogueProblems(query, { ...context, sources: SOURCE_NAMES })))]).toEqual([]);
  });

  it('needs no source without reading from it', () => {
    const metrics = [...new Set(queries.flatMap(metricNamesOf))].filter((metric) => metric !== 'up');
    const unread = definition.needs.filter((need) => {
      const own = SOURCES[need] ?? SOURCE_NAMES.filter((name) => name === need);
      return metrics.every((metric) => catalogueProblems(metric, { ...context, sources: own }).length > 0);
    });
    expect(unread).toEqual([]);
  });
});

/** What no MariaDB says, but MySQL. */
const ONLY_MYSQL = [
  'mysql_global_status_innodb_row_ops_total',
  'mysql_slave_status_replica_io_running',
  'mysql_slave_status_replica_sql_running',
  'mysql_slave_status_seconds_behind_source',
];

describe('boards of middleware', () => {
  it.each([
    ['redis-overview', []],
    ['kafka-overview', []],
    ['nginx-overview', []],
    ['mysql-overview', ONLY_MYSQL],
  ])('%s asks only for what the running exporter exposed', (name, others) => {
    const [definition] = STANDARD_BOARDS.filter((board) => board.name === name);
    const [source] = definition.needs;
    const file = resolve(__dirname, `../../src/catalogue/metrics/${source}.json`);
    const { recorded }: SourceFile = JSON.parse(readFileSync(file, 'utf8'));
    const asked = [...new Set(queriesOf(definition).flatMap(metricNamesOf))];
    expect(asked.length).toBeGreaterThan(5);
    expect(asked.filter((metric) => recorded[metric] === undefined).sort()).toEqual(others);
  });
});
