import type { Duration } from 'cdk8s';
import type { DashboardContext } from './dashboard-context';
import {
  type DashboardOptions,
  type EventsDashboardProps,
  type HttpFromLogsDashboardProps,
  type LogsDashboardProps,
  type MessagesDashboardProps,
  type MetricDashboardOptions,
  MetricSource,
  type PodsDashboardProps,
  type StandardDashboardOptions,
} from './dashboard-options';
import { isIdentifier, isTableName } from './sql';

const UID = /^[a-zA-Z0-9_-]{1,40}$/;
const LABEL = /^[a-zA-Z_][a-zA-Z0-9_]*$/;
const METRIC = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const NAMESPACE = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

const LEAST_REFRESH_SECONDS = 5;
const MOST_ROWS = 100_000;

function shown(value: unknown): string {
  return JSON.stringify(value);
}

/** Uid and title, which every board has. */
export function addressProblems(uid: string, title: string): string[] {
  return [
    ...uidProblems('uid', uid),
    ...(title.trim() === '' ? [`title is ${shown(title)}; allowed is a text that is not empty: give the board a title`] : []),
  ];
}

function uidProblems(property: string, uid: string | undefined): string[] {
  return uid === undefined || UID.test(uid)
    ? []
    : [`${property} is ${shown(uid)}; allowed are 1 to 40 letters, digits, "-" and "_": choose another uid`];
}

function labelProblems(property: string, label: string | undefined): string[] {
  return label === undefined || LABEL.test(label)
    ? []
    : [`${property} is ${shown(label)}; allowed are letters, digits and "_", not starting with a digit: name an existing label`];
}

function metricProblems(property: string, metric: string): string[] {
  return METRIC.test(metric)
    ? []
    : [
        `${property} is ${shown(metric)}; allowed are letters, digits, "_" and ":", not starting with a digit: name an existing metric`,
      ];
}

function namespaceProblems(namespaces: readonly string[] | undefined): string[] {
  return (namespaces ?? [])
    .filter((namespace) => !NAMESPACE.test(namespace))
    .map(
      (namespace) =>
        `namespaces has ${shown(namespace)}; allowed are 1 to 63 lower-case letters, digits and "-": name a namespace`,
    );
}

function valueProblems(property: string, values: readonly string[] | undefined): string[] {
  return values !== undefined && (values.length === 0 || values.includes(''))
    ? [`${property} is ${shown(values)}; allowed is a list of texts that are not empty: name at least one value or leave it out`]
    : [];
}

function durationProblems(property: string, duration: Duration | undefined, leastSeconds: number): string[] {
  const seconds = duration === undefined ? leastSeconds : duration.toMilliseconds() / 1000;
  return seconds >= leastSeconds && Number.isInteger(seconds)
    ? []
    : [`${property} is ${seconds} s; allowed are whole seconds, at least ${leastSeconds}: change it`];
}

function dataSourceProblems(name: string, uid: string | undefined): string[] {
  return uid === undefined || uid === ''
    ? [`the data source ${name} is missing; allowed is a Grafana with one: add the data source or leave the board out`]
    : [];
}

/** What is wrong with the options of a board of the library. */
export function standardProblems(options: StandardDashboardOptions, context: DashboardContext): string[] {
  const { prometheus, thanos } = context.dataSources;
  const { source } = options;
  return [
    ...optionProblems(options),
    ...(source === undefined
      ? dataSourceProblems(MetricSource.PROMETHEUS, prometheus ?? thanos)
      : dataSourceProblems(source, context.dataSources[source])),
  ];
}

function optionProblems(props: Pick<DashboardOptions, 'refresh' | 'timeRange' | 'folder'>): string[] {
  return [
    ...durationProblems('refresh', props.refresh, LEAST_REFRESH_SECONDS),
    ...durationProblems('timeRange', props.timeRange, 1),
    ...(props.folder !== undefined && props.folder.trim() === ''
      ? [`folder is ${shown(props.folder)}; allowed is a text that is not empty: name a folder or leave it out`]
      : []),
  ];
}

