import { call, group, operation } from '../../../query/expressions';
import { NAMESPACE } from '../../chain';
import { betterFrom, type Composer, legend, type Series, worseFrom } from '../../composer';
import { DashboardLayer } from '../../dashboard-options';
import type { Section } from '../../layout';
import type { StandardBoard } from '../../standard-board';
import { line, panelsOf, quantiles, sum, sumOfEach } from '../panels-in-lines';
import { BOARD } from './names';

const COMPONENT = 'component_id';

export const alloyPipelines: StandardBoard = {
  name: BOARD.pipelines,
  title: 'Alloy / Pipelines',
  description: 'The way of log lines through the agents: read, processed, dropped, sent, lost.',
  layer: DashboardLayer.INFRASTRUCTURE,
  topic: 'alloy',
  needs: ['alloy'],
  compose: (composer) => {
    const alloy = composer.choose('alloy_build_info', NAMESPACE);
    return {
      variables: alloy.variables,
      links: composer.boardLinks(
        ['Resources', BOARD.resources],
        ['Writes of Loki', 'loki-writes'],
        ['Canary', 'loki-canary'],
        ['Cost', 'monitoring-cost'],
      ),
      sections: [flow(composer, alloy), sending(composer, alloy), processing(composer, alloy), others(composer, alloy)],
    };
  },
};

function flow(composer: Composer, { series, rate, increase }: Series): Section {
  const { graph, number } = panelsOf(composer);
  const { pod } = composer.labels;
  return {
    title: 'Flow',
    panels: [
      ...line(
        number(
          'Lines read/s',
          'short',
          sum(rate('loki_source_file_read_lines_total')),
          'Lines per second that are read from files.',
          { decimals: 1 },
        ),
        number('Lines sent/s', 'short', sum(rate('loki_write_sent_entries_total')), 'Lines per second that Loki took.', {
          decimals: 1,
          thresholds: betterFrom(0.01, 0.01),
        }),
        number('Bytes sent/s', 'Bps', sum(rate('loki_write_sent_bytes_total')), 'Bytes per second that Loki took.'),
        number(
          'Lost lines',
          'short',
          call('round', sum(increase('loki_write_dropped_entries_total'))),
          'Lines in the time range that were given up, as nobody took them.',
          { thresholds: worseFrom(1) },
        ),
        number(
          'Filtered lines',
          'short',
          call('round', sum(increase('loki_process_dropped_lines_total'))),
          'Lines in the time range that pipelines dropped, as they should.',
        ),
        number('Open files', 'short', sum(series('loki_source_file_files_active_total')), 'Files that are read.'),
      ),
      ...line(
        graph(
          'Lines',
          'short',
          {
            read: sum(rate('loki_source_file_read_lines_total')),
            sent: sum(rate('loki_write_sent_entries_total')),
            filtered: sum(rate('loki_process_dropped_lines_total')),
            lost: sum(rate('loki_write_dropped_entries_total')),
          },
          'Lines per second on their way. Read is sent plus filtered, where pipelines do not double lines.',
        ),
        graph(
          'Lost lines',
          'short',
          { '{{reason}} / {{tenant}}': sum(rate('loki_write_dropped_entries_total'), 'reason', 'tenant') },
          'Lines per second that were given up, by why.',
          { thresholds: worseFrom(0.01) },
        ),
      ),
      ...line(
        graph(
          'Lines sent by agent',
          'short',
          sumOfEach(rate('loki_write_sent_entries_total'), pod),
          'Lines per second that each agent sends. One far above the rest: its node has a loud program.',
        ),
        graph(
          'Unread bytes by agent',
          'bytes',
          {
            [legend(pod)]: operation(
              sum(series('loki_source_file_file_bytes_total'), pod),
              '-',
              sum(series('loki_source_file_read_bytes_total'), pod),
            ),
          },
          'Bytes of files that were not read yet. Growing: the agent cannot keep up, and rotation will take lines away.',
          { signed: true },
        ),
      ),
    ],
  };
}

