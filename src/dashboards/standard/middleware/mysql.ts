import { call, matches } from '../../../query/expressions';
import { betterFrom, type Composer, legend, type Series, worseFrom } from '../../composer';
import { DashboardLayer } from '../../dashboard-options';
import type { Section } from '../../layout';
import type { StandardBoard } from '../../standard-board';
import { count, line, max, maxOfEach, min, panelsOf, sum, sumOfEach } from '../panels-in-lines';
import { I, INSTANCE, share } from './exporters';

export const mysql: StandardBoard = {
  name: 'mysql-overview',
  title: 'MySQL / Overview',
  description: 'Connections, queries, InnoDB and replication of MySQL and MariaDB, from mysqld_exporter.',
  layer: DashboardLayer.MIDDLEWARE,
  topic: 'databases',
  needs: ['mysqld-exporter'],
  compose: (composer) => {
    const database = composer.choose('mysql_up', INSTANCE);
    return {
      variables: database.variables,
      links: composer.boardLinks(['Volumes', 'kubernetes-persistent-volumes']),
      sections: [
        mysqlState(composer, database),
        mysqlQueries(composer, database),
        innoDb(composer, database),
        mysqlReplication(composer, database),
      ],
    };
  },
};

const status = (name: string) => `mysql_global_status_${name}`;
const variable = (name: string) => `mysql_global_variables_${name}`;

function mysqlState(composer: Composer, { series, rate, increase }: Series): Section {
  const { number, graph } = panelsOf(composer);
  const connected = (...by: string[]) =>
    share(max(series(status('threads_connected')), ...by), max(series(variable('max_connections')), ...by));
  return {
    title: 'State',
    panels: [
      ...line(
        number('Up', 'short', sum(series('mysql_up')), 'Servers that the exporter reaches.', { thresholds: betterFrom(1, 1) }),
        number('Version', 'none', count(series('mysql_version_info'), 'version'), 'Versions that run.', { name: '{{version}}' }),
        number('Youngest', 's', min(series(status('uptime'))), 'Time since a server was last started.'),
        number(
          'Queries/s',
          'short',
          sum(rate(status('queries'))),
          'Statements that are executed, those inside of procedures too.',
          { decimals: 1 },
        ),
        number('Connections', 'percentunit', connected(), 'Share of the connections that are allowed, of the busiest server.', {
          decimals: 1,
          thresholds: worseFrom(0.8, 0.95),
        }),
        number(
          'Slow queries',
          'short',
          call('round', sum(increase(status('slow_queries')))),
          'Statements in the time range that took longer than long_query_time.',
          { thresholds: worseFrom(1, 100) },
        ),
      ),
      ...line(
        graph(
          'Connections',
          'percentunit',
          { [legend(I)]: connected(I) },
          'Share of the connections that are allowed. At 100 % new ones are refused.',
          { max: 1, thresholds: worseFrom(0.8, 0.95) },
        ),
        graph(
          'Threads',
          'short',
          {
            [`connected, ${legend(I)}`]: max(series(status('threads_connected')), I),
            [`running, ${legend(I)}`]: max(series(status('threads_running')), I),
          },
          'Connections, and those that work just now. Many at work for long: locks or slow queries.',
        ),
      ),
      ...line(
        graph(
          'Failed connections',
          'ops',
          {
            [`never made, ${legend(I)}`]: sum(rate(status('aborted_connects')), I),
            [`broken, ${legend(I)}`]: sum(rate(status('aborted_clients')), I),
          },
          'Connections per second that were not made (password, limit) or broke off.',
        ),
        graph(
          'Errors of connections',
          'ops',
          sumOfEach(rate(status('connection_errors_total')), 'error'),
          'Errors per second of the server while it accepts connections.',
        ),
        graph(
          'Traffic',
          'Bps',
          { in: sum(rate(status('bytes_received'))), out: `-${sum(rate(status('bytes_sent')))}` },
          'Bytes per second: received above zero, sent below.',
          { signed: true },
        ),
      ),
    ],
  };
}

