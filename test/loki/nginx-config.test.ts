import { Size } from 'cdk8s';
import { describe, expect, it } from 'vitest';
import { type NginxSettings, nginxConfig } from '../../src/loki/nginx-config';
import { toNginxSyntax } from '../../src/loki/nginx-syntax';

const SETTINGS: NginxSettings = {
  dnsHost: 'kube-dns.kube-system.svc.cluster.local',
  upstream: 'http://loki.monitoring.svc.cluster.local:3100',
  maxBodySize: Size.mebibytes(16),
  tenant: undefined,
  passwordFile: undefined,
};

const text = (settings: Partial<NginxSettings>) => toNginxSyntax(nginxConfig({ ...SETTINGS, ...settings }));

/** Lines of a configuration that another one does not have. */
const added = (one: string, other: string) => other.split('\n').filter((line) => !one.split('\n').includes(line));

describe('configuration of the gateway', () => {
  it('lets everybody push and ask', () => {
    expect(text({})).toMatchInlineSnapshot(`
      "daemon off;
      worker_processes 2;
      worker_shutdown_timeout 20s;
      error_log stderr warn;
      pid /tmp/nginx.pid;
      events {
        worker_connections 4096;
      }
      http {
        client_body_temp_path /tmp/client_body_temp;
        proxy_temp_path /tmp/proxy_temp;
        fastcgi_temp_path /tmp/fastcgi_temp;
        uwsgi_temp_path /tmp/uwsgi_temp;
        scgi_temp_path /tmp/scgi_temp;
        server_tokens off;
        map $status $loggable {
          "~^[123]" 0;
          default 1;
        }
        access_log /dev/stderr combined "if=\${loggable}";
        client_max_body_size 16m;
        client_body_buffer_size 1m;
        resolver kube-dns.kube-system.svc.cluster.local. valid=5s;
        map $http_upgrade $connection_upgrade {
          "" "";
          default upgrade;
        }
        server {
          listen 8080;
          set $loki http://loki.monitoring.svc.cluster.local:3100;
          proxy_http_version 1.1;
          proxy_connect_timeout 5s;
          proxy_read_timeout 600s;
          proxy_send_timeout 600s;
          proxy_max_temp_file_size 0;
          proxy_set_header Upgrade $http_upgrade;
          proxy_set_header Connection $connection_upgrade;
          location = / {
            return 200 OK;
          }
          location ^~ /loki/api/ {
            proxy_pass "\${loki}\${request_uri}";
          }
          location ^~ /api/prom/ {
            proxy_pass "\${loki}\${request_uri}";
          }
          location ^~ /prometheus/ {
            proxy_pass "\${loki}\${request_uri}";
          }
          location ^~ /otlp/ {
            proxy_pass "\${loki}\${request_uri}";
          }
          location / {
            return 404;
          }
        }
      }
      "
    `);
  });

  it('asks for a password, but not the probes', () => {
    expect(added(text({}), text({ passwordFile: '/etc/nginx/secrets/htpasswd' }))).toEqual([
      '    auth_basic Loki;',
      '    auth_basic_user_file /etc/nginx/secrets/htpasswd;',
      '    proxy_set_header Authorization "";',
      '      auth_basic off;',
    ]);
  });

  it('gives requests without a tenant one', () => {
    expect(added(text({}), text({ tenant: "team (a)'s" }))).toEqual([
      '  map $http_x_scope_orgid $tenant {',
      `    "" "team (a)'s";`,
      '    default $http_x_scope_orgid;',
      '    proxy_set_header X-Scope-OrgID $tenant;',
    ]);
  });

  it('writes sizes in the units of nginx', () => {
    expect(text({ maxBodySize: Size.gibibytes(1) })).toContain('client_max_body_size 1024m;');
    expect(text({ maxBodySize: Size.kibibytes(1500) })).toContain('client_max_body_size 1500k;');
  });

  it('resolves through the DNS service of the cluster', () => {
    expect(text({ dnsHost: 'rke2-coredns.kube-system.svc.example' })).toContain(
      'resolver rke2-coredns.kube-system.svc.example. valid=5s;',
    );
  });
});
