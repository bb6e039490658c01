import { type Duration, Size } from 'cdk8s';
import { mergeConfig } from '../kubernetes/extra-config';
import { goDuration } from '../kubernetes/text';
import type { Endpoint } from '../settings/endpoint';
import type { Retention } from '../settings/retention';
import type { LokiCache, LokiCaches, LokiLimits, LokiRetentionStream, LokiRuler, LokiSchemaPeriod } from './loki-options';

/** A bucket as Loki's client is told about it. Keys come by the environment. */
export interface LokiBucket {
  readonly endpoint: string;
  readonly region: string;
  readonly bucket: string;
  readonly prefix: string | undefined;
  readonly insecure: boolean;
  readonly forcePathStyle: boolean;
  readonly listObjectsVersion: string;
  readonly certificateAuthorityFile: string | undefined;
}

/** Settings of Loki with nothing left open. */
export interface LokiSettings {
  readonly authEnabled: boolean;
  readonly replicas: number;
  /** `host:port` under which all replicas are found. */
  readonly members: string;
  /** Keeps the rings of two Lokis apart. */
  readonly clusterLabel: string;
  /** Absent = the volume. */
  readonly bucket: LokiBucket | undefined;
  readonly schemaPeriods: readonly LokiSchemaPeriod[];
  readonly retention: Retention;
  readonly retentionStreams: readonly LokiRetentionStream[];
  readonly caches: LokiCaches;
  readonly limits: LokiLimits;
  readonly ruler: LokiRuler;
  /** Memory of the container. */
  readonly memory: Size;
  readonly extraConfig: { readonly [key: string]: unknown };
}

/** Configuration of Loki: any object, because Loki has some 3,600 lines of settings and this library writes a few. */
export interface LokiConfig {
  readonly [section: string]: unknown;
}

export const HTTP_PORT = 3100;
export const GRPC_PORT = 9095;
export const MEMBERLIST_PORT = 7946;

/** Where lines are pushed to, at Loki and at its gateway. */
export const PUSH_PATH = '/loki/api/v1/push';

/** Where the volume is mounted; everything Loki writes lies below. */
export const DATA_PATH = '/loki';

/** Rule files of a tenant lie in a directory of its name. */
export const RULES_PATH = '/etc/loki/rules';

/** The only tenant without tenants. Loki gives it this name, which stands in every key of the bucket. */
export const SINGLE_TENANT = 'fake';

/** Labels a stream may have unless a limit says otherwise; Loki's own default. */
export const MAX_LABEL_NAMES = 15;

/**
 * One fixed day, because a period that begins with the day of synthesis would be another one the next day. Any past day
 * serves a new bucket.
 */
export const DEFAULT_SCHEMA_PERIODS: readonly LokiSchemaPeriod[] = [{ from: '2024-04-01' }];

/** The longest a connection stays open; Loki's own 30 s cut long queries. Source: Loki's chart. */
export const LONGEST_CONNECTION_SECONDS = 600;

/** Above what a day of one namespace answers with; Loki's own 4 MiB make large queries fail. Source: Loki's chart. */
const LARGEST_MESSAGE = 100 * 1024 * 1024;

/** How many replicas hold each line: three survive the loss of one, and more only cost memory. */
export function replicationFactor(replicas: number): number {
  return Math.min(3, replicas);
}

