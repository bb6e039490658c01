const isObject = (value: unknown): value is { readonly [key: string]: unknown } =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && Object.getPrototypeOf(value) === Object.prototype;

function merged(own: unknown, further: unknown): unknown {
  if (isObject(own) && isObject(further)) {
    const keys = new Set([...Object.keys(own), ...Object.keys(further)]);
    return Object.fromEntries([...keys].map((key) => [key, key in further ? merged(own[key], further[key]) : own[key]]));
  }
  return Array.isArray(own) && Array.isArray(further) ? [...own, ...further] : further;
}

/** A configuration with further settings: objects are merged, lists appended, other values replaced. */
export function mergeConfig<Config extends object>(own: Config, further: { readonly [key: string]: unknown } = {}): Config {
  return merged(own, further) as Config;
}

const kindOf = (value: unknown) => (Array.isArray(value) ? 'a list' : isObject(value) ? 'an object' : 'a single value');

/** Further settings that are of another kind than what they would be merged with. */
export function kindProblems(property: string, own: object, given: object | undefined): string[] {
  const ours = new Map<string, unknown>(Object.entries(own));
  return Object.entries(given ?? {}).flatMap(([key, value]) => {
    const counterpart = ours.get(key);
    if (counterpart === undefined) {
      return [];
    }
    const path = `${property}.${key}`;
    if (kindOf(value) !== kindOf(counterpart)) {
      return [
        `${path} is ${JSON.stringify(value)}; allowed is ${kindOf(counterpart)}, to be merged with the library's: correct it`,
      ];
    }
    return isObject(value) && isObject(counterpart) ? kindProblems(path, counterpart, value) : [];
  });
}

/** What is wrong with the keys of further settings. */
export function keyProblems(property: string, given: object | undefined, known: readonly string[]): string[] {
  return Object.keys(given ?? {})
    .filter((key) => !known.includes(key))
    .map((key) => `${property} has the key ${JSON.stringify(key)}; allowed are ${known.join(', ')}: correct the name`);
}

const CREDENTIAL_KEYS = ['bearer_token', 'client_certificate_key', 'client_secret', 'credentials', 'password', 'secret_key'];

/** Credentials that stand literally in further settings, at any depth. They belong into a Secret, mounted as a file. */
export function credentialProblems(property: string, given: unknown): string[] {
  if (typeof given !== 'object' || given === null) {
    return [];
  }
  return Object.entries(given).flatMap(([key, value]) =>
    CREDENTIAL_KEYS.includes(key) && typeof value === 'string'
      ? [`${property}.${key} is a literal; allowed are references to files: mount a Secret and use ${key}_file`]
      : credentialProblems(`${property}.${key}`, value),
  );
}

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
