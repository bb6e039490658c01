import { APPLICATION_SOURCES, podMeta } from '../kubernetes/pod-discovery';
import type { DataLabels } from '../settings/data-labels';
import { type AlloyBlock, AlloyCall, AlloyConcatenation, type AlloyObject, AlloyReference } from './alloy-syntax';
import type { CommonLabels, LogPipelineSettings } from './log-pipeline-settings';
import { logPipelineStages } from './log-pipeline-stages';

/** Where lines are sent. */
export interface LogDestination {
  /** The push API, `/loki/api/v1/push` included. */
  readonly url: string;
  readonly tenant: string | undefined;
  /** Names of the environment variables that hold user and password. */
  readonly credentials: { readonly username: string; readonly password: string } | undefined;
}

/** Configuration of an Alloy that tails the files of its node, with nothing left open. */
export interface NodeLogsSettings {
  readonly dataLabels: DataLabels;
  readonly cluster: string;
  readonly environment: string;
  readonly pipelines: readonly LogPipelineSettings[];
  readonly destination: LogDestination;
  /** What the container runtime wraps lines in: stage `cri` or `docker`. */
  readonly lineFormat: 'cri' | 'docker';
  readonly logLevel: string;
}

/** Environment variable with the name of the node; each agent watches only the pods of its own. */
export const NODE_NAME_VARIABLE = 'K8S_NODE_NAME';

const META = '__meta_kubernetes';
const DESTINATION = 'loki';

const reference = (...path: string[]) => new AlloyReference(path);
const environmentVariable = (name: string) => new AlloyCall(['sys', 'env'], [name]);

/** Labels that every line of every pipeline has. */
export function commonLabels({
  dataLabels,
  cluster,
  environment,
}: Omit<NodeLogsSettings, 'pipelines' | 'destination'>): CommonLabels {
  return {
    target: [dataLabels.namespace, dataLabels.app, dataLabels.container],
    metadata: [dataLabels.pod, dataLabels.node],
    fixed: { [dataLabels.cluster]: cluster, [dataLabels.environment]: environment },
  };
}

/** Configuration of an Alloy that tails the files of its node. */
export function nodeLogsConfig(settings: NodeLogsSettings): AlloyBlock[] {
  const { pipelines } = settings;
  return [
    { name: 'logging', attributes: { level: settings.logLevel, format: 'logfmt' } },
    podDiscovery(pipelines),
    ...pipelines.flatMap((pipeline, index) => pipelineComponents(settings, pipeline, pipelines.slice(0, index))),
    writer(settings.destination),
  ];
}

/** Namespaces that all pipelines together read; undefined stands for all. */
export function watchedNamespaces(pipelines: readonly LogPipelineSettings[]): string[] | undefined {
  const lists = pipelines.map(({ namespaces }) => namespaces);
  return lists.includes(undefined) ? undefined : [...new Set(lists.flatMap((namespaces) => namespaces ?? []))];
}

function podDiscovery(pipelines: readonly LogPipelineSettings[]): AlloyBlock {
  const names = watchedNamespaces(pipelines);
  const ownNode = new AlloyConcatenation(['spec.nodeName=', environmentVariable(NODE_NAME_VARIABLE)]);
  return {
    name: 'discovery.kubernetes',
    label: 'pods',
    attributes: { role: 'pod' },
    blocks: [
      ...(names ? [{ name: 'namespaces', attributes: { names } }] : []),
      { name: 'selectors', attributes: { role: 'pod', field: ownNode } },
    ],
  };
}

