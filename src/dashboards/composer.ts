import { aggregate, call, isChosen, type Matcher, over, selectorsOf } from '../query/expressions';
import type { DataLabels } from '../settings/data-labels';
import { type Chain, chain, type Step } from './chain';
import type { Bars, Graph, NumberPanel } from './composed-panels';
import type { DashboardContext } from './dashboard-context';
import { MetricSource } from './dashboard-options';
import { boardLink, chosen, columnValue, exploreLines, linesOf } from './drill-down';
import type { BoardLink, DataLink, FieldOverride, PrometheusTarget, Threshold } from './grafana-model';
import type { Section } from './layout';
import { LogComposer } from './log-composer';
import { barGauge, COLOR, heatmap, logs, type PanelOptions, type SizedPanel, stat, timeseries } from './panels';
import { type PodQueries, podQueries } from './pods-queries';
import { type ResourceTable, resourceTable } from './resource-table';
import {
  type DataSourceReference,
  logsDataSource,
  logsQuery,
  type MetricQueries,
  metricQueries,
  metricsDataSource,
} from './targets';

export type { Bars, Graph, NumberPanel } from './composed-panels';

/** The spread of a histogram over time. */
export interface Heatmap extends PanelOptions {
  /** The name of the histogram, without `_bucket`. */
  readonly histogram: string;
  readonly matchers?: readonly Matcher[];
}

/** Series of a board: those that its variables choose. */
export interface Series extends Chain {
  /** A selector. */
  series(metric: string, ...further: Matcher[]): string;
  /** Increase per second, over four scrape intervals at least. */
  rate(counter: string, ...further: Matcher[]): string;
  /** Increase over the whole time range that is shown. */
  increase(counter: string, ...further: Matcher[]): string;
  /** A quantile of a classic histogram, for each value of the given labels. */
  quantile(quantile: number, by: readonly string[], histogram: string, ...further: Matcher[]): string;
}

/** Thresholds of which each is worse than the one before. */
export function worseFrom(warning: number, critical?: number): Threshold[] {
  return [
    { value: null, color: COLOR.good },
    { value: warning, color: critical === undefined ? COLOR.bad : COLOR.warning },
    ...(critical === undefined ? [] : [{ value: critical, color: COLOR.bad }]),
  ];
}

/** Thresholds of which the highest is good: what is below `critical` is bad. */
export function betterFrom(critical: number, good: number): Threshold[] {
  return [
    { value: null, color: COLOR.bad },
    ...(critical === good ? [] : [{ value: critical, color: COLOR.warning }]),
    { value: good, color: COLOR.good },
  ];
}

/** What a standard board is composed with: panels and queries that all look alike and fit the surroundings. */
export class Composer {
  readonly labels: DataLabels;
  private readonly metrics: DataSourceReference;
  private readonly query: MetricQueries;

  constructor(
    private readonly context: DashboardContext,
    source: MetricSource | undefined,
  ) {
    this.labels = context.labels;
    const { prometheus } = context.dataSources;
    this.metrics = metricsDataSource(
      context,
      source ?? (prometheus === undefined ? MetricSource.THANOS : MetricSource.PROMETHEUS),
    );
    this.query = metricQueries(context, this.metrics);
  }

  /** Whether something is scraped. */
  has(source: string): boolean {
    return this.context.sources.has(source);
  }

  /** Whether there are logs to link to. */
  get hasLogs(): boolean {
    return this.context.dataSources.loki !== undefined;
  }

  /** The variables environment → cluster → the given steps, and the series that they choose. */
  choose(metric: string, ...steps: Step[]): Series {
    const { variables, matchers } = chain(this.context, this.metrics, metric, steps);
    const select = selectorsOf(matchers);
    const series = (name: string, ...further: Matcher[]) => select(name, further);
    const rate = (counter: string, ...further: Matcher[]) => call('rate', over(series(counter, ...further), '$__rate_interval'));
    return {
      variables,
      matchers,
      series,
      rate,
      increase: (counter, ...further) => call('increase', over(series(counter, ...further), '$__range')),
      quantile: (quantile, by, histogram, ...further) =>
        call('histogram_quantile', quantile, aggregate('sum', ['le', ...by], rate(`${histogram}_bucket`, ...further))),
    };
  }

  /** Panels about log lines, for boards that ask Loki. */
  get logs(): LogComposer {
    return new LogComposer(this.context);
  }

  /** Queries about pods, as the board of pods has them. */
  pods({ matchers }: Series): PodQueries {
    return podQueries(this.context, this.metrics, matchers);
  }

  /** A graph over time, half as wide as the board. */
  graph(options: Graph): SizedPanel {
    const targets = Object.entries(options.lines).map(([legend, expression]) => this.query.range(expression, legend));
    return timeseries(options, targets);
  }

