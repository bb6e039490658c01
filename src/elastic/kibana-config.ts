/** Settings of Kibana with nothing left open. */
export interface KibanaSettings {
  readonly elasticsearchUrl: string;
  /** URL under which people reach it. */
  readonly publicUrl: string | undefined;
}

/** Where the certificate authority of Elasticsearch is. */
export const CERTIFICATES_DIRECTORY = '/mnt/certs';

/** Names that are none of Kibana's settings: its image makes arguments of those, which anybody on the node may read. */
export const PASSWORD_VARIABLE = 'STACK_ELASTICSEARCH_PASSWORD';
export const ENCRYPTION_VARIABLE = 'STACK_ENCRYPTION_KEY';

/** kibana.yml. `${…}` are environment variables, which Kibana replaces. */
export function kibanaConfig({ elasticsearchUrl, publicUrl }: KibanaSettings) {
  const key = `\${${ENCRYPTION_VARIABLE}}`;
  return {
    'server.host': '0.0.0.0',
    'server.port': 5601,
    'server.shutdownTimeout': '5s',
    ...(publicUrl !== undefined && { 'server.publicBaseUrl': publicUrl }),
    'elasticsearch.hosts': [elasticsearchUrl],
    'elasticsearch.username': 'kibana_system',
    'elasticsearch.password': `\${${PASSWORD_VARIABLE}}`,
    'elasticsearch.ssl.certificateAuthorities': [`${CERTIFICATES_DIRECTORY}/ca.crt`],
    'elasticsearch.ssl.verificationMode': 'full',
    // Without fixed keys each start ends all sessions and cannot read saved secrets.
    'xpack.security.encryptionKey': key,
    'xpack.encryptedSavedObjects.encryptionKey': key,
    'xpack.reporting.encryptionKey': key,
    'telemetry.optIn': false,
  };
}
