/** A name of MySQL: letters of any script, digits, `_`. `$` would be legal there, but Grafana reads it as a variable. */
const IDENTIFIER = /^[\p{L}\p{N}_]{1,64}$/u;

/** Whether a text is a name that can be quoted without loss. */
export function isIdentifier(text: string): boolean {
  return IDENTIFIER.test(text);
}

/** Whether a text is `table` or `database.table`. */
export function isTableName(text: string): boolean {
  const parts = text.split('.');
  return parts.length <= 2 && parts.every(isIdentifier);
}

/** A name of MySQL, quoted. */
export function identifier(name: string): string {
  return `\`${name.replaceAll('`', '``')}\``;
}

/** The name of a table, quoted part by part. */
export function tableName(name: string): string {
  return name.split('.').map(identifier).join('.');
}

const PLAIN_TEXT = /^[\p{L}\p{N}_ .:-]*$/u;

/**
 * A text as MySQL literal. Anything but letters, digits and a few harmless signs is written in hexadecimal: no quote,
 * backslash, Grafana variable or macro in it can take effect, whatever the server's SQL mode.
 */
export function textConstant(text: string): string {
  return PLAIN_TEXT.test(text) ? `'${text}'` : `_utf8mb4 X'${Buffer.from(text, 'utf8').toString('hex').toUpperCase()}'`;
}

/** A query, clause by clause. */
export interface Select {
  readonly columns: readonly string[];
  readonly from: string;
  readonly where?: readonly string[];
  readonly groupBy?: readonly string[];
  readonly orderBy?: readonly string[];
  readonly limit?: number;
}

/** The text of a query. */
export function select(query: Select): string {
  const clause = (keyword: string, parts: readonly string[] | undefined, separator: string) =>
    parts === undefined || parts.length === 0 ? [] : [`${keyword} ${parts.join(separator)}`];
  return [
    `SELECT ${query.columns.join(', ')}`,
    `FROM ${tableName(query.from)}`,
    ...clause('WHERE', query.where, ' AND '),
    ...clause('GROUP BY', query.groupBy, ', '),
    ...clause('ORDER BY', query.orderBy, ', '),
    ...(query.limit === undefined ? [] : [`LIMIT ${query.limit}`]),
  ].join(' ');
}
