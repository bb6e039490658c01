import { rises } from './case-patterns';
import { type Cases, series, target, targetLabels } from './cases';

const own = target('elasticsearch-exporter');
const PLACE = { namespace: 'monitoring', job: 'elasticsearch-exporter' };
const NODE = { namespace: 'monitoring', name: 'elasticsearch-0' };
const ES = { exported_cluster: 'monitoring-elasticsearch' };

const health = (metric: string) => own(`elasticsearch_cluster_health_${metric}`, ES);
const status = (color: string) => own('elasticsearch_cluster_health_status', { ...ES, color });
const ofNode = (metric: string, labels = {}) =>
  own(`elasticsearch_${metric}`, { ...ES, name: NODE.name, host: '10.0.0.1', ...labels });
const [UP, NODES, UNASSIGNED] = [own('up'), health('number_of_nodes'), health('unassigned_shards')];

const colored = (color: string, values: string) => ({ [UNASSIGNED]: '3x60', [status(color)]: values });

/** A volume of 100 GB, and what of it is available. */
const volume = (available: string) => ({
  [ofNode('filesystem_data_size_bytes', { mount: '/data' })]: '100x90',
  [ofNode('filesystem_data_available_bytes', { mount: '/data' })]: available,
});

const heap = (used: string) => ({
  [ofNode('jvm_memory_max_bytes', { area: 'heap' })]: '1000x90',
  [ofNode('jvm_memory_used_bytes', { area: 'heap' })]: used,
  // Not limited by the heap.
  [ofNode('jvm_memory_used_bytes', { area: 'non-heap' })]: '5000x90',
});

const shards = (active: number) => ({
  [health('active_shards')]: `${active}x60`,
  [health('initializing_shards')]: '1x60',
  [UNASSIGNED]: '20x60',
  [health('number_of_data_nodes')]: '3x60',
  [own('elasticsearch_clustersettings_stats_max_shards_per_node')]: '1000x60',
});

const step = (index: string, name: string) => own('elasticsearch_ilm_index_status', { index, step: name, action: 'delete' });
const mode = (name: string) => own('elasticsearch_ilm_status', { operation_mode: name });
const success = (collector: string) => own('elasticsearch_scrape_success', { collector });
const JVM = ofNode('jvm_memory_max_bytes', { area: 'heap' });

const STORED = ofNode('indices_indexing_index_total');
const FLUENTD = series('fluentd_output_status_emit_records', { ...targetLabels('fluentd'), plugin_id: 'elasticsearch' });
const FLUENT_BIT = series('fluentbit_input_records_total', { ...targetLabels('fluent-bit'), name: 'tail.0' });

