import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dump } from 'js-yaml';
import type { Manifest } from '../support/constructs';

/** What the API server answers. */
export interface Answer {
  readonly status: number;
  readonly body: Manifest;
  /** Texts of the `Warning` headers: deprecated versions, PodSecurity violations of pod templates. */
  readonly warnings: string[];
}

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });

/** Polls until the condition holds. */
async function until(condition: () => Promise<boolean>, limit: number, what: string): Promise<void> {
  const end = Date.now() + limit;
  while (!(await condition().catch(() => false))) {
    if (Date.now() > end) {
      throw new Error(`${what} within ${limit} ms`);
    }
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** A real kube-apiserver with a real etcd behind it, on loopback, empty at the start. */
export class ApiServer {
  static async start(programs: { etcd: string; apiServer: string }): Promise<ApiServer> {
    const folder = mkdtempSync(join(tmpdir(), 'api-server-'));
    const [client, peer, port] = await Promise.all([freePort(), freePort(), freePort()]);
    const file = (name: string) => join(folder, name);
    // A token that only this server knows, made anew for each run.
    const token = execFileSync('openssl', ['rand', '-hex', '16'], { encoding: 'utf8' }).trim();
    writeFileSync(file('tokens.csv'), `${token},admin,admin,"system:masters"\n`);
    execFileSync('openssl', ['genrsa', '-out', file('accounts.key'), '2048'], { stdio: 'ignore' });
    const etcd = spawn(
      programs.etcd,
      [
        `--data-dir=${file('etcd')}`,
        `--listen-client-urls=http://127.0.0.1:${client}`,
        `--advertise-client-urls=http://127.0.0.1:${client}`,
        `--listen-peer-urls=http://127.0.0.1:${peer}`,
        '--unsafe-no-fsync',
      ],
      { stdio: 'ignore' },
    );
    const server = spawn(
      programs.apiServer,
      [
        `--etcd-servers=http://127.0.0.1:${client}`,
        '--bind-address=127.0.0.1',
        '--advertise-address=127.0.0.1',
        `--secure-port=${port}`,
        `--cert-dir=${folder}`,
        `--token-auth-file=${file('tokens.csv')}`,
        `--service-account-key-file=${file('accounts.key')}`,
        `--service-account-signing-key-file=${file('accounts.key')}`,
        '--service-account-issuer=https://kubernetes.default.svc',
        '--service-cluster-ip-range=10.96.0.0/16',
        '--authorization-mode=RBAC',
        // Default classes and service accounts come from the controller manager, which is not here.
        '--disable-admission-plugins=ServiceAccount',
      ],
      { stdio: 'ignore' },
    );
    const started = new ApiServer(folder, port, token, [server, etcd]);
    await until(async () => (await started.send('GET', '/readyz')).status === 200, 60_000, 'the API server is not ready');
    return started;
  }

  private readonly resources = new Map<string, { path: string; namespaced: boolean }>();

  private constructor(
    private readonly folder: string,
    private readonly port: number,
    private readonly token: string,
    private readonly processes: readonly ChildProcess[],
  ) {}

  stop(): void {
    for (const child of this.processes) {
      child.kill('SIGKILL');
    }
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Server-side apply with strict validation of fields. */
  async apply(manifest: Manifest): Promise<Answer> {
    const { path, namespaced } = await this.resource(manifest);
    const scope = namespaced ? `/namespaces/${manifest.metadata.namespace}` : '';
    const [group, resource] = path.split('|');
    const query = '?fieldManager=test&fieldValidation=Strict&force=true';
    return this.send(
      'PATCH',
      `${group}${scope}/${resource}/${manifest.metadata.name}${query}`,
      dump(manifest),
      'application/apply-patch+yaml',
    );
  }

  /** Waits until a kind that was just defined is served. */
  async served(apiVersion: string, kind: string): Promise<void> {
    await until(
      async () => (await this.resource({ apiVersion, kind })) !== undefined,
      20_000,
      `${apiVersion} ${kind} is not served`,
    );
  }

  private async resource({ apiVersion, kind }: Manifest): Promise<{ path: string; namespaced: boolean }> {
    const known = this.resources.get(`${apiVersion} ${kind}`);
    if (known) {
      return known;
    }
    const group = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
    const { body } = await this.send('GET', group);
    const found = (body.resources ?? []).find((candidate: Manifest) => candidate.kind === kind && !candidate.name.includes('/'));
    if (!found) {
      throw new Error(`the API server does not know ${apiVersion} ${kind}`);
    }
    const resource = { path: `${group}|${found.name}`, namespaced: found.namespaced };
    this.resources.set(`${apiVersion} ${kind}`, resource);
    return resource;
  }

  private send(method: string, path: string, body?: string, type = 'application/json'): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const call = request(
        {
          host: '127.0.0.1',
          port: this.port,
          path,
          method,
          ca: readFileSync(join(this.folder, 'apiserver.crt')),
          headers: { authorization: `Bearer ${this.token}`, 'content-type': type, accept: 'application/json' },
        },
        (response) => {
          let text = '';
          response.on('data', (chunk) => {
            text += chunk;
          });
          response.on('end', () => {
            const isJson = String(response.headers['content-type']).includes('json');
            const warnings = [response.headers.warning ?? []].flat().map(String);
            resolve({ status: response.statusCode ?? 0, body: isJson ? JSON.parse(text) : text, warnings });
          });
        },
      );
      call.on('error', reject);
      call.end(body);
    });
  }
}
