import { type Matcher, matches } from '../query/expressions';
import type { Rules } from './definition';
import { labelValue, VALUE } from './rule-context';

/** Tempo in one process: what it takes, what it keeps, what it answers, and the metrics that it makes of spans. */
export const TEMPO_RULES: Rules = {
  needs: ['tempo'],
  groups: (context) => {
    const { labels } = context;
    const window = context.window(15);
    const pods = [labels.namespace, labels.pod];
    const own = (metric: string, ...matchers: Matcher[]) => context.select('tempo', metric, ...matchers);
    const risen = (metric: string) => `sum ${context.by(...pods)} (increase(${own(metric)}[${window}]))`;
    const where = `Tempo ${labelValue(labels.namespace)}/${labelValue(labels.pod)}`;
    const requests = (...matchers: Matcher[]) =>
      `sum ${context.by(...pods, 'route')} (rate(${own('tempo_request_duration_seconds_count', ...matchers)}[${window}]))`;
    return [
      {
        name: 'tempo',
        alerts: [
          {
            name: 'TempoSpansRefused',
            severity: 'warning',
            for: '10m',
            expr: `${risen('tempo_receiver_refused_spans')} > 0`,
            summary: `${where} refuses spans`,
            description: `${VALUE.number} spans were refused within ${window}. Senders try again for a while, then those spans are lost.`,
          },
          {
            name: 'TempoBlocksNotKept',
            severity: 'critical',
            for: '15m',
            expr: `${risen('tempo_live_store_failed_completions_total')} + ${risen('tempo_live_store_local_failed_flushes_total')} > 0`,
            summary: `${where} cannot write blocks`,
            description: `${VALUE.number} blocks could not be written within ${window}: traces are only on the volume, which fills.`,
          },
          {
            name: 'TempoCleanupFailing',
            severity: 'warning',
            for: '1h',
            expr: `${risen('tempodb_compaction_errors_total')} + ${risen('tempodb_retention_errors_total')} > 0`,
            summary: `${where} fails to join or to delete blocks`,
            description: `Joining or deleting failed ${VALUE.number} times within ${window}: queries get slower, and traces stay longer than their retention.`,
          },
          {
            name: 'TempoMetricsNotWritten',
            severity: 'warning',
            for: '15m',
            expr: `${risen('prometheus_remote_storage_samples_failed_total')} > 0`,
            summary: `${where} cannot write the metrics that it makes of spans`,
            description: `Prometheus refused ${VALUE.number} samples within ${window}: calls between services and rates of requests are incomplete.`,
          },
          {
            name: 'TempoRequestsFailing',
            severity: 'warning',
            for: '15m',
            threshold: { value: 0.1, unit: 'ratio' },
            expr: (threshold) => `${requests(matches('status_code', '5..'))} / (${requests()} > 0) > ${threshold}`,
            summary: `${where} fails to answer ${labelValue('route')}`,
            description: (threshold) => `${VALUE.percentage} of the requests fail; at most ${threshold} are expected.`,
          },
        ],
      },
    ];
  },
};
