import type { Duration } from 'cdk8s';
import type { DashboardContext } from './dashboard-context';
import { MetricSource } from './dashboard-options';
import type { LokiTarget, PrometheusTarget, SqlTarget } from './grafana-model';

/** A data source as panels and variables name it. */
export interface DataSourceReference {
  readonly type: string;
  readonly uid: string;
}

/** The data source of metrics. Thanos is of type prometheus as well. */
export function metricsDataSource(context: DashboardContext, source: MetricSource | undefined): DataSourceReference {
  const { prometheus, thanos } = context.dataSources;
  return { type: 'prometheus', uid: (source === MetricSource.THANOS ? thanos : prometheus) ?? '' };
}

/** The data source of logs. */
export function logsDataSource(context: DashboardContext): DataSourceReference {
  return { type: 'loki', uid: context.dataSources.loki ?? '' };
}

/** The data source of tables. */
export function sqlDataSource(context: DashboardContext, uid: string | undefined): DataSourceReference {
  return { type: 'mysql', uid: uid ?? context.dataSources.mysql ?? '' };
}

/** A duration as Grafana writes it. */
export function durationText(duration: Duration): string {
  const milliseconds = duration.toMilliseconds();
  return milliseconds % 1000 === 0 ? `${milliseconds / 1000}s` : `${milliseconds}ms`;
}

/** The scrape interval as Grafana writes it. */
export function scrapeInterval(context: DashboardContext): string {
  return durationText(context.scrapeInterval);
}

/** Queries for Prometheus or Thanos. */
export interface MetricQueries {
  /** A line over time. */
  range(expression: string, legend: string): PrometheusTarget;
  /** One value per series, now. */
  instant(expression: string, legend: string): PrometheusTarget;
  /** The buckets of a histogram over time. */
  buckets(expression: string): PrometheusTarget;
  /** One row per series, now. */
  rows(expression: string): PrometheusTarget;
}

/**
 * Queries with the scrape interval as their least step: Grafana then makes `$__rate_interval` at least four scrape
 * intervals long, whatever the data source says (Grafana: Prometheus data source, template variables). A query that does not say which is a
 * range query, in the code editor (Grafana: packages/grafana-prometheus, `getQueryWithDefaults`).
 */
export function metricQueries(context: DashboardContext, datasource: DataSourceReference): MetricQueries {
  const interval = scrapeInterval(context);
  return {
    range: (expr, legendFormat) => ({ datasource, expr, interval, legendFormat }),
    instant: (expr, legendFormat) => ({ datasource, expr, interval, range: false, instant: true, legendFormat }),
    buckets: (expr) => ({ datasource, expr, interval, format: 'heatmap', legendFormat: '{{le}}' }),
    rows: (expr) => ({ datasource, expr, interval, range: false, instant: true, format: 'table' }),
  };
}

/** A query for Loki. */
export function logsQuery(
  datasource: DataSourceReference,
  expr: string,
  queryType: 'range' | 'instant',
  legendFormat = '',
): LokiTarget {
  return { datasource, editorMode: 'code', expr, queryType, legendFormat };
}

/** A query for MySQL. */
export function sqlQuery(datasource: DataSourceReference, rawSql: string, format: SqlTarget['format']): SqlTarget {
  return { datasource, editorMode: 'code', rawQuery: true, rawSql, format };
}
