import { type Matcher, matches } from '../query/expressions';
import type { AlertDefinition, Rules } from './definition';
import { downAlert, unreachableAlert } from './kubernetes-selections';
import { labelValue, type RuleContext, type Source, VALUE } from './rule-context';

/** A part that runs as pods: its two alerts, where it is scraped. A managed cluster that hides it has no such job. */
const partRules = (source: Source, prefix: string, title: string, consequence: string): Rules => ({
  needs: [source],
  groups: (context) => {
    const { labels } = context;
    const part = { source, prefix, title, consequence };
    return [
      {
        name: `kubernetes-${source.replace('kube-', '')}`,
        alerts: [downAlert(context, part), unreachableAlert(context, part, ['instance', labels.node])],
      },
    ];
  },
});

/** The scheduler. */
export const KUBERNETES_SCHEDULER_RULES = partRules(
  'kube-scheduler',
  'KubeScheduler',
  'the scheduler',
  'New pods stay pending, and so do those that should replace others.',
);

/** The controller manager. */
export const KUBERNETES_CONTROLLER_MANAGER_RULES = partRules(
  'kube-controller-manager',
  'KubeControllerManager',
  'the controller manager',
  'Nobody replaces pods, fills Services with addresses, runs Jobs or notices nodes that are gone.',
);

/** kube-proxy. */
export const KUBERNETES_PROXY_RULES = partRules(
  'kube-proxy',
  'KubeProxy',
  'kube-proxy',
  'The nodes keep the rules that they have; traffic for Services goes to pods that are gone.',
);

/** Programs of Kubernetes itself, which tell their versions and the errors of their requests in the same way. */
const PROGRAMS = [
  'kube-apiserver',
  'kube-controller-manager',
  'kube-proxy',
  'kube-scheduler',
  'kubelet',
] as const satisfies readonly Source[];

/** What concerns all of them. */
export const KUBERNETES_SYSTEM_RULES: Rules = {
  needs: [],
  groups: (context) => {
    const present = PROGRAMS.filter((source) => context.has(source));
    return present.length === 0 ? [] : [{ name: 'kubernetes-system', alerts: systemAlerts(context, present) }];
  },
};

function systemAlerts(context: RuleContext, present: readonly Source[]): AlertDefinition[] {
  const short = context.window(5);
  const all = (metric: string) => present.map((source) => context.select(source, metric)).join(' or ');
  const requests = (...matchers: readonly Matcher[]) =>
    `sum ${context.by('job', 'instance')} (${present
      .map((source) => `rate(${context.select(source, 'rest_client_requests_total', ...matchers)}[${short}])`)
      .join(' or ')})`;
  return [
    {
      name: 'KubeVersionMismatch',
      severity: 'warning',
      // Node by node, an upgrade takes its time.
      for: '4h',
      expr: `count ${context.by()} (count ${context.by('minor_version')} (label_replace(${all('kubernetes_build_info')}, "minor_version", "$1", "git_version", "(v[0-9]+[.][0-9]+).*"))) > 1`,
      summary: 'Programs of Kubernetes have different versions',
      description: `${VALUE.number} minor versions of Kubernetes run beside each other: an upgrade has stopped half-way.`,
    },
    {
      name: 'KubeClientErrors',
      severity: 'warning',
      for: '15m',
      threshold: { value: 0.01, unit: 'ratio' },
      // `<error>` stands for a request without any answer.
      expr: (threshold) => `${requests(matches('code', '5..|<error>'))} / ${requests()} > ${threshold}`,
      summary: `Requests of ${labelValue('job')} to the API server fail`,
      description: (threshold) =>
        `${VALUE.percentage} of the requests of ${labelValue('job')} at ${labelValue('instance')} to the API server fail; at most ${threshold} is expected.`,
    },
  ];
}
