import { isChosen, isOneOf, type Matcher, selector } from '../query/expressions';
import { anyOf } from '../query/text-literals';
import type { DashboardContext } from './dashboard-context';
import type { Variable } from './grafana-model';
import type { DataSourceReference } from './targets';
import { queryVariable } from './variables';

/** The variables environment → cluster → namespace that all boards begin with, and the matchers that follow from them. */
export interface Scope {
  readonly variables: Variable[];
  readonly matchers: Matcher[];
}

/**
 * The scope of series.
 * @param metric of which the values are read; must exist wherever the board's other metrics do
 */
export function metricScope(
  context: DashboardContext,
  datasource: DataSourceReference,
  metric: string,
  namespaces: readonly string[] | undefined,
): Scope {
  return scope(context, datasource, metric, namespaces, '.*');
}

/** The scope of log streams. Loki refuses a selector that an absent label would meet, hence "All" is `.+`. */
export function logsScope(
  context: DashboardContext,
  datasource: DataSourceReference,
  namespaces: readonly string[] | undefined,
): Scope {
  return scope(context, datasource, '', namespaces, '.+');
}

function scope(
  context: DashboardContext,
  datasource: DataSourceReference,
  metric: string,
  namespaces: readonly string[] | undefined,
  all: string,
): Scope {
  const { labels } = context;
  const environment = isChosen(labels.environment, '$environment');
  const cluster = isChosen(labels.cluster, '$cluster');
  const namespace = isChosen(labels.namespace, '$namespace');
  const offered = namespaces === undefined || namespaces.length === 0 ? [] : [isOneOf(labels.namespace, namespaces)];
  const allNamespaces = offered.length === 0 ? all : anyOf(namespaces ?? []);
  const values = (matchers: Matcher[], label: string) => labelValues(metric, matchers, label);
  return {
    variables: [
      queryVariable({
        name: 'environment',
        label: 'Environment',
        description: 'Environments that data comes from.',
        datasource,
        query: values([], labels.environment),
        allValue: all,
        initial: context.environment,
      }),
      queryVariable({
        name: 'cluster',
        label: 'Cluster',
        description: 'Clusters of the environment.',
        datasource,
        query: values([environment], labels.cluster),
        allValue: all,
        initial: context.cluster,
      }),
      queryVariable({
        name: 'namespace',
        label: 'Namespace',
        description: 'Namespaces of the cluster.',
        datasource,
        query: values([environment, cluster, ...offered], labels.namespace),
        allValue: allNamespaces,
      }),
    ],
    matchers: [environment, cluster, namespace],
  };
}

/** The query of a variable for the values of a label, in the form that the data sources for Prometheus and Loki share. */
export function labelValues(metric: string, matchers: readonly Matcher[], label: string): string {
  const series = matchers.length === 0 ? metric : selector(metric, matchers);
  return series === '' ? `label_values(${label})` : `label_values(${series}, ${label})`;
}
