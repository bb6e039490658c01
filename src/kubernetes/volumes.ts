import { Size } from 'cdk8s';
import type { k8s } from 'cdk8s-plus-28';
import type { Cluster } from '../settings/cluster';
import type { Component } from './component';
import { quantity } from './container';
import { quantityOf } from './kubernetes-api';

/** A volume claim of a StatefulSet. */
export interface Claim {
  readonly name: string;
  readonly size: Size;
  readonly storageClassName?: string;
}

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
  return {
    metadata: { name: claim.name },
    spec: {
      accessModes: ['ReadWriteOnce'],
      storageClassName: claim.storageClassName ?? component._context.cluster.storageClassName,
      resources: { requests: { storage: quantityOf(quantity(claim.size)) } },
    },
  };
}
