import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { networkInterfaces, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { App, Testing } from 'cdk8s';
import { dump, load } from 'js-yaml';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LogPipeline, MonitoringStack, Namespaces, Profile } from '../../src';
import { type Manifest, manifestOf } from '../support/constructs';
import { ApiServer, freePort, until } from './api-server';
import { WORKLOADS } from './examples';
import { findProgram } from './programs';

const ROOT = resolve(__dirname, '../..');
const NEEDED = ['etcd', 'kube-apiserver', 'kubectl', 'prometheus', 'loki', 'alloy', 'loki-canary'];

/** An address of this machine that the API server agrees to pass requests to; it refuses loopback. */
const ADDRESS = Object.values(networkInterfaces())
  .flatMap((addresses) => addresses ?? [])
  .find(({ family, internal }) => family === 'IPv4' && !internal)?.address;

const possible = ADDRESS !== undefined && NEEDED.every((name) => findProgram(name) !== undefined);

const stack = new MonitoringStack(new App(), 'doctor', {
  profile: Profile.light(),
  namespaces: Namespaces.single('monitoring'),
  namePrefix: '',
  prometheus: {},
  loki: { canary: {} },
  logs: [LogPipeline.plain({ name: 'pods' })],
  existingGrafana: {},
});
const manifests: Manifest[] = Testing.synth(stack);

interface Run {
  readonly status: number;
  readonly report: Manifest;
  readonly text: string;
}

/** Real programs at an address of this machine, and an API server whose Services lead there. */
class Surroundings {
  private readonly folder = mkdtempSync(join(tmpdir(), 'doctor-'));
  private readonly processes = new Map<string, ChildProcess>();
  readonly ports = new Map<string, number>();
  private writer: NodeJS.Timeout | undefined;
  private server: ApiServer | undefined;

  get api(): ApiServer {
    if (!this.server) {
      throw new Error('the API server does not run');
    }
    return this.server;
  }

  async start(): Promise<void> {
    const program = (name: string) => String(findProgram(name));
    const server = await ApiServer.start({ etcd: program('etcd'), apiServer: program('kube-apiserver') });
    this.server = server;
    for (const manifest of manifests.filter(({ kind }) => ['Namespace', 'ConfigMap', 'Service', ...WORKLOADS].includes(kind))) {
      await server.apply(manifest);
    }
    for (const name of ['prometheus', 'loki', 'alloy', 'loki-canary']) {
      this.ports.set(name, await freePort());
    }
    await this.lead('prometheus', this.port('prometheus'));
    await this.lead('loki', this.port('loki'));
    await this.settle();
    await this.startLoki();
    this.startAlloy();
    this.startCanary();
    this.startPrometheus();
  }

