import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:https';
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

export const freePort = (host = '127.0.0.1'): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, host, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });

/** Polls until the condition holds; `what` says what the error then tells, and may look at the state of things. */
export async function until(
  condition: () => Promise<boolean>,
  limit: number,
  what: string | (() => Promise<string>),
): Promise<void> {
  const end = Date.now() + limit;
  while (!(await condition().catch(() => false))) {
    if (Date.now() > end) {
      throw new Error(`${typeof what === 'string' ? what : await what()} within ${limit} ms`);
    }
    // The machine is shared with the programs that are waited for.
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

export interface ApiServerOptions {
  /** ServiceAccounts of pods must exist, as in a cluster; needs the controller manager, which makes the default ones. */
  readonly requireServiceAccounts?: boolean;
}

export interface Call {
  readonly body?: Manifest;
  /** Default: that of the administrator. */
  readonly token?: string;
  readonly type?: string;
}

/** A request that a ServiceAccount made, as the audit log has it. */
export interface Audited {
  readonly user: string;
  readonly verb: string;
  readonly decision: string;
  readonly uri: string;
  readonly group: string;
  /** With its subresource behind a slash. */
  readonly resource: string;
  readonly namespace: string;
  /** The one object that is asked for, if it is one. */
  readonly name?: string;
}

/** Everything that a ServiceAccount asks, without bodies. */
const AUDIT_POLICY = {
  apiVersion: 'audit.k8s.io/v1',
  kind: 'Policy',
  omitStages: ['RequestReceived'],
  rules: [{ level: 'Metadata', userGroups: ['system:serviceaccounts'] }, { level: 'None' }],
};

/** A real kube-apiserver with a real etcd behind it, on loopback, empty at the start. */
export class ApiServer {
  static async start(programs: { etcd: string; apiServer: string }, options: ApiServerOptions = {}): Promise<ApiServer> {
    const folder = mkdtempSync(join(tmpdir(), 'api-server-'));
    const [client, peer, port] = await Promise.all([freePort(), freePort(), freePort()]);
    const file = (name: string) => join(folder, name);
    // A token that only this server knows, made anew for each run.
    const token = execFileSync('openssl', ['rand', '-hex', '16'], { encoding: 'utf8' }).trim();
    writeFileSync(file('tokens.csv'), `${token},admin,admin,"system:masters"\n`);
    writeFileSync(file('audit-policy.yaml'), dump(AUDIT_POLICY));
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
        `--audit-policy-file=${file('audit-policy.yaml')}`,
        `--audit-log-path=${file('audit.log')}`,
        '--audit-log-mode=blocking',
        // Newer clients read a list as the start of a watch where they can; older servers make them list, and both must be allowed.
        '--feature-gates=WatchList=false',
        ...(options.requireServiceAccounts ? [] : ['--disable-admission-plugins=ServiceAccount']),
      ],
      { stdio: 'ignore' },
    );
    const started = new ApiServer(folder, port, token, [server, etcd]);
    await until(async () => (await started.send('GET', '/readyz')).status === 200, 60_000, 'the API server is not ready');
    return started;
  }

  private readonly agent = new Agent({ keepAlive: true });
  private readonly resources = new Map<string, { path: string; namespaced: boolean }>();

  private constructor(
    /** Where its files are; others may put theirs there, they go with it. */
    public readonly folder: string,
    public readonly port: number,
    private readonly token: string,
    private readonly processes: readonly ChildProcess[],
  ) {}

  stop(): void {
    this.agent.destroy();
    for (const child of this.processes) {
      child.kill('SIGKILL');
    }
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** The certificate that its clients trust. */
  get certificate(): string {
    return readFileSync(join(this.folder, 'apiserver.crt'), 'utf8');
  }

  /** A kubeconfig of the administrator. */
  kubeconfig(): string {
    const file = join(this.folder, 'kubeconfig');
    const cluster = {
      server: `https://127.0.0.1:${this.port}`,
      'certificate-authority': join(this.folder, 'apiserver.crt'),
    };
    writeFileSync(
      file,
      dump({
        apiVersion: 'v1',
        kind: 'Config',
        'current-context': 'test',
        clusters: [{ name: 'test', cluster }],
        users: [{ name: 'admin', user: { token: this.token } }],
        contexts: [{ name: 'test', context: { cluster: 'test', user: 'admin' } }],
      }),
    );
    return file;
  }

  /** Server-side apply with strict validation of fields. */
  async apply(manifest: Manifest, options: { dryRun?: boolean } = {}): Promise<Answer> {
    const query = `?fieldManager=test&fieldValidation=Strict&force=true${options.dryRun ? '&dryRun=All' : ''}`;
    return this.send('PATCH', `${await this.path(manifest)}${query}`, {
      body: dump(manifest),
      type: 'application/apply-patch+yaml',
    });
  }

  /** Where an object is. */
  async path(manifest: Manifest): Promise<string> {
    const { path, namespaced } = await this.resource(manifest);
    const scope = namespaced ? `/namespaces/${manifest.metadata.namespace}` : '';
    const [group, resource] = path.split('|');
    return `${group}${scope}/${resource}/${manifest.metadata.name}`;
  }

  /** The objects of a collection. */
  async list(path: string): Promise<Manifest[]> {
    const { status, body } = await this.send('GET', path);
    if (status !== 200) {
      throw new Error(`GET ${path}: ${status} ${body.message}`);
    }
    return body.items;
  }

  /** A token of a ServiceAccount, as a pod gets it. */
  async tokenOf(namespace: string, serviceAccount: string): Promise<string> {
    const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${serviceAccount}/token`;
    const { status, body } = await this.send('POST', path, {
      body: { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { expirationSeconds: 3600 } },
    });
    if (status !== 201) {
      throw new Error(`no token for ${namespace}/${serviceAccount}: ${body.message}`);
    }
    return body.status.token;
  }

  /** What ServiceAccounts have asked so far. */
  audited(): Audited[] {
    const log = join(this.folder, 'audit.log');
    if (!existsSync(log)) {
      return [];
    }
    return readFileSync(log, 'utf8')
      .split('\n')
      .slice(0, -1)
      .map((line) => {
        const { user, verb, annotations = {}, requestURI, objectRef = {} }: Manifest = JSON.parse(line);
        const { apiGroup = '', resource = '', subresource, namespace = '', name } = objectRef;
        return {
          user: user.username,
          verb,
          decision: annotations['authorization.k8s.io/decision'] ?? '',
          uri: requestURI,
          group: apiGroup,
          resource: subresource === undefined ? resource : `${resource}/${subresource}`,
          namespace,
          name,
        };
      });
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

  send(method: string, path: string, { body, token = this.token, type = 'application/json' }: Call = {}): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const call = request(
        {
          host: '127.0.0.1',
          port: this.port,
          path,
          method,
          agent: this.agent,
          ca: this.certificate,
          headers: { authorization: `Bearer ${token}`, 'content-type': type, accept: 'application/json' },
        },
        (response) => {
          let text = '';
          response.on('data', (chunk) => {
            text += chunk;
          });
          response.on('end', () => {
            const isJson = String(response.headers['content-type']).includes('json');
            const warnings = [response.headers.warning ?? []].flat().map(String);
            resolve({ status: response.statusCode ?? 0, body: isJson && text !== '' ? JSON.parse(text) : text, warnings });
          });
        },
      );
      call.on('error', reject);
      call.end(typeof body === 'object' ? JSON.stringify(body) : body);
    });
  }
}
