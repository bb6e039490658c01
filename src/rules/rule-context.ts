import type { Duration } from 'cdk8s';
import { is, isOneOf, type Matcher, selector } from '../query/expressions';
import type { DataLabels } from '../settings/data-labels';
import type { LoggedMetric, MetricsEndpoint } from '../settings/plan';
import type { Retention } from '../settings/retention';
import type { ObjectiveSettings } from './objective-settings';

/**
 * What metrics come from. Components of the stack are called by program and part, whichever their instance (`source` of the
 * endpoint they offer); everything else by the name of its scrape job.
 */
export const SOURCES = [
  'alertmanager',
  'alloy-cluster',
  'alloy-node',
  'cadvisor',
  'coredns',
  'elasticsearch-exporter',
  'etcd',
  'fluent-bit',
  'fluentd',
  'grafana',
  'jaeger',
  'kube-apiserver',
  'kube-controller-manager',
  'kube-proxy',
  'kube-scheduler',
  'kube-state-metrics',
  'kube-state-metrics-telemetry',
  'kubelet',
  'loki',
  'loki-canary',
  'memcached',
  'metrics-server',
  'node-exporter',
  'prometheus',
  'pushgateway',
  'tempo',
  'thanos-compactor',
  'thanos-query',
  'thanos-query-frontend',
  'thanos-ruler',
  'thanos-sidecar',
  'thanos-store',
  'zipkin',
] as const;

/** One of them. */
export type Source = (typeof SOURCES)[number];

/** What the library's own rules are made from. */
export interface RuleSettings {
  readonly labels: DataLabels;
  readonly scrapeInterval: Duration;
  /** The shortest interval of any job, which decides how short a user's windows may be. @default - `scrapeInterval` */
  readonly shortestInterval?: Duration;
  /** Names of the scrape jobs by what they collect from. What is not there has no rules. */
  readonly jobs: ReadonlyMap<string, readonly string[]>;
  /** Whether alerts are sent anywhere. */
  readonly sendsAlerts: boolean;
  /** Service level objectives. @default - none */
  readonly objectives?: readonly ObjectiveSettings[];
  /** How long samples are kept where the rules are evaluated. @default - not known */
  readonly retention?: Retention;
  /** Metrics that are made from logs. @default - none is known */
  readonly loggedMetrics?: readonly LoggedMetric[];
}

/** Scrape jobs by source: those of components, and others under their own names. */
export function jobsBySource(components: readonly MetricsEndpoint[], others: readonly string[]): Map<string, string[]> {
  const jobs = new Map<string, string[]>();
  const pairs = [...components.map(({ source, job }) => [source ?? job, job]), ...others.map((job) => [job, job])];
  for (const [source, job] of pairs) {
    const known = jobs.get(source) ?? [];
    jobs.set(source, known.includes(job) ? known : [...known, job]);
  }
  return jobs;
}

const MINUTE = 60_000;

/** How many scrapes a window must hold: one may fail, and `rate` still has two samples at each end. */
const SCRAPES_PER_WINDOW = 4;

/** What a group of the library may know of its surroundings. Windows, labels and jobs come from here and nowhere else. */
export class RuleContext {
  readonly labels: DataLabels;
  readonly sendsAlerts: boolean;
  readonly scrapeInterval: Duration;
  readonly objectives: readonly ObjectiveSettings[];

  constructor(private readonly settings: RuleSettings) {
    this.labels = settings.labels;
    this.sendsAlerts = settings.sendsAlerts;
    this.scrapeInterval = settings.scrapeInterval;
    this.objectives = settings.objectives ?? [];
  }

  /** Whether metrics of this source are collected. */
  has(source: Source): boolean {
    return this.settings.jobs.has(source);
  }

  /** Series of a metric that comes from this source, or from those of several that are there: `metric{job="…", …}`. */
  select(source: Source | readonly Source[], metric: string, ...matchers: readonly Matcher[]): string {
    const jobs = [source].flat().flatMap((one) => this.settings.jobs.get(one) ?? []);
    if (jobs.length === 0) {
      throw new Error(`a rule reads ${metric} of ${source}, which is not there: ask \`has\` first, or name it in \`needs\``);
    }
    return selector(metric, [jobs.length === 1 ? is('job', jobs[0]) : isOneOf('job', jobs), ...matchers]);
  }

  /** A range window of at least that many minutes, and of at least four scrapes: `5m`. */
  window(minutes: number): string {
    const length = this.minutes(minutes);
    return length % 60 === 0 ? `${length / 60}h` : `${length}m`;
  }

  /** The length of that window. */
  minutes(minutes: number): number {
    const scrapes = (this.scrapeInterval.toMilliseconds() * SCRAPES_PER_WINDOW) / MINUTE;
    return Math.max(minutes, Math.ceil(scrapes));
  }

  /** Grouping that keeps the cluster and the given labels: `by (cluster, namespace)`. */
  by(...labels: readonly string[]): string {
    return `by (${[this.labels.cluster, ...labels].join(', ')})`;
  }

  /** A join that keeps the cluster and the given labels apart: `on (cluster, namespace)`. */
  on(...labels: readonly string[]): string {
    return `on (${[this.labels.cluster, ...labels].join(', ')})`;
  }
}

/** In texts of alerts: the value of a label. */
export const labelValue = (label: string): string => `{{ $labels.${label} }}`;

/** In texts of alerts: what the expression answered, in a form fit for reading. */
export const VALUE = {
  number: '{{ $value | humanize }}',
  percentage: '{{ $value | humanizePercentage }}',
  duration: '{{ $value | humanizeDuration }}',
  bytes: '{{ $value | humanize1024 }}B',
} as const;
