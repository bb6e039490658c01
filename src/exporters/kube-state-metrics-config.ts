import type { k8s } from 'cdk8s-plus-28';

/** A kind of object that kube-state-metrics describes. */
interface ResourceKind {
  readonly group: string;
  readonly namespaced: boolean;
}

const kind = (group: string, namespaced = true): ResourceKind => ({ group, namespaced });

/**
 * What can be asked for: the default list of kube-state-metrics 2.20 without Secrets and ConfigMaps, whose right to list is
 * the right to read them, and without the admission policies that Kubernetes 1.34 does not serve.
 */
export const RESOURCE_KINDS: { readonly [resource: string]: ResourceKind } = {
  certificatesigningrequests: kind('certificates.k8s.io', false),
  cronjobs: kind('batch'),
  daemonsets: kind('apps'),
  deployments: kind('apps'),
  endpointslices: kind('discovery.k8s.io'),
  horizontalpodautoscalers: kind('autoscaling'),
  ingresses: kind('networking.k8s.io'),
  jobs: kind('batch'),
  leases: kind('coordination.k8s.io'),
  limitranges: kind(''),
  mutatingwebhookconfigurations: kind('admissionregistration.k8s.io', false),
  namespaces: kind('', false),
  networkpolicies: kind('networking.k8s.io'),
  nodes: kind('', false),
  persistentvolumeclaims: kind(''),
  persistentvolumes: kind('', false),
  poddisruptionbudgets: kind('policy'),
  pods: kind(''),
  replicasets: kind('apps'),
  replicationcontrollers: kind(''),
  resourcequotas: kind(''),
  services: kind(''),
  statefulsets: kind('apps'),
  storageclasses: kind('storage.k8s.io', false),
  validatingwebhookconfigurations: kind('admissionregistration.k8s.io', false),
  volumeattachments: kind('storage.k8s.io', false),
};

/** What boards and alerts about workloads, nodes and volumes read. */
export const DEFAULT_RESOURCES = [
  'cronjobs',
  'daemonsets',
  'deployments',
  'horizontalpodautoscalers',
  'jobs',
  'namespaces',
  'nodes',
  'persistentvolumeclaims',
  'persistentvolumes',
  'poddisruptionbudgets',
  'pods',
  'replicasets',
  'resourcequotas',
  'statefulsets',
];

/** Rights to follow some kinds of objects, one rule for each API group. */
export function followRules(resources: readonly string[]): k8s.PolicyRule[] {
  const groups = new Map<string, string[]>();
  for (const resource of [...resources].sort()) {
    const group = Object.hasOwn(RESOURCE_KINDS, resource) ? RESOURCE_KINDS[resource].group : undefined;
    if (group !== undefined) {
      groups.set(group, [...(groups.get(group) ?? []), resource]);
    }
  }
  return [...groups]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([group, names]) => ({ apiGroups: [group], resources: names, verbs: ['list', 'watch'] }));
}

/** Labels or annotations of objects, by kind. */
export interface MetadataLists {
  readonly [resource: string]: readonly string[];
}

/** Settings of kube-state-metrics with nothing left open. */
export interface KubeStateMetricsSettings {
  readonly resourceKinds: readonly string[];
  /** Undefined = all. */
  readonly namespaces: readonly string[] | undefined;
  readonly metricLabelsAllowlist: MetadataLists;
  readonly metricAnnotationsAllowlist: MetadataLists;
}

const sorted = (values: readonly string[]) => [...values].sort();

const allowList = (lists: MetadataLists) =>
  Object.entries(lists)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([resource, keys]) => `${resource}=[${keys.join(',')}]`)
    .join(',');

/** Arguments of kube-state-metrics. Lists are sorted, so that their order in the properties changes nothing. */
export function kubeStateMetricsArguments(settings: KubeStateMetricsSettings): string[] {
  const { resourceKinds, namespaces, metricLabelsAllowlist, metricAnnotationsAllowlist } = settings;
  const list = (flag: string, lists: MetadataLists) => (Object.keys(lists).length === 0 ? [] : [`--${flag}=${allowList(lists)}`]);
  return [
    '--port=8080',
    '--telemetry-port=8081',
    `--resources=${sorted(resourceKinds).join(',')}`,
    ...(namespaces === undefined ? [] : [`--namespaces=${sorted(namespaces).join(',')}`]),
    ...list('metric-labels-allowlist', metricLabelsAllowlist),
    ...list('metric-annotations-allowlist', metricAnnotationsAllowlist),
  ];
}

const quoted = (value: unknown) => JSON.stringify(value);

/** What is wrong with the settings. */
export function kubeStateMetricsProblems(settings: KubeStateMetricsSettings): string[] {
  const { resourceKinds, namespaces } = settings;
  return [
    ...(resourceKinds.length === 0
      ? ['resourceKinds is []; allowed is at least one kind: name it, or leave the property out']
      : []),
    ...resourceKinds
      .filter((resource) => !Object.hasOwn(RESOURCE_KINDS, resource))
      .map(
        (resource) =>
          `resourceKinds has ${quoted(resource)}; allowed are ${Object.keys(RESOURCE_KINDS).join(', ')}: choose among them (Secrets and ConfigMaps are left out on purpose)`,
      ),
    ...repeated(resourceKinds).map((resource) => `resourceKinds has ${quoted(resource)} twice; allowed is once: remove one`),
    ...(namespaces === undefined ? [] : namespaceProblems(namespaces)),
    ...metadataProblems('metricLabelsAllowlist', settings.metricLabelsAllowlist, resourceKinds),
    ...metadataProblems('metricAnnotationsAllowlist', settings.metricAnnotationsAllowlist, resourceKinds),
  ];
}

const repeated = (values: readonly string[]) => [...new Set(values.filter((value, index) => values.indexOf(value) < index))];

const namespaceProblems = (namespaces: readonly string[]) => [
  ...(namespaces.length === 0 ? ['namespaces is []; allowed is at least one namespace: name it, or leave the property out'] : []),
  ...namespaces
    .filter((name) => !/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(name))
    .map((name) => `namespaces has ${quoted(name)}; allowed are 1 to 63 lower-case letters, digits and "-": correct the name`),
  ...repeated(namespaces).map((name) => `namespaces has ${quoted(name)} twice; allowed is once: remove one`),
];

/** A key as Kubernetes allows it, with at most one "*". */
const KEY = /^(?=[^*]*\*?[^*]*$)([a-z0-9.*-]{1,253}\/)?[\w*]([\w.*-]{0,61}[\w*])?$/i;

const metadataProblems = (property: string, lists: MetadataLists, resources: readonly string[]) =>
  Object.entries(lists).flatMap(([resource, keys]) => [
    ...(resources.includes(resource)
      ? []
      : [
          `${property} has ${quoted(resource)}; allowed are the kinds of \`resourceKinds\`, ${resources.join(', ')}: add it there`,
        ]),
    ...(keys.length === 0 ? [`${property}.${resource} is []; allowed is at least one key: name it, or remove the kind`] : []),
    ...keys
      .filter((key) => !KEY.test(key))
      .map(
        (key) =>
          `${property}.${resource} has ${quoted(key)}; allowed are keys as Kubernetes has them, with at most one "*": correct it`,
      ),
  ]);
