import type { Bars, Graph, NumberPanel } from './composed-panels';
import type { DashboardContext } from './dashboard-context';
import type { Variable } from './grafana-model';
import { barGauge, logs, type PanelOptions, type SizedPanel, stat, timeseries } from './panels';
import { labelValues, logsScope, type Scope } from './scope';
import { type DataSourceReference, logsDataSource, logsQuery } from './targets';
import { queryVariable } from './variables';

/** Composes panels whose queries are LogQL. */
export class LogComposer {
  private readonly datasource: DataSourceReference;
  /** Environment, cluster and namespace of log streams. */
  readonly scope: Scope;

  constructor(context: DashboardContext) {
    this.datasource = logsDataSource(context);
    this.scope = logsScope(context, this.datasource, undefined);
  }

  /** A variable with the values of a label of the streams in scope. */
  choice(name: string, label: string, description: string, of: string): Variable {
    const query = labelValues('', this.scope.matchers, of);
    return queryVariable({ name, label, description, datasource: this.datasource, query, allValue: '.*' });
  }

  /** A graph over time. */
  graph(options: Graph): SizedPanel {
    return timeseries(options, this.queries(options.lines, 'range'));
  }

  /** One number, of the whole time range. */
  number(options: NumberPanel): SizedPanel {
    return stat(options, this.queries({ '': options.value }, 'instant'));
  }

  /** A bar for each series of the whole time range. */
  bars(options: Bars): SizedPanel {
    return barGauge(options, this.queries(options.bars, 'instant'));
  }

  /** The lines themselves, newest first. */
  lines(options: PanelOptions, expression: string): SizedPanel {
    return logs(options, this.queries({ '': expression }, 'range'));
  }

  private queries(expressions: Readonly<Record<string, string>>, type: 'range' | 'instant') {
    return Object.entries(expressions).map(([legend, expression]) => logsQuery(this.datasource, expression, type, legend));
  }
}
