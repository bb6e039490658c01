import { Size } from 'cdk8s';
import type { k8s } from 'cdk8s-plus-28';
import type { Cluster } from '../settings/cluster';
import type { ExistingVolume } from '../settings/existing-volume';
import type { VolumeOptions } from '../settings/volume-options';
import type { Component } from './component';
import { quantity } from './container';
import { quantityOf } from './kubernetes-api';

/** A volume claim of a StatefulSet. */
export interface Claim {
  readonly name: string;
  readonly size: Size;
  readonly storageClassName?: string;
  /** What it binds to. @default - a new volume of the class */
  readonly existingVolume?: ExistingVolume;
}

/** What a user says about the volume of a claim. */
export const claimOptions = ({ storageClassName, existingVolume }: VolumeOptions) => ({ storageClassName, existingVolume });

/** A size that a component chose itself, rounded up to what the cluster offers. */
export function offeredSize(cluster: Cluster, size: Size): Size {
  const step = cluster.volumeStep?.toMebibytes() ?? 0;
  return step === 0 ? size : Size.mebibytes(Math.ceil(size.toMebibytes() / step) * step);
}

/** What is wrong with a size that the user chose. */
export function volumeProblems(cluster: Cluster, property: string, size: Size | undefined): string[] {
  if (size === undefined) {
    return [];
  }
  const step = cluster.volumeStep;
  const mebibytes = size.toMebibytes({ rounding: 1 });
  if (mebibytes <= 0) {
    return [`${property} is ${quantity(size)}; allowed is more than zero: give the volume a size`];
  }
  return step && mebibytes % step.toMebibytes() !== 0
    ? [
        `${property} is ${quantity(size)}; allowed are multiples of ${quantity(step)} on this cluster: use ${quantity(offeredSize(cluster, size))}`,
      ]
    : [];
}

/** The claim as Kubernetes' own type. */
export function claimObject(component: Component, claim: Claim): k8s.KubePersistentVolumeClaimProps {
  const { _name: volumeName, _labels: matchLabels } = claim.existingVolume ?? {};
  return {
    metadata: { name: claim.name },
    spec: {
      accessModes: ['ReadWriteOnce'],
      storageClassName: claim.storageClassName ?? component._context.cluster.storageClassName,
      volumeName,
      ...(matchLabels && { selector: { matchLabels } }),
      resources: { requests: { storage: quantityOf(quantity(claim.size)) } },
    },
  };
}

/** Says what must exist for a claim, and what is wrong with it. */
export function requireForClaim(component: Component, claim: Claim, replicas: number): void {
  const { storageClassName = component._context.cluster.storageClassName, existingVolume } = claim;
  // An empty name asks for volumes that belong to no class.
  if (storageClassName !== undefined && storageClassName !== '') {
    component._require({ kind: 'StorageClass', name: storageClassName });
  } else if (storageClassName === undefined && !existingVolume) {
    component._require({ kind: 'DefaultStorageClass', name: 'any' });
  }
  if (existingVolume) {
    const { _name: name, _labels: labels = {} } = existingVolume;
    const selector = Object.entries(labels).map(([key, value]) => `${key}=${value}`);
    const claims = Array.from({ length: replicas }, (_, index) => `${claim.name}-${component._identity.name}-${index}`);
    component._require({
      kind: 'PersistentVolume',
      name: name ?? selector.join(','),
      keys: claims.map((claimName) => `${component._identity.namespace}/${claimName}`),
    });
    component._check(() => existingVolume._problems(replicas));
  }
}
