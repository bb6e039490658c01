import { is, isOneOf, type Matcher } from '../query/expressions';
import type { Rules } from './definition';
import { labelValue, VALUE } from './rule-context';

/** Memcached: caches of Loki and Thanos, which go on without them, only slower. */
export const MEMCACHED_RULES: Rules = {
  needs: ['memcached'],
  groups: (context) => {
    const { labels } = context;
    const window = context.window(5);
    const hour = context.window(60);
    const pods = [labels.namespace, labels.pod];
    const own = (metric: string, ...matchers: Matcher[]) => context.select('memcached', `memcached_${metric}`, ...matchers);
    const where = `Memcached ${labelValue(labels.namespace)}/${labelValue(labels.pod)}`;
    const gets = (status: Matcher) =>
      `sum ${context.by(...pods)} (rate(${own('commands_total', is('command', 'get'), status)}[${hour}]))`;
    const connections = (threshold: number) =>
      `max_over_time(${own('current_connections')}[${window}]) / ${own('max_connections')} > ${threshold}`;
    const near = (threshold: string) => `${VALUE.percentage} of the connections are taken (limit of this alert: ${threshold}).`;
    return [
      {
        name: 'memcached',
        alerts: [
          {
            name: 'MemcachedDown',
            severity: 'warning',
            for: '15m',
            expr: `max_over_time(${own('up')}[${window}]) == 0`,
            summary: `${where} does not answer its exporter`,
            description: 'What it cached is computed or fetched anew each time: queries are slow.',
          },
          {
            name: 'MemcachedConnectionLimitApproaching',
            severity: 'warning',
            for: '15m',
            threshold: { value: 0.8, unit: 'ratio' },
            expr: connections,
            summary: `${where} has many connections`,
            description: near,
          },
          {
            name: 'MemcachedConnectionLimitApproaching',
            severity: 'critical',
            for: '15m',
            threshold: { value: 0.95, unit: 'ratio' },
            expr: connections,
            summary: `${where} has hardly any connection left`,
            description: (threshold) => `${near(threshold)} Further clients have to wait.`,
          },
          {
            name: 'MemcachedConnectionsRejected',
            severity: 'warning',
            for: '15m',
            expr: `increase(${own('connections_rejected_total')}[${window}]) > 0 or increase(${own('connections_listener_disabled_total')}[${window}]) > 0`,
            summary: `${where} turns connections away`,
            description: `It reached its limit of connections ${VALUE.number} times within ${window}; clients wait or go on without the cache.`,
          },
          {
            name: 'MemcachedOutOfMemoryErrors',
            severity: 'warning',
            for: '15m',
            expr: `sum ${context.by(...pods)} (rate(${own('slab_items_outofmemory_total')}[${window}])) > 0`,
            summary: `${where} has no memory for items`,
            description: `${VALUE.number} items a second are refused, although others could be thrown out: nothing of their size is there.`,
          },
          {
            name: 'MemcachedTooSmall',
            severity: 'info',
            for: '1h',
            threshold: { value: 0.2, unit: 'ratio' },
            // Below a request a second the share says nothing.
            expr: (threshold) =>
              [
                `${gets(is('status', 'hit'))} / (${gets(isOneOf('status', ['hit', 'miss']))} > 1) < ${threshold}`,
                `and ${context.on(...pods)} rate(${own('items_evicted_total')}[${hour}]) > 0`,
              ].join(' '),
            summary: `${where} throws out what would have been needed`,
            description: (threshold) =>
              `Only ${VALUE.percentage} of what is asked for is there, while items are thrown out for lack of memory; at least ${threshold} is expected.`,
          },
        ],
      },
    ];
  },
};