function mysqlQueries(composer: Composer, { rate }: Series): Section {
  const { graph } = panelsOf(composer);
  const main = matches('command', 'select|insert|update|delete|replace|commit|rollback|begin');
  return {
    title: 'Queries',
    panels: [
      ...line(
        graph('Queries', 'ops', sumOfEach(rate(status('queries')), I), 'Statements per second.'),
        graph(
          'By command',
          'ops',
          sumOfEach(rate(status('commands_total'), main), 'command'),
          'Statements per second, by command.',
          { stacked: true },
        ),
        graph(
          'Slow queries',
          'ops',
          sumOfEach(rate(status('slow_queries')), I),
          'Statements per second that took longer than long_query_time.',
        ),
      ),
      ...line(
        graph(
          'Temporary tables on disk',
          'percentunit',
          { [legend(I)]: share(sum(rate(status('created_tmp_disk_tables')), I), sum(rate(status('created_tmp_tables')), I)) },
          'Share of the temporary tables that did not fit memory.',
          { max: 1 },
        ),
        graph(
          'Without an index',
          'ops',
          { joins: sum(rate(status('select_full_join'))), scans: sum(rate(status('select_scan'))) },
          'Statements per second that read whole tables. Joins that do so are nearly always a missing index.',
        ),
        graph(
          'Rows by handler',
          'ops',
          sumOfEach(rate(status('handlers_total'), matches('handler', 'read_.*|write|update|delete')), 'handler'),
          'Rows per second: read_rnd_next is reading whole tables, read_key using indexes.',
          { stacked: true },
        ),
        graph(
          'Table cache: missed',
          'ops',
          sumOfEach(rate(status('opened_tables')), I),
          'Tables per second that had to be opened. Many: table_open_cache is too small.',
        ),
      ),
    ],
  };
}

function innoDb(composer: Composer, { series, rate }: Series): Section {
  const { graph } = panelsOf(composer);
  const of = (name: string) => status(`innodb_${name}`);
  const missed = share(sum(rate(of('buffer_pool_reads')), I), sum(rate(of('buffer_pool_read_requests')), I));
  return {
    title: 'InnoDB',
    panels: [
      ...line(
        graph(
          'Buffer pool: missed',
          'percentunit',
          { [legend(I)]: missed },
          'Share of the reads that went to disk. Above 1 % the buffer pool is too small for what is used.',
          { thresholds: worseFrom(0.01, 0.05) },
        ),
        graph(
          'Buffer pool: pages',
          'short',
          { '{{state}}': sum(series(status('buffer_pool_pages')), 'state') },
          'Pages by state.',
          { stacked: true },
        ),
        graph(
          'Buffer pool: changed pages',
          'short',
          maxOfEach(series(status('buffer_pool_dirty_pages')), I),
          'Pages that are not on disk yet.',
        ),
      ),
      ...line(
        graph(
          'Rows',
          'ops',
          sumOfEach(rate(status('innodb_row_ops_total')), 'operation'),
          'Rows per second, by what is done with them. MariaDB does not say; the handlers above do.',
          { stacked: true },
        ),
        graph(
          'Waiting for locks',
          'ops',
          sumOfEach(rate(of('row_lock_waits')), I),
          'Waits per second for rows that others have locked.',
        ),
        graph(
          'Time of waiting',
          's',
          { [legend(I)]: `${share(sum(rate(of('row_lock_time')), I), sum(rate(of('row_lock_waits')), I))} / 1000` },
          'How long a wait takes on average.',
        ),
      ),
      ...line(
        graph('Written to the log', 'Bps', sumOfEach(rate(of('os_log_written')), I), 'Bytes per second of the redo log.'),
        graph('Waiting for the log', 'ops', sumOfEach(rate(of('log_waits')), I), 'Waits per second for room in the log buffer.', {
          thresholds: worseFrom(0.1),
        }),
        graph(
          'Disk',
          'iops',
          { read: sum(rate(of('data_reads'))), written: sum(rate(of('data_writes'))), flushed: sum(rate(of('data_fsyncs'))) },
          'Requests per second to disks.',
        ),
      ),
    ],
  };
}

function mysqlReplication(composer: Composer, { series }: Series): Section {
  const { graph } = panelsOf(composer);
  const of = (name: string) => series(`mysql_slave_status_${name}`);
  const either = (old: string, young: string) => max(`${of(old)} or ${of(young)}`, I);
  return {
    title: 'Replication (empty without it)',
    panels: line(
      graph(
        'Lag',
        's',
        { [legend(I)]: either('seconds_behind_master', 'seconds_behind_source') },
        'How far a replica is behind.',
        { thresholds: worseFrom(30, 300) },
      ),
      graph(
        'Receiving',
        'short',
        { [legend(I)]: either('slave_io_running', 'replica_io_running') },
        'Whether a replica receives: 1 is yes.',
        { max: 1 },
      ),
      graph(
        'Applying',
        'short',
        { [legend(I)]: either('slave_sql_running', 'replica_sql_running') },
        'Whether a replica applies what it received: 1 is yes.',
        { max: 1 },
      ),
    ),
  };
}
