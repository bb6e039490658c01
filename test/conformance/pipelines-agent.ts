import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Chart } from 'cdk8s';
import { AlloyDaemonSet } from '../../src/alloy/alloy-daemon-set';
import { toAlloySyntax } from '../../src/alloy/alloy-syntax';
import type { ContainerRuntime } from '../../src/alloy/container-runtime';
import { Cluster } from '../../src/settings/cluster';
import { Endpoint } from '../../src/settings/endpoint';
import { manifestOf, synthesize } from '../support/constructs';
import { freePort, until } from './api-server';
import type { Fixture } from './pipelines-fixtures';
import { LokiReceiver, type Received } from './pipelines-receiver';
import { findProgram } from './programs';

export const program = findProgram('alloy');

const timeOfLine = (index: number) => `2026-11-21T00:00:00.${String(index + 1).padStart(9, '0')}Z`;

export const expectedOf = ({ expected, lines, pipeline }: Fixture) => {
  let next = 0;
  return expected.map(({ at = next, lines: count = 1, line, labels, metadata, time, tenant }) => {
    next = at + count;
    return {
      tenant,
      labels: { cluster: 'prod-1', env: 'prod', namespace: 'shop', app: pipeline.name, container: 'main', ...labels },
      time: time ?? timeOfLine(at),
      line: line ?? lines.slice(at, next).join('\n'),
      metadata: { pod: `${pipeline.name}-0`, node: 'node-1', ...metadata },
    };
  });
};

/** What differs from what runs in a cluster: who says which pods there are, where their files lie, and ports. */
const OVERLAY = {
  discovery: /discovery\.kubernetes "pods" \{[\s\S]*?\n\}\n\n/,
  targets: /discovery\.kubernetes\.pods\.targets/g,
  files: /\/var\/log\/pods\//g,
};

export const byTime = (a: Pick<Received, 'time' | 'line'>, b: Pick<Received, 'time' | 'line'>) =>
  `${a.time} ${a.line}` < `${b.time} ${b.line}` ? -1 : 1;

const META = '__meta_kubernetes';

const podTargets = (fixtures: readonly Fixture[]) =>
  toAlloySyntax([
    {
      name: 'discovery.relabel',
      label: 'overlay',
      attributes: {
        targets: fixtures.map(({ pipeline: { name } }) => ({
          [`${META}_namespace`]: 'shop',
          [`${META}_pod_name`]: `${name}-0`,
          [`${META}_pod_uid`]: 'uid',
          [`${META}_pod_container_name`]: 'main',
          [`${META}_pod_node_name`]: 'node-1',
          [`${META}_pod_label_app`]: name,
          [`${META}_pod_label_example_com_team`]: 'team-a',
        })),
      },
    },
  ]);

export const configOf = (construct: (chart: Chart) => void): string =>
  manifestOf(synthesize(construct, { cluster: Cluster.generic({ name: 'prod-1', environment: 'prod' }) }), 'ConfigMap').data[
    'config.alloy'
  ];

type Wrap = (line: string, index: number) => string;

export const cri: Wrap = (line, index) => `${timeOfLine(index)} stdout F ${line}\n`;

export const docker: Wrap = (line, index) =>
  `${JSON.stringify({ log: `${line}\n`, stream: 'stdout', time: timeOfLine(index) })}\n`;

/** An Alloy with the configuration that the library makes, fed with the lines of the fixtures. */
export class Agent {
  output = '';
  private constructor(
    readonly folder: string,
    private readonly process: ChildProcess,
    readonly receiver: LokiReceiver,
    readonly port: number,
  ) {
    for (const stream of [process.stdout, process.stderr]) {
      stream?.on('data', (data) => {
        this.output += data;
      });
    }
  }

