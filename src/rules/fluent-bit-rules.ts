import { is } from '../query/expressions';
import type { Rules } from './definition';
import { labelValue, VALUE } from './rule-context';

/** Fluent Bit's way to Elasticsearch. Where its room is used up the oldest lines go, which no counter of the output tells before. */
export const FLUENT_BIT_RULES: Rules = {
  needs: ['fluent-bit'],
  groups: (context) => {
    const { labels } = context;
    const window = context.window(15);
    const own = (metric: string) => context.select('fluent-bit', `fluentbit_output_${metric}`, is('name', 'elasticsearch'));
    const node = `Fluent Bit on ${labelValue(labels.node)}`;
    return [
      {
        name: 'fluent-bit',
        alerts: [
          {
            name: 'FluentBitRetries',
            severity: 'warning',
            for: '15m',
            expr: `increase(${own('retries_total')}[${window}]) > 0 unless increase(${own('proc_records_total')}[${window}]) > 0`,
            summary: `${node} does not get rid of its lines`,
            description: `Elasticsearch has taken nothing for ${window}. Lines wait on the node and are tried again (${VALUE.number} times within ${window}); nobody sees them meanwhile.`,
          },
          {
            name: 'FluentBitBufferFillingUp',
            severity: 'warning',
            for: '10m',
            threshold: { value: 0.5, unit: 'ratio' },
            // It counts in hundredths.
            expr: (threshold) =>
              `max_over_time(${own('chunk_available_capacity_percent')}[${context.window(5)}]) / 100 < ${threshold}`,
            summary: `${node} has many lines waiting`,
            description: (threshold) =>
              `${VALUE.percentage} of the room for lines that wait is left; ${threshold} is expected. When it is full, the oldest lines go.`,
          },
          {
            name: 'FluentBitLinesLost',
            severity: 'critical',
            expr: `increase(${own('dropped_records_total')}[${window}]) > 0`,
            summary: `${node} has thrown lines away`,
            description: `${VALUE.number} lines were thrown away within ${window}, for lack of room or after an error that does not pass.`,
          },
        ],
      },
    ];
  },
};
