/** Configurations of the programs whose metrics are recorded: not of a stack, but with as much switched on as shows metrics. */

/** A receiver for each kind of integration that a stack can have; nothing listens there, so each of them fails. */
export const ALERTMANAGER_CONFIGURATION = {
  route: { receiver: 'none', group_wait: '1s', group_interval: '1s', routes: [{ receiver: 'webhook' }] },
  receivers: [{ name: 'none' }, { name: 'webhook', webhook_configs: [{ url: 'http://127.0.0.1:1/' }] }],
  inhibit_rules: [{ source_matchers: ['severity="critical"'], target_matchers: ['severity="warning"'], equal: ['namespace'] }],
};

/** A record, an alert that fires and a rule that fails, in both languages. */
export const RULES = {
  metrics: {
    groups: [
      {
        name: 'rules',
        interval: '1s',
        rules: [
          { record: 'job:up:sum', expr: 'sum by (job) (up)' },
          { alert: 'Always', expr: 'vector(1)', labels: { severity: 'critical' } },
          { record: 'bad', expr: 'up * on(job) scrape_duration_seconds' },
        ],
      },
    ],
  },
  logs: {
    groups: [
      {
        name: 'rules',
        interval: '1s',
        rules: [
          { alert: 'Always', expr: 'sum(count_over_time({app=~".+"}[1m])) >= 0', labels: { severity: 'critical' } },
          { record: 'lines', expr: 'sum(count_over_time({app=~".+"}[1m]))' },
        ],
      },
    ],
  },
};

export interface LokiAddresses {
  readonly folder: string;
  readonly port: number;
  readonly grpc: number;
  readonly memcached: string;
  readonly alertmanager: string;
}

/** As the library configures Loki, with a folder as bucket and intervals of seconds. */
export const lokiConfiguration = ({ folder, port, grpc, memcached, alertmanager }: LokiAddresses): object => ({
  auth_enabled: false,
  server: { http_listen_address: '127.0.0.1', http_listen_port: port, grpc_listen_address: '127.0.0.1', grpc_listen_port: grpc },
  common: {
    path_prefix: `${folder}/loki`,
    replication_factor: 1,
    instance_addr: '127.0.0.1',
    ring: { kvstore: { store: 'inmemory' } },
  },
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
  storage_config: { use_thanos_objstore: true, object_store: { filesystem: { dir: `${folder}/loki/bucket` } } },
  ingester: { lifecycler: { min_ready_duration: '0s' }, max_chunk_age: '1m', chunk_idle_period: '1s', flush_check_period: '1s' },
  limits_config: {
    retention_period: '24h',
    max_line_size: 262_144,
    deletion_mode: 'filter-and-delete',
    ingestion_rate_mb: 4,
    volume_enabled: true,
  },
  compactor: {
    compaction_interval: '1s',
    retention_enabled: true,
    delete_request_store: 'filesystem',
    delete_request_cancel_period: '1s',
    retention_delete_delay: '1s',
  },
  chunk_store_config: { chunk_cache_config: { background: {}, memcached_client: { addresses: memcached } } },
  query_range: { cache_results: true, results_cache: { cache: { memcached_client: { addresses: memcached } } } },
  ruler_storage: { backend: 'local', local: { directory: `${folder}/loki-rules` } },
  ruler: {
    enable_api: true,
    alertmanager_url: `http://${alertmanager}`,
    wal: { dir: `${folder}/loki/ruler-wal` },
    rule_path: `${folder}/loki/rules-temp`,
    evaluation_interval: '1s',
    poll_interval: '1s',
    remote_write: { enabled: true, clients: { none: { url: 'http://127.0.0.1:1/' } } },
  },
  analytics: { reporting_enabled: false },
});

