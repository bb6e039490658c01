import { is, operation } from '../../../query/expressions';
import { NAMESPACE } from '../../chain';
import { betterFrom, legend, type Series, worseFrom } from '../../composer';
import { DashboardLayer } from '../../dashboard-options';
import type { Section } from '../../layout';
import type { StandardBoard } from '../../standard-board';
import { count, line, max, panelsOf, sum } from '../panels-in-lines';
import { BOARD, http, objectStorage, seriesOf } from './parts';

const HOUR = 3600;

export const thanosOverview: StandardBoard = {
  name: BOARD.overview,
  title: 'Thanos / Overview',
  description: 'Whether the parts of Thanos work: queries, uploads, compaction.',
  layer: DashboardLayer.INFRASTRUCTURE,
  topic: 'thanos',
  needs: ['thanos'],
  compose: (composer) => {
    const { container, pod } = composer.labels;
    const chosen = composer.choose('thanos_build_info', NAMESPACE);
    const { series, rate } = chosen;
    const { graph, number } = panelsOf(composer);
    const parts = `${series('up')} and on (${pod}, ${container}) ${series('thanos_build_info')}`;
    const requests = (title: string, of: Series, handler: string): Section => ({
      title,
      panels: http(composer, of, title, is('handler', handler)),
    });
    const age = `time() - ${max(operation(series('thanos_objstore_bucket_last_successful_upload_time'), '>', 0), pod)}`;
    return {
      variables: chosen.variables,
      links: composer.boardLinks(['Prometheus', 'prometheus-overview'], ['Cost', 'monitoring-cost']),
      sections: [
        {
          title: 'Parts',
          panels: [
            ...line(
              number('Parts that answer', 'short', sum(parts), 'Instances of all parts of Thanos.', {
                thresholds: betterFrom(1, 1),
              }),
              number(
                'Version',
                'none',
                count(series('thanos_build_info'), 'version'),
                'Versions that run. Two only while one is being rolled out.',
                { name: '{{version}}' },
              ),
              ...(composer.has('thanos-compactor')
                ? [
                    number(
                      'Halted compactors',
                      'short',
                      sum(series('thanos_compact_halted')),
                      'Compactors that stopped, because blocks are damaged. Nothing is joined or deleted until somebody looks.',
                      {
                        thresholds: worseFrom(1),
                      },
                    ),
                  ]
                : []),
              ...(composer.has('thanos-sidecar')
                ? [
                    number(
                      'Last upload',
                      's',
                      `time() - ${max(series('thanos_objstore_bucket_last_successful_upload_time', is(container, 'thanos-sidecar')))}`,
                      'Time since a sidecar last uploaded a block: two hours, or a little more.',
                      {
                        thresholds: worseFrom(3 * HOUR, 4 * HOUR),
                      },
                    ),
                  ]
                : []),
              ...(composer.has('thanos-query')
                ? [
                    number(
                      'Stores',
                      'short',
                      max(sum(series('thanos_store_nodes_grpc_connections'), pod)),
                      'Stores that a Query reaches: sidecars, store gateways, rulers.',
                    ),
                  ]
                : []),
            ),
            ...line(
              graph('Instances', 'short', { [legend(container)]: sum(parts, container) }, 'Instances that answer, by part.', {
                stacked: true,
              }),
              graph(
                'Memory',
                'bytes',
                {
                  [legend(container)]: sum(
                    `${series('process_resident_memory_bytes')} and on (${pod}, ${container}) ${series('thanos_build_info')}`,
                    container,
                  ),
                },
                'Memory, by part.',
                { stacked: true },
              ),
              graph(
                'CPU',
                'short',
                {
                  [legend(container)]: sum(
                    `${rate('process_cpu_seconds_total')} and on (${pod}, ${container}) ${series('thanos_build_info')}`,
                    container,
                  ),
                },
                'Cores in use, by part.',
                { stacked: true },
              ),
            ),
          ],
        },
        ...(composer.has('thanos-query')
          ? [
              requests('Instant queries', seriesOf(composer, 'query'), 'query'),
              requests('Range queries', seriesOf(composer, 'query'), 'query_range'),
            ]
          : []),
        ...(composer.has('thanos-query-frontend')
          ? [requests('Queries at the frontend', seriesOf(composer, 'query-frontend'), 'query-frontend')]
          : []),
        ...(composer.has('thanos-sidecar') || composer.has('thanos-store') || composer.has('thanos-compactor')
          ? [
              {
                title: 'Blocks',
                panels: line(
                  graph(
                    'Since last upload',
                    's',
                    { [legend(pod)]: age },
                    'Time since each pod last wrote a block. Sidecars do it every two hours, compactors when there is something to join.',
                  ),
                  ...(composer.has('thanos-store')
                    ? [
                        graph(
                          'Loaded blocks',
                          'short',
                          { [legend(pod)]: sum(series('thanos_bucket_store_blocks_loaded'), pod) },
                          'Blocks that a store gateway answers from.',
                        ),
                      ]
                    : []),
                  ...(composer.has('thanos-compactor')
                    ? [
                        graph(
                          'Work of the compactor',
                          'short',
                          {
                            'blocks to join': sum(series('thanos_compact_todo_compaction_blocks')),
                            'blocks to downsample': sum(series('thanos_compact_todo_downsample_blocks')),
                            'blocks to delete': sum(series('thanos_compact_todo_deletion_blocks')),
                          },
                          'Blocks that wait. A number that only grows: the compactor is too slow or stands still.',
                        ),
                      ]
                    : []),
                ),
              },
              objectStorage(composer, chosen),
            ]
          : []),
      ],
    };
  },
};
