import { Size } from 'cdk8s';
import type { Construct } from 'constructs';
import { serviceAccount } from '../kubernetes/access';
import { Component } from '../kubernetes/component';
import { configFiles } from '../kubernetes/config-files';
import { httpProbe, secretVariable, tcpProbe } from '../kubernetes/container';
import { ingress, ingressUrl } from '../kubernetes/ingress';
import type { IngressOptions } from '../kubernetes/ingress-options';
import { service } from '../kubernetes/service';
import { toYaml } from '../kubernetes/text';
import { deployment } from '../kubernetes/workload';
import { Cpu } from '../settings/cpu';
import type { Endpoint } from '../settings/endpoint';
import type { SecretKey } from '../settings/secret-key';
import type { ServiceOptions, WorkloadOptions } from '../settings/workload-options';
import { secretFiles } from './elastic-security';
import type { Elasticsearch } from './elasticsearch';
import { CERTIFICATES_DIRECTORY, ENCRYPTION_VARIABLE, kibanaConfig, PASSWORD_VARIABLE } from './kibana-config';

/** Options of `Kibana` that have nothing to do with where it reads. */
export interface KibanaOptions extends WorkloadOptions, ServiceOptions {
  /** Key for sessions and saved secrets: at least 32 characters. All replicas share it; another one ends all sessions. */
  readonly encryptionKey: SecretKey;
  /** Number of instances. @default 1 */
  readonly replicas?: number;
  /** How people outside the cluster reach it. @default - not at all */
  readonly ingress?: IngressOptions;
}

/** Properties of `Kibana`. */
export interface KibanaProps extends KibanaOptions {
  /** What it reads. */
  readonly elasticsearch: Elasticsearch;
}

const HTTP = { name: 'http', port: 5601 };

/**
 * Searches and charts of the lines in Elasticsearch. People log in with users of Elasticsearch, `elastic` at first. Inside the
 * cluster it speaks HTTP without TLS; an Ingress adds it.
 */
export class Kibana extends Component {
  /** The user interface. */
  public readonly http: Endpoint;

  constructor(scope: Construct, id: string, props: KibanaProps) {
    super(scope, id, { app: 'kibana', component: 'kibana', options: props });
    const { elasticsearch, ingress: outside, replicas = 1 } = props;
    this._check(() => [
      ...(Number.isInteger(replicas) && replicas >= 1
        ? []
        : [`replicas is ${replicas}; allowed are whole numbers from 1: correct it`]),
      ...((outside?.path ?? '/') === '/'
        ? []
        : [`ingress.path is ${JSON.stringify(outside?.path)}; allowed is "/": give Kibana a host name of its own`]),
    ]);
    const account = serviceAccount(this);
    [this.http] = service(this, { ports: [{ target: HTTP }] });
    this._connect(elasticsearch.http);
    if (outside) {
      ingress(this, HTTP, HTTP.name, outside);
    }
    const { certificate, passwords } = elasticsearch._access;
    this._requireSecret(certificate.certificateAuthority);
    const environment = [
      secretVariable(this, PASSWORD_VARIABLE, passwords.kibana),
      secretVariable(this, ENCRYPTION_VARIABLE, props.encryptionKey),
    ];
    const config = configFiles(this, 'config', () => ({
      'kibana.yml': toYaml(kibanaConfig({ elasticsearchUrl: elasticsearch.http.url, publicUrl: outside && ingressUrl(outside) })),
    }));
    deployment(this, {
      replicas,
      pod: () => ({
        serviceAccountName: account,
        checksum: config.checksum(),
        volumes: [
          config.volume('config'),
          secretFiles('certs', { 'ca.crt': certificate.certificateAuthority }),
          { name: 'data', emptyDir: {} },
          { name: 'logs', emptyDir: {} },
          { name: 'tmp', emptyDir: {} },
        ],
        containers: [
          {
            name: 'kibana',
            image: 'kibana',
            args: [],
            environment,
            ports: [HTTP],
            mounts: [
              // A single file: the directory of the image holds others that Kibana needs.
              { name: 'config', mountPath: '/usr/share/kibana/config/kibana.yml', subPath: 'kibana.yml', readOnly: true },
              { name: 'certs', mountPath: CERTIFICATES_DIRECTORY, readOnly: true },
              { name: 'data', mountPath: '/usr/share/kibana/data' },
              { name: 'logs', mountPath: '/usr/share/kibana/logs' },
              { name: 'tmp', mountPath: '/tmp' },
            ],
            // Elastic's operator: 2Gi. Less than 1Gi does not get through the start.
            resources: { cpuRequest: Cpu.millis(100), memoryRequest: Size.gibibytes(1), memoryLimit: Size.gibibytes(2) },
            // Answers 503 while Elasticsearch is away, and needs no login.
            readiness: httpProbe('/api/status', HTTP.name, { timeoutSeconds: 5 }),
            // Saved objects are migrated before the port opens.
            startup: tcpProbe(HTTP.name, { periodSeconds: 10, failureThreshold: 60 }),
          },
        ],
      }),
    });
  }
}
