import type { k8s } from 'cdk8s-plus-28';
import type { SecretKey } from '../settings/secret-key';

/** Certificate of Elasticsearch, as files in PEM format. Those that cert-manager makes fit. */
export interface ElasticsearchCertificate {
  /** The certificate, for the host name of `Elasticsearch.http`; it must serve servers and clients (extended key usage). */
  readonly certificate: SecretKey;
  /** Its private key, without a passphrase. */
  readonly privateKey: SecretKey;
  /** The authority that signed it. Nodes trust whatever it signed: use one for this cluster alone. */
  readonly certificateAuthority: SecretKey;
}

/** Users' passwords. They must have at least six characters and no line breaks. */
export interface ElasticsearchPasswords {
  /** Of `elastic`, who may do everything. It counts for the first start; afterwards change it in Elasticsearch first. */
  readonly elastic: SecretKey;
  /** Of `kibana_system`, with which Kibana works. */
  readonly kibana: SecretKey;
  /** Of `log-writer`, with which agents write. */
  readonly writer: SecretKey;
  /**
   * Of `metrics-reader`, with which `ElasticsearchExporter` reads metrics and nothing else. @default - there is no such user, and
   * no exporter
   */
  readonly exporter?: SecretKey;
}

/** A volume of files out of Secrets: path by key. */
export function secretFiles(name: string, files: Readonly<Record<string, SecretKey>>): k8s.Volume {
  return {
    name,
    projected: {
      sources: Object.entries(files).map(([path, { secretName, key }]) => ({
        secret: { name: secretName, items: [{ key, path }] },
      })),
    },
  };
}
