import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Chart } from 'cdk8s';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AlloyDaemonSet } from '../../src/alloy/alloy-daemon-set';
import { AlloyDeployment } from '../../src/alloy/alloy-deployment';
import { AlloySource } from '../../src/alloy/alloy-source';
import { LogField } from '../../src/alloy/log-field';
import { LogMetric } from '../../src/alloy/log-metric';
import { LogPipeline } from '../../src/alloy/log-pipeline';
import { Endpoint } from '../../src/settings/endpoint';
import { ApiServer, freePort, until } from './api-server';
import { Agent, configOf, program } from './pipelines-agent';
import { findProgram } from './programs';

const cluster = (chart: Chart, push: Endpoint, pipelines: LogPipeline[], replicas = 1) =>
  new AlloyDeployment(chart, 'alloy-cluster', { replicas, sources: [AlloySource.logs({ push, pipelines })] });

const programs = { etcd: findProgram('etcd'), apiServer: findProgram('kube-apiserver') };

describe.skipIf(program === undefined || !programs.etcd || !programs.apiServer)('the agent of the cluster', () => {
  let server: ApiServer;
  let agent: Agent;

  beforeAll(async () => {
    server = await ApiServer.start({ etcd: String(programs.etcd), apiServer: String(programs.apiServer) });
    for (const [name, kind, type, namespace] of [
      ['order-1', 'Pod', 'Warning', 'default'],
      ['node-1', 'Node', 'Normal', undefined],
    ] as const) {
      const { status, body } = await server.apply({
        apiVersion: 'v1',
        kind: 'Event',
        metadata: { name: `${name}.1`, namespace: 'default' },
        involvedObject: { kind, name, namespace, apiVersion: 'v1' },
        type,
        reason: 'BackOff',
        message: 'Back-off restarting "main"',
        count: 3,
        lastTimestamp: '2026-11-21T10:15:30Z',
        source: { component: 'kubelet' },
      });
      expect({ status, body }).toMatchObject({ status: 201 });
    }
    const otlpHttp = await freePort();
    const otlpGrpc = await freePort();
    agent = await Agent.start(
      (chart, push) =>
        cluster(chart, push, [
          LogPipeline.kubernetesEvents({
            name: 'events',
            metrics: [LogMetric.counter({ name: 'kubernetes_events_total', field: 'reason' })],
          }),
          LogPipeline.otlp({
            name: 'otlp',
            kubernetesAttributes: false,
            httpPort: otlpHttp,
            grpcPort: otlpGrpc,
            fields: [LogField.at({ name: 'route', path: ['attributes', 'http.route'] })],
            output: 'message',
          }),
        ]),
      (config) => withKubeconfig(config, server.kubeconfig()),
    );
    const records = {
      resourceLogs: [
        {
          resource: {
            attributes: [
              attribute('service.name', 'orders'),
              attribute('k8s.namespace.name', 'shop'),
              attribute('k8s.pod.name', 'orders-0'),
            ],
          },
          scopeLogs: [
            {
              logRecords: [
                {
                  timeUnixNano: '1763720130000000001',
                  severityText: 'ERROR',
                  body: { stringValue: 'no stock' },
                  traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
                  attributes: [
                    attribute('http.route', '/orders/{id}'),
                    attribute('region', 'kr'),
                    attribute('loki.attribute.labels', 'region'),
                  ],
                },
              ],
            },
          ],
        },
      ],
    };
    const push = () =>
      fetch(`http://127.0.0.1:${otlpHttp}/v1/logs`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(records),
      });
    await until(
      async () => (await push()).status === 200,
      30_000,
      () => Promise.resolve(agent.output.slice(-3000)),
    );
    await until(async () => received('orders').length > 0 && ours().length === 2, 40_000, 'lines').catch(() => undefined);
  });
  afterAll(async () => {
    await agent?.stop();
    server?.stop();
  });

  const received = (app: string) => agent.receiver.received.filter(({ labels }) => labels.app === app);
  // The API server tells of itself as well.
  const ours = () => received('kubernetes-events').filter(({ metadata }) => ['order-1', 'node-1'].includes(metadata.object));
  const place = { cluster: 'prod-1', env: 'prod' };

  it('reads events', async () => {
    const events = ours().sort((a, b) => (a.metadata.kind < b.metadata.kind ? 1 : -1));
    const metadata = { reason: 'BackOff', component: 'kubelet' };
    expect(
      events.map(({ line, ...event }) => ({ ...event, msg: JSON.parse(line).msg })),
      agent.output.slice(-3000),
    ).toEqual(
      [
        { labels: { namespace: 'default', type: 'Warning' }, metadata: { object: 'order-1', kind: 'Pod' } },
        { labels: { namespace: '', type: 'Normal' }, metadata: { object: 'node-1', kind: 'Node' } },
      ].map((event) => ({
        tenant: undefined,
        time: '2026-11-21T10:15:30.000000000Z',
        msg: 'Back-off restarting "main"',
        labels: { ...place, app: 'kubernetes-events', ...event.labels },
        metadata: { ...metadata, ...event.metadata },
      })),
    );
  });

  it('receives OTLP, and no label that a sender wishes for', () => {
    expect(received('orders')[0], agent.output.slice(-3000)).toEqual({
      tenant: undefined,
      time: '2025-11-21T10:15:30.000000001Z',
      line: 'no stock',
      labels: { ...place, namespace: 'shop', app: 'orders', level: 'ERROR' },
      metadata: { pod: 'orders-0', traceId: '4bf92f3577b34da6a3ce929d0e0e4736', route: '/orders/{id}' },
    });
  });
});

