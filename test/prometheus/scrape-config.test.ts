import { Duration } from 'cdk8s';
import { describe, expect, it } from 'vitest';
import { Identity } from '../../src/kubernetes/identity';
import { anyOf, appRules, podRules, renameRules } from '../../src/prometheus/relabel';
import { componentScrapeConfig, namespacesOf, scrapeConfig } from '../../src/prometheus/scrape-config';
import { type PodScrapeOptions, ScrapeJob } from '../../src/prometheus/scrape-job';
import { DataLabels } from '../../src/settings/data-labels';
import { Endpoint, EndpointProtocol } from '../../src/settings/endpoint';
import type { MetricsEndpoint } from '../../src/settings/plan';

const labels = new DataLabels();
const PLACE = { labels, cluster: 'alpha', environment: 'prod' };
const META = '__meta_kubernetes_pod';
const IN_PLACE = [
  { target_label: 'cluster', replacement: 'alpha' },
  { target_label: 'env', replacement: 'prod' },
];
const FINISHED = { source_labels: [`${META}_phase`], regex: 'Pending|Succeeded|Failed', action: 'drop' };

const pods = (options: Partial<PodScrapeOptions> = {}) =>
  scrapeConfig(ScrapeJob.pods({ namespaces: ['shop'], ...options }), PLACE);

describe('pods with annotations', () => {
  it('are found in their namespaces only, at the annotated port or at every declared one', () => {
    const port = `${META}_annotation_prometheus_io_port`;
    expect(pods({ namespaces: ['shop', 'billing'] })).toEqual({
      job_name: 'pods',
      kubernetes_sd_configs: [{ role: 'pod', namespaces: { names: ['shop', 'billing'] } }],
      relabel_configs: [
        FINISHED,
        { source_labels: [`${META}_annotation_prometheus_io_scrape`], regex: 'true', action: 'keep' },
        { source_labels: [`${META}_container_init`], regex: 'true', action: 'drop' },
        { source_labels: [port, `${META}_container_port_number`], regex: ';', action: 'drop' },
        { source_labels: [port, `${META}_container_port_protocol`], regex: ';(UDP|SCTP)', action: 'drop' },
        { source_labels: [`${META}_annotation_prometheus_io_scheme`], regex: '(https?)', target_label: '__scheme__' },
        { source_labels: [`${META}_annotation_prometheus_io_path`], regex: '(.+)', target_label: '__metrics_path__' },
        { source_labels: [port, `${META}_ip`], regex: '(\\d+);([^:]+)', target_label: '__address__', replacement: '$2:$1' },
        { source_labels: [port, `${META}_ip`], regex: '(\\d+);(.*:.*)', target_label: '__address__', replacement: '[$2]:$1' },
        { source_labels: [port, `${META}_container_name`], regex: ';(.+)', target_label: 'container' },
        { source_labels: ['__meta_kubernetes_namespace'], target_label: 'namespace' },
        { source_labels: [`${META}_name`], target_label: 'pod' },
        { source_labels: [`${META}_node_name`], target_label: 'node' },
        ...appRules('app'),
        ...IN_PLACE,
      ],
    });
  });

  it('take every option', () => {
    const config = pods({
      jobName: 'web',
      interval: Duration.minutes(1),
      timeout: Duration.millis(1500),
      path: '/stats',
      protocol: EndpointProtocol.HTTPS,
      honorLabels: true,
      sampleLimit: 1000,
      podLabels: { tier: 'web', zone: 'a', 'app.kubernetes.io/name': 'shop' },
      labels: { team: 'a $1 b' },
      extraConfig: { params: { format: ['x'] }, relabel_configs: [{ regex: 'team', action: 'labeldrop' }] },
    });
    expect(config).toMatchObject({
      job_name: 'web',
      scrape_interval: '1m',
      scrape_timeout: '1500ms',
      metrics_path: '/stats',
      scheme: 'https',
      honor_labels: true,
      sample_limit: 1000,
      params: { format: ['x'] },
      kubernetes_sd_configs: [{ selectors: [{ role: 'pod', label: 'app.kubernetes.io/name=shop,tier=web,zone=a' }] }],
    });
    expect(config.relabel_configs.slice(-4)).toEqual([
      ...IN_PLACE,
      { target_label: 'team', replacement: 'a $$1 b' },
      { regex: 'team', action: 'labeldrop' },
    ]);
  });
});

