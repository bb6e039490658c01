import { is, isNot, type Matcher } from '../query/expressions';
import type { AlertDefinition, Rules } from './definition';
import { labelValue, type RuleContext, type Source, VALUE } from './rule-context';

/** Alloy on every node and Alloy once for the cluster: either may be there without the other. */
const AGENTS = ['alloy-node', 'alloy-cluster'] as const satisfies readonly Source[];

/** Whether any Alloy is there. */
export const hasAgents = (context: RuleContext) => AGENTS.some((source) => context.has(source));

/** Series of Alloy about itself, whichever are there. */
export const ofAgents =
  (context: RuleContext) =>
  (metric: string, ...matchers: Matcher[]) =>
    context.select(AGENTS, metric, ...matchers);

/** Where it is, as texts say it. */
const place = ({ labels }: RuleContext) => `Alloy ${labelValue(labels.namespace)}/${labelValue(labels.pod)}`;

/** Grafana Alloy as a program. What becomes of the lines is watched by the rules about log pipelines. */
export const ALLOY_RULES: Rules = {
  needs: [],
  groups: (context) => [
    ...(hasAgents(context) ? [{ name: 'alloy', alerts: agentAlerts(context) }] : []),
    ...(context.has('alloy-cluster') ? [{ name: 'alloy-clustering', alerts: clusteringAlerts(context) }] : []),
  ],
};

function agentAlerts(context: RuleContext): AlertDefinition[] {
  const own = ofAgents(context);
  const where = place(context);
  const { namespace, pod } = context.labels;
  const short = context.window(5);
  return [
    {
      name: 'AlloyConfigLoadFailed',
      severity: 'warning',
      for: '10m',
      expr: `max_over_time(${own('alloy_config_last_load_successful')}[${short}]) == 0`,
      summary: `${where} cannot read its configuration`,
      description: `${where} goes on with the configuration that it read last, and will not start with the present one.`,
    },
    {
      name: 'UnhealthyComponents',
      severity: 'warning',
      for: '15m',
      expr: `sum ${context.by(namespace, pod, 'health_type')} (${own('alloy_component_controller_running_components', isNot('health_type', 'healthy'))}) > 0`,
      summary: `Components of ${where} are ${labelValue('health_type')}`,
      description: `${VALUE.number} components of Alloy's pipelines are ${labelValue('health_type')}; what they read or send stands still.`,
    },
    {
      name: 'SlowComponentEvaluations',
      severity: 'warning',
      for: '15m',
      expr: `sum ${context.by(namespace, pod, 'component_id')} (rate(${own('alloy_component_evaluation_slow_seconds')}[${context.window(10)}])) > 0`,
      summary: `${where} is slow to take over changes`,
      description: `The component ${labelValue('component_id')} takes long to evaluate: changes of what it depends on, of pods found for instance, come late.`,
    },
    {
      name: 'AlloyDiscoveryFailing',
      severity: 'warning',
      for: '15m',
      expr: `sum ${context.by(namespace, pod)} (increase(${own('prometheus_sd_kubernetes_failures_total')}[${short}])) > 0`,
      summary: `${where} cannot ask the Kubernetes API for pods`,
      description: `${VALUE.number} requests failed within ${short}; lines of pods that start now are not read.`,
    },
  ];
}

/** Replicas that share the work. One alone has nobody to disagree with. */
function clusteringAlerts(context: RuleContext): AlertDefinition[] {
  const own = (metric: string, ...matchers: Matcher[]) => context.select('alloy-cluster', metric, ...matchers);
  const where = place(context);
  const { namespace, pod } = context.labels;
  const all = ['job', namespace];
  const peers = `sum ${context.by(...all, pod)} (${own('cluster_node_peers')})`;
  return [
    {
      name: 'ClusterNotConverging',
      severity: 'warning',
      for: '10m',
      expr: `max ${context.by(...all)} (${peers}) != min ${context.by(...all)} (${peers})`,
      summary: `Replicas of Alloy in ${labelValue(namespace)} disagree on who is there`,
      description: `One of the replicas knows ${VALUE.number} members, another one fewer: what they read may be read twice or not at all.`,
    },
    {
      name: 'ClusterNodeCountMismatch',
      severity: 'warning',
      for: '15m',
      expr: `${peers} != ${context.on(...all)} group_left () count ${context.by(...all)} (${own('cluster_node_info')})`,
      summary: `${where} knows another number of members than there are`,
      description: `${where} knows ${VALUE.number} members, which is not how many run: what is shared out to others may be read twice or not at all.`,
    },
    {
      name: 'ClusterNodeUnhealthy',
      severity: 'warning',
      for: '10m',
      expr: `${own('cluster_node_gossip_health_score')} > 0`,
      summary: `${where} has trouble to reach other members`,
      description: `Its own score of health is ${VALUE.number} instead of 0: messages between the members of the cluster get lost or come late.`,
    },
    {
      name: 'ClusterNodeNameConflict',
      severity: 'warning',
      for: '10m',
      expr: `sum ${context.by(...all)} (increase(${own('cluster_node_gossip_received_events_total', is('event', 'node_conflict'))}[${context.window(10)}])) > 0`,
      summary: `Members of Alloy's cluster in ${labelValue(namespace)} have the same name`,
      description: 'Two members use one name, so the others take them for one, and share out the work wrongly.',
    },
    {
      name: 'ClusterNodeStuckTerminating',
      severity: 'warning',
      for: '10m',
      expr: `sum ${context.by(...all, pod)} (${own('cluster_node_peers', is('state', 'terminating'))}) > 0`,
      summary: `${where} sees members that do not end`,
      description: `${VALUE.number} members say that they end, but do not; their share of the work is not done.`,
    },
    {
      name: 'ClusterConfigurationDrift',
      severity: 'warning',
      for: '15m',
      expr: `count ${context.by(...all)} (count ${context.by(...all, 'sha256')} (${own('alloy_config_hash')})) > 1`,
      summary: `Replicas of Alloy in ${labelValue(namespace)} have different configurations`,
      description: `${VALUE.number} configurations are in use at a time: what is shared out is done differently, or not by everyone.`,
    },
  ];
}