const attribute = (key: string, stringValue: string) => ({ key, value: { stringValue } });

const withKubeconfig = (config: string, kubeconfig: string) =>
  config
    .replace(
      'loki.source.kubernetes_events "events" {',
      `$&\n\tclient {\n\t\tkubeconfig_file = ${JSON.stringify(kubeconfig)}\n\t}\n`,
    )
    .replace(/otelcol.processor.k8sattributes "\w+" \{/, '$&\n\tauth_type = "kubeConfig"\n');

describe.skipIf(program === undefined || !programs.etcd || !programs.apiServer)('two agents of the cluster', () => {
  let server: ApiServer;
  const agents: Agent[] = [];
  const received = (app: string) =>
    agents.flatMap(({ receiver }) => receiver.received).filter(({ labels }) => labels.app === app);
  const said = () => agents.map(({ output }) => output.slice(-2000)).join('\n');

  beforeAll(async () => {
    server = await ApiServer.start({ etcd: String(programs.etcd), apiServer: String(programs.apiServer) });
    const metadata = { name: 'orders-0', namespace: 'default' };
    await server.apply({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { ...metadata, labels: { 'app.kubernetes.io/name': 'orders' } },
      spec: { nodeName: 'node-1', containers: [{ name: 'main', image: 'orders' }] },
    });
    const status = { phase: 'Running', podIP: '127.0.0.1', podIPs: [{ ip: '127.0.0.1' }] };
    expect(
      await server.send('PATCH', '/api/v1/namespaces/default/pods/orders-0/status', {
        body: { status },
        type: 'application/strategic-merge-patch+json',
      }),
    ).toMatchObject({ status: 200 });
  });
  afterAll(async () => {
    await Promise.all(agents.map((agent) => agent.stop()));
    server?.stop();
  });

  it('send each event once, and know an application by the address it sends from', { timeout: 120_000 }, async () => {
    const peers = () =>
      Promise.all(agents.map((agent) => agent.counter(/^cluster_node_peers\{.*state="participant".*\} (\S+)$/gm)));
    const otlpPorts: number[] = [];
    for (const joined of [() => 0, () => agents[0].port]) {
      const ports = { httpPort: await freePort(), grpcPort: await freePort() };
      otlpPorts.push(ports.httpPort);
      agents.push(
        await Agent.start(
          (chart, push) =>
            cluster(
              chart,
              push,
              [LogPipeline.kubernetesEvents({ name: 'events' }), LogPipeline.otlp({ name: 'otlp', ...ports })],
              2,
            ),
          (config) => withKubeconfig(config, server.kubeconfig()),
          { cluster: joined(), kubeconfig: server.kubeconfig() },
        ),
      );
      await until(
        async () => (await peers()).every((count) => count === agents.length),
        30_000,
        () => Promise.resolve(said()),
      );
    }
    const tell = async (messages: readonly string[]) => {
      for (const message of messages) {
        const { status } = await server.apply({
          apiVersion: 'v1',
          kind: 'Event',
          metadata: { name: `orders-${message.replaceAll(' ', '-')}`, namespace: 'default' },
          involvedObject: { kind: 'Pod', name: 'orders-0', namespace: 'default', apiVersion: 'v1' },
          type: 'Normal',
          reason: 'Pulled',
          message,
          lastTimestamp: new Date().toISOString(),
        });
        expect(status).toBe(201);
      }
    };
    const told = (kind: string) =>
      received('kubernetes-events').flatMap(({ line }) => {
        const { msg } = JSON.parse(line);
        return msg.startsWith(kind) ? [msg] : [];
      });
    // An agent that learns of another takes a moment to leave it its share: until three probes, one after the other, came once.
    let probes = 0;
    await until(
      async () => {
        probes++;
        await tell([`probe${probes} told`]);
        await until(async () => told(`probe${probes} `).length > 0, 10_000, 'a probe');
        return [1, 2, 3].every((before) => told(`probe${probes - before} `).length === 1);
      },
      60_000,
      () => Promise.resolve(said()),
    );
    const events = Array.from({ length: 20 }, (_, index) => `event ${index + 1}`);
    await tell(events);
    const resource = { attributes: [attribute('service.name', 'orders')] };
    const logRecords = [{ timeUnixNano: '1763720130000000001', body: { stringValue: 'no stock' } }];
    const send = (port: number) =>
      fetch(`http://127.0.0.1:${port}/v1/logs`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ resourceLogs: [{ resource, scopeLogs: [{ logRecords }] }] }),
      });
    for (const port of otlpPorts) {
      await until(
        async () => (await send(port).catch(() => ({ status: 0 }))).status === 200,
        30_000,
        () => Promise.resolve(said()),
      );
    }
    await until(
      async () => told('event').length >= 20 && received('orders').length >= 2,
      30_000,
      () => Promise.resolve(said()),
    );
    expect(told('event').sort()).toEqual([...events].sort());
    expect(received('orders').map(({ labels, metadata }) => ({ ...labels, ...metadata }))).toEqual(
      agents.map(() => ({
        cluster: 'prod-1',
        env: 'prod',
        namespace: 'default',
        app: 'orders',
        pod: 'orders-0',
        node: 'node-1',
      })),
    );
  });
});

