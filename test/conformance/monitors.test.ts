import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Chart, Duration, Testing } from 'cdk8s';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Cluster, ComponentMonitors, MonitoringContext, MonitoringStack, NodeExporter } from '../../src';
import { type Manifest, manifestOf } from '../support/constructs';
import { startContainer } from './access';
import { ApiServer, freePort, until } from './api-server';
import { findProgram } from './programs';
import { applyAll, defineResources, makeForeignNamespaces } from './stack-on-server';

const NEEDED = ['etcd', 'kube-apiserver', 'prometheus', 'alloy', 'node_exporter'];

/** An address of this machine that pods may have; the API server refuses loopback. */
const ADDRESS = Object.values(networkInterfaces())
  .flatMap((addresses) => addresses ?? [])
  .find(({ family, internal }) => family === 'IPv4' && !internal)?.address;

const possible = ADDRESS !== undefined && NEEDED.every((name) => findProgram(name) !== undefined);

const stack = new MonitoringStack(new App(), 'lab', {
  cluster: Cluster.generic({ name: 'lab', environment: 'test' }),
  scrapeInterval: Duration.seconds(1),
  prometheus: { kubernetes: { kubelet: false, cadvisor: false } },
  kubeStateMetrics: { enabled: false },
  monitors: { labels: { release: 'prometheus' }, secretNamespaces: ['shop'] },
});

const PROMETHEUS = 'monitoring-prometheus.monitoring.svc.cluster.local:9090';

/** A component of the stack, handed to an operator; here the agent stands in for one. */
function handedOver(port: number): Manifest[] {
  const chart = new Chart(new App(), 'handed-over');
  new MonitoringContext(chart, { cluster: Cluster.generic({ name: 'lab', environment: 'test' }) });
  new NodeExporter(chart, 'node-exporter', { port });
  new ComponentMonitors(chart, 'monitors', { labels: RELEASE });
  return Testing.synth(chart);
}

interface Ports {
  readonly prometheus: number;
  readonly alloy: number;
  readonly exporter: number;
  readonly protected: number;
}

/** What differs from a cluster: nobody resolves names of Services here. */
const overlay = (manifests: Manifest[], { prometheus }: Ports): Manifest[] =>
  JSON.parse(JSON.stringify(manifests).replaceAll(PROMETHEUS, `127.0.0.1:${prometheus}`));

const LABELS = { app: 'flask' };
const RELEASE = { release: 'prometheus' };

/** A pod that runs on this machine, and the Service in front of it. */
function application(name: string, namespace: string, port: number): Manifest[] {
  return [
    {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: `${name}-0`, namespace, labels: LABELS },
      spec: { nodeName: 'node-1', containers: [{ name: 'main', image: 'none', ports: [{ name: 'http', containerPort: port }] }] },
    },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name, namespace, labels: { app: name } },
      spec: { selector: LABELS, ports: [{ name: 'http', port: 80, targetPort: 'http' }] },
    },
    {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: { name: `${name}-1`, namespace, labels: { 'kubernetes.io/service-name': name, app: name } },
      addressType: 'IPv4',
      endpoints: [
        { addresses: [ADDRESS], conditions: { ready: true }, targetRef: { kind: 'Pod', name: `${name}-0`, namespace } },
      ],
      ports: [{ name: 'http', port, protocol: 'TCP' }],
    },
  ];
}

const monitor = (kind: string, name: string, namespace: string, spec: Manifest, labels: Manifest = RELEASE): Manifest => ({
  apiVersion: 'monitoring.coreos.com/v1',
  kind,
  metadata: { name, namespace, labels },
  spec,
});

const selecting = (app: string) => ({ selector: { matchLabels: { app } } });

const authorization = { credentials: { name: 'scrape-token', key: 'token' } };

