import { Size } from 'cdk8s';
import { load } from 'js-yaml';
import { describe, expect, it } from 'vitest';
import { Endpoint, EndpointProtocol } from '../../src/settings/endpoint';
import { MonitoringContext } from '../../src/settings/monitoring-context';
import { ObjectStorage } from '../../src/settings/object-storage';
import { Retention } from '../../src/settings/retention';
import { SecretKey } from '../../src/settings/secret-key';
import { StorageIdentity } from '../../src/settings/storage-identity';
import { Tempo, type TempoProps } from '../../src/tracing/tempo';
import { tempoConfig } from '../../src/tracing/tempo-config';
import {
  EVERY_SERVICE_OPTION,
  EVERY_WORKLOAD_OPTION,
  expectEveryPropToMatter,
  manifestOf,
  synthesisError,
  synthesize,
} from '../support/constructs';

const PROMETHEUS = Endpoint.external({ host: 'prometheus', port: 9090, namespace: 'metrics' });

const EVERY_PROP: Required<TempoProps> = {
  ...EVERY_WORKLOAD_OPTION,
  ...EVERY_SERVICE_OPTION,
  volume: Size.gibibytes(30),
  retention: Retention.days(30),
  senders: ['shop'],
  extraConfig: { query_frontend: { max_outstanding_per_tenant: 100 } },
  objectStorage: ObjectStorage.s3Compatible({
    endpoint: 'minio.storage.svc:9000',
    region: 'us-east-1',
    insecure: true,
    bucket: 'shared',
    identity: StorageIdentity.accessKeys('object-storage'),
    certificateAuthority: SecretKey.of('object-storage-ca', 'ca.pem'),
  }),
  remoteWrite: [PROMETHEUS],
  instance: 'audit',
};

describe('configuration of Tempo', () => {
  it('keeps traces on the volume', () => {
    expect(
      tempoConfig({ bucket: undefined, retention: Retention.days(14), remoteWrite: [], externalLabels: {}, extraConfig: {} }),
    ).toMatchInlineSnapshot(`
      {
        "backend_scheduler": {
          "provider": {
            "compaction": {
              "compaction": {
                "block_retention": "336h",
              },
            },
          },
        },
        "backend_worker": {
          "compaction": {
            "block_retention": "336h",
          },
        },
        "distributor": {
          "receivers": {
            "otlp": {
              "protocols": {
                "grpc": {
                  "endpoint": "0.0.0.0:4317",
                },
                "http": {
                  "endpoint": "0.0.0.0:4318",
                },
              },
            },
          },
        },
        "server": {
          "grpc_listen_port": 9095,
          "http_listen_port": 3200,
        },
        "storage": {
          "trace": {
            "backend": "local",
            "local": {
              "path": "/var/tempo/blocks",
            },
            "wal": {
              "path": "/var/tempo/wal",
            },
          },
        },
        "target": "all",
        "usage_report": {
          "reporting_enabled": false,
        },
      }
    `);
  });

  it('keeps traces in a bucket and makes metrics of spans', () => {
    expect(
      tempoConfig({
        bucket: {
          endpoint: 'minio:9000',
          region: 'r',
          bucket: 'shared',
          prefix: 'tempo',
          insecure: true,
          forcePathStyle: true,
          certificateAuthorityFile: '/ca.crt',
        },
        retention: Retention.hours(36),
        remoteWrite: [
          { url: 'http://a:9090/api/v1/write', login: { user: 'stack', passwordFile: '/logins/0' } },
          { url: 'http://b:9090/api/v1/write', login: undefined },
        ],
        externalLabels: { cluster: 'shop', env: 'prod' },
        extraConfig: {},
      }),
    ).toMatchInlineSnapshot(`
      {
        "backend_scheduler": {
          "provider": {
            "compaction": {
              "compaction": {
                "block_retention": "36h",
              },
            },
          },
        },
        "backend_worker": {
          "compaction": {
            "block_retention": "36h",
          },
        },
        "distributor": {
          "receivers": {
            "otlp": {
              "protocols": {
                "grpc": {
                  "endpoint": "0.0.0.0:4317",
                },
                "http": {
                  "endpoint": "0.0.0.0:4318",
                },
              },
            },
          },
        },
        "metrics_generator": {
          "registry": {
            "external_labels": {
              "cluster": "shop",
              "env": "prod",
            },
          },
          "storage": {
            "path": "/var/tempo/generator/wal",
            "remote_write": [
              {
                "basic_auth": {
                  "password_file": "/logins/0",
                  "username": "stack",
                },
                "url": "http://a:9090/api/v1/write",
              },
              {
                "url": "http://b:9090/api/v1/write",
              },
            ],
          },
        },
        "overrides": {
          "defaults": {
            "metrics_generator": {
              "processors": [
                "service-graphs",
                "span-metrics",
              ],
            },
          },
        },
        "server": {
          "grpc_listen_port": 9095,
          "http_listen_port": 3200,
        },
        "storage": {
          "trace": {
            "backend": "s3",
            "s3": {
              "bucket": "shared",
              "endpoint": "minio:9000",
              "forcepathstyle": true,
              "insecure": true,
              "prefix": "tempo",
              "region": "r",
              "tls_ca_path": "/ca.crt",
            },
            "wal": {
              "path": "/var/tempo/wal",
            },
          },
        },
        "target": "all",
        "usage_report": {
          "reporting_enabled": false,
        },
      }
    `);
  });
});

