import { group, is, isOneOf, operation } from '../../../query/expressions';
import { NAMESPACE } from '../../chain';
import { betterFrom, type Composer, legend, type Series, worseFrom } from '../../composer';
import { DashboardLayer } from '../../dashboard-options';
import type { Section } from '../../layout';
import type { StandardBoard } from '../../standard-board';
import { line, max, maxOfEach, min, panelsOf, sum, sumOfEach } from '../panels-in-lines';

export const elasticsearch: StandardBoard = {
  name: 'elasticsearch',
  title: 'Elasticsearch / Overview',
  description: 'Whether Elasticsearch has all its data, how full its volumes and heaps are, and what is written and searched.',
  layer: DashboardLayer.INFRASTRUCTURE,
  topic: 'logs',
  needs: ['elasticsearch-exporter'],
  compose: (composer) => {
    const chosen = composer.choose(health('number_of_nodes'), NAMESPACE);
    return {
      variables: chosen.variables,
      links: [
        ...composer.logsLink({ [composer.labels.namespace]: 'namespace' }),
        ...composer.boardLinks(['Fluentd', 'fluentd'], ['Fluent Bit', 'fluent-bit']),
      ],
      sections: [
        state(composer, chosen),
        writes(composer, chosen),
        searches(composer, chosen),
        nodes(composer, chosen),
        indices(composer, chosen),
        exporter(composer, chosen),
      ],
    };
  },
};

const of = (metric: string) => `elasticsearch_${metric}`;
const health = (metric: string) => of(`cluster_health_${metric}`);

/** The label that tells its nodes apart. */
const NODE = 'name';

const HEAP = is('area', 'heap');
const WRITES = isOneOf('type', ['write', 'write_coordination']);

/** How full volumes are, the fullest of each. */
const filled = ({ series }: Series, ...by: string[]) =>
  operation(
    '1',
    '-',
    min(operation(series(of('filesystem_data_available_bytes')), '/', series(of('filesystem_data_size_bytes'))), ...by),
  );

/** How full heaps are, the fullest of each. */
const heap = ({ series }: Series, ...by: string[]) =>
  max(operation(series(of('jvm_memory_used_bytes'), HEAP), '/', series(of('jvm_memory_max_bytes'), HEAP)), ...by);

/** Seconds that one of many takes. */
const timeOfOne = ({ rate }: Series, seconds: string, counter: string, ...by: string[]) =>
  operation(sum(rate(of(seconds)), ...by), '/', group(operation(sum(rate(of(counter)), ...by), '>', 0)));

function state(composer: Composer, chosen: Series): Section {
  const { graph, number } = panelsOf(composer);
  const { series, rate } = chosen;
  return {
    title: 'State',
    panels: [
      ...line(
        number(
          'Health',
          'none',
          sum(operation(series(health('status')), '==', 1), 'color'),
          'Yellow: copies are missing. Red: data is missing.',
          { name: '{{color}}' },
        ),
        number('Nodes', 'short', sum(series(health('number_of_nodes'))), 'Nodes that belong to the cluster.', {
          thresholds: betterFrom(1, 1),
        }),
        number(
          'Unassigned',
          'short',
          sum(series(health('unassigned_shards'))),
          'Shards and copies that are on no node. More than 0 for long: see the alert of that colour.',
          { thresholds: worseFrom(1) },
        ),
        number(
          'Fullest volume',
          'percentunit',
          filled(chosen),
          'Share of the volume in use. Above 90 % no shards are put there, above 95 % nothing is written.',
          { decimals: 1, thresholds: worseFrom(0.85, 0.9) },
        ),
        number(
          'Fullest heap',
          'percentunit',
          heap(chosen),
          'Share of the heap in use. It rises and falls; above 90 % for long is bad.',
          {
            decimals: 1,
            thresholds: worseFrom(0.9),
          },
        ),
        number(
          'Lines',
          'eps',
          sum(rate(of('indices_indexing_index_total'))),
          'Lines per second that are stored, copies among them.',
        ),
      ),
      ...line(
        graph(
          'Health',
          'short',
          sumOfEach(series(health('status')), 'color'),
          'Clusters of each colour. Red: data is missing. Yellow: copies are missing.',
          { stacked: true },
        ),
        graph(
          'Shards on their way',
          'short',
          {
            unassigned: sum(series(health('unassigned_shards'))),
            initializing: sum(series(health('initializing_shards'))),
            relocating: sum(series(health('relocating_shards'))),
          },
          'Shards that are on no node, being made, or moved. Unassigned ones that stay: something keeps them from finding a place.',
        ),
        graph(
          'Volumes',
          'percentunit',
          { [legend(NODE)]: filled(chosen, NODE) },
          'Share of the volume of each node in use. Above 90 % no shards are put there, above 95 % nothing is written.',
          { max: 1, thresholds: worseFrom(0.85, 0.9) },
        ),
      ),
    ],
  };
}

