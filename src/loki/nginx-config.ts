import type { Size } from 'cdk8s';
import { type NginxDirective, NginxVariable, type NginxWord } from './nginx-syntax';

/** Settings of the gateway's nginx with nothing left open. */
export interface NginxSettings {
  /** Host name of the cluster's DNS service. */
  readonly dnsHost: string;
  /** Base URL of Loki. */
  readonly upstream: string;
  readonly maxBodySize: Size;
  /** Tenant of requests that name none. */
  readonly tenant: string | undefined;
  /** File with the users who may come in; undefined = everybody. */
  readonly passwordFile: string | undefined;
}

export const GATEWAY_PORT = 8080;

/** The only directory nginx writes to. */
export const SCRATCH_PATH = '/tmp';

/**
 * What is let through: push, query and tail; their names before Loki 1.0; state of the rules; OTLP. Everything else of
 * Loki's port is for operators (`/flush`, `/ingester/shutdown`, `/config`, `/metrics`) and stays closed.
 */
const OPEN_PATHS = ['/loki/api/', '/api/prom/', '/prometheus/', '/otlp/'];

/** Long queries and live tails; as long as Loki's own server waits. */
const LONGEST_SILENCE = '600s';

const variable = (name: string) => new NginxVariable(name);

const directive = (name: string, ...words: NginxWord[]): NginxDirective => ({ name, words });

const block = (name: string, words: readonly NginxWord[], inner: readonly NginxDirective[]): NginxDirective => ({
  name,
  words,
  block: inner,
});

/** The configuration of the gateway. Source of the settings for a read-only root: the chart of Loki. */
export function nginxConfig(settings: NginxSettings): NginxDirective[] {
  return [
    directive('daemon', 'off'),
    // One process per core of the node would cost memory for nothing: the work is copying bytes.
    directive('worker_processes', '2'),
    // Live tails never end by themselves; without a limit they hold a stopping pod until it is killed.
    directive('worker_shutdown_timeout', '20s'),
    directive('error_log', 'stderr', 'warn'),
    directive('pid', `${SCRATCH_PATH}/nginx.pid`),
    block('events', [], [directive('worker_connections', '4096')]),
    block('http', [], httpDirectives(settings)),
  ];
}

function httpDirectives(settings: NginxSettings): NginxDirective[] {
  return [
    ...['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) =>
      directive(`${name}_temp_path`, `${SCRATCH_PATH}/${name}_temp`),
    ),
    directive('server_tokens', 'off'),
    block('map', [variable('status'), variable('loggable')], [directive('~^[123]', '0'), directive('default', '1')]),
    directive('access_log', '/dev/stderr', 'combined', ['if=', variable('loggable')]),
    directive('client_max_body_size', nginxSize(settings.maxBodySize)),
    // A batch of Alloy has at most 1 MiB: it is passed on without touching the disk.
    directive('client_body_buffer_size', '1m'),
    // The dot keeps search domains out. nginx resolves this name when it starts, and Loki's again every 5 s: with a fixed
    // upstream it would keep the address of a Service that was made anew.
    directive('resolver', `${settings.dnsHost}.`, 'valid=5s'),
    block(
      'map',
      [variable('http_upgrade'), variable('connection_upgrade')],
      [directive('', ''), directive('default', 'upgrade')],
    ),
    ...(settings.tenant === undefined
      ? []
      : [
          block(
            'map',
            [variable('http_x_scope_orgid'), variable('tenant')],
            [directive('', settings.tenant), directive('default', variable('http_x_scope_orgid'))],
          ),
        ]),
    block('server', [], serverDirectives(settings)),
  ];
}

function serverDirectives({ upstream, tenant, passwordFile }: NginxSettings): NginxDirective[] {
  const open = passwordFile === undefined ? [] : [directive('auth_basic', 'off')];
  return [
    directive('listen', `${GATEWAY_PORT}`),
    directive('set', variable('loki'), upstream),
    ...(passwordFile === undefined ? [] : [directive('auth_basic', 'Loki'), directive('auth_basic_user_file', passwordFile)]),
    directive('proxy_http_version', '1.1'),
    directive('proxy_connect_timeout', '5s'),
    directive('proxy_read_timeout', LONGEST_SILENCE),
    directive('proxy_send_timeout', LONGEST_SILENCE),
    // Large answers go to the client at its pace instead of into files.
    directive('proxy_max_temp_file_size', '0'),
    directive('proxy_set_header', 'Upgrade', variable('http_upgrade')),
    directive('proxy_set_header', 'Connection', variable('connection_upgrade')),
    ...(tenant === undefined ? [] : [directive('proxy_set_header', 'X-Scope-OrgID', variable('tenant'))]),
    // The password is for this gateway; Loki has no use for it.
    ...(passwordFile === undefined ? [] : [directive('proxy_set_header', 'Authorization', '')]),
    block('location', ['=', '/'], [...open, directive('return', '200', 'OK')]),
    ...OPEN_PATHS.map((path) =>
      block('location', ['^~', path], [directive('proxy_pass', [variable('loki'), variable('request_uri')])]),
    ),
    block('location', ['/'], [directive('return', '404')]),
  ];
}

/** A size as nginx reads it. */
function nginxSize(size: Size): string {
  const kibibytes = size.toKibibytes({ rounding: 1 });
  return kibibytes % 1024 === 0 ? `${kibibytes / 1024}m` : `${kibibytes}k`;
}