  /** One number, a sixth as wide as the board. */
  number(options: NumberPanel): SizedPanel {
    const target = this.query.instant(options.value, options.name ?? '');
    return stat(options.name === undefined ? options : { ...options, asName: true }, [target]);
  }

  /** Bars, the longest first where the expression sorts them; half as wide as the board. */
  bars(options: Bars): SizedPanel {
    const targets = Object.entries(options.bars).map(([legend, expression]) => this.query.instant(expression, legend));
    return barGauge(options, targets);
  }

  /** How the values of a histogram are spread. */
  heatmap(series: Series, options: Heatmap): SizedPanel {
    const buckets = aggregate('sum', ['le'], series.rate(`${options.histogram}_bucket`, ...(options.matchers ?? [])));
    return heatmap(options, [this.query.buckets(buckets)]);
  }

  /** One row for each resource. */
  table(options: ResourceTable): SizedPanel {
    return resourceTable(options, (expression): PrometheusTarget => this.query.rows(expression));
  }

  /**
   * Log lines of what is chosen, as the last section; empty where there is no Loki.
   * @param variables for each label of the lines, the variable that its values are chosen with
   */
  logLines(description: string, variables: Readonly<Record<string, string>>): Section[] {
    if (!this.hasLogs) {
      return [];
    }
    const datasource = logsDataSource(this.context);
    const matchers = Object.entries(variables).map(([label, variable]) => isChosen(label, `$${variable}`));
    const targets = [logsQuery(datasource, linesOf(matchers, this.labels), 'range')];
    return [{ title: 'Logs', panels: [logs({ title: 'Log lines', description, unit: 'none', width: 24, targets })] }];
  }

  /**
   * Links from a cell of a table to a board, about the row; none where the board is not there. Environment, cluster and time
   * range are kept.
   * @param columns for each variable of the other board, the column with its value
   */
  rowLinks(title: string, uid: string, columns: Readonly<Record<string, string>>): DataLink[] {
    if (!this.context.boards.has(uid)) {
      return [];
    }
    const values = Object.fromEntries(Object.entries(columns).map(([variable, column]) => [variable, columnValue(column)]));
    const { url } = boardLink(title, uid, values);
    return [{ title, url: `${url}&${chosen('environment')}&${chosen('cluster')}`, targetBlank: false }];
  }

  /** Links from a cell of a table to the log lines about the row; none where there is no Loki. */
  rowLogs(columns: Readonly<Record<string, string>>): DataLink[] {
    const { loki } = this.context.dataSources;
    const values = Object.fromEntries(Object.entries(columns).map(([label, column]) => [label, columnValue(column)]));
    return loki === undefined ? [] : [{ title: 'Logs', url: exploreLines(loki, values, this.labels), targetBlank: true }];
  }

  /** A link at the top to a board, with all variables and the time range; none where the board is not there. */
  boardLinks(...boards: readonly (readonly [title: string, uid: string])[]): BoardLink[] {
    return boards
      .filter(([, uid]) => this.context.boards.has(uid))
      .map(([title, uid]) => topLink(title, `/d/${uid}`, 'dashboard'));
  }

  /** A link at the top to the logs of what is chosen; none where there is no Loki. */
  logsLink(variables: Readonly<Record<string, string>>): BoardLink[] {
    const { loki } = this.context.dataSources;
    const values = Object.fromEntries(Object.entries(variables).map(([label, variable]) => [label, `\${${variable}:pipe}`]));
    return loki === undefined
      ? []
      : [{ ...topLink('Logs', exploreLines(loki, values, this.labels), 'external link'), ...ITS_OWN_STATE }];
  }
}

/** Explore has variables and time range inside its state. */
const ITS_OWN_STATE = { includeVars: false, keepTime: false };

function topLink(title: string, url: string, icon: string): BoardLink {
  return {
    type: 'link',
    title,
    url,
    icon,
    tooltip: '',
    tags: [],
    asDropdown: false,
    targetBlank: false,
    includeVars: true,
    keepTime: true,
  };
}

/** A menu at the top with all boards of a tag. */
export function boardMenu(title: string, tag: string): BoardLink {
  return { ...topLink(title, '', 'external link'), type: 'dashboards', tags: [tag], asDropdown: true };
}

/** Legend of the value of a label. */
export const legend = (...labels: readonly string[]) => labels.map((label) => `{{${label}}}`).join(' / ');

/** Overrides that draw some lines as a limit: dashed, without area. */
export function limitLine(name: string, color: string): FieldOverride {
  return {
    matcher: { id: 'byName', options: name },
    properties: [
      { id: 'color', value: { mode: 'fixed', fixedColor: color } },
      { id: 'custom.lineStyle', value: { fill: 'dash', dash: [8, 6] } },
      { id: 'custom.fillOpacity', value: 0 },
      { id: 'custom.stacking', value: { mode: 'none', group: 'A' } },
    ],
  };
}
