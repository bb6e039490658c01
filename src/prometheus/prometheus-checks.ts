import type { Size } from 'cdk8s';
import { quantity } from '../kubernetes/container';
import { credentialProblems, keyProblems, kindProblems } from '../kubernetes/extra-config';
import { volumeProblems } from '../kubernetes/volumes';
import type { Cluster } from '../settings/cluster';
import type { Retention } from '../settings/retention';
import { CONFIG_KEYS, CREDENTIALS, GLOBAL_KEYS } from './config-keys';
import { controlPlaneProblems } from './control-plane-metrics';
import type { KubernetesMetrics } from './kubernetes-metrics';
import { ownConfig, type PrometheusSettings } from './prometheus-config';
import type { PrometheusProps } from './prometheus-props';
import type { QueryLimits } from './query-limits';
import {
  httpEndpointProblems,
  intervalProblems,
  labelProblems,
  namespaceProblems,
  repeated,
  scrapeJobProblems,
  timeoutProblems,
} from './scrape-checks';

/** What is checked: the properties and what became of them. */
export interface CheckedPrometheus {
  readonly props: PrometheusProps;
  readonly settings: PrometheusSettings;
  readonly cluster: Cluster;
  readonly volume: Size;
  readonly retention: Retention;
  readonly retentionSize: Size;
  readonly replicas: number;
  readonly uploadsBlocks: boolean;
}

/** What is wrong with a Prometheus. */
export function prometheusProblems(checked: CheckedPrometheus): string[] {
  const { props, settings, cluster, replicas } = checked;
  return [
    ...volumeProblems(cluster, 'volume', props.volume),
    ...retentionProblems(checked),
    ...countProblems('replicas', replicas),
    ...scrapeProblems(checked),
    ...globalProblems(checked),
    ...kubernetesProblems(props.kubernetes ?? {}),
    ...controlPlaneProblems(props.kubernetes?.controlPlane ?? [], cluster),
    ...queryProblems(props.query ?? {}),
    ...ruleFileProblems(settings.ruleFiles),
    ...settings.alertmanagers.flatMap((endpoint, index) => httpEndpointProblems(`alertmanagers[${index}]`, endpoint)),
    ...urlProblems(props),
    ...extraConfigProblems(settings),
  ];
}

/** A sidecar that uploads needs three blocks of two hours; all that is younger may not be in the object storage yet. */
const UPLOAD_WINDOW_HOURS = 6;
const BLOCK_HOURS = 2;
const LARGEST_SHARE = 0.85;

function retentionProblems({ retention, retentionSize, volume, uploadsBlocks }: CheckedPrometheus): string[] {
  const problems: string[] = [];
  const hours = retention.toHours();
  const least = uploadsBlocks ? UPLOAD_WINDOW_HOURS : BLOCK_HOURS;
  if (hours < least) {
    const reason = uploadsBlocks
      ? 'so that an outage of the object storage loses nothing before it is uploaded'
      : 'because Prometheus deletes blocks of two hours';
    problems.push(`retention is ${retention}; allowed are at least ${least}h, ${reason}: lengthen it`);
  } else if (!retention.isForever && !Number.isInteger(hours)) {
    problems.push(`retention is ${retention}; allowed are whole hours: round it`);
  }
  const [kept, total] = [retentionSize, volume].map((size) => size.toKibibytes({ rounding: 1 }));
  if (kept < 1024 || kept % 1024 !== 0) {
    problems.push(`retentionSize is ${quantity(retentionSize)}; allowed are whole mebibytes from 1Mi: round it`);
  }
  if (kept > total * LARGEST_SHARE) {
    problems.push(
      `retentionSize is ${quantity(retentionSize)}; allowed is at most 85 % of the volume of ${quantity(volume)}, because the write-ahead log and compactions need the rest: ` +
        'lower it, enlarge the volume, or leave it out for 80 %',
    );
  }
  return problems;
}

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** Names of all jobs, those of further settings included. */
const jobNames = (settings: PrometheusSettings): string[] => [
  ...ownConfig(settings).scrape_configs.map((job) => job.job_name),
  ...listOf(settings.extraConfig.scrape_configs).map((job) => `${property(job, 'job_name')}`),
];

const countProblems = (property: string, count: number | undefined) =>
  count === undefined || (Number.isInteger(count) && count >= 1)
    ? []
    : [`${property} is ${count}; allowed are whole numbers from 1: correct it`];