describe('Tempo', () => {
  it('synthesizes with minimal properties', () => {
    expect(synthesize((chart) => new Tempo(chart, 'tempo'))).toMatchSnapshot();
  });

  it('synthesizes with every property', () => {
    const manifests = synthesize((chart) => new Tempo(chart, 'tempo', EVERY_PROP));
    expect(manifestOf(manifests, 'StatefulSet').spec).toMatchSnapshot();
    expect(manifestOf(manifests, 'NetworkPolicy').spec).toMatchSnapshot();
    expect(load(manifestOf(manifests, 'ConfigMap').data['config.yaml'])).toMatchObject({
      storage: { trace: { backend: 's3', s3: { bucket: 'shared', prefix: 'tempo-audit' } } },
      query_frontend: { max_outstanding_per_tenant: 100 },
    });
  });

  it('has no dead property', () => {
    expectEveryPropToMatter((chart, props: TempoProps) => new Tempo(chart, 'tempo', props), {}, EVERY_PROP);
  });

  it('reads the password of a Prometheus that asks for one out of a file', () => {
    const manifests = synthesize((chart) => {
      const login = { user: 'stack', password: SecretKey.of('web-user', 'password') };
      const owner = new Tempo(chart, 'other', { instance: 'other' }).http._owner;
      if (owner) {
        const remoteWrite = [PROMETHEUS, Endpoint._of(owner, 'guarded', 9090, EndpointProtocol.HTTP, login)];
        new Tempo(chart, 'tempo', { remoteWrite });
      }
    });
    const { volumes, containers } = manifestOf(manifests, 'StatefulSet', 'monitoring-tempo').spec.template.spec;
    expect(volumes).toContainEqual({
      name: 'logins',
      projected: { sources: [{ secret: { name: 'web-user', items: [{ key: 'password', path: '1' }] } }] },
    });
    expect(containers[0].volumeMounts).toContainEqual({ name: 'logins', mountPath: '/etc/tempo/logins', readOnly: true });
  });

  it('warns of a storage that wants its objects listed in another way', () => {
    const objectStorage = ObjectStorage.naverCloud({ bucketPrefix: 'shop', identity: StorageIdentity.accessKeys('keys') });
    synthesize((chart) => {
      new Tempo(chart, 'tempo', { objectStorage });
      expect(MonitoringContext.of(chart).warnings.join()).toContain('tempo-lists-with-v2');
    });
  });

  it('names all that is wrong at once', () => {
    const error = synthesisError(
      (chart) =>
        new Tempo(chart, 'tempo', {
          retention: Retention.forever(),
          senders: [],
          remoteWrite: [Endpoint.external({ host: 'x', port: 1, protocol: EndpointProtocol.GRPC, namespace: 'x' })],
          extraConfig: {
            compactor: {},
            backend_worker: { compaction: { block_retention: '1h' } },
            storage: { trace: { s3: { secret_key: 'x' } } },
          },
        }),
    );
    expect(error).toContain('[test/tempo] retention is forever; allowed is an hour or more');
    expect(error).toContain('senders is []');
    expect(error).toContain('remoteWrite has x:1, where grpc is spoken');
    expect(error).toContain('extraConfig has the section "compactor"');
    expect(error).toContain('extraConfig has backend_worker.compaction.block_retention');
    expect(error).toContain('extraConfig.storage.trace.s3.secret_key is a literal');
  });
});
