import { mergeConfig } from '../kubernetes/extra-config';
import type { Retention } from '../settings/retention';

/** A bucket as Tempo's client is told about it. Keys come by the environment. */
export interface TempoBucket {
  readonly endpoint: string;
  readonly region: string;
  readonly bucket: string;
  readonly prefix: string | undefined;
  readonly insecure: boolean;
  readonly forcePathStyle: boolean;
  readonly certificateAuthorityFile: string | undefined;
}

/** A Prometheus that the metrics made from spans are written to. */
export interface TempoRemoteWrite {
  readonly url: string;
  readonly login: { readonly user: string; readonly passwordFile: string } | undefined;
}

/** Settings of Tempo with nothing left open. */
export interface TempoSettings {
  /** Absent = the volume. */
  readonly bucket: TempoBucket | undefined;
  readonly retention: Retention;
  /** Empty = no metrics are made from spans. */
  readonly remoteWrite: readonly TempoRemoteWrite[];
  /** Labels that tell those metrics from others'. */
  readonly externalLabels: { readonly [name: string]: string };
  readonly extraConfig: { readonly [key: string]: unknown };
}

/** Configuration of Tempo: any object, because Tempo has thousands of settings and this library writes a few. */
export interface TempoConfig {
  readonly [section: string]: unknown;
}

export const HTTP_PORT = 3200;
export const GRPC_PORT = 9095;
export const OTLP_GRPC_PORT = 4317;
export const OTLP_HTTP_PORT = 4318;

/** Where the volume is mounted. Tempo's own defaults for write-ahead logs and the scheduler's state lie below, too. */
export const DATA_PATH = '/var/tempo';

/** The configuration of a Tempo 3 that runs all its parts in one process, which needs no Kafka. */
export function tempoConfig(settings: TempoSettings): TempoConfig {
  const compaction = { block_retention: `${settings.retention.toHours()}h` };
  const own = {
    target: 'all',
    server: { http_listen_port: HTTP_PORT, grpc_listen_port: GRPC_PORT },
    distributor: {
      receivers: {
        otlp: {
          protocols: {
            // By themselves receivers listen on localhost only.
            grpc: { endpoint: `0.0.0.0:${OTLP_GRPC_PORT}` },
            http: { endpoint: `0.0.0.0:${OTLP_HTTP_PORT}` },
          },
        },
      },
    },
    storage: { trace: storageConfig(settings.bucket) },
    // The scheduler decides what has to go and the worker deletes it; each has the setting for itself.
    backend_scheduler: { provider: { compaction: { compaction } } },
    backend_worker: { compaction },
    ...generatorConfig(settings),
    usage_report: { reporting_enabled: false },
  };
  return mergeConfig(own, settings.extraConfig);
}

function storageConfig(bucket: TempoBucket | undefined) {
  const wal = { path: `${DATA_PATH}/wal` };
  if (bucket === undefined) {
    return { backend: 'local', wal, local: { path: `${DATA_PATH}/blocks` } };
  }
  const { endpoint, region, bucket: name, prefix, insecure, forcePathStyle, certificateAuthorityFile } = bucket;
  return {
    backend: 's3',
    wal,
    s3: {
      bucket: name,
      prefix,
      endpoint,
      region,
      insecure,
      forcepathstyle: forcePathStyle,
      tls_ca_path: certificateAuthorityFile,
    },
  };
}

/** Every span of a trace passes this one process, so that calls between services are counted completely. */
function generatorConfig({ remoteWrite, externalLabels }: TempoSettings) {
  return remoteWrite.length === 0
    ? {}
    : {
        metrics_generator: {
          registry: { external_labels: externalLabels },
          storage: {
            path: `${DATA_PATH}/generator/wal`,
            remote_write: remoteWrite.map(({ url, login }) => ({
              url,
              ...(login && { basic_auth: { username: login.user, password_file: login.passwordFile } }),
            })),
          },
        },
        overrides: { defaults: { metrics_generator: { processors: ['service-graphs', 'span-metrics'] } } },
      };
}

/** Sections of the configuration file. Source: Tempo 3.0.3, cmd/tempo/app/config.go; without those that this library owns or that are deprecated. */
const SECTIONS = [
  'backend_scheduler',
  'backend_scheduler_client',
  'backend_worker',
  'block_builder',
  'cache',
  'distributor',
  'enable_go_runtime_metrics',
  'ingest',
  'internal_server',
  'live_store',
  'live_store_client',
  'memberlist',
  'memory',
  'metrics_generator',
  'overrides',
  'querier',
  'query_frontend',
  'server',
  'shutdown_delay',
  'span_profiling',
  'storage',
  'stream_over_http_enabled',
];

/** Settings that a property stands for. */
const OWNED: { readonly [path: string]: string } = {
  'storage.trace.backend': 'objectStorage',
  'storage.trace.s3': 'objectStorage',
  'storage.trace.local': 'objectStorage',
  'backend_worker.compaction.block_retention': 'retention',
  'backend_scheduler.provider.compaction.compaction.block_retention': 'retention',
  'metrics_generator.storage.remote_write': 'remoteWrite',
  'server.http_listen_port': 'serviceType',
  'server.grpc_listen_port': 'serviceType',
};

const valueAt = (given: unknown, path: string): unknown =>
  path
    .split('.')
    .reduce<unknown>(
      (value, key) => (typeof value === 'object' && value !== null ? new Map(Object.entries(value)).get(key) : undefined),
      given,
    );

/** What is wrong with the further settings. */
export function extraConfigProblems(given: { readonly [key: string]: unknown }): string[] {
  return [
    ...Object.keys(given)
      .filter((key) => !SECTIONS.includes(key))
      .map(
        (key) =>
          `extraConfig has the section ${JSON.stringify(key)}; allowed are ${SECTIONS.join(', ')}: correct the name, Tempo does not start otherwise`,
      ),
    ...Object.keys(OWNED)
      .filter((path) => valueAt(given, path) !== undefined)
      .map((path) => `extraConfig has ${path}; allowed are settings without a property of their own: use ${OWNED[path]}`),
  ];
}
