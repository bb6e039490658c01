import { Duration } from 'cdk8s';
import type { DashboardContext } from '../../src/dashboards/dashboard-context';
import {
  DashboardLayer,
  type DashboardOptions,
  type EventsDashboardProps,
  type HttpFromLogsDashboardProps,
  type LogsDashboardProps,
  type MessagesDashboardProps,
  type MetricDashboardOptions,
  MetricSource,
  type PodsDashboardProps,
} from '../../src/dashboards/dashboard-options';
import { eventsBoard } from '../../src/dashboards/events-board';
import type { Board, LokiTarget, Panel, PrometheusTarget, RowPanel, SqlTarget, Target } from '../../src/dashboards/grafana-model';
import { httpBoard } from '../../src/dashboards/http-board';
import { logsBoard } from '../../src/dashboards/logs-board';
import { messagesBoard } from '../../src/dashboards/messages-board';
import { podsBoard } from '../../src/dashboards/pods-board';
import { DataLabels } from '../../src/settings/data-labels';

export const CONTEXT: DashboardContext = {
  labels: new DataLabels(),
  dataSources: { prometheus: 'prometheus', thanos: 'thanos', loki: 'loki', mysql: 'mysql' },
  scrapeInterval: Duration.seconds(30),
  cluster: 'cluster-1',
  environment: 'prod',
  sources: new Set(),
  boards: new Set(),
};

const address = (uid: string) => ({ uid, title: `Board ${uid}` });

export const MINIMAL = {
  logs: address('logs') satisfies LogsDashboardProps,
  pods: address('pods') satisfies PodsDashboardProps,
  events: {
    ...address('events'),
    metric: 'app_events_total',
    typeLabel: 'type',
    outcomeLabel: 'outcome',
  } satisfies EventsDashboardProps,
  http: {
    ...address('http'),
    requestsMetric: 'app_http_requests_total',
    errorsMetric: 'app_http_errors_total',
    durationMetric: 'app_http_request_duration_ms',
  } satisfies HttpFromLogsDashboardProps,
  messages: {
    ...address('messages'),
    table: 'raw_message',
    timeColumn: 'created_at',
    statusColumn: 'status',
    traceIdColumn: 'trace_id',
  } satisfies MessagesDashboardProps,
};

const OPTIONS: Required<DashboardOptions> = {
  uid: 'other',
  title: 'Other',
  folder: 'Folder',
  layer: DashboardLayer.MIDDLEWARE,
  tags: ['team-a'],
  refresh: Duration.seconds(10),
  timeRange: Duration.hours(6),
};

const METRIC_OPTIONS: Required<MetricDashboardOptions> = { ...OPTIONS, namespaces: ['a', 'b'], source: MetricSource.THANOS };

const ALL_LOGS: Required<LogsDashboardProps> = {
  ...OPTIONS,
  namespaces: ['a', 'b'],
  levelLabel: 'severity',
  errorLevels: ['bad'],
  tenantField: 'tenantId',
};
const ALL_PODS: Required<PodsDashboardProps> = { ...METRIC_OPTIONS, logsDashboard: 'logs' };
const ALL_EVENTS: Required<EventsDashboardProps> = {
  ...METRIC_OPTIONS,
  metric: 'other_total',
  typeLabel: 'kind',
  outcomeLabel: 'result',
  successValues: ['done'],
};
const ALL_HTTP: Required<HttpFromLogsDashboardProps> = {
  ...METRIC_OPTIONS,
  requestsMetric: 'r_total',
  errorsMetric: 'e_total',
  durationMetric: 'd_ms',
  methodLabel: 'method',
  statusLabel: 'status',
};
const ALL_MESSAGES: Required<MessagesDashboardProps> = {
  ...OPTIONS,
  table: 'app.message',
  timeColumn: 'at',
  statusColumn: 'state',
  traceIdColumn: 'trace',
  idColumn: 'id',
  furtherColumns: ['kind', 'tenant'],
  failedStatuses: ['BAD'],
  maxRows: 50,
  namespaces: ['a', 'b'],
  logTraceIdField: 'trace_id',
  logsDashboard: 'logs',
  dataSource: 'orders-db',
};

export const ALL = { logs: ALL_LOGS, pods: ALL_PODS, events: ALL_EVENTS, http: ALL_HTTP, messages: ALL_MESSAGES };

/** Every kind of board, with the least and with all properties. */
export const BOARDS: [string, Board][] = [
  ['logs, minimal', logsBoard(MINIMAL.logs, CONTEXT)],
  ['logs, all', logsBoard(ALL.logs, CONTEXT)],
  ['pods, minimal', podsBoard(MINIMAL.pods, CONTEXT)],
  ['pods, all', podsBoard(ALL.pods, CONTEXT)],
  ['events, minimal', eventsBoard(MINIMAL.events, CONTEXT)],
  ['events, all', eventsBoard(ALL.events, CONTEXT)],
  ['http, minimal', httpBoard(MINIMAL.http, CONTEXT)],
  ['http, all', httpBoard(ALL.http, CONTEXT)],
  ['messages, minimal', messagesBoard(MINIMAL.messages, CONTEXT)],
  ['messages, all', messagesBoard(ALL.messages, CONTEXT)],
];

const isPanel = (panel: Panel | RowPanel): panel is Panel => panel.type !== 'row';

/** All panels, those of collapsed rows as well. */
export function panelsOf(board: Board): Panel[] {
  return board.panels.flatMap((panel) => (isPanel(panel) ? [panel] : panel.panels));
}

/** All queries, each with the data source that it asks. */
export function targetsOf(board: Board): Target[] {
  return panelsOf(board).flatMap((panel) =>
    panel.targets.map((target) => ({ ...target, datasource: target.datasource ?? panel.datasource })),
  );
}

export function queriesFor(board: Board, type: 'prometheus' | 'loki'): string[] {
  return targetsOf(board)
    .filter((target): target is PrometheusTarget | LokiTarget => target.datasource?.type === type && 'expr' in target)
    .map((target) => target.expr);
}

export function sqlOf(board: Board): string[] {
  return targetsOf(board)
    .filter((target): target is SqlTarget => 'rawSql' in target)
    .map((target) => target.rawSql);
}

/** Selectors inside the queries of variables: `label_values(<selector>, <label>)`. */
export function variableSelectors(board: Board, type: 'prometheus' | 'loki'): string[] {
  return (board.templating.list ?? [])
    .filter((variable) => variable.type === 'query' && variable.datasource?.type === type)
    .flatMap((variable) => /^label_values\((.*), \w+\)$/.exec(String(variable.query))?.slice(1) ?? []);
}