export const ELASTICSEARCH_CASES: Cases = {
  ElasticsearchDown: {
    fires: { series: { [UP]: '1x60', [NODES]: '3x10 stale' }, at: '30m', alerts: [PLACE] },
    // Away for three minutes; and an exporter that is down, which is another alert.
    silent: [
      { series: { [UP]: '1x60', [NODES]: '3x10 stale _x2 3x40' }, at: '13m' },
      { series: { [UP]: '1x10 0x50', [NODES]: '3x10 stale' }, at: '30m' },
    ],
  },
  ElasticsearchClusterRed: {
    fires: { series: colored('red', '0x5 1x55'), at: '30m', alerts: [PLACE] },
    silent: [
      { series: colored('red', '0x5 1x4 0x50'), at: '12m' },
      { series: colored('yellow', '1x60'), at: '30m' },
    ],
  },
  ElasticsearchClusterYellow: {
    fires: { series: colored('yellow', '0x5 1x55'), at: '50m', alerts: [PLACE] },
    // A node was restarted.
    silent: { series: colored('yellow', '0x5 1x15 0x40'), at: '50m' },
  },
  ElasticsearchNodeMissing: {
    fires: { series: { [NODES]: '3x30 2x60' }, at: '60m', alerts: [PLACE] },
    silent: [
      { series: { [NODES]: '3x30 2x10 3x50' }, at: '60m' },
      { series: { [NODES]: '1x90' }, at: '60m' },
    ],
  },
  ElasticsearchTasksWaiting: {
    fires: { series: { [health('task_max_waiting_in_queue_millis')]: '0x5 45000x55' }, at: '40m', alerts: [PLACE] },
    // Now and then something waits long.
    silent: { series: { [health('task_max_waiting_in_queue_millis')]: '0 0 90000 0 0 90000 0 0 90000 0x40' }, at: '10m' },
  },
  ElasticsearchExporterFailing: {
    fires: [
      {
        series: { [NODES]: '3x60', [JVM]: '1000x60', [success('ilm')]: '0x60', [success('clustersettings')]: '1x60' },
        at: '40m',
        alerts: [PLACE],
      },
      { series: { [NODES]: '3x60', [success('ilm')]: '1x60' }, at: '40m', alerts: [PLACE] },
    ],
    silent: [
      // Elasticsearch is away, which is another alert.
      { series: { [success('ilm')]: '0x60' }, at: '40m' },
      { series: { [NODES]: '3x60', [JVM]: '1000x60', [success('ilm')]: '1x10 0 1x50' }, at: '40m' },
    ],
  },
  ElasticsearchDiskFillingUp: {
    fires: [
      { series: volume('20x20 12x60'), at: '45m', alerts: [{ ...NODE, severity: 'warning' }] },
      {
        series: volume('20x20 8x60'),
        at: '45m',
        alerts: [
          { ...NODE, severity: 'warning' },
          { ...NODE, severity: 'critical' },
        ],
      },
    ],
    // A merge took room for a while.
    silent: { series: volume('20x20 8x10 20x60'), at: '45m' },
  },
  ElasticsearchDiskFloodStage: {
    fires: { series: volume('20x20 4x60'), at: '45m', alerts: [NODE] },
    silent: { series: volume('20x20 6x60'), at: '45m' },
  },
  ElasticsearchHeapAlmostFull: {
    fires: { series: heap('500x10 950x80'), at: '60m', alerts: [NODE] },
    // Full before each collection, half empty after it.
    silent: { series: heap('950 950 950 950 400 950 950 950 950 400 950 950 950 950 400 950 950 950 950 400'), at: '19m' },
  },
  ElasticsearchCircuitBreakerTripped: rises(
    own,
    'elasticsearch_breakers_tripped',
    '30m',
    { ...NODE, breaker: 'parent' },
    { name: NODE.name, breaker: 'parent' },
  ),
  ElasticsearchWritesRejected: rises(
    own,
    'elasticsearch_thread_pool_rejected_count',
    '40m',
    { ...NODE },
    { name: NODE.name, type: 'write' },
  ),
  ElasticsearchShardLimitApproaching: {
    fires: { series: shards(2800), at: '30m', alerts: [PLACE] },
    silent: { series: shards(2600), at: '30m' },
  },
  ElasticsearchLifecycleFailing: {
    fires: {
      series: { [step('kubernetes-2026.01.01', 'ERROR')]: '1x90', [step('kubernetes-2026.01.02', 'ERROR')]: '1x90' },
      at: '60m',
      alerts: [PLACE],
    },
    silent: {
      series: { [step('kubernetes-2026.01.01', 'ERROR')]: '1x10 stale', [step('kubernetes-2026.01.01', 'complete')]: '1x90' },
      at: '60m',
    },
  },
  ElasticsearchLifecycleStopped: {
    fires: {
      series: { [NODES]: '3x120', [mode('RUNNING')]: '1x5 0x115', [mode('STOPPED')]: '0x5 1x115' },
      at: '90m',
      alerts: [PLACE],
    },
    silent: { series: { [NODES]: '3x120', [mode('RUNNING')]: '1x5 0x30 1x85', [mode('STOPPED')]: '0x5 1x30 0x85' }, at: '90m' },
  },
  ElasticsearchIndexingStopped: {
    fires: [
      { series: { [STORED]: '0+100x20 2000x100', [FLUENTD]: '0+100x120' }, at: '90m', alerts: [PLACE] },
      { series: { [STORED]: '0+100x20 2000x100', [FLUENT_BIT]: '0+100x120' }, at: '90m', alerts: [PLACE] },
    ],
    silent: [
      // Nobody writes.
      { series: { [STORED]: '0+100x20 2000x100', [FLUENTD]: '0+100x20 2000x100' }, at: '90m' },
      { series: { [STORED]: '0+100x120', [FLUENTD]: '0+100x120' }, at: '90m' },
      // Not known whether anything is stored.
      { series: { [FLUENTD]: '0+100x120' }, at: '90m' },
    ],
  },
};
