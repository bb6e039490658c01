import { type Chart, Duration } from 'cdk8s';
import { describe, expect, it } from 'vitest';
import { AlloyDeployment } from '../../src/alloy/alloy-deployment';
import { AlloySource } from '../../src/alloy/alloy-source';
import { LogPipeline } from '../../src/alloy/log-pipeline';
import { MonitorKind, type MonitorsSourceProps } from '../../src/alloy/monitor-options';
import { Prometheus } from '../../src/prometheus/prometheus';
import { Access } from '../../src/settings/access';
import { Cluster } from '../../src/settings/cluster';
import { DataLabels } from '../../src/settings/data-labels';
import { Endpoint, EndpointProtocol } from '../../src/settings/endpoint';
import type { MonitoringContextProps } from '../../src/settings/monitoring-context';
import { type Manifest, manifestOf, synthesisError, synthesize } from '../support/constructs';

const WRITE = Endpoint.external({ host: 'prometheus.example.com', port: 9090, cidrs: ['192.0.2.1/32'] });
const OTHER = Endpoint.external({ host: 'other.example.com', port: 9090, path: '/prometheus/', cidrs: ['192.0.2.2/32'] });

const agent = (chart: Chart, props: Partial<MonitorsSourceProps> = {}, replicas = 1) =>
  new AlloyDeployment(chart, 'monitors', {
    replicas,
    instance: 'monitors',
    sources: [AlloySource.monitors({ write: [WRITE], ...props })],
  });

const CONTEXT: MonitoringContextProps = { cluster: Cluster.generic({ name: 'lab', environment: 'test' }) };

const manifestsOf = (props?: Partial<MonitorsSourceProps>, context: MonitoringContextProps = CONTEXT, replicas = 1) =>
  synthesize((chart) => agent(chart, props, replicas), context);

const configOf = (...parameters: Parameters<typeof manifestsOf>): string =>
  manifestOf(manifestsOf(...parameters), 'ConfigMap').data['config.alloy'];

const rightsOf = (manifests: Manifest[]) =>
  manifests
    .filter(({ kind }) => /Role|Binding$/.test(kind))
    .map(({ kind, metadata, rules }) => ({
      kind,
      name: metadata.name,
      ...(metadata.namespace && { namespace: metadata.namespace }),
      ...(rules && {
        rules: rules.map(
          ({ apiGroups, resources, verbs }: Manifest) => `${verbs.join()} ${apiGroups.join()} ${resources.join()}`,
        ),
      }),
    }));

