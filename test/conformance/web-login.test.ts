import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dump, load } from 'js-yaml';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Alertmanager } from '../../src/alertmanager/alertmanager';
import { Pushgateway } from '../../src/exporters/pushgateway';
import { Prometheus } from '../../src/prometheus/prometheus';
import { Endpoint, EndpointProtocol } from '../../src/settings/endpoint';
import { ThanosQuery } from '../../src/thanos/thanos-query';
import { ThanosSidecar } from '../../src/thanos/thanos-sidecar';
import { BASIC_AUTHENTICATION, type Manifest, manifestOf, synthesize } from '../support/constructs';
import { freePort, until } from './api-server';
import { bcryptHash } from './bcrypt';
import { findProgram } from './programs';

const PASSWORD = 'only of this test';
const PROGRAMS = ['prometheus', 'promtool', 'alertmanager', 'pushgateway', 'thanos'];

const authentication = BASIC_AUTHENTICATION;
const manifests = synthesize((chart) => {
  const { alerts } = new Alertmanager(chart, 'alertmanager', { authentication });
  new Prometheus(chart, 'prometheus', { authentication, alertmanagers: [alerts], extensions: [new ThanosSidecar()] });
  new Pushgateway(chart, 'pushgateway', { authentication });
  const store = Endpoint.external({ host: 'store', port: 10901, protocol: EndpointProtocol.GRPC });
  new ThanosQuery(chart, 'query', { authentication, endpoints: [store] });
});

const fileOf = (configMap: string, file: string): string => manifestOf(manifests, 'ConfigMap', configMap).data[file];
const containersOf = (kind: string, name: string): Manifest[] => manifestOf(manifests, kind, name).spec.template.spec.containers;
const flagOf = (container: Manifest, flag: string): string =>
  container.args.find((argument: string) => argument.startsWith(`${flag}=`));

const program = (name: string) => String(findProgram(name));