/** What teams write, in namespaces of their own; names of the first as in the document, whose flask application it is. */
const monitorsOf = ({ exporter }: Ports): Manifest[] => [
  // From another namespace, by name.
  monitor('ServiceMonitor', 'flask', 'teams', {
    ...selecting('flask-service'),
    namespaceSelector: { matchNames: ['default'] },
    endpoints: [{ port: 'http' }],
  }),
  // From anywhere, at an interval of its own, with metadata of the node.
  monitor('ServiceMonitor', 'anywhere', 'teams', {
    ...selecting('flask-service'),
    namespaceSelector: { any: true },
    attachMetadata: { node: true },
    endpoints: [{ port: 'http', interval: '2s', relabelings: [{ targetLabel: 'job', replacement: 'anywhere' }] }],
  }),
  monitor('PodMonitor', 'flask', 'default', { ...selecting('flask'), podMetricsEndpoints: [{ port: 'http' }] }),
  monitor('Probe', 'flask', 'default', {
    jobName: 'probe',
    prober: { url: `${ADDRESS}:${exporter}`, path: '/metrics' },
    targets: { staticConfig: { static: ['http://flask.example.com'] } },
  }),
  monitor('Probe', 'ingresses', 'default', {
    jobName: 'ingresses',
    prober: { url: `${ADDRESS}:${exporter}`, path: '/metrics' },
    targets: { ingress: { namespaceSelector: { any: true } } },
  }),
  monitor('ServiceMonitor', 'without-release', 'default', { ...selecting('flask-service'), endpoints: [{ port: 'http' }] }, {}),
  monitor('ServiceMonitor', 'protected', 'shop', {
    ...selecting('protected'),
    endpoints: [{ port: 'http', authorization }],
  }),
  // Refers to a Secret where the agent may read none.
  monitor('ServiceMonitor', 'protected', 'teams', {
    ...selecting('protected'),
    namespaceSelector: { any: true },
    endpoints: [{ port: 'http', authorization, relabelings: [{ targetLabel: 'job', replacement: 'not-allowed' }] }],
  }),
  // Wants a file of the agent.
  monitor('ServiceMonitor', 'thief', 'teams', {
    ...selecting('flask-service'),
    namespaceSelector: { any: true },
    endpoints: [
      {
        port: 'http',
        bearerTokenFile: '/var/run/secrets/kubernetes.io/serviceaccount/token',
        relabelings: [{ targetLabel: 'job', replacement: 'thief' }],
      },
    ],
  }),
];

/** An API server with monitors in it, and the stack's own containers with the tokens of their own accounts. */
class Lab {
  private readonly folder = mkdtempSync(join(tmpdir(), 'monitors-'));
  private readonly processes = new Map<string, ChildProcess>();
  private readonly token = randomUUID();
  private server: ApiServer | undefined;
  private guarded: Server | undefined;
  private manifests: Manifest[] = [];
  private ports: Ports = { prometheus: 0, alloy: 0, exporter: 0, protected: 0 };

  get api(): ApiServer {
    if (!this.server) {
      throw new Error('the API server does not run');
    }
    return this.server;
  }

  async start(): Promise<void> {
    this.ports = {
      prometheus: await freePort(),
      alloy: await freePort(),
      exporter: await freePort(),
      protected: await freePort(),
    };
    this.manifests = overlay(Testing.synth(stack), this.ports);
    this.server = await ApiServer.start({
      etcd: String(findProgram('etcd')),
      apiServer: String(findProgram('kube-apiserver')),
    });
    await defineResources(this.server);
    const others = [
      ...application('flask-service', 'default', this.ports.exporter),
      ...application('protected', 'shop', this.ports.protected),
      this.secret('shop'),
      this.secret('teams'),
      ...monitorsOf(this.ports),
      ...this.componentOfStack(),
    ];
    await makeForeignNamespaces(this.server, [...this.manifests, ...others]);
    expect(await applyAll(this.server, [...this.manifests, ...others])).toEqual([]);
    for (const pod of others.filter(({ kind }) => kind === 'Pod')) {
      await this.run(pod);
    }
    this.processes.set(
      'exporter',
      spawn(String(findProgram('node_exporter')), [`--web.listen-address=${ADDRESS}:${this.ports.exporter}`], {
        stdio: 'ignore',
      }),
    );
    this.guarded = createServer(({ headers }, response) => {
      const known = headers.authorization === `Bearer ${this.token}`;
      response.writeHead(known ? 200 : 401, { 'content-type': 'text/plain; version=0.0.4' });
      response.end(known ? 'protected_total 1\n' : '');
    }).listen(this.ports.protected, ADDRESS);
    await this.startPrometheus();
    await this.startWorkload('Deployment', 'monitoring-alloy-cluster-monitors', this.ports.alloy);
  }

