import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Duration } from 'cdk8s';
import { afterAll, expect, it } from 'vitest';
import { Alerts, libraryAlerts } from '../../src/rules/alerts';
import { AlertSeverity } from '../../src/rules/rule';
import { Endpoint } from '../../src/settings/endpoint';
import { ThanosRuler } from '../../src/thanos/thanos-ruler';
import { type Manifest, manifestOf, synthesize } from '../support/constructs';
import { freePort, until } from './api-server';
import { containerRoot } from './container-root';
import { findProgram } from './programs';
import { selfSignedCertificate } from './questions';

const [prometheus, thanos, alertmanager] = ['prometheus', 'thanos', 'alertmanager'].map(findProgram);

const folder = mkdtempSync(join(tmpdir(), 'ruler-'));
const running: ChildProcess[] = [];
afterAll(() => {
  for (const child of running) {
    child.kill('SIGKILL');
  }
  rmSync(folder, { recursive: true, force: true });
});

const start = (program: string | undefined, ...args: string[]) => {
  running.push(spawn(`${program}`, args, { cwd: folder, stdio: 'ignore' }));
};

const file = (name: string, content: unknown): string => {
  writeFileSync(join(folder, name), JSON.stringify(content));
  return join(folder, name);
};

const address = async () => `127.0.0.1:${await freePort()}`;

const externalOf = (hostAndPort: string) => Endpoint.external({ host: '127.0.0.1', port: Number(hostAndPort.split(':')[1]) });

/** A Prometheus of one cluster with its sidecar; half of its targets are down. Answers the StoreAPI. */
async function startCluster(cluster: string): Promise<string> {
  const [http, sidecarHttp, grpc] = [await address(), await address(), await address()];
  const targets = [http, '127.0.0.1:1'].map((target) => ({ targets: [target], labels: { cluster, namespace: 'monitoring' } }));
  const config = file(`${cluster}.json`, {
    global: { scrape_interval: '1s', external_labels: { cluster, replica: '0' } },
    scrape_configs: [{ job_name: 'shop', static_configs: targets }],
  });
  start(prometheus, `--config.file=${config}`, `--storage.tsdb.path=${cluster}`, `--web.listen-address=${http}`);
  start(
    thanos,
    'sidecar',
    `--prometheus.url=http://${http}`,
    `--tsdb.path=${join(folder, cluster)}`,
    `--http-address=${sidecarHttp}`,
    `--grpc-address=${grpc}`,
  );
  return grpc;
}

const answerOf = async (url: string): Promise<Manifest> => {
  const response = await fetch(url).catch(() => undefined);
  return response?.ok ? response.json() : undefined;
};

/** The library's alert as it is, but at once. */
function targetDown() {
  const [definition] = libraryAlerts().get('TargetDown') ?? [];
  if (definition?.threshold === undefined) {
    throw new Error('TargetDown is no alert with a limit');
  }
  const { name, summary, threshold } = definition;
  return { name, summary, severity: AlertSeverity.WARNING, expr: definition.expr(threshold.value) };
}

it.skipIf(!prometheus || !thanos || !alertmanager)(
  'evaluates rules over several clusters, answers Query with them and tells Alertmanager',
  async () => {
    const stores = [await startCluster('a'), await startCluster('b')];
    const [queryHttp, queryGrpc, alerts, gossip] = [await address(), await address(), await address(), await address()];
    const [rulerHttp, rulerGrpc] = [await address(), await address()];
    start(
      alertmanager,
      `--config.file=${file('alertmanager.json', { route: { receiver: 'none' }, receivers: [{ name: 'none' }] })}`,
      '--storage.path=alertmanager',
      `--web.listen-address=${alerts}`,
      `--cluster.listen-address=${gossip}`,
    );
    start(
      thanos,
      'query',
      `--http-address=${queryHttp}`,
      `--grpc-address=${queryGrpc}`,
      ...[...stores, rulerGrpc].map((store) => `--endpoint=${store}`),
      '--query.replica-label=replica',
    );

    const manifests = synthesize(
      (chart) =>
        new ThanosRuler(chart, 'ruler', {
          query: externalOf(queryHttp),
          alertmanagers: [externalOf(alerts)],
          evaluationInterval: Duration.seconds(1),
          queryUrl: 'https://thanos.example.com',
          externalLabels: { say: '"a" $(POD_NAME) \\' },
          alerts: new Alerts({ library: false }).add({
            name: 'fleet',
            records: [{ name: 'fleet:up:sum', expr: 'sum(up)' }],
            alerts: [targetDown()],
          }),
        }),
    );
    const workload = manifestOf(manifests, 'StatefulSet');
    const [container] = workload.spec.template.spec.containers;
    const root = containerRoot(folder, manifests, workload, container, `${thanos}`, selfSignedCertificate());
    mkdirSync(join(root.root, 'data'), { recursive: true });
    const command = root.command.map((argument) =>
      argument.replace('=:10902', `=${rulerHttp}`).replace('=:10901', `=${rulerGrpc}`),
    );
    start('unshare', '--fork', '--kill-child', '--mount', '--map-root-user', 'chroot', root.root, ...command);

    const sent = async () => {
      const list: { labels: Record<string, string>; generatorURL: string }[] =
        (await answerOf(`http://${alerts}/api/v2/alerts`)) ?? [];
      return list.sort((one, other) => one.labels.cluster.localeCompare(other.labels.cluster));
    };
    await until(async () => (await sent()).length === 2, 90_000, 'Alertmanager is told of no alerts of both clusters');
    const ruler = 'monitoring/monitoring/monitoring-thanos-ruler';
    // What is the same for all replicas, so that their alerts are one.
    expect((await sent()).map(({ labels }) => labels)).toEqual(
      ['a', 'b'].map((cluster) => ({
        alertname: 'TargetDown',
        severity: 'warning',
        cluster,
        job: 'shop',
        namespace: 'monitoring',
        ruler,
        say: '"a" $(POD_NAME) \\',
      })),
    );
    expect((await sent())[0].generatorURL).toMatch(/^https:\/\/thanos\.example\.com\/graph\?/);

    const ask = async (query: string) =>
      (await answerOf(`http://${queryHttp}/api/v1/query?${new URLSearchParams({ query })}`))?.data.result;
    await until(async () => (await ask('fleet:up:sum'))?.[0]?.value[1] === '2', 60_000, 'Query has no record of both clusters');
    const [{ metric }] = await ask('fleet:up:sum');
    expect(metric).toEqual({ __name__: 'fleet:up:sum', ruler, say: '"a" $(POD_NAME) \\' });
    const { data } = await answerOf(`http://${queryHttp}/api/v1/rules`);
    const names = data.groups.flatMap(({ rules }: { rules: { name: string }[] }) => rules.map(({ name }) => name));
    expect(names.sort()).toEqual(['TargetDown', 'fleet:up:sum']);
  },
  180_000,
);