describe.skipIf(PROGRAMS.some((name) => findProgram(name) === undefined))('programs that ask for passwords', () => {
  const folder = mkdtempSync(join(tmpdir(), 'web-login-'));
  const running: ChildProcess[] = [];
  const ports = new Map<string, number>();
  /** Files where the test may write them, in place of the mounts. */
  const local = (text: string) =>
    text
      .replaceAll('/etc/prometheus/logins', join(folder, 'logins'))
      .replaceAll('/etc/prometheus/client', folder)
      .replaceAll('/etc/web', folder);
  const write = (name: string, text: string) => writeFileSync(join(folder, name), text);

  function start(name: string, ...flags: string[]): void {
    running.push(spawn(program(name.split(' ')[0]), [...name.split(' ').slice(1), ...flags], { cwd: folder, stdio: 'ignore' }));
  }

  const statusOf = async (name: string, path: string, password?: string): Promise<number> => {
    const authorization = password === undefined ? undefined : `Basic ${Buffer.from(`stack:${password}`).toString('base64')}`;
    const answer = await fetch(`http://127.0.0.1:${ports.get(name)}${path}`, {
      headers: authorization === undefined ? {} : { authorization },
    });
    return answer.status;
  };

  beforeAll(async () => {
    mkdirSync(join(folder, 'logins/web-user'), { recursive: true });
    write('logins/web-user/password', PASSWORD);
    write('web.yml', dump({ basic_auth_users: { stack: bcryptHash(PASSWORD) } }));
    write('http-client.yml', local(fileOf('monitoring-prometheus-client', 'http-client.yml')));
    for (const name of ['prometheus', 'alertmanager', 'pushgateway', 'query', 'sidecar', 'grpc-query', 'grpc-sidecar']) {
      ports.set(name, await freePort());
    }
    // The jobs as they are, but for how targets are found.
    const { scrape_configs: jobs } = load(local(fileOf('monitoring-prometheus-config', 'prometheus.yml'))) as Manifest;
    const found = Object.entries({
      prometheus: 'prometheus',
      alertmanager: 'alertmanager',
      pushgateway: 'pushgateway',
      'thanos-query': 'query',
    });
    write(
      'prometheus.yml',
      dump({
        global: { scrape_interval: '1s', scrape_timeout: '1s', external_labels: { cluster: 'test' } },
        scrape_configs: found.map(([job, target]) => ({
          job_name: job,
          basic_auth: jobs.find(({ job_name: name }: Manifest) => name === job).basic_auth,
          static_configs: [{ targets: [`127.0.0.1:${ports.get(target)}`] }],
        })),
      }),
    );
    write('alertmanager.yml', dump({ route: { receiver: 'nobody' }, receivers: [{ name: 'nobody' }] }));
    const at = (name: string) => `127.0.0.1:${ports.get(name)}`;
    const [server, sidecar] = containersOf('StatefulSet', 'monitoring-prometheus');
    const [alertmanager] = containersOf('StatefulSet', 'monitoring-alertmanager');
    const [pushgateway] = containersOf('StatefulSet', 'monitoring-pushgateway');
    const [query] = containersOf('Deployment', 'monitoring-thanos-query');
    const webFlag = (container: Manifest) => local(flagOf(container, '--web.config.file'));
    start(
      'prometheus',
      '--config.file=prometheus.yml',
      '--storage.tsdb.path=data',
      `--web.listen-address=${at('prometheus')}`,
      webFlag(server),
    );
    start(
      'alertmanager',
      '--config.file=alertmanager.yml',
      '--storage.path=alerts',
      `--web.listen-address=${at('alertmanager')}`,
      '--cluster.listen-address=',
      webFlag(alertmanager),
    );
    start('pushgateway', `--web.listen-address=${at('pushgateway')}`, webFlag(pushgateway));
    start(
      'thanos query',
      `--http-address=${at('query')}`,
      `--grpc-address=${at('grpc-query')}`,
      local(flagOf(query, '--http.config')),
    );
    await until(async () => (await statusOf('prometheus', '/-/ready', PASSWORD)) === 200, 60_000, 'Prometheus is not ready');
    start(
      'thanos sidecar',
      `--http-address=${at('sidecar')}`,
      `--grpc-address=${at('grpc-sidecar')}`,
      `--prometheus.url=http://${at('prometheus')}`,
      '--tsdb.path=data',
      local(flagOf(sidecar, '--prometheus.http-client-file')),
    );
  });
  afterAll(() => {
    for (const child of running) {
      child.kill('SIGKILL');
    }
    rmSync(folder, { recursive: true, force: true });
  });

  it.each(['prometheus', 'alertmanager', 'pushgateway', 'query'])('%s lets nobody in without the right one', async (name) => {
    await until(async () => (await statusOf(name, '/metrics', PASSWORD)) === 200, 60_000, `${name} does not answer`);
    expect([
      await statusOf(name, '/metrics'),
      await statusOf(name, '/-/ready'),
      await statusOf(name, '/metrics', 'wrong'),
    ]).toEqual([401, 401, 401]);
  });

  it('reads a file that promtool takes', () => {
    execFileSync(program('promtool'), ['check', 'web-config', join(folder, 'web.yml')], { stdio: 'ignore' });
  });

  it('is ready by the probe of the manifest, which has no password in it', () => {
    const [{ readinessProbe, startupProbe }] = containersOf('StatefulSet', 'monitoring-prometheus');
    expect(startupProbe.exec).toEqual(readinessProbe.exec);
    const [, ...command]: string[] = readinessProbe.exec.command.map((word: string) =>
      local(word).replace(':9090', `:${ports.get('prometheus')}`),
    );
    const ask = (...words: string[]) => execFileSync(program('promtool'), words, { stdio: 'ignore' });
    ask(...command);
    expect(() => ask(...command.filter((word) => !word.startsWith('--http.config.file')))).toThrow();
  });

  it('is scraped', async () => {
    const up = async () => {
      const authorization = `Basic ${Buffer.from(`stack:${PASSWORD}`).toString('base64')}`;
      const answer = await fetch(`http://127.0.0.1:${ports.get('prometheus')}/api/v1/query?query=sum(up)`, {
        headers: { authorization },
      });
      const { data } = (await answer.json()) as Manifest;
      return data.result[0]?.value[1];
    };
    await until(async () => (await up()) === '4', 60_000, 'not every target is up');
  });

  it('is asked by the Thanos sidecar', async () => {
    await until(async () => (await statusOf('sidecar', '/-/ready')) === 200, 60_000, 'the sidecar is not ready');
  });
});
