import type { k8s } from 'cdk8s-plus-28';
import { IMAGE_TABLE } from '../settings/images';
import { Placement } from '../settings/placement';
import type { Component } from './component';
import { type ContainerDescription, containerObject, mergeResources, resourceProblems } from './container';
import { provideSecrets, withSecrets } from './external-secret';
import { type InjectedPod, injectionProblems } from './injected-secrets';
import { apiValue, KINDS, portOrCount } from './kubernetes-api';
import { networkPolicy } from './network-policy';
import { componentObject, objectLabels } from './objects';
import { type Claim, claimObject, requireForClaim } from './volumes';

/** What a pod consists of. Worked out at synth. */
export interface PodDescription {
  /** The main container first; options such as `resources` and `extraArgs` apply to it. */
  readonly containers: readonly ContainerDescription[];
  readonly volumes?: readonly k8s.Volume[];
  readonly serviceAccountName: string;
  /** Whether the pod talks to the API server. */
  readonly mountsToken?: boolean;
  /** Checksum of configuration that is only read at the start; a change then rolls the pods. */
  readonly checksum?: string;
  readonly terminationGracePeriodSeconds?: number;
  /** Labels that the pod needs, e.g. for workload identity. */
  readonly labels?: { readonly [key: string]: string };
  /** Group that owns the volumes, if not the main image's. */
  readonly volumeGroup?: number;
}

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

const placementOf = ({ _options, _context }: Component, everyNode: boolean) =>
  _options.placement ?? (everyNode ? Placement.anywhere() : _context.placement);

const EVERY_NODE: k8s.Toleration[] = [{ operator: 'Exists' }];

/** Tolerations and affinity of a placement. Linux is always required: no image of the table has another system. */
export function placementFields(placement: Placement): Pick<k8s.PodSpec, 'tolerations' | 'affinity' | 'nodeSelector'> {
  const { taint, nodeLabel } = placement;
  return {
    nodeSelector: { 'kubernetes.io/os': 'linux' },
    ...(taint && {
      tolerations: [{ key: taint.key, operator: 'Equal', value: taint.value, effect: taint.effect ?? 'NoSchedule' }],
    }),
    ...(nodeLabel && {
      affinity: {
        nodeAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: {
            nodeSelectorTerms: [{ matchExpressions: [{ key: nodeLabel.key, operator: 'In', values: [nodeLabel.value] }] }],
          },
        },
      },
    }),
  };
}

const flagOf = (argument: string) => (argument.startsWith('-') ? argument.split('=')[0] : undefined);

function mainContainer(component: Component, own: ContainerDescription): k8s.Container {
  const { extraArgs, environment, resources } = component._options;
  const merged = [...(own.environment ?? []), ...Object.entries(environment ?? {}).map(([name, value]) => ({ name, value }))];
  return containerObject(component, {
    ...own,
    args: [...own.args, ...(extraArgs ?? [])],
    environment: merged.length > 0 ? merged : undefined,
    resources: mergeResources(own.resources, resources),
  });
}

interface RawEntry {
  [key: string]: unknown;
}

interface FinishedPod {
  readonly template: { readonly spec: { containers: RawEntry[]; volumes?: RawEntry[]; topologySpreadConstraints?: RawEntry[] } };
}

/**
 * Adds what the user gives as the Kubernetes API has it. It is added to the finished manifest, because the typed classes
 * would drop every field they do not know.
 */
function withRawEntries(component: Component, workload: FinishedPod): FinishedPod {
  const { extraEnvironment, extraVolumeMounts, extraContainers, extraVolumes, topologySpreadConstraints } = component._options;
  const { spec } = workload.template;
  const [main] = spec.containers;
  const append = (list: unknown, more: RawEntry[] | undefined) =>
    more ? [...((list as RawEntry[] | undefined) ?? []), ...more] : list;
  main.env = append(main.env, extraEnvironment);
  main.volumeMounts = append(main.volumeMounts, extraVolumeMounts);
  spec.containers = [...spec.containers, ...(extraContainers ?? [])];
  spec.volumes = append(spec.volumes, extraVolumes) as RawEntry[] | undefined;
  if (topologySpreadConstraints) {
    const labelSelector = { matchLabels: component._identity.selector };
    spec.topologySpreadConstraints = topologySpreadConstraints.map((constraint) => ({ labelSelector, ...constraint }));
  }
  return workload;
}

const amendWith = (component: Component) => (workload: unknown) => withRawEntries(component, workload as FinishedPod);

/** Replicas prefer different nodes, and still run where there is only one. */
const softSpread = (component: Component): k8s.TopologySpreadConstraint[] => [
  {
    maxSkew: 1,
    topologyKey: 'kubernetes.io/hostname',
    whenUnsatisfiable: 'ScheduleAnyway',
    labelSelector: { matchLabels: component._identity.selector },
  },
];

/** What the kind of workload decides about its pods. */
interface PodShape {
  readonly everyNode?: boolean;
  readonly onHost?: boolean;
  readonly replicas?: number;
}

