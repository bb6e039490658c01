import { operation } from '../../../query/expressions';
import { betterFrom, type Composer, legend, type Series, worseFrom } from '../../composer';
import { DashboardLayer } from '../../dashboard-options';
import type { Section } from '../../layout';
import type { StandardBoard } from '../../standard-board';
import { count, line, max, maxOfEach, panelsOf, sum, sumOfEach } from '../panels-in-lines';
import { I, INSTANCE, share } from './exporters';

export const redis: StandardBoard = {
  name: 'redis-overview',
  title: 'Redis / Overview',
  description: 'Memory, clients, commands, keys, persistence and replication of Redis, from redis_exporter.',
  layer: DashboardLayer.MIDDLEWARE,
  topic: 'databases',
  needs: ['redis-exporter'],
  compose: (composer) => {
    const chosen = composer.choose('redis_up', INSTANCE);
    return {
      variables: chosen.variables,
      sections: [
        redisState(composer, chosen),
        redisMemory(composer, chosen),
        redisCommands(composer, chosen),
        redisSafety(composer, chosen),
      ],
    };
  },
};

const of = (name: string) => `redis_${name}`;

function redisState(composer: Composer, { series, rate }: Series): Section {
  const { number, graph } = panelsOf(composer);
  const filled = (...by: string[]) =>
    share(max(series(of('memory_used_bytes')), ...by), max(series(of('memory_max_bytes')), ...by));
  const hits = (...by: string[]) => {
    const found = sum(rate(of('keyspace_hits_total')), ...by);
    return share(found, operation(found, '+', sum(rate(of('keyspace_misses_total')), ...by)));
  };
  return {
    title: 'State',
    panels: [
      ...line(
        number('Up', 'short', sum(series(of('up'))), 'Servers that the exporter reaches.', { thresholds: betterFrom(1, 1) }),
        number('Version', 'none', count(series(of('instance_info')), 'redis_version'), 'Versions that run.', {
          name: '{{redis_version}}',
        }),
        number('Memory', 'percentunit', filled(), 'Share of maxmemory in use, of the fullest server. Empty without a maximum.', {
          decimals: 1,
          thresholds: worseFrom(0.8, 0.95),
        }),
        number('Hits', 'percentunit', hits(), 'Share of the keys asked for that were there.', { decimals: 1 }),
        number('Keys', 'short', sum(series(of('db_keys'))), 'Keys in all databases.'),
        number('Commands/s', 'short', sum(rate(of('commands_processed_total'))), 'Commands that are executed.', { decimals: 1 }),
      ),
      ...line(
        graph('Commands', 'ops', sumOfEach(rate(of('commands_processed_total')), I), 'Commands per second, by server.'),
        graph('Hits', 'percentunit', { [legend(I)]: hits(I) }, 'Share of the keys asked for that were there.', { max: 1 }),
      ),
    ],
  };
}

function redisMemory(composer: Composer, { series, rate }: Series): Section {
  const { graph } = panelsOf(composer);
  return {
    title: 'Memory and keys',
    panels: [
      ...line(
        graph(
          'Memory',
          'bytes',
          {
            [`used, ${legend(I)}`]: max(series(of('memory_used_bytes')), I),
            [`resident, ${legend(I)}`]: max(series(of('memory_used_rss_bytes')), I),
            [`maximum, ${legend(I)}`]: operation(max(series(of('memory_max_bytes')), I), '>', 0),
          },
          'What keys and buffers need, what the system gives, and what is allowed.',
        ),
        graph(
          'Fragmentation',
          'short',
          maxOfEach(series(of('mem_fragmentation_ratio')), I),
          'Resident memory for each byte in use. Above 1.5 memory is lost in gaps; below 1 some of it is swapped.',
          { thresholds: worseFrom(1.5, 2) },
        ),
        graph(
          'Evicted and expired',
          'ops',
          {
            [`evicted, ${legend(I)}`]: sum(rate(of('evicted_keys_total')), I),
            [`expired, ${legend(I)}`]: sum(rate(of('expired_keys_total')), I),
          },
          'Keys per second that had to go because memory is full, and those whose time was up.',
        ),
      ),
      ...line(
        graph('Keys', 'short', { '{{db}}': sum(series(of('db_keys')), 'db') }, 'Keys by database.', { stacked: true }),
        graph(
          'Keys that expire',
          'percentunit',
          { '{{db}}': share(sum(series(of('db_keys_expiring')), 'db'), sum(series(of('db_keys')), 'db')) },
          'Share of the keys that have an end. Without one, a cache only grows.',
          { max: 1 },
        ),
      ),
    ],
  };
}

