import { type AlertCases, series, targetLabels } from './cases';

type Labels = Readonly<Record<string, string>>;

/** A series about an object of the Kubernetes API. */
export const object = (metric: string, labels: Labels): string =>
  series(metric, { cluster: 'test', env: 'test', job: 'kube-state-metrics', instance: '10.0.0.9:8080', ...labels });

/** A series of a job that honors labels, from the given node. */
export const fromNode =
  (job: string, node = 'node-1') =>
  (metric: string, labels: Labels = {}): string =>
    series(metric, { cluster: 'test', env: 'test', job, instance: `${node}:10250`, node, ...labels });

/** A series of node_exporter, whose target is called like its node. */
export const ofMachine = (metric: string, labels: Labels = {}): string =>
  series(metric, { ...targetLabels('node-exporter'), instance: 'node-1', ...labels });

/** Nobody answers, or nobody is there; it is silent while one of two answers. */
export const downCases = (job: string, own: (metric: string, labels?: Labels) => string): AlertCases => ({
  fires: [
    { series: { [own('up')]: '1x5 0x40' }, at: '30m', alerts: [{ job }] },
    { series: {}, at: '30m', alerts: [{ job }] },
  ],
  silent: { series: { [own('up')]: '0x40', [own('up', { instance: 'other' })]: '1x40' }, at: '30m' },
});

/** One does not answer; it is silent where it only failed to for some minutes. */
export const unreachableCases = (own: (metric: string, labels?: Labels) => string, labels: Labels): AlertCases => ({
  fires: {
    series: { [own('up')]: '0x40', [own('up', { instance: 'other', node: 'node-2' })]: '1x40' },
    at: '30m',
    alerts: [labels],
  },
  silent: { series: { [own('up')]: '1x5 0x8 1x40' }, at: '30m' },
});
