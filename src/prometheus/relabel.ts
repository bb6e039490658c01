import { APPLICATION_SOURCES, podMeta } from '../kubernetes/pod-discovery';
import type { DataLabels } from '../settings/data-labels';

/** A relabelling rule, as Prometheus' configuration has it. */
export interface RelabelRule {
  readonly source_labels?: readonly string[];
  readonly regex?: string;
  readonly target_label?: string;
  readonly replacement?: string;
  readonly action?: 'replace' | 'keep' | 'drop' | 'labelmap' | 'labeldrop';
}

const META = '__meta_kubernetes';

export const NAMESPACE_META = `${META}_namespace`;
export const NODE_NAME_META = `${META}_node_name`;

/** A replacement that is taken as it is: "$" would start a reference to a group. */
export const literal = (value: string) => value.replaceAll('$', '$$$$');

/** Any of some values. Those of labels and namespaces have no other character that a regular expression reads. */
export const anyOf = (values: readonly string[]) => values.map((value) => value.replaceAll('.', '\\.')).join('|');

export const keep = (source: string, regex: string): RelabelRule => ({ source_labels: [source], regex, action: 'keep' });
export const drop = (sources: readonly string[], regex: string): RelabelRule => ({
  source_labels: sources,
  regex,
  action: 'drop',
});
export const copy = (source: string, target: string): RelabelRule => ({ source_labels: [source], target_label: target });
export const constant = (target: string, value: string): RelabelRule => ({ target_label: target, replacement: literal(value) });

/** Cluster and environment, which every target has. */
export interface Place {
  readonly labels: DataLabels;
  readonly cluster: string;
  readonly environment: string;
}

/**
 * The labels that every target has. The external labels come from the same values: Thanos overwrites the labels of series
 * with them.
 */
export const placeRules = ({ labels, cluster, environment }: Place): RelabelRule[] => [
  constant(labels.cluster, cluster),
  constant(labels.environment, environment),
];

/**
 * The application of a pod. Each rule overwrites the one before it, so the best source comes last: the names of pod and
 * controller, the labels `app` and `app.kubernetes.io/name`. Logs get the same label in the same way.
 */
export const appRules = (app: string): RelabelRule[] =>
  // Copying everything is what a rule without a regex does.
  APPLICATION_SOURCES.map(({ sources, regex }) => ({
    source_labels: sources,
    ...(regex !== '(.*)' && { regex }),
    target_label: app,
  }));

/** Where a pod is. Its container and application are left to the caller. */
export const podRules = ({ labels }: Place): RelabelRule[] => [
  copy(NAMESPACE_META, labels.namespace),
  copy(podMeta('name'), labels.pod),
  copy(podMeta('node_name'), labels.node),
];

/** Pods that run nothing that listens: waiting for a node or an image, or finished. */
export const FINISHED_PODS = drop([podMeta('phase')], 'Pending|Succeeded|Failed');

const RENAMED = '__renamed_';

/**
 * Gives the labels that Kubernetes' own exporters (cAdvisor, kubelet, kube-state-metrics) put on their series the names of
 * `DataLabels`. All at once by way of temporary names, so that two labels may also change places.
 */
export function renameRules(labels: DataLabels): RelabelRule[] {
  const { namespace, pod, container, node } = labels;
  const renamed = Object.entries({ namespace, pod, container, node }).filter(([from, to]) => from !== to);
  if (renamed.length === 0) {
    return [];
  }
  return [
    ...renamed.map(([from, to]) => copy(from, `${RENAMED}${to}`)),
    { regex: anyOf(renamed.map(([from]) => from)), action: 'labeldrop' },
    { regex: `${RENAMED}(.+)`, action: 'labelmap' },
    { regex: `${RENAMED}.+`, action: 'labeldrop' },
  ];
}

/**
 * Tells metrics about a program from those that it makes about others, by how their names begin. The former have the labels of
 * the program's pod, like its `up`; the latter keep the labels they came with, which Prometheus has put aside as `exported_…`,
 * and get none of the pod's in place of those they lack.
 */
export function ownMetricRules(labels: DataLabels, beginnings: readonly string[]): RelabelRule[] {
  const { namespace, pod, container, node, app, cluster, environment } = labels;
  const own = '__own';
  const ofPod = [namespace, pod, container, node, app];
  return [
    { source_labels: ['__name__'], regex: `(?:${beginnings.join('|')}).*`, target_label: own, replacement: 'yes' },
    ...ofPod.map((name) => ({ source_labels: [own, `exported_${name}`], regex: ';(.*)', target_label: name, replacement: '$1' })),
    { regex: anyOf([own, ...[...ofPod, cluster, environment].map((name) => `exported_${name}`)]), action: 'labeldrop' },
  ];
}
