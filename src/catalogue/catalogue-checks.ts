import { parseQuery } from '../query/syntax';
import { DataLabels } from '../settings/data-labels';
import { knownSeries, seriesOf } from './catalogue';
import { LabelFlow, type Labels, selectionOf } from './label-flow';
import { SOURCE_NAMES, SOURCES, type SourceName, TargetLabels } from './sources';

/** What an expression may read. */
export interface CatalogueContext {
  /** Names of the shared labels. @default - the library's */
  readonly dataLabels?: DataLabels;
  /** Sources that are scraped. @default - all that are known */
  readonly sources?: readonly SourceName[];
  /** Names that are kept of a source whose job drops the others. @default - all */
  readonly kept?: { readonly [source in SourceName]?: readonly string[] };
  /**
   * Metrics of ours with all their labels: recorded by rules, made from logs, of applications; undefined where their labels are
   * not known.
   * @default - none
   */
  readonly own?: { readonly [metric: string]: readonly string[] | undefined };
}

/** A rule that makes a metric. */
export interface Recorded {
  readonly name: string;
  readonly expr: string;
  readonly labels?: { readonly [name: string]: string };
}

/** What Prometheus itself adds for each target: https://prometheus.io/docs/concepts/jobs_instances/ */
const OF_EVERY_TARGET: readonly string[] = [
  'up',
  'scrape_duration_seconds',
  'scrape_samples_scraped',
  'scrape_samples_post_metric_relabeling',
  'scrape_series_added',
  'scrape_timeout_seconds',
  'scrape_sample_limit',
  'scrape_body_size_bytes',
];

/** Labels that every alert may have; those of its own cannot be known. */
const OF_ALERTS: readonly string[] = ['ALERTS', 'ALERTS_FOR_STATE'];

/** Labels that scraping adds to what a source exposes. */
export function targetLabels(source: SourceName, { dataLabels = new DataLabels() }: CatalogueContext = {}): string[] {
  const { cluster, environment, namespace, pod, container, node, app } = dataLabels;
  const always = ['job', 'instance', cluster, environment];
  const own: Record<TargetLabels, string[]> = {
    [TargetLabels.CLUSTER]: always,
    [TargetLabels.NODE]: [...always, node],
    [TargetLabels.POD]: [...always, namespace, pod, container, node, app],
    [TargetLabels.CONTROL_PLANE]: [...always, namespace, pod, node, app],
    [TargetLabels.SERVICE]: [...always, namespace, app],
  };
  return own[SOURCES[source]];
}

/** Sources whose own labels win over those of the target. */
const HONORED: readonly TargetLabels[] = [TargetLabels.CLUSTER, TargetLabels.NODE];

/** What an exposed label is called in the end: where the job does not honor it and has the same, it is renamed. */
function exposed(labels: readonly string[], source: SourceName, added: readonly string[]): string[] {
  const honored = HONORED.includes(SOURCES[source]);
  return labels.map((label) => (!honored && added.includes(label) ? `exported_${label}` : label));
}

/** Every label that series of a name may have; undefined where that is not known, `'none'` where nobody has the name. */
function labelsOfName(name: string, context: CatalogueContext): Labels | 'nobody' {
  const { sources = SOURCE_NAMES, own = {}, kept = {} } = context;
  if (OF_EVERY_TARGET.includes(name)) {
    return new Set(sources.flatMap((source) => targetLabels(source, context)));
  }
  if (OF_ALERTS.includes(name)) {
    return undefined;
  }
  const found = knownSeries(name, sources).filter(({ source }) => kept[source]?.includes(name) ?? true);
  if (found.length === 0 && !(name in own)) {
    return 'nobody';
  }
  if (found.some(({ labels }) => labels === undefined) || (name in own && own[name] === undefined)) {
    return undefined;
  }
  const labels = found.flatMap(({ source, labels: bare = [] }) => {
    const added = targetLabels(source, context);
    return [...added, ...exposed(bare, source, added)];
  });
  return new Set([...labels, ...(own[name] ?? [])]);
}

/** Labels of what an expression answers, and what is wrong with it. */
function check(expression: string, context: CatalogueContext): { labels: Labels; problems: string[] } {
  const parsed = parseQuery('promql', expression);
  const problems: string[] = [];
  const flow = new LabelFlow(parsed, (selector) => {
    const { name, pattern, compared } = selectionOf(parsed, selector);
    const subject = name ?? pattern?.source.slice(4, -2);
    const known = name !== undefined ? labelsOfName(name, context) : pattern && labelsOfPattern(pattern, context);
    if (known === 'nobody') {
      problems.push(`${subject} is no metric that a configured scrape, rule or log pipeline makes${nearest(name, context)}`);
      return undefined;
    }
    for (const { label } of known === undefined ? [] : compared) {
      if (!known?.has(label)) {
        problems.push(`${subject} has no label "${label}" (it has ${[...(known ?? [])].sort().join(', ')})`);
      }
    }
    return known;
  });
  const labels = flow.follow();
  return { labels, problems: [...new Set([...problems, ...flow.problems])] };
}

function labelsOfPattern(pattern: RegExp, context: CatalogueContext): Labels | 'nobody' {
  const { sources = SOURCE_NAMES, own = {} } = context;
  const names = new Set([...sources.flatMap((source) => [...seriesOf(source).keys()]), ...Object.keys(own)]);
  const matching = [...names].filter((name) => pattern.test(name)).map((name) => labelsOfName(name, context));
  const existing = matching.filter((labels) => labels !== 'nobody');
  if (existing.length === 0) {
    return 'nobody';
  }
  return existing.some((labels) => labels === undefined) ? undefined : new Set(existing.flatMap((labels) => [...(labels ?? [])]));
}

/** Why a name may be missing, for the one who reads the error. */
function nearest(name: string | undefined, { sources = SOURCE_NAMES }: CatalogueContext): string {
  if (name === undefined) {
    return '';
  }
  const elsewhere = knownSeries(name).map(({ source }) => source);
  if (elsewhere.length > 0) {
    return ` (${elsewhere.join(', ')} has it, but is not scraped or its job drops it)`;
  }
  const family = sources
    .flatMap((source) => [...seriesOf(source).values()])
    .find(({ metric }) => metric === name || `${metric}_total` === name || metric === `${name}_total`);
  return family === undefined ? '' : ` (${family.source} has the ${family.type} ${family.metric})`;
}

/**
 * What is wrong with a PromQL expression of ours, measured by what the real programs expose: names that nobody exposes, and
 * labels compared, grouped, joined or read that its series do not have. Grafana's variables may stand in it.
 */
export function catalogueProblems(expression: string, context: CatalogueContext = {}): string[] {
  return check(expression, context).problems;
}

/** Labels that the answers of an expression may have; undefined where that is not known. */
export function answeredLabels(expression: string, context: CatalogueContext = {}): readonly string[] | undefined {
  const { labels } = check(expression, context);
  return labels && [...labels];
}

/** A context that also knows what rules record; each rule may read what the ones before it record. */
export function withRecords(records: readonly Recorded[], context: CatalogueContext = {}): CatalogueContext {
  const own = { ...context.own };
  for (const { name, expr, labels = {} } of records) {
    const answered = check(expr, { ...context, own }).labels;
    const before = name in own ? own[name] : [];
    own[name] = answered && before && [...new Set([...before, ...answered, ...Object.keys(labels)])];
  }
  return { ...context, own };
}
