import { describe, expect, it } from 'vitest';
import { extraConfigProblems } from '../../src/loki/extra-config';

/** `{ a: { b: value } }` of `a.b`. */
const at = (path: string, value: unknown): { [key: string]: unknown } => {
  const [key, ...rest] = path.split('.');
  return { [key]: rest.length === 0 ? value : at(rest.join('.'), value) };
};

describe('further settings of Loki', () => {
  it('may stand in every section that Loki has', () => {
    const [problem, ...others] = extraConfigProblems({ distributer: {} });
    expect(others).toEqual([]);
    expect(problem.split('; ')).toEqual([
      'extraConfig has the section "distributer"',
      'allowed are ballast_bytes, bloom_build, bloom_gateway, chunk_store_config, common, compactor, compactor_grpc_client, dataobj, ' +
        'distributor, frontend, frontend_worker, index_gateway, ingest_limits, ingest_limits_frontend, ' +
        'ingest_limits_frontend_client, ingester, ingester_client, kafka_config, limits_config, memberlist, metrics_namespace, ' +
        'operational_config, pattern_ingester, profiling, analytics, querier, query_engine, query_range, query_scheduler, ruler, ' +
        'runtime_config, server, shutdown_delay, storage_config, tenant_limits_allow_publish, tracing, ui: ' +
        'correct the name, Loki does not start otherwise',
    ]);
  });

  it.each([
    ['auth_enabled', 'authEnabled'],
    ['schema_config', 'schemaPeriods'],
    ['table_manager', 'retention'],
    ['ruler_storage', 'ruler.ruleFiles'],
    ['ruler.storage', 'ruler.ruleFiles'],
    ['common.path_prefix', 'volume'],
    ['common.replication_factor', 'replicas'],
    ['common.storage', 'objectStorage'],
    ['memberlist.join_members', 'replicas'],
    ['storage_config.use_thanos_objstore', 'objectStorage'],
    ['storage_config.aws', 'objectStorage'],
    ['storage_config.filesystem', 'objectStorage'],
    ['compactor.retention_enabled', 'retention'],
    ['compactor.delete_request_store', 'retention'],
    ['limits_config.retention_period', 'retention'],
    ['limits_config.retention_stream', 'retentionStreams'],
    ['limits_config.max_label_names_per_series', 'limits.maxLabelNamesPerSeries'],
    ['server.http_listen_port', 'serviceType'],
    ['server.grpc_listen_port', 'serviceType'],
  ])('may not set %s, which %s stands for', (path, property) => {
    expect(extraConfigProblems(at(path, 1))).toEqual([
      `extraConfig has ${path}; allowed are settings without a property of their own: use ${property}`,
    ]);
  });

  it.each([
    'access_key_id',
    'secret_access_key',
    'session_token',
    'password',
    'credentials',
    'bearer_token',
    'client_secret',
    'account_key',
  ])('hold %s as a reference only', (key) => {
    const path = `storage_config.object_store.${key}`;
    expect(extraConfigProblems(at(path, '${NAME}'))).toEqual([]);
    for (const literal of ['x', 'x${NAME}', '${NAME}x']) {
      expect(extraConfigProblems(at(path, literal))).toEqual([
        `extraConfig.${path} is a literal; allowed are references to the environment, "\${NAME}": set the variable from a Secret with extraEnvironment and add "-config.expand-env=true" to extraArgs`,
      ]);
    }
  });
});
