import type { Manifest } from '../support/constructs';
import { contains } from './references';

/** One end of a connection: a pod of the stack, or something that only has a namespace, labels or an address. */
export interface End {
  readonly namespace?: string;
  readonly labels?: Record<string, string>;
  /** Outside the cluster, or the node itself. */
  readonly isOutside?: boolean;
}

const isPeer = (peer: Manifest, home: string, { namespace, labels = {}, isOutside = false }: End): boolean => {
  if (peer.ipBlock) {
    return isOutside;
  }
  if (isOutside || namespace === undefined) {
    return false;
  }
  const named = { 'kubernetes.io/metadata.name': namespace };
  const isThere = peer.namespaceSelector ? contains(named, peer.namespaceSelector.matchLabels ?? {}) : namespace === home;
  return isThere && contains(labels, peer.podSelector?.matchLabels ?? {});
};

const isPort = ({ protocol = 'TCP', port, endPort }: Manifest, number: number, wanted: string): boolean =>
  protocol === wanted && (port === undefined || (port <= number && number <= (endPort ?? port)));

/** Whether the policies that select one end let it talk to the other; a pod without a policy talks to everybody. */
export function allows(
  manifests: Manifest[],
  direction: 'Egress' | 'Ingress',
  own: End,
  other: End,
  port: number,
  protocol = 'TCP',
): boolean {
  const policies = manifests.filter(
    ({ kind, metadata, spec }) =>
      kind === 'NetworkPolicy' &&
      metadata.namespace === own.namespace &&
      spec.policyTypes.includes(direction) &&
      contains(own.labels ?? {}, spec.podSelector.matchLabels ?? {}),
  );
  const rules: Manifest[] = policies.flatMap(({ spec }) => spec[direction.toLowerCase()] ?? []);
  const peers = (rule: Manifest): Manifest[] | undefined => (direction === 'Egress' ? rule.to : rule.from);
  return (
    policies.length === 0 ||
    rules.some(
      (rule) =>
        (peers(rule)?.some((peer) => isPeer(peer, own.namespace ?? '', other)) ?? true) &&
        (rule.ports?.some((entry: Manifest) => isPort(entry, port, protocol)) ?? true),
    )
  );
}
