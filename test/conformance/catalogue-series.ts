/** Series as a stack collects them in which everything runs, made from the metric catalogue: no program needs to run for them. */
import { type KnownSeries, seriesOf } from '../../src/catalogue/catalogue';
import { targetLabels } from '../../src/catalogue/catalogue-checks';
import { SOURCES, type SourceName, TargetLabels } from '../../src/catalogue/sources';
import { matchersOf, nodesNamed, textOfLiteral } from '../../src/query/promql';
import { parseQuery } from '../../src/query/syntax';
import { keptBy, scrapeJobs, sourceOf } from '../catalogue/checks';
import type { Manifest } from '../support/constructs';
import { textsOf } from './pattern-texts';

type Labels = Readonly<Record<string, string>>;

/** Seconds between two samples. */
export const STEP_SECONDS = 60;

const SAMPLES = 21;

/** What Prometheus says of every target. */
const OF_EVERY_TARGET = [
  'up',
  'scrape_duration_seconds',
  'scrape_samples_scraped',
  'scrape_samples_post_metric_relabeling',
  'scrape_series_added',
];

/** Jobs that the catalogue knows and the stack does not have: users bring them. */
const EXPORTERS: readonly SourceName[] = ['mysqld-exporter', 'redis-exporter', 'kafka-exporter', 'nginx-prometheus-exporter'];

interface Job {
  readonly name: string;
  readonly source: SourceName;
  readonly app: string;
  readonly kept: readonly string[] | undefined;
}

function jobs(): Job[] {
  const scraped = scrapeJobs().flatMap((job: Manifest) => {
    const source = sourceOf(job);
    const app = job.relabel_configs?.find(({ target_label: label }: Manifest) => label === 'app')?.replacement ?? job.job_name;
    return source === undefined ? [] : [{ name: job.job_name, source, app, kept: keptBy(job) }];
  });
  // As the library's rules call them where nothing else is said.
  const further = [
    { name: 'thanos-sidecar', source: 'thanos-sidecar', app: 'prometheus', kept: undefined },
    { name: 'alloy-cluster', source: 'alloy', app: 'alloy', kept: undefined },
    { name: 'memcached', source: 'memcached_exporter', app: 'memcached', kept: undefined },
  ] as const;
  return [...scraped, ...further, ...EXPORTERS.map((source) => ({ name: source, source, app: source, kept: undefined }))];
}

/** One of two pods of a job, by whose labels series of different programs belong together. */
function entity({ name, app }: Job, index: number): Record<string, string> {
  // The sidecar is in the pod of its Prometheus.
  const workload = name === 'prometheus-thanos-sidecar' ? 'prometheus' : name;
  const container = /^(?:prometheus-)?(thanos-sidecar)$/.exec(name)?.[1] ?? name.replace(/^thanos-|-(?:node|cluster)$/, '');
  const replicaSet = `${workload}-7d9f8c6b5b`;
  return {
    cluster: 'cluster-1',
    env: 'prod',
    namespace: 'monitoring',
    pod: `${replicaSet}-${index}`,
    container,
    node: `node-${index}`,
    app,
    uid: `${workload}-${index}`,
    created_by_kind: 'ReplicaSet',
    created_by_name: replicaSet,
    replicaset: replicaSet,
    deployment: workload,
    statefulset: workload,
    daemonset: workload,
    horizontalpodautoscaler: workload,
    workload,
    persistentvolumeclaim: `data-${workload}-${index}`,
    volumename: `volume-${workload}-${index}`,
    persistentvolume: `volume-${workload}-${index}`,
    image: `example.org/${app}:1`,
    id: '/',
  };
}

/** Which kind and name of an owner the metrics of kube-state-metrics say. */
const OWNERS: Readonly<Record<string, (of: Labels) => Labels>> = {
  kube_pod_owner: ({ replicaset }) => ({ owner_kind: 'ReplicaSet', owner_name: replicaset, owner_is_controller: 'true' }),
  kube_replicaset_owner: ({ deployment }) => ({ owner_kind: 'Deployment', owner_name: deployment, owner_is_controller: 'true' }),
};