describe.skipIf(program === undefined)('configuration of every source', () => {
  const push = Endpoint.external({ host: 'loki.example.com', port: 3100 });
  const once = [
    LogPipeline.kubernetesEvents({ name: 'events', namespaces: ['shop'] }),
    LogPipeline.otlp({ name: 'otlp' }),
    LogPipeline.plain({ name: 'pods', namespaces: ['shop'], excludedApps: ['test'] }),
    LogPipeline.plain({ name: 'rest', podSelector: { logs: 'yes' } }),
  ];
  const journal = [LogPipeline.journal({ name: 'journal', units: ['kubelet.service'] })];

  it.each([
    ['the agent of the cluster', (chart: Chart) => void cluster(chart, push, once, 2)],
    ['the agent of the nodes', (chart: Chart) => void new AlloyDaemonSet(chart, 'alloy', { push, logs: journal })],
  ])('is formatted and valid: %s', (_, construct) => {
    const folder = mkdtempSync(join(tmpdir(), 'pipelines-'));
    const file = join(folder, 'config.alloy');
    writeFileSync(file, configOf(construct));
    for (const question of [['fmt', '-t'], ['validate']]) {
      execFileSync(String(program), [...question, file], { stdio: 'pipe' });
    }
    rmSync(folder, { recursive: true });
  });
});
