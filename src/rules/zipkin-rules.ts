import type { Rules } from './definition';
import { labelValue, VALUE } from './rule-context';

/** Zipkin, which keeps its spans in memory: whatever it does not take is gone. */
export const ZIPKIN_RULES: Rules = {
  needs: ['zipkin'],
  groups: (context) => {
    const { labels } = context;
    const window = context.window(15);
    const dropped = (what: string) =>
      `increase(${context.select('zipkin', `zipkin_collector_${what}_dropped_total`)}[${window}])`;
    return [
      {
        name: 'zipkin',
        alerts: [
          {
            name: 'ZipkinSpansDropped',
            severity: 'warning',
            for: '10m',
            expr: `sum ${context.by(labels.namespace, labels.pod)} (${dropped('spans')} + ${dropped('messages')}) > 0`,
            summary: `Zipkin ${labelValue(labels.namespace)}/${labelValue(labels.pod)} drops what applications push`,
            description: `${VALUE.number} spans, or requests with spans, were dropped within ${window}: their traces have holes.`,
          },
        ],
      },
    ];
  },
};