  stop(): void {
    for (const child of this.processes.values()) {
      child.kill('SIGKILL');
    }
    this.guarded?.close();
    this.server?.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  startPrometheus(): Promise<void> {
    return this.startWorkload('StatefulSet', 'monitoring-prometheus', this.ports.prometheus);
  }

  kill(name: string): Promise<unknown> {
    const child = this.processes.get(name);
    const ended = new Promise((resolve) => child?.once('exit', resolve));
    child?.kill('SIGKILL');
    return ended;
  }

  /** The labels of series, without the name of the metric. */
  async series(query: string): Promise<Record<string, string>[]> {
    const response = await fetch(`http://127.0.0.1:${this.ports.prometheus}/api/v1/query?query=${encodeURIComponent(query)}`);
    const { data }: Manifest = await response.json();
    return data.result.map(({ metric }: Manifest) => {
      const { __name__, ...labels } = metric;
      return labels;
    });
  }

  async value(query: string): Promise<number> {
    const response = await fetch(`http://127.0.0.1:${this.ports.prometheus}/api/v1/query?query=${encodeURIComponent(query)}`);
    const { data }: Manifest = await response.json();
    return Number(data.result[0]?.value[1]);
  }

  /** When the samples of the only series that a range selects were taken, in seconds. */
  async times(range: string): Promise<number[]> {
    const response = await fetch(`http://127.0.0.1:${this.ports.prometheus}/api/v1/query?query=${encodeURIComponent(range)}`);
    const { data }: Manifest = await response.json();
    expect(data.result).toHaveLength(1);
    return data.result[0].values.map(([time]: [number, string]) => time);
  }

  async agentMetric(name: string): Promise<number> {
    const text = await (await fetch(`http://127.0.0.1:${this.ports.alloy}/metrics`)).text();
    return [...text.matchAll(new RegExp(`^${name}(?:\\{.*\\})? (\\S+)$`, 'gm'))].reduce(
      (sum, [, value]) => sum + Number(value),
      0,
    );
  }

  /** What the agent says about a monitor. */
  async reconcileError(kind: string, namespace: string, name: string): Promise<string> {
    const path = `http://127.0.0.1:${this.ports.alloy}/api/v0/web/components/prometheus.operator.${kind}.monitors`;
    const text = await (await fetch(path)).text();
    const component: Manifest = JSON.parse(text);
    const bodies: Manifest[] = component.debugInfo
      .filter((block: Manifest) => block.name === 'crds')
      .map((block: Manifest) =>
        Object.fromEntries(block.body.map((attribute: Manifest) => [attribute.name, attribute.value.value])),
      );
    return bodies.find((crd) => crd.namespace === namespace && crd.name === name)?.reconcile_error ?? '';
  }

  address(of: keyof Ports): string {
    return `${ADDRESS}:${this.ports[of]}`;
  }

  private secret(namespace: string): Manifest {
    return {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'scrape-token', namespace },
      stringData: { token: this.token },
    };
  }

  /** A component with a monitor, and its pod. */
  private componentOfStack(): Manifest[] {
    const manifests = handedOver(this.ports.exporter);
    const { metadata, spec } = manifestOf(manifests, 'DaemonSet').spec.template;
    const [{ name, ports }] = spec.containers;
    const pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'node-exporter-0', namespace: 'monitoring-agents', labels: metadata.labels },
      spec: { nodeName: 'node-1', containers: [{ name, image: 'none', ports }] },
    };
    return [...manifests.filter(({ kind }) => kind === 'PodMonitor'), pod];
  }

  /** What the kubelet would say. */
  private async run(pod: Manifest): Promise<void> {
    const { status, body } = await this.api.send('PATCH', `${await this.api.path(pod)}/status`, {
      type: 'application/merge-patch+json',
      body: { status: { phase: 'Running', podIP: ADDRESS, podIPs: [{ ip: ADDRESS }] } },
    });
    expect(status, body.message).toBe(200);
  }

  private async startWorkload(kind: string, name: string, port: number): Promise<void> {
    const workload = manifestOf(this.manifests, kind, name);
    const [container] = workload.spec.template.spec.containers;
    const child = await startContainer(this.api, this.manifests, workload, container, this.folder, [port]);
    if (child) {
      this.processes.set(container.name, child);
    }
  }
}