function podSpec(component: Component, pod: PodDescription, shape: PodShape, made: InjectedPod): k8s.PodSpec {
  const { everyNode = false, onHost = false, replicas = 1 } = shape;
  const { _context: context, _options: options } = component;
  const [main] = pod.containers;
  const placement = placementOf(component, everyNode);
  const facts = IMAGE_TABLE[main.image];
  const user = main.user ?? facts.user;
  const pullSecrets = options.imagePullSecrets ?? context.images._pullSecrets;
  return {
    serviceAccountName: pod.serviceAccountName,
    ...(onHost && { hostNetwork: true, hostPid: true }),
    automountServiceAccountToken: pod.mountsToken ?? false,
    enableServiceLinks: false,
    securityContext: {
      runAsUser: user,
      runAsGroup: main.user ?? facts.group,
      runAsNonRoot: user !== 0,
      ...(user !== 0 && { fsGroup: pod.volumeGroup ?? facts.volumeGroup, fsGroupChangePolicy: 'OnRootMismatch' }),
      seccompProfile: { type: 'RuntimeDefault' },
    },
    containers: made.containers,
    volumes: made.volumes.length > 0 ? made.volumes : undefined,
    ...placementFields(placement),
    ...(everyNode && options.placement === undefined && { tolerations: EVERY_NODE }),
    ...(replicas > 1 && { topologySpreadConstraints: softSpread(component) }),
    ...(pullSecrets.length > 0 && { imagePullSecrets: pullSecrets.map((name) => ({ name })) }),
    priorityClassName: options.priorityClassName ?? context.priorityClassName,
    terminationGracePeriodSeconds: options.terminationGracePeriodSeconds ?? pod.terminationGracePeriodSeconds,
  };
}

export function podTemplate(component: Component, pod: PodDescription, shape: PodShape): k8s.PodTemplateSpec {
  const { _context: context, _options: options } = component;
  const [main, ...others] = pod.containers;
  const containers = [mainContainer(component, main), ...others.map((container) => containerObject(component, container))];
  const made = withSecrets(component, containers, pod.volumes ?? []);
  return {
    metadata: {
      labels: {
        ...options.podLabels,
        ...pod.labels,
        ...objectLabels(component),
        'app.kubernetes.io/version': context.images._version(main.image, context.cluster),
      },
      annotations: {
        'kubectl.kubernetes.io/default-container': main.name,
        ...(pod.checksum !== undefined && { 'checksum/config': pod.checksum }),
        ...made.annotations,
        ...options.podAnnotations,
      },
    },
    spec: podSpec(component, pod, shape, made),
  };
}

/** The pod; nothing if bad properties keep it from being described, which other checks then tell. */
function described(pod: () => PodDescription): PodDescription | undefined {
  try {
    return pod();
  } catch {
    return undefined;
  }
}

function problemsOf(component: Component, pod: () => PodDescription, limit: number): string[] {
  const { _identity: identity, _options: options } = component;
  const problems: string[] = [];
  if (!/^[a-z]([-a-z0-9]*[a-z0-9])?$/.test(identity.name) || identity.name.length > limit) {
    problems.push(
      `name of the workload is ${JSON.stringify(identity.name)}; allowed are 1 to ${limit} lower-case letters, digits and "-", starting with a letter: ` +
        'shorten the name of the stack or the instance',
    );
  }
  if (!/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(identity.namespace)) {
    problems.push(
      `namespace is ${JSON.stringify(identity.namespace)}; allowed are 1 to 63 lower-case letters, digits and "-": rename it`,
    );
  }
  for (const key of Object.keys(options.podLabels ?? {})) {
    if (key in identity.selector) {
      problems.push(`podLabels has ${key}; allowed are labels that the selector does not use: choose another key`);
    }
  }
  const description = described(pod);
  const containers: readonly (ContainerDescription | undefined)[] = description?.containers ?? [];
  const [main] = containers;
  const { images, cluster } = component._context;
  const used = new Set(containers.flatMap((container) => container?.image ?? []));
  problems.push(...[...used].flatMap((image) => images._problemsOn(image, cluster)));
  problems.push(...resourceProblems(mergeResources(main?.resources ?? {}, options.resources)));
  problems.push(...(description ? injectionProblems(component, description.volumes ?? []) : []));
  const ownFlags = new Set(main?.args.map(flagOf));
  for (const argument of options.extraArgs ?? []) {
    const flag = flagOf(argument);
    if (flag !== undefined && ownFlags.has(flag)) {
      problems.push(
        `extraArgs has ${JSON.stringify(argument)}; allowed are flags that the component does not set itself: use the property behind ${flag}`,
      );
    }
  }
  for (const [property, entries] of Object.entries({
    extraEnvironment: options.extraEnvironment,
    extraVolumes: options.extraVolumes,
    extraVolumeMounts: options.extraVolumeMounts,
    extraContainers: options.extraContainers,
  })) {
    for (const entry of entries ?? []) {
      if (typeof entry.name !== 'string' || entry.name === '') {
        problems.push(`${property} has ${JSON.stringify(entry)}; allowed are entries with a name: add \`name\``);
      }
    }
  }
  return problems;
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
  component._check(() => problemsOf(component, pod, limit));
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
