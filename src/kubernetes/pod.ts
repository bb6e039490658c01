import type { k8s } from 'cdk8s-plus-28';
import { IMAGE_TABLE } from '../settings/images';
import { Placement } from '../settings/placement';
import type { Component } from './component';
import { type ContainerDescription, containerObject, mergeResources } from './container';
import { withSecrets } from './external-secret';
import type { InjectedPod } from './injected-secrets';
import { objectLabels } from './objects';

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

export const placementOf = ({ _options, _context }: Component, everyNode: boolean) =>
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

export interface FinishedPod {
  readonly template: { readonly spec: { containers: RawEntry[]; volumes?: RawEntry[]; topologySpreadConstraints?: RawEntry[] } };
}

/**
 * Adds what the user gives as the Kubernetes API has it. It is added to the finished manifest, because the typed classes
 * would drop every field they do not know.
 */
export function withRawEntries(component: Component, workload: FinishedPod): FinishedPod {
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

export const amendWith = (component: Component) => (workload: unknown) => withRawEntries(component, workload as FinishedPod);

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
export interface PodShape {
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
