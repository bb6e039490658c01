import {
  aggregate,
  call,
  group,
  isChosen,
  isNoneOf,
  isOneOf,
  type Matcher,
  operation,
  over,
  selector,
} from '../query/expressions';
import { board } from './board';
import type { DashboardContext } from './dashboard-context';
import { DashboardLayer, type EventsDashboardProps } from './dashboard-options';
import type { Board, Transformation } from './grafana-model';
import { barGauge, COLOR, field, stat, table, timeseries } from './panels';
import { labelValues, metricScope } from './scope';
import { metricQueries, metricsDataSource, scrapeInterval } from './targets';
import { queryVariable } from './variables';

const DEFAULT_SUCCESS_VALUES = ['success', 'ok'];

const FAILURE_THRESHOLDS = [
  { value: null, color: COLOR.good },
  { value: 0.01, color: COLOR.notice },
  { value: 0.05, color: COLOR.bad },
];

/** Success and failure of events, in all and by type, out of one counter. */
export function eventsBoard(props: EventsDashboardProps, context: DashboardContext): Board {
  const datasource = metricsDataSource(context, props.source);
  const scope = metricScope(context, datasource, props.metric, props.namespaces);
  const query = metricQueries(context, datasource);
  const interval = scrapeInterval(context);
  const { typeLabel, outcomeLabel } = props;
  const successValues = props.successValues ?? DEFAULT_SUCCESS_VALUES;
  const success = isOneOf(outcomeLabel, successValues);
  const failure = isNoneOf(outcomeLabel, successValues);
  const type = isChosen(typeLabel, '$type');
  const per = (by: string[], change: 'rate' | 'increase', window: string, ...further: Matcher[]) =>
    aggregate('sum', by, call(change, over(selector(props.metric, [...scope.matchers, type, ...further]), window)));
  /**
   * Failures of all events. A type that never failed has no failed series: it counts as 0. A type without events in the
   * window is left out, since nothing can be said about it.
   */
  const failureShare = (by: string[], change: 'rate' | 'increase', window: string) => {
    const all = per(by, change, window);
    return operation(
      group(operation(per(by, change, window, failure), 'or', operation(all, '*', 0))),
      '/',
      group(operation(all, '>', 0)),
    );
  };
  const byType = `{{${typeLabel}}}`;
  return board(props, {
    description: `Success and failure of the events that ${props.metric} counts.`,
    layer: DashboardLayer.APPLICATION,
    variables: [
      ...scope.variables,
      queryVariable({
        name: 'type',
        label: 'Type',
        description: 'Types of events.',
        datasource,
        query: labelValues(props.metric, scope.matchers, typeLabel),
        allValue: '.*',
      }),
    ],
    sections: [
      {
        title: 'All types',
        panels: [
          stat({
            title: 'Success rate',
            description: 'Share of the events in the time range that ended well.',
            unit: 'percentunit',
            width: 6,
            thresholds: [
              { value: null, color: COLOR.bad },
              { value: 0.95, color: COLOR.notice },
              { value: 0.99, color: COLOR.good },
            ],
            targets: [query.instant(operation('1', '-', failureShare([], 'increase', '$__range')), '')],
          }),
          stat({
            title: 'Failure rate',
            description: 'Share of the events in the time range that ended badly.',
            unit: 'percentunit',
            width: 6,
            thresholds: FAILURE_THRESHOLDS,
            targets: [query.instant(failureShare([], 'increase', '$__range'), '')],
          }),
          stat({
            title: 'Events',
            description: 'Events in the time range.',
            unit: 'short',
            width: 6,
            thresholds: [{ value: null, color: COLOR.neutral }],
            targets: [query.instant(call('round', per([], 'increase', '$__range')), '')],
          }),
          stat({
            title: 'Failures',
            description: 'Events in the time range that ended badly.',
            unit: 'short',
            width: 6,
            thresholds: [
              { value: null, color: COLOR.good },
              { value: 1, color: COLOR.bad },
            ],
            targets: [query.instant(call('round', per([], 'increase', '$__range', failure)), '')],
          }),
          timeseries({
            title: 'Events by outcome',
            description: 'Events per second, by outcome.',
            unit: 'eps',
            width: 12,
            stacked: true,
            interval,
            targets: [query.range(per([outcomeLabel], 'rate', '$__rate_interval'), `{{${outcomeLabel}}}`)],
          }),
          timeseries({
            title: 'Failure rate over time',
            description: 'Share of the events that ended badly.',
            unit: 'percentunit',
            width: 12,
            interval,
            targets: [query.range(failureShare([], 'rate', '$__rate_interval'), 'failures')],
          }),
        ],
      },
      {
        title: 'By type',
        panels: [
          timeseries({
            title: 'Successes by type',
            description: 'Events per second that ended well, by type.',
            unit: 'eps',
            width: 12,
            interval,
            targets: [query.range(per([typeLabel], 'rate', '$__rate_interval', success), byType)],
          }),
          timeseries({
            title: 'Failures by type',
            description: 'Events per second that ended badly, by type.',
            unit: 'eps',
            width: 12,
            interval,
            targets: [query.range(per([typeLabel], 'rate', '$__rate_interval', failure), byType)],
          }),
          barGauge({
            title: 'Failure rate by type',
            description: 'The ten types that failed most often, by the share of their events in the time range.',
            unit: 'percentunit',
            width: 12,
            height: 10,
            thresholds: FAILURE_THRESHOLDS,
            targets: [query.instant(call('topk', 10, failureShare([typeLabel], 'increase', '$__range')), byType)],
          }),
          table({
            title: 'Types',
            description: 'Events, failures and failure rate of each type in the time range.',
            unit: 'short',
            width: 12,
            targets: [
              query.rows(call('round', per([typeLabel], 'increase', '$__range'))),
              query.rows(call('round', per([typeLabel], 'increase', '$__range', failure))),
              query.rows(failureShare([typeLabel], 'increase', '$__range')),
            ],
            transformations: typeColumns(typeLabel),
            overrides: [field('Failure rate', { unit: 'percentunit' })],
            sortBy: { column: 'Failure rate', descending: true },
          }),
        ],
      },
    ],
  });
}

function typeColumns(typeLabel: string): Transformation[] {
  return [
    { id: 'merge', options: {} },
    {
      id: 'organize',
      options: {
        excludeByName: { Time: true },
        indexByName: { [typeLabel]: 0, 'Value #A': 1, 'Value #B': 2, 'Value #C': 3 },
        renameByName: { 'Value #A': 'Events', 'Value #B': 'Failures', 'Value #C': 'Failure rate' },
      },
    },
  ];
}
