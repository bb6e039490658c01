import { aggregate, call, condition, isChosen, isNot, type Matcher, matches, over, selector } from '../query/expressions';
import { anyOf } from '../query/text-literals';
import { board } from './board';
import type { DashboardContext } from './dashboard-context';
import { DashboardLayer, type LogsDashboardProps } from './dashboard-options';
import type { Board, FieldOverride, Variable } from './grafana-model';
import { barGauge, COLOR, fields, fixedColor, logs, type SizedPanel, stat, timeseries } from './panels';
import { labelValues, logsScope } from './scope';
import { logsDataSource, logsQuery } from './targets';
import { queryVariable, textVariable } from './variables';

/** The level that Loki reads out of each line itself, as structured metadata (`discover_log_levels`). */
export const DETECTED_LEVEL = 'detected_level';

const DEFAULT_ERROR_LEVELS = ['error', 'fatal', 'critical'];

/** Log volume by level and service, and the lines themselves, narrowed down by service, level, tenant, pod and text. */
export function logsBoard(props: LogsDashboardProps, context: DashboardContext): Board {
  const datasource = logsDataSource(context);
  const { labels } = context;
  const level = props.levelLabel ?? 'level';
  const isDetected = level === DETECTED_LEVEL;
  const tenant = props.tenantField ?? context.tenantField;
  const scope = logsScope(context, datasource, props.namespaces);
  const errors = matches(level, `(?i)${anyOf(props.errorLevels ?? DEFAULT_ERROR_LEVELS)}`);
  const streams = [...scope.matchers, isChosen(labels.app, '$app')];
  const filters = [isChosen(labels.pod, '$pod'), ...(tenant === undefined ? [] : [isChosen(tenant, '$tenant')])];
  const lines = (...further: Matcher[]) => {
    const levels = [isChosen(level, '$level'), ...further];
    return isDetected
      ? filtered(selector('', streams), [...filters, ...levels])
      : filtered(selector('', [...streams, ...levels]), filters);
  };
  const count = (by: string[], expression: string, window: string) =>
    aggregate('sum', by, call('count_over_time', over(`${expression} `, window)));
  const instant = (expression: string, legend = '') => logsQuery(datasource, expression, 'instant', legend);
  const range = (expression: string, legend: string) => logsQuery(datasource, expression, 'range', legend);

  const breakdownWidth = tenant === undefined ? 12 : 8;
  const most = (title: string, description: string, field: string, expression: string): SizedPanel =>
    barGauge({
      title,
      description,
      unit: 'short',
      width: breakdownWidth,
      thresholds: [{ value: null, color: COLOR.neutral }],
      targets: [instant(call('topk', 10, count([field], expression, '$__range')), `{{${field}}}`)],
    });

  return board(props, {
    description: 'How much the applications log, at which level, and the lines themselves.',
    layer: DashboardLayer.APPLICATION,
    variables: [
      ...scope.variables,
      queryVariable({
        name: 'app',
        label: 'Service',
        description: 'Services that log in the chosen namespaces.',
        datasource,
        query: labelValues('', scope.matchers, labels.app),
        allValue: '.*',
      }),
      isDetected
        ? textVariable('level', 'Level', 'Regular expression for the level: `error|warn`.', '.*')
        : queryVariable({
            name: 'level',
            label: 'Level',
            description: 'Levels of the lines.',
            datasource,
            query: labelValues('', scope.matchers, level),
            allValue: '.*',
          }),
      ...textVariables(tenant),
    ],
    sections: [
      {
        title: 'Volume',
        panels: [
          stat({
            title: 'Lines',
            description: 'Lines in the time range that pass all filters.',
            unit: 'short',
            width: 4,
            height: 8,
            thresholds: [{ value: null, color: COLOR.neutral }],
            targets: [instant(count([], lines(), '$__range'))],
          }),
          stat({
            title: 'Errors',
            description: 'Lines at an error level in the time range.',
            unit: 'short',
            width: 4,
            height: 8,
            thresholds: [
              { value: null, color: COLOR.good },
              { value: 1, color: COLOR.bad },
            ],
            targets: [instant(count([], lines(errors), '$__range'))],
          }),
          timeseries({
            title: 'Lines by level',
            description: 'Lines per step of the graph, by level.',
            unit: 'short',
            width: 16,
            bars: true,
            stacked: true,
            overrides: levelColors(),
            targets: [range(count([level], lines(), '$__auto'), `{{${level}}}`)],
          }),
          timeseries({
            title: 'Errors by service',
            description: 'Lines at an error level per step of the graph, by service.',
            unit: 'short',
            width: breakdownWidth,
            bars: true,
            stacked: true,
            targets: [range(count([labels.app], lines(errors), '$__auto'), `{{${labels.app}}}`)],
          }),
          most('Lines by service', 'The ten services with most lines in the time range.', labels.app, lines()),
          ...(tenant === undefined
            ? []
            : [
                most(
                  'Lines by tenant',
                  'The ten tenants with most lines in the time range. Lines that name no tenant are left out.',
                  tenant,
                  `${lines()} | ${condition(isNot(tenant, ''))}`,
                ),
              ]),
        ],
      },
      {
        title: 'Lines',
        panels: [
          logs({
            title: 'Log lines',
            description: 'Newest lines first. Open a line to see its fields.',
            unit: 'none',
            width: 24,
            targets: [range(lines(), '')],
          }),
        ],
      },
    ],
  });
}

/**
 * Streams, then text, then fields: a text filter is cheap and runs first. The text is a case-insensitive regular
 * expression; in backticks and raw, what is typed needs no escapes.
 */
export function filtered(streams: string, filters: readonly Matcher[]): string {
  return [streams, '|~ `(?i)${search:raw}`', ...filters.map((filter) => `| ${condition(filter)}`)].join(' ');
}

function textVariables(tenant: string | undefined): Variable[] {
  const tenantVariable =
    tenant === undefined
      ? []
      : [textVariable('tenant', 'Tenant', 'Regular expression for the tenant; Loki lists no values of fields.', '.*')];
  return [
    ...tenantVariable,
    textVariable('pod', 'Pod', 'Regular expression for the name of the pod.', '.*'),
    textVariable('search', 'Search', 'Regular expression that the line must contain, whatever its case.', ''),
  ];
}

/** Levels in the colors that all boards give them. */
export function levelColors(): FieldOverride[] {
  return [
    fields(/^(fatal|critical|error|err)$/i, fixedColor(COLOR.bad)),
    fields(/^warn(ing)?$/i, fixedColor(COLOR.warning)),
    fields(/^info$/i, fixedColor(COLOR.good)),
    fields(/^(debug|trace)$/i, fixedColor(COLOR.neutral)),
  ];
}
