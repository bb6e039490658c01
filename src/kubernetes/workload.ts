import type { Component } from './component';
import { provideSecrets } from './external-secret';
import { apiValue, KINDS, portOrCount } from './kubernetes-api';
import { networkPolicy } from './network-policy';
import { componentObject } from './objects';
import { amendWith, type FinishedPod, type PodDescription, type PodShape, placementOf, podTemplate, withRawEntries } from './pod';
import { type Claim, claimObject, requireForClaim } from './volumes';
import { workloadProblems } from './workload-checks';

/** A workload: the kind-specific part. */
export interface WorkloadDescription {
  /** Worked out at synth. */
  readonly pod: () => PodDescription;
}

export interface DaemonSetDescription extends WorkloadDescription {
  /**
   * The pods share network and process names of their node. No NetworkPolicy is made then: it would have no effect.
   * @default false
   */
  readonly onHost?: boolean;
}

export interface StatefulSetDescription extends WorkloadDescription {
  readonly replicas: number;
  /** The headless Service that names the pods. */
  readonly serviceName: string;
  readonly claims: readonly Claim[];
  /** Parallel where replicas need not wait for each other. @default 'OrderedReady' */
  readonly podManagement?: 'OrderedReady' | 'Parallel';
}

export interface DeploymentDescription extends WorkloadDescription {
  readonly replicas: number;
  /** `Recreate` where two pods must never run at once. @default 'RollingUpdate' */
  readonly strategy?: 'RollingUpdate' | 'Recreate';
}

/** A description that is worked out once, at the first question, when the graph is finished. */
function once<T>(produce: () => T): () => T {
  let value: { readonly it: T } | undefined;
  return () => {
    value ??= { it: produce() };
    return value.it;
  };
}

/** What all kinds of workload have: checks, network policy, prerequisites. */
export function prepare(component: Component, pod: () => PodDescription, limit = 63, shape: PodShape = {}): void {
  const { _context: context, _options: options } = component;
  provideSecrets(component);
  const { everyNode = false, onHost = false } = shape;
  component._check(() => workloadProblems(component, pod, limit));
  if (!onHost) {
    networkPolicy(component);
  }
  const placement = placementOf(component, everyNode);
  if (placement.nodeLabel) {
    component._require({ kind: 'NodeLabel', name: `${placement.nodeLabel.key}=${placement.nodeLabel.value}` });
  }
  if (placement.taint) {
    const { key, value, effect } = placement.taint;
    component._require({ kind: 'NodeTaint', name: `${key}=${value}:${effect ?? 'NoSchedule'}` });
  }
  const priorityClassName = options.priorityClassName ?? context.priorityClassName;
  // Kubernetes brings those of its own.
  if (priorityClassName !== undefined && !priorityClassName.startsWith('system-')) {
    component._require({ kind: 'PriorityClass', name: priorityClassName });
  }
}

/** A budget that keeps all but one replica running while nodes are drained. */
function disruptionBudget(component: Component, replicas: number): void {
  if (replicas > 1) {
    componentObject(component, 'disruption-budget', KINDS.PodDisruptionBudget, ['spec'], () => ({
      spec: { maxUnavailable: portOrCount(1), selector: { matchLabels: component._identity.selector } },
    }));
  }
}

/** Emits a StatefulSet. */
export function statefulSet(component: Component, description: StatefulSetDescription): void {
  const pod = once(description.pod);
  // 52 characters: Kubernetes adds "-<revision hash>" in a label of at most 63.
  prepare(component, pod, 52);
  for (const claim of description.claims) {
    requireForClaim(component, claim, description.replicas);
  }
  const { replicas } = description;
  componentObject(
    component,
    'stateful-set',
    KINDS.StatefulSet,
    ['spec'],
    () => ({
      spec: {
        replicas,
        serviceName: description.serviceName,
        podManagementPolicy: description.podManagement,
        selector: { matchLabels: component._identity.selector },
        template: podTemplate(component, pod(), { replicas }),
        ...(description.claims.length > 0 && {
          volumeClaimTemplates: description.claims.map((claim) => claimObject(component, claim)),
        }),
      },
    }),
    {},
    amendWith(component),
  );
  disruptionBudget(component, replicas);
}

/**
 * Everything that goes with a StatefulSet which an operator makes from an object of its own.
 * @returns the finished pod template and claims, worked out at synth, for that object to say the same
 */
export function operatedStatefulSet(
  component: Component,
  description: Pick<StatefulSetDescription, 'replicas' | 'claims' | 'pod'>,
): { template(): unknown; claims(): unknown } {
  const pod = once(description.pod);
  const { replicas, claims } = description;
  prepare(component, pod, 52);
  for (const claim of claims) {
    requireForClaim(component, claim, replicas);
  }
  disruptionBudget(component, replicas);
  return {
    template: () =>
      withRawEntries(component, apiValue({ template: podTemplate(component, pod(), { replicas }) }) as FinishedPod).template,
    claims: () => apiValue(claims.map((claim) => claimObject(component, claim))),
  };
}

/** Emits a Deployment. */
export function deployment(component: Component, description: DeploymentDescription): void {
  const pod = once(description.pod);
  prepare(component, pod);
  const { replicas, strategy } = description;
  componentObject(
    component,
    'deployment',
    KINDS.Deployment,
    ['spec'],
    () => ({
      spec: {
        replicas,
        selector: { matchLabels: component._identity.selector },
        ...(strategy && { strategy: { type: strategy } }),
        template: podTemplate(component, pod(), { replicas }),
      },
    }),
    {},
    amendWith(component),
  );
  disruptionBudget(component, replicas);
}

/** Emits a DaemonSet, which runs on every node, tainted or not, unless its options place it. */
export function daemonSet(component: Component, description: DaemonSetDescription): void {
  const pod = once(description.pod);
  prepare(component, pod, 63, { everyNode: true, onHost: description.onHost });
  componentObject(
    component,
    'daemon-set',
    KINDS.DaemonSet,
    ['spec'],
    () => ({
      spec: {
        selector: { matchLabels: component._identity.selector },
        template: podTemplate(component, pod(), { everyNode: true, onHost: description.onHost }),
      },
    }),
    {},
    amendWith(component),
  );
}
