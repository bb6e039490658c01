import type { Manifest } from '../support/constructs';
import { until } from './api-server';
import type { ControlPlane } from './control-plane';
import { type Prerequisite, type Prerequisites, workloadsOf } from './examples';
import { contains, title } from './references';
import { applyAll, makeForeignNamespaces } from './stack-on-server';

const names = (prerequisites: Prerequisites, heading: string) => (prerequisites[heading] ?? []).map(({ name }) => name);

/** Nodes of a test: two that the prerequisites prepare, two for applications. */
export interface Nodes {
  readonly dedicated: string[];
  readonly others: string[];
}

/** Makes what the prerequisites ask for and no more, so that a prerequisite that is not told shows. */
export async function prepare(plane: ControlPlane, prerequisites: Prerequisites): Promise<Nodes> {
  const labels = names(prerequisites, 'Labels of the dedicated nodes');
  const taints = names(prerequisites, 'Taints of the dedicated nodes');
  const nodes = { dedicated: ['dedicated-1', 'dedicated-2'], others: ['application-1', 'application-2'] };
  await Promise.all([
    ...nodes.dedicated.map((name) => plane.addNode(name, labels, taints)),
    ...nodes.others.map((name) => plane.addNode(name, [], [])),
    ...names(prerequisites, 'Storage classes').map((name) => plane.addStorageClass(name)),
    ...names(prerequisites, 'Default storage class').map((name) => plane.addStorageClass(name, true)),
    ...names(prerequisites, 'Namespaces').map((name) => plane.create('/api/v1/namespaces', { metadata: { name } })),
    ...(prerequisites['Persistent volumes'] ?? []).map((volume) =>
      plane.create('/api/v1/persistentvolumes', existingVolume(volume, names(prerequisites, 'Storage classes')[0])),
    ),
    ...names(prerequisites, 'Priority classes').map((name) =>
      plane.create('/apis/scheduling.k8s.io/v1/priorityclasses', { metadata: { name }, value: 1000 }),
    ),
  ]);
  return nodes;
}

/** A volume that somebody kept for a claim, of any size, on every node. */
const existingVolume = ({ name, keys: [claim] }: Prerequisite, storageClassName: string): Manifest => ({
  metadata: { name },
  spec: {
    claimRef: { apiVersion: 'v1', kind: 'PersistentVolumeClaim', namespace: claim.split('/')[0], name: claim.split('/')[1] },
    accessModes: ['ReadWriteOnce'],
    capacity: { storage: '1Ti' },
    storageClassName,
    hostPath: { path: `/volumes/${name}` },
  },
});

/** What a workload still lacks, in words. */
function lacking({ kind, metadata, spec, status = {} }: Manifest, nodes: number): string[] {
  const [wanted, ...counts] =
    kind === 'DaemonSet'
      ? [nodes, status.desiredNumberScheduled, status.updatedNumberScheduled, status.numberReady]
      : [spec.replicas ?? 1, status.replicas, status.updatedReplicas, status.readyReplicas];
  const isSeen = status.observedGeneration === metadata.generation;
  const isComplete = counts.every((count) => (count ?? 0) === wanted);
  return isSeen && isComplete ? [] : [`${title({ kind, metadata })}: ${counts.at(-1) ?? 0} of ${wanted} pods are ready`];
}

async function lackingOf(plane: ControlPlane, workloads: Manifest[], nodes: number): Promise<string[]> {
  const answers = await Promise.all(
    workloads.map(async (workload) => {
      const { status, body } = await plane.server.send('GET', await plane.server.path(workload));
      return status === 200 ? lacking(body, nodes) : [`${title(workload)} is not there`];
    }),
  );
  return answers.flat();
}

/** The scheduler's reasons for pods that it finds no node for. */
const unschedulable = async (plane: ControlPlane): Promise<string[]> =>
  (await plane.pods()).flatMap(({ metadata, status }) =>
    (status.conditions ?? [])
      .filter(({ type, status: holds }: Manifest) => type === 'PodScheduled' && holds === 'False')
      .map(({ message }: Manifest) => `pod ${metadata.name}: ${message}`),
  );

/**
 * Waits until every pod of the manifests is ready; what is not by then is a problem, with the scheduler's own reason.
 * @param patience how many milliseconds nothing may move
 */
export async function settle(plane: ControlPlane, manifests: Manifest[], patience = 30_000): Promise<string[]> {
  const workloads = workloadsOf(manifests);
  const nodes = (await plane.server.list('/api/v1/nodes')).length;
  let problems: string[] = [];
  let state = '';
  let moved = Date.now();
  const isOver = async () => {
    await plane.provision();
    const reasons = await unschedulable(plane);
    problems = [...(await lackingOf(plane, workloads, nodes)), ...reasons];
    if (problems.join('\n') !== state) {
      state = problems.join('\n');
      moved = Date.now();
    }
    return problems.length === 0 || Date.now() - moved > patience;
  };
  await until(isOver, 30_000, 'not settled').catch(() => undefined);
  return problems;
}

/** Applies the manifests and waits for their pods, as `settle` does. */
export async function deploy(plane: ControlPlane, manifests: Manifest[], patience?: number): Promise<string[]> {
  await makeForeignNamespaces(plane.server, manifests);
  const refused = await applyAll(plane.server, manifests);
  return refused.length > 0 ? refused : settle(plane, manifests, patience);
}

const ownerOf = ({ metadata }: Manifest): string => metadata.ownerReferences?.[0]?.kind ?? '';

