import { type ChildProcess, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { load } from 'js-yaml';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AlloyDaemonSet } from '../../src/alloy/alloy-daemon-set';
import { ContainerRuntime } from '../../src/alloy/container-runtime';
import { LogPipeline } from '../../src/alloy/log-pipeline';
import { Prometheus } from '../../src/prometheus/prometheus';
import { Endpoint } from '../../src/settings/endpoint';
import { type Manifest, synthesize } from '../support/constructs';
import { freePort, until } from './api-server';
import { Agent, cri, program } from './pipelines-agent';
import { FIXTURES } from './pipelines-fixtures';
import { findProgram } from './programs';

/** The scrape jobs of a stack with an agent on the nodes. */
const manifestOfPrometheus = (): Manifest[] => {
  const manifests = synthesize((chart) => {
    new Prometheus(chart, 'prometheus', {});
    new AlloyDaemonSet(chart, 'alloy', {
      push: Endpoint.external({ host: 'loki.example.com', port: 3100 }),
      logs: [LogPipeline.plain({ name: 'all' })],
    });
  });
  const [file] = manifests
    .filter(({ kind }) => kind === 'ConfigMap')
    .flatMap(({ data }) => (data['prometheus.yml'] === undefined ? [] : [data['prometheus.yml']]));
  return (load(file) as Manifest).scrape_configs;
};

const prometheus = findProgram('prometheus');

describe.skipIf(program === undefined || prometheus === undefined)('metrics of Alloy, scraped by the real Prometheus', () => {
  const fixtures = FIXTURES.filter(({ pipeline }) => pipeline.name === 'boot_json');
  let agent: Agent;
  const ofAgent = {
    namespace: 'agents',
    pod: 'alloy-x',
    container: 'alloy',
    node: 'node-1',
    app: 'alloy',
    cluster: 'prod-1',
    env: 'prod',
  };
  let scraper: ChildProcess | undefined;
  let port: number;

  const series = async (query: string): Promise<Record<string, string>[]> => {
    const response = await fetch(`http://127.0.0.1:${port}/api/v1/query?query=${encodeURIComponent(query)}`);
    const { data } = (await response.json()) as { data: { result: { metric: Record<string, string> }[] } };
    return data.result.map(({ metric }) => metric);
  };

  beforeAll(async () => {
    agent = await Agent.onNode(fixtures, ContainerRuntime.cri(), cri);
    await agent.receive(3);
    // Discovery is replaced by the labels that it would give.
    const [config] = manifestOfPrometheus().filter(({ job_name }) => job_name === 'alloy-node');
    const scrape = {
      job_name: config.job_name,
      honor_labels: config.honor_labels,
      metric_relabel_configs: config.metric_relabel_configs,
      static_configs: [{ targets: [`127.0.0.1:${agent.port}`], labels: ofAgent }],
    };
    const file = join(agent.folder, 'prometheus.json');
    writeFileSync(file, JSON.stringify({ global: { scrape_interval: '1s' }, scrape_configs: [scrape] }));
    port = await freePort();
    scraper = spawn(
      String(prometheus),
      [`--config.file=${file}`, `--storage.tsdb.path=${agent.folder}/tsdb`, `--web.listen-address=127.0.0.1:${port}`],
      { stdio: 'ignore' },
    );
    await until(async () => (await series('boot_lines_total')).length === 2, 30_000, 'no metric was scraped');
  });
  afterAll(async () => {
    const ended = new Promise((resolve) => scraper?.once('exit', resolve));
    scraper?.kill('SIGKILL');
    await ended;
    await agent?.stop();
  });

  it.each(['up', 'alloy_build_info', 'loki_write_sent_entries_total', 'process_start_time_seconds'])(
    '%s says which agent it is',
    async (name) => {
      const found = await series(name);
      expect(found).not.toEqual([]);
      for (const labels of found) {
        expect(labels).toMatchObject(ofAgent);
      }
    },
  );

  it('a metric made from logs keeps the labels of the application and gets none of the agent', async () => {
    const found = await series('boot_lines_total');
    expect(found.map((labels) => Object.keys(labels).sort())).toEqual(
      Array(2).fill(
        [
          ...['__name__', 'app', 'cluster', 'component_id', 'component_path', 'container', 'env', 'instance', 'job'],
          ...['level', 'namespace'],
        ].sort(),
      ),
    );
    expect(found[0]).toMatchObject({ namespace: 'shop', app: 'boot_json', container: 'main', cluster: 'prod-1', env: 'prod' });
  });
});
