import { describe, expect, it } from 'vitest';
import { Kibana, type KibanaOptions } from '../../src/elastic/kibana';
import { kibanaConfig } from '../../src/elastic/kibana-config';
import { SecretKey } from '../../src/settings/secret-key';
import {
  EVERY_SERVICE_OPTION,
  EVERY_WORKLOAD_OPTION,
  expectEveryPropToMatter,
  manifestOf,
  synthesisError,
  synthesize,
} from '../support/constructs';
import { elasticsearchIn } from './elastic';

const MINIMAL: KibanaOptions = { encryptionKey: SecretKey.of('kibana', 'encryption-key') };

const EVERY_PROP: Required<KibanaOptions> = {
  ...EVERY_WORKLOAD_OPTION,
  ...EVERY_SERVICE_OPTION,
  encryptionKey: SecretKey.of('other', 'key'),
  replicas: 2,
  ingress: { host: 'kibana.example.com', tlsSecretName: 'kibana-tls' },
};

describe('Kibana', () => {
  it('reads credentials from variables that are no arguments', () => {
    expect(kibanaConfig({ elasticsearchUrl: 'https://es:9200', publicUrl: 'https://kibana.example.com' })).toMatchInlineSnapshot(`
      {
        "elasticsearch.hosts": [
          "https://es:9200",
        ],
        "elasticsearch.password": "\${STACK_ELASTICSEARCH_PASSWORD}",
        "elasticsearch.ssl.certificateAuthorities": [
          "/mnt/certs/ca.crt",
        ],
        "elasticsearch.ssl.verificationMode": "full",
        "elasticsearch.username": "kibana_system",
        "server.host": "0.0.0.0",
        "server.port": 5601,
        "server.publicBaseUrl": "https://kibana.example.com",
        "server.shutdownTimeout": "5s",
        "telemetry.optIn": false,
        "xpack.encryptedSavedObjects.encryptionKey": "\${STACK_ENCRYPTION_KEY}",
        "xpack.reporting.encryptionKey": "\${STACK_ENCRYPTION_KEY}",
        "xpack.security.encryptionKey": "\${STACK_ENCRYPTION_KEY}",
      }
    `);
  });

  it('synthesizes with minimal properties', () => {
    const manifests = synthesize((chart) => new Kibana(chart, 'kibana', { ...MINIMAL, elasticsearch: elasticsearchIn(chart) }));
    expect(manifests.filter(({ metadata }) => metadata.name.includes('kibana'))).toMatchSnapshot();
  });

  it('synthesizes with every property', () => {
    const manifests = synthesize(
      (chart) => new Kibana(chart, 'kibana', { ...EVERY_PROP, elasticsearch: elasticsearchIn(chart) }),
    );
    expect(manifestOf(manifests, 'Deployment').spec.template.spec).toMatchSnapshot();
  });

  it('has no dead property', () => {
    expectEveryPropToMatter(
      (chart, props: KibanaOptions) => new Kibana(chart, 'kibana', { ...props, elasticsearch: elasticsearchIn(chart) }),
      MINIMAL,
      EVERY_PROP,
    );
  });

  it('names all that is wrong at once', () => {
    const error = synthesisError(
      (chart) =>
        new Kibana(chart, 'kibana', {
          ...MINIMAL,
          replicas: 0,
          ingress: { host: 'a.example.com', path: '/kibana' },
          elasticsearch: elasticsearchIn(chart),
        }),
    );
    expect(error).toContain('replicas is 0');
    expect(error).toContain('ingress.path is "/kibana"');
  });
});