describe.skipIf(!possible)('monitors without an operator', () => {
  const lab = new Lab();

  beforeAll(() => lab.start());
  afterAll(() => lab.stop());

  const place = { cluster: 'lab', env: 'test' };
  const pod = { ...place, namespace: 'default', pod: 'flask-service-0', container: 'main', node: 'node-1', app: 'flask' };

  it('scrapes what a ServiceMonitor of another namespace selects, and writes it to Prometheus', async () => {
    const query = 'node_memory_MemTotal_bytes{job="flask-service"}';
    await until(async () => (await lab.series(query)).length > 0, 40_000, `nothing answers ${query}`);
    expect(await lab.series(query)).toEqual([
      { ...pod, job: 'flask-service', service: 'flask-service', endpoint: 'http', instance: lab.address('exporter') },
    ]);
  });

  it('honours PodMonitors, Probes and any namespace', async () => {
    const queries = ['up{job="anywhere"}', 'up{job="default/flask"}', 'up{job="probe"}'];
    for (const query of queries) {
      await until(async () => (await lab.value(query)) === 1, 20_000, `nothing answers ${query}`);
    }
    expect(await lab.series('up{job="anywhere"}')).toEqual([
      { ...pod, job: 'anywhere', service: 'flask-service', endpoint: 'http', instance: lab.address('exporter') },
    ]);
    expect(await lab.series('up{job="default/flask"}')).toEqual([
      { ...pod, job: 'default/flask', endpoint: 'http', instance: lab.address('exporter') },
    ]);
    expect(await lab.series('up{job="probe"}')).toEqual([
      { ...place, job: 'probe', namespace: 'default', instance: 'http://flask.example.com' },
    ]);
  });

  it('gives the components of a stack that an operator scrapes the labels that they have without', async () => {
    await until(async () => (await lab.series('up{job="node-exporter"}')).length > 0, 40_000, 'node-exporter is not scraped');
    expect(await lab.series('up{job="node-exporter"}')).toEqual([
      {
        ...place,
        job: 'node-exporter',
        namespace: 'monitoring-agents',
        pod: 'node-exporter-0',
        container: 'node-exporter',
        node: 'node-1',
        app: 'node-exporter',
        instance: 'node-1',
      },
    ]);
  });

  it('reads the Secrets of the namespaces that are named, and nothing else', async () => {
    await until(async () => (await lab.value('protected_total{job="protected"}')) === 1, 20_000, 'protected_total is not there');
    expect(await lab.reconcileError('servicemonitors', 'teams', 'protected')).toContain('cannot get resource "secrets"');
    expect(await lab.reconcileError('servicemonitors', 'teams', 'thief')).toContain('bearerTokenFile');
    expect(await lab.series('up{job=~"not-allowed|thief"}')).toEqual([]);
  });

  it('leaves monitors without the labels alone', async () => {
    const names = await lab.series('count by (job) (up)');
    expect(names.map(({ job }) => job).sort()).toEqual([
      'anywhere',
      'default/flask',
      'flask-service',
      'node-exporter',
      'probe',
      'protected',
    ]);
  });

  it('has the rights it uses', () => {
    const account = 'system:serviceaccount:monitoring:monitoring-alloy-cluster-monitors';
    const requests = lab.api.audited().filter(({ user }) => user === account);
    const refused = requests.filter(({ decision }) => decision === 'forbid');
    expect(requests.filter(({ decision }) => decision === 'allow')).not.toEqual([]);
    expect(refused.filter(({ resource }) => resource !== 'secrets')).toEqual([]);
    expect(new Set(refused.map(({ namespace }) => namespace))).toEqual(new Set(['teams']));
  });

  it('loses no sample while Prometheus restarts', async () => {
    const failing = 'prometheus_remote_storage_samples_retried_total';
    const retried = await lab.agentMetric(failing);
    const gone = Date.now();
    await lab.kill('prometheus');
    const isAway = async () => Date.now() > gone + 5000 && (await lab.agentMetric(failing)) > retried;
    await until(isAway, 30_000, `${failing} does not rise`);
    const back = Date.now() / 1000;
    await lab.startPrometheus();
    const times = () => lab.times('up{job="flask-service"}[10m]');
    await until(async () => Math.max(...(await times())) > back, 30_000, 'no sample comes any more');
    // One a second, before, meanwhile and after.
    const all = await times();
    const gaps = all.slice(1).map((time, index) => time - all[index]);
    expect(Math.max(...gaps)).toBeLessThan(3);
    expect(await lab.agentMetric('prometheus_remote_storage_samples_failed_total')).toBe(0);
  });
});
