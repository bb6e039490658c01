import type { Manifest } from './constructs';

const UNITS: Record<string, number> = { Ki: 1 / 1024, Mi: 1, Gi: 1024 };

function mebibytes(quantity: string): number {
  const [, amount, unit] = /^(\d+)(Ki|Mi|Gi)$/.exec(quantity) ?? [];
  return Number(amount) * UNITS[unit];
}

const millis = (quantity: string): number => (quantity.endsWith('m') ? Number(quantity.slice(0, -1)) : Number(quantity) * 1000);

/** What all workloads together request if there is one node: each DaemonSet once, each replica by itself, all containers. */
export function requestsOnOneNode(manifests: readonly Manifest[]) {
  const workloads = manifests.filter(({ kind }) => ['StatefulSet', 'Deployment', 'DaemonSet'].includes(kind));
  const requests = workloads.flatMap(({ spec }) => {
    const { containers, initContainers = [] } = spec.template.spec;
    const pod: Manifest[] = [...containers, ...initContainers].map(({ resources }) => resources.requests);
    return Array.from({ length: spec.replicas ?? 1 }, () => pod).flat();
  });
  const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);
  return {
    workloads: workloads.map(({ kind, metadata }) => `${kind} ${metadata.name}`).sort(),
    memoryMebibytes: sum(requests.map(({ memory }) => mebibytes(memory))),
    cpuMillis: sum(requests.map(({ cpu }) => millis(cpu))),
  };
}
