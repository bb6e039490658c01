import { type CredentialRules, credentialProblems } from '../kubernetes/extra-config';

type Entries = { readonly [key: string]: unknown };

const isObject = (value: unknown): value is Entries =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && Object.getPrototypeOf(value) === Object.prototype;

/** Sections of the configuration file. Source: Loki 3.7.8, pkg/loki/loki.go; without those that properties stand for. */
const SECTIONS = [
  'ballast_bytes',
  'bloom_build',
  'bloom_gateway',
  'chunk_store_config',
  'common',
  'compactor',
  'compactor_grpc_client',
  'dataobj',
  'distributor',
  'frontend',
  'frontend_worker',
  'index_gateway',
  'ingest_limits',
  'ingest_limits_frontend',
  'ingest_limits_frontend_client',
  'ingester',
  'ingester_client',
  'kafka_config',
  'limits_config',
  'memberlist',
  'metrics_namespace',
  'operational_config',
  'pattern_ingester',
  'profiling',
  'analytics',
  'querier',
  'query_engine',
  'query_range',
  'query_scheduler',
  'ruler',
  'runtime_config',
  'server',
  'shutdown_delay',
  'storage_config',
  'tenant_limits_allow_publish',
  'tracing',
  'ui',
];

/**
 * Settings that a property stands for, or that Loki accepts without a word and then ignores. From those properties more
 * follows than the one setting.
 */
const OWNED: { readonly [path: string]: string } = {
  auth_enabled: 'authEnabled',
  schema_config: 'schemaPeriods',
  table_manager: 'retention',
  ruler_storage: 'ruler.ruleFiles',
  'ruler.storage': 'ruler.ruleFiles',
  'common.path_prefix': 'volume',
  'common.replication_factor': 'replicas',
  'common.storage': 'objectStorage',
  'memberlist.join_members': 'replicas',
  'storage_config.use_thanos_objstore': 'objectStorage',
  'storage_config.aws': 'objectStorage',
  'storage_config.filesystem': 'objectStorage',
  'compactor.retention_enabled': 'retention',
  'compactor.delete_request_store': 'retention',
  'limits_config.retention_period': 'retention',
  'limits_config.retention_stream': 'retentionStreams',
  'limits_config.max_label_names_per_series': 'limits.maxLabelNamesPerSeries',
  'server.http_listen_port': 'serviceType',
  'server.grpc_listen_port': 'serviceType',
};

const CREDENTIALS: CredentialRules = {
  keys: [
    'access_key_id',
    'secret_access_key',
    'session_token',
    'password',
    'credentials',
    'bearer_token',
    'client_secret',
    'account_key',
  ],
  reference: /^\$\{\w+\}$/,
  remedy: () =>
    'references to the environment, "${NAME}": set the variable from a Secret with extraEnvironment and add "-config.expand-env=true" to extraArgs',
};

const valueAt = (given: Entries, path: string): unknown =>
  path.split('.').reduce<unknown>((value, key) => (isObject(value) ? value[key] : undefined), given);

/** What is wrong with the further settings. */
export function extraConfigProblems(given: Entries): string[] {
  const owned = Object.keys(OWNED).filter((path) => valueAt(given, path) !== undefined);
  return [
    ...owned.map((path) => `extraConfig has ${path}; allowed are settings without a property of their own: use ${OWNED[path]}`),
    ...Object.keys(given)
      .filter((key) => !SECTIONS.includes(key) && !owned.includes(key))
      .map(
        (key) =>
          `extraConfig has the section ${JSON.stringify(key)}; allowed are ${SECTIONS.join(', ')}: correct the name, Loki does not start otherwise`,
      ),
    ...credentialProblems('extraConfig', given, CREDENTIALS),
  ];
}