function writes(composer: Composer, chosen: Series): Section {
  const { graph } = panelsOf(composer);
  const { series, rate } = chosen;
  return {
    title: 'Writes',
    panels: [
      ...line(
        graph(
          'Lines',
          'eps',
          sumOfEach(rate(of('indices_indexing_index_total')), NODE),
          'Lines per second that a node stores, copies among them. None: agents do not get rid of theirs.',
          { stacked: true },
        ),
        graph(
          'Time of a line',
          's',
          {
            [legend(NODE)]: timeOfOne(chosen, 'indices_indexing_index_time_seconds_total', 'indices_indexing_index_total', NODE),
          },
          'Seconds that storing one line takes. A rise: processor or volume are at their limit.',
        ),
        graph(
          'Refused',
          'ops',
          sumOfEach(rate(of('thread_pool_rejected_count'), WRITES), NODE, 'type'),
          'Writes per second that found the queue full. Agents send them again.',
          { thresholds: worseFrom(0.01) },
        ),
      ),
      ...line(
        graph(
          'Waiting',
          'short',
          maxOfEach(series(of('thread_pool_queue_count'), WRITES), NODE, 'type'),
          'Writes in the queue. A queue that does not get shorter ends in refusals.',
        ),
        graph(
          'Room for writes under way',
          'percentunit',
          {
            [legend(NODE)]: max(
              operation(
                series(of('indexing_pressure_current_all_in_bytes')),
                '/',
                series(of('indexing_pressure_limit_in_bytes')),
              ),
              NODE,
            ),
          },
          'Share of the memory for writes under way in use. At 1 further ones are refused.',
        ),
        graph(
          'Merges',
          'Bps',
          sumOfEach(rate(of('indices_merges_total_size_bytes_total')), NODE),
          'Bytes per second that are merged.',
        ),
      ),
    ],
  };
}

function searches(composer: Composer, chosen: Series): Section {
  const { graph } = panelsOf(composer);
  const { rate } = chosen;
  return {
    title: 'Searches',
    panels: line(
      graph(
        'Searches',
        'ops',
        sumOfEach(rate(of('indices_search_query_total')), NODE),
        'Searches per second, counted in each shard that is searched.',
        { stacked: true },
      ),
      graph(
        'Time of a search',
        's',
        {
          'finding, {{name}}': timeOfOne(chosen, 'indices_search_query_time_seconds', 'indices_search_query_total', NODE),
          'fetching, {{name}}': timeOfOne(chosen, 'indices_search_fetch_time_seconds', 'indices_search_fetch_total', NODE),
        },
        'Seconds that one shard takes. A rise: searches over much time, or nodes without memory for their files.',
      ),
      graph(
        'Refused',
        'ops',
        sumOfEach(rate(of('thread_pool_rejected_count'), is('type', 'search')), NODE),
        'Searches per second that found the queue full. People see errors.',
        { thresholds: worseFrom(0.01) },
      ),
    ),
  };
}

