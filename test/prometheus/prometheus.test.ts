import { type Chart, Duration, Size } from 'cdk8s';
import { load } from 'js-yaml';
import { describe, expect, it } from 'vitest';
import type { Component } from '../../src/kubernetes/component';
import { PodExtension, type PodHost } from '../../src/kubernetes/pod-extension';
import { Memcached } from '../../src/memcached/memcached';
import { Prometheus } from '../../src/prometheus/prometheus';
import type { PrometheusProps } from '../../src/prometheus/prometheus-props';
import { ScrapeJob } from '../../src/prometheus/scrape-job';
import { Alerts } from '../../src/rules/alerts';
import { Objective } from '../../src/rules/objective';
import { Access } from '../../src/settings/access';
import { Cluster } from '../../src/settings/cluster';
import { Cpu } from '../../src/settings/cpu';
import { DataLabels } from '../../src/settings/data-labels';
import { Endpoint, EndpointProtocol } from '../../src/settings/endpoint';
import { MonitoringContext, type MonitoringContextProps } from '../../src/settings/monitoring-context';
import { Retention } from '../../src/settings/retention';
import {
  BASIC_AUTHENTICATION,
  EVERY_SERVICE_OPTION,
  EVERY_VOLUME_OPTION,
  EVERY_WORKLOAD_OPTION,
  expectEveryPropToMatter,
  type Manifest,
  manifestOf,
  OPEN_TO_EVERYBODY,
  synthesize,
} from '../support/constructs';

const GRPC = { name: 'grpc', port: 10901 };

/** Runs beside Prometheus, as the Thanos sidecar does. */
class Companion extends PodExtension {
  public attached: { host: Component; endpoints: readonly Endpoint[] } | undefined;
  public host: PodHost | undefined;

  constructor(private readonly uploads: boolean) {
    super();
  }

  public get _ports() {
    return [{ target: GRPC, protocol: EndpointProtocol.GRPC }];
  }

  public get _uploadsBlocks() {
    return this.uploads;
  }

  public get _serviceAccountAnnotations() {
    return { 'example.com/role': 'uploader' };
  }

  public _attach(host: Component, endpoints: readonly Endpoint[]) {
    this.attached = { host, endpoints };
  }

  public _addition(host: PodHost) {
    this.host = host;
    return {
      containers: [
        {
          name: 'companion',
          image: 'thanos' as const,
          args: ['sidecar'],
          ports: [GRPC],
          user: host.user,
          resources: { cpuRequest: Cpu.millis(1) },
        },
      ],
      volumes: [{ name: 'companion', emptyDir: {} }],
      podLabels: { 'example.com/identity': 'use' },
    };
  }
}

const EVERY_PROP: Required<PrometheusProps> = {
  ...EVERY_WORKLOAD_OPTION,
  ...EVERY_VOLUME_OPTION,
  ...EVERY_SERVICE_OPTION,
  scrape: [
    ScrapeJob.pods({ namespaces: ['shop', 'billing'] }),
    ScrapeJob.pods({ namespaces: ['shop'], jobName: 'web', portNumber: 8081 }),
    ScrapeJob.endpoints({ jobName: 'db', endpoints: [Endpoint.external({ host: 'db', port: 9104, namespace: 'data' })] }),
  ],
  instance: 'team',
  volume: Size.gibibytes(20),
  retention: Retention.days(30),
  retentionSize: Size.gibibytes(17),
  replicas: 2,
  externalLabels: { region: 'kr' },
  scrapeTimeout: Duration.seconds(5),
  evaluationInterval: Duration.seconds(15),
  kubernetes: { cadvisor: false },
  extensions: [new Companion(true)],
  ruleFiles: ['team-rules'],
  alerts: new Alerts({ library: false }).add({ name: 'team', alerts: [{ name: 'A', expr: 'up == 0', summary: 'a' }] }),
  objectives: [
    Objective.availability({ name: 'shop', target: 0.99, window: Duration.days(7), requestsMetric: 'http_requests_total' }),
  ],
  alertmanagers: [Endpoint.external({ host: 'alertmanager', port: 9093 })],
  ingress: { host: 'prometheus.example', tlsSecretName: 'tls' },
  authentication: BASIC_AUTHENTICATION,
  externalUrl: 'https://prometheus.other',
  remoteWriteReceiver: true,
  exemplarStorage: true,
  query: { maxConcurrency: 4 },
  extraConfig: { runtime: { gogc: 50 } },
};

const FILE = 'prometheus.yml';
const configMaps = (manifests: Manifest[]) => manifests.filter(({ kind }) => kind === 'ConfigMap');
const configOf = (manifests: Manifest[]) => load(configMaps(manifests).find(({ data }) => FILE in data).data[FILE]) as Manifest;
/** Rules are compared where they are made. */
const withoutRules = (manifests: Manifest[]) =>
  manifests.map((manifest) =>
    manifest.kind === 'ConfigMap' && !(FILE in manifest.data) ? { ...manifest, data: 'rules' } : manifest,
  );
