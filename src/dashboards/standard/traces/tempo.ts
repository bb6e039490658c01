import { isNot, matches } from '../../../query/expressions';
import { NAMESPACE } from '../../chain';
import { betterFrom, worseFrom } from '../../composer';
import { DashboardLayer } from '../../dashboard-options';
import type { StandardBoard } from '../../standard-board';
import { count, line, panelsOf, quantiles, sum, sumOfEach } from '../panels-in-lines';

/** Programs with a remote write share these names; Tempo alone tells tenants apart. */
const OF_TEMPO = isNot('tenant', '');

export const tempo: StandardBoard = {
  name: 'tempo',
  title: 'Tempo / Overview',
  description: 'Whether Tempo takes spans, keeps them in blocks, answers queries and makes metrics of them.',
  layer: DashboardLayer.INFRASTRUCTURE,
  topic: 'traces',
  needs: ['tempo'],
  compose: (composer) => {
    const { namespace, pod } = composer.labels;
    const chosen = composer.choose('tempo_build_info', NAMESPACE);
    const { series, rate, increase, quantile } = chosen;
    const { graph, number } = panelsOf(composer);
    const failed = matches('status_code', '5..');
    return {
      variables: chosen.variables,
      links: composer.logsLink({ [namespace]: 'namespace' }),
      sections: [
        {
          title: 'State',
          panels: [
            ...line(
              number('Up', 'short', count(series('tempo_build_info')), 'Tempos that are scraped.', {
                thresholds: betterFrom(1, 1),
              }),
              number('Spans', 'eps', sum(rate('tempo_receiver_accepted_spans')), 'Spans per second that are taken.'),
              number(
                'Refused',
                'short',
                sum(increase('tempo_receiver_refused_spans')),
                'Spans that were refused in the time that is shown. They are lost when senders give up.',
                {
                  thresholds: worseFrom(1),
                },
              ),
              number(
                'Blocks',
                'short',
                sum(series('tempodb_blocklist_length')),
                'Blocks that queries look through. Ever more: they are not joined.',
              ),
              number('Version', 'none', count(series('tempo_build_info'), 'version'), 'Versions that run.', {
                name: '{{version}}',
              }),
            ),
            ...line(
              graph(
                'Spans',
                'eps',
                { taken: sum(rate('tempo_receiver_accepted_spans')), refused: sum(rate('tempo_receiver_refused_spans')) },
                'Spans per second at the receivers. Refused ones are lost when senders give up.',
              ),
              graph(
                'Received',
                'Bps',
                sumOfEach(rate('tempo_distributor_bytes_received_total'), pod),
                'Bytes of spans per second.',
              ),
            ),
          ],
        },
        {
          title: 'Queries',
          panels: [
            ...line(
              graph(
                'Requests',
                'reqps',
                sumOfEach(rate('tempo_request_duration_seconds_count'), 'route'),
                'Requests per second by route.',
                { stacked: true },
              ),
              graph(
                'Failures',
                'reqps',
                sumOfEach(rate('tempo_request_duration_seconds_count', failed), 'route'),
                'Requests per second that ended with an error of the server.',
                {
                  thresholds: worseFrom(0.01),
                },
              ),
              graph(
                'Duration of searches',
                's',
                quantiles((share) => quantile(share, [], 'tempo_request_duration_seconds', matches('route', 'api_.*'))),
                'How long the half, 95 % and 99 % of the queries take at most.',
              ),
            ),
          ],
        },
        {
          title: 'Blocks and metrics',
          panels: [
            ...line(
              graph(
                'Traces under way',
                'short',
                sumOfEach(series('tempo_live_store_live_traces'), pod),
                'Traces in memory that are not cut into a block yet.',
              ),
              graph(
                'Blocks written',
                'ops',
                {
                  written: sum(rate('tempo_live_store_blocks_completed_total')),
                  failed: sum(rate('tempo_live_store_failed_completions_total')),
                },
                'Blocks per second. Failed ones stay on the volume and are tried again.',
              ),
              graph(
                'Object storage',
                'reqps',
                sumOfEach(rate('tempodb_backend_request_duration_seconds_count'), 'operation', 'status_code'),
                'Requests per second to where blocks are kept, by answer.',
                { stacked: true },
              ),
            ),
            ...line(
              graph(
                'Deleted for retention',
                'ops',
                {
                  marked: sum(rate('tempodb_retention_marked_for_deletion_total')),
                  deleted: sum(rate('tempodb_retention_deleted_total')),
                  failed: sum(rate('tempodb_retention_errors_total')),
                },
                'Blocks per second that are older than the retention.',
              ),
              graph(
                'Spans made into metrics',
                'eps',
                {
                  taken: sum(rate('tempo_metrics_generator_spans_received_total')),
                  discarded: sum(rate('tempo_metrics_generator_spans_discarded_total')),
                },
                'Spans per second. Discarded ones are too old, or of too many series.',
              ),
              graph(
                'Samples to Prometheus',
                'eps',
                {
                  sent: sum(rate('prometheus_remote_storage_samples_total', OF_TEMPO)),
                  failed: sum(rate('prometheus_remote_storage_samples_failed_total', OF_TEMPO)),
                },
                'Samples per second that are written. Failed ones are missing for good.',
              ),
            ),
          ],
        },
      ],
    };
  },
};
