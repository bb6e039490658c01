import type { Duration, Size } from 'cdk8s';
import { LINE_ID } from './elasticsearch-config';
import { type FluentdElement, FluentdVariable } from './fluentd-syntax';
import { CERTIFICATE_AUTHORITY, type DestinationSettings, LOG_FILES, PASSWORD_VARIABLE, STORAGE_DIRECTORY } from './log-agent';

/** Settings of Fluentd with nothing left open. */
export interface FluentdSettings {
  readonly destination: DestinationSettings;
  readonly flushInterval: Duration;
  readonly bufferLimit: Size;
  /** How the names of its own pods begin. */
  readonly ownName: string;
  readonly metricsPort: number;
}

const megabytes = (size: Size) => `${size.toMebibytes({ rounding: 1 })}m`;

/** One line of containerd or CRI-O, or of Docker's json-file driver. */
const LINE_FORMATS: readonly FluentdElement[] = [
  {
    name: 'pattern',
    parameters: {
      format: 'regexp',
      expression: '/^(?<time>[^ ]+) (?<stream>stdout|stderr) (?<logtag>[FP]) (?<log>.*)$/',
      time_format: '%Y-%m-%dT%H:%M:%S.%N%:z',
    },
  },
  { name: 'pattern', parameters: { format: 'json', time_key: 'time', time_format: '%Y-%m-%dT%H:%M:%S.%NZ', utc: true } },
];

/** Everything that is sent, once its lines are whole. */
const OUTPUT_LABEL = '@OUTPUT';

function output({ destination, flushInterval, bufferLimit }: FluentdSettings): FluentdElement {
  return {
    name: 'match',
    argument: '**',
    parameters: {
      '@type': 'elasticsearch',
      '@id': 'elasticsearch',
      host: destination.host,
      port: destination.port,
      scheme: 'https',
      ca_file: CERTIFICATE_AUTHORITY,
      ssl_verify: true,
      user: destination.user,
      password: new FluentdVariable(PASSWORD_VARIABLE),
      logstash_format: true,
      logstash_prefix: destination.indexPrefix,
      // The same id at every attempt: what arrived although the answer was lost is refused the second time.
      // It stays in the document: with `remove_keys` the plugin finds no id when it looks at what was refused, and loses those lines
      // without a word (elasticsearch_error_handler.rb, seen with 6.0.0).
      id_key: LINE_ID,
      write_operation: 'create',
      suppress_type_name: true,
      // Else Fluentd ends where Elasticsearch is away at its start.
      verify_es_version_at_startup: false,
      default_elasticsearch_version: 9,
      // Behind a Service there is one address; the nodes' own are none that certificates have.
      reload_connections: false,
      reload_on_failure: false,
      reconnect_on_error: true,
      request_timeout: '30s',
      log_es_400_reason: true,
    },
    elements: [
      {
        name: 'buffer',
        argument: 'tag',
        parameters: {
          '@type': 'file',
          path: `${STORAGE_DIRECTORY}/buffer`,
          flush_mode: 'interval',
          flush_interval: `${flushInterval.toSeconds()}s`,
          flush_thread_count: 2,
          flush_at_shutdown: true,
          chunk_limit_size: '8m',
          total_limit_size: megabytes(bufferLimit),
          // Reading stops, where the default throws lines away.
          overflow_action: 'block',
          retry_type: 'exponential_backoff',
          retry_max_interval: '30s',
          // The default gives up after three days.
          retry_forever: true,
        },
      },
    ],
  };
}

/** fluent.conf: reads every container's log, adds what Kubernetes knows about it, sends it. */
export function fluentdConfig(settings: FluentdSettings): FluentdElement[] {
  return [
    { name: 'system', parameters: { log_level: 'info' } },
    {
      name: 'source',
      parameters: { '@type': 'prometheus', '@id': 'metrics', bind: '0.0.0.0', port: settings.metricsPort },
    },
    { name: 'source', parameters: { '@type': 'prometheus_output_monitor', '@id': 'metrics_output' } },
    { name: 'source', parameters: { '@type': 'prometheus_tail_monitor', '@id': 'metrics_tail' } },
    {
      name: 'source',
      parameters: {
        '@type': 'tail',
        '@id': 'containers',
        path: `${LOG_FILES}/*.log`,
        // A complaint about a line of its own would be a line of its own.
        exclude_path: [`${LOG_FILES}/${settings.ownName}-*.log`],
        pos_file: `${STORAGE_DIRECTORY}/positions`,
        tag: 'kubernetes.*',
        read_from_head: true,
        // Files of new containers are looked for as often as lines are sent.
        refresh_interval: `${settings.flushInterval.toSeconds()}s`,
      },
      elements: [{ name: 'parse', parameters: { '@type': 'multi_format' }, elements: LINE_FORMATS }],
    },
    {
      name: 'filter',
      argument: 'kubernetes.**',
      parameters: {
        '@type': 'concat',
        '@id': 'whole_lines',
        key: 'log',
        // The runtime cuts lines at 16 KiB and marks all parts but the last. Not `use_partial_cri_logtag`: it takes the stream away,
        // and turns lines of Docker, which have no mark, into errors (filter_concat.rb).
        partial_key: 'logtag',
        partial_value: 'P',
        stream_identity_key: 'stream',
        use_first_timestamp: true,
        separator: '',
        flush_interval: 5,
        timeout_label: OUTPUT_LABEL,
      },
    },
    {
      name: 'match',
      argument: 'kubernetes.**',
      parameters: { '@type': 'relabel', '@id': 'to_output', '@label': OUTPUT_LABEL },
    },
    {
      name: 'label',
      argument: OUTPUT_LABEL,
      elements: [
        {
          name: 'filter',
          argument: 'kubernetes.**',
          parameters: { '@type': 'kubernetes_metadata', '@id': 'metadata' },
        },
        {
          name: 'filter',
          argument: 'kubernetes.**',
          parameters: { '@type': 'elasticsearch_genid', '@id': 'ids', hash_id_key: LINE_ID },
        },
        output(settings),
      ],
    },
  ];
}
