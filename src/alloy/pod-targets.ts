import { APPLICATION_SOURCES, podMeta } from '../kubernetes/pod-discovery';
import type { DataLabels } from '../settings/data-labels';
import { type AlloyBlock, AlloyConcatenation, type AlloyObject, AlloyReference } from './alloy-syntax';
import { environmentVariable } from './log-destination';
import type { LogPipelineSettings, PodSelection } from './log-pipeline-settings';

/** Environment variable with the name of the node; each agent watches only the pods of its own. */
export const NODE_NAME_VARIABLE = 'K8S_NODE_NAME';

const META = '__meta_kubernetes';

/** Says whether an earlier pipeline has a container, where one rule cannot. Temporary: it never leaves the rules. */
const TAKEN = '__taken';

/** A pipeline that reads pods. */
export interface PodPipeline extends LogPipelineSettings {
  readonly source: { readonly kind: 'pods' } & PodSelection;
}

export const isPodPipeline = (pipeline: LogPipelineSettings): pipeline is PodPipeline => pipeline.source.kind === 'pods';

/** Namespaces that all pipelines together read; undefined stands for all. */
export function watchedNamespaces(pipelines: readonly PodPipeline[]): string[] | undefined {
  const lists = pipelines.map(({ source }) => source.namespaces);
  return lists.includes(undefined) ? undefined : [...new Set(lists.flatMap((namespaces) => namespaces ?? []))];
}

/** @param ownNode whether only the pods of the agent's own node are wanted */
export function podDiscovery(pipelines: readonly PodPipeline[], ownNode: boolean): AlloyBlock {
  const names = watchedNamespaces(pipelines);
  const field = new AlloyConcatenation(['spec.nodeName=', environmentVariable(NODE_NAME_VARIABLE)]);
  return {
    name: 'discovery.kubernetes',
    label: 'pods',
    attributes: { role: 'pod' },
    blocks: [
      ...(names ? [{ name: 'namespaces', attributes: { names } }] : []),
      ...(ownNode ? [{ name: 'selectors', attributes: { role: 'pod', field } }] : []),
    ],
  };
}

/**
 * The containers of a pipeline, with the labels that their lines get. Several targets of one container, one for each port,
 * end as one because they are equal. A label added here makes Alloy read all files again: labels are part of a file's position.
 * @param file whether the target leads to a file of the node
 */
export function podTargets(
  dataLabels: DataLabels,
  pipeline: PodPipeline,
  earlier: readonly PodPipeline[],
  file: boolean,
): AlloyBlock {
  const { namespace, app, pod, container, node } = dataLabels;
  return {
    name: 'discovery.relabel',
    label: pipeline.name,
    attributes: { targets: new AlloyReference(['discovery', 'kubernetes', 'pods', 'targets']) },
    blocks: [
      copy(`${META}_namespace`, namespace),
      ...appRules(app),
      ...selectionRules(dataLabels, pipeline, earlier),
      copy(`${META}_pod_name`, pod),
      copy(`${META}_pod_container_name`, container),
      copy(`${META}_pod_node_name`, node),
      ...Object.entries(pipeline.podLabels).map(([name, key]) => copy(podMeta('label', key), name)),
      ...(file
        ? [
            pathRule(`${META}_pod_uid`),
            // The directory of a static pod carries the hash of its file, not the uid of its mirror in the API.
            pathRule(podMeta('annotation', 'kubernetes.io/config.hash')),
          ]
        : []),
    ],
  };
}

export const rule = (attributes: AlloyObject): AlloyBlock => ({ name: 'rule', attributes });

export const copy = (source: string, target: string) => rule({ source_labels: [source], target_label: target });

export const appRules = (app: string): AlloyBlock[] =>
  // Copying everything is what a rule without a regex does.
  APPLICATION_SOURCES.map(({ sources, regex }) =>
    rule({ source_labels: [...sources], ...(regex !== '(.*)' && { regex }), target_label: app }),
  );

const exactly = (value: string) => value.replaceAll('.', '\\.');

const alternatives = (values: readonly string[] | undefined) =>
  values === undefined ? '.*' : `(?:${values.map(exactly).join('|')})`;

/** Keeps what the pipeline selects and no earlier one does. */
function selectionRules(labels: DataLabels, pipeline: PodPipeline, earlier: readonly PodPipeline[]): AlloyBlock[] {
  const { namespaces, apps, podSelector } = pipeline.source;
  const everything = namespaces === undefined && apps === undefined && Object.keys(podSelector).length === 0;
  return [
    ...(everything ? [] : [rule({ ...selected(labels, pipeline.source), action: 'keep' })]),
    ...exclusions(labels, pipeline.source).map((excluded) => rule({ ...excluded, action: 'drop' })),
    ...earlier
      .filter((other) => overlap(other.source, pipeline.source))
      .flatMap(({ source }) => takenRules(selected(labels, source), exclusions(labels, source))),
  ];
}

interface Condition extends AlloyObject {
  readonly source_labels: readonly string[];
  readonly regex: string;
}

function selected({ namespace, app }: DataLabels, { namespaces, apps, podSelector }: PodSelection): Condition {
  const podLabels = Object.entries(podSelector);
  return {
    source_labels: [namespace, app, ...podLabels.map(([key]) => podMeta('label', key))],
    regex: [alternatives(namespaces), alternatives(apps), ...podLabels.map(([, value]) => exactly(value))].join(';'),
  };
}

function exclusions({ namespace, app }: DataLabels, { excludedNamespaces, excludedApps }: PodSelection): Condition[] {
  return [
    ...(excludedNamespaces.length > 0 ? [{ source_labels: [namespace], regex: alternatives(excludedNamespaces) }] : []),
    ...(excludedApps.length > 0 ? [{ source_labels: [app], regex: alternatives(excludedApps) }] : []),
  ];
}

/** A container that another pipeline selects and does not leave out is dropped. */
function takenRules(selection: Condition, excluded: readonly Condition[]): AlloyBlock[] {
  return excluded.length === 0
    ? [rule({ ...selection, action: 'drop' })]
    : [
        // Always written: it may hold the answer about a pipeline before.
        rule({ target_label: TAKEN, replacement: '' }),
        rule({ ...selection, target_label: TAKEN, replacement: 'yes' }),
        ...excluded.map((condition) => rule({ ...condition, target_label: TAKEN, replacement: '' })),
        rule({ source_labels: [TAKEN], regex: 'yes', action: 'drop' }),
      ];
}

function overlap(some: PodSelection, others: PodSelection): boolean {
  const common = (a: readonly string[] | undefined, b: readonly string[] | undefined) =>
    a === undefined || b === undefined || a.some((value) => b.includes(value));
  return common(some.namespaces, others.namespaces) && common(some.apps, others.apps);
}

/** The kubelet's layout. Rotated files end otherwise and do not match. */
function pathRule(uid: string): AlloyBlock {
  return rule({
    source_labels: [`${META}_namespace`, `${META}_pod_name`, uid, `${META}_pod_container_name`],
    regex: '([^;]+);([^;]+);([^;]+);([^;]+)',
    target_label: '__path__',
    replacement: '/var/log/pods/${1}_${2}_${3}/${4}/*.log',
  });
}
