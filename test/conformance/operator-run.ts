import { type ChildProcess, spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { loadAll } from 'js-yaml';
import type { Manifest } from '../support/constructs';
import { freePort, until } from './api-server';
import { type Outcome, PROGRAMS, run } from './container-root';
import { ControlPlane, canHaveControlPlane } from './control-plane';
import type { Prerequisites } from './examples';
import { deploy, prepare } from './placement';
import { findProgram } from './programs';

const NEEDED = ['prometheus-operator', 'prometheus-config-reloader', 'prometheus', 'promtool', 'amtool'];

/** Whether the programs are on this machine. */
export const canHaveOperator = (): boolean => canHaveControlPlane() && NEEDED.every((name) => findProgram(name) !== undefined);

/**
 * The arguments of the Deployment that the operator's release documents, but for those of its Endpoints of kubelets: the stack finds
 * kubelets by nodes. Source: prometheus-operator, bundle.yaml, v0.93.0.
 */
const OPERATOR_ARGUMENTS = [
  '--prometheus-config-reloader=quay.io/prometheus-operator/prometheus-config-reloader:v0.93.0',
  '--watch-referenced-objects-in-all-namespaces=true',
  '--disable-unmanaged-prometheus-configuration=true',
];

/** The definitions that the operator brings along. */
export async function operatorDefinitions(): Promise<Manifest[]> {
  const { output } = await run(String(findProgram('prometheus-operator')), ['full-crds'], {});
  return (loadAll(output) as Manifest[]).filter((definition) => definition !== null && definition !== undefined);
}

/** What stands in the Secrets that must exist. It is no credential: nothing accepts it. */
export const CREDENTIAL = 'https://chat.example.com/hook';

const ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';

/** A cluster in which the operator runs with the stack of manifests. */
export class OperatedStack {
  static async start(manifests: Manifest[], prerequisites: Prerequisites): Promise<OperatedStack> {
    const plane = await ControlPlane.start();
    const folder = mkdtempSync(join(tmpdir(), 'operated-'));
    const port = await freePort();
    const stack = new OperatedStack(plane, folder, port);
    try {
      await stack.deploy(manifests, prerequisites);
    } catch (error) {
      stack.stop();
      throw error;
    }
    return stack;
  }

  private readonly processes: ChildProcess[] = [];

  private constructor(
    public readonly plane: ControlPlane,
    private readonly folder: string,
    private readonly port: number,
  ) {}

  stop(): void {
    for (const child of this.processes) {
      child.kill('SIGKILL');
    }
    this.plane.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private async deploy(manifests: Manifest[], prerequisites: Prerequisites): Promise<void> {
    const { server } = this.plane;
    for (const definition of await operatorDefinitions()) {
      await server.apply(definition);
      await server.served(`${definition.spec.group}/${definition.spec.versions[0].name}`, definition.spec.names.kind);
    }
    await prepare(this.plane, prerequisites);
    const problems = await deploy(this.plane, manifests);
    if (problems.length > 0) {
      throw new Error(problems.join('\n'));
    }
    for (const { namespace, name, keys } of prerequisites.Secrets ?? []) {
      const stringData = Object.fromEntries(keys.map((key) => [key, CREDENTIAL]));
      await server.apply({ apiVersion: 'v1', kind: 'Secret', metadata: { namespace, name }, stringData });
    }
    const log = openSync(join(this.folder, 'operator.log'), 'w');
    const listen = [`--web.listen-address=127.0.0.1:${this.port}`, '--web.enable-tls=false'];
    this.processes.push(
      spawn(String(findProgram('prometheus-operator')), [...OPERATOR_ARGUMENTS, ...listen], {
        env: { PATH: process.env.PATH, KUBECONFIG: server.kubeconfig() },
        stdio: ['ignore', log, log],
      }),
    );
  }

  /** Errors of the operator's log, and objects that it leaves out. */
  complaints(): string[] {
    return readFileSync(join(this.folder, 'operator.log'), 'utf8')
      .split('\n')
      .filter((line) => /level=error|skipping object/.test(line));
  }

  /** A metric of the operator, by its labels. */
  async metric(name: string): Promise<{ readonly [labels: string]: number }> {
    const text = await (await fetch(`http://127.0.0.1:${this.port}/metrics`)).text();
    const samples = text.split('\n').filter((line) => line.startsWith(`${name}{`));
    return Object.fromEntries(
      samples.map((line): [string, number] => [line.slice(name.length, line.lastIndexOf(' ')), Number(line.split(' ').at(-1))]),
    );
  }

  /** Waits until the operator says of an object that its pods are there; its conditions by type. */
  async conditions(object: Manifest): Promise<{ readonly [type: string]: string }> {
    const path = await this.plane.server.path(object);
    let conditions: { [type: string]: string } = {};
    await until(
      async () => {
        await this.plane.provision();
        const { body } = await this.plane.server.send('GET', path);
        conditions = Object.fromEntries(
          (body.status?.conditions ?? []).map(({ type, status, reason, message }: Manifest) => [
            type,
            [status, reason, message].filter((text) => text).join(' '),
          ]),
        );
        return ['Available', 'Reconciled'].every((type) => conditions[type] === 'True');
      },
      30_000,
      async () => `${object.kind} is ${JSON.stringify(conditions)}`,
    );
    return conditions;
  }

  async get(path: string): Promise<Manifest> {
    const { status, body } = await this.plane.server.send('GET', path);
    if (status !== 200) {
      throw new Error(`GET ${path}: ${status} ${body.message}`);
    }
    return body;
  }

  /**
   * The files that a container of a pod made by the operator sees, in a folder of its own; what Secrets hold is as they hold it.
   * The init container, a real config reloader, has unpacked and filled in what it must.
   */
  async root(statefulSet: Manifest, containerName: string): Promise<string> {
    const { namespace } = statefulSet.metadata;
    const { containers, initContainers, volumes, serviceAccountName } = statefulSet.spec.template.spec;
    const root = join(this.folder, statefulSet.metadata.name);
    const file = (path: string, content: string | Buffer) => {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), content);
    };
    const mount = async ({ name, mountPath, subPath }: Manifest) => {
      // One file of the volume stands at the path itself.
      const at = (key: string) => (subPath === undefined ? join(mountPath, key) : key === subPath ? mountPath : `/unused/${key}`);
      const { configMap, secret, projected } = volumes.find((volume: Manifest) => volume.name === name) ?? {};
      if (subPath === undefined) {
        mkdirSync(join(root, mountPath), { recursive: true });
      }
      for (const source of [{ configMap, secret }, ...(projected?.sources ?? [])]) {
        const secretName = source.secret?.secretName ?? source.secret?.name;
        if (secretName !== undefined) {
          const { data = {} } = await this.get(`/api/v1/namespaces/${namespace}/secrets/${secretName}`);
          for (const [key, value] of Object.entries<string>(data)) {
            file(at(key), Buffer.from(value, 'base64'));
          }
        }
        if (source.configMap !== undefined) {
          const { name: configMapName, optional = false } = source.configMap;
          const path = `/api/v1/namespaces/${namespace}/configmaps/${configMapName}`;
          const { status, body } = await this.plane.server.send('GET', path);
          const { data = {} } = status === 404 && optional ? {} : body;
          for (const [key, value] of Object.entries<string>(data)) {
            file(at(key), value);
          }
        }
      }
    };
    const [reloader] = initContainers;
    const container = containers.find(({ name }: Manifest) => name === containerName);
    for (const volumeMount of [...container.volumeMounts, ...reloader.volumeMounts]) {
      await mount(volumeMount);
    }
    file(`${ACCOUNT}/ca.crt`, this.plane.server.certificate);
    file(`${ACCOUNT}/token`, await this.plane.server.tokenOf(namespace, serviceAccountName));
    file(`${ACCOUNT}/namespace`, namespace);
    cpSync('/usr/share/zoneinfo', join(root, 'usr/share/zoneinfo'), { recursive: true, verbatimSymlinks: true });
    mkdirSync(join(root, 'tmp'), { recursive: true });
    mkdirSync(join(root, PROGRAMS), { recursive: true });
    const { code, output } = await this.in(root, 'prometheus-config-reloader', reloader.args, { SHARD: '0', POD_NAME: 'pod-0' });
    if (code !== 0) {
      throw new Error(`the config reloader ends with ${code}: ${output}`);
    }
    return root;
  }

  /** Runs a program where the files of a container are. */
  in(root: string, program: string, args: string[], environment: Record<string, string> = {}): Promise<Outcome> {
    const inside = join(PROGRAMS, program);
    cpSync(String(findProgram(program)), join(root, inside));
    const isolation = ['--fork', '--kill-child', '--pid', '--mount', '--net', '--map-root-user'];
    return run('unshare', [...isolation, 'chroot', root, inside, ...args], environment);
  }

  /** Starts the Prometheus of a container's files, which asks the API server with the token of its ServiceAccount; its address. */
  async startPrometheus(root: string, args: string[]): Promise<string> {
    const port = await freePort();
    const inside = join(PROGRAMS, 'prometheus');
    cpSync(String(findProgram('prometheus')), join(root, inside));
    const log = openSync(join(this.folder, 'prometheus.log'), 'w');
    const listen = args.filter((argument) => !argument.startsWith('--web.listen-address'));
    const isolation = ['--fork', '--kill-child', '--pid', '--mount', '--map-root-user'];
    this.processes.push(
      spawn('unshare', [...isolation, 'chroot', root, inside, ...listen, `--web.listen-address=127.0.0.1:${port}`], {
        env: {
          PATH: process.env.PATH,
          KUBERNETES_SERVICE_HOST: '127.0.0.1',
          KUBERNETES_SERVICE_PORT: String(this.plane.server.port),
        },
        stdio: ['ignore', log, log],
      }),
    );
    const address = `http://127.0.0.1:${port}`;
    await until(
      async () => (await fetch(`${address}/-/ready`)).ok,
      30_000,
      async () => `Prometheus is not ready: ${readFileSync(join(this.folder, 'prometheus.log'), 'utf8')}`,
    );
    return address;
  }

  /**
   * Gives addresses, as the kubelet and the network do: Prometheus finds neither pods nor nodes without. They are those of multicast,
   * to which no TCP connection leaves the machine; EndpointSlices take none of loopback.
   */
  async giveAddresses(): Promise<void> {
    const { server } = this.plane;
    const nodes = (await server.list('/api/v1/nodes')).map(({ metadata }, index) => {
      const address = `239.1.0.${index + 1}`;
      return { path: `/api/v1/nodes/${metadata.name}`, status: { addresses: [{ type: 'InternalIP', address }] } };
    });
    const pods = (await this.plane.pods()).map(({ metadata }, index) => {
      const podIP = `239.2.0.${index + 1}`;
      return {
        path: `/api/v1/namespaces/${metadata.namespace}/pods/${metadata.name}`,
        status: { podIP, podIPs: [{ ip: podIP }] },
      };
    });
    await Promise.all(
      [...nodes, ...pods].map(({ path, status }) =>
        server.send('PATCH', `${path}/status`, { body: { status }, type: 'application/merge-patch+json' }),
      ),
    );
  }
}
