import { is, isOneOf, type Matcher } from '../query/expressions';
import type { AlertDefinition, Rules } from './definition';
import { labelValue, type RuleContext, type Source, VALUE } from './rule-context';

/** Elasticsearch, by what its exporter asks it. Whether the exporter itself answers is said by `TargetDown`. */
export const ELASTICSEARCH_RULES: Rules = {
  needs: ['elasticsearch-exporter'],
  groups: (context) => [
    {
      name: 'elasticsearch',
      alerts: [
        ...clusterAlerts(context),
        ...diskAlerts(context),
        ...nodeAlerts(context),
        ...indexAlerts(context),
        ...indexingAlerts(context),
      ],
    },
  ],
};

/** What has its metrics here: one Elasticsearch for each exporter, and in it nodes by `name`. */
function ofExporter(context: RuleContext) {
  const { namespace } = context.labels;
  const one = context.by('job', namespace);
  return {
    own: (metric: string, ...matchers: Matcher[]) =>
      context.select('elasticsearch-exporter', `elasticsearch_${metric}`, ...matchers),
    whole: (aggregation: 'max' | 'min' | 'sum', series: string) => `${aggregation} ${one} (${series})`,
    same: context.on('job', namespace),
    byNode: context.by(namespace, 'name'),
    where: `Elasticsearch in ${labelValue(namespace)}`,
    node: `Elasticsearch node ${labelValue('name')} in ${labelValue(namespace)}`,
  };
}

function clusterAlerts(context: RuleContext): AlertDefinition[] {
  const { own, whole, same, where } = ofExporter(context);
  const window = context.window(5);
  const day = context.window(24 * 60);
  const answers = whole('max', own('cluster_health_number_of_nodes'));
  // How many shards are unassigned, where the colour has been the same for the whole window.
  const unassigned = (color: string) =>
    `${whole('max', own('cluster_health_unassigned_shards'))} and ${same} ${whole('min', `min_over_time(${own('cluster_health_status', is('color', color))}[${window}])`)} == 1`;
  const members = (range: string) => whole('max', `max_over_time(${own('cluster_health_number_of_nodes')}[${range}])`);
  return [
    {
      name: 'ElasticsearchDown',
      severity: 'critical',
      for: '5m',
      expr: `${whole('max', context.select('elasticsearch-exporter', 'up'))} == 1 unless ${same} ${answers}`,
      summary: `${where} does not answer`,
      description:
        'The exporter gets no answer about its health: nobody finds lines, and agents keep what they read on the nodes until their room is used up.',
    },
    {
      name: 'ElasticsearchClusterRed',
      severity: 'critical',
      for: '5m',
      expr: unassigned('red'),
      summary: `${where} lacks data`,
      description: `The first copy of at least one shard is nowhere (${VALUE.number} shards are unassigned): lines cannot be found, and those for the index of such a shard are not taken.`,
    },
    {
      name: 'ElasticsearchClusterYellow',
      severity: 'warning',
      for: '30m',
      expr: unassigned('yellow'),
      summary: `${where} lacks copies of its data`,
      description: `${VALUE.number} shards have no second copy. Everything is found, but the next node that is lost may take data with it.`,
    },
    {
      name: 'ElasticsearchNodeMissing',
      severity: 'warning',
      for: '10m',
      expr: `${members(window)} < ${members(day)}`,
      summary: `${where} has lost a node`,
      description: `${VALUE.number} nodes belong to the cluster; there were more within ${day}. Of three one may be away; without two of them nothing is written.`,
    },
    {
      name: 'ElasticsearchTasksWaiting',
      severity: 'warning',
      for: '15m',
      threshold: { value: 30, unit: 'seconds' },
      expr: (threshold) =>
        `${whole('max', `min_over_time(${own('cluster_health_task_max_waiting_in_queue_millis')}[${window}])`)} / 1000 > ${threshold}`,
      summary: `The master of ${where} does not keep up`,
      description: (threshold) =>
        `The oldest change of the cluster has waited for ${VALUE.duration}; at most ${threshold} is expected. New indices are made late, and lines for them wait.`,
    },
    {
      name: 'ElasticsearchExporterFailing',
      severity: 'warning',
      for: '15m',
      expr: [
        `${whole('min', `max_over_time(${own('scrape_success')}[${window}])`)} == 0 and ${same} ${answers}`,
        `${answers} unless ${same} ${whole('max', own('jvm_memory_max_bytes'))}`,
      ].join(' or '),
      summary: `Some metrics of ${where} are missing`,
      description:
        'The exporter gets no answer to some of its questions, although the cluster answers about its health: alerts that need the rest are silent.',
    },
  ];
}

function diskAlerts(context: RuleContext): AlertDefinition[] {
  const { own, byNode, node } = ofExporter(context);
  const window = context.window(5);
  const used = (threshold: number) =>
    `max ${byNode} (1 - max_over_time(${own('filesystem_data_available_bytes')}[${window}]) / ${own('filesystem_data_size_bytes')}) > ${threshold}`;
  return [
    {
      name: 'ElasticsearchDiskFillingUp',
      severity: 'warning',
      for: '15m',
      threshold: { value: 0.85, unit: 'ratio' },
      expr: used,
      summary: `The volume of ${node} fills up`,
      description: (threshold) =>
        `${VALUE.percentage} are used. Above ${threshold}, the low watermark, no second copy of a new shard is put there.`,
    },
    {
      name: 'ElasticsearchDiskFillingUp',
      severity: 'critical',
      for: '15m',
      threshold: { value: 0.9, unit: 'ratio' },
      expr: used,
      summary: `The volume of ${node} has hardly any room left`,
      description: (threshold) =>
        `${VALUE.percentage} are used. Above ${threshold}, the high watermark, shards are moved away and no new one is put there: the index of the next day may find no place.`,
    },
    {
      name: 'ElasticsearchDiskFloodStage',
      severity: 'critical',
      for: '5m',
      threshold: { value: 0.95, unit: 'ratio' },
      expr: used,
      summary: `${node} takes no more lines`,
      description: (threshold) =>
        `${VALUE.percentage} of its volume are used. Above ${threshold}, the flood stage, every index with a shard there can only be read and deleted.`,
    },
  ];
}