/** Pods on nodes where they must not be, and nodes without an agent. */
export function misplaced(pods: Manifest[], manifests: Manifest[], nodes: Nodes, isDedicated: boolean): string[] {
  const all = [...nodes.dedicated, ...nodes.others];
  const strays = pods
    .filter((pod) => ownerOf(pod) !== 'DaemonSet')
    .filter(({ spec }) => !(isDedicated ? nodes.dedicated : all).includes(spec.nodeName))
    .map(({ metadata, spec }) => `pod ${metadata.name} is on ${spec.nodeName ?? 'no node'}`);
  const agents = manifests
    .filter(({ kind }) => kind === 'DaemonSet')
    .flatMap((daemonSet) =>
      all
        .filter(
          (node) =>
            pods.filter(
              ({ metadata, spec }) => spec.nodeName === node && metadata.ownerReferences?.[0]?.name === daemonSet.metadata.name,
            ).length !== 1,
        )
        .map((node) => `${title(daemonSet)} has not exactly one pod on ${node}`),
    );
  return [...strays, ...agents];
}

/** Claims that the manifests ask for, and that no volume is bound to. */
export async function unboundClaims(plane: ControlPlane, manifests: Manifest[]): Promise<string[]> {
  const fromTemplates = workloadsOf(manifests).flatMap(({ metadata, spec }) =>
    ((spec.volumeClaimTemplates ?? []) as Manifest[]).flatMap((template) =>
      Array.from({ length: spec.replicas ?? 1 }, (_, ordinal) => ({
        namespace: metadata.namespace,
        name: `${template.metadata.name}-${metadata.name}-${ordinal}`,
      })),
    ),
  );
  const alone = manifests.filter(({ kind }) => kind === 'PersistentVolumeClaim').map(({ metadata }) => metadata);
  const claims = await plane.server.list('/api/v1/persistentvolumeclaims');
  const bound = claims.filter(({ status }) => status.phase === 'Bound').map(({ metadata }) => metadata);
  return [...fromTemplates, ...alone]
    .filter((claim) => !bound.some(({ namespace, name }) => namespace === claim.namespace && name === claim.name))
    .map(({ namespace, name }) => `${namespace}/${name}`);
}

/**
 * Workloads of several pods have one budget that lets some, but not all, be evicted; a budget of a single pod would block
 * every drain. What the disruption controller says is what counts.
 */
export async function budgetProblems(plane: ControlPlane, manifests: Manifest[]): Promise<string[]> {
  const budgets = manifests.filter(({ kind }) => kind === 'PodDisruptionBudget');
  const problems: string[] = [];
  for (const workload of workloadsOf(manifests).filter(({ kind }) => kind !== 'DaemonSet')) {
    const replicas = workload.spec.replicas ?? 1;
    const own = budgets.filter(
      ({ metadata, spec }) =>
        metadata.namespace === workload.metadata.namespace &&
        contains(workload.spec.template.metadata.labels, spec.selector.matchLabels),
    );
    if (own.length !== (replicas > 1 ? 1 : 0)) {
      problems.push(`${title(workload)} of ${replicas} pods has ${own.length} budgets`);
    }
  }
  for (const budget of budgets) {
    const path = await plane.server.path(budget);
    let status: Manifest = {};
    const isWorkedOut = async () => {
      const { body } = await plane.server.send('GET', path);
      status = body.status ?? {};
      const { observedGeneration, expectedPods, currentHealthy } = status;
      return observedGeneration === body.metadata.generation && expectedPods > 0 && currentHealthy === expectedPods;
    };
    await until(isWorkedOut, 10_000, 'no budget').catch(() => undefined);
    const { disruptionsAllowed = 0, expectedPods = 0 } = status;
    if (disruptionsAllowed < 1 || disruptionsAllowed >= expectedPods) {
      problems.push(`${title(budget)} allows ${disruptionsAllowed} of ${expectedPods} pods to be evicted`);
    }
  }
  return problems;
}

/** Evicts every pod of a node but those of DaemonSets, as `kubectl drain` does, and waits until they are gone. */
export async function drain(plane: ControlPlane, node: string): Promise<void> {
  const remaining = async () =>
    (await plane.server.list(`/api/v1/pods?fieldSelector=spec.nodeName%3D${node}`)).filter((pod) => ownerOf(pod) !== 'DaemonSet');
  await plane.cordon(node, true);
  await until(
    async () => {
      const pods = await remaining();
      for (const pod of pods.filter(({ metadata }) => metadata.deletionTimestamp === undefined)) {
        await plane.evict(pod);
      }
      return pods.length === 0;
    },
    30_000,
    async () => `pods ${(await remaining()).map(({ metadata }) => metadata.name).join(', ')} stay on ${node}`,
  );
}

/** Removes what runs, so that another stack finds empty nodes, and what would select its pods too. */
export async function remove(plane: ControlPlane, manifests: Manifest[]): Promise<void> {
  const others = manifests.filter(({ kind }) => ['Job', 'PodDisruptionBudget'].includes(kind));
  for (const object of [...workloadsOf(manifests), ...others]) {
    await plane.server.send('DELETE', `${await plane.server.path(object)}?propagationPolicy=Background`);
  }
  await until(async () => (await plane.server.list('/api/v1/pods')).length === 0, 30_000, 'pods stay');
  for (const { metadata } of await plane.server.list('/api/v1/nodes')) {
    await plane.server.send('DELETE', `/api/v1/nodes/${metadata.name}`);
  }
}
