import { describe, expect, it } from 'vitest';
import { identifier, isIdentifier, isTableName, select, tableName, textConstant } from '../../src/dashboards/sql';

describe('names', () => {
  it.each(['a', 'raw_message', '메시지', '2024', 'x'.repeat(64)])('accepts %s', (name) => {
    expect(isIdentifier(name)).toBe(true);
  });

  it.each(['', 'a b', 'a`b', 'a$b', 'a-b', 'a.b', "a'", 'x'.repeat(65), 'a\n', '*', 'a)'])('refuses %j', (name) => {
    expect(isIdentifier(name)).toBe(false);
  });

  it('of tables may name the database', () => {
    expect(['a', 'a.b', 'a.b.c', 'a.', '.a', ''].map(isTableName)).toEqual([true, true, false, false, false, false]);
    expect(tableName('app.message')).toBe('`app`.`message`');
  });

  it('are quoted', () => {
    expect(identifier('order')).toBe('`order`');
    expect(identifier('a`b')).toBe('`a``b`');
  });
});

describe('textConstant', () => {
  it.each([
    ['FAILED', "'FAILED'"],
    ['not yet: 1.5', "'not yet: 1.5'"],
    ["it's", "_utf8mb4 X'69742773'"],
    ['$status', "_utf8mb4 X'24737461747573'"],
    ['a\\', "_utf8mb4 X'615C'"],
    ['', "''"],
  ])('of %s', (text, literal) => {
    expect(textConstant(text)).toBe(literal);
  });
});

describe('select', () => {
  it('puts the clauses into their order', () => {
    expect(select({ columns: ['1'], from: 't' })).toBe('SELECT 1 FROM `t`');
    expect(select({ columns: ['a', 'b'], from: 'd.t', where: ['x', 'y'], groupBy: ['a', 'b'], orderBy: ['a'], limit: 3 })).toBe(
      'SELECT a, b FROM `d`.`t` WHERE x AND y GROUP BY a, b ORDER BY a LIMIT 3',
    );
  });
});
