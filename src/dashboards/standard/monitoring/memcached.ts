import { group, is, isOneOf, operation } from '../../../query/expressions';
import { NAMESPACE } from '../../chain';
import { betterFrom, legend, worseFrom } from '../../composer';
import { DashboardLayer } from '../../dashboard-options';
import type { StandardBoard } from '../../standard-board';
import { count, line, max, panelsOf, sum, sumOfEach } from '../panels-in-lines';
import { BOARD } from './names';

const of = (metric: string) => `memcached_${metric}`;

export const memcached: StandardBoard = {
  name: BOARD.memcached,
  title: 'Memcached / Overview',
  description: 'Whether the caches answer, how often they have what is asked for, and how full they are.',
  layer: DashboardLayer.INFRASTRUCTURE,
  topic: 'monitoring',
  needs: ['memcached'],
  compose: (composer) => {
    const { pod } = composer.labels;
    const cache = composer.choose('memcached_up', NAMESPACE);
    const { series, rate } = cache;
    const { graph, number } = panelsOf(composer);
    const get = is('command', 'get');
    const share = (part: string, all: string) => operation(part, '/', group(operation(all, '>', 0)));
    const hits = (...by: string[]) =>
      share(
        sum(rate(of('commands_total'), get, is('status', 'hit')), ...by),
        sum(rate(of('commands_total'), get, isOneOf('status', ['hit', 'miss'])), ...by),
      );
    const filled = (...by: string[]) => share(sum(series(of('current_bytes')), ...by), sum(series(of('limit_bytes')), ...by));
    const connected = (...by: string[]) =>
      share(max(series(of('current_connections')), ...by), max(series(of('max_connections')), ...by));
    return {
      variables: cache.variables,
      links: composer.boardLinks(['Reads of Loki', 'loki-reads'], ['Overview', BOARD.overview]),
      sections: [
        {
          title: 'State',
          panels: [
            ...line(
              number('Up', 'short', sum(series(of('up'))), 'Caches that their exporter reaches.', {
                thresholds: betterFrom(1, 1),
              }),
              number('Hits', 'percentunit', hits(), 'Share of what is asked for that is there.', { decimals: 1 }),
              number(
                'Full',
                'percentunit',
                filled(),
                'Share of the memory in use. A full cache is well: it makes room by itself.',
                { decimals: 1 },
              ),
              number('Items', 'short', sum(series(of('current_items'))), 'Items in the caches.'),
              number(
                'Connections',
                'percentunit',
                connected(),
                'Share of the connections that are allowed, of the busiest cache.',
                { decimals: 1, thresholds: worseFrom(0.8, 0.95) },
              ),
              number('Version', 'none', count(series(of('version')), 'version'), 'Versions that run.', { name: '{{version}}' }),
            ),
            ...line(
              graph(
                'Hits',
                'percentunit',
                { [legend(pod)]: hits(pod) },
                'Share of what is asked for that is there. A fall: a restart, or the cache is too small.',
                { max: 1 },
              ),
              graph('Commands', 'ops', sumOfEach(rate(of('commands_total')), 'command', 'status'), 'Commands per second.', {
                stacked: true,
              }),
            ),
          ],
        },
        {
          title: 'Memory',
          panels: [
            ...line(
              graph('Full', 'percentunit', { [legend(pod)]: filled(pod) }, 'Share of the memory in use.', { max: 1 }),
              graph('Items', 'short', sumOfEach(series(of('current_items')), pod), 'Items in each cache.'),
              graph(
                'Evictions',
                'ops',
                sumOfEach(rate(of('items_evicted_total')), pod),
                'Items per second that had to go for others before their time. Many, with few hits: the cache is too small.',
              ),
            ),
            ...line(
              graph(
                'Items by class',
                'short',
                { '{{slab}}': sum(series(of('slab_current_items')), 'slab') },
                'Items by class of size.',
                { stacked: true },
              ),
              graph(
                'Out of memory',
                'ops',
                sumOfEach(rate(of('slab_items_outofmemory_total')), 'slab'),
                'Items per second that found no room in their class.',
                { thresholds: worseFrom(0.01) },
              ),
              graph(
                'Too large',
                'ops',
                sumOfEach(rate(of('item_too_large_total')), pod),
                'Items per second that are larger than an item may be. They are never cached.',
                { thresholds: worseFrom(0.01) },
              ),
            ),
          ],
        },
        {
          title: 'Connections and load',
          panels: [
            ...line(
              graph(
                'Connections',
                'percentunit',
                { [legend(pod)]: connected(pod) },
                'Share of the connections that are allowed.',
                { max: 1, thresholds: worseFrom(0.8, 0.95) },
              ),
              graph(
                'Refused and paused',
                'ops',
                {
                  refused: sum(rate(of('connections_rejected_total'))),
                  'limit reached': sum(rate(of('connections_listener_disabled_total'))),
                  paused: sum(rate(of('connections_yielded_total'))),
                },
                'Connections per second that were refused, or had to wait for others.',
              ),
              graph(
                'Traffic',
                'Bps',
                { in: sum(rate(of('read_bytes_total'))), out: `-${sum(rate(of('written_bytes_total')))}` },
                'Bytes per second: received above zero, sent below.',
                { signed: true },
              ),
            ),
            ...line(
              graph(
                'CPU',
                'short',
                {
                  [`program, ${legend(pod)}`]: sum(rate(of('process_user_cpu_seconds_total')), pod),
                  [`kernel, ${legend(pod)}`]: sum(rate(of('process_system_cpu_seconds_total')), pod),
                },
                'Cores in use.',
              ),
              graph(
                'Running for',
                's',
                { [legend(pod)]: max(series(of('uptime_seconds')), pod) },
                'Time since the start. After one, a cache is empty.',
              ),
            ),
          ],
        },
      ],
    };
  },
};
