import { type Cases, target } from './cases';
import { downCases, object } from './kubernetes-series';

const own = target('kube-state-metrics-telemetry');
const RESOURCE = { resource: '*v1.Pod' };

function attempts(metric: string) {
  const count = (result: string) => own(metric, { ...RESOURCE, result });
  return {
    fires: { series: { [count('error')]: '0+1x40', [count('success')]: '0+10x40' }, at: '30m', alerts: [RESOURCE] },
    // Long ago, and nothing since.
    silent: { series: { [count('error')]: '5x40', [count('success')]: '9x40' }, at: '30m' },
  };
}

export const KUBE_STATE_METRICS_CASES: Cases = {
  KubeStateMetricsDown: downCases('kube-state-metrics', (metric, labels = {}) => object(metric, labels)),
};

export const KUBE_STATE_METRICS_TELEMETRY_CASES: Cases = {
  KubeStateMetricsListErrors: attempts('kube_state_metrics_list_total'),
  KubeStateMetricsWatchErrors: attempts('kube_state_metrics_watch_total'),
};
