import { Cluster, MonitoringStack, Namespaces, SecretKey } from 'cdk8s-monitoring-stack';
import type { Construct } from 'constructs';

/** Pods → Fluentd → Elasticsearch → Kibana: what the course chooses, with passwords and TLS where it has none. */
export class EfkStack extends MonitoringStack {
  constructor(scope: Construct, id: string) {
    super(scope, id, {
      name: 'logging',
      cluster: Cluster.generic({ name: 'course' }),
      namespaces: Namespaces.single('logging'),
      elastic: {
        elasticsearch: {
          nodes: 3,
          certificate: {
            certificate: SecretKey.of('elasticsearch-tls', 'tls.crt'),
            privateKey: SecretKey.of('elasticsearch-tls', 'tls.key'),
            certificateAuthority: SecretKey.of('elasticsearch-tls', 'ca.crt'),
          },
          passwords: {
            elastic: SecretKey.of('elasticsearch-passwords', 'elastic'),
            kibana: SecretKey.of('elasticsearch-passwords', 'kibana'),
            writer: SecretKey.of('elasticsearch-passwords', 'writer'),
          },
        },
        kibana: { encryptionKey: SecretKey.of('kibana', 'encryption-key') },
        fluentd: {},
      },
    });
  }
}