function redisCommands(composer: Composer, { series, rate }: Series): Section {
  const { graph } = panelsOf(composer);
  const calls = sum(rate(of('commands_total')), 'cmd');
  return {
    title: 'Commands and clients',
    panels: [
      ...line(
        graph('By command', 'ops', { '{{cmd}}': calls }, 'Commands per second.', { stacked: true }),
        graph(
          'Duration by command',
          's',
          { '{{cmd}}': share(sum(rate(of('commands_duration_seconds_total')), 'cmd'), calls) },
          'How long a command takes on average. While one runs, all others wait.',
        ),
        graph(
          'Failed commands',
          'ops',
          {
            'failed, {{cmd}}': sum(rate(of('commands_failed_calls_total')), 'cmd'),
            'refused, {{cmd}}': sum(rate(of('commands_rejected_calls_total')), 'cmd'),
          },
          'Commands per second that failed or were refused.',
        ),
      ),
      ...line(
        graph(
          'Clients',
          'short',
          {
            [`connected, ${legend(I)}`]: max(series(of('connected_clients')), I),
            [`blocked, ${legend(I)}`]: max(series(of('blocked_clients')), I),
          },
          'Connections, and those that wait for a key.',
        ),
        graph(
          'Refused connections',
          'ops',
          sumOfEach(rate(of('rejected_connections_total')), I),
          'Connections per second beyond maxclients.',
          { thresholds: worseFrom(0.01) },
        ),
        graph('Slow commands', 'short', maxOfEach(series(of('slowlog_length')), I), 'Entries of the slow log.'),
        graph(
          'Traffic',
          'Bps',
          { in: sum(rate(of('net_input_bytes_total'))), out: `-${sum(rate(of('net_output_bytes_total')))}` },
          'Bytes per second: received above zero, sent below.',
          { signed: true },
        ),
      ),
    ],
  };
}

function redisSafety(composer: Composer, { series, rate }: Series): Section {
  const { graph } = panelsOf(composer);
  return {
    title: 'Persistence, replication and CPU',
    panels: line(
      graph(
        'Since last snapshot',
        's',
        { [legend(I)]: `time() - ${max(series(of('rdb_last_save_timestamp_seconds')), I)}` },
        'Time since the data was last saved. A crash loses what is younger, unless the append-only file is on.',
      ),
      graph(
        'Failed saves',
        'short',
        {
          [`snapshot, ${legend(I)}`]: operation(max(series(of('rdb_last_bgsave_status')), I), '== bool', 0),
          [`append-only file, ${legend(I)}`]: operation(max(series(of('aof_last_write_status')), I), '== bool', 0),
        },
        'Whether the last save failed: 1 is yes. Redis then takes no writes by default.',
        { thresholds: worseFrom(1) },
      ),
      graph(
        'Replicas',
        'short',
        {
          [`connected, ${legend(I)}`]: max(series(of('connected_slaves')), I),
          [`link to the primary, ${legend(I)}`]: max(series(of('master_link_up')), I),
        },
        'Replicas of a primary, and whether a replica is connected to its own.',
      ),
      graph(
        'CPU',
        'short',
        {
          [`user, ${legend(I)}`]: sum(rate(of('cpu_user_seconds_total')), I),
          [`system, ${legend(I)}`]: sum(rate(of('cpu_sys_seconds_total')), I),
        },
        'Cores in use. Commands run on one: near 1 it is the limit.',
        { thresholds: worseFrom(0.8, 0.95) },
      ),
    ),
  };
}
