import { aggregate, group, type Matcher, operation } from '../query/expressions';
import { type Composer, type Graph, legend, type Series } from './composer';
import type { Section } from './layout';
import type { SizedPanel } from './panels';

/** Requests that a program serves or sends. */
export interface Requests {
  /** What they are, as a title begins: `Requests`, `Pushes`. */
  readonly title: string;
  /** Counter of all, or name of the histogram of their durations with `_count`. */
  readonly counter: string;
  /** Which of the series. @default - all */
  readonly matchers?: readonly Matcher[];
  /** What only failed ones have. @default - no graph of errors */
  readonly failed?: readonly Matcher[];
  /** Counter of the failed ones, where they are counted apart. @default - `counter` */
  readonly failures?: string;
  /** Histogram of durations in seconds, without `_bucket`. @default - no graph of durations */
  readonly duration?: string;
  /** Labels that tell requests apart: route, method, … @default - none: all together */
  readonly by?: readonly string[];
}

/** Share of the requests that failed; 0 where none did, nothing where there were none. */
export function failedShare(series: Series, { counter, matchers = [], failed = [], failures, by = [] }: Requests): string {
  const all = aggregate('sum', by, series.rate(counter, ...matchers));
  const bad = aggregate('sum', by, series.rate(failures ?? counter, ...matchers, ...failed));
  return operation(group(operation(bad, 'or', operation(all, '*', 0))), '/', group(operation(all, '>', 0)));
}

/** Rate, errors and duration of requests (RED), side by side. */
export function red(composer: Composer, series: Series, requests: Requests): SizedPanel[] {
  const { title, counter, matchers = [], failed, failures, duration, by = [] } = requests;
  const graphs: Omit<Graph, 'width'>[] = [
    {
      title: `${title}: rate`,
      description: `${title} per second.`,
      unit: 'reqps',
      stacked: true,
      lines: { [legend(...by) || 'all']: aggregate('sum', by, series.rate(counter, ...matchers)) },
    },
    ...(failed === undefined && failures === undefined
      ? []
      : [
          {
            title: `${title}: errors`,
            description: `Share of ${title.toLowerCase()} that failed.`,
            unit: 'percentunit',
            lines: { [legend(...by) || 'failed']: failedShare(series, requests) },
          },
        ]),
    ...(duration === undefined
      ? []
      : [
          {
            title: `${title}: duration`,
            description: `Time within which half, 95 % and 99 % of ${title.toLowerCase()} were done. Exact only to the width of a bucket.`,
            unit: 's',
            lines: {
              p50: series.quantile(0.5, [], duration, ...matchers),
              p95: series.quantile(0.95, [], duration, ...matchers),
              p99: series.quantile(0.99, [], duration, ...matchers),
            },
          },
        ]),
  ];
  return graphs.map((graph) => composer.graph({ ...graph, width: 24 / graphs.length }));
}

/** What fills up besides requests: queues, slots, memory. */
export interface GoldenSignals extends Requests {
  readonly saturation: Omit<Graph, 'width'>;
}

/** Traffic, errors, latency and saturation, two and two. */
export function goldenSignals(composer: Composer, series: Series, { saturation, ...requests }: GoldenSignals): SizedPanel[] {
  const panels = [...red(composer, series, requests), composer.graph(saturation)];
  return panels.map((panel) => ({ ...panel, width: panels.length % 3 === 0 ? 8 : 12 }));
}

/** Utilization, saturation and errors of a resource (USE). */
export interface Use {
  /** The resource: `CPU`, `Disk`. */
  readonly resource: string;
  /** Share in use, between 0 and 1. */
  readonly utilization: Omit<Graph, 'title' | 'unit' | 'width'>;
  /** What waits for it. @default - no graph */
  readonly saturation?: Omit<Graph, 'title' | 'width'>;
  /** What failed. @default - no graph */
  readonly errors?: Omit<Graph, 'title' | 'width'>;
}

/** Utilization, saturation and errors of a resource as a section. */
export function use(composer: Composer, { resource, utilization, saturation, errors }: Use): Section {
  const graphs: Graph[] = [
    { ...utilization, title: `${resource}: utilization`, unit: 'percentunit' },
    ...(saturation === undefined ? [] : [{ ...saturation, title: `${resource}: saturation` }]),
    ...(errors === undefined ? [] : [{ ...errors, title: `${resource}: errors` }]),
  ];
  return { title: resource, panels: graphs.map((graph) => composer.graph({ ...graph, width: 24 / graphs.length })) };
}

/**
 * What a program written in Go says about itself.
 * @param by label that tells its instances apart
 */
export function goProcess(composer: Composer, series: Series, by: string, ...matchers: Matcher[]): Section {
  const lines = (expression: string) => ({ [legend(by)]: aggregate('sum', [by], expression) });
  return {
    title: 'Process',
    panels: [
      composer.graph({
        title: 'CPU',
        description: 'Cores in use.',
        unit: 'short',
        width: 8,
        lines: lines(series.rate('process_cpu_seconds_total', ...matchers)),
      }),
      composer.graph({
        title: 'Memory',
        description: 'Resident memory: what the process holds of the machine.',
        unit: 'bytes',
        width: 8,
        lines: lines(series.series('process_resident_memory_bytes', ...matchers)),
      }),
      composer.graph({
        title: 'Goroutines',
        description: 'Tasks in flight. A number that only grows is a leak.',
        unit: 'short',
        width: 8,
        lines: lines(series.series('go_goroutines', ...matchers)),
      }),
    ],
  };
}
