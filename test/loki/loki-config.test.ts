import { Duration, Size } from 'cdk8s';
import { load } from 'js-yaml';
import { describe, expect, it } from 'vitest';
import { toYaml } from '../../src/kubernetes/text';
import { DEFAULT_SCHEMA_PERIODS, type LokiSettings, lokiConfig, replicationFactor } from '../../src/loki/loki-config';
import type { LokiLimits } from '../../src/loki/loki-options';
import { Endpoint, EndpointProtocol } from '../../src/settings/endpoint';
import { Retention } from '../../src/settings/retention';

const SETTINGS: LokiSettings = {
  authEnabled: false,
  replicas: 1,
  members: 'loki-headless.monitoring.svc.cluster.local:7946',
  clusterLabel: 'monitoring/loki',
  bucket: undefined,
  schemaPeriods: DEFAULT_SCHEMA_PERIODS,
  retention: Retention.forever(),
  retentionStreams: [],
  caches: {},
  limits: {},
  ruler: {},
  memory: Size.gibibytes(2),
  extraConfig: {},
};

const BUCKET = {
  endpoint: 'kr.object.ncloudstorage.com',
  region: 'kr-standard',
  bucket: 'example-loki',
  prefix: undefined,
  insecure: false,
  forcePathStyle: true,
  listObjectsVersion: 'v1',
  certificateAuthorityFile: undefined,
};

/** The configuration as Loki reads it. */
const config = (settings: Partial<LokiSettings>) => load(toYaml(lokiConfig({ ...SETTINGS, ...settings })));

const SERVER = {
  http_listen_port: 3100,
  grpc_listen_port: 9095,
  http_server_read_timeout: '600s',
  http_server_write_timeout: '600s',
  grpc_server_max_recv_msg_size: 104857600,
  grpc_server_max_send_msg_size: 104857600,
};

const IN_A_DIRECTORY = {
  auth_enabled: false,
  server: SERVER,
  common: { path_prefix: '/loki', replication_factor: 1, ring: { kvstore: { store: 'inmemory' } } },
  schema_config: {
    configs: [
      {
        from: '2024-04-01',
        store: 'tsdb',
        object_store: 'filesystem',
        schema: 'v13',
        index: { prefix: 'index_', period: '24h' },
      },
    ],
  },
  storage_config: { use_thanos_objstore: true, object_store: { filesystem: { dir: '/loki/chunks' } } },
  ingester: { wal: { replay_memory_ceiling: '1536MB' } },
  limits_config: { allow_structured_metadata: true, max_label_names_per_series: 15 },
  ruler_storage: { backend: 'local', local: { directory: '/etc/loki/rules' } },
  ruler: { enable_api: true, wal: { dir: '/loki/ruler-wal' } },
  analytics: { reporting_enabled: false },
};

const EVERY_LIMIT: Required<LokiLimits> = {
  maxLabelNamesPerSeries: 20,
  ingestionRate: Size.mebibytes(10),
  ingestionBurstSize: Size.kibibytes(1536),
  perStreamRateLimit: Size.kibibytes(3500),
  perStreamRateLimitBurst: Size.mebibytes(16),
  maxGlobalStreamsPerUser: 10000,
  maxLineSize: Size.kibibytes(512),
  maxLineSizeTruncate: true,
  rejectOldSamplesMaxAge: Duration.days(14),
  maxQueryLength: Duration.days(365),
  maxEntriesLimitPerQuery: 6000,
  maxQuerySeries: 700,
  queryTimeout: Duration.millis(90_500),
};

