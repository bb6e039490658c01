import { is } from '../query/expressions';
import type { AlertDefinition, Rules } from './definition';
import { each, ofObjects } from './kubernetes-selections';
import { labelValue, type RuleContext, VALUE } from './rule-context';

/** Do controllers of pods have what they are asked to have. */
export const KUBERNETES_WORKLOAD_RULES: Rules = {
  needs: ['kube-state-metrics'],
  groups: (context) => [
    {
      name: 'kubernetes-workloads',
      alerts: [
        ...deploymentAlerts(context),
        ...statefulSetAlerts(context),
        ...daemonSetAlerts(context),
        ...autoscalerAlerts(context),
        disruptionBudgetAlert(context),
      ],
    },
  ],
};

/** What all kinds have in common: the label that names them, and how texts call one of them. */
function ofKind(context: RuleContext, kind: string, title: string) {
  const { labels } = context;
  const objects = ofObjects(context);
  const eachOne = each(context, labels.namespace, kind);
  return {
    value: (metric: string) => eachOne(objects(metric)),
    /** Nothing has changed for a while. Something that moves slowly is no trouble. */
    rests: (metric: string, minutes: number) => `${eachOne(`changes(${objects(metric)}[${context.window(minutes)}])`)} == 0`,
    condition: (metric: string, condition: string) => eachOne(objects(metric, is('condition', condition), is('status', 'false'))),
    where: `${title} ${labelValue(labels.namespace)}/${labelValue(kind)}`,
  };
}

function generationMismatch(context: RuleContext, kind: string, title: 'Deployment' | 'StatefulSet'): AlertDefinition {
  const { value, where } = ofKind(context, kind, title);
  return {
    name: `Kube${title}GenerationMismatch`,
    severity: 'warning',
    for: '15m',
    expr: `${value(`kube_${kind}_status_observed_generation`)} != ${value(`kube_${kind}_metadata_generation`)}`,
    summary: `${where} is not being worked on`,
    description: `The latest change of ${where} has not been taken up by its controller.`,
  };
}

function deploymentAlerts(context: RuleContext): AlertDefinition[] {
  const { value, rests, condition, where } = ofKind(context, 'deployment', 'Deployment');
  return [
    generationMismatch(context, 'deployment', 'Deployment'),
    {
      name: 'KubeDeploymentReplicasMismatch',
      severity: 'warning',
      for: '15m',
      expr: [
        `${value('kube_deployment_spec_replicas')} > ${value('kube_deployment_status_replicas_available')}`,
        rests('kube_deployment_status_replicas_updated', 10),
      ].join(' and '),
      summary: `${where} has too few pods`,
      description: `Fewer pods of ${where} are available than the ${VALUE.number} that are wanted, and no rollout is under way.`,
    },
    {
      name: 'KubeDeploymentRolloutStuck',
      severity: 'warning',
      for: '15m',
      expr: `${condition('kube_deployment_status_condition', 'Progressing')} == 1`,
      summary: `The rollout of ${where} is stuck`,
      description: `${where} has not come forward within its \`progressDeadlineSeconds\`; old pods go on where there are any.`,
    },
  ];
}

function statefulSetAlerts(context: RuleContext): AlertDefinition[] {
  const { labels } = context;
  const { value, rests, where } = ofKind(context, 'statefulset', 'StatefulSet');
  const objects = ofObjects(context);
  const eachRevision = each(context, labels.namespace, 'statefulset', 'revision');
  const outdated = [
    eachRevision(objects('kube_statefulset_status_current_revision')),
    eachRevision(objects('kube_statefulset_status_update_revision')),
  ].join(' unless ');
  return [
    generationMismatch(context, 'statefulset', 'StatefulSet'),
    {
      name: 'KubeStatefulSetReplicasMismatch',
      severity: 'warning',
      for: '15m',
      expr: [
        `${value('kube_statefulset_replicas')} != ${value('kube_statefulset_status_replicas_ready')}`,
        rests('kube_statefulset_status_replicas_updated', 10),
      ].join(' and '),
      summary: `${where} has pods that are not ready`,
      description: `The number of ready pods of ${where} is not the ${VALUE.number} that are wanted, and no update is under way.`,
    },
    {
      name: 'KubeStatefulSetUpdateNotRolledOut',
      severity: 'warning',
      for: '15m',
      expr: [
        each(context, labels.namespace, 'statefulset')(outdated),
        `${value('kube_statefulset_replicas')} != ${value('kube_statefulset_status_replicas_updated')}`,
        rests('kube_statefulset_status_replicas_updated', 5),
      ].join(' and '),
      summary: `The update of ${where} is stuck`,
      description: `Some pods of ${where} are still of an older revision, and none has been replaced for a while.`,
    },
  ];
}

