import { isChosen, type Matcher } from '../query/expressions';
import type { DataLabels } from '../settings/data-labels';
import type { DashboardContext } from './dashboard-context';
import type { Variable } from './grafana-model';
import { labelValues } from './scope';
import type { DataSourceReference } from './targets';
import { queryVariable } from './variables';

/**
 * The hash that a Deployment puts behind the name of its ReplicaSets: up to ten characters of this alphabet
 * (k8s.io/apimachinery, util/rand, SafeEncodeString), nearly always at least eight. Without it, the owner of a pod is the
 * workload that people know.
 */
export const TEMPLATE_HASH = '(?:-[bcdfghjklmnpqrstvwxz2456789]{8,10})?';

/** A variable of a board: what can be chosen depends on what was chosen in those before it. */
export interface Step {
  /** Name of the variable. Links between boards carry it over, so the same thing has the same name on all boards. */
  readonly name: string;
  readonly label: string;
  readonly description: string;
  /** The label of series that holds its values. */
  readonly of: (labels: DataLabels) => string;
  /** One value instead of any number. */
  readonly single?: boolean;
  /** Metric that its values are read from. @default - that of the whole chain */
  readonly metric?: string;
  /** Cuts the values: the first group is the value. */
  readonly regex?: string;
  /** What it says about the metric of the steps behind it, where that is not a plain match; no panel gets it then. */
  readonly narrows?: (labels: DataLabels) => Matcher;
}

/** A label that only some boards know. */
export function choice(name: string, label: string, description: string, of: string | Step['of'] = name): Step {
  return { name, label, description, of: typeof of === 'string' ? () => of : of };
}

/** The same with one value. */
export const single = (step: Step): Step => ({ ...step, single: true });

export const NAMESPACE = choice('namespace', 'Namespace', 'Namespaces of the cluster.', (labels) => labels.namespace);
export const NODE = choice('node', 'Node', 'Nodes of the cluster.', (labels) => labels.node);
export const POD = choice('pod', 'Pod', 'Pods of what is chosen.', (labels) => labels.pod);

/** Owner of pods. Only `kube_pod_info` knows it: it narrows the pods to choose from, and so the series. */
export const WORKLOAD: Step = {
  ...choice('workload', 'Workload', 'Deployments, StatefulSets, DaemonSets and Jobs that own the pods.', 'created_by_name'),
  metric: 'kube_pod_info',
  regex: `/^(.+?)${TEMPLATE_HASH}$/`,
  narrows: () => isChosen('created_by_name', `($workload)${TEMPLATE_HASH}`),
};

/** The node of pods, for metrics that say nothing of nodes. */
export const NODE_OF_POD: Step = {
  ...NODE,
  description: 'Nodes that run the pods.',
  metric: 'kube_pod_info',
  narrows: (labels) => isChosen(labels.node, '$node'),
};

/** Variables of a board, and the matchers that follow from them. */
export interface Chain {
  readonly variables: Variable[];
  readonly matchers: Matcher[];
}

/**
 * The variables environment → cluster → the given steps.
 * @param metric of which values are read; it must exist wherever the board's other metrics do
 */
export function chain(context: DashboardContext, datasource: DataSourceReference, metric: string, steps: readonly Step[]): Chain {
  const { labels } = context;
  const place: (Step & { readonly initial?: string })[] = [
    {
      ...choice('environment', 'Environment', 'Environments that data comes from.', labels.environment),
      initial: context.environment,
    },
    { ...choice('cluster', 'Cluster', 'Clusters of the environment.', labels.cluster), initial: context.cluster },
    ...steps,
  ];
  const narrowing: Matcher[] = [];
  const matchers: Matcher[] = [];
  let narrowedBy: string | undefined;
  const variables = place.map(({ initial, ...step }) => {
    const label = step.of(labels);
    const variable = queryVariable({
      name: step.name,
      label: step.label,
      description: step.description,
      datasource,
      query: labelValues(narrowedBy ?? step.metric ?? metric, narrowing, label),
      regex: step.regex,
      single: step.single,
      // Pods of a chosen workload are listed one by one: nothing else tells them from others.
      allValue: narrowedBy === undefined ? '.*' : undefined,
      initial,
    });
    const matcher = isChosen(label, `$${step.name}`);
    narrowing.push(step.narrows?.(labels) ?? matcher);
    if (step.narrows === undefined) {
      matchers.push(matcher);
    } else {
      narrowedBy = step.metric ?? metric;
    }
    return variable;
  });
  return { variables, matchers };
}
