import { is } from '../query/expressions';
import type { Rules } from './definition';
import { labelValue, VALUE } from './rule-context';

/** Fluentd's way to Elasticsearch. What it waits with lies on the node, so that the first sign is room that goes. */
export const FLUENTD_RULES: Rules = {
  needs: ['fluentd'],
  groups: (context) => {
    const { labels } = context;
    const window = context.window(5);
    const own = (metric: string) =>
      context.select('fluentd', `fluentd_output_status_${metric}`, is('plugin_id', 'elasticsearch'));
    const node = `Fluentd on ${labelValue(labels.node)}`;
    // It counts in hundredths.
    const room = (threshold: number) => `max_over_time(${own('buffer_available_space_ratio')}[${window}]) / 100 < ${threshold}`;
    return [
      {
        name: 'fluentd',
        alerts: [
          {
            name: 'FluentdRetries',
            severity: 'warning',
            for: '15m',
            expr: `min_over_time(${own('retry_count')}[${window}]) > 0`,
            summary: `${node} does not get rid of its lines`,
            description: `Elasticsearch has not taken what was sent for ${VALUE.number} attempts. Lines wait on the node and are tried again; nobody sees them meanwhile.`,
          },
          {
            name: 'FluentdBufferFillingUp',
            severity: 'warning',
            for: '10m',
            threshold: { value: 0.5, unit: 'ratio' },
            expr: room,
            summary: `${node} has many lines waiting`,
            description: (threshold) =>
              `${VALUE.percentage} of the room for lines that wait is left; ${threshold} is expected. Elasticsearch takes less than is written.`,
          },
          {
            name: 'FluentdBufferFull',
            severity: 'critical',
            for: '5m',
            threshold: { value: 0.05, unit: 'ratio' },
            expr: room,
            summary: `${node} has no room for lines that wait`,
            description: () =>
              `${VALUE.percentage} of the room is left: reading stops, and what the kubelet rotates away from the node unread is lost.`,
          },
        ],
      },
    ];
  },
};
