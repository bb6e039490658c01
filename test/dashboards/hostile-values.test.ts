import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { eventsBoard } from '../../src/dashboards/events-board';
import { logsBoard } from '../../src/dashboards/logs-board';
import { messagesBoard } from '../../src/dashboards/messages-board';
import { checkLogQl } from '../../src/query/logql';
import { checkPromQl, labelsOf } from '../../src/query/promql';
import { CONTEXT, MINIMAL, queriesFor, sqlOf } from './boards';

const text = fc.oneof(
  fc.string({ unit: 'binary', minLength: 1 }),
  fc.constantFrom(
    'a|b',
    '.*',
    '"} or up{a="',
    '$namespace',
    '${x}',
    '[[x]]',
    '\\',
    "' OR 1=1 -- ",
    "\\'",
    '`',
    '\n',
    '$__timeFilter(x)',
  ),
);

describe('values that are data stay data', () => {
  it('successful outcomes of events', () => {
    fc.assert(
      fc.property(fc.array(text, { minLength: 1 }), (successValues) => {
        const queries = queriesFor(eventsBoard({ ...MINIMAL.events, successValues }, CONTEXT), 'prometheus');
        expect(queries.flatMap(checkPromQl)).toEqual([]);
        expect([...new Set(queries.flatMap(labelsOf))].sort()).toEqual(['cluster', 'env', 'namespace', 'outcome', 'type']);
        expect([...new Set(queries.join().match(/\$\w+/g))].sort()).toEqual(
          ['$__range', '$__rate_interval', '$cluster', '$environment', '$namespace', '$type'].sort(),
        );
      }),
      { numRuns: 30 },
    );
  });

  it('error levels of logs', () => {
    fc.assert(
      fc.property(fc.array(text, { minLength: 1 }), (errorLevels) => {
        const queries = queriesFor(logsBoard({ ...MINIMAL.logs, errorLevels }, CONTEXT), 'loki');
        expect(queries.flatMap(checkLogQl)).toEqual([]);
      }),
      { numRuns: 30 },
    );
  });

  it('failed statuses of messages', () => {
    fc.assert(
      fc.property(text, (status) => {
        const [plain = ''] = sqlOf(messagesBoard({ ...MINIMAL.messages, failedStatuses: ['X'] }, CONTEXT)).filter((sql) =>
          sql.includes("IN ('X')"),
        );
        const [before = '', after = ''] = plain.split("'X'");
        const [sql = ''] = sqlOf(messagesBoard({ ...MINIMAL.messages, failedStatuses: [status] }, CONTEXT)).filter(
          (query) => query.startsWith(before) && query !== plain,
        );
        const literal = status === 'X' ? "'X'" : sql.slice(before.length, sql.length - after.length);
        expect(literal).toMatch(/^('[\p{L}\p{N}_ .:-]*'|_utf8mb4 X'([0-9A-F]{2})*')$/u);
      }),
    );
  });
});
