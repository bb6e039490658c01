import { aggregate, call, isNoneOf, matches, operation, over, selector } from '../query/expressions';
import { type Check, type CheckOptions, count, failed, type Outcome, ok, skipped, some, warning } from './check';
import { durationSeconds, durationText } from './durations';
import type { LiveObject, LiveStack } from './live-stack';
import { PrometheusApi, type Sample } from './programs';

const NO_PROMETHEUS = skipped('the stack has no Prometheus');

interface Target {
  readonly labels: { readonly job?: string; readonly instance?: string };
  readonly health: string;
  readonly lastError: string;
}

async function targets(stack: LiveStack, options: CheckOptions): Promise<Outcome> {
  const prometheus = PrometheusApi.of(stack, options);
  if (!prometheus) {
    return NO_PROMETHEUS;
  }
  const { activeTargets } = await prometheus.data<{ activeTargets: Target[] }>('targets?state=active');
  const down = activeTargets.filter(({ health }) => health === 'down');
  const unknown = activeTargets.filter(({ health }) => health === 'unknown');
  const name = ({ labels, lastError }: Target) => `${labels.job} ${labels.instance}${lastError === '' ? '' : ` (${lastError})`}`;
  if (activeTargets.length === 0) {
    return failed('nothing is scraped', 'look at the rights of Prometheus and at its logs');
  }
  if (down.length > 0) {
    return failed(
      `${down.length} of ${count(activeTargets.length, 'target')} down: ${some(down.map(name))}`,
      'look whether the pods run and whether a NetworkPolicy keeps Prometheus from them',
    );
  }
  return ok(
    `${count(activeTargets.length - unknown.length, 'target')} up${unknown.length === 0 ? '' : `, ${unknown.length} not scraped yet`}`,
  );
}

interface Rule {
  readonly name: string;
  readonly health: string;
  readonly lastError?: string;
  readonly state?: string;
}

async function rules(stack: LiveStack, options: CheckOptions): Promise<Outcome> {
  const prometheus = PrometheusApi.of(stack, options);
  if (!prometheus) {
    return NO_PROMETHEUS;
  }
  if ((await prometheus.number('prometheus_config_last_reload_successful')) === 0) {
    return failed(
      'Prometheus refuses its latest configuration and goes on with the former',
      'look for "Error reloading config" in its logs',
    );
  }
  const { groups } = await prometheus.data<{ groups: { readonly rules: Rule[] }[] }>('rules');
  const all = groups.flatMap((group) => group.rules);
  const broken = all.filter(({ health }) => health === 'err');
  if (all.length === 0) {
    return warning('no rule is loaded', 'give prometheus.alerts or ruleFiles, unless none are wanted');
  }
  if (broken.length > 0) {
    const texts = broken.map(({ name, lastError }) => `${name}: ${lastError}`);
    return failed(
      `${broken.length} of ${count(all.length, 'rule')} cannot be evaluated: ${some(texts)}`,
      'correct the expressions',
    );
  }
  // `Watchdog` fires always, to show that alerts get through.
  const firing = all.filter(({ state, name }) => state === 'firing' && name !== 'Watchdog').map(({ name }) => name);
  return ok(
    `${count(all.length, 'rule')} in ${count(groups.length, 'group')}${firing.length === 0 ? '' : `; firing: ${some([...new Set(firing)], ', ')}`}`,
  );
}

/** Blocks go as a whole, when all of one is too old: two hours late, or a tenth of a long retention. */
function grace(retentionSeconds: number): number {
  return Math.max(4 * 3600, 0.1 * retentionSeconds);
}

async function retention(stack: LiveStack, options: CheckOptions): Promise<Outcome> {
  const prometheus = PrometheusApi.of(stack, options);
  if (!prometheus) {
    return NO_PROMETHEUS;
  }
  const { storageRetention } = await prometheus.data<{ storageRetention: string }>('status/runtimeinfo');
  if (storageRetention === '') {
    return failed('Prometheus says nothing of a retention', 'give prometheus.retention or retentionSize');
  }
  const seconds = durationSeconds(storageRetention.split(' or ').find((part) => !/i?B$/.test(part)) ?? '0s');
  const oldest = await prometheus.number('min(prometheus_tsdb_lowest_timestamp_seconds)');
  const age = oldest === undefined ? 0 : Date.now() / 1000 - oldest;
  const detail = `samples are kept ${storageRetention}; the oldest is ${durationText(age)} old`;
  return seconds > 0 && age > seconds + grace(seconds)
    ? failed(detail, 'look for "compact" in the logs of Prometheus: old blocks are not deleted')
    : ok(detail);
}