function daemonSetAlerts(context: RuleContext): AlertDefinition[] {
  const { value, rests, where } = ofKind(context, 'daemonset', 'DaemonSet');
  const wanted = value('kube_daemonset_status_desired_number_scheduled');
  return [
    {
      name: 'KubeDaemonSetRolloutStuck',
      severity: 'warning',
      for: '15m',
      // Pods that no node takes, or the wrong one, have alerts of their own.
      expr: [
        `(${wanted} != ${value('kube_daemonset_status_updated_number_scheduled')} or ${wanted} != ${value('kube_daemonset_status_number_available')})`,
        rests('kube_daemonset_status_updated_number_scheduled', 5),
      ].join(' and '),
      summary: `The rollout of ${where} is stuck`,
      description: `Of ${VALUE.number} nodes that ${where} should run on, some have no pod that is available and up to date, and none has been replaced for a while.`,
    },
    {
      name: 'KubeDaemonSetNotScheduled',
      severity: 'warning',
      for: '10m',
      expr: `${wanted} - ${value('kube_daemonset_status_current_number_scheduled')} > 0`,
      summary: `${where} is missing on nodes`,
      description: `${VALUE.number} nodes have no pod of ${where} although they should.`,
    },
    {
      name: 'KubeDaemonSetMisScheduled',
      severity: 'warning',
      for: '15m',
      expr: `${value('kube_daemonset_status_number_misscheduled')} > 0`,
      summary: `${where} runs where it must not`,
      description: `${VALUE.number} pods of ${where} are on nodes that its selector, affinity or tolerations exclude.`,
    },
  ];
}

function autoscalerAlerts(context: RuleContext): AlertDefinition[] {
  const { value, rests, condition, where } = ofKind(context, 'horizontalpodautoscaler', 'HorizontalPodAutoscaler');
  const prefix = 'kube_horizontalpodautoscaler';
  const [current, wanted] = [value(`${prefix}_status_current_replicas`), value(`${prefix}_status_desired_replicas`)];
  const [least, most] = [value(`${prefix}_spec_min_replicas`), value(`${prefix}_spec_max_replicas`)];
  return [
    {
      name: 'KubeHpaReplicasMismatch',
      severity: 'warning',
      for: '15m',
      expr: [
        `${wanted} != ${current}`,
        `${current} > ${least}`,
        `${current} < ${most}`,
        rests(`${prefix}_status_current_replicas`, 15),
      ].join(' and '),
      summary: `${where} does not reach its number of pods`,
      description: `${where} wants ${VALUE.number} pods, and their number does not change.`,
    },
    {
      name: 'KubeHpaMaxedOut',
      severity: 'warning',
      for: '15m',
      expr: `${current} == ${most} and ${least} != ${most}`,
      summary: `${where} is at its maximum`,
      description: `${where} runs ${VALUE.number} pods, as many as it may; more load makes them slower.`,
    },
    {
      name: 'KubeHpaScalingInactive',
      severity: 'warning',
      for: '15m',
      // With no pods it is switched off on purpose.
      expr: `${condition(`${prefix}_status_condition`, 'ScalingActive')} == 1 and ${current} > 0`,
      summary: `${where} does not work`,
      description: `${where} cannot read the metrics that it scales by; the number of pods stays as it is, whatever the load.`,
    },
  ];
}

function disruptionBudgetAlert(context: RuleContext): AlertDefinition {
  const { value, where } = ofKind(context, 'poddisruptionbudget', 'PodDisruptionBudget');
  return {
    name: 'KubePdbNotEnoughHealthyPods',
    severity: 'warning',
    for: '15m',
    expr: `${value('kube_poddisruptionbudget_status_desired_healthy')} - ${value('kube_poddisruptionbudget_status_current_healthy')} > 0`,
    summary: `${where} is not kept`,
    description: `${VALUE.number} pods more would have to be healthy for ${where}; draining a node waits until they are.`,
  };
}
