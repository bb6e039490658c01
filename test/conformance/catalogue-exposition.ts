import type { MetricType } from '../../src/catalogue/catalogue';

/** A metric with the labels that its series were seen with. */
export interface SeenMetric {
  readonly type: MetricType;
  readonly labels: Set<string>;
  /** Whether there was a series at all; programs also announce metrics without any. */
  hasSeries: boolean;
}

const SUFFIXES: Record<MetricType, string[]> = {
  counter: [''],
  gauge: [''],
  untyped: [''],
  histogram: ['_bucket', '_sum', '_count'],
  summary: ['', '_sum', '_count'],
};

const RESERVED: Partial<Record<MetricType, string>> = { histogram: 'le', summary: 'quantile' };

const isType = (text: string): text is MetricType => text in SUFFIXES;

/** Reads expositions of one source in Prometheus' text format; what several say of a metric is put together. */
export function seenMetrics(expositions: readonly string[]): Map<string, SeenMetric> {
  const metrics = new Map<string, SeenMetric>();
  const families = new Map<string, string>();
  for (const line of expositions.flatMap((text) => text.split('\n'))) {
    const [, announced, type] = /^# TYPE (\S+) (\w+)/.exec(line) ?? [];
    if (announced !== undefined && type !== undefined && isType(type)) {
      if (!metrics.has(announced)) {
        metrics.set(announced, { type, labels: new Set(), hasSeries: false });
        SUFFIXES[type].forEach((suffix) => {
          families.set(announced + suffix, announced);
        });
      }
      continue;
    }
    const [, name, labels] = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? /.exec(line) ?? [];
    const metric = metrics.get(families.get(name ?? '') ?? '');
    if (metric !== undefined) {
      metric.hasSeries = true;
      for (const [, label] of (labels ?? '').matchAll(/(\w+)="(?:[^"\\]|\\.)*"/g)) {
        if (label !== undefined && label !== RESERVED[metric.type]) {
          metric.labels.add(label);
        }
      }
    }
  }
  return metrics;
}