function nodeAlerts(context: RuleContext): AlertDefinition[] {
  const { labels } = context;
  const { own, byNode, node } = ofExporter(context);
  const window = context.window(15);
  return [
    {
      name: 'ElasticsearchHeapAlmostFull',
      severity: 'warning',
      for: '15m',
      threshold: { value: 0.9, unit: 'ratio' },
      // The least of the window: what is left after each collection.
      expr: (threshold) =>
        `max ${byNode} (min_over_time(${own('jvm_memory_used_bytes', is('area', 'heap'))}[${window}]) / ${own('jvm_memory_max_bytes', is('area', 'heap'))}) > ${threshold}`,
      summary: `${node} has hardly any heap left`,
      description: (threshold) =>
        `${VALUE.percentage} of the heap are used even after it was cleared; at most ${threshold} is expected. It spends its time on clearing, refuses requests, or ends.`,
    },
    {
      name: 'ElasticsearchCircuitBreakerTripped',
      severity: 'warning',
      for: '5m',
      expr: `sum ${context.by(labels.namespace, 'name', 'breaker')} (increase(${own('breakers_tripped')}[${window}])) > 0`,
      summary: `${node} refuses requests for lack of memory`,
      description: `The breaker ${labelValue('breaker')} refused ${VALUE.number} requests within ${window}, because they would have used up the heap.`,
    },
    {
      name: 'ElasticsearchWritesRejected',
      severity: 'warning',
      for: '15m',
      // Since 9.0 requests wait in a queue of their own before their parts do.
      expr: `sum ${byNode} (increase(${own('thread_pool_rejected_count', isOneOf('type', ['write', 'write_coordination']))}[${window}])) > 0`,
      summary: `${node} does not keep up with what is written`,
      description: `Its queue is full: ${VALUE.number} writes were refused within ${window}. Agents try again, so that lines arrive late; they are lost when the agents' room is used up.`,
    },
  ];
}

function indexAlerts(context: RuleContext): AlertDefinition[] {
  const { own, whole, same, where } = ofExporter(context);
  const window = context.window(5);
  const health = (metric: string) => whole('max', own(`cluster_health_${metric}`));
  const shards = ['active_shards', 'initializing_shards', 'unassigned_shards'].map(health).join(' + ');
  return [
    {
      name: 'ElasticsearchShardLimitApproaching',
      severity: 'warning',
      for: '15m',
      threshold: { value: 0.9, unit: 'ratio' },
      expr: (threshold) =>
        `(${shards}) / (${health('number_of_data_nodes')} * ${whole('max', own('clustersettings_stats_max_shards_per_node'))}) > ${threshold}`,
      summary: `${where} can hardly make new indices`,
      description: (threshold) =>
        `${VALUE.percentage} of the shards that its nodes may have are there (cluster.max_shards_per_node); at most ${threshold} is expected. At the limit no index is made, and the lines of the next day are refused.`,
    },
    {
      name: 'ElasticsearchLifecycleFailing',
      severity: 'warning',
      for: '30m',
      expr: `count ${context.by('job', context.labels.namespace)} (min_over_time(${own('ilm_index_status', is('step', 'ERROR'))}[${window}]) == 1)`,
      summary: `${where} cannot do what the life of its indices asks for`,
      description: `${VALUE.number} indices stand at a step that failed: old ones may stay, and their volume fills up.`,
    },
    {
      name: 'ElasticsearchLifecycleStopped',
      severity: 'warning',
      for: '1h',
      expr: `${whole('max', `max_over_time(${own('ilm_status', is('operation_mode', 'RUNNING'))}[${window}])`)} == 0 and ${same} ${health('number_of_nodes')}`,
      summary: `${where} deletes no old index`,
      description:
        'Somebody has stopped the management of the life of indices, and has not started it again: the volumes fill up.',
    },
  ];
}

/** Counters of the lines that agents read. */
const READ: readonly (readonly [Source, string, ...Matcher[]])[] = [
  ['fluentd', 'fluentd_output_status_emit_records', is('plugin_id', 'elasticsearch')],
  ['fluent-bit', 'fluentbit_input_records_total'],
];

function indexingAlerts(context: RuleContext): AlertDefinition[] {
  const { own, whole, where } = ofExporter(context);
  const window = context.window(30);
  const read = READ.filter(([source]) => context.has(source)).map(
    ([source, metric, ...matchers]) =>
      `sum ${context.by()} (increase(${context.select(source, metric, ...matchers)}[${window}])) > 0`,
  );
  return read.length === 0
    ? []
    : [
        {
          name: 'ElasticsearchIndexingStopped',
          severity: 'critical',
          for: '10m',
          expr: `${whole('sum', `increase(${own('indices_indexing_index_total')}[${window}])`)} == 0 and ${context.on()} (${read.join(' or ')})`,
          summary: `${where} stores no lines`,
          description: `Agents have read lines within ${window}, and not one was stored. They wait on the nodes until the agents' room is used up.`,
        },
      ];
}