describe('pods with a port', () => {
  const rules = (options: Partial<PodScrapeOptions>) => pods(options).relabel_configs;
  const tail = [
    { source_labels: [`${META}_container_port_protocol`], regex: 'TCP', action: 'keep' },
    { source_labels: [`${META}_container_name`], target_label: 'container' },
    ...podRules(PLACE),
    ...appRules('app'),
    ...IN_PLACE,
  ];

  it('are found by its name, without annotations', () => {
    expect(rules({ portName: 'metrics' })).toEqual([
      FINISHED,
      { source_labels: [`${META}_container_port_name`], regex: 'metrics', action: 'keep' },
      ...tail,
    ]);
  });

  it('are found by its number, without annotations', () => {
    expect(rules({ portNumber: 8081 })).toEqual([
      FINISHED,
      { source_labels: [`${META}_container_port_number`], regex: '8081', action: 'keep' },
      ...tail,
    ]);
  });
});

describe('endpoints', () => {
  const identity = new Identity({ stack: 's', prefix: 's-', namespace: 'own', app: 'loki', component: 'loki' });
  const owned = (headless: boolean) =>
    Endpoint._of({ identity, containerPort: 3100, portName: 'http', headless }, 'loki.own.svc', 80, EndpointProtocol.HTTP);

  it('are written down, with what is known about them', () => {
    const endpoints = [
      Endpoint.external({ host: 'db.example', port: 9104 }),
      Endpoint.external({ host: '[fd00::1]', port: 443, protocol: EndpointProtocol.HTTPS, path: '/db/', namespace: 'data' }),
      owned(false),
    ];
    expect(scrapeConfig(ScrapeJob.endpoints({ jobName: 'fixed', endpoints, labels: { app: 'db' }, path: '/m' }), PLACE)).toEqual({
      job_name: 'fixed',
      metrics_path: '/m',
      static_configs: [
        { targets: ['db.example:9104'] },
        { targets: ['[fd00::1]:443'], labels: { __scheme__: 'https', __metrics_path__: '/db/m', namespace: 'data' } },
        { targets: ['loki.own.svc:80'], labels: { namespace: 'own', app: 'loki' } },
      ],
      relabel_configs: [...IN_PLACE, { target_label: 'app', replacement: 'db' }],
    });
  });

  it('have their metrics below their path, and in no namespace that pods could be looked for', () => {
    const below = ScrapeJob.endpoints({
      jobName: 'below',
      endpoints: [Endpoint.external({ host: 'db.example', port: 80, path: '/db' })],
    });
    expect(scrapeConfig(below, PLACE).static_configs).toEqual([
      { targets: ['db.example:80'], labels: { __metrics_path__: '/db/metrics' } },
    ]);
    expect(namespacesOf(below)).toEqual([]);
  });

  it('are found by SRV records where there are some', () => {
    expect(scrapeConfig(ScrapeJob.endpoints({ jobName: 'all', endpoints: [owned(true)] }), PLACE)).toEqual({
      job_name: 'all',
      dns_sd_configs: [{ names: ['_http._tcp.loki.own.svc'], type: 'SRV' }],
      relabel_configs: IN_PLACE,
    });
  });
});

