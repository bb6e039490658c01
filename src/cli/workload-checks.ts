import { aggregate, call, over } from '../query/expressions';
import { type Check, type CheckOptions, count, failed, type Outcome, ok, skipped, some, warning } from './check';
import type { ConfigMap, LiveObject, LiveStack } from './live-stack';
import { PrometheusApi } from './programs';

interface Workload extends LiveObject {
  readonly spec: { readonly replicas?: number };
  readonly status?: {
    readonly readyReplicas?: number;
    readonly numberReady?: number;
    readonly desiredNumberScheduled?: number;
    readonly observedGeneration?: number;
  };
}

const KINDS = { deployments: 'Deployment', statefulsets: 'StatefulSet', daemonsets: 'DaemonSet' };

const wanted = ({ spec, status }: Workload) => status?.desiredNumberScheduled ?? spec.replicas ?? 0;
const ready = ({ status }: Workload) => status?.numberReady ?? status?.readyReplicas ?? 0;

/** No answer counts for a workload whose change nobody has seen yet. */
const isSettled = ({ metadata, status }: Workload) => (status?.observedGeneration ?? 0) >= (metadata.generation ?? 0);

/** How to look at what does not run. */
const look = (stack: string) => `kubectl get pods --all-namespaces --selector app.kubernetes.io/instance=${stack}`;

async function workloads(stack: LiveStack): Promise<Outcome> {
  const lists = Object.entries(KINDS).map(async ([resource, kind]) =>
    (await stack.list<Workload>('/apis/apps/v1', resource)).map((workload) => ({ kind, workload })),
  );
  const all = (await Promise.all(lists)).flat();
  const missing = all
    .filter(({ workload }) => ready(workload) < wanted(workload) || !isSettled(workload))
    .map(({ kind, workload }) => `${kind} ${workload.metadata.name} has ${ready(workload)} of ${wanted(workload)}`);
  return missing.length === 0
    ? ok(`${count(all.length, 'workload')}, each with all of its pods ready`)
    : failed(some(missing), `wait for them, or look: ${look(stack.name)}`);
}

async function agentsRun(stack: LiveStack): Promise<Outcome> {
  const agents = (await stack.list<Workload>('/apis/apps/v1', 'daemonsets')).filter(
    ({ metadata }) => metadata.labels?.['app.kubernetes.io/name'] === 'alloy',
  );
  if (agents.length === 0) {
    return skipped('no agent runs on the nodes');
  }
  const [agent] = agents;
  const [have, want] = [ready(agent), wanted(agent)];
  const detail = `${have} of ${count(want, 'node')} with a ready agent`;
  return want > 0 && have === want && isSettled(agent)
    ? ok(detail)
    : failed(detail, `kubectl logs --namespace ${agent.metadata.namespace} daemonset/${agent.metadata.name} --tail=20`);
}

/** The last five minutes: long enough for a slow scrape, short enough to tell a stop. */
const RECENTLY = '5m';

async function agentsShip(stack: LiveStack, options: CheckOptions): Promise<Outcome> {
  const prometheus = PrometheusApi.of(stack, options);
  if (!prometheus || (await stack.objectsOf('alloy', '/api/v1', 'services')).length === 0) {
    return skipped('no agent whose metrics are collected');
  }
  const configurations = await stack.objectsOf<ConfigMap>('alloy', '/api/v1', 'configmaps');
  const isShipper = ({ data = {} }: ConfigMap) => Object.values(data).some((text) => text.includes('loki.write'));
  if (configurations.length > 0 && !configurations.some(isShipper)) {
    return skipped('no agent that ships lines');
  }
  const recent = (metric: string) => prometheus.number(aggregate('sum', [], call('increase', over(metric, RECENTLY))));
  const [sent, dropped, retried] = await Promise.all(
    ['loki_write_sent_entries_total', 'loki_write_dropped_entries_total', 'loki_write_batch_retries_total'].map(recent),
  );
  const lines = (value: number | undefined) => `${Math.round(value ?? 0)} lines`;
  if ((dropped ?? 0) > 0) {
    return failed(`agents dropped ${lines(dropped)} in ${RECENTLY}`, 'look at the logs of the agents for what Loki refuses');
  }
  if ((sent ?? 0) === 0) {
    return failed(
      `agents sent nothing in ${RECENTLY}`,
      'look at the logs of the agents, and whether any pod that they read writes lines',
    );
  }
  return (retried ?? 0) > 0
    ? warning(
        `agents sent ${lines(sent)} in ${RECENTLY}, and had to repeat ${Math.round(retried ?? 0)} batches`,
        'look whether Loki was away or refuses for its limits',
      )
    : ok(`agents sent ${lines(sent)} in ${RECENTLY} and dropped none`);
}

async function canary(stack: LiveStack, options: CheckOptions): Promise<Outcome> {
  const prometheus = PrometheusApi.of(stack, options);
  const canaries = await stack.objectsOf('loki', '/apis/apps/v1', 'daemonsets');
  const deployed = await stack.objectsOf('loki', '/apis/apps/v1', 'deployments');
  const isCanary = ({ metadata }: LiveObject) => metadata.labels?.['app.kubernetes.io/component'] === 'canary';
  if (!prometheus || ![...canaries, ...deployed].some(isCanary)) {
    return skipped('no canary whose metrics are collected');
  }
  const [written, missing] = await Promise.all(
    ['loki_canary_entries_total', 'loki_canary_missing_entries_total'].map((metric) =>
      prometheus.number(aggregate('sum', [], call('increase', over(metric, RECENTLY)))),
    ),
  );
  if ((written ?? 0) === 0) {
    return failed(`the canary wrote nothing in ${RECENTLY}`, 'look at its pods and their logs');
  }
  return (missing ?? 0) > 0
    ? failed(
        `${Math.round(missing ?? 0)} lines of the canary did not arrive in ${RECENTLY}`,
        'look at the logs of Loki and its gateway',
      )
    : ok(`${Math.round(written ?? 0)} lines of the canary in ${RECENTLY}, none missing`);
}

/** Checks of what runs and of the way of lines. */
export const WORKLOAD_CHECKS: readonly Check[] = [
  { id: 'workloads', title: 'Pods are ready', look: workloads },
  { id: 'agents', title: 'Agents are on every node', look: agentsRun },
  { id: 'shipping', title: 'Agents ship log lines', look: agentsShip },
  { id: 'canary', title: 'Lines arrive that the canary wrote', look: canary },
];