/** The configuration of a Loki that runs all its parts in one process. */
export function lokiConfig(settings: LokiSettings): LokiConfig {
  const objectStore = settings.bucket === undefined ? 'filesystem' : 's3';
  const own = {
    auth_enabled: settings.authEnabled,
    server: {
      http_listen_port: HTTP_PORT,
      grpc_listen_port: GRPC_PORT,
      http_server_read_timeout: `${LONGEST_CONNECTION_SECONDS}s`,
      http_server_write_timeout: `${LONGEST_CONNECTION_SECONDS}s`,
      grpc_server_max_recv_msg_size: LARGEST_MESSAGE,
      grpc_server_max_send_msg_size: LARGEST_MESSAGE,
    },
    common: {
      path_prefix: DATA_PATH,
      replication_factor: replicationFactor(settings.replicas),
      ring: { kvstore: { store: settings.replicas > 1 ? 'memberlist' : 'inmemory' } },
    },
    ...(settings.replicas > 1 && {
      memberlist: { join_members: [settings.members], bind_port: MEMBERLIST_PORT, cluster_label: settings.clusterLabel },
    }),
    schema_config: { configs: settings.schemaPeriods.map((period) => schemaPeriod(period, objectStore)) },
    storage_config: { use_thanos_objstore: true, object_store: objectStoreConfig(settings.bucket) },
    ingester: { wal: { replay_memory_ceiling: byteSize(share(settings.memory, 0.75)) } },
    limits_config: limitsConfig(settings),
    ...compactorConfig(settings, objectStore),
    ...cachesConfig(settings),
    ruler_storage: { backend: 'local', local: { directory: RULES_PATH } },
    ruler: rulerConfig(settings.ruler),
    analytics: { reporting_enabled: false },
  };
  return mergeConfig(own, settings.extraConfig);
}

function schemaPeriod({ from, schema, indexPrefix }: LokiSchemaPeriod, objectStore: string) {
  return {
    from,
    store: 'tsdb',
    object_store: objectStore,
    schema: schema ?? 'v13',
    index: { prefix: indexPrefix ?? 'index_', period: '24h' },
  };
}

/**
 * The Thanos client, because the older one always lists with version 2. Without keys in the configuration it takes
 * `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY`, else the pod's web identity; so no secret is ever pasted into YAML, and
 * a `$` in the configuration is a `$`.
 */
function objectStoreConfig(bucket: LokiBucket | undefined) {
  if (bucket === undefined) {
    return { filesystem: { dir: `${DATA_PATH}/chunks` } };
  }
  return {
    ...(bucket.prefix !== undefined && { storage_prefix: bucket.prefix }),
    s3: {
      bucket_name: bucket.bucket,
      endpoint: bucket.endpoint,
      region: bucket.region,
      insecure: bucket.insecure,
      bucket_lookup_type: bucket.forcePathStyle ? 'path' : 'virtual-hosted',
      list_objects_version: bucket.listObjectsVersion,
      ...(bucket.certificateAuthorityFile !== undefined && { http: { tls_ca_path: bucket.certificateAuthorityFile } }),
    },
  };
}

/** Whether the compactor deletes lines by age. */
export const deletes = ({ retention, retentionStreams }: LokiSettings) => !retention.isForever || retentionStreams.length > 0;

/** Without `retention_enabled` nothing is ever deleted, whatever the limits say. */
function compactorConfig(settings: LokiSettings, objectStore: string) {
  return deletes(settings) ? { compactor: { retention_enabled: true, delete_request_store: objectStore } } : {};
}

function limitsConfig(settings: LokiSettings) {
  const { limits, retention, retentionStreams } = settings;
  return {
    allow_structured_metadata: true,
    ...(deletes(settings) && { retention_period: retention.toString() }),
    ...(retentionStreams.length > 0 && {
      retention_stream: retentionStreams.map(({ selector, priority, period }) => ({
        selector,
        priority: priority ?? 1,
        period: period.toString(),
      })),
    }),
    max_label_names_per_series: limits.maxLabelNamesPerSeries ?? MAX_LABEL_NAMES,
    ingestion_rate_mb: mebibytes(limits.ingestionRate),
    ingestion_burst_size_mb: mebibytes(limits.ingestionBurstSize),
    per_stream_rate_limit: byteSize(limits.perStreamRateLimit),
    per_stream_rate_limit_burst: byteSize(limits.perStreamRateLimitBurst),
    max_global_streams_per_user: limits.maxGlobalStreamsPerUser,
    max_line_size: byteSize(limits.maxLineSize),
    max_line_size_truncate: limits.maxLineSizeTruncate,
    reject_old_samples_max_age: goDurationOf(limits.rejectOldSamplesMaxAge),
    max_query_length: goDurationOf(limits.maxQueryLength),
    max_entries_limit_per_query: limits.maxEntriesLimitPerQuery,
    max_query_series: limits.maxQuerySeries,
    query_timeout: goDurationOf(limits.queryTimeout),
  };
}

