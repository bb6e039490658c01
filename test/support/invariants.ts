import { expect } from 'vitest';
import type { Manifest } from './constructs';

const WORKLOADS = ['StatefulSet', 'Deployment', 'DaemonSet'];

const contains = (labels: Record<string, string>, selector: Record<string, string>) =>
  Object.entries(selector).every(([key, value]) => labels[key] === value);

/**
 * What holds for the manifests of any stack.
 * @param foreign names of ConfigMaps that others own
 */
export function expectInvariants(manifests: Manifest[], foreign: readonly string[] = []): void {
  const names = manifests.map(({ kind, metadata }) => [kind, metadata.namespace ?? '', metadata.name].join(' '));
  expect(new Set(names).size).toBe(names.length);
  const workloads = manifests.filter(({ kind }) => WORKLOADS.includes(kind));
  for (const workload of workloads) {
    expectPod(workload, manifests, foreign);
  }
  for (const service of manifests.filter(({ kind }) => kind === 'Service')) {
    expectService(service, workloads, manifests);
  }
  for (const manifest of manifests) {
    expectNames(manifest);
  }
}

function expectPod(workload: Manifest, manifests: Manifest[], foreign: readonly string[]): void {
  const { template, selector } = workload.spec;
  const name = `${workload.kind} ${workload.metadata.name}`;
  expect(contains(template.metadata.labels, selector.matchLabels), `${name}: selector`).toBe(true);
  expect(template.spec.nodeSelector['kubernetes.io/os'], name).toBe('linux');
  expect(template.spec.securityContext.seccompProfile, name).toEqual({ type: 'RuntimeDefault' });
  const inNamespace = (kind: string, wanted: string) =>
    manifests.some(
      (manifest) =>
        manifest.kind === kind &&
        manifest.metadata.name === wanted &&
        manifest.metadata.namespace === workload.metadata.namespace,
    );
  expect(inNamespace('ServiceAccount', template.spec.serviceAccountName), `${name}: service account`).toBe(true);
  for (const container of template.spec.containers) {
    const where = `${name}/${container.name}`;
    expect(container.resources.requests, where).toMatchObject({ cpu: expect.any(String), memory: expect.any(String) });
    expect(container.resources.limits.memory, where).toEqual(expect.any(String));
    expect(container.securityContext, where).toMatchObject({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
      runAsNonRoot: container.securityContext.runAsUser !== 0,
    });
    if (container.securityContext.runAsUser === 0) {
      expect(workload.kind, `${where} runs as root`).toBe('DaemonSet');
    }
    for (const port of container.ports ?? []) {
      expect(port.name.length, where).toBeLessThanOrEqual(15);
    }
    const volumes = [
      ...(template.spec.volumes ?? []),
      ...(workload.spec.volumeClaimTemplates ?? []).map(({ metadata }: Manifest) => metadata),
    ];
    for (const mount of container.volumeMounts ?? []) {
      expect(
        volumes.map((volume: Manifest) => volume.name),
        where,
      ).toContain(mount.name);
    }
  }
  for (const volume of template.spec.volumes ?? []) {
    if (volume.configMap && volume.configMap.optional !== true && !foreign.includes(volume.configMap.name)) {
      expect(inNamespace('ConfigMap', volume.configMap.name), `${name}: ConfigMap ${volume.configMap.name}`).toBe(true);
    }
  }
}

function expectService(service: Manifest, workloads: Manifest[], manifests: Manifest[]): void {
  const behind = workloads.filter(
    ({ metadata, spec }) =>
      metadata.namespace === service.metadata.namespace && contains(spec.template.metadata.labels, service.spec.selector),
  );
  // An operator makes the pods of these, with its own names of ports.
  const operated = manifests.some(
    ({ metadata, spec }) =>
      spec?.podMetadata &&
      metadata.namespace === service.metadata.namespace &&
      contains(spec.podMetadata.labels, service.spec.selector),
  );
  if (operated) {
    expect(behind, `Service ${service.metadata.name}`).toEqual([]);
    return;
  }
  expect(behind, `Service ${service.metadata.name} leads to one workload`).toHaveLength(1);
  const ports = behind[0].spec.template.spec.containers
    .flatMap(({ ports: own }: Manifest) => own ?? [])
    .map(({ name }: Manifest) => name);
  for (const port of service.spec.ports) {
    expect(ports, `Service ${service.metadata.name}`).toContain(port.targetPort);
  }
}

function expectNames({ kind, metadata }: Manifest): void {
  expect(metadata.name.length, `${kind} ${metadata.name}`).toBeLessThanOrEqual(63);
  const clusterScoped = ['Namespace', 'ClusterRole', 'ClusterRoleBinding', 'APIService'].includes(kind);
  expect(metadata.namespace === undefined, `${kind} ${metadata.name} has ${metadata.namespace}`).toBe(clusterScoped);
}
