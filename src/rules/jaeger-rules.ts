import { is, type Matcher } from '../query/expressions';
import type { Rules } from './definition';
import { labelValue, VALUE } from './rule-context';

/** Jaeger in one process. Its counters have no suffix `_total`. */
export const JAEGER_RULES: Rules = {
  needs: ['jaeger'],
  groups: (context) => {
    const { labels } = context;
    const window = context.window(15);
    const by = context.by(labels.namespace, labels.pod);
    const risen = (metric: string, ...matchers: Matcher[]) =>
      `sum ${by} (increase(${context.select('jaeger', metric, ...matchers)}[${window}]))`;
    const where = `Jaeger ${labelValue(labels.namespace)}/${labelValue(labels.pod)}`;
    return [
      {
        name: 'jaeger',
        alerts: [
          {
            name: 'JaegerSpansRefused',
            severity: 'warning',
            for: '10m',
            expr: `${risen('otelcol_receiver_refused_spans')} + ${risen('otelcol_receiver_failed_spans')} > 0`,
            summary: `${where} does not take spans`,
            description: `${VALUE.number} spans were not taken within ${window}. Senders try again for a while, then those spans are lost.`,
          },
          {
            name: 'JaegerStorageFailing',
            severity: 'warning',
            for: '10m',
            expr: `${risen('jaeger_storage_requests', is('result', 'err'))} > 0`,
            summary: `${where} cannot read what it keeps`,
            description: `${VALUE.number} requests to its storage failed within ${window}: people see errors in place of traces.`,
          },
        ],
      },
    ];
  },
};