function metricOptionProblems(props: MetricDashboardOptions, context: DashboardContext): string[] {
  const source = props.source ?? MetricSource.PROMETHEUS;
  return [
    ...optionProblems(props),
    ...namespaceProblems(props.namespaces),
    ...dataSourceProblems(source, context.dataSources[source]),
  ];
}

/** What is wrong with the properties of a board of logs. */
export function logsProblems(props: LogsDashboardProps, context: DashboardContext): string[] {
  return [
    ...optionProblems(props),
    ...namespaceProblems(props.namespaces),
    ...labelProblems('levelLabel', props.levelLabel),
    ...valueProblems('errorLevels', props.errorLevels),
    ...labelProblems('tenantField', props.tenantField),
    ...dataSourceProblems('loki', context.dataSources.loki),
  ];
}

/** What is wrong with the properties of a board of pods. */
export function podsProblems(props: PodsDashboardProps, context: DashboardContext): string[] {
  return [...metricOptionProblems(props, context), ...uidProblems('logsDashboard', props.logsDashboard)];
}

/** What is wrong with the properties of a board of events. */
export function eventsProblems(props: EventsDashboardProps, context: DashboardContext): string[] {
  return [
    ...metricOptionProblems(props, context),
    ...metricProblems('metric', props.metric),
    ...labelProblems('typeLabel', props.typeLabel),
    ...labelProblems('outcomeLabel', props.outcomeLabel),
    ...valueProblems('successValues', props.successValues),
  ];
}

/** What is wrong with the properties of a board of HTTP requests. */
export function httpProblems(props: HttpFromLogsDashboardProps, context: DashboardContext): string[] {
  return [
    ...metricOptionProblems(props, context),
    ...metricProblems('requestsMetric', props.requestsMetric),
    ...metricProblems('errorsMetric', props.errorsMetric),
    ...metricProblems('durationMetric', props.durationMetric),
    ...labelProblems('methodLabel', props.methodLabel),
    ...labelProblems('statusLabel', props.statusLabel),
  ];
}

/** What is wrong with the properties of a board of messages. */
export function messagesProblems(props: MessagesDashboardProps, context: DashboardContext): string[] {
  const columns: [string, string | undefined][] = [
    ['timeColumn', props.timeColumn],
    ['statusColumn', props.statusColumn],
    ['traceIdColumn', props.traceIdColumn],
    ['idColumn', props.idColumn],
    ...(props.furtherColumns ?? []).map((column, index): [string, string] => [`furtherColumns[${index}]`, column]),
  ];
  const rows = props.maxRows ?? 1;
  return [
    ...optionProblems(props),
    ...(isTableName(props.table)
      ? []
      : [
          `table is ${shown(props.table)}; allowed is "table" or "database.table" of letters, digits and "_", each up to 64: correct the name`,
        ]),
    ...columns.flatMap(([property, column]) =>
      column === undefined || isIdentifier(column)
        ? []
        : [`${property} is ${shown(column)}; allowed are up to 64 letters, digits and "_": correct the name`],
    ),
    ...valueProblems('failedStatuses', props.failedStatuses),
    ...(Number.isInteger(rows) && rows >= 1 && rows <= MOST_ROWS
      ? []
      : [`maxRows is ${rows}; allowed is a whole number from 1 to ${MOST_ROWS}: change it`]),
    ...namespaceProblems(props.namespaces),
    ...labelProblems('logTraceIdField', props.logTraceIdField),
    ...uidProblems('logsDashboard', props.logsDashboard),
    ...uidProblems('dataSource', props.dataSource),
    ...dataSourceProblems('mysql', props.dataSource ?? context.dataSources.mysql),
    ...dataSourceProblems('loki', context.dataSources.loki),
  ];
}