describe('configuration of Loki', () => {
  it('keeps everything in a directory by default', () => {
    expect(config({})).toEqual(IN_A_DIRECTORY);
  });

  it('keeps everything in a bucket, without keys', () => {
    expect(config({ bucket: BUCKET })).toEqual({
      ...IN_A_DIRECTORY,
      schema_config: { configs: [{ ...IN_A_DIRECTORY.schema_config.configs[0], object_store: 's3' }] },
      storage_config: {
        use_thanos_objstore: true,
        object_store: {
          s3: {
            bucket_name: 'example-loki',
            endpoint: 'kr.object.ncloudstorage.com',
            region: 'kr-standard',
            insecure: false,
            bucket_lookup_type: 'path',
            list_objects_version: 'v1',
          },
        },
      },
    });
  });

  it('knows prefixes, certificate authorities and buckets in the host name', () => {
    const bucket = { ...BUCKET, prefix: 'loki', forcePathStyle: false, insecure: true, certificateAuthorityFile: '/ca.crt' };
    expect(config({ bucket })).toMatchObject({
      storage_config: {
        object_store: {
          storage_prefix: 'loki',
          s3: { bucket_lookup_type: 'virtual-hosted', insecure: true, http: { tls_ca_path: '/ca.crt' } },
        },
      },
    });
  });

  it('deletes only when something is to be deleted', () => {
    const streams = [
      { selector: '{namespace="dev"}', period: Retention.days(3) },
      { selector: '{level="$1"}', period: Retention.hours(36), priority: 7 },
    ];
    const retentionStream = [
      { selector: '{namespace="dev"}', priority: 1, period: '3d' },
      { selector: '{level="$1"}', priority: 7, period: '36h' },
    ];
    expect(config({ retention: Retention.days(30) })).toEqual({
      ...IN_A_DIRECTORY,
      limits_config: { ...IN_A_DIRECTORY.limits_config, retention_period: '30d' },
      compactor: { retention_enabled: true, delete_request_store: 'filesystem' },
    });
    expect(config({ bucket: BUCKET, retentionStreams: streams })).toMatchObject({
      limits_config: { retention_period: '0d', retention_stream: retentionStream },
      compactor: { retention_enabled: true, delete_request_store: 's3' },
    });
  });

  it('uses caches', () => {
    const external = Endpoint.external({ host: 'cache.example.com', port: 11211, protocol: EndpointProtocol.TCP });
    const caches = {
      chunks: { endpoint: external, maxItemSize: Size.mebibytes(5) },
      results: { endpoint: external, timeout: Duration.seconds(1) },
    };
    expect(config({ caches })).toEqual({
      ...IN_A_DIRECTORY,
      chunk_store_config: {
        chunk_cache_config: {
          default_validity: '0s',
          background: { writeback_size_limit: '204MB' },
          memcached_client: { addresses: 'dns+cache.example.com:11211', timeout: '2s', max_item_size: 5 * 1024 * 1024 - 1024 },
        },
      },
      query_range: {
        cache_results: true,
        results_cache: {
          cache: {
            default_validity: '12h',
            background: { writeback_size_limit: '40MB' },
            memcached_client: { addresses: 'dns+cache.example.com:11211', timeout: '1s' },
          },
        },
      },
    });
  });

  it('joins replicas in a ring', () => {
    expect(config({ bucket: BUCKET, replicas: 5 })).toMatchObject({
      common: { replication_factor: 3, ring: { kvstore: { store: 'memberlist' } } },
      memberlist: {
        join_members: ['loki-headless.monitoring.svc.cluster.local:7946'],
        bind_port: 7946,
        cluster_label: 'monitoring/loki',
      },
    });
    expect([1, 2, 3, 4].map(replicationFactor)).toEqual([1, 2, 3, 3]);
  });

  it('writes every limit', () => {
    expect(config({ limits: EVERY_LIMIT })).toMatchObject({
      limits_config: {
        allow_structured_metadata: true,
        max_label_names_per_series: 20,
        ingestion_rate_mb: 10,
        ingestion_burst_size_mb: 1.5,
        per_stream_rate_limit: '3500KB',
        per_stream_rate_limit_burst: '16MB',
        max_global_streams_per_user: 10000,
        max_line_size: '512KB',
        max_line_size_truncate: true,
        reject_old_samples_max_age: '336h',
        max_query_length: '8760h',
        max_entries_limit_per_query: 6000,
        max_query_series: 700,
        query_timeout: '90500ms',
      },
    });
    for (const [name, value] of Object.entries(EVERY_LIMIT)) {
      expect(config({ limits: { [name]: value } }), `limit ${name} changes nothing`).not.toEqual(config({}));
    }
  });

  it('evaluates rules', () => {
    const ruler = {
      alertmanager: Endpoint.external({ host: 'alerts.example.com', port: 443, protocol: EndpointProtocol.HTTPS, path: '/am' }),
      remoteWrite: Endpoint.external({ host: 'prometheus', port: 9090 }),
      evaluationInterval: Duration.seconds(30),
    };
    expect(config({ ruler })).toEqual({
      ...IN_A_DIRECTORY,
      ruler: {
        enable_api: true,
        evaluation_interval: '30s',
        wal: { dir: '/loki/ruler-wal' },
        alertmanager_url: 'https://alerts.example.com:443/am',
        remote_write: { enabled: true, clients: { default: { url: 'http://prometheus:9090/api/v1/write' } } },
      },
    });
  });

  it('keeps old schema periods as they were', () => {
    const schemaPeriods = [{ from: '2022-01-01', schema: 'v12', indexPrefix: 'loki_' }, { from: '2024-04-01' }];
    expect(config({ schemaPeriods })).toMatchObject({
      schema_config: {
        configs: [
          { from: '2022-01-01', schema: 'v12', index: { prefix: 'loki_', period: '24h' } },
          { from: '2024-04-01', schema: 'v13', index: { prefix: 'index_', period: '24h' } },
        ],
      },
    });
  });

  it('merges further settings and keeps any text as it is', () => {
    const hostile = `\${HOME} $$ "a" 'b' \\d \\\\ : # {{ x }}\n - é 😀`;
    expect(config({ extraConfig: { server: { log_level: hostile }, querier: { max_concurrent: 8 } } })).toEqual({
      ...IN_A_DIRECTORY,
      server: { ...SERVER, log_level: hostile },
      querier: { max_concurrent: 8 },
    });
  });

  it('replaces lists and values by further settings', () => {
    const extraConfig = { ingester: { wal: { replay_memory_ceiling: '1GB' } }, limits_config: { discover_service_name: [] } };
    expect(config({ extraConfig })).toEqual({
      ...IN_A_DIRECTORY,
      ingester: { wal: { replay_memory_ceiling: '1GB' } },
      limits_config: { ...IN_A_DIRECTORY.limits_config, discover_service_name: [] },
    });
  });
});
