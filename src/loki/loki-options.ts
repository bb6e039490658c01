import type { Duration, Size } from 'cdk8s';
import type { RuleGroup } from '../rules/rule';
import type { Endpoint } from '../settings/endpoint';
import type { Retention } from '../settings/retention';

/** Another retention for some streams. */
export interface LokiRetentionStream {
  /** Label matchers of the streams, as in LogQL: `{namespace="dev", level=~"debug|trace"}`. No line filters. */
  readonly selector: string;
  /** How long they are kept; at least 24 hours, and never forever: Loki has no word for that here. */
  readonly period: Retention;
  /** Where several match, the highest counts. @default 1 */
  readonly priority?: number;
}

/**
 * From when on data is written in which way. The list is append-only: data of a period can only be read while the period
 * stands here as it was when the data was written.
 */
export interface LokiSchemaPeriod {
  /** First day, UTC, as `2024-04-01`. A period that is added must begin in the future. */
  readonly from: string;
  /** Version of the schema: `v11`, `v12` or `v13`; the last period must have `v13`. @default 'v13' */
  readonly schema?: string;
  /** What the names of index tables begin with. @default 'index_' */
  readonly indexPrefix?: string;
}

/** A Memcached that Loki uses. */
export interface LokiCache {
  /**
   * The cache: an endpoint with SRV records (`memcached.client`), or an external one by name. Another Service will not do,
   * because Loki itself spreads keys over the instances.
   */
  readonly endpoint: Endpoint;
  /** Largest item that the cache takes (`-I` of memcached); larger ones are not sent. @default - any size is sent */
  readonly maxItemSize?: Size;
  /**
   * Time after which Loki goes on without the cache.
   * @default - 2 s for chunks, 500 ms for results (Loki's chart; Loki's own 100 ms is too short for chunks)
   */
  readonly timeout?: Duration;
}

/** The caches of Loki. */
export interface LokiCaches {
  /** Chunks of log lines; saves requests to the object storage. @default - 100 MB in Loki's own memory */
  readonly chunks?: LokiCache;
  /** Results of metric queries and of label and volume requests. @default - 100 MB in Loki's own memory */
  readonly results?: LokiCache;
}

/** Limits of each tenant, or of everybody without tenants. Others go into `extraConfig`, below `limits_config`. */
export interface LokiLimits {
  /** Labels of a stream; Loki's own `service_name` does not count. @default 15 */
  readonly maxLabelNamesPerSeries?: number;
  /** Bytes a second that are taken. @default Size.mebibytes(4) */
  readonly ingestionRate?: Size;
  /** Bytes that are taken at once; more than the largest push. @default Size.mebibytes(6) */
  readonly ingestionBurstSize?: Size;
  /** Bytes a second of one stream. @default Size.mebibytes(3) */
  readonly perStreamRateLimit?: Size;
  /** Bytes of one stream that are taken at once. @default Size.mebibytes(15) */
  readonly perStreamRateLimitBurst?: Size;
  /** Streams that may be open at a time, over all replicas. @default 5000 */
  readonly maxGlobalStreamsPerUser?: number;
  /** Longest line. @default Size.kibibytes(256) */
  readonly maxLineSize?: Size;
  /** Whether longer lines are cut instead of refused. @default false */
  readonly maxLineSizeTruncate?: boolean;
  /** Age at which lines are refused; what waits longer in an agent is lost. @default Duration.days(7) */
  readonly rejectOldSamplesMaxAge?: Duration;
  /** Longest time range of a query. @default - 30 days and 1 hour */
  readonly maxQueryLength?: Duration;
  /** Lines a query answers with. @default 5000 */
  readonly maxEntriesLimitPerQuery?: number;
  /** Series a metric query answers with. @default 500 */
  readonly maxQuerySeries?: number;
  /** Time after which a query is given up; at most 10 minutes, when connections are cut. @default Duration.minutes(1) */
  readonly queryTimeout?: Duration;
}

/** Rule files of the ruler, from a ConfigMap that exists in Loki's namespace. */
export interface LokiRuleFiles {
  /** Name of the ConfigMap; each key is a file of rule groups, as in Prometheus, with LogQL. */
  readonly configMapName: string;
  /** Tenant whose lines the rules ask for. Required with `authEnabled`. @default - everybody's, without tenants */
  readonly tenant?: string;
}

/** Groups of rules that the ruler evaluates. */
export interface LokiRuleGroups {
  /** The groups; their expressions are LogQL. */
  readonly groups: RuleGroup[];
  /** Tenant whose lines the rules ask for. Required with `authEnabled`. @default - everybody's, without tenants */
  readonly tenant?: string;
}

/** Rules over log lines. */
export interface LokiRuler {
  /** Rule files; changes are seen within a minute, without a restart. @default - none */
  readonly ruleFiles?: LokiRuleFiles[];
  /** Rules; changes are seen within a minute, without a restart. @default - none */
  readonly ruleGroups?: LokiRuleGroups[];
  /** Where alerts go; all its instances where it has SRV records. @default - nowhere: alerts only show in Loki's API */
  readonly alertmanager?: Endpoint;
  /** Prometheus with its remote write receiver on, for the samples of recording rules. @default - recording rules lead nowhere */
  readonly remoteWrite?: Endpoint;
  /** How often rules are evaluated. @default Duration.minutes(1) */
  readonly evaluationInterval?: Duration;
}