function pipelineComponents(
  settings: NodeLogsSettings,
  pipeline: LogPipelineSettings,
  earlier: readonly LogPipelineSettings[],
): AlloyBlock[] {
  const label = pipeline.name;
  return [
    {
      name: 'discovery.relabel',
      label,
      attributes: { targets: reference('discovery', 'kubernetes', 'pods', 'targets') },
      blocks: targetRules(settings, pipeline, earlier),
    },
    { name: 'local.file_match', label, attributes: { path_targets: reference('discovery', 'relabel', label, 'output') } },
    {
      name: 'loki.source.file',
      label,
      attributes: {
        targets: reference('local', 'file_match', label, 'targets'),
        forward_to: [reference('loki', 'process', label, 'receiver')],
      },
    },
    {
      name: 'loki.process',
      label,
      attributes: { forward_to: [reference('loki', 'write', DESTINATION, 'receiver')] },
      blocks: logPipelineStages(pipeline, commonLabels(settings), { name: `stage.${settings.lineFormat}` }),
    },
  ];
}

const rule = (attributes: AlloyObject): AlloyBlock => ({ name: 'rule', attributes });

const copy = (source: string, target: string) => rule({ source_labels: [source], target_label: target });

/**
 * Labels of a container's target and the file it leads to. Several targets of one container, one for each port, end as one
 * because they are equal. A label added here makes Alloy read all files again: labels are part of a file's position.
 */
function targetRules(
  { dataLabels }: NodeLogsSettings,
  pipeline: LogPipelineSettings,
  earlier: readonly LogPipelineSettings[],
): AlloyBlock[] {
  const { namespace, app, pod, container, node } = dataLabels;
  return [
    copy(`${META}_namespace`, namespace),
    ...appRules(app),
    ...selectionRules(dataLabels, pipeline, earlier),
    copy(`${META}_pod_name`, pod),
    copy(`${META}_pod_container_name`, container),
    copy(`${META}_pod_node_name`, node),
    ...Object.entries(pipeline.podLabels).map(([name, key]) => copy(podMeta('label', key), name)),
    pathRule(`${META}_pod_uid`),
    // The directory of a static pod carries the hash of its file, not the uid of its mirror in the API.
    pathRule(podMeta('annotation', 'kubernetes.io/config.hash')),
  ];
}

const appRules = (app: string): AlloyBlock[] =>
  // Copying everything is what a rule without a regex does.
  APPLICATION_SOURCES.map(({ sources, regex }) =>
    rule({ source_labels: [...sources], ...(regex !== '(.*)' && { regex }), target_label: app }),
  );

const alternatives = (values: readonly string[] | undefined) =>
  values === undefined ? '.*' : `(?:${values.map((value) => value.replaceAll('.', '\\.')).join('|')})`;

/** Keeps what the pipeline selects and no earlier one does. */
function selectionRules(
  { namespace, app }: DataLabels,
  pipeline: LogPipelineSettings,
  earlier: readonly LogPipelineSettings[],
): AlloyBlock[] {
  const selection = ({ namespaces, apps }: LogPipelineSettings, action: string) =>
    rule({ source_labels: [namespace, app], regex: `${alternatives(namespaces)};${alternatives(apps)}`, action });
  const everything = pipeline.namespaces === undefined && pipeline.apps === undefined;
  return [
    ...(everything ? [] : [selection(pipeline, 'keep')]),
    ...earlier.filter((other) => overlap(other, pipeline)).map((other) => selection(other, 'drop')),
  ];
}

function overlap(some: LogPipelineSettings, others: LogPipelineSettings): boolean {
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

/**
 * Tries for ever, every ten seconds at the latest, and keeps what waits on disk. Without the log (`wal`) reading stops when
 * 10 MiB wait, and files that the kubelet rotates away meanwhile are lost; tried with Alloy 1.19: 72,000 of 200,001 lines,
 * and none with it.
 */
function writer({ url, tenant, credentials }: LogDestination): AlloyBlock {
  return {
    name: 'loki.write',
    label: DESTINATION,
    blocks: [
      {
        name: 'endpoint',
        attributes: { url, tenant_id: tenant, max_backoff_period: '10s', max_backoff_retries: 0 },
        ...(credentials && {
          blocks: [
            {
              name: 'basic_auth',
              attributes: {
                username: environmentVariable(credentials.username),
                password: environmentVariable(credentials.password),
              },
            },
          ],
        }),
      },
      { name: 'wal', attributes: { enabled: true } },
    ],
  };
}
