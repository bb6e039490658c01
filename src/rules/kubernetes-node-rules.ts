import { is, isOneOf, type Matcher } from '../query/expressions';
import type { AlertDefinition, Rules } from './definition';
import { downAlert, each, ofObjects, unreachableAlert } from './kubernetes-selections';
import { labelValue, type RuleContext, VALUE } from './rule-context';

/** Taints by which autoscalers and clouds announce that a node is about to go. */
const LEAVING = [
  'ToBeDeletedByClusterAutoscaler',
  'aws-node-termination-handler/spot-itn',
  'cloud.google.com/impending-node-termination',
  'karpenter.sh/disrupted',
];

/**
 * Nodes as the API server sees them. All carry the label of the node: while one is not ready, Alertmanager keeps back what else fires
 * about it.
 */
export const KUBERNETES_NODE_RULES: Rules = {
  needs: ['kube-state-metrics'],
  groups: (context) => [{ name: 'kubernetes-nodes', alerts: nodeAlerts(context) }],
};

function nodeAlerts(context: RuleContext): AlertDefinition[] {
  const { labels } = context;
  const objects = ofObjects(context);
  const eachNode = each(context, labels.node);
  const node = `Node ${labelValue(labels.node)}`;
  const ready = objects('kube_node_status_condition', is('condition', 'Ready'), is('status', 'true'));
  // Whoever cordons a node works on it.
  const inUse = `${context.on(labels.node)} ${eachNode(objects('kube_node_spec_unschedulable'))} == 0`;
  const taint = (key: Matcher) => eachNode(objects('kube_node_spec_taint', key));
  return [
    {
      name: 'KubeNodeNotReady',
      severity: 'warning',
      for: '15m',
      expr: `${eachNode(ready)} == 0 and ${inUse}`,
      summary: `${node} is not ready`,
      description: `${node} is not ready, and nobody has cordoned it. It gets no pods; those that it has are moved after their toleration.`,
    },
    {
      name: 'KubeNodeUnreachable',
      severity: 'warning',
      for: '15m',
      expr: `${taint(is('key', 'node.kubernetes.io/unreachable'))} == 1 unless ${taint(isOneOf('key', LEAVING))}`,
      summary: `${node} does not answer`,
      description: `The control plane hears nothing of ${node}; pods there are made anew elsewhere, except those of StatefulSets.`,
    },
    {
      name: 'KubeNodeReadinessFlapping',
      severity: 'warning',
      for: '15m',
      expr: `${eachNode(`changes(${ready}[${context.window(15)}])`)} > 2 and ${inUse}`,
      summary: `${node} is ready and not ready by turns`,
      description: `${node} has changed its state more than twice within ${context.window(15)}; its pods lose and regain their traffic each time.`,
    },
    {
      name: 'KubeNodePressure',
      severity: 'info',
      for: '10m',
      expr: `${each(context, labels.node, 'condition')(objects('kube_node_status_condition', isOneOf('condition', ['DiskPressure', 'MemoryPressure', 'PIDPressure']), is('status', 'true')))} == 1 and ${inUse}`,
      summary: `${node} has ${labelValue('condition')}`,
      description: `${node} reports ${labelValue('condition')}: it takes no new pods of low priority and may evict some that it has.`,
    },
  ];
}

/** The kubelets themselves. */
export const KUBERNETES_KUBELET_RULES: Rules = {
  needs: ['kubelet'],
  groups: (context) => [{ name: 'kubernetes-kubelets', alerts: kubeletAlerts(context) }],
};

const DAY = 24 * 3600;

function certificateAlerts(context: RuleContext): AlertDefinition[] {
  const { labels } = context;
  const node = labelValue(labels.node);
  const kinds = [
    {
      name: 'Client',
      what: 'with which the kubelet of',
      use: 'asks the API server',
      errors: 'kubelet_certificate_manager_client_expiration_renew_errors',
    },
    { name: 'Server', what: 'that the kubelet of', use: 'shows', errors: 'kubelet_server_expiration_renew_errors' },
  ] as const;
  const recent = context.window(15);
  return kinds.flatMap(({ name, what, use, errors }) => [
    ...(
      [
        ['critical', DAY],
        ['warning', 7 * DAY],
      ] as const
    ).map(
      ([severity, value]): AlertDefinition => ({
        name: `Kubelet${name}CertificateExpiration`,
        severity,
        threshold: { value, unit: 'seconds' },
        // Infinite where nobody renews it: its end is not known then.
        expr: (threshold) =>
          `min ${context.by(labels.node)} (${context.select('kubelet', `kubelet_certificate_manager_${name.toLowerCase()}_ttl_seconds`)}) < ${threshold}`,
        summary: `The ${name.toLowerCase()} certificate of the kubelet of ${node} expires soon`,
        description: (threshold) =>
          `The certificate ${what} ${node} ${use} expires in ${VALUE.duration}; at least ${threshold} is expected, because it is renewed long before.`,
      }),
    ),
    {
      name: `Kubelet${name}CertificateRenewalErrors`,
      severity: 'warning',
      for: '15m',
      expr: `${each(context, labels.node)(`increase(${context.select('kubelet', errors)}[${recent}])`)} > 0`,
      summary: `The kubelet of ${node} cannot renew its ${name.toLowerCase()} certificate`,
      description: `Within ${recent}, ${VALUE.number} attempts to renew the certificate ${what} ${node} ${use} have failed.`,
    },
  ]);
}

