import { call, is, isNot, type Matcher, over, selector } from '../query/expressions';
import type { DashboardContext } from './dashboard-context';
import { type DataSourceReference, type MetricQueries, metricQueries, scrapeInterval } from './targets';

/** What the sections of the board share. */
export interface PodQueries {
  readonly query: MetricQueries;
  readonly interval: string;
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  readonly node: string;
  /** A selector of series of the chosen pods. */
  series(metric: string, ...further: Matcher[]): string;
  /** Their increase per second. */
  rate(metric: string, ...further: Matcher[]): string;
  /** The same for series of containers, without those of pause containers and of the cgroups above containers. */
  ofContainers(metric: string): string;
  containerRate(metric: string): string;
}

/** Queries about the chosen pods. */
export function podQueries(context: DashboardContext, datasource: DataSourceReference, matchers: readonly Matcher[]): PodQueries {
  const { labels } = context;
  const series = (metric: string, ...further: Matcher[]) => selector(metric, [...matchers, ...further]);
  const rate = (metric: string, ...further: Matcher[]) => call('rate', over(series(metric, ...further), '$__rate_interval'));
  const real = [isNot(labels.container, ''), isNot('image', '')];
  return {
    query: metricQueries(context, datasource),
    interval: scrapeInterval(context),
    namespace: labels.namespace,
    pod: labels.pod,
    container: labels.container,
    node: labels.node,
    series,
    rate,
    ofContainers: (metric) => series(metric, ...real),
    containerRate: (metric) => rate(metric, ...real),
  };
}

/** A resource of a container, as cAdvisor measures and kube-state-metrics declares it. */
export interface Resource {
  readonly title: string;
  readonly name: 'cpu' | 'memory';
  readonly unit: string;
  usage(queries: PodQueries): string;
  readonly usageRemark: string;
  readonly limitRemark: string;
}

export const CPU: Resource = {
  title: 'CPU',
  name: 'cpu',
  unit: 'short',
  usage: (queries) => queries.containerRate('container_cpu_usage_seconds_total'),
  usageRemark: 'Cores in use.',
  limitRemark: 'At 100 % containers are throttled.',
};

export const MEMORY: Resource = {
  title: 'Memory',
  name: 'memory',
  unit: 'bytes',
  usage: (queries) => queries.ofContainers('container_memory_working_set_bytes'),
  usageRemark: 'Working set: memory that cannot be reclaimed, which the limit counts.',
  limitRemark: 'At 100 % the kernel kills the container.',
};

/** Requests or limits of the containers. */
export function declared(queries: PodQueries, kind: 'requests' | 'limits', resource: Resource): string {
  return queries.series(`kube_pod_container_resource_${kind}`, is('resource', resource.name));
}
