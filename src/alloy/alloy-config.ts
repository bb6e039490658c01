import type { DataLabels } from '../settings/data-labels';
import { type AlloyBlock, AlloyReference, type AlloyValue, stage } from './alloy-syntax';
import { DESTINATION, environmentVariable, type LogDestination, writer } from './log-destination';
import type { CommonLabels, LogPipelineSettings } from './log-pipeline-settings';
import { logPipelineStages } from './log-pipeline-stages';
import { isPodPipeline, NODE_NAME_VARIABLE, type PodPipeline, podDiscovery, podTargets } from './pod-targets';

/** Where the lines of pods come from: files of the node, wrapped by its runtime, or the API server. */
export type PodLogAccess =
  | { readonly kind: 'files'; readonly lineFormat: 'cri' | 'docker' }
  | { readonly kind: 'api'; readonly clustering: boolean };

/** Pipelines and their destination, with nothing left open. */
export interface LogsSettings {
  readonly dataLabels: DataLabels;
  readonly cluster: string;
  readonly environment: string;
  readonly pipelines: readonly LogPipelineSettings[];
  readonly destination: LogDestination;
  readonly access: PodLogAccess;
}

const reference = (...path: string[]) => new AlloyReference(path);

/** Value of the label `app` of Kubernetes' events. */
export const EVENTS_APP = 'kubernetes-events';

/** Labels that every line of a pipeline has. */
export function commonLabels(
  { dataLabels, cluster, environment }: Pick<LogsSettings, 'dataLabels' | 'cluster' | 'environment'>,
  { source, labels, format, podAsLabel }: LogPipelineSettings,
): CommonLabels {
  const { namespace, app, container, pod, node } = dataLabels;
  const fixed = { [dataLabels.cluster]: cluster, [dataLabels.environment]: environment };
  switch (source.kind) {
    case 'journal':
      // Lines that tell their own level know better: what a service prints is "info" to the journal.
      return {
        target: [app, ...([...labels.map(({ name }) => name), ...format.fields].includes('level') ? [] : ['level'])],
        metadata: [node],
        fixed,
      };
    case 'kubernetesEvents':
      return { target: [namespace], metadata: [], fixed: { ...fixed, [app]: EVENTS_APP } };
    default:
      return podAsLabel
        ? { target: [namespace, app, container], stream: [pod], metadata: [node], fixed }
        : { target: [namespace, app, container], metadata: [pod, node], fixed };
  }
}

/** How much Alloy says about itself. */
export const logging = (level: string): AlloyBlock => ({ name: 'logging', attributes: { level, format: 'logfmt' } });

/** The components that read, process and send lines. */
export function logsConfig(settings: LogsSettings): AlloyBlock[] {
  const { pipelines, access } = settings;
  const ofPods = pipelines.filter(isPodPipeline);
  return [
    ...(ofPods.length > 0 ? [podDiscovery(ofPods, access.kind === 'files')] : []),
    ...pipelines.flatMap((pipeline) => [...sourceComponents(settings, pipeline, ofPods), processor(settings, pipeline)]),
    writer(settings.destination),
  ];
}

function processor(settings: LogsSettings, pipeline: LogPipelineSettings): AlloyBlock {
  return {
    name: 'loki.process',
    label: pipeline.name,
    attributes: { forward_to: [reference('loki', 'write', DESTINATION, 'receiver')] },
    blocks: logPipelineStages(pipeline, commonLabels(settings, pipeline), {
      first: firstStages(settings, pipeline),
      app: settings.dataLabels.app,
    }),
  };
}

/** Docker leaves the line feed in its lines, and a value at their end would have it, too. */
const runtimeStages = (format: 'cri' | 'docker'): AlloyBlock[] =>
  format === 'cri'
    ? [{ name: 'stage.cri' }]
    : [{ name: 'stage.docker' }, stage('replace', { expression: '(\\r?\\n)$', replace: '' })];

/** What makes the line and its labels out of what the source gives. */
function firstStages({ access, dataLabels }: LogsSettings, { source }: LogPipelineSettings): AlloyBlock[] {
  const { namespace, app, container, pod, node } = dataLabels;
  switch (source.kind) {
    case 'pods':
      return access.kind === 'files' ? runtimeStages(access.lineFormat) : [];
    case 'journal':
      return [];
    case 'kubernetesEvents':
      return namespace === 'namespace' ? [] : [stage('labels', { values: { [namespace]: 'namespace' } })];
    case 'otlp':
      return [
        stage('json', {
          expressions: {
            [namespace]: 'resources."k8s.namespace.name"',
            [app]: 'resources."service.name"',
            [container]: 'resources."k8s.container.name"',
            [pod]: 'resources."k8s.pod.name"',
            [node]: 'resources."k8s.node.name"',
          },
        }),
        stage('labels', { values: { [namespace]: '', [app]: '', [container]: '' } }),
      ];
  }
}

