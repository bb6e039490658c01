import { type ChildProcess, spawn } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Manifest } from '../support/constructs';
import { freePort, until } from './api-server';
import { containerRoot, HOSTILE_SECRET } from './container-root';
import { workloadsOf } from './examples';
import { selfSignedCertificate } from './questions';

/** The workload of the manifests that is Grafana, if one is. */
export const grafanaOf = (manifests: Manifest[]): Manifest | undefined =>
  workloadsOf(manifests).find(({ spec }) => spec.template.spec.containers[0].image.includes('/grafana/grafana:'));

/** Of the image that the cluster has: the arguments that it starts its program with, and the folders in it. */
function imageOfGrafana() {
  const table = readFileSync(join(__dirname, 'cluster/images.tsv'), 'utf8').split('\n');
  const row = table.find((line) => line.startsWith('docker.io/grafana/grafana:')) ?? '';
  const [, , entrypoint, , , , folders] = row.split('\t');
  const [, ...args] = JSON.parse(entrypoint) as string[];
  return { args, folders: folders.split(' ').map((folder) => folder.split(':')[0]) };
}

/** A real Grafana that reads what manifests say, in the file system that its container would see. Its users are those of the Secrets. */
export class GrafanaServer {
  /** @param environment further variables, and other values of those of the manifest */
  static async start(program: string, folder: string, manifests: Manifest[], environment: Record<string, string> = {}) {
    const workload = grafanaOf(manifests);
    if (workload === undefined) {
      throw new Error('no Grafana in the manifests');
    }
    const [container] = workload.spec.template.spec.containers;
    const inside = containerRoot(folder, manifests, workload, container, program, selfSignedCertificate());
    const image = imageOfGrafana();
    for (const path of image.folders) {
      mkdirSync(join(inside.root, path), { recursive: true });
    }
    cpSync(join(dirname(program), 'grafana-files'), join(inside.root, 'usr/share/grafana'), { recursive: true });
    const port = await freePort();
    const enter = ['--fork', '--kill-child', '--mount', '--map-root-user', 'chroot', inside.root];
    const child = spawn('unshare', [...enter, inside.command[0], ...image.args, ...inside.command.slice(1)], {
      env: { PATH: process.env.PATH, ...inside.environment, ...environment, GF_SERVER_HTTP_PORT: `${port}` },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const [, user = 'admin'] =
      /^admin_user = (.*)$/m.exec(readFileSync(join(inside.root, 'etc/grafana/grafana.ini'), 'utf8')) ?? [];
    const server = new GrafanaServer(child, port, user.startsWith('$__file') ? HOSTILE_SECRET : user);
    try {
      await server.signIn();
    } catch (error) {
      server.stop();
      throw new Error(`${error}: ${server.output.slice(-3000)}`);
    }
    return server;
  }

  /** Everything that it has logged. */
  output = '';
  private cookie = '';

  private constructor(
    private readonly child: ChildProcess,
    private readonly port: number,
    private readonly user: string,
  ) {
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (chunk: Buffer) => {
        this.output += chunk.toString();
      });
    }
  }

  stop(): void {
    this.child.kill('SIGKILL');
  }

  /** What a path of its API answers. */
  async ask(path: string): Promise<Manifest> {
    const response = await fetch(this.url(path), { headers: { cookie: this.cookie } });
    if (!response.ok) {
      throw new Error(`GET ${path}: ${response.status} ${await response.text()}`);
    }
    return response.json();
  }

  private readonly url = (path: string) => `http://127.0.0.1:${this.port}${path}`;

  private async signIn(): Promise<void> {
    const healthy = () =>
      this.ask('/api/health').then(
        ({ database }) => database === 'ok',
        () => false,
      );
    await until(healthy, 120_000, 'Grafana is not healthy');
    const response = await fetch(this.url('/login'), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ user: this.user, password: HOSTILE_SECRET }),
    });
    if (!response.ok) {
      throw new Error(`the user of the Secret cannot sign in: ${response.status}`);
    }
    this.cookie = response.headers
      .getSetCookie()
      .map((cookie) => cookie.split(';')[0])
      .join('; ');
  }
}