function evictionAlert(context: RuleContext): AlertDefinition {
  const { labels } = context;
  const recent = context.window(15);
  const evictions = context.select('kubelet', 'kubelet_evictions');
  const bySignal = `sum ${context.by(labels.node, 'eviction_signal')}`;
  const node = labelValue(labels.node);
  return {
    name: 'KubeNodeEviction',
    severity: 'info',
    // The series appears with the first eviction, which is no increase. A kubelet that is new to Prometheus does not count.
    expr: [
      `${bySignal} (increase(${evictions}[${recent}])) > 0`,
      `(${bySignal} (${evictions}) unless ${bySignal} (${evictions} offset ${recent})) and ${context.on(labels.node)} ${each(context, labels.node)(`${context.select('kubelet', 'up')} offset ${recent}`)} == 1`,
    ].join(' or '),
    summary: `Node ${node} evicts pods because of ${labelValue('eviction_signal')}`,
    description: `The kubelet of ${node} has ended pods because ${labelValue('eviction_signal')} has reached its limit.`,
  };
}

function kubeletAlerts(context: RuleContext): AlertDefinition[] {
  const { labels } = context;
  const short = context.window(5);
  const node = labelValue(labels.node);
  const quantile = (metric: string) =>
    `histogram_quantile(0.99, sum ${context.by(labels.node, 'le')} (rate(${context.select('kubelet', metric)}[${short}])))`;
  const capacity = () => each(context, labels.node)(ofObjects(context)('kube_node_status_capacity', is('resource', 'pods')));
  const tooManyPods = (): AlertDefinition => ({
    name: 'KubeletTooManyPods',
    severity: 'info',
    for: '15m',
    threshold: { value: 0.95, unit: 'ratio' },
    expr: (threshold) =>
      `${each(context, labels.node)(context.select('kubelet', 'kubelet_running_pods'))} / ${capacity()} > ${threshold}`,
    summary: `Node ${node} runs almost as many pods as it may`,
    description: (threshold) =>
      `Node ${node} runs ${VALUE.percentage} of the pods that it may; this alert begins at ${threshold}. Beyond that, pods stay pending although there is processor time and memory.`,
  });
  const part = {
    source: 'kubelet',
    prefix: 'Kubelet',
    title: 'the kubelets',
    consequence: 'Nothing is known of volumes and certificates, and alerts about them cannot fire; pods that run go on.',
  } as const;
  return [
    downAlert(context, part),
    unreachableAlert(context, part, [labels.node]),
    ...(context.has('kube-state-metrics') ? [tooManyPods()] : []),
    evictionAlert(context),
    {
      name: 'KubeletPlegDurationHigh',
      severity: 'warning',
      for: '5m',
      threshold: { value: 10, unit: 'seconds' },
      // 10 s is the last limit of its buckets: what is slower counts as 10 s.
      expr: (threshold) => `${quantile('kubelet_pleg_relist_duration_seconds_bucket')} >= ${threshold}`,
      summary: `The container runtime of ${node} answers slowly`,
      description: (threshold) =>
        `One of a hundred times, the kubelet of ${node} needs ${VALUE.duration} or more to list its containers; less than ${threshold} is expected. At three minutes the node is not ready.`,
    },
    {
      name: 'KubeletPodStartUpLatencyHigh',
      severity: 'warning',
      for: '15m',
      threshold: { value: 60, unit: 'seconds' },
      expr: (threshold) => `${quantile('kubelet_pod_start_sli_duration_seconds_bucket')} > ${threshold}`,
      summary: `Pods start slowly on ${node}`,
      description: (threshold) =>
        `On ${node}, one of a hundred pods needs ${VALUE.duration} to start, images and init containers not counted; at most ${threshold} is expected.`,
    },
    ...certificateAlerts(context),
  ];
}