/** Each kind of component that log pipelines and agents of the library are made of. Addresses come from the environment. */
export const ALLOY_CONFIGURATION = `
livedebugging { }
discovery.kubernetes "pods" {
  role = "pod"
  kubeconfig_file = sys.env("KUBECONFIG_FILE")
}
discovery.relabel "pods" { targets = discovery.kubernetes.pods.targets }
loki.source.kubernetes "pods" {
  targets = discovery.relabel.pods.output
  forward_to = [loki.process.lines.receiver]
  client {
    kubeconfig_file = sys.env("KUBECONFIG_FILE")
  }
}
loki.source.kubernetes_events "events" {
  forward_to = [loki.process.lines.receiver]
  client {
    kubeconfig_file = sys.env("KUBECONFIG_FILE")
  }
}
local.file_match "files" { path_targets = [{ __path__ = sys.env("LOG_FILE"), app = "order" }] }
loki.source.file "files" {
  targets = local.file_match.files.targets
  forward_to = [loki.process.lines.receiver]
}
loki.source.journal "journal" { forward_to = [loki.process.lines.receiver] }
loki.source.api "pushed" {
  http {
    listen_address = sys.env("API_ADDRESS")
    listen_port = sys.env("API_PORT")
  }
  forward_to = [loki.process.lines.receiver]
}
loki.process "lines" {
  forward_to = [loki.write.loki.receiver, loki.write.gone.receiver]
  stage.cri { }
  stage.json { expressions = { level = "", duration = "", time = "" } }
  stage.logfmt { mapping = { user = "" } }
  stage.timestamp {
    source = "time"
    format = "RFC3339"
  }
  stage.metrics {
    metric.counter {
      name = "lines_total"
      match_all = true
      action = "inc"
    }
  }
  stage.match {
    selector = "{app=\\"order\\"} |= \\"debug\\""
    action = "drop"
    drop_counter_reason = "debug"
  }
  stage.drop {
    older_than = "24h"
    drop_counter_reason = "old"
  }
  stage.limit {
    rate = 100
    burst = 100
    drop = true
  }
  stage.sampling { rate = 1 }
  stage.multiline { firstline = "^\\\\S" }
  stage.structured_metadata { values = { duration = "" } }
}
loki.relabel "none" { forward_to = [loki.write.loki.receiver] }
loki.write "loki" {
  endpoint { url = sys.env("LOKI_URL") }
  wal { enabled = true }
}
loki.write "gone" {
  endpoint {
    url = sys.env("GONE_URL")
    max_backoff_retries = 1
    min_backoff_period = "10ms"
  }
}
prometheus.exporter.self "self" { }
prometheus.scrape "self" {
  targets = prometheus.exporter.self.self.targets
  scrape_interval = "1s"
  scrape_timeout = "1s"
  forward_to = [prometheus.relabel.none.receiver]
  clustering { enabled = true }
}
prometheus.relabel "none" { forward_to = [prometheus.remote_write.prometheus.receiver] }
prometheus.remote_write "prometheus" {
  endpoint { url = sys.env("PROMETHEUS_URL") }
}
otelcol.receiver.otlp "otlp" {
  http { endpoint = sys.env("OTLP_HTTP") }
  grpc { endpoint = sys.env("OTLP_GRPC") }
  output {
    logs = [otelcol.processor.memory_limiter.otlp.input]
    traces = [otelcol.processor.memory_limiter.otlp.input]
  }
}
otelcol.processor.memory_limiter "otlp" {
  check_interval = "1s"
  limit = "256MiB"
  output {
    logs = [otelcol.processor.batch.otlp.input]
    traces = [otelcol.processor.batch.otlp.input]
  }
}
otelcol.processor.batch "otlp" {
  output {
    logs = [otelcol.exporter.otlphttp.loki.input, otelcol.exporter.loki.loki.input]
    traces = [otelcol.exporter.otlphttp.loki.input]
  }
}
otelcol.exporter.otlphttp "loki" {
  client { endpoint = sys.env("LOKI_OTLP_URL") }
}
otelcol.exporter.loki "loki" { forward_to = [loki.write.loki.receiver] }
`;