function sending(composer: Composer, { rate, quantile }: Series): Section {
  const { graph } = panelsOf(composer);
  const of = (metric: string) => `loki_write_${metric}`;
  return {
    title: 'Sending to Loki',
    panels: [
      ...line(
        graph(
          'Requests by answer',
          'reqps',
          sumOfEach(rate(of('request_duration_seconds_count')), 'status_code'),
          'Requests per second, by HTTP status. 429 are limits of Loki, -1 no answer at all.',
          { stacked: true },
        ),
        graph(
          'Duration',
          's',
          quantiles((q) => quantile(q, [], of('request_duration_seconds'))),
          'How long Loki takes to answer.',
        ),
        graph(
          'Tried again',
          'ops',
          sumOfEach(rate(of('batch_retries_total')), 'tenant'),
          'Batches per second that are sent once more. After some minutes they are given up.',
          { thresholds: worseFrom(0.1) },
        ),
      ),
      ...line(
        graph(
          'From reading to Loki',
          's',
          quantiles((q) => quantile(q, [], of('entry_propagation_latency_seconds'))),
          'Time from a line being read until Loki has it.',
        ),
        graph(
          'Size of a batch',
          'bytes',
          quantiles((q) => quantile(q, [], of('request_size_bytes'))),
          'How large requests are. Small ones cost more than they should.',
        ),
        graph(
          'Bytes',
          'Bps',
          {
            'sent, {{tenant}}': sum(rate(of('sent_bytes_total')), 'tenant'),
            'lost, {{tenant}}': sum(rate(of('dropped_bytes_total')), 'tenant'),
          },
          'Bytes per second, by tenant.',
        ),
      ),
    ],
  };
}

function processing(composer: Composer, { series, rate }: Series): Section {
  const { graph } = panelsOf(composer);
  return {
    title: 'Processing',
    panels: [
      ...line(
        graph(
          'Filtered by reason',
          'short',
          { '{{component_id}} / {{reason}}': sum(rate('loki_process_dropped_lines_total'), COMPONENT, 'reason') },
          'Lines per second that stages dropped, by pipeline and reason.',
        ),
        graph(
          'Lines by pipeline',
          'short',
          sumOfEach(rate('loki_relabel_entries_processed'), COMPONENT),
          'Lines per second into stages that change labels.',
        ),
        graph(
          'Files by pipeline',
          'short',
          sumOfEach(series('loki_source_file_files_active_total'), COMPONENT),
          'Files that are read, by pipeline.',
        ),
      ),
      ...line(
        graph(
          'Cut lines',
          'ops',
          sumOfEach(rate('loki_process_cri_lines_truncated_total'), COMPONENT),
          'Lines per second that were longer than the limit.',
        ),
        graph(
          'Parts of lines',
          'ops',
          sumOfEach(rate('loki_process_cri_partial_lines_flushed_total'), COMPONENT),
          'Parts per second that went on without their end, as too many were open.',
        ),
        graph(
          'Journal',
          'short',
          {
            lines: sum(rate('loki_source_journal_target_lines_total')),
            'not parsed': sum(rate('loki_source_journal_target_parsing_errors_total')),
          },
          'Lines per second from the journal. Empty without such a source.',
        ),
      ),
    ],
  };
}

function others(composer: Composer, { rate, series }: Series): Section {
  const { graph } = panelsOf(composer);
  return {
    title: 'OTLP (empty without a receiver)',
    panels: line(
      graph(
        'Received',
        'short',
        {
          accepted: sum(rate('otelcol_receiver_accepted_log_records_total')),
          refused: sum(rate('otelcol_receiver_refused_log_records_total')),
          failed: sum(rate('otelcol_receiver_failed_log_records_total')),
        },
        'Log records per second, by what became of them.',
      ),
      graph(
        'Sent on',
        'short',
        {
          sent: sum(rate('otelcol_exporter_sent_log_records_total')),
          failed: sum(rate('otelcol_exporter_send_failed_log_records_total')),
        },
        'Log records per second that go on.',
      ),
      graph(
        'Queue',
        'percentunit',
        {
          '{{exporter}}': operation(
            sum(series('otelcol_exporter_queue_size'), 'exporter'),
            '/',
            group(operation(sum(series('otelcol_exporter_queue_capacity'), 'exporter'), '>', 0)),
          ),
        },
        'Share of the queue that is full. At 100 % records are refused.',
        { max: 1, thresholds: worseFrom(0.5, 0.9) },
      ),
    ),
  };
}
