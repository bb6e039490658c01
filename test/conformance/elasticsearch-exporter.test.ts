import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Testing } from 'cdk8s';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { METRICS_READER } from '../../src/elastic/elasticsearch-config';
import { MonitoringStack } from '../../src/stack/monitoring-stack';
import { WATCHED } from '../elastic/elastic';
import { type Manifest, manifestOf } from '../support/constructs';
import { freePort, until } from './api-server';
import { contractProblems } from './contracts';
import { hasAnswers, type SeenRequests, startElasticsearchAnswers } from './elasticsearch-answers';
import { parsePrerequisites } from './examples';
import { findProgram } from './programs';
import { casesOf, objections, selfSignedCertificate } from './questions';
import { wiringProblems } from './wiring';

/** Only of this test, with all that breaks careless URLs. */
const PASSWORD = 'p:a/s@s #1';

const stack = new MonitoringStack(new App(), 'stack', {
  prometheus: {},
  grafana: {},
  elastic: { elasticsearch: WATCHED, fluentd: {} },
});
const manifests: Manifest[] = Testing.synth(stack);
const [container] = manifestOf(manifests, 'Deployment', 'monitoring-elasticsearch-exporter').spec.template.spec.containers;

const program = findProgram('elasticsearch_exporter');

const portOf = (server: Server) => (server.address() as AddressInfo).port;

/** Leads every connection to one server, whatever its name: that takes the place of the cluster's DNS. */
function startTunnel(to: Server): Promise<Server> {
  const tunnel = createServer().on('connect', (_request, client) => {
    const server = connect(portOf(to), '127.0.0.1', () => client.write('HTTP/1.1 200 OK\r\n\r\n'));
    server.on('error', () => client.destroy()).pipe(client);
    client.on('error', () => server.destroy()).pipe(server);
  });
  return new Promise((started) => {
    tunnel.listen(0, '127.0.0.1', () => started(tunnel));
  });
}

describe.skipIf(program === undefined || !hasAnswers())('the exporter of the manifests, before answers of Elasticsearch', () => {
  const folder = mkdtempSync(join(tmpdir(), 'elasticsearch-exporter-'));
  const seen: SeenRequests = new Map();
  const servers: Server[] = [];
  let exporter: ChildProcess | undefined;
  let exposition = '';

  beforeAll(async () => {
    const host = String(stack.elasticsearch?.http.host);
    const [key, certificate] = ['tls.key', 'ca.crt'].map((name) => join(folder, name));
    const ofHost = ['-subj', '/CN=test', '-addext', `subjectAltName=DNS:${host}`];
    const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'];
    execFileSync('openssl', ['req', '-x509', ...curve, ...ofHost, '-keyout', key, '-out', certificate], { stdio: 'ignore' });
    const elasticsearch = await startElasticsearchAnswers(seen, {
      key: readFileSync(key, 'utf8'),
      cert: readFileSync(certificate, 'utf8'),
    });
    const tunnel = await startTunnel(elasticsearch);
    servers.push(elasticsearch, tunnel);
    const own = `127.0.0.1:${await freePort()}`;
    // As they are, but for the mount and for the address, which must be on loopback.
    const flags = container.args.map((argument: string) =>
      argument.replace('/mnt/certs', folder).replace('--web.listen-address=:9114', `--web.listen-address=${own}`),
    );
    const given = container.env.map(({ name, value }: Manifest) => [name, value ?? PASSWORD]);
    exporter = spawn(String(program), flags, {
      env: { ...Object.fromEntries(given), HTTPS_PROXY: `http://127.0.0.1:${portOf(tunnel)}` },
      stdio: 'ignore',
    });
    await until(async () => (await fetch(`http://${own}${container.readinessProbe.httpGet.path}`)).ok, 60_000, 'it is not ready');
    exposition = await (await fetch(`http://${own}/metrics`)).text();
  });

  afterAll(() => {
    exporter?.kill('SIGKILL');
    for (const server of servers) {
      server.close();
    }
    rmSync(folder, { recursive: true, force: true });
  });

  it('tells the health of the cluster', () => {
    expect(exposition).toMatch(/^elasticsearch_cluster_health_status\{.*color="yellow".*\} 1$/m);
  });

  it('gets an answer to each of its questions', () => {
    const successes = [...exposition.matchAll(/^elasticsearch_scrape_success\{collector="([^"]+)"\} (\d)$/gm)];
    expect(Object.fromEntries(successes.map(([, collector, success]) => [collector, success]))).toEqual({
      'cluster-info': '1',
      clustersettings: '1',
      ilm: '1',
    });
  });

  it('logs in everywhere, and asks only what its role allows', () => {
    const login = `Basic ${Buffer.from(`${METRICS_READER}:${PASSWORD}`).toString('base64')}`;
    expect(Object.fromEntries(seen)).toEqual({
      '/': login,
      '/_all/_ilm/explain': login,
      '/_cluster/health': login,
      '/_cluster/settings': login,
      '/_ilm/status': login,
      '/_nodes/stats': login,
    });
  });

  it('exposes all that alerts and boards of Elasticsearch read', () => {
    // The configuration of Fluentd has words that begin so, too.
    const content = manifests.filter(({ kind, metadata }) => kind === 'ConfigMap' && !metadata.name.includes('fluentd'));
    const read = new Set(JSON.stringify(content).match(/\belasticsearch_[a-z0-9_]+/g));
    expect(read.size).toBeGreaterThan(30);
    expect([...read].filter((name) => !new RegExp(`^${name}[{ ]`, 'm').test(exposition))).toEqual([]);
  });
});

describe('a stack with Elasticsearch and Prometheus', () => {
  const prerequisites = parsePrerequisites(stack.prerequisites.toMarkdown());

  it('names only what is there, and keeps what its parts owe each other', () => {
    expect([...wiringProblems(manifests, prerequisites), ...contractProblems(manifests, prerequisites)]).toEqual([]);
  });

  it.skipIf(program === undefined)('has an exporter that starts while Elasticsearch is away', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'elasticsearch-exporter-alone-'));
    try {
      const asked = casesOf(manifests).filter(({ question }) => question.program === 'elasticsearch_exporter');
      expect(asked).toHaveLength(1);
      const found = asked.map((question) => objections(folder, manifests, question, selfSignedCertificate()));
      expect((await Promise.all(found)).flat()).toEqual([]);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
