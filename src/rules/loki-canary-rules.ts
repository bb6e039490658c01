import { failedShare, slowestHundredth } from './component-expressions';
import type { Rules } from './definition';
import { labelValue, VALUE } from './rule-context';

/** The canary writes lines and reads them again: the only proof that the whole way works. */
export const LOKI_CANARY_RULES: Rules = {
  needs: ['loki-canary'],
  groups: (context) => {
    const window = context.window(15);
    const by = ['job', context.labels.namespace];
    const own = (metric: string) => context.select('loki-canary', `loki_canary_${metric}`);
    const where = labelValue(context.labels.namespace);
    return [
      {
        name: 'loki-canary',
        alerts: [
          {
            name: 'LokiCanaryEntriesMissing',
            severity: 'critical',
            for: '5m',
            threshold: { value: 0.001, unit: 'ratio' },
            expr: (threshold) =>
              `${failedShare(context, { failed: own('missing_entries_total'), all: own('entries_total'), window, by })} > ${threshold}`,
            summary: `Lines that the canary in ${where} wrote are missing in Loki`,
            description: (threshold) =>
              `${VALUE.percentage} of the lines could not be read minutes after they were written; at most ${threshold} is expected.`,
          },
          {
            name: 'LokiCanarySpotCheckMissing',
            severity: 'critical',
            for: '5m',
            threshold: { value: 0.01, unit: 'ratio' },
            expr: (threshold) =>
              `${failedShare(context, {
                failed: own('spot_check_missing_entries_total'),
                all: own('spot_check_entries_total'),
                window: context.window(60),
                by,
              })} > ${threshold}`,
            summary: `Lines of the canary in ${where} that were in Loki are gone`,
            description: (threshold) =>
              `${VALUE.percentage} of the older lines that were asked for again are not found; at most ${threshold} is expected.`,
          },
          {
            name: 'LokiCanaryLatencyHigh',
            severity: 'warning',
            for: '15m',
            threshold: { value: 8, unit: 'seconds' },
            expr: (threshold) =>
              `${slowestHundredth(context, own('response_latency_seconds_bucket'), window, by)} > ${threshold}`,
            summary: `Lines of the canary in ${where} arrive late`,
            description: (threshold) =>
              `It takes ${VALUE.duration} or more until one line in a hundred is seen by those that follow it live; at most ${threshold} is expected.`,
          },
        ],
      },
    ];
  },
};
