/** The one place that does what Grafana does to a query before it is sent: variables, their formats, and macros. */
import type { DashboardVariable } from './dashboard-model';

/** What is chosen of a variable. `raw` is inserted as it is, whatever the format: Grafana's custom "all" value. */
export interface Choice {
  readonly values: readonly string[];
  readonly multi: boolean;
  readonly raw?: string;
}

export interface TimeRange {
  /** Seconds since 1970. */
  readonly from: number;
  readonly to: number;
  /** Seconds between two points of a graph. */
  readonly step: number;
  /** Seconds between two scrapes. */
  readonly scrapeInterval: number;
}

const ESCAPED = /[.*+?^${}()|[\]\\/]/g;
const regex = (values: readonly string[], backslash: string) => {
  const escaped = values.map((value) => value.replace(ESCAPED, (character) => `${backslash}${character}`));
  return escaped.length === 1 ? escaped[0] : `(${escaped.join('|')})`;
};
const sqlString = (values: readonly string[]) => values.map((value) => `'${value.replaceAll("'", "''")}'`).join(',');

const FORMATS: Record<string, (values: readonly string[]) => string> = {
  raw: (values) => (values.length === 1 ? values[0] : values.join(',')),
  csv: (values) => values.join(','),
  pipe: (values) => values.join('|'),
  regex: (values) => regex(values, '\\'),
  sqlstring: sqlString,
  singlequote: (values) => values.map((value) => `'${value.replaceAll("'", "\\'")}'`).join(','),
  doublequote: (values) => values.map((value) => `"${value.replaceAll('"', '\\"')}"`).join(','),
};

/** Without a format the data source decides: PromQL and LogQL take a regular expression inside a string, SQL a list where several may be chosen. */
function byDefault(choice: Choice, type: string): string {
  if (!choice.multi) {
    return choice.values.join(',');
  }
  return type === 'mysql' || type === 'postgres' ? sqlString(choice.values) : regex(choice.values, '\\\\');
}

export function expandVariables(text: string, choices: ReadonlyMap<string, Choice>, type: string): string {
  return text.replace(/\$\{(\w+)(?::(\w+))?\}|\$(\w+)/g, (whole, braced?: string, format?: string, bare?: string) => {
    const choice = choices.get(String(braced ?? bare));
    if (choice === undefined) {
      return whole;
    }
    if (choice.raw !== undefined) {
      return choice.raw;
    }
    if (format === undefined) {
      return byDefault(choice, type);
    }
    if (FORMATS[format] === undefined) {
      throw new Error(`format ${format} of ${whole} is not known here`);
    }
    return FORMATS[format](choice.values);
  });
}

/** Length of an interval as Grafana writes it. */
export const seconds = (interval: string): number => {
  const [, count, unit] = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(interval.trim().replaceAll("'", '')) ?? [];
  const units: Record<string, number> = { ms: 0.001, s: 1, m: 60, h: 3600, d: 86_400 };
  if (unit === undefined) {
    throw new Error(`${interval} is not an interval`);
  }
  return Number(count) * units[unit];
};

function sqlMacros(text: string, { from, to }: TimeRange): string {
  return text
    .replace(
      /\$__timeFilter\(([^)]+)\)/g,
      (_, column: string) => `${column} BETWEEN FROM_UNIXTIME(${from}) AND FROM_UNIXTIME(${to})`,
    )
    .replace(
      /\$__timeGroup(Alias)?\(([^,]+),([^,)]+)(?:,[^)]*)?\)/g,
      (_, alias: string | undefined, column: string, interval: string) => {
        const width = seconds(interval);
        return `UNIX_TIMESTAMP(${column.trim()}) DIV ${width} * ${width}${alias === undefined ? '' : ' AS "time"'}`;
      },
    )
    .replace(/\$__timeFrom\(\)/g, `FROM_UNIXTIME(${from})`)
    .replace(/\$__timeTo\(\)/g, `FROM_UNIXTIME(${to})`)
    .replace(/\$__unixEpochFrom\(\)/g, String(from))
    .replace(/\$__unixEpochTo\(\)/g, String(to));
}

/** A query as the data source gets it. What stays unexpanded is an error: a data source would refuse it, or worse, not. */
export function expand(text: string, choices: ReadonlyMap<string, Choice>, type: string, range: TimeRange): string {
  const { from, to, step, scrapeInterval } = range;
  const builtIn: Record<string, string> = {
    __rate_interval_ms: String(Math.max(step + scrapeInterval, 4 * scrapeInterval) * 1000),
    __rate_interval: `${Math.max(step + scrapeInterval, 4 * scrapeInterval)}s`,
    __interval_ms: String(step * 1000),
    __interval: `${step}s`,
    __auto: `${step}s`,
    __range_ms: String((to - from) * 1000),
    __range_s: String(to - from),
    __range: `${to - from}s`,
    __from: String(from * 1000),
    __to: String(to * 1000),
  };
  const expanded = sqlMacros(
    expandVariables(
      text.replace(/\$\{?(__\w+)\}?/g, (whole, name: string) => builtIn[name] ?? whole),
      choices,
      type,
    ),
    range,
  );
  const [left] = /\$\{?[A-Za-z_]\w*/.exec(expanded) ?? [];
  if (left !== undefined) {
    throw new Error(`${left} is neither a variable of the dashboard nor a known macro`);
  }
  return expanded;
}

/** The values of a variable that its regular expression lets through; a group takes a part of them. */
export function filtered(values: readonly string[], { regex: expression }: DashboardVariable): string[] {
  if (!expression) {
    return [...values];
  }
  const [, pattern, flags] = /^\/(.*)\/([a-z]*)$/.exec(expression) ?? ['', `^${expression}$`, ''];
  const parts = values.flatMap((value) => {
    const match = new RegExp(pattern, flags.replace('g', '')).exec(value);
    return match === null ? [] : [match[1] ?? match[0]];
  });
  return [...new Set(parts)];
}

/** What is chosen when the dashboard opens, once the variable's query has answered. */
export function chosen(variable: DashboardVariable, values: readonly string[]): Choice {
  const current = variable.current?.value ?? [];
  const wanted = typeof current === 'string' ? [current] : current;
  const multi = Array.isArray(current) || variable.includeAll === true;
  if (wanted.includes('$__all')) {
    return variable.allValue ? { values, multi, raw: variable.allValue } : { values, multi };
  }
  return { values: wanted.length > 0 ? wanted : values.slice(0, 1), multi };
}