function nodes(composer: Composer, chosen: Series): Section {
  const { graph } = panelsOf(composer);
  const { series, rate } = chosen;
  return {
    title: 'Nodes',
    panels: [
      ...line(
        graph(
          'Heap',
          'percentunit',
          { [legend(NODE)]: heap(chosen, NODE) },
          'Share of the heap in use. What counts is the lowest point after each collection: above 90 % the node refuses requests.',
          { max: 1, thresholds: worseFrom(0.9) },
        ),
        graph(
          'Collections',
          'percentunit',
          sumOfEach(rate(of('jvm_gc_collection_seconds_sum')), NODE, 'gc'),
          'Share of the time that is spent on clearing the heap. More than a tenth: it is too small.',
          { thresholds: worseFrom(0.1) },
        ),
        graph(
          'Breakers',
          'ops',
          sumOfEach(rate(of('breakers_tripped')), NODE, 'breaker'),
          'Requests per second that were refused because they would have used up the heap.',
          { thresholds: worseFrom(0.01) },
        ),
      ),
      ...line(
        graph('CPU', 'short', sumOfEach(rate(of('process_cpu_seconds_total')), NODE), 'Cores in use.'),
        graph(
          'Room left',
          'bytes',
          { [legend(NODE)]: min(series(of('filesystem_data_available_bytes')), NODE) },
          'What is left on the volume of each node.',
        ),
        graph(
          'Uptime',
          's',
          { [legend(NODE)]: min(series(of('jvm_uptime_seconds')), NODE) },
          'Seconds since the start. A line that falls to 0 is a restart, one that ends a node that has gone.',
        ),
      ),
    ],
  };
}

function indices(composer: Composer, chosen: Series): Section {
  const { graph } = panelsOf(composer);
  const { series } = chosen;
  const shards = ['active_shards', 'initializing_shards', 'unassigned_shards'].map((metric) => sum(series(health(metric))));
  const limit = operation(
    max(series(health('number_of_data_nodes'))),
    '*',
    max(series(of('clustersettings_stats_max_shards_per_node'))),
  );
  return {
    title: 'Indices',
    panels: [
      ...line(
        graph('Size', 'bytes', sumOfEach(series(of('indices_store_size_bytes')), NODE), 'What indices take, copies among it.', {
          stacked: true,
        }),
        graph('Lines', 'short', sumOfEach(series(of('indices_docs')), NODE), 'Lines that are kept, without copies.', {
          stacked: true,
        }),
        graph(
          'Shards',
          'percentunit',
          { share: operation(group(shards.join(' + ')), '/', group(limit)) },
          'Share of the shards that the nodes may have. At 1 no index is made, and the lines of the next day are refused.',
          { max: 1, thresholds: worseFrom(0.9) },
        ),
      ),
      ...line(
        graph(
          'Life of indices',
          'short',
          sumOfEach(series(of('ilm_index_status')), 'phase', 'step'),
          'Indices by the phase and step at which they are. Those at the step ERROR stay although they should go.',
          { stacked: true },
        ),
        graph(
          'Oldest waiting task',
          'ms',
          {
            [legend(composer.labels.namespace)]: max(
              series(health('task_max_waiting_in_queue_millis')),
              composer.labels.namespace,
            ),
          },
          'How long the oldest change of the cluster has waited for the master. More than 30 s for long: it does not keep up.',
        ),
      ),
    ],
  };
}

function exporter(composer: Composer, { series }: Series): Section {
  const { graph } = panelsOf(composer);
  return {
    title: 'Exporter',
    panels: line(
      graph(
        'Answers',
        'short',
        { '{{collector}}': min(series(of('scrape_success')), 'collector') },
        'Whether Elasticsearch answered each question. 0: those metrics are missing.',
      ),
      graph(
        'Time of an answer',
        's',
        maxOfEach(series(of('scrape_duration_seconds')), 'collector'),
        'Seconds that an answer took. After five the exporter gives up.',
      ),
    ),
  };
}
