import { App, Duration, Size, Testing } from 'cdk8s';
import { describe, expect, it } from 'vitest';
import { LogPipeline } from '../../src/alloy/log-pipeline';
import { Dashboard } from '../../src/dashboards/dashboard';
import { ScrapeJob } from '../../src/prometheus/scrape-job';
import { Alerts } from '../../src/rules/alerts';
import { Objective } from '../../src/rules/objective';
import { Access } from '../../src/settings/access';
import { Cluster, type ClusterProps } from '../../src/settings/cluster';
import { ControlPlaneComponent, CpuArchitecture } from '../../src/settings/control-plane';
import { DataLabels, type DataLabelsProps } from '../../src/settings/data-labels';
import { Endpoint } from '../../src/settings/endpoint';
import { type ImageOverride, Images, type ImagesProps } from '../../src/settings/images';
import { Namespaces } from '../../src/settings/namespaces';
import {
  type NaverCloudObjectStorageOptions,
  NaverCloudSite,
  ObjectStorage,
  type S3CompatibleOptions,
} from '../../src/settings/object-storage';
import { Placement } from '../../src/settings/placement';
import { Retention } from '../../src/settings/retention';
import { SecretKey } from '../../src/settings/secret-key';
import { SecretSource } from '../../src/settings/secret-source';
import { StorageIdentity } from '../../src/settings/storage-identity';
import type { ElasticStackOptions } from '../../src/stack/elastic-stack';
import { PodLogs } from '../../src/stack/log-agents';
import { MonitoringStack } from '../../src/stack/monitoring-stack';
import { Profile } from '../../src/stack/profile';
import type { LokiCacheSizes, MonitoringStackProps, ThanosStackOptions } from '../../src/stack/stack-options';
import type { TracesStackOptions } from '../../src/stack/traces';
import { BASIC_AUTHENTICATION } from '../support/constructs';

const identity = StorageIdentity.accessKeys('object-storage');
const s3: S3CompatibleOptions = { endpoint: 'minio.storage.svc:9000', region: 'r', identity, bucketPrefix: 'shop' };
const clusterProps: ClusterProps = { name: 'shop-prod' };

const BASE: MonitoringStackProps = {
  name: 'shop',
  cluster: Cluster.generic(clusterProps),
  objectStorage: ObjectStorage.s3Compatible(s3),
  prometheus: { scrape: [ScrapeJob.pods({ namespaces: ['shop'] })] },
  thanos: {},
  alertmanager: {},
  loki: { caches: { chunks: Size.gibibytes(1) } },
  logs: [LogPipeline.json({ name: 'shop', namespaces: ['shop'] })],
  grafana: { dashboards: [Dashboard.pods({ uid: 'pods', title: 'Pods' }), Dashboard.logs({ uid: 'logs', title: 'Logs' })] },
};

const ELASTICSEARCH: ElasticStackOptions['elasticsearch'] = {
  certificate: {
    certificate: SecretKey.of('elasticsearch', 'tls.crt'),
    privateKey: SecretKey.of('elasticsearch', 'tls.key'),
    certificateAuthority: SecretKey.of('elasticsearch', 'ca.crt'),
  },
  passwords: {
    elastic: SecretKey.of('passwords', 'elastic'),
    kibana: SecretKey.of('passwords', 'kibana'),
    writer: SecretKey.of('passwords', 'writer'),
    exporter: SecretKey.of('passwords', 'exporter'),
  },
};

/** Manifests, warnings and prerequisites: all that a property can change. */
const resultOf = (props: MonitoringStackProps): string => {
  const stack = new MonitoringStack(new App(), 'stack', props);
  return JSON.stringify([Testing.synth(stack), stack.warnings, stack.prerequisites.items]);
};

function expectEach<Props extends object>(
  every: Required<Props>,
  change: (given: Partial<Props>) => MonitoringStackProps,
  base: Partial<Props> = {},
): void {
  const before = resultOf(change(base));
  for (const property of Object.keys(every) as (keyof Props)[]) {
    const given: Partial<Props> = { ...base };
    given[property] = every[property];
    expect(resultOf(change(given)), `${String(property)} changes nothing`).not.toBe(before);
  }
}