/** What of each label the selectors of these queries let through, by metric. */
export function selectedValues(queries: readonly string[]): Map<string, Map<string, Set<string>>> {
  const found = new Map<string, Map<string, Set<string>>>();
  for (const query of queries) {
    const parsed = parseQuery('promql', query);
    for (const selector of nodesNamed(parsed, 'VectorSelector')) {
      const identifier = selector.children.find(({ name }) => name === 'Identifier');
      const metric =
        identifier && !parsed.substituted.isVariable(identifier.from, identifier.to) ? parsed.textOf(identifier) : '*';
      const labels = found.get(metric) ?? new Map<string, Set<string>>();
      found.set(metric, labels);
      for (const { children } of matchersOf(selector)) {
        const [label, operator, literal] = children;
        if (label === undefined || operator === undefined || literal === undefined) {
          continue;
        }
        const sign = parsed.textOf(operator);
        const text = textOfLiteral(parsed, literal) ?? '';
        if ((sign === '=' || sign === '=~') && text !== '' && !parsed.substituted.isVariable(literal.from, literal.to)) {
          const values = labels.get(parsed.textOf(label)) ?? new Set();
          labels.set(parsed.textOf(label), values);
          for (const value of sign === '=' ? [text] : textsOf(text)) {
            values.add(value);
          }
        } else if (sign === '!=' && text !== '') {
          const values = labels.get(parsed.textOf(label)) ?? new Set();
          labels.set(parsed.textOf(label), values.add(text).add(`not ${text}`));
        }
      }
    }
  }
  return found;
}

/** Metrics of which there is one series for each thing that they are about. */
const isOnce = (source: SourceName, metric: string) =>
  source === 'kube-state-metrics' || source === 'cadvisor' || /_info$/.test(metric);

const product = (sets: readonly (readonly [string, readonly string[]])[]): Labels[] =>
  sets.reduce<Labels[]>(
    (rows, [label, values]) => rows.flatMap((row) => values.map((value) => ({ ...row, [label]: value }))),
    [{}],
  );

const BUCKETS = ['0.005', '0.1', '1', '5', '10', '30', '+Inf'];
const bound = (le: string) => (le === '+Inf' ? Number.POSITIVE_INFINITY : Number(le));

const QUANTILES = ['0.5', '0.99'];

/** Rows of what a program itself says of a metric. */
function ownLabels(
  { source, metric, type, labels }: KnownSeries,
  name: string,
  of: Labels,
  selected: ReadonlyMap<string, ReadonlySet<string>>,
): Labels[] {
  const names = labels ?? [...selected.keys()].filter((label) => !(label in of));
  const honored = [TargetLabels.CLUSTER, TargetLabels.NODE].some((kind) => kind === SOURCES[source]);
  const owner = OWNERS[metric]?.(of) ?? {};
  const known = (label: string) => owner[label] ?? (honored || label === 'node' ? of[label] : undefined);
  const variants = isOnce(source, metric) ? [''] : ['-a', '-b'];
  const fixed = names.filter((label) => known(label) !== undefined && label !== 'le' && label !== 'quantile');
  const listed = names
    .filter((label) => !fixed.includes(label))
    .flatMap((label): [string, string[]][] => {
      if (label === 'le' && type === 'histogram' && name.endsWith('_bucket')) {
        return [[label, [...new Set([...BUCKETS, ...(selected.get(label) ?? [])])]]];
      }
      if (label === 'quantile') {
        return [[label, QUANTILES]];
      }
      const values = selected.get(label);
      return values === undefined ? [] : [[label, [...values, ...(isOnce(source, metric) ? [] : [`other ${label}`])]]];
    });
  const free = names.filter((label) => !fixed.includes(label) && !listed.some(([other]) => other === label));
  const common = Object.fromEntries(fixed.map((label) => [label, known(label) ?? '']));
  return variants.slice(0, free.length === 0 ? 1 : 2).flatMap((variant) =>
    product(listed).map((row) => ({
      ...common,
      ...row,
      ...Object.fromEntries(free.map((label) => [label, `${label}${variant}`])),
    })),
  );
}

export interface Made {
  readonly name: string;
  readonly labels: Labels;
  readonly known: KnownSeries | undefined;
  /** Of a pod that is gone, or of one that has come back with another address; undefined: there all the time. */
  readonly life: 'gone' | 'back' | undefined;
}

/** Each target of a job, with what its series are about. */
function targets(job: Job, all: readonly Labels[], isBack: boolean): { labels: Labels; about: readonly Labels[] }[] {
  const single = job.source === 'kube-state-metrics';
  return (single ? [0] : [0, 1]).map((index) => {
    const own = entity(job, index);
    const names = targetLabels(job.source).filter((label) => label !== 'job' && label !== 'instance');
    const port = `10.0.${isBack && index === 0 ? 9 : 0}.${index + 1}:8080`;
    const instance = job.source === 'node_exporter' ? own.node : port;
    const labels = { ...Object.fromEntries(names.map((label) => [label, own[label]])), job: job.name, instance };
    const onNode = SOURCES[job.source] === TargetLabels.NODE;
    return { labels, about: single ? all : onNode ? all.filter(({ node }) => node === own.node) : [own] };
  });
}

