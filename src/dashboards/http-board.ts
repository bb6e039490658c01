import { aggregate, call, group, isChosen, operation, over, selector } from '../query/expressions';
import { board } from './board';
import type { DashboardContext } from './dashboard-context';
import { DashboardLayer, type HttpFromLogsDashboardProps } from './dashboard-options';
import type { Board } from './grafana-model';
import { COLOR, stat, timeseries } from './panels';
import { labelValues, metricScope } from './scope';
import { metricQueries, metricsDataSource, scrapeInterval } from './targets';
import { queryVariable } from './variables';

const QUANTILES = [
  { quantile: 0.5, legend: 'p50' },
  { quantile: 0.95, legend: 'p95' },
  { quantile: 0.99, legend: 'p99' },
];

/** Rate, errors and duration of HTTP requests, out of metrics that the log pipeline makes. */
export function httpBoard(props: HttpFromLogsDashboardProps, context: DashboardContext): Board {
  const datasource = metricsDataSource(context, props.source);
  const { app } = context.labels;
  const scope = metricScope(context, datasource, props.requestsMetric, props.namespaces);
  const matchers = [...scope.matchers, isChosen(app, '$app')];
  const query = metricQueries(context, datasource);
  const interval = scrapeInterval(context);
  const sum = (metric: string, by: string[], change: 'rate' | 'increase' = 'rate', window = '$__rate_interval') =>
    aggregate('sum', by, call(change, over(selector(metric, matchers), window)));
  const errorShare = (by: string[], change: 'rate' | 'increase', window: string) => {
    const all = sum(props.requestsMetric, by, change, window);
    const errors = group(operation(sum(props.errorsMetric, by, change, window), 'or', operation(all, '*', 0)));
    return operation(errors, '/', group(operation(all, '>', 0)));
  };
  const quantile = (value: number, by: string[], window: string) =>
    call('histogram_quantile', value, sum(`${props.durationMetric}_bucket`, ['le', ...by], 'rate', window));
  const byApp = `{{${app}}}`;
  const divisions = [
    { title: 'Requests by service', label: app },
    ...(props.statusLabel === undefined ? [] : [{ title: 'Requests by status', label: props.statusLabel }]),
    ...(props.methodLabel === undefined ? [] : [{ title: 'Requests by method', label: props.methodLabel }]),
  ];
  return board(props, {
    description: 'Rate, errors and duration of HTTP requests, counted in the logs: the applications expose nothing themselves.',
    layer: DashboardLayer.APPLICATION,
    variables: [
      ...scope.variables,
      queryVariable({
        name: 'app',
        label: 'Service',
        description: 'Services whose requests are counted.',
        datasource,
        query: labelValues(props.requestsMetric, scope.matchers, app),
        allValue: '.*',
      }),
    ],
    sections: [
      {
        title: 'Overview',
        panels: [
          stat({
            title: 'Requests',
            description: 'Requests in the time range.',
            unit: 'short',
            width: 6,
            thresholds: [{ value: null, color: COLOR.neutral }],
            targets: [query.instant(call('round', sum(props.requestsMetric, [], 'increase', '$__range')), '')],
          }),
          stat({
            title: 'Errors',
            description: 'Failed requests in the time range.',
            unit: 'short',
            width: 6,
            thresholds: [
              { value: null, color: COLOR.good },
              { value: 1, color: COLOR.bad },
            ],
            targets: [query.instant(call('round', sum(props.errorsMetric, [], 'increase', '$__range')), '')],
          }),
          stat({
            title: 'Error rate',
            description: 'Share of the requests in the time range that failed.',
            unit: 'percentunit',
            width: 6,
            thresholds: [
              { value: null, color: COLOR.good },
              { value: 0.01, color: COLOR.notice },
              { value: 0.05, color: COLOR.bad },
            ],
            targets: [query.instant(errorShare([], 'increase', '$__range'), '')],
          }),
          stat({
            title: 'Duration (p95)',
            description: 'Time within which 95 % of the requests in the time range were answered.',
            unit: 'ms',
            width: 6,
            thresholds: [{ value: null, color: COLOR.neutral }],
            targets: [query.instant(quantile(0.95, [], '$__range'), '')],
          }),
        ],
      },
      {
        title: 'Rate',
        panels: divisions.map(({ title, label }) =>
          timeseries({
            title,
            description: `Requests per second, by ${label}.`,
            unit: 'reqps',
            width: 24 / divisions.length,
            stacked: true,
            interval,
            targets: [query.range(sum(props.requestsMetric, [label]), `{{${label}}}`)],
          }),
        ),
      },
      {
        title: 'Errors',
        panels: [
          timeseries({
            title: 'Errors by service',
            description: 'Failed requests per second.',
            unit: 'reqps',
            width: 12,
            interval,
            targets: [query.range(sum(props.errorsMetric, [app]), byApp)],
          }),
          timeseries({
            title: 'Error rate by service',
            description: 'Share of the requests that failed.',
            unit: 'percentunit',
            width: 12,
            interval,
            targets: [query.range(errorShare([app], 'rate', '$__rate_interval'), byApp)],
          }),
        ],
      },
      {
        title: 'Duration',
        panels: [
          timeseries({
            title: 'Duration',
            description:
              'Time within which half, 95 % and 99 % of the requests were answered. Exact only to the width of a bucket.',
            unit: 'ms',
            width: 12,
            interval,
            targets: QUANTILES.map(({ quantile: value, legend }) => query.range(quantile(value, [], '$__rate_interval'), legend)),
          }),
          timeseries({
            title: 'Duration by service (p95)',
            description: 'Time within which 95 % of the requests were answered.',
            unit: 'ms',
            width: 12,
            interval,
            targets: [query.range(quantile(0.95, [app], '$__rate_interval'), byApp)],
          }),
        ],
      },
    ],
  });
}
