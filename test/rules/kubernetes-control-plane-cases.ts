import { type Cases, series, target } from './cases';
import { downCases, fromNode, unreachableCases } from './kubernetes-series';

const scheduler = target('kube-scheduler');
const controllerManager = target('kube-controller-manager');
const proxy = target('kube-proxy');
const instance = (job: string) => ({ instance: `${job}-0:8080`, node: 'node-1' });

export const KUBERNETES_SCHEDULER_CASES: Cases = {
  KubeSchedulerDown: downCases('kube-scheduler', scheduler),
  KubeSchedulerInstanceUnreachable: unreachableCases(scheduler, instance('kube-scheduler')),
};

export const KUBERNETES_CONTROLLER_MANAGER_CASES: Cases = {
  KubeControllerManagerDown: downCases('kube-controller-manager', controllerManager),
  KubeControllerManagerInstanceUnreachable: unreachableCases(controllerManager, instance('kube-controller-manager')),
};

export const KUBERNETES_PROXY_CASES: Cases = {
  KubeProxyDown: downCases('kube-proxy', proxy),
  KubeProxyInstanceUnreachable: unreachableCases(proxy, instance('kube-proxy')),
};

const build = (job: string, version: string, node = 'node-1') =>
  fromNode(job, node)('kubernetes_build_info', { git_version: version, major: '1', minor: '34' });
const asked = (code: string) =>
  series('rest_client_requests_total', {
    cluster: 'test',
    env: 'test',
    job: 'kube-scheduler',
    instance: '10.0.0.1:10259',
    code,
    host: '10.0.0.1:6443',
    method: 'GET',
  });

export const KUBERNETES_SYSTEM_CASES: Cases = {
  KubeVersionMismatch: {
    fires: {
      series: { [build('kubelet', 'v1.33.2')]: '1x300', [build('kube-apiserver', 'v1.34.1')]: '1x300' },
      at: '290m',
      alerts: [{ cluster: 'test' }],
    },
    silent: [
      // Patches, and what vendors append.
      {
        series: {
          [build('kubelet', 'v1.34.1-eks-113cf36')]: '1x300',
          [build('kubelet', 'v1.34.3+k3s1', 'node-2')]: '1x300',
        },
        at: '290m',
      },
      // An upgrade of two hours.
      {
        series: { [build('kubelet', 'v1.33.2')]: '1x120 _x180', [build('kube-apiserver', 'v1.34.1')]: '1x300' },
        at: '290m',
      },
    ],
  },
  KubeClientErrors: {
    fires: [
      {
        series: { [asked('500')]: '0+5x40', [asked('200')]: '0+100x40' },
        at: '30m',
        alerts: [{ job: 'kube-scheduler', instance: '10.0.0.1:10259' }],
      },
      {
        series: { [asked('<error>')]: '0+5x40' },
        at: '30m',
        alerts: [{ job: 'kube-scheduler', instance: '10.0.0.1:10259' }],
      },
    ],
    silent: [
      { series: { [asked('404')]: '0+50x40', [asked('200')]: '0+100x40' }, at: '30m' },
      { series: { [asked('500')]: '7x40', [asked('200')]: '9x40' }, at: '30m' },
    ],
  },
};