/**
 * Series of all metrics that the queries read.
 * @param cameBack of every job the first target has ended and come back with another address: both are within the lookback
 */
export function madeSeries(queries: readonly string[], cameBack: boolean): Made[] {
  const selected = selectedValues(queries);
  const text = queries.join('\n');
  const read = (name: string) => selected.has(name) || (selected.has('*') && text.includes(`"${name}"`));
  const all = jobs();
  const entities = all.flatMap((job) => [entity(job, 0), entity(job, 1)]);
  const made = new Map<string, Made>();
  const add = (one: Made) => {
    const sorted = Object.entries(one.labels)
      .filter(([, value]) => value !== '')
      .sort();
    made.set(JSON.stringify([one.name, sorted]), { ...one, labels: Object.fromEntries(sorted) });
  };
  for (const isBack of cameBack ? [false, true] : [false]) {
    for (const job of all) {
      for (const [index, { labels: target, about }] of targets(job, entities, isBack).entries()) {
        const life = cameBack && index === 0 && job.source !== 'node_exporter' ? (isBack ? 'back' : 'gone') : undefined;
        for (const name of OF_EVERY_TARGET.filter(read)) {
          add({ name, labels: target, known: undefined, life });
        }
        // What an application counts: the objective of the rules reads it.
        for (const status of job.name === 'prometheus' && read('http_requests_total') ? ['200', '503'] : []) {
          const labels = { ...target, job: 'shop', app: 'shop', status };
          add({ name: 'http_requests_total', labels, known: undefined, life });
        }
        for (const [name, known] of seriesOf(job.source)) {
          if (!read(name) || job.kept?.includes(name) === false) {
            continue;
          }
          for (const of of about) {
            for (const row of ownLabels(known, name, of, selected.get(name) ?? new Map())) {
              const honored = [TargetLabels.CLUSTER, TargetLabels.NODE].some((kind) => kind === SOURCES[job.source]);
              const own = Object.entries(row).map(([label, value]) => [
                !honored && label in target ? `exported_${label}` : label,
                value,
              ]);
              add({ name, labels: { ...target, ...Object.fromEntries(own) }, known, life });
            }
          }
        }
      }
    }
  }
  return [...made.values()];
}

const isState = ({ known, name }: Made) =>
  known === undefined || known.source === 'kube-state-metrics' || /_(info|up|ready|successful|status|active|leader)$/.test(name);

/** Nought, so that panels and alerts that show only what is wrong have something to show. */
const MISSING =
  /_replicas_(?:available|ready)$|_number_(?:available|ready)$|_disruptions_allowed$|_collector_success$|_pdb_.*allowed$/;

function value(made: Made, sample: number, now: number): number {
  const { name, labels, known } = made;
  if (/_(timestamp|time|created)(_seconds)?$|_timestamp_|start_time|expiration/.test(name) && known?.type !== 'histogram') {
    return now - 7200 + (/expir/.test(name) ? 90 * 86_400 : 0);
  }
  if (MISSING.test(name) || (name === 'up' && labels.job === 'thanos-sidecar')) {
    return 0;
  }
  if (known?.type === 'histogram' || (known?.type === 'summary' && labels.quantile === undefined)) {
    const rank = name.endsWith('_bucket') ? BUCKETS.filter((le) => bound(le) <= bound(labels.le)).length : BUCKETS.length;
    return sample * 10 * rank;
  }
  if (known?.type === 'counter' || (known?.type !== 'gauge' && name.endsWith('_total'))) {
    return (sample + 1) * 30;
  }
  return isState(made) ? 1 : 5 + (sample % 3);
}

const escaped = (text: string) => text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');

/** As promtool reads them: the last twenty minutes. @param now seconds since 1970 */
export function openMetrics(made: readonly Made[], now: number): string {
  const parts: string[] = [];
  for (const one of made) {
    const labels = Object.entries(one.labels).map(([label, text]) => `${label}="${escaped(text)}"`);
    const series = `${one.name}{${labels.join(',')}}`;
    // The last samples of what is gone are two minutes old, those of what has come back begin after.
    const [from, to] = { gone: [0, SAMPLES - 2], back: [SAMPLES - 2, SAMPLES], always: [0, SAMPLES] }[one.life ?? 'always'];
    for (let sample = from; sample < to; sample++) {
      parts.push(`${series} ${value(one, sample, now)} ${now - (SAMPLES - 1 - sample) * STEP_SECONDS}`);
    }
  }
  return `${parts.join('\n')}\n# EOF\n`;
}