const podOf = (manifests: Manifest[]) => manifestOf(manifests, 'StatefulSet', 'monitoring-prometheus').spec.template;
const argumentsOf = (manifests: Manifest[]): string[] => podOf(manifests).spec.containers[0].args;
const make = (props: PrometheusProps = {}, context: MonitoringContextProps = {}) =>
  synthesize((chart) => new Prometheus(chart, 'prometheus', props), context);

describe('Prometheus', () => {
  it('synthesizes with minimal properties', () => {
    expect(withoutRules(make())).toMatchSnapshot();
  });

  it('synthesizes with every property', () => {
    const manifests = make(EVERY_PROP);
    expect(manifestOf(manifests, 'StatefulSet').spec).toMatchSnapshot();
    expect(configOf(manifests)).toMatchSnapshot();
  });

  it('has no dead property', () => {
    expectEveryPropToMatter((chart, props: PrometheusProps) => new Prometheus(chart, 'prometheus', props), {}, EVERY_PROP);
  });

  it('reloads its configuration instead of restarting', () => {
    const before = make();
    const after = make({ externalLabels: { region: 'kr' } });
    expect(configOf(after)).not.toEqual(configOf(before));
    expect(podOf(after)).toEqual(podOf(before));
    expect(podOf(after).spec.containers[0].volumeMounts.filter((mount: Manifest) => 'subPath' in mount)).toEqual([]);
  });

  it('labels targets and what leaves it from one value', () => {
    const config = configOf(
      make(
        { scrape: [ScrapeJob.pods({ namespaces: ['shop'] })] },
        {
          cluster: Cluster.generic({ name: 'alpha', environment: 'test' }),
          dataLabels: new DataLabels({ cluster: 'k8s', environment: 'stage' }),
        },
      ),
    );
    expect(config.global.external_labels).toEqual({ k8s: 'alpha', stage: 'test', replica: '${POD_NAME}' });
    for (const job of config.scrape_configs) {
      expect(job.relabel_configs).toEqual(
        expect.arrayContaining([
          { target_label: 'k8s', replacement: 'alpha' },
          { target_label: 'stage', replacement: 'test' },
        ]),
      );
    }
  });
});

describe('discovery', () => {
  const cache = (chart: Chart, namespace?: string) => new Memcached(chart, 'cache', { itemMemory: Size.gibibytes(1), namespace });
  const bindings = (manifests: Manifest[]) =>
    manifests.filter(({ kind }) => kind === 'RoleBinding').map(({ metadata }) => metadata.namespace);

  it('finds the components of the stack, whichever is constructed first', () => {
    const orders: ((chart: Chart) => void)[] = [
      (chart) => [cache(chart, 'caches'), new Prometheus(chart, 'prometheus')],
      (chart) => [new Prometheus(chart, 'prometheus'), cache(chart, 'caches')],
    ];
    for (const order of orders) {
      const manifests = synthesize(order);
      expect(
        configOf(manifests)
          .scrape_configs.map((job: Manifest) => job.job_name)
          .sort(),
      ).toEqual(['cadvisor', 'kubelet', 'memcached-cache', 'prometheus']);
      expect(bindings(manifests).sort()).toEqual(['caches', 'monitoring']);
    }
  });

  it('needs rights where it discovers, and no others', () => {
    const manifests = make({ scrape: [ScrapeJob.pods({ namespaces: ['shop'] })] });
    expect(bindings(manifests)).toEqual(['shop', 'monitoring']);
    expect(manifests.filter(({ metadata }) => metadata.namespace === 'shop').map(({ kind }) => kind)).toEqual(['RoleBinding']);
    expect(manifestOf(manifests, 'ClusterRole', 'monitoring-prometheus-pods').rules).toEqual([
      { apiGroups: [''], resources: ['pods'], verbs: ['list', 'watch'] },
    ]);
    expect(manifestOf(manifests, 'ClusterRole', 'monitoring-prometheus-nodes').rules).toEqual([
      { apiGroups: [''], resources: ['nodes'], verbs: ['list', 'watch'] },
      { apiGroups: [''], resources: ['nodes/metrics'], verbs: ['get'] },
    ]);
    const withoutNodes = make({ kubernetes: { kubelet: false, cadvisor: false } });
    expect(withoutNodes.filter(({ kind }) => kind.startsWith('ClusterRole')).map(({ metadata }) => metadata.name)).toEqual([
      'monitoring-prometheus-pods',
    ]);
  });

  it('leaves rights on the applications to others where that is wanted', () => {
    const scrape = [ScrapeJob.pods({ namespaces: ['shop'] })];
    expect(bindings(make({ scrape }, { access: Access.existing() }))).toEqual(['monitoring']);
    expect(bindings(make({ scrape }, { access: Access.clusterWide() }))).toEqual([]);
  });

  it('is let out to targets, kubelets and the API, and lets its own replicas in', () => {
    const { spec } = manifestOf(make({ ...EVERY_PROP, instance: undefined, namespace: undefined }), 'NetworkPolicy');
    expect(spec.egress).toMatchSnapshot();
    expect(spec.ingress).toEqual([{ ports: [{ port: 9090 }] }]);
    const alone = manifestOf(make(), 'NetworkPolicy').spec;
    expect(alone.ingress).toEqual([
      {
        from: [
          {
            podSelector: { matchLabels: alone.podSelector.matchLabels },
          },
        ],
        ports: [{ port: 9090 }],
      },
    ]);
  });
});

