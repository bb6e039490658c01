import { is, isNot, isOneOf } from '../query/expressions';
import { board } from './board';
import type { DashboardContext } from './dashboard-context';
import { DashboardLayer, type MessagesDashboardProps } from './dashboard-options';
import { boardLink, columnValue, exploreLink } from './drill-down';
import type { Board, DataLink } from './grafana-model';
import { barGauge, COLOR, field, links, stat, table, timeseries } from './panels';
import { identifier, type Select, select, textConstant } from './sql';
import { logsDataSource, sqlDataSource, sqlQuery } from './targets';
import { queryVariable, textVariable } from './variables';

const DEFAULT_FAILED_STATUSES = ['FAILED', 'ERROR'];
const DEFAULT_ROWS = 500;

/** Processing status of messages in a MySQL table, with the way from a message to its log lines. */
export function messagesBoard(props: MessagesDashboardProps, context: DashboardContext): Board {
  const datasource = sqlDataSource(context, props.dataSource);
  const time = identifier(props.timeColumn);
  const status = identifier(props.statusColumn);
  const trace = identifier(props.traceIdColumn);
  const failed = `${status} IN (${(props.failedStatuses ?? DEFAULT_FAILED_STATUSES).map(textConstant).join(', ')})`;
  const chosen = [`$__timeFilter(${time})`, `${status} IN (\${status:sqlstring})`];
  const from = props.table;
  const query = (content: Omit<Select, 'from'>, format: 'table' | 'time_series' = 'table') =>
    sqlQuery(datasource, select({ ...content, from }), format);
  const count = 'COUNT(*) AS messages';
  const listed = [
    props.timeColumn,
    ...(props.idColumn === undefined ? [] : [props.idColumn]),
    props.statusColumn,
    props.traceIdColumn,
  ];
  const columns = [...listed, ...(props.furtherColumns ?? [])];
  return board(props, {
    description: 'Where messages stand in their processing. A trace id leads to the log lines of its message.',
    layer: DashboardLayer.APPLICATION,
    variables: [
      queryVariable({
        name: 'status',
        label: 'Status',
        description: 'Statuses of messages in the time range.',
        datasource,
        query: select({ columns: [`DISTINCT ${status}`], from, where: [`$__timeFilter(${time})`], orderBy: [status] }),
        allValue: status,
      }),
      textVariable('trace', 'Trace id', 'Only the messages of one trace, in the list of messages.', ''),
    ],
    sections: [
      {
        title: 'Status',
        panels: [
          stat({
            title: 'Messages',
            description: 'Messages in the time range.',
            unit: 'short',
            width: 6,
            height: 8,
            thresholds: [{ value: null, color: COLOR.neutral }],
            targets: [query({ columns: [count], where: chosen })],
          }),
          stat({
            title: 'Failed',
            description: 'Messages in the time range whose processing failed.',
            unit: 'short',
            width: 6,
            height: 8,
            thresholds: [
              { value: null, color: COLOR.good },
              { value: 1, color: COLOR.bad },
            ],
            targets: [query({ columns: [count], where: [...chosen, failed] })],
          }),
          barGauge({
            title: 'Messages by status',
            description: 'How many messages of the time range have which status now.',
            unit: 'short',
            width: 12,
            thresholds: [{ value: null, color: COLOR.neutral }],
            targets: [query({ columns: [`${status} AS metric`, count], where: chosen, groupBy: [status], orderBy: [status] })],
            perRow: true,
          }),
          timeseries({
            title: 'Messages by status over time',
            description: 'Messages per step of the graph, by the status that they have now.',
            unit: 'short',
            width: 24,
            bars: true,
            stacked: true,
            interval: '1m',
            targets: [
              query(
                {
                  columns: [`$__timeGroupAlias(${time}, $__interval)`, `${status} AS metric`, count],
                  where: chosen,
                  groupBy: ['1', '2'],
                  orderBy: ['1'],
                },
                'time_series',
              ),
            ],
          }),
        ],
      },
      {
        title: 'Messages',
        panels: [
          table({
            title: 'Messages',
            description: `The newest messages, at most ${props.maxRows ?? DEFAULT_ROWS}. Click a trace id for its log lines.`,
            unit: 'string',
            width: 24,
            height: 16,
            targets: [
              query({
                columns: columns.map(identifier),
                where: [...chosen, `(\${trace:sqlstring} = '' OR ${trace} = \${trace:sqlstring})`],
                orderBy: [`${time} DESC`],
                limit: props.maxRows ?? DEFAULT_ROWS,
              }),
            ],
            overrides: [
              field(props.timeColumn, { unit: 'dateTimeAsIso' }),
              field(props.traceIdColumn, links(...logLinks(props, context))),
            ],
          }),
        ],
      },
    ],
  });
}

function logLinks(props: MessagesDashboardProps, context: DashboardContext): DataLink[] {
  const { labels } = context;
  const namespaces = props.namespaces ?? [];
  const streams = [
    is(labels.environment, context.environment),
    is(labels.cluster, context.cluster),
    namespaces.length === 0 ? isNot(labels.namespace, '') : isOneOf(labels.namespace, namespaces),
  ];
  const explore = exploreLink('Log lines in Explore', {
    dataSource: logsDataSource(context).uid,
    streams,
    field: props.logTraceIdField ?? 'traceId',
    column: props.traceIdColumn,
  });
  return props.logsDashboard === undefined
    ? [explore]
    : [explore, boardLink('Log lines on the board', props.logsDashboard, { search: columnValue(props.traceIdColumn) })];
}