describe('AlloySource.monitors', () => {
  it('reads every kind in every namespace, and writes to Prometheus', () => {
    expect(configOf({ kinds: [MonitorKind.PROBE] })).toMatchInlineSnapshot(`
      "logging {
      	level  = "info"
      	format = "logfmt"
      }

      prometheus.operator.probes "monitors" {
      	forward_to = [prometheus.remote_write.prometheus.receiver]

      	scrape {
      		default_scrape_interval = "30s"
      		default_scrape_timeout  = "10s"
      	}

      	rule {
      		target_label = "cluster"
      		replacement  = "lab"
      	}

      	rule {
      		target_label = "env"
      		replacement  = "test"
      	}
      }

      prometheus.remote_write "prometheus" {
      	external_labels = {
      		cluster = "lab",
      		env     = "test",
      	}

      	endpoint {
      		url = "http://prometheus.example.com:9090/api/v1/write"
      	}
      }
      "
    `);
    expect(configOf()).toMatchSnapshot();
  });

  it('shares targets among replicas', () => {
    const shared = configOf({}, CONTEXT, 2).match(/clustering \{\n\t\tenabled = true\n\t\}/g);
    expect(shared).toHaveLength(3);
    expect(configOf()).not.toContain('clustering');
  });

  it('has no dead property', () => {
    const every: Required<MonitorsSourceProps> = {
      write: [WRITE, OTHER],
      kinds: [MonitorKind.SERVICE_MONITOR],
      namespaces: ['shop'],
      labels: { release: 'prometheus' },
      secretNamespaces: ['shop'],
      sampleLimit: 5000,
    };
    const before = JSON.stringify(manifestsOf());
    for (const [property, value] of Object.entries(every)) {
      expect(JSON.stringify(manifestsOf({ [property]: value })), property).not.toBe(before);
    }
    expect(configOf(every)).toMatchSnapshot();
  });

  it('asks as often as Prometheus does, and waits no longer than that', () => {
    expect(configOf({}, { ...CONTEXT, scrapeInterval: Duration.seconds(5) })).toMatch(
      /default_scrape_interval = "5s"\n\t+default_scrape_timeout {2}= "5s"/,
    );
    expect(configOf({}, { ...CONTEXT, scrapeInterval: Duration.minutes(1) })).toMatch(
      /default_scrape_interval = "1m"\n\t+default_scrape_timeout {2}= "10s"/,
    );
  });

  it('gives labels the names that all data have', () => {
    const dataLabels = new DataLabels({ namespace: 'pod', pod: 'namespace', app: 'service_name', cluster: 'k8s_cluster' });
    const config = configOf({ kinds: [MonitorKind.POD_MONITOR] }, { ...CONTEXT, dataLabels });
    expect(config).toMatchSnapshot();
  });

  it('may see monitors and what they select, and no Secret', () => {
    expect(rightsOf(manifestsOf())).toEqual([
      {
        kind: 'ClusterRole',
        name: 'monitoring-alloy-cluster-monitors-monitors',
        rules: [
          'list,watch monitoring.coreos.com servicemonitors,podmonitors,probes',
          'list,watch  pods,services',
          'list,watch discovery.k8s.io endpointslices',
          'list,watch networking.k8s.io ingresses',
          'list,watch  nodes',
        ],
      },
      { kind: 'ClusterRoleBinding', name: 'monitoring-alloy-cluster-monitors-monitors' },
    ]);
    expect(rightsOf(manifestsOf({ kinds: [MonitorKind.POD_MONITOR] }))[0]).toMatchObject({
      rules: ['list,watch monitoring.coreos.com podmonitors', 'list,watch  pods', 'list,watch  nodes'],
    });
  });

  it('may see only some namespaces', () => {
    const manifests = manifestsOf({ namespaces: ['shop', 'web'], kinds: [MonitorKind.POD_MONITOR] });
    expect(rightsOf(manifests).map(({ kind, namespace }) => [kind, namespace])).toEqual([
      ['ClusterRole', undefined],
      ['RoleBinding', 'shop'],
      ['RoleBinding', 'web'],
    ]);
    expect(rightsOf(manifests)[0].rules).toEqual(['list,watch monitoring.coreos.com podmonitors', 'list,watch  pods']);
  });

  it('may read Secrets of the namespaces that are named, never of the cluster', () => {
    for (const access of [Access.perNamespace(), Access.clusterWide()]) {
      const secrets = rightsOf(manifestsOf({ secretNamespaces: ['shop'] }, { ...CONTEXT, access })).filter(({ name }) =>
        name.endsWith('monitor-secrets'),
      );
      expect(secrets).toEqual([
        { kind: 'ClusterRole', name: 'monitoring-alloy-cluster-monitors-monitor-secrets', rules: ['get  secrets,configmaps'] },
        { kind: 'RoleBinding', name: 'monitoring-alloy-cluster-monitors-monitor-secrets', namespace: 'shop' },
      ]);
    }
    expect(rightsOf(manifestsOf({ secretNamespaces: ['shop'] }, { ...CONTEXT, access: Access.existing() }))).toMatchObject([
      { kind: 'ClusterRole' },
    ]);
  });

  it('reaches any pod and node, or the pods of its namespaces', () => {
    const egressOf = (props: Partial<MonitorsSourceProps>) => {
      const cluster = Cluster.generic({ name: 'lab', nodeCidrs: ['198.51.100.0/24'], apiServerCidrs: ['198.51.100.1/32'] });
      return manifestOf(manifestsOf(props, { cluster }), 'NetworkPolicy').spec.egress;
    };
    const everything = [
      { to: [{ ipBlock: { cidr: '198.51.100.0/24' } }, { namespaceSelector: {} }] },
      { to: [{ ipBlock: { cidr: '198.51.100.1/32' } }], ports: [{ port: 443 }, { port: 6443 }] },
      { to: [{ ipBlock: { cidr: '192.0.2.1/32' } }], ports: [{ port: 9090 }] },
    ];
    expect(egressOf({})).toEqual(expect.arrayContaining(everything));
    expect(egressOf({ namespaces: ['shop'] })).toEqual(
      expect.arrayContaining([{ to: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'shop' } } }] }]),
    );
    expect(JSON.stringify(egressOf({ namespaces: ['shop'] }))).not.toContain('198.51.100.0/24');
  });

  it('writes to each replica of Prometheus, which lets it in', () => {
    const manifests = synthesize((chart) => {
      const prometheus = new Prometheus(chart, 'prometheus', { replicas: 2 });
      agent(chart, { write: prometheus.acceptRemoteWrites() });
    }, CONTEXT);
    const host = (replica: number) =>
      `http://monitoring-prometheus-${replica}.monitoring-prometheus-headless.monitoring.svc.cluster.local:9090/api/v1/write`;
    const config: string = manifestOf(manifests, 'ConfigMap', 'monitoring-alloy-cluster-monitors-config').data['config.alloy'];
    expect([...config.matchAll(/url = "([^"]+)"/g)].map(([, url]) => url)).toEqual([host(0), host(1)]);
    const server = manifestOf(manifests, 'StatefulSet').spec.template.spec.containers[0];
    expect(server.args).toContain('--web.enable-remote-write-receiver');
    const { ingress } = manifestOf(manifests, 'NetworkPolicy', 'monitoring-prometheus').spec;
    expect(JSON.stringify(ingress)).toContain('"app.kubernetes.io/component":"cluster-monitors"');
  });

  it('leaves Prometheus closed where nobody writes', () => {
    const manifests = synthesize((chart) => new Prometheus(chart, 'prometheus'), CONTEXT);
    const [server] = manifestOf(manifests, 'StatefulSet').spec.template.spec.containers;
    expect(server.args).not.toContain('--web.enable-remote-write-receiver');
  });

  it('says what is wrong', () => {
    const error = synthesisError((chart) =>
      agent(chart, {
        write: [Endpoint.external({ host: 'thanos.example.com', port: 10901, protocol: EndpointProtocol.GRPC })],
        kinds: [MonitorKind.PROBE, MonitorKind.PROBE],
        namespaces: [],
        secretNamespaces: ['Shop'],
        labels: { 'not a key': 'x', release: 'not a value!' },
        sampleLimit: 0.5,
      }),
    );
    for (const text of [
      'write has thanos.example.com:10901, where grpc is spoken; allowed are HTTP and HTTPS',
      'kinds has probes twice; allowed is once',
      'namespaces is []; allowed are names of namespaces, at least one',
      'secretNamespaces is ["Shop"]; allowed are names of namespaces',
      'labels has "not a key": "x"; allowed are a key and a value of Kubernetes labels',
      'labels has "release": "not a value!"; allowed are a key and a value of Kubernetes labels',
      'sampleLimit is 0.5; allowed are whole numbers from 1',
    ]) {
      expect(error).toContain(text);
    }
    expect(synthesisError((chart) => agent(chart, { write: [], kinds: [] }))).toMatch(
      /write is \[\]; allowed is at least one[\s\S]*kinds is \[\]; allowed is at least one kind/,
    );
  });

  it('shares an Alloy with logs, but not with further monitors', () => {
    const logs = () => AlloySource.logs({ push: WRITE, pipelines: [LogPipeline.kubernetesEvents({ name: 'events' })] });
    const monitors = () => AlloySource.monitors({ write: [WRITE] });
    const config = manifestOf(
      synthesize((chart) => new AlloyDeployment(chart, 'agent', { sources: [logs(), monitors()] })),
      'ConfigMap',
    ).data['config.alloy'];
    expect(config).toContain('loki.source.kubernetes_events "events"');
    expect(config).toContain('prometheus.operator.podmonitors "monitors"');
    expect(
      synthesisError((chart) => new AlloyDeployment(chart, 'agent', { sources: [monitors(), logs(), monitors()] })),
    ).toContain('sources has several sources of monitors; allowed is one: put all kinds and namespaces into it');
  });
});