function sourceComponents(settings: LogsSettings, pipeline: LogPipelineSettings, ofPods: readonly PodPipeline[]): AlloyBlock[] {
  const { access } = settings;
  const { name: label, source } = pipeline;
  const forward_to = [reference('loki', 'process', label, 'receiver')];
  const clustering = access.kind === 'api' && access.clustering ? [{ name: 'clustering', attributes: { enabled: true } }] : [];
  if (isPodPipeline(pipeline)) {
    const earlier = ofPods.slice(0, ofPods.indexOf(pipeline));
    const targets = podTargets(settings.dataLabels, pipeline, earlier, access.kind === 'files');
    const found = reference('discovery', 'relabel', label, 'output');
    return access.kind === 'files'
      ? [
          targets,
          // The default, 10s, is long enough for a pod to fill 10 MiB, and what is rotated away unseen is lost.
          { name: 'local.file_match', label, attributes: { path_targets: found, sync_period: '2s' } },
          {
            name: 'loki.source.file',
            label,
            attributes: { targets: reference('local', 'file_match', label, 'targets'), forward_to },
          },
        ]
      : [targets, { name: 'loki.source.kubernetes', label, attributes: { targets: found, forward_to }, blocks: clustering }];
  }
  switch (source.kind) {
    case 'journal':
      return journalComponents(settings, label, source, forward_to);
    case 'kubernetesEvents':
      return [
        {
          name: 'loki.source.kubernetes_events',
          label,
          attributes: { namespaces: source.namespaces, log_format: 'json', forward_to },
          blocks: clustering,
        },
      ];
    case 'otlp':
      return otlpComponents(label, source, forward_to);
    default:
      return [];
  }
}

function journalComponents(
  { dataLabels }: LogsSettings,
  label: string,
  { units, maxAge, directory }: Extract<LogPipelineSettings['source'], { kind: 'journal' }>,
  forward_to: AlloyValue,
): AlloyBlock[] {
  const copy = (source: string, target: string): AlloyBlock => ({
    name: 'rule',
    attributes: { source_labels: [source], regex: '(.+)', target_label: target },
  });
  return [
    {
      name: 'loki.relabel',
      label,
      attributes: { forward_to: [] },
      blocks: [
        // What belongs to no unit says who it is: the kernel, audit.
        copy('__journal_syslog_identifier', dataLabels.app),
        copy('__journal__systemd_unit', dataLabels.app),
        copy('__journal_priority_keyword', 'level'),
      ],
    },
    {
      name: 'loki.source.journal',
      label,
      attributes: {
        path: directory,
        max_age: `${maxAge.toSeconds()}s`,
        // Of one field any value, as journalctl reads them.
        matches: units?.map((unit) => `_SYSTEMD_UNIT=${unit}`).join(' '),
        labels: { [dataLabels.node]: environmentVariable(NODE_NAME_VARIABLE) },
        relabel_rules: reference('loki', 'relabel', label, 'rules'),
        forward_to,
      },
    },
  ];
}

/** Senders wait while Loki does: the memory limiter refuses what would not fit, and clients of OTLP try again. */
function otlpComponents(
  label: string,
  { grpcPort, httpPort, kubernetesAttributes }: Extract<LogPipelineSettings['source'], { kind: 'otlp' }>,
  forward_to: AlloyValue,
): AlloyBlock[] {
  const input = (kind: string, name: string) => ({
    name: 'output',
    attributes: { logs: [reference('otelcol', kind, name, label, 'input')] },
  });
  return [
    {
      name: 'otelcol.receiver.otlp',
      label,
      blocks: [
        { name: 'grpc', attributes: { endpoint: `0.0.0.0:${grpcPort}` } },
        { name: 'http', attributes: { endpoint: `0.0.0.0:${httpPort}` } },
        input('processor', 'memory_limiter'),
      ],
    },
    {
      name: 'otelcol.processor.memory_limiter',
      label,
      attributes: { check_interval: '1s', limit_percentage: 75, spike_limit_percentage: 15 },
      blocks: [kubernetesAttributes ? input('processor', 'k8sattributes') : input('processor', 'batch')],
    },
    ...(kubernetesAttributes
      ? [
          {
            name: 'otelcol.processor.k8sattributes',
            label,
            blocks: [
              { name: 'extract', attributes: { metadata: ['k8s.namespace.name', 'k8s.pod.name', 'k8s.node.name'] } },
              // What an application tells about itself comes first, then the address it sends from.
              ...[['k8s.pod.uid'], ['k8s.pod.ip']].map(([name]) => ({
                name: 'pod_association',
                blocks: [{ name: 'source', attributes: { from: 'resource_attribute', name } }],
              })),
              { name: 'pod_association', blocks: [{ name: 'source', attributes: { from: 'connection' } }] },
              input('processor', 'batch'),
            ],
          },
        ]
      : []),
    { name: 'otelcol.processor.batch', label, blocks: [input('exporter', 'loki')] },
    { name: 'otelcol.exporter.loki', label, attributes: { forward_to } },
  ];
}
