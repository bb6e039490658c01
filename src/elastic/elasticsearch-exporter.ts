import { Size } from 'cdk8s';
import type { Construct } from 'constructs';
import { serviceAccount } from '../kubernetes/access';
import { Component } from '../kubernetes/component';
import { httpProbe, secretVariable } from '../kubernetes/container';
import { offerMetrics, service } from '../kubernetes/service';
import { deployment } from '../kubernetes/workload';
import { Cpu } from '../settings/cpu';
import type { Endpoint } from '../settings/endpoint';
import type { WorkloadOptions } from '../settings/workload-options';
import { secretFiles } from './elastic-security';
import type { Elasticsearch } from './elasticsearch';
import { METRICS_READER } from './elasticsearch-config';
import { CERTIFICATES_DIRECTORY, exporterArguments, PASSWORD_VARIABLE, USER_VARIABLE } from './elasticsearch-exporter-config';

/** Options of `ElasticsearchExporter` that have nothing to do with whom it asks. */
export interface ElasticsearchExporterOptions extends WorkloadOptions {
  /**
   * Whether there are metrics of each index, too (`--es.indices`), some 80 series for each day that is kept. No alert and no board of the
   * library needs them. @default false
   */
  readonly indexMetrics?: boolean;
}

/** Properties of `ElasticsearchExporter`. */
export interface ElasticsearchExporterProps extends ElasticsearchExporterOptions {
  /** Whom it asks. Its `passwords.exporter` must be given. */
  readonly elasticsearch: Elasticsearch;
}

const METRICS = { name: 'metrics', port: 9114 };

/**
 * Makes metrics for Prometheus of what Elasticsearch says about itself: health of the cluster, its nodes, the life of its indices. It asks
 * at each scrape, as a user who may read that and no line.
 */
export class ElasticsearchExporter extends Component {
  /** The metrics. */
  public readonly metrics: Endpoint;

  constructor(scope: Construct, id: string, props: ElasticsearchExporterProps) {
    super(scope, id, { app: 'elasticsearch-exporter', component: 'elasticsearch-exporter', options: props });
    const { elasticsearch, indexMetrics = false } = props;
    const { certificate, passwords } = elasticsearch._access;
    this._check(() =>
      passwords.exporter
        ? []
        : [
            `passwords.exporter of ${elasticsearch.node.path} is not given; allowed is the password of ${METRICS_READER}, with which the exporter logs in: give it`,
          ],
    );
    const account = serviceAccount(this);
    [this.metrics] = service(this, { headless: true, ports: [{ target: METRICS }] });
    this._connect(elasticsearch.http);
    this._requireSecret(certificate.certificateAuthority);
    const environment = passwords.exporter && [
      { name: USER_VARIABLE, value: METRICS_READER },
      secretVariable(this, PASSWORD_VARIABLE, passwords.exporter),
    ];
    deployment(this, {
      replicas: 1,
      // Two at once would say everything twice, and sums would be doubled.
      strategy: 'Recreate',
      pod: () => ({
        serviceAccountName: account,
        volumes: [secretFiles('certs', { 'ca.crt': certificate.certificateAuthority })],
        containers: [
          {
            name: 'elasticsearch-exporter',
            image: 'elasticsearchExporter',
            args: exporterArguments({ elasticsearchUrl: elasticsearch.http.url, indexMetrics, port: METRICS.port }),
            environment,
            ports: [METRICS],
            mounts: [{ name: 'certs', mountPath: CERTIFICATES_DIRECTORY, readOnly: true }],
            // 18 MiB with one node; the answers of some nodes, and of hundreds of indices, are held while they are read.
            resources: { cpuRequest: Cpu.millis(10), memoryRequest: Size.mebibytes(32), memoryLimit: Size.mebibytes(128) },
            // Both answer while Elasticsearch is away: that is an alert, and no reason to restart. It then opens its port after 10 s only.
            readiness: httpProbe('/healthz', METRICS.name),
            liveness: httpProbe('/healthz', METRICS.name, { initialDelaySeconds: 30 }),
          },
        ],
      }),
    });
    offerMetrics(this, METRICS);
  }
}