/**
 * Chunks never change, so they stay until the cache needs room. Loki holds what it could not yet write to a cache in memory,
 * by default 500 MB for each of its six result caches and the chunk cache: more than this container may have.
 */
function cachesConfig({ caches, memory }: LokiSettings) {
  return {
    ...(caches.chunks && {
      chunk_store_config: { chunk_cache_config: cacheConfig(caches.chunks, '0s', '2s', share(memory, 0.1)) },
    }),
    ...(caches.results && {
      query_range: {
        cache_results: true,
        results_cache: { cache: cacheConfig(caches.results, '12h', '500ms', share(memory, 0.02)) },
      },
    }),
  };
}

function cacheConfig(cache: LokiCache, validity: string, timeout: string, writeBack: Size) {
  return {
    default_validity: validity,
    background: { writeback_size_limit: byteSize(writeBack) },
    memcached_client: {
      addresses: cacheAddress(cache.endpoint),
      timeout: goDurationOf(cache.timeout) ?? timeout,
      ...(cache.maxItemSize && { max_item_size: bytes(cache.maxItemSize) - ITEM_OVERHEAD }),
    },
  };
}

/** Memcached counts an item's key (up to 250 bytes) and header (56 bytes) towards `-I`; Loki only counts the value. */
const ITEM_OVERHEAD = 1024;

const cacheAddress = (endpoint: Endpoint) =>
  endpoint.hasSrvRecords ? `dnssrvnoa+${endpoint.srvName}` : `dns+${endpoint.hostAndPort}`;

/** The ruler runs even without rules, so that its API answers: Grafana asks every Loki for its rules. */
function rulerConfig({ alertmanager, remoteWrite, evaluationInterval }: LokiRuler) {
  return {
    enable_api: true,
    evaluation_interval: goDurationOf(evaluationInterval),
    // Not derived from path_prefix, unlike every other directory.
    wal: { dir: `${DATA_PATH}/ruler-wal` },
    ...(alertmanager && alertmanagerConfig(alertmanager)),
    ...(remoteWrite && {
      remote_write: { enabled: true, clients: { default: { url: `${remoteWrite.url}/api/v1/write` } } },
    }),
  };
}

/** Every instance must hear of an alert, or those that gossip late notify twice. */
function alertmanagerConfig(alertmanager: Endpoint) {
  return alertmanager.hasSrvRecords
    ? {
        alertmanager_url: `${alertmanager.protocol}://${alertmanager.srvName}${alertmanager.path}`,
        enable_alertmanager_discovery: true,
      }
    : { alertmanager_url: alertmanager.url };
}

const kibibytes = (size: Size) => size.toKibibytes({ rounding: 1 });

const bytes = (size: Size) => kibibytes(size) * 1024;

const share = (size: Size, part: number) => Size.mebibytes(Math.floor((kibibytes(size) * part) / 1024));

/** A size as Loki reads it; its units are powers of two. */
function byteSize(size: Size | undefined): string | undefined {
  if (size === undefined) {
    return undefined;
  }
  return kibibytes(size) % 1024 === 0 ? `${kibibytes(size) / 1024}MB` : `${kibibytes(size)}KB`;
}

const mebibytes = (size: Size | undefined) => size && kibibytes(size) / 1024;

/** Go's durations, because some of Loki's settings know no days. */
const goDurationOf = (duration: Duration | undefined) => duration && goDuration(duration);
