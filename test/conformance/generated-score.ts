import { execFileSync } from 'node:child_process';
import type { Manifest } from '../support/constructs';
import { findProgram } from './programs';
import { contains } from './references';

/** A check of kube-score that is not heeded. */
interface Exception {
  readonly check: string;
  /** Workloads it is about, by name without the stack's prefix. @default - all */
  readonly workloads?: RegExp;
  /** @default - always */
  readonly when?: (manifests: Manifest[], name: string) => boolean;
  readonly reason: string;
}

/** Whether every Service and NetworkPolicy of that name selects pods that the Prometheus Operator makes. */
const selectsOperated = (manifests: Manifest[], name: string): boolean =>
  manifests
    .filter(({ kind, metadata }) => ['Service', 'NetworkPolicy'].includes(kind) && metadata.name === name)
    .every(({ metadata, spec }) =>
      manifests.some(
        (owner) =>
          ['Prometheus', 'Alertmanager'].includes(owner.kind) &&
          owner.metadata.namespace === metadata.namespace &&
          contains(owner.spec.podMetadata.labels, spec.podSelector?.matchLabels ?? spec.selector),
      ),
    );

const hasPolicies = (manifests: Manifest[]) => manifests.some(({ kind }) => kind === 'NetworkPolicy');

/** Every check that is not heeded, each with the reason. */
export const EXCEPTIONS: readonly Exception[] = [
  {
    check: 'container-image-pull-policy',
    reason: 'tags of the image table are released versions; pulling them again at each start needs the registry to be there',
  },
  {
    check: 'container-ephemeral-storage-request-and-limit',
    reason: 'components write to their claims; what else they write is logs, which the kubelet rotates',
  },
  {
    check: 'container-security-context-user-group-id',
    reason: 'kube-score wants 10000 and more; users are those that the images are made for',
  },
  {
    check: 'pod-probes-identical',
    workloads: /^(grafana|jaeger|memcached-.+|loki-gateway|node-exporter|pushgateway)$/,
    reason: 'these programs have one path, or one port, that says whether they work',
  },
  {
    check: 'statefulset-has-servicename',
    workloads: /^(grafana|jaeger|pushgateway)$/,
    reason: 'one replica that nobody asks by the name of its pod; the Service has an address and needs no headless twin',
  },
  {
    check: 'pod-networkpolicy',
    when: (manifests) => !hasPolicies(manifests),
    reason: 'the stack was told to make none (`networkPolicies: false`)',
  },
  {
    check: 'pod-networkpolicy',
    workloads: /^node-exporter$/,
    reason: 'it lives in the network of its node, which policies do not reach',
  },
  ...['service-targets-pod', 'networkpolicy-targets-pod'].map((check) => ({
    check,
    when: selectsOperated,
    reason: 'the operator makes these pods, with the labels of `podMetadata`; `operator.test.ts` sees them',
  })),
];

interface Score {
  readonly object_meta: { readonly name: string };
  readonly checks: readonly {
    readonly check: { readonly id: string };
    readonly skipped: boolean;
    readonly grade: number;
    readonly comments: readonly { readonly summary: string; readonly path: string }[] | null;
  }[];
}

const CRITICAL = 1;

/** What kube-score calls critical about a stack, but for the exceptions. `used` collects the exceptions that were needed. */
export function criticals(manifests: Manifest[], file: string, prefix: string, used: Set<Exception>): string[] {
  // CPU limits throttle without need; requests and memory limits are set everywhere.
  const flags = ['score', '--output-format=json', '--kubernetes-version=v1.34', '--ignore-container-cpu-limit', file];
  let output: string;
  try {
    output = execFileSync(String(findProgram('kube-score')), flags, { encoding: 'utf8', maxBuffer: 1 << 26 });
  } catch (error) {
    // It ends with 1 when anything is critical.
    output = error instanceof Error && 'stdout' in error ? String(error.stdout) : '';
  }
  // Of manifests that it has no check for, it says `null`.
  const scores: Score[] | null = JSON.parse(output);
  return (scores ?? []).flatMap(({ object_meta: { name }, checks }) =>
    checks
      .filter(({ skipped, grade }) => !skipped && grade === CRITICAL)
      .flatMap(({ check: { id }, comments }) => {
        const workload = name.startsWith(prefix) ? name.slice(prefix.length) : name;
        const exception = EXCEPTIONS.find(
          ({ check, workloads, when }) =>
            check === id && (workloads?.test(workload) ?? true) && (when?.(manifests, name) ?? true),
        );
        if (exception !== undefined) {
          used.add(exception);
          return [];
        }
        return [`${name}: ${id}: ${(comments ?? []).map(({ path, summary }) => `${path} ${summary}`).join('; ')}`];
      }),
  );
}
