import { App, Size, Testing } from 'cdk8s';
import { loadAll } from 'js-yaml';
import { LogPipeline } from '../../src/alloy/log-pipeline';
import type { CatalogueContext } from '../../src/catalogue/catalogue-checks';
import type { SourceName } from '../../src/catalogue/sources';
import { FluentBit } from '../../src/elastic/fluent-bit';
import { Alerts } from '../../src/rules/alerts';
import { Cluster } from '../../src/settings/cluster';
import { ControlPlaneComponent } from '../../src/settings/control-plane';
import { ObjectStorage } from '../../src/settings/object-storage';
import { StorageIdentity } from '../../src/settings/storage-identity';
import { MonitoringStack } from '../../src/stack/monitoring-stack';
import { WATCHED as ELASTICSEARCH } from '../elastic/elastic';
import type { Manifest } from '../support/constructs';

/** What each scrape job of a stack collects from. */
const SOURCE_OF_JOB: Readonly<Record<string, SourceName>> = {
  alertmanager: 'alertmanager',
  'alloy-cluster': 'alloy',
  'alloy-node': 'alloy',
  cadvisor: 'cadvisor',
  coredns: 'coredns',
  'elasticsearch-exporter': 'elasticsearch_exporter',
  etcd: 'etcd',
  'fluent-bit': 'fluent-bit',
  fluentd: 'fluentd',
  grafana: 'grafana',
  jaeger: 'jaeger',
  'kube-apiserver': 'kube-apiserver',
  'kube-controller-manager': 'kube-controller-manager',
  'kube-proxy': 'kube-proxy',
  'kube-scheduler': 'kube-scheduler',
  'kube-state-metrics': 'kube-state-metrics',
  'kube-state-metrics-telemetry': 'kube-state-metrics-telemetry',
  kubelet: 'kubelet',
  loki: 'loki',
  'loki-canary': 'loki-canary',
  'memcached-chunks': 'memcached_exporter',
  'memcached-results': 'memcached_exporter',
  'metrics-server': 'metrics-server',
  'node-exporter': 'node_exporter',
  prometheus: 'prometheus',
  'prometheus-thanos-sidecar': 'thanos-sidecar',
  pushgateway: 'pushgateway',
  tempo: 'tempo',
  'thanos-compactor': 'thanos-compact',
  'thanos-query': 'thanos-query',
  'thanos-query-frontend': 'thanos-query-frontend',
  'thanos-ruler': 'thanos-rule',
  'thanos-store': 'thanos-store',
  zipkin: 'zipkin',
};

/** The scrape jobs of a stack in which everything runs. */
export function scrapeJobs(): Manifest[] {
  const stack = new MonitoringStack(new App(), 'stack', {
    name: 'stack',
    cluster: Cluster.generic({ name: 'cluster', environment: 'prod', controlPlane: Object.values(ControlPlaneComponent) }),
    objectStorage: ObjectStorage.s3Compatible({
      endpoint: 'minio.storage.svc:9000',
      region: 'r',
      insecure: true,
      bucketPrefix: 'bucket',
      identity: StorageIdentity.accessKeys('object-storage'),
    }),
    prometheus: { kubernetes: { controlPlane: Object.values(ControlPlaneComponent) } },
    thanos: {
      queryFrontend: {},
      ruler: { alerts: new Alerts({ library: false }).add({ name: 'all', records: [{ name: 'all:up:sum', expr: 'sum(up)' }] }) },
    },
    loki: { caches: { chunks: Size.mebibytes(512), results: Size.mebibytes(512) }, canary: {} },
    logs: [LogPipeline.json({ name: 'app', namespaces: ['shop'] })],
    alertmanager: {},
    grafana: {},
    nodeExporter: {},
    pushgateway: {},
    metricsServer: {},
    elastic: { elasticsearch: ELASTICSEARCH, fluentd: {} },
    zipkin: {},
    tempo: {},
    jaeger: {},
  });
  if (stack.elasticsearch) {
    new FluentBit(stack, 'fluent-bit', { elasticsearch: stack.elasticsearch });
  }
  const configurations = (Testing.synth(stack) as Manifest[]).flatMap(({ kind, data }) =>
    kind === 'ConfigMap' && data['prometheus.yml'] ? [data['prometheus.yml']] : [],
  );
  return configurations.flatMap((text) => (loadAll(text) as Manifest[])[0].scrape_configs);
}

/** The source that a job collects from. */
export const sourceOf = ({ job_name: job }: Manifest): SourceName | undefined => SOURCE_OF_JOB[job];

/** Names that a job keeps; undefined where it keeps all. */
export function keptBy({ metric_relabel_configs: rules = [] }: Manifest): string[] | undefined {
  const keep = rules.find(({ action, source_labels: from }: Manifest) => action === 'keep' && from?.join() === '__name__');
  return keep?.regex.split('|');
}

let scraped: CatalogueContext | undefined;

/**
 * What a stack collects in which everything runs: names that its jobs drop are not among them.
 * @param own metrics with all their labels that applications, logs and rules make
 */
export function scrapedContext(own: CatalogueContext['own'] = {}): CatalogueContext {
  if (scraped === undefined) {
    const jobs = scrapeJobs();
    const kept = jobs.map((job) => [sourceOf(job), keptBy(job)]).filter(([, names]) => names !== undefined);
    const sources = jobs.map(sourceOf).filter((source) => source !== undefined);
    scraped = { sources: [...new Set(sources)], kept: Object.fromEntries(kept) };
  }
  return { ...scraped, own };
}