  /** An agent of the nodes, with files that hold the lines. */
  static async onNode(fixtures: readonly Fixture[], runtime: ContainerRuntime, wrap: Wrap): Promise<Agent> {
    return Agent.start(
      (chart, push) =>
        new AlloyDaemonSet(chart, 'alloy', {
          push,
          logs: fixtures.map(({ pipeline }) => pipeline),
          containerRuntime: runtime,
        }),
      (config, folder) => {
        const logs = `${folder}/pods/`;
        for (const { pipeline, lines } of fixtures) {
          const directory = `${logs}shop_${pipeline.name}-0_uid/main`;
          mkdirSync(directory, { recursive: true });
          writeFileSync(join(directory, '0.log'), lines.map(wrap).join(''));
        }
        writeFileSync(join(folder, 'config/overlay.alloy'), podTargets(fixtures));
        return config
          .replace(OVERLAY.discovery, '')
          .replace(OVERLAY.targets, 'discovery.relabel.overlay.output')
          .replace(OVERLAY.files, logs);
      },
    );
  }

  /**
   * @param overlay what the configuration gets on top
   * @param more the port of an agent to form a cluster with, or 0 to be the first of one; who the API server takes it for
   */
  static async start(
    construct: (chart: Chart, push: Endpoint) => void,
    overlay: (config: string, folder: string) => string,
    { cluster, kubeconfig }: { readonly cluster?: number; readonly kubeconfig?: string } = {},
  ): Promise<Agent> {
    const folder = mkdtempSync(join(tmpdir(), 'pipelines-'));
    mkdirSync(join(folder, 'config'));
    const receiver = await LokiReceiver.start();
    const config = configOf((chart) => construct(chart, Endpoint.external({ host: '127.0.0.1', port: receiver.port })));
    writeFileSync(join(folder, 'config/config.alloy'), overlay(config, folder));
    const port = await freePort();
    const args = ['run', join(folder, 'config'), `--server.http.listen-addr=127.0.0.1:${port}`];
    if (cluster !== undefined) {
      const addresses = [
        `--cluster.advertise-address=127.0.0.1:${port}`,
        `--cluster.join-addresses=127.0.0.1:${cluster || port}`,
      ];
      args.push('--cluster.enabled=true', `--cluster.node-name=agent-${port}`, ...addresses);
    }
    const agent = spawn(String(program), [...args, `--storage.path=${folder}/data`, '--disable-reporting'], {
      env: { ...process.env, ...(kubeconfig === undefined ? {} : { KUBECONFIG: kubeconfig }) },
    });
    return new Agent(folder, agent, receiver, port);
  }

  /** Waits for lines; what is missing then is the business of the test. */
  async receive(count: number): Promise<void> {
    await until(async () => this.receiver.received.length >= count, 40_000, 'lines').catch(() => undefined);
  }

  /** Values of the metrics made from logs, without the labels that all have, by application. */
  async metrics(): Promise<Record<string, Record<string, number>>> {
    const response = await fetch(`http://127.0.0.1:${this.port}/metrics`);
    const text = await response.text();
    const applications: Record<string, Record<string, number>> = {};
    for (const [, name, labelText, value] of text.matchAll(/^(\w+)\{(.*)\} (\S+)$/gm)) {
      const labels = [...labelText.matchAll(/(\w+)=("(?:[^"\\]|\\.)*")/g)];
      const application = labels.find(([, label]) => label === 'app');
      if (application && labels.some(([, label]) => label === 'component_path')) {
        const common = ['app', 'cluster', 'env', 'namespace', 'container', 'component_id', 'component_path'];
        const own = labels.filter(([, label]) => !common.includes(label)).map(([label]) => label);
        applications[JSON.parse(application[2])] ??= {};
        applications[JSON.parse(application[2])][`${name}{${own.sort().join(',')}}`] = Number(value);
      }
    }
    return applications;
  }

  async counter(pattern: RegExp): Promise<number> {
    const response = await fetch(`http://127.0.0.1:${this.port}/metrics`);
    const text = await response.text();
    return [...text.matchAll(pattern)].reduce((sum, [, value]) => sum + Number(value), 0);
  }

  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.process.once('exit', resolve));
    this.process.kill('SIGKILL');
    await ended;
    await this.receiver.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
