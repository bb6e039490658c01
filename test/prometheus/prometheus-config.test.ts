import { Duration, Size } from 'cdk8s';
import { describe, expect, it } from 'vitest';
import { Identity } from '../../src/kubernetes/identity';
import { goDuration } from '../../src/kubernetes/text';
import { kubernetesScrapeConfigs } from '../../src/prometheus/kubernetes-metrics';
import { defaultRetentionSize, prometheusArguments, prometheusSize } from '../../src/prometheus/prometheus-arguments';
import { type PrometheusSettings, prometheusConfig } from '../../src/prometheus/prometheus-config';
import { scrapeConfig } from '../../src/prometheus/scrape-config';
import { ScrapeJob } from '../../src/prometheus/scrape-job';
import { Cluster } from '../../src/settings/cluster';
import { DataLabels } from '../../src/settings/data-labels';
import { Endpoint, EndpointProtocol } from '../../src/settings/endpoint';
import { Retention } from '../../src/settings/retention';

const place = { labels: new DataLabels(), cluster: 'alpha', environment: 'prod' };
const IN_PLACE = [
  { target_label: 'cluster', replacement: 'alpha' },
  { target_label: 'env', replacement: 'prod' },
];
const cluster = Cluster.generic({ name: 'alpha' });
const NO_KUBERNETES = { place, cluster, metrics: { kubelet: false, cadvisor: false }, ownNamespaces: [] };
const MINIMAL: PrometheusSettings = {
  place,
  scrapeInterval: Duration.seconds(30),
  scrapeTimeout: Duration.seconds(10),
  evaluationInterval: Duration.minutes(1),
  externalLabels: {},
  ruleFiles: [],
  alertmanagers: [],
  kubernetes: NO_KUBERNETES,
  jobs: [],
  components: [],
  extraConfig: {},
};
const GLOBAL = {
  scrape_interval: '30s',
  scrape_timeout: '10s',
  evaluation_interval: '1m',
  external_labels: { cluster: 'alpha', env: 'prod', replica: '${POD_NAME}' },
};

describe('the configuration file', () => {
  it('has cluster, environment and replica as external labels', () => {
    expect(prometheusConfig(MINIMAL)).toEqual({ global: GLOBAL, scrape_configs: [] });
  });

  it('has everything it is told', () => {
    const job = ScrapeJob.pods({ namespaces: ['shop'] });
    const settings: PrometheusSettings = {
      ...MINIMAL,
      place: { ...place, labels: new DataLabels({ replica: 'server' }) },
      externalLabels: { price: '5 $', ref: '${HOME}' },
      ruleFiles: ['team-a'],
      alertmanagers: [
        Endpoint.external({ host: 'am-0', port: 9093 }),
        Endpoint.external({ host: 'am.example', port: 443, protocol: EndpointProtocol.HTTPS, path: '/am' }),
      ],
      jobs: [job],
      extraConfig: {
        global: { query_log_file: '/prometheus/queries', external_labels: { more: 'x' } },
        scrape_configs: [{ job_name: 'further' }],
        runtime: { gogc: 50 },
      },
    };
    expect(prometheusConfig(settings)).toEqual({
      global: {
        ...GLOBAL,
        query_log_file: '/prometheus/queries',
        external_labels: {
          cluster: 'alpha',
          env: 'prod',
          price: '5 $$',
          ref: '$${HOME}',
          server: '${POD_NAME}',
          more: 'x',
        },
      },
      rule_files: ['/etc/prometheus/rules/team-a/*.yaml', '/etc/prometheus/rules/team-a/*.yml'],
      alerting: {
        alert_relabel_configs: [{ regex: 'server', action: 'labeldrop' }],
        alertmanagers: [
          { static_configs: [{ targets: ['am-0:9093'] }] },
          { scheme: 'https', path_prefix: '/am', static_configs: [{ targets: ['am.example:443'] }] },
        ],
      },
      scrape_configs: [scrapeConfig(job, settings.place), { job_name: 'further' }],
      runtime: { gogc: 50 },
    });
  });
});

describe('alerts', () => {
  it('go to every pod behind a headless Service', () => {
    const identity = new Identity({ stack: 's', prefix: 's-', namespace: 'own', app: 'alertmanager', component: 'alertmanager' });
    const owner = { identity, containerPort: 9093, portName: 'http', headless: true };
    const alertmanager = Endpoint._of(owner, 'alertmanager.own.svc', 9093, EndpointProtocol.HTTP);
    expect(prometheusConfig({ ...MINIMAL, alertmanagers: [alertmanager] }).alerting?.alertmanagers).toEqual([
      { dns_sd_configs: [{ names: ['_http._tcp.alertmanager.own.svc'], type: 'SRV' }] },
    ]);
  });
});