  stop(): void {
    clearInterval(this.writer);
    for (const child of this.processes.values()) {
      child.kill('SIGKILL');
    }
    this.server?.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  port(name: string): number {
    return Number(this.ports.get(name));
  }

  kill(name: string): void {
    this.processes.get(name)?.kill('SIGKILL');
  }

  /** The Service leads to a program of this machine, as if a pod there had its address: the API server passes requests to pods only. */
  private async lead(service: string, port: number): Promise<void> {
    const { metadata, spec } = manifestOf(manifests, 'Service', service);
    const { namespace } = metadata;
    const pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: `${service}-0`, namespace },
      spec: { containers: [{ name: 'program', image: 'none' }] },
    };
    await this.api.apply(pod);
    const placed = await this.api.send('PATCH', `${await this.api.path(pod)}/status`, {
      type: 'application/merge-patch+json',
      body: { status: { phase: 'Running', podIP: ADDRESS, podIPs: [{ ip: ADDRESS }] } },
    });
    expect(placed.status, placed.body.message).toBe(200);
    const targetRef = { kind: 'Pod', name: pod.metadata.name, namespace };
    const slice = {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: { name: service, namespace: metadata.namespace, labels: { 'kubernetes.io/service-name': service } },
      addressType: 'IPv4',
      endpoints: [{ addresses: [ADDRESS], conditions: { ready: true }, targetRef }],
      ports: [{ name: spec.ports[0].name, port, protocol: 'TCP' }],
    };
    const older = {
      apiVersion: 'v1',
      kind: 'Endpoints',
      metadata: { name: service, namespace: metadata.namespace },
      subsets: [{ addresses: [{ ip: ADDRESS, targetRef }], ports: [{ name: spec.ports[0].name, port }] }],
    };
    for (const object of [slice, older]) {
      const { status, body } = await this.api.apply(object);
      expect(status, body.message).toBeLessThan(300);
    }
  }

  /** What the controllers of a cluster would say of workloads whose pods are ready; `unready` are those that are not. */
  async settle(unready: readonly string[] = []): Promise<void> {
    for (const manifest of manifests.filter(({ kind }) => WORKLOADS.includes(kind))) {
      const path = await this.api.path(manifest);
      const { metadata, spec } = (await this.api.send('GET', path)).body;
      const want = manifest.kind === 'DaemonSet' ? 1 : spec.replicas;
      const have = unready.includes(metadata.name) ? 0 : want;
      const status =
        manifest.kind === 'DaemonSet'
          ? { currentNumberScheduled: want, numberMisscheduled: 0, desiredNumberScheduled: want, numberReady: have }
          : { replicas: want, readyReplicas: have };
      const answer = await this.api.send('PATCH', `${path}/status`, {
        type: 'application/merge-patch+json',
        body: { status: { ...status, observedGeneration: metadata.generation } },
      });
      expect(answer.status, answer.body.message).toBe(200);
    }
  }

  private run(name: string, args: readonly string[], environment: Record<string, string> = {}): void {
    const child = spawn(String(findProgram(name)), args, { stdio: 'ignore', env: { ...process.env, ...environment } });
    this.processes.set(name, child);
  }

  /** The configuration that is synthesized, at another place. */
  async startLoki(): Promise<void> {
    const data = join(this.folder, 'loki');
    mkdirSync(join(data, 'rules', 'fake'), { recursive: true });
    const { data: files } = manifestOf(manifests, 'ConfigMap', 'loki-config');
    const config = load(
      files['config.yaml'].replaceAll('/etc/loki/rules', join(data, 'rules')).replaceAll(/(?<=[ "'])\/loki/g, data),
    );
    const grpc = await freePort();
    const here = {
      http_listen_address: ADDRESS,
      http_listen_port: this.port('loki'),
      grpc_listen_address: '127.0.0.1',
      grpc_listen_port: grpc,
    };
    const { server, common, ...others } = config as Manifest;
    const file = join(this.folder, 'loki.yaml');
    writeFileSync(file, dump({ ...others, common: { ...common, instance_addr: '127.0.0.1' }, server: { ...server, ...here } }));
    this.run('loki', [`-config.file=${file}`, '-target=all']);
  }

  /** Lines of a file with the labels that they would have as a pod's. */
  private startAlloy(): void {
    const log = join(this.folder, 'stock-service.log');
    const config = `
local.file_match "pods" {
  path_targets = [{ __path__ = "${log}", namespace = "timedeal", app = "stock-service" }]
}
loki.source.file "pods" {
  targets    = local.file_match.pods.targets
  forward_to = [loki.write.loki.receiver]
}
loki.write "loki" {
  endpoint { url = "http://${ADDRESS}:${this.port('loki')}/loki/api/v1/push" }
}
`;
    writeFileSync(join(this.folder, 'config.alloy'), config);
    writeFileSync(log, '');
    let lines = 0;
    this.writer = setInterval(() => appendFileSync(log, `[Reserve] product_id=${lines++}\n`), 100);
    this.run('alloy', [
      'run',
      join(this.folder, 'config.alloy'),
      `--server.http.listen-addr=127.0.0.1:${this.port('alloy')}`,
      `--storage.path=${join(this.folder, 'alloy')}`,
      '--disable-reporting',
    ]);
  }

  private startCanary(): void {
    this.run('loki-canary', [
      `-addr=${ADDRESS}:${this.port('loki')}`,
      `-port=${this.port('loki-canary')}`,
      '-push=true',
      '-labelname=pod',
      '-labelvalue=canary',
      '-interval=200ms',
    ]);
  }

  /** The library's rules, and a target for each program; there are no pods to discover. */
  private startPrometheus(): void {
    const rules = manifests.filter(({ kind, metadata }) => kind === 'ConfigMap' && /^prometheus-rules/.test(metadata.name));
    const files = rules.flatMap(({ data }) => Object.entries<string>(data));
    const folder = join(this.folder, 'rules');
    mkdirSync(folder);
    for (const [name, text] of files) {
      writeFileSync(join(folder, name), text);
    }
    const target = (name: string, address = '127.0.0.1') => ({
      job_name: name,
      static_configs: [{ targets: [`${address}:${this.port(name)}`] }],
    });
    const config = {
      global: { scrape_interval: '1s', scrape_timeout: '1s', evaluation_interval: '1s' },
      rule_files: files.map(([name]) => join(folder, name)),
      scrape_configs: [target('prometheus', ADDRESS), target('loki', ADDRESS), target('alloy'), target('loki-canary')],
    };
    writeFileSync(join(this.folder, 'prometheus.yml'), dump(config));
    this.run('prometheus', [
      `--config.file=${join(this.folder, 'prometheus.yml')}`,
      `--storage.tsdb.path=${join(this.folder, 'tsdb')}`,
      '--storage.tsdb.retention.time=6h',
      `--web.listen-address=${ADDRESS}:${this.port('prometheus')}`,
    ]);
  }

  doctor(...args: string[]): Promise<Run> {
    const command = [
      '--import',
      'tsx',
      join(ROOT, 'src/cli/main.ts'),
      'doctor',
      `--kubeconfig=${this.api.kubeconfig()}`,
      ...args,
    ];
    const program = String(findProgram('kubectl'));
    return new Promise((resolve) => {
      execFile(
        process.execPath,
        [...command, `--kubectl=${program}`],
        { cwd: ROOT, encoding: 'utf8' },
        (error, out, complaint) => {
          const status = error ? Number(error.code) : 0;
          resolve({
            status,
            text: `${out}${complaint}`,
            report: args.includes('--json') && out !== '' ? JSON.parse(out) : undefined,
          });
        },
      );
    });
  }
}

const statuses = ({ report }: Run): Record<string, string> =>
  Object.fromEntries(report.checks.map(({ id, status }: Manifest) => [id, status]));

const HEALTHY = {
  workloads: 'ok',
  agents: 'ok',
  shipping: 'ok',
  canary: 'ok',
  targets: 'ok',
  rules: 'ok',
  'metric-retention': 'ok',
  // No kubelet and no node exporter are there to tell of volumes.
  storage: 'skipped',
  'namespace-label': 'ok',
  'log-lines': 'ok',
  'log-retention': 'ok',
  // The stack hands its content to a Grafana that is not its own.
  grafana: 'skipped',
  'data-sources': 'ok',
};

describe.skipIf(!possible)('monitoring-stack doctor, asking real programs by way of a real API server', () => {
  const around = new Surroundings();
  let latest: Run;

  beforeAll(() => around.start());
  afterAll(() => around.stop());

  it('finds a stack that works', async () => {
    await until(
      async () => {
        latest = await around.doctor('--json', '--expect-namespace=timedeal');
        return latest.status === 0;
      },
      90_000,
      async () => latest.text,
    );
    expect(statuses(latest)).toEqual(HEALTHY);
    expect(latest.report).toMatchObject({ stack: 'monitoring', healthy: true });
  });

  it('prints a table', async () => {
    const { status, text } = await around.doctor();
    expect(status).toBe(0);
    expect(text).toMatch(/^Targets are up +ok +4 targets up$/m);
    expect(text).toMatch(/^Loki has lines by namespace +ok +lines of 1 namespace: timedeal$/m);
    expect(text).toMatch(/^Retention of metrics is active +ok +samples are kept 6h/m);
    expect(text).toMatch(/^Retention of logs is active +ok +Loki deletes lines after 7d/m);
    expect(text).toMatch(/^Data sources are healthy +ok +2 data sources answer what Grafana asks$/m);
    expect(text).toMatch(/Nothing failed\.\n$/);
  });

  it('misses lines of a namespace', async () => {
    const run = await around.doctor('--json', '--expect-namespace=orders');
    expect(run.status).toBe(1);
    expect(statuses(run)).toEqual({ ...HEALTHY, 'namespace-label': 'failed' });
    const found = run.report.checks.find(({ id }: Manifest) => id === 'namespace-label');
    expect(found.detail).toBe('no lines of orders; there are lines of timedeal');
  });

  it('sees pods that are not ready', async () => {
    await around.settle(['alloy-node']);
    const run = await around.doctor('--json');
    expect(run.status).toBe(1);
    expect(statuses(run)).toEqual({ ...HEALTHY, workloads: 'failed', agents: 'failed' });
    await around.settle();
  });

  it('sees a Loki that is gone, and says of the rest what it can', async () => {
    around.kill('loki');
    await until(
      async () => {
        latest = await around.doctor('--json', '--timeout=5');
        return statuses(latest).targets === 'failed';
      },
      60_000,
      async () => latest.text,
    );
    expect(latest.status).toBe(1);
    expect(statuses(latest)).toMatchObject({
      'namespace-label': 'failed',
      'log-lines': 'failed',
      'data-sources': 'failed',
      workloads: 'ok',
      rules: 'ok',
    });
  });

  it('says which stack it does not find', async () => {
    const { status, text } = await around.doctor('--stack=other');
    expect(status).toBe(2);
    expect(text).toContain('no Service of the stack other is in the cluster');
  });
});
