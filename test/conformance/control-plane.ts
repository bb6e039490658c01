import { type ChildProcess, spawn } from 'node:child_process';
import { join, resolve } from 'node:path';
import type { Manifest } from '../support/constructs';
import { ApiServer, until } from './api-server';
import { findProgram } from './programs';

const STAGES = resolve(__dirname, 'kwok-stages.yaml');

/** The provisioner of the test's storage classes: this file. */
const PROVISIONER = 'volumes.test';

const NEEDED = ['etcd', 'kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'kwok'];

/** Whether the programs of a control plane are on this machine. */
export const canHaveControlPlane = (): boolean => NEEDED.every((name) => findProgram(name) !== undefined);

/** A label or taint as a prerequisite names it: `key=value` or `key=value:effect`. */
function parseTaint(text: string): { key: string; value: string; effect: string } {
  const [, key, value, effect] = /^(.*?)=(.*?):(\w+)$/.exec(text) ?? [];
  return { key, value, effect };
}

/**
 * API server, controller manager and scheduler as they are in a cluster. kwok says of the pods that they run; volumes are
 * provisioned here, for the node that the scheduler chose and usable from every node, as a network disk is.
 */
export class ControlPlane {
  static async start(): Promise<ControlPlane> {
    const program = (name: string) => String(findProgram(name));
    const server = await ApiServer.start(
      { etcd: program('etcd'), apiServer: program('kube-apiserver') },
      { requireServiceAccounts: true },
    );
    const kubeconfig = server.kubeconfig();
    const start = (name: string, ...flags: string[]) =>
      spawn(program(name), [`--kubeconfig=${kubeconfig}`, ...flags], { stdio: 'ignore' });
    const common = ['--secure-port=0', '--leader-elect=false', '--kube-api-qps=200', '--kube-api-burst=200'];
    const accounts = join(server.folder, 'accounts.key');
    const kwok = start('kwok', '--manage-all-nodes=true', `--config=${STAGES}`, '--node-lease-duration-seconds=40');
    const plane = new ControlPlane(server, kwok, [
      start('kube-controller-manager', ...common, `--service-account-private-key-file=${accounts}`),
      start('kube-scheduler', ...common),
      kwok,
    ]);
    await until(
      async () => (await server.send('GET', '/api/v1/namespaces/default/serviceaccounts/default')).status === 200,
      60_000,
      'the controller manager does not work',
    );
    return plane;
  }

  private constructor(
    public readonly server: ApiServer,
    private readonly kwok: ChildProcess,
    private readonly processes: readonly ChildProcess[],
  ) {}

  stop(): void {
    this.resumeKubelets();
    for (const child of this.processes) {
      child.kill('SIGKILL');
    }
    this.server.stop();
  }

  /** New pods stay Pending from now on, so that what depends on their readiness can be looked at. */
  pauseKubelets(): void {
    this.kwok.kill('SIGSTOP');
  }

  resumeKubelets(): void {
    this.kwok.kill('SIGCONT');
  }

  /** A node of 16 CPUs with the labels and taints that prerequisites name. */
  async addNode(name: string, labels: string[], taints: string[]): Promise<void> {
    const named = labels.map((label) => label.split('=', 2));
    const node = {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: {
        name,
        labels: {
          'kubernetes.io/hostname': name,
          'kubernetes.io/os': 'linux',
          'kubernetes.io/arch': 'amd64',
          ...Object.fromEntries(named),
        },
      },
      spec: { taints: taints.map(parseTaint) },
    };
    const room = { cpu: '16', memory: '64Gi', pods: '110' };
    await this.create('/api/v1/nodes', { ...node, status: { capacity: room, allocatable: room } });
    await until(
      async () => {
        const { body } = await this.server.send('GET', `/api/v1/nodes/${name}`);
        const isReady = body.status.conditions?.some(({ type, status }: Manifest) => type === 'Ready' && status === 'True');
        return isReady && !body.spec.taints?.some(({ key }: Manifest) => key === 'node.kubernetes.io/not-ready');
      },
      30_000,
      `node ${name} is not ready`,
    );
  }

  async addStorageClass(name: string, isDefault = false): Promise<void> {
    await this.server.apply({
      apiVersion: 'storage.k8s.io/v1',
      kind: 'StorageClass',
      metadata: { name, annotations: { 'storageclass.kubernetes.io/is-default-class': `${isDefault}` } },
      provisioner: PROVISIONER,
      volumeBindingMode: 'WaitForFirstConsumer',
    });
  }

  /** Makes a volume for each claim that waits for one. */
  async provision(): Promise<void> {
    const classes = await this.server.list('/apis/storage.k8s.io/v1/storageclasses');
    const ours = classes.filter(({ provisioner }) => provisioner === PROVISIONER).map(({ metadata }) => metadata.name);
    const claims = await this.server.list('/api/v1/persistentvolumeclaims');
    const waiting = claims.filter(
      ({ metadata, spec }) =>
        metadata.annotations?.['volume.kubernetes.io/selected-node'] &&
        spec.volumeName === undefined &&
        ours.includes(spec.storageClassName),
    );
    for (const { metadata, spec } of waiting) {
      const name = `pvc-${metadata.uid}`;
      await this.server.apply({
        apiVersion: 'v1',
        kind: 'PersistentVolume',
        metadata: { name, annotations: { 'pv.kubernetes.io/provisioned-by': PROVISIONER } },
        spec: {
          capacity: { storage: spec.resources.requests.storage },
          accessModes: spec.accessModes,
          storageClassName: spec.storageClassName,
          hostPath: { path: `/${name}` },
          claimRef: {
            apiVersion: 'v1',
            kind: 'PersistentVolumeClaim',
            name: metadata.name,
            namespace: metadata.namespace,
            uid: metadata.uid,
          },
        },
      });
    }
  }

  async create(path: string, body: Manifest): Promise<void> {
    const answer = await this.server.send('POST', path, { body });
    if (answer.status !== 201 && answer.status !== 409) {
      throw new Error(`POST ${path}: ${answer.status} ${answer.body.message}`);
    }
  }

  /** The pods of a namespace, or all, that are not on their way out. */
  async pods(namespace?: string): Promise<Manifest[]> {
    const scope = namespace === undefined ? '' : `/namespaces/${namespace}`;
    const pods = await this.server.list(`/api/v1${scope}/pods`);
    return pods.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  }

  /** What `kubectl drain` asks for one pod. The status is 201, or 429 if a budget does not allow it. */
  async evict({ metadata }: Manifest): Promise<number> {
    const { status } = await this.server.send('POST', `/api/v1/namespaces/${metadata.namespace}/pods/${metadata.name}/eviction`, {
      body: { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: metadata.name, namespace: metadata.namespace } },
    });
    return status;
  }

  async cordon(node: string, unschedulable: boolean): Promise<void> {
    await this.server.send('PATCH', `/api/v1/nodes/${node}`, {
      body: { spec: { unschedulable } },
      type: 'application/merge-patch+json',
    });
  }
}