/** Where KubePersistentVolumeFillingUp begins. */
const NEARLY_FULL = 0.15;
const FULL = 0.03;
const DAY = 86_400;

interface ClaimingWorkload extends LiveObject {
  readonly spec: { readonly volumeClaimTemplates?: readonly { readonly metadata: { readonly name: string } }[] };
}

/** Names of the claims of the stack, as a regular expression: a StatefulSet numbers them. */
async function claimNames(stack: LiveStack): Promise<string> {
  const workloads = await stack.list<ClaimingWorkload>('/apis/apps/v1', 'statefulsets');
  return workloads
    .flatMap(({ metadata, spec }) =>
      (spec.volumeClaimTemplates ?? []).map((claim) => `${claim.metadata.name}-${metadata.name}-[0-9]+`),
    )
    .join('|');
}

/** Volumes that are directories of a node (local-path, hostPath) have no statistics of their own: the node's disks count. */
const DISKS = selector('', [isNoneOf('fstype', ['tmpfs', 'ramfs', 'overlay', 'squashfs', 'iso9660'])]);

/** Free share of each volume, and what the last hour makes of it in a day. */
async function room(prometheus: PrometheusApi, free: string, all: string, by: string[]): Promise<Sample[][]> {
  const share = (amount: string) => prometheus.samples(aggregate('min', by, operation(amount, '/', all)));
  return Promise.all([share(free), share(call('predict_linear', over(free, '1h'), DAY))]);
}

async function storage(stack: LiveStack, options: CheckOptions): Promise<Outcome> {
  const prometheus = PrometheusApi.of(stack, options);
  if (!prometheus) {
    return NO_PROMETHEUS;
  }
  const claim = 'persistentvolumeclaim';
  const claims = selector('', [matches(claim, await claimNames(stack))]);
  const [byClaim, byNode] = await Promise.all([
    room(prometheus, `kubelet_volume_stats_available_bytes${claims}`, `kubelet_volume_stats_capacity_bytes${claims}`, [claim]),
    room(prometheus, `node_filesystem_avail_bytes${DISKS}`, `node_filesystem_size_bytes${DISKS}`, ['instance', 'mountpoint']),
  ]);
  const [shares, forecasts] = byClaim[0].length > 0 ? byClaim : byNode;
  if (shares.length === 0) {
    return skipped('neither kubelets nor node-exporter tell of volumes');
  }
  const name = ({ labels }: Sample) => labels[claim] ?? `${labels.instance}:${labels.mountpoint}`;
  const percent = (value: number) => `${Math.round(value * 100)} %`;
  const below = (samples: Sample[], limit: number) => samples.filter(({ value }) => value < limit);
  const texts = (samples: Sample[]) => some(samples.map((sample) => `${name(sample)} ${percent(sample.value)}`));
  const larger = 'make the volume larger, or the retention shorter';
  const [full, nearly, soon] = [below(shares, FULL), below(shares, NEARLY_FULL), below(forecasts, 0)];
  if (full.length > 0) {
    return failed(`nearly nothing is free on ${texts(full)}`, larger);
  }
  if (nearly.length > 0 || soon.length > 0) {
    return warning(
      nearly.length > 0 ? `little is free on ${texts(nearly)}` : `full within a day: ${some(soon.map(name))}`,
      larger,
    );
  }
  const least = shares.reduce((a, b) => (a.value <= b.value ? a : b));
  return ok(`${count(shares.length, 'volume')}, at least ${percent(least.value)} free (${name(least)})`);
}

/** Checks of metrics. */
export const METRIC_CHECKS: readonly Check[] = [
  { id: 'targets', title: 'Targets are up', look: targets },
  { id: 'rules', title: 'Rules are loaded', look: rules },
  { id: 'metric-retention', title: 'Retention of metrics is active', look: retention },
  { id: 'storage', title: 'Volumes have room', look: storage },
];
