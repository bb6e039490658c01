import { is, type Matcher } from '../query/expressions';
import type { Rules } from './definition';
import { downAlert } from './kubernetes-selections';
import { labelValue, VALUE } from './rule-context';

/** metrics-server, from which autoscalers learn what pods use. */
export const METRICS_SERVER_RULES: Rules = {
  needs: ['metrics-server'],
  groups: (context) => {
    const { labels } = context;
    const short = context.window(5);
    const asked = (...only: readonly Matcher[]) =>
      `sum ${context.by(labels.pod)} (rate(${context.select('metrics-server', 'metrics_server_kubelet_request_total', ...only)}[${short}]))`;
    return [
      {
        name: 'metrics-server',
        alerts: [
          downAlert(context, {
            source: 'metrics-server',
            prefix: 'MetricsServer',
            title: 'metrics-server',
            consequence: 'Autoscalers leave the number of pods as it is, and `kubectl top` does not work.',
          }),
          {
            name: 'MetricsServerKubeletRequestsFailing',
            severity: 'warning',
            for: '15m',
            threshold: { value: 0.05, unit: 'ratio' },
            expr: (threshold) => `${asked(is('success', 'false'))} / ${asked()} > ${threshold}`,
            summary: `${labelValue(labels.pod)} cannot ask kubelets what pods use`,
            description: (threshold) =>
              `${VALUE.percentage} of the requests of ${labelValue(labels.pod)} to kubelets fail; at most ${threshold} is expected. Pods of these nodes are not scaled.`,
          },
        ],
      },
    ];
  },
};
