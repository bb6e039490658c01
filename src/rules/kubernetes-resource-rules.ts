import { is, isNot, isOneOf } from '../query/expressions';
import type { AlertDefinition, Rules } from './definition';
import { each, ofObjects } from './kubernetes-selections';
import { labelValue, type RuleContext, VALUE } from './rule-context';

/** What is requested, granted and left. */
export const KUBERNETES_RESOURCE_RULES: Rules = {
  needs: ['kube-state-metrics'],
  groups: (context) => [
    {
      name: 'kubernetes-resources',
      alerts: [
        ...overcommitAlerts(context, 'CPU', 'cpu', 'processor time'),
        ...overcommitAlerts(context, 'Memory', 'memory', 'memory'),
        ...quotaAlerts(context),
        ...(context.has('cadvisor') ? [throttlingAlert(context)] : []),
      ],
    },
  ],
};

function overcommitAlerts(context: RuleContext, name: string, resource: string, title: string): AlertDefinition[] {
  const { labels } = context;
  const objects = ofObjects(context);
  const sum = `sum ${context.by()}`;
  const eachPod = each(context, labels.namespace, labels.pod);
  const requested = [
    each(
      context,
      labels.namespace,
      labels.pod,
      labels.container,
    )(objects('kube_pod_container_resource_requests', is('resource', resource))),
    `${context.on(labels.namespace, labels.pod)} ${eachPod(objects('kube_pod_status_phase', isOneOf('phase', ['Pending', 'Running'])))} == 1`,
  ].join(' and ');
  const allocatable = each(context, labels.node)(objects('kube_node_status_allocatable', is('resource', resource)));
  // The only node of a cluster cannot be missed.
  const withoutLargest = `${sum} (${allocatable}) - max ${context.by()} (${allocatable}) > 0 or ${sum} (${allocatable})`;
  const granted = each(
    context,
    labels.namespace,
  )(objects('kube_resourcequota', is('type', 'hard'), isOneOf('resource', [resource, `requests.${resource}`])));
  return [
    {
      name: `Kube${name}Overcommit`,
      severity: 'warning',
      for: '10m',
      threshold: { value: 1, unit: 'ratio' },
      expr: (threshold) => `${sum} (${requested}) / (${withoutLargest}) > ${threshold}`,
      summary: `Pods request more ${title} than is left when a node fails`,
      description: (threshold) =>
        `Pods request ${VALUE.percentage} of the ${title} that the nodes have without the largest of them; at most ${threshold} is expected. If that node fails, some of its pods stay pending.`,
    },
    {
      name: `Kube${name}QuotaOvercommit`,
      severity: 'warning',
      for: '5m',
      threshold: { value: 1.5, unit: 'ratio' },
      expr: (threshold) => `${sum} (${granted}) / ${sum} (${allocatable}) > ${threshold}`,
      summary: `Quotas promise more ${title} than the nodes have`,
      description: (threshold) =>
        `The quotas of all namespaces together grant ${VALUE.percentage} of the ${title} of the nodes; at most ${threshold} is expected.`,
    },
  ];
}

function quotaAlerts(context: RuleContext): AlertDefinition[] {
  const { labels } = context;
  const objects = ofObjects(context);
  const eachResource = each(context, labels.namespace, 'resourcequota', 'resource');
  const quota = (type: string) => eachResource(objects('kube_resourcequota', is('type', type)));
  const share = `${quota('used')} / (${quota('hard')} > 0)`;
  const what = `${labelValue('resource')} in ${labelValue(labels.namespace)}`;
  const by = `of the quota ${labelValue('resourcequota')}`;
  return [
    {
      name: 'KubeQuotaAlmostFull',
      severity: 'info',
      for: '15m',
      threshold: { value: 0.9, unit: 'ratio' },
      expr: (threshold) => `${share} > ${threshold} < 1`,
      summary: `The quota of ${what} is almost used up`,
      description: (threshold) =>
        `${VALUE.percentage} ${by} for ${what} is used; this alert begins at ${threshold}. Beyond 100 % new pods are refused.`,
    },
    {
      name: 'KubeQuotaFullyUsed',
      severity: 'info',
      for: '15m',
      expr: `${share} == 1`,
      summary: `The quota of ${what} is used up`,
      description: `All ${by} for ${what} is used. Whatever needs more of it is refused, replacements during a rollout among them.`,
    },
    {
      name: 'KubeQuotaExceeded',
      severity: 'warning',
      for: '15m',
      expr: `${share} > 1`,
      summary: `More than the quota of ${what} is used`,
      description: `${VALUE.percentage} ${by} for ${what} is used. Everything new is refused; pods that end are not replaced.`,
    },
  ];
}

function throttlingAlert(context: RuleContext): AlertDefinition {
  const { labels } = context;
  const short = context.window(5);
  const periods = (metric: string) =>
    `sum ${context.by(labels.namespace, labels.pod, labels.container)} (increase(${context.select('cadvisor', metric, isNot(labels.container, ''))}[${short}]))`;
  const where = `Container ${labelValue(labels.container)} of ${labelValue(labels.namespace)}/${labelValue(labels.pod)}`;
  return {
    name: 'CPUThrottlingHigh',
    severity: 'info',
    for: '15m',
    threshold: { value: 0.25, unit: 'ratio' },
    // Only containers with a CPU limit have these series.
    expr: (threshold) =>
      `${periods('container_cpu_cfs_throttled_periods_total')} / ${periods('container_cpu_cfs_periods_total')} > ${threshold}`,
    summary: `${where} is held back by its CPU limit`,
    description: (threshold) =>
      `${where} had to wait in ${VALUE.percentage} of the periods in which it ran; at most ${threshold} is expected. Its answers are slower than its work needs.`,
  };
}
