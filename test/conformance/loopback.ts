import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Manifest } from '../support/constructs';
import { until } from './api-server';
import { type ContainerRoot, containerRoot } from './container-root';
import { workloadsOf } from './examples';
import { findProgram } from './programs';
import { containersOf, contains } from './references';

/** A container that runs: its process, and what it was started with. */
interface Running {
  readonly process: ChildProcess;
  readonly root: ContainerRoot;
}

interface StartOptions {
  /** Variables in place of those from Secrets. */
  readonly environment?: Record<string, string>;
  /** Further arguments: where a program listens that has no file for it. */
  readonly listen?: (port: number) => string;
  /** Changes files before the program reads them. */
  readonly edit?: (text: string) => string;
}

/** Below those that the kernel gives to whoever connects: between the choice of a port and its use, much is started here. */
const FIRST_PORT = 20_000;
let lastPort = FIRST_PORT + ((process.pid * 97) % 10_000);

const isFree = (port: number) =>
  new Promise<boolean>((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, () => server.close(() => resolve(true)));
  });

/** A port that nobody listens on, another one each time. */
export async function quietPort(): Promise<number> {
  do {
    lastPort += 1;
  } while (!(await isFree(lastPort)));
  return lastPort;
}

const SERVICE_ADDRESS = /(?:[\w-]+\.)?([\w-]+)\.([\w-]+)\.svc\.cluster\.local:(\d+)/;

/**
 * Runs containers of manifests as processes that share the machine's loopback, with their files, arguments and variables from the
 * manifests alone. Only addresses are not as synthesized: a free port stands for each port, and takes the place of a Service's address.
 */
export class Loopback {
  private readonly folder = mkdtempSync(join(tmpdir(), 'loopback-'));
  private readonly running = new Map<string, Running>();

  private constructor(
    private readonly manifests: Manifest[],
    /** By workload and port. */
    private readonly ports: ReadonlyMap<string, number>,
    private readonly certificate: string,
  ) {}

  static async of(manifests: Manifest[], certificate: string): Promise<Loopback> {
    const ports = new Map<string, number>();
    for (const workload of workloadsOf(manifests)) {
      for (const { containerPort } of containersOf(workload).flatMap((container) => container.ports ?? [])) {
        ports.set(`${workload.metadata.name}:${containerPort}`, await quietPort());
      }
    }
    return new Loopback(manifests, ports, certificate);
  }

  /** Address of a port of a workload. */
  address(workload: string, port: number): string {
    return `127.0.0.1:${this.ports.get(`${workload}:${port}`)}`;
  }

  /** Starts the only container of a workload, and waits until its own readiness probe finds it ready. */
  async start(name: string, program: string, { environment, listen, edit = (text) => text }: StartOptions = {}): Promise<void> {
    const workload = this.workload(name);
    const [container] = containersOf(workload);
    const moved = this.manifests.map((manifest) =>
      manifest.kind === 'ConfigMap'
        ? {
            ...manifest,
            data: Object.fromEntries(
              Object.entries<string>(manifest.data).map(([file, text]) => [file, edit(this.moved(name, text))]),
            ),
          }
        : manifest,
    );
    const args = (container.args ?? []).map((argument: string) => this.moved(name, argument));
    const root = containerRoot(
      this.folder,
      moved,
      workload,
      { ...container, args },
      String(findProgram(program)),
      this.certificate,
    );
    // Programs read there how much memory there is.
    const processes = join(root.root, 'proc');
    mkdirSync(processes, { recursive: true });
    const isolation = ['--fork', '--kill-child', '--pid', `--mount-proc=${processes}`, '--map-root-user', 'chroot', root.root];
    const log = openSync(join(this.folder, `${name}.log`), 'a');
    const further = listen === undefined ? [] : [listen(Number(this.ports.get(`${name}:${container.ports[0].containerPort}`)))];
    const child = spawn('unshare', [...isolation, ...root.command, ...further], {
      env: { PATH: process.env.PATH, ...root.environment, ...environment },
      stdio: ['ignore', log, log],
    });
    this.running.set(name, { process: child, root });
    const { path, port } = container.readinessProbe.httpGet;
    const { containerPort } = container.ports.find((candidate: Manifest) => candidate.name === port);
    const url = `http://${this.address(name, containerPort)}${path}`;
    await until(
      async () => child.exitCode !== null || (await fetch(url)).ok,
      60_000,
      async () => `${name} is not ready at ${path}: ${this.log(name)}`,
    );
    if (child.exitCode !== null) {
      throw new Error(`${name} ended with ${child.exitCode}: ${this.log(name)}`);
    }
  }

  /** Ends a program as `kill -9` does. */
  async kill(name: string): Promise<void> {
    const child = this.running.get(name)?.process;
    const ended = new Promise((resolve) => child?.once('close', resolve));
    child?.kill('SIGKILL');
    await ended;
    const ports = [...this.ports].flatMap(([key, port]) => (key.startsWith(`${name}:`) ? [port] : []));
    await until(async () => (await Promise.all(ports.map(isFree))).every((free) => free), 10_000, `${name} still listens`);
  }

  /** What a program said last. */
  log(name: string): string {
    return readFileSync(join(this.folder, `${name}.log`), 'utf8').slice(-2000);
  }

  stop(): void {
    for (const { process: child } of this.running.values()) {
      child.kill('SIGKILL');
    }
    rmSync(this.folder, { recursive: true, force: true });
  }

  private workload(name: string): Manifest {
    const found = workloadsOf(this.manifests).find(({ metadata }) => metadata.name === name);
    if (found === undefined) {
      throw new Error(`no workload ${name}`);
    }
    return found;
  }

  /** A text of a workload with the addresses of this machine. */
  private moved(workload: string, text: string): string {
    return text.replace(
      new RegExp(`${SERVICE_ADDRESS.source}|0\\.0\\.0\\.0|\\b\\d{4,5}\\b`, 'g'),
      (found, service?: string, namespace?: string, port?: string) => {
        if (service !== undefined) {
          return this.behind(service, String(namespace), Number(port)) ?? found;
        }
        return found === '0.0.0.0' ? '127.0.0.1' : String(this.ports.get(`${workload}:${found}`) ?? found);
      },
    );
  }

  /** The address that stands for a Service. */
  private behind(name: string, namespace: string, number: number): string | undefined {
    const service = this.manifests.find(
      ({ kind, metadata }) => kind === 'Service' && metadata.name === name && metadata.namespace === namespace,
    );
    const port = service?.spec.ports.find((candidate: Manifest) => candidate.port === number);
    const workload = workloadsOf(this.manifests).find(
      ({ metadata, spec }) =>
        metadata.namespace === namespace && contains(spec.template.metadata.labels, service?.spec.selector ?? { none: '' }),
    );
    const target =
      workload &&
      containersOf(workload)
        .flatMap((container) => container.ports ?? [])
        .find(({ name: portName }: Manifest) => portName === port?.targetPort);
    return target && this.address(workload.metadata.name, target.containerPort);
  }
}
