import type { CredentialRules } from '../kubernetes/extra-config';

/** Prometheus expands no variable in these, so they come from files. */
export const CREDENTIALS: CredentialRules = {
  keys: ['bearer_token', 'client_certificate_key', 'client_secret', 'credentials', 'password', 'secret_key'],
  remedy: (key) => `references to files: mount a Secret and use ${key}_file`,
};

const HTTP_CLIENT_KEYS = [
  'authorization',
  'basic_auth',
  'enable_http2',
  'follow_redirects',
  'http_headers',
  'no_proxy',
  'oauth2',
  'proxy_connect_header',
  'proxy_from_environment',
  'proxy_url',
  'tls_config',
] as const;

/** Keys of the configuration file. Source: prometheus 3.15, config/config.go. */
export const CONFIG_KEYS = [
  'alerting',
  'global',
  'otlp',
  'remote_read',
  'remote_write',
  'rule_files',
  'runtime',
  'scrape_config_files',
  'scrape_configs',
  'storage',
  'tracing',
];

/** Keys of `global`. Source: prometheus 3.15, config/config.go. */
export const GLOBAL_KEYS = [
  'always_scrape_classic_histograms',
  'body_size_limit',
  'convert_classic_histograms_to_nhcb',
  'evaluation_interval',
  'external_labels',
  'extra_scrape_metrics',
  'keep_dropped_targets',
  'label_limit',
  'label_name_length_limit',
  'label_value_length_limit',
  'metric_name_escaping_scheme',
  'metric_name_validation_scheme',
  'query_log_file',
  'rule_query_offset',
  'sample_limit',
  'scrape_failure_log_file',
  'scrape_interval',
  'scrape_native_histograms',
  'scrape_protocols',
  'scrape_timeout',
  'target_limit',
];

/**
 * Keys of a job, besides those of the discovery mechanisms, which end in `_sd_configs`. Source: prometheus 3.15,
 * config/config.go; prometheus/common, config/http_config.go.
 */
export const SCRAPE_KEYS = [
  ...HTTP_CLIENT_KEYS,
  'always_scrape_classic_histograms',
  'body_size_limit',
  'convert_classic_histograms_to_nhcb',
  'enable_compression',
  'extra_scrape_metrics',
  'fallback_scrape_protocol',
  'honor_labels',
  'honor_timestamps',
  'keep_dropped_targets',
  'label_limit',
  'label_name_length_limit',
  'label_value_length_limit',
  'metric_name_escaping_scheme',
  'metric_name_validation_scheme',
  'metric_relabel_configs',
  'metrics_path',
  'native_histogram_bucket_limit',
  'native_histogram_min_bucket_factor',
  'params',
  'relabel_configs',
  'sample_limit',
  'scheme',
  'scrape_failure_log_file',
  'scrape_interval',
  'scrape_native_histograms',
  'scrape_protocols',
  'scrape_timeout',
  'target_limit',
  'track_timestamps_staleness',
];