describe('extensions', () => {
  it('join the pod and are found through the headless Service', () => {
    const companion = new Companion(true);
    const manifests = make({ extensions: [companion] });
    expect(companion.attached?.endpoints.map(({ srvName, protocol }) => [srvName, protocol])).toEqual([
      ['_grpc._tcp.monitoring-prometheus-headless.monitoring.svc.cluster.local', 'grpc'],
    ]);
    expect(companion.host).toMatchObject({ dataVolume: 'data', dataPath: '/prometheus', user: 65534 });
    const { metadata, spec } = podOf(manifests);
    expect(spec.containers.map(({ name }: Manifest) => name)).toEqual(['prometheus', 'companion']);
    expect(spec.volumes.map(({ name }: Manifest) => name)).toEqual(['config', 'rules-0', 'companion']);
    expect(metadata.labels).toMatchObject({ 'example.com/identity': 'use' });
    expect(manifestOf(manifests, 'ServiceAccount').metadata.annotations).toEqual({ 'example.com/role': 'uploader' });
    const { ports } = manifestOf(manifests, 'Service', 'monitoring-prometheus-headless').spec;
    expect(ports.map(({ name }: Manifest) => name)).toEqual(['http', 'grpc']);
  });

  it('stop local compaction only if they upload', () => {
    const durations = (uploads: boolean) =>
      argumentsOf(make({ extensions: [new Companion(uploads)] })).filter((argument) => argument.includes('block-duration'));
    expect(durations(true)).toEqual(['--storage.tsdb.min-block-duration=2h', '--storage.tsdb.max-block-duration=2h']);
    expect(durations(false)).toEqual([]);
  });
});

describe('links', () => {
  const url = (props: PrometheusProps) =>
    argumentsOf(make(props, OPEN_TO_EVERYBODY)).find((argument) => argument.startsWith('--web.external-url'));

  it('start with the address of the Ingress', () => {
    expect(url({})).toBeUndefined();
    expect(url({ ingress: { host: 'p.example' } })).toBe('--web.external-url=http://p.example');
    expect(url({ ingress: { host: 'p.example', tlsSecretName: 'tls' } })).toBe('--web.external-url=https://p.example');
    expect(url({ ingress: { host: 'p.example' }, externalUrl: 'https://q.example:8443' })).toBe(
      '--web.external-url=https://q.example:8443',
    );
  });

  it('come with a warning, as there is no login', () => {
    const warnings = (props: PrometheusProps) => {
      let context: MonitoringContext | undefined;
      synthesize((chart) => {
        new Prometheus(chart, 'prometheus', props);
        context = MonitoringContext.of(chart);
      });
      return context?.warnings.filter((warning) => warning.includes('prometheus-without-login'));
    };
    expect(warnings({})).toEqual([]);
    expect(warnings(EVERY_SERVICE_OPTION)).toEqual([
      '[test/prometheus] prometheus-without-login: monitoring-prometheus is reachable through a Service of type LoadBalancer and has no login: whoever comes reads everything; put an authenticating proxy before it',
    ]);
    expect(warnings({ ...EVERY_SERVICE_OPTION, authentication: BASIC_AUTHENTICATION })).toEqual([]);
  });
});

describe('limits', () => {
  it('follow the scrape interval and the steps of the cluster', () => {
    const manifests = make({}, { scrapeInterval: Duration.seconds(5), cluster: Cluster.naverCloud({ name: 'alpha' }) });
    expect(configOf(manifests).global).toMatchObject({ scrape_interval: '5s', scrape_timeout: '5s', evaluation_interval: '5s' });
    expect(argumentsOf(manifests)).toContain('--storage.tsdb.retention.size=40GB');
  });

  it('leave time to the size alone when nothing expires', () => {
    expect(argumentsOf(make({ retention: Retention.forever() })).filter((argument) => argument.includes('retention'))).toEqual([
      '--storage.tsdb.retention.size=40GB',
    ]);
  });
});