describe('no property is dead', () => {
  it('of the stack', () => {
    const every: Required<Omit<MonitoringStackProps, 'alloyCluster' | 'traces'>> = {
      profile: Profile.light(),
      operator: { labels: { release: 'prometheus' } },
      name: 'other',
      namePrefix: '',
      cluster: Cluster.generic({ name: 'other' }),
      placement: Placement.labelled({ key: 'pool', value: 'monitoring' }),
      images: new Images({ registryMirror: 'mirror.example.com' }),
      dataLabels: new DataLabels({ app: 'service' }),
      namespaces: Namespaces.single('all'),
      access: Access.clusterWide(),
      secrets: SecretSource.externalSecrets({ store: 'vault' }),
      networkPolicies: false,
      commonLabels: { team: 'platform' },
      priorityClassName: 'high',
      scrapeInterval: Duration.seconds(15),
      acknowledgedWarnings: ['egress-to-anywhere'],
      monitors: {},
      objectStorage: ObjectStorage.s3Compatible({ ...s3, region: 'other' }),
      tenant: 'shop',
      prometheus: { replicas: 2 },
      objectives: [
        Objective.availability({ name: 'shop', target: 0.99, window: Duration.days(7), requestsMetric: 'http_requests_total' }),
      ],
      thanos: { tiers: { raw: Retention.days(90) } },
      loki: { gatewayEnabled: false },
      logs: [LogPipeline.plain({ name: 'shop', namespaces: ['shop'] })],
      podLogs: PodLogs.KUBERNETES_API,
      alloy: { storagePath: '/var/lib/other' },
      alertmanager: { replicas: 2 },
      tempo: {},
      jaeger: {},
      zipkin: {},
      existingAlertmanagers: [Endpoint.external({ host: 'alerts.example.com', port: 9093 })],
      grafana: {},
      existingGrafana: {},
      kubeStateMetrics: { enabled: false },
      nodeExporter: {},
      pushgateway: {},
      metricsServer: {},
      elastic: { elasticsearch: ELASTICSEARCH },
    };
    expectEach<Omit<MonitoringStackProps, 'alloyCluster' | 'traces'>>(every, (given) => ({ ...BASE, ...given }));
    const events = [LogPipeline.kubernetesEvents({ name: 'events' })];
    const cluster: Required<Pick<MonitoringStackProps, 'alloyCluster'>> = { alloyCluster: { replicas: 2 } };
    expectEach<Pick<MonitoringStackProps, 'alloyCluster'>>(cluster, (given) => ({ ...BASE, logs: events, ...given }));
    const received: Required<Pick<MonitoringStackProps, 'traces'>> = { traces: {} };
    expectEach<Pick<MonitoringStackProps, 'traces'>>(received, (given) => ({ ...BASE, tempo: {}, ...given }));
  });

  it('of the elastic stack', () => {
    const every: Required<ElasticStackOptions> = {
      elasticsearch: { ...ELASTICSEARCH, nodes: 3 },
      kibana: { encryptionKey: SecretKey.of('kibana', 'key') },
      fluentd: {},
      fluentBit: {},
      exporter: { enabled: false },
    };
    const change = (given: Partial<ElasticStackOptions>) => ({ ...BASE, elastic: { elasticsearch: ELASTICSEARCH, ...given } });
    expectEach<ElasticStackOptions>(every, change);
    expect(() => resultOf(change({ fluentd: {}, fluentBit: {} }))).toThrow('elastic has fluentd and fluentBit');
  });

  it('of traces', () => {
    const every: Required<TracesStackOptions> = {
      senders: ['shop'],
      kubernetesAttributes: false,
      zipkin: true,
      agent: { replicas: 2 },
    };
    expectEach<TracesStackOptions>(every, (traces) => ({ ...BASE, tempo: {}, traces }));
  });

  it('of Thanos', () => {
    const every: Required<ThanosStackOptions> = {
      tiers: { raw: Retention.days(90) },
      sidecar: { environment: { A: 'b' } },
      query: { replicas: 2 },
      storeGateway: { indexCacheSize: Size.mebibytes(500) },
      compactor: { concurrency: 2 },
      queryFrontend: {},
      ruler: {
        alerts: new Alerts({ library: false }).add({ name: 'fleet', records: [{ name: 'fleet:up:sum', expr: 'sum(up)' }] }),
      },
    };
    expectEach<ThanosStackOptions>(every, (thanos) => ({ ...BASE, thanos }));
  });

  it("of Loki's caches", () => {
    const every: Required<LokiCacheSizes> = {
      chunks: Size.gibibytes(2),
      results: Size.gibibytes(1),
      memcached: { connections: 1024 },
    };
    expectEach<LokiCacheSizes>(every, (caches) => ({ ...BASE, loki: { caches } }), { chunks: Size.gibibytes(1) });
  });

  it('of the cluster', () => {
    const every: Required<ClusterProps> = {
      name: 'other',
      environment: 'staging',
      kubernetesVersion: '1.27',
      domain: 'example.local',
      dns: { name: 'coredns', namespace: 'dns', podLabels: { app: 'coredns' } },
      storageClassName: 'fast',
      podCidrs: ['10.244.0.0/16'],
      nodeCidrs: ['10.0.0.0/24'],
      apiServerCidrs: ['10.0.1.0/24'],
      apiServerPort: 443,
      kubeletCertificatesFromClusterAuthority: true,
      volumeStep: Size.gibibytes(100),
      ingressClassName: 'traefik',
      hasMetricsServer: true,
      controlPlane: [],
      architectures: [CpuArchitecture.S390X],
    };
    const { kubernetesVersion, hasMetricsServer, controlPlane, architectures, ...others } = every;
    expectEach<Omit<ClusterProps, 'kubernetesVersion' | 'hasMetricsServer' | 'controlPlane' | 'architectures'>>(
      others,
      (given) => ({
        ...BASE,
        prometheus: {
          volume: Size.gibibytes(100),
          ingress: { host: 'prometheus.example.com' },
          authentication: BASIC_AUTHENTICATION,
        },
        cluster: Cluster.generic({ ...clusterProps, ...given }),
      }),
    );
    // These decide between output and an error.
    const on = (given: Partial<ClusterProps>, props: Partial<MonitoringStackProps> = {}) =>
      resultOf({ ...BASE, ...props, cluster: Cluster.generic({ ...clusterProps, ...given }) });
    const metricsServer = {};
    const prometheus = { kubernetes: { controlPlane: [ControlPlaneComponent.CORE_DNS] } };
    expect(() => [on({}, { metricsServer }), on({}, { prometheus }), on({})]).not.toThrow();
    expect(() => on({ hasMetricsServer }, { metricsServer })).toThrow(/cluster\.hasMetricsServer is true/);
    expect(() => on({ controlPlane }, { prometheus })).toThrow(/kubernetes\.controlPlane has "coredns"; allowed are none/);
    expect(() => on({ architectures })).toThrow(/cluster\.architectures has "s390x"; allowed are amd64 and arm64/);
    // Old versions lack what shards of the store gateway need; there it decides between output and an error.
    const sharded = { ...BASE, thanos: { storeGateway: { shards: 2 } } };
    expect(resultOf(sharded)).toContain('pod-index');
    expect(() => resultOf({ ...sharded, cluster: Cluster.generic({ ...clusterProps, kubernetesVersion }) })).toThrow(
      /shards .*1\.28/,
    );
  });

  it('of images', () => {
    const override: ImageOverride = { tag: '0.0.1' };
    const every: Required<ImagesProps> = {
      registryMirror: 'mirror.example.com',
      pullPolicy: 'Always',
      pullSecrets: ['registry'],
      prometheus: override,
      thanos: { repository: 'registry.example.com/thanos' },
      loki: { digest: `sha256:${'0'.repeat(64)}` },
      nginx: override,
      memcached: override,
      memcachedExporter: override,
      alloy: override,
      grafana: override,
      kubeStateMetrics: override,
      nodeExporter: override,
      pushgateway: override,
      metricsServer: override,
      lokiCanary: override,
      alertmanager: override,
      k8sSidecar: override,
      elasticsearch: override,
      elasticsearchExporter: override,
      kibana: override,
      fluentd: override,
      fluentBit: override,
      tempo: override,
      jaeger: override,
      zipkin: override,
    };
    const whole = {
      ...BASE,
      tempo: {},
      jaeger: {},
      zipkin: {},
      nodeExporter: {},
      pushgateway: {},
      metricsServer: {},
      loki: { ...BASE.loki, canary: {} },
      grafana: { ...BASE.grafana, dashboardSidecar: {} },
    };
    const { fluentBit, ...others } = every;
    const elastic = { elasticsearch: ELASTICSEARCH, kibana: { encryptionKey: SecretKey.of('kibana', 'key') } };
    const withAgent = (agent: Pick<ElasticStackOptions, 'fluentd' | 'fluentBit'>) => (given: ImagesProps) => ({
      ...whole,
      elastic: { ...elastic, ...agent },
      images: new Images(given),
    });
    expectEach<Omit<ImagesProps, 'fluentBit'>>(others, withAgent({ fluentd: {} }));
    expectEach<Pick<ImagesProps, 'fluentBit'>>({ fluentBit }, withAgent({ fluentBit: {} }));
  });

  it('of data labels', () => {
    const names: (keyof DataLabelsProps)[] = [
      'cluster',
      'environment',
      'namespace',
      'pod',
      'container',
      'node',
      'app',
      'replica',
    ];
    const every = Object.fromEntries(names.map((name) => [name, `renamed_${name}`])) as Required<DataLabelsProps>;
    expectEach<DataLabelsProps>(every, (given) => ({ ...BASE, dataLabels: new DataLabels(given) }));
  });

  it('of object storage', () => {
    const every: Required<Omit<S3CompatibleOptions, 'bucket'>> = {
      endpoint: 'other.storage.svc:9000',
      region: 'other',
      identity: StorageIdentity.iamRole('arn:aws:iam::123456789012:role/monitoring'),
      bucketPrefix: 'other',
      certificateAuthority: SecretKey.of('ca', 'ca.crt'),
      proxyUrl: 'http://proxy.example.com:3128',
      egressCidrs: ['192.0.2.0/24'],
      insecure: true,
      forcePathStyle: false,
      listObjectsVersion: 'v1',
    };
    expectEach<Omit<S3CompatibleOptions, 'bucket'>>(every, (given) => ({
      ...BASE,
      objectStorage: ObjectStorage.s3Compatible({ ...s3, ...given }),
    }));
    const storage = (options: Partial<NaverCloudObjectStorageOptions>) =>
      resultOf({ ...BASE, objectStorage: ObjectStorage.naverCloud({ identity, ...options }) });
    expect(storage({ bucket: 'shop' })).not.toBe(storage({ bucketPrefix: 'shop' }));
    expect(storage({ bucket: 'shop', site: NaverCloudSite.GOVERNMENT })).not.toBe(storage({ bucket: 'shop' }));
  });
});
