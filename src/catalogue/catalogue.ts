import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SOURCE_NAMES, type SourceName } from './sources';

export type MetricType = 'counter' | 'gauge' | 'histogram' | 'summary' | 'untyped';

/** What a file of `metrics/` holds. A metric is its type and its label names with spaces between. */
export interface SourceFile {
  /** Name and version of what was asked. */
  readonly program: string;
  /** Who answered a program that asks others, where that was not the real one. */
  readonly asked?: string;
  /** Seen in what the running program exposed. */
  readonly recorded: Readonly<Record<string, string>>;
  /**
   * Named in the program's code or documentation, but not exposed while it was recorded: most exist once something has
   * happened. `?` in place of the labels where these could not be read.
   */
  readonly code: Readonly<Record<string, string>>;
}

/** A series name that a source exposes: a metric, or one of the names of a histogram or summary. */
export interface KnownSeries {
  readonly source: SourceName;
  readonly metric: string;
  readonly type: MetricType;
  /** Without those that scraping adds; undefined where they are not known. */
  readonly labels: readonly string[] | undefined;
}

const loaded = new Map<SourceName, ReadonlyMap<string, KnownSeries>>();

/** Every series name of a source. Read when it is asked for: no synth needs it. */
export function seriesOf(source: SourceName): ReadonlyMap<string, KnownSeries> {
  const known = loaded.get(source);
  if (known !== undefined) {
    return known;
  }
  const { recorded, code }: SourceFile = JSON.parse(readFileSync(join(__dirname, 'metrics', `${source}.json`), 'utf8'));
  const series = new Map<string, KnownSeries>();
  for (const [metric, text] of [...Object.entries(code), ...Object.entries(recorded)]) {
    const [type, ...names] = text.split(' ') as [MetricType, ...string[]];
    const labels = names[0] === '?' ? undefined : names;
    for (const [suffix, added] of SERIES_OF_TYPE[type]) {
      series.set(metric + suffix, { source, metric, type, labels: labels && (added === '' ? labels : [...labels, added]) });
    }
  }
  loaded.set(source, series);
  return series;
}

/** Suffixes of a metric's series, with the label each adds. */
const SERIES_OF_TYPE: Readonly<Record<MetricType, readonly (readonly [string, string])[]>> = {
  counter: [['', '']],
  gauge: [['', '']],
  untyped: [['', '']],
  histogram: [
    ['_bucket', 'le'],
    ['_sum', ''],
    ['_count', ''],
  ],
  summary: [
    ['', 'quantile'],
    ['_sum', ''],
    ['_count', ''],
  ],
};

/** Who exposes a series of this name. */
export function knownSeries(name: string, sources: readonly SourceName[] = SOURCE_NAMES): KnownSeries[] {
  return sources.flatMap((source) => seriesOf(source).get(name) ?? []);
}
