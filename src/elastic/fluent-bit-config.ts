import type { Duration, Size } from 'cdk8s';
import { CERTIFICATE_AUTHORITY, type DestinationSettings, LOG_FILES, PASSWORD_VARIABLE, STORAGE_DIRECTORY } from './log-agent';

/** Settings of Fluent Bit with nothing left open. */
export interface FluentBitSettings {
  readonly destination: DestinationSettings;
  readonly flushInterval: Duration;
  readonly bufferLimit: Size;
  /** How the names of its own pods begin. */
  readonly ownName: string;
  readonly httpPort: number;
}

/** fluent-bit.yaml. `${…}` is an environment variable, which Fluent Bit replaces. */
export function fluentBitConfig({ destination, flushInterval, bufferLimit, ownName, httpPort }: FluentBitSettings) {
  return {
    service: {
      flush: flushInterval.toMilliseconds() / 1000,
      grace: 30,
      log_level: 'info',
      http_server: true,
      http_listen: '0.0.0.0',
      http_port: httpPort,
      'storage.path': `${STORAGE_DIRECTORY}/buffer`,
      // Every chunk is on the disk before the next line is read.
      'storage.sync': 'full',
      'storage.max_chunks_up': 64,
    },
    pipeline: {
      inputs: [
        {
          name: 'tail',
          alias: 'containers',
          path: `${LOG_FILES}/*.log`,
          exclude_path: `${LOG_FILES}/${ownName}-*.log`,
          tag: 'kube.*',
          db: `${STORAGE_DIRECTORY}/positions.db`,
          read_from_head: true,
          // Joins the parts of lines that the runtime cut at 16 KiB.
          'multiline.parser': 'cri, docker',
          skip_long_lines: true,
          'storage.type': 'filesystem',
        },
      ],
      filters: [
        {
          name: 'kubernetes',
          alias: 'metadata',
          match: 'kube.*',
          kube_tag_prefix: 'kube.var.log.containers.',
          merge_log: false,
          labels: true,
          annotations: false,
        },
      ],
      outputs: [
        {
          name: 'es',
          alias: 'elasticsearch',
          match: 'kube.*',
          host: destination.host,
          port: destination.port,
          tls: true,
          'tls.verify': true,
          // Without it any name of that authority would do.
          'tls.verify_hostname': true,
          'tls.ca_file': CERTIFICATE_AUTHORITY,
          http_user: destination.user,
          http_passwd: `\${${PASSWORD_VARIABLE}}`,
          logstash_format: true,
          logstash_prefix: destination.indexPrefix,
          // What arrived although the answer was lost is overwritten the second time. Not `create`: lines that are there already are errors
          // then, and a chunk with nothing else is tried again for ever (out_es/es.c of 5.1.1).
          generate_id: true,
          write_operation: 'index',
          suppress_type_name: true,
          trace_error: true,
          // An answer that is longer than the 512k of the default cannot be read, and what it answers is sent again and again.
          buffer_size: 'false',
          // By itself it waits for an answer without end.
          'net.io_timeout': '60s',
          // The default gives up after one attempt.
          retry_limit: 'no_limits',
          'storage.total_limit_size': `${bufferLimit.toMebibytes({ rounding: 1 })}M`,
        },
      ],
    },
  };
}
