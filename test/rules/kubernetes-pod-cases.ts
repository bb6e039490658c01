import type { Cases } from './cases';
import { fromNode, object } from './kubernetes-series';

const POD = { namespace: 'shop', pod: 'cart-0' };
const CONTAINER = { ...POD, container: 'cart' };
const UID = { uid: 'u1' };
const own = (metric: string, labels: Record<string, string> = {}) => object(metric, { ...CONTAINER, ...UID, ...labels });
const pod = (metric: string, labels: Record<string, string> = {}) => object(metric, { ...POD, ...UID, ...labels });

const waiting = (reason: string, kind = 'container') => own(`kube_pod_${kind}_status_waiting_reason`, { reason });
const RESTARTS = own('kube_pod_container_status_restarts_total');
const killed = (reason: string) => own('kube_pod_container_status_last_terminated_reason', { reason });

export const KUBERNETES_POD_CASES: Cases = {
  KubePodNotReady: {
    fires: [
      { series: { [pod('kube_pod_status_phase', { phase: 'Pending' })]: '1x40' }, at: '30m', alerts: [POD] },
      {
        series: {
          [pod('kube_pod_status_phase', { phase: 'Running' })]: '1x40',
          [pod('kube_pod_status_ready', { condition: 'false' })]: '1x40',
        },
        at: '30m',
        alerts: [POD],
      },
    ],
    silent: [
      // A Job's pod.
      {
        series: {
          [pod('kube_pod_status_phase', { phase: 'Pending' })]: '1x40',
          [pod('kube_pod_owner', { owner_kind: 'Job', owner_name: 'bill' })]: '1x40',
        },
        at: '30m',
      },
      {
        series: {
          [pod('kube_pod_status_phase', { phase: 'Pending' })]: '1x40',
          [pod('kube_pod_status_reason', { reason: 'SchedulingGated' })]: '1x40',
        },
        at: '30m',
      },
      // Finished, hence not ready.
      {
        series: {
          [pod('kube_pod_status_phase', { phase: 'Running' })]: '0x40',
          [pod('kube_pod_status_phase', { phase: 'Succeeded' })]: '1x40',
          [pod('kube_pod_status_ready', { condition: 'false' })]: '1x40',
        },
        at: '30m',
      },
      // Starts slowly.
      {
        series: {
          [pod('kube_pod_status_phase', { phase: 'Running' })]: '1x40',
          [pod('kube_pod_status_ready', { condition: 'false' })]: '1x10 0x30',
        },
        at: '30m',
      },
    ],
  },
  KubePodCrashLooping: {
    fires: [
      // Runs for two minutes now and then.
      {
        series: { [waiting('CrashLoopBackOff')]: '1x4 _x2 1x4 _x2 1x4 _x2 1x4 _x2 1x4 _x2 1x4' },
        at: '30m',
        alerts: [CONTAINER],
      },
      { series: { [waiting('CrashLoopBackOff', 'init_container')]: '1x40' }, at: '30m', alerts: [CONTAINER] },
    ],
    silent: [
      { series: { [waiting('CrashLoopBackOff')]: '1x4 _x40' }, at: '12m' },
      { series: { [waiting('ContainerCreating')]: '1x40' }, at: '30m' },
    ],
  },
  KubeContainerRestarting: {
    fires: { series: { [RESTARTS]: '0x10 1x10 2x10 3x10 4x10 5x10 6x10' }, at: '65m', alerts: [CONTAINER] },
    silent: [
      { series: { [RESTARTS]: '0x30 2x40' }, at: '65m' },
      // In a crash loop, which is another alert.
      {
        series: { [RESTARTS]: '0x10 1x10 2x10 3x10 4x10 5x10 6x10', [waiting('CrashLoopBackOff')]: '1x70' },
        at: '65m',
      },
    ],
  },
  KubeContainerOomKilled: {
    fires: [
      { series: { [RESTARTS]: '0x10 1x20', [killed('OOMKilled')]: '_x10 1x20' }, at: '15m', alerts: [CONTAINER] },
      // A child of the container's process.
      {
        series: {
          [fromNode('cadvisor')('container_oom_events_total', { ...CONTAINER, id: '/kubepods/1' })]: '0x10 1x20',
        },
        at: '15m',
        alerts: [CONTAINER],
      },
    ],
    silent: [
      { series: { [RESTARTS]: '0x10 1x20', [killed('Error')]: '_x10 1x20' }, at: '15m' },
      // Long ago.
      { series: { [RESTARTS]: '1x60', [killed('OOMKilled')]: '1x60' }, at: '50m' },
    ],
  },
  KubeContainerWaiting: {
    fires: {
      // Reasons take turns.
      series: {
        [waiting('ErrImagePull')]: '1 _ _ _ _ 1 _ _ _ _ 1 _ _ _ _ 1 _ _ _ _ 1 _ _ _ _ 1 _x80',
        [waiting('ImagePullBackOff')]: '_ 1 1 1 1 _ 1 1 1 1 _ 1 1 1 1 _ 1 1 1 1 _ 1 1 1 1 _ 1x80',
      },
      at: '80m',
      alerts: [CONTAINER],
    },
    silent: [
      { series: { [waiting('ContainerCreating')]: '1x40 _x60' }, at: '80m' },
      { series: { [waiting('CrashLoopBackOff')]: '1x90' }, at: '80m' },
    ],
  },
};