function scrapeProblems({ settings }: CheckedPrometheus): string[] {
  const surroundings = { place: settings.place, scrapeInterval: settings.scrapeInterval };
  return [
    ...settings.jobs.flatMap((job, index) => scrapeJobProblems(job, index, surroundings)),
    ...repeated(jobNames(settings)).map(
      (name) =>
        `scrape has two jobs named ${JSON.stringify(name)}; allowed is one of a name, among those for Kubernetes and the stack too: give one another \`jobName\``,
    ),
  ];
}

function globalProblems({ props, settings }: CheckedPrometheus): string[] {
  const { labels } = settings.place;
  const { scrapeTimeout, evaluationInterval } = props;
  return [
    ...(scrapeTimeout === undefined ? [] : timeoutProblems('scrapeTimeout', scrapeTimeout, settings.scrapeInterval)),
    ...(evaluationInterval === undefined ? [] : intervalProblems('evaluationInterval', evaluationInterval)),
    ...labelProblems('externalLabels', props.externalLabels ?? {}, [
      ...new Set([...Object.values(labels).filter((value) => typeof value === 'string'), 'job', 'instance']),
    ]),
  ];
}

function kubernetesProblems({ namespaces, extraMetrics = [] }: KubernetesMetrics): string[] {
  return [
    ...(namespaces === undefined ? [] : namespaceProblems('kubernetes.namespaces', namespaces)),
    ...extraMetrics
      .filter((name) => !/^[a-zA-Z_:][a-zA-Z0-9_:]*$/.test(name))
      .map(
        (name) =>
          `kubernetes.extraMetrics has ${JSON.stringify(name)}; allowed are letters, digits, "_" and ":", not starting with a digit: give the name of a metric`,
      ),
  ];
}

const queryProblems = ({ timeout, maxSamples, maxConcurrency }: QueryLimits) => [
  ...(timeout === undefined ? [] : intervalProblems('query.timeout', timeout)),
  ...countProblems('query.maxSamples', maxSamples),
  ...countProblems('query.maxConcurrency', maxConcurrency),
];

const ruleFileProblems = (names: readonly string[]) => [
  ...names
    .filter((name) => !/^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/.test(name) || name.length > 253)
    .map(
      (name) =>
        `ruleFiles has ${JSON.stringify(name)}; allowed are names of ConfigMaps, 1 to 253 lower-case letters, digits, "-" and ".": correct it`,
    ),
  ...repeated(names).map((name) => `ruleFiles has ${JSON.stringify(name)} twice; allowed is once: remove one`),
];

function urlProblems({ externalUrl, ingress }: PrometheusProps): string[] {
  const problems: string[] = [];
  if (externalUrl !== undefined && !/^https?:\/\/[a-z0-9.-]+(:\d+)?\/?$/i.test(externalUrl)) {
    problems.push(
      `externalUrl is ${JSON.stringify(externalUrl)}; allowed is "http[s]://host[:port]": a path would move the API and the probes too`,
    );
  }
  if (ingress?.path !== undefined && ingress.path !== '/') {
    problems.push(
      `ingress.path is ${JSON.stringify(ingress.path)}; allowed is "/", because a path would move the API and the probes too: give Prometheus a host of its own`,
    );
  }
  return problems;
}

const property = (value: unknown, key: string): unknown =>
  typeof value === 'object' && value !== null ? Object.entries(value).find(([name]) => name === key)?.[1] : undefined;

function extraConfigProblems(settings: PrometheusSettings): string[] {
  const { extraConfig } = settings;
  const { global } = extraConfig;
  return [
    ...keyProblems('extraConfig', extraConfig, CONFIG_KEYS),
    ...(typeof global === 'object' && global !== null ? keyProblems('extraConfig.global', global, GLOBAL_KEYS) : []),
    ...kindProblems('extraConfig', ownConfig(settings), extraConfig),
    ...credentialProblems('extraConfig', extraConfig, CREDENTIALS),
    ...(property(property(extraConfig.storage, 'tsdb'), 'retention') === undefined
      ? []
      : [
          'extraConfig.storage.tsdb.retention is set; allowed are the properties `retention` and `retentionSize`, which are checked: move it there',
        ]),
  ];
}
