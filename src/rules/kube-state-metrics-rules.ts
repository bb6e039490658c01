import { is, type Matcher } from '../query/expressions';
import type { AlertDefinition, Rules } from './definition';
import { downAlert } from './kubernetes-selections';
import { labelValue, VALUE } from './rule-context';

/** kube-state-metrics, without which no alert about objects of the API can fire. */
export const KUBE_STATE_METRICS_RULES: Rules = {
  needs: ['kube-state-metrics'],
  groups: (context) => [
    {
      name: 'kube-state-metrics',
      alerts: [
        downAlert(context, {
          source: 'kube-state-metrics',
          prefix: 'KubeStateMetrics',
          title: 'kube-state-metrics',
          consequence: 'Alerts about pods, workloads, nodes and quotas cannot fire, and their boards are empty.',
        }),
      ],
    },
  ],
};

/** What it says of itself. */
export const KUBE_STATE_METRICS_TELEMETRY_RULES: Rules = {
  needs: ['kube-state-metrics-telemetry'],
  groups: (context) => {
    const short = context.window(5);
    const alert = (kind: 'List' | 'Watch', what: string): AlertDefinition => {
      const metric = `kube_state_metrics_${kind.toLowerCase()}_total`;
      const rate = (...only: readonly Matcher[]) =>
        `sum ${context.by('resource')} (rate(${context.select('kube-state-metrics-telemetry', metric, ...only)}[${short}]))`;
      return {
        name: `KubeStateMetrics${kind}Errors`,
        severity: 'critical',
        for: '15m',
        threshold: { value: 0.01, unit: 'ratio' },
        expr: (threshold) => `${rate(is('result', 'error'))} / ${rate()} > ${threshold}`,
        summary: `kube-state-metrics cannot ${what} ${labelValue('resource')}`,
        description: (threshold) =>
          `${VALUE.percentage} of the attempts of kube-state-metrics to ${what} ${labelValue('resource')} fail; at most ${threshold} is expected. Metrics about them are old or missing.`,
      };
    };
    return [{ name: 'kube-state-metrics-telemetry', alerts: [alert('List', 'list'), alert('Watch', 'follow')] }];
  },
};
