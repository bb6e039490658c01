import { type Cases, target } from './cases';
import { downCases } from './kubernetes-series';

const own = target('metrics-server');
const asked = (success: string) => own('metrics_server_kubelet_request_total', { success });

export const METRICS_SERVER_CASES: Cases = {
  MetricsServerDown: downCases('metrics-server', own),
  MetricsServerKubeletRequestsFailing: {
    fires: {
      series: { [asked('false')]: '0+1x40', [asked('true')]: '0+9x40' },
      at: '30m',
      alerts: [{ pod: 'metrics-server-0' }],
    },
    // A node has gone.
    silent: { series: { [asked('false')]: '0x5 4x40', [asked('true')]: '0+9x40' }, at: '30m' },
  },
};