describe('the jobs of the kubelets', () => {
  const token = { credentials_file: '/var/run/secrets/kubernetes.io/serviceaccount/token' };
  const node = {
    honor_labels: true,
    honor_timestamps: false,
    scheme: 'https',
    authorization: token,
    tls_config: { insecure_skip_verify: true },
    kubernetes_sd_configs: [{ role: 'node' }],
    relabel_configs: [{ source_labels: ['__meta_kubernetes_node_name'], target_label: 'node' }, ...IN_PLACE],
  };
  const names = { source_labels: ['__name__'], regex: expect.any(String), action: 'keep' };
  const noPod = { source_labels: ['pod', 'id'], regex: ';/.+', action: 'drop' };

  it('keep what boards need', () => {
    const jobs = kubernetesScrapeConfigs({ ...NO_KUBERNETES, metrics: {} });
    expect(jobs).toEqual([
      { job_name: 'kubelet', ...node, metric_relabel_configs: [names] },
      { job_name: 'cadvisor', metrics_path: '/metrics/cadvisor', ...node, metric_relabel_configs: [names, noPod] },
    ]);
    expect(jobs.map((job) => job.metric_relabel_configs?.[0].regex)).toMatchSnapshot();
  });

  it('follow every option', () => {
    const labels = new DataLabels({ node: 'host' });
    const authority = Cluster.generic({ name: 'alpha', kubeletCertificatesFromClusterAuthority: true });
    const metrics = { kubelet: false, namespaces: ['shop'], extraMetrics: ['container_threads'] };
    const [cadvisor, ...others] = kubernetesScrapeConfigs({
      place: { ...place, labels },
      cluster: authority,
      metrics,
      ownNamespaces: ['monitoring', 'agents', 'monitoring'],
    });
    expect(others).toEqual([]);
    expect(cadvisor).toEqual({
      job_name: 'cadvisor',
      metrics_path: '/metrics/cadvisor',
      ...node,
      tls_config: { ca_file: '/var/run/secrets/kubernetes.io/serviceaccount/ca.crt' },
      relabel_configs: [{ source_labels: ['__meta_kubernetes_node_name'], target_label: 'host' }, ...IN_PLACE],
      metric_relabel_configs: [
        { ...names, regex: expect.stringMatching(/\|container_threads$/) },
        noPod,
        { source_labels: ['namespace'], regex: '|agents|monitoring|shop', action: 'keep' },
        { source_labels: ['node'], target_label: '__renamed_host' },
        { regex: 'node', action: 'labeldrop' },
        { regex: '__renamed_(.+)', action: 'labelmap' },
        { regex: '__renamed_.+', action: 'labeldrop' },
      ],
    });
  });
});

describe('arguments', () => {
  const settings = {
    retention: Retention.days(30),
    retentionSize: Size.gibibytes(40),
    uploadsBlocks: false,
    remoteWriteReceiver: false,
    exemplarStorage: false,
    externalUrl: undefined,
    asksForLogin: false,
    query: {},
  };

  it('name both limits and leave compaction to Prometheus', () => {
    expect(prometheusArguments(settings)).toEqual([
      '--config.file=/etc/prometheus/config/prometheus.yml',
      '--config.auto-reload',
      '--log.format=json',
      '--storage.tsdb.path=/prometheus',
      '--storage.tsdb.retention.time=30d',
      '--storage.tsdb.retention.size=40GB',
    ]);
  });

  it('follow every setting', () => {
    expect(
      prometheusArguments({
        retention: Retention.forever(),
        retentionSize: Size.mebibytes(1500),
        uploadsBlocks: true,
        remoteWriteReceiver: true,
        exemplarStorage: true,
        externalUrl: 'https://prometheus.example',
        asksForLogin: true,
        query: { timeout: Duration.seconds(90), maxSamples: 1000, maxConcurrency: 4 },
      }).slice(4),
    ).toEqual([
      '--storage.tsdb.retention.size=1500MB',
      '--storage.tsdb.min-block-duration=2h',
      '--storage.tsdb.max-block-duration=2h',
      '--web.config.file=/etc/web/web.yml',
      '--web.enable-remote-write-receiver',
      '--enable-feature=exemplar-storage',
      '--web.external-url=https://prometheus.example',
      '--query.timeout=90s',
      '--query.max-samples=1000',
      '--query.max-concurrency=4',
    ]);
  });

  it('leave a fifth of the volume free', () => {
    expect([50, 10, 1].map((gibibytes) => prometheusSize(defaultRetentionSize(Size.gibibytes(gibibytes))))).toEqual([
      '40GB',
      '8GB',
      '819MB',
    ]);
    expect(prometheusSize(defaultRetentionSize(Size.kibibytes(1)))).toBe('1MB');
  });

  it('write durations in the largest whole unit', () => {
    const durations = [Duration.hours(2), Duration.seconds(60), Duration.seconds(90), Duration.millis(1500)];
    expect(durations.map(goDuration)).toEqual(['2h', '1m', '90s', '1500ms']);
  });
});
