import { is, isNot, isOneOf, type Matcher } from '../query/expressions';
import type { AlertDefinition, Rules } from './definition';
import { each, ofObjects } from './kubernetes-selections';
import { labelValue, type RuleContext, VALUE } from './rule-context';

/** Pods and their containers: do they start, do they stay. */
export const KUBERNETES_POD_RULES: Rules = {
  needs: ['kube-state-metrics'],
  groups: (context) => [{ name: 'kubernetes-pods', alerts: [notReady(context), ...containerAlerts(context)] }],
};

function notReady(context: RuleContext): AlertDefinition {
  const { labels } = context;
  const objects = ofObjects(context);
  const eachPod = each(context, labels.namespace, labels.pod);
  const phase = (phases: Matcher) => eachPod(`${objects('kube_pod_status_phase', phases)} == 1`);
  const waits = phase(isOneOf('phase', ['Pending', 'Unknown']));
  const runs = `${eachPod(`${objects('kube_pod_status_ready', is('condition', 'false'))} == 1`)} and ${phase(is('phase', 'Running'))}`;
  const excluded = [
    // Jobs have alerts of their own.
    eachPod(objects('kube_pod_owner', is('owner_kind', 'Job'))),
    // Held back on purpose until somebody removes the gate.
    eachPod(`${objects('kube_pod_status_reason', is('reason', 'SchedulingGated'))} == 1`),
  ];
  return {
    name: 'KubePodNotReady',
    severity: 'warning',
    for: '15m',
    expr: [`(${waits} or ${runs})`, ...excluded].join(' unless '),
    summary: `Pod ${labelValue(labels.namespace)}/${labelValue(labels.pod)} is not ready`,
    description: `Pod ${labelValue(labels.pod)} in ${labelValue(labels.namespace)} waits to be started, runs without being ready, or is on a node that does not answer. It gets no traffic.`,
  };
}

function containerAlerts(context: RuleContext): AlertDefinition[] {
  const { labels } = context;
  const objects = ofObjects(context);
  const eachContainer = each(context, labels.namespace, labels.pod, labels.container);
  const where = `Container ${labelValue(labels.container)} of ${labelValue(labels.namespace)}/${labelValue(labels.pod)}`;
  const short = context.window(5);
  const recent = context.window(15);
  const hour = context.window(60);
  // Names of containers are unique in their pod, those of init containers among them.
  const waiting = (window: string, crashLoop: boolean) =>
    eachContainer(
      ['kube_pod_container_status_waiting_reason', 'kube_pod_init_container_status_waiting_reason']
        .map((metric) => objects(metric, (crashLoop ? is : isNot)('reason', 'CrashLoopBackOff')))
        .map((selection) => `max_over_time(${selection}[${window}])`)
        .join(' or '),
    );
  const restarts = objects('kube_pod_container_status_restarts_total');
  const restartedAfterKill = [
    `${eachContainer(`increase(${restarts}[${recent}])`)} > 0`,
    `${eachContainer(objects('kube_pod_container_status_last_terminated_reason', is('reason', 'OOMKilled')))} == 1`,
  ].join(' and ');
  // The kernel may kill a process that is not the container's first one: nothing restarts then.
  const survived = () =>
    `${eachContainer(`increase(${context.select('cadvisor', 'container_oom_events_total', isNot(labels.container, ''))}[${recent}])`)} > 0`;
  return [
    {
      name: 'KubePodCrashLooping',
      severity: 'warning',
      for: '15m',
      // Between two attempts it waits for up to five minutes; while it runs for a moment, it is still looping.
      expr: `${waiting(short, true)} >= 1`,
      summary: `${where} crashes again and again`,
      description: `${where} ends soon after each start; the kubelet waits longer and longer between attempts.`,
    },
    {
      name: 'KubeContainerRestarting',
      severity: 'warning',
      threshold: { value: 3, unit: 'count' },
      expr: (threshold) => `${eachContainer(`increase(${restarts}[${hour}])`)} > ${threshold} unless ${waiting(hour, true)}`,
      summary: `${where} restarts often`,
      description: (threshold) =>
        `${where} has restarted ${VALUE.number} times within ${hour} without being in a crash loop; at most ${threshold} is expected.`,
    },
    {
      name: 'KubeContainerOomKilled',
      severity: 'warning',
      expr: [restartedAfterKill, ...(context.has('cadvisor') ? [survived()] : [])].join(' or '),
      summary: `${where} was killed for want of memory`,
      description: `In ${where}, the kernel killed a process within the last ${recent}, because the container reached its memory limit or its node had no memory left.`,
    },
    {
      name: 'KubeContainerWaiting',
      severity: 'warning',
      for: '1h',
      // By container, not by reason: a failed pull changes between ErrImagePull and ImagePullBackOff.
      expr: `${waiting(short, false)} >= 1`,
      summary: `${where} does not start`,
      description: `${where} waits for its image, a Secret or ConfigMap, or a volume.`,
    },
  ];
}