describe('components of the stack', () => {
  const offered: MetricsEndpoint = {
    identity: new Identity({ stack: 's', prefix: 's-', namespace: 'own', app: 'thanos', component: 'query' }),
    job: 'thanos-query',
    containerPort: 10902,
    portName: 'http',
    path: '/metrics',
    honorLabels: false,
    kubernetesNames: false,
  };
  const discovery = [
    {
      role: 'pod',
      namespaces: { names: ['own'] },
      selectors: [
        { role: 'pod', label: 'app.kubernetes.io/component=query,app.kubernetes.io/instance=s,app.kubernetes.io/name=thanos' },
      ],
    },
  ];
  const port = [
    FINISHED,
    { source_labels: [`${META}_container_port_number`, `${META}_container_port_protocol`], regex: '10902;TCP', action: 'keep' },
  ];

  it('are one job each, for all their pods', () => {
    expect(componentScrapeConfig(offered, PLACE)).toEqual({
      job_name: 'thanos-query',
      kubernetes_sd_configs: discovery,
      relabel_configs: [
        ...port,
        { source_labels: [`${META}_container_name`], target_label: 'container' },
        ...podRules(PLACE),
        { target_label: 'app', replacement: 'thanos' },
        ...IN_PLACE,
      ],
    });
  });

  it('fill no gaps in metrics that are about something else', () => {
    expect(componentScrapeConfig({ ...offered, honorLabels: true, path: '/federate' }, PLACE)).toEqual({
      job_name: 'thanos-query',
      honor_labels: true,
      metrics_path: '/federate',
      kubernetes_sd_configs: discovery,
      relabel_configs: [...port, ...IN_PLACE],
    });
  });

  it("have Kubernetes' labels renamed like all others", () => {
    const renamed = new DataLabels({ pod: 'pod_name' });
    const kubernetes = { ...offered, honorLabels: true, kubernetesNames: true };
    expect(componentScrapeConfig(kubernetes, { ...PLACE, labels: renamed }).metric_relabel_configs).toEqual(renameRules(renamed));
    expect(componentScrapeConfig(kubernetes, PLACE).metric_relabel_configs).toBeUndefined();
  });

  it('tell their own metrics from those about applications, which keep their labels and get none', () => {
    const both = componentScrapeConfig({ ...offered, ownMetrics: ['alloy_', 'loki_'] }, PLACE);
    expect(both.honor_labels).toBeUndefined();
    expect(both.relabel_configs).toEqual(componentScrapeConfig(offered, PLACE).relabel_configs);
    expect(both.metric_relabel_configs).toEqual([
      { source_labels: ['__name__'], regex: '(?:alloy_|loki_).*', target_label: '__own', replacement: 'yes' },
      ...['namespace', 'pod', 'container', 'node', 'app'].map((name) => ({
        source_labels: ['__own', `exported_${name}`],
        regex: ';(.*)',
        target_label: name,
        replacement: '$1',
      })),
      {
        regex:
          '__own|exported_namespace|exported_pod|exported_container|exported_node|exported_app|exported_cluster|exported_env',
        action: 'labeldrop',
      },
    ]);
  });
});

describe('labels', () => {
  it('may change places', () => {
    expect(renameRules(new DataLabels({ namespace: 'pod', pod: 'namespace' }))).toEqual([
      { source_labels: ['namespace'], target_label: '__renamed_pod' },
      { source_labels: ['pod'], target_label: '__renamed_namespace' },
      { regex: 'namespace|pod', action: 'labeldrop' },
      { regex: '__renamed_(.+)', action: 'labelmap' },
      { regex: '__renamed_.+', action: 'labeldrop' },
    ]);
  });

  it('are compared as they are, dots included', () => {
    expect(anyOf(['a.b', 'c'])).toBe('a\\.b|c');
  });

  it('name the application by its best source, which comes last', () => {
    expect(
      appRules('service').map(({ source_labels, regex, target_label }) => [source_labels?.join(';'), regex, target_label]),
    ).toEqual([
      [`${META}_name`, undefined, 'service'],
      [`${META}_controller_name`, '(.+)', 'service'],
      [`${META}_controller_kind;${META}_name`, 'Node;(.+)', 'service'],
      [
        `${META}_controller_kind;${META}_labelpresent_pod_template_hash;${META}_controller_name`,
        'ReplicaSet;true;(.+)-[^-]+',
        'service',
      ],
      [`${META}_controller_kind;${META}_controller_name`, 'Job;(.+)-[0-9]{8,}', 'service'],
      [`${META}_label_app`, '(.+)', 'service'],
      [`${META}_label_app_kubernetes_io_name`, '(.+)', 'service'],
    ]);
  });
});
