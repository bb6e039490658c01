import type {
  BarGaugePanel,
  DataLink,
  FieldOverride,
  LogsPanel,
  Panel,
  StatPanel,
  TablePanel,
  Target,
  Threshold,
  TimeseriesPanel,
  Transformation,
} from './grafana-model';

/** What every panel says. Its place in the grid is worked out by the layout. */
export interface PanelOptions {
  readonly title: string;
  readonly description: string;
  readonly targets: Target[];
  /** Unit id of Grafana (packages/grafana-data, valueFormats): `short`, `bytes`, `percentunit`, … */
  readonly unit: string;
  /** Columns out of 24. */
  readonly width: number;
  /** Rows of 30 pixels. */
  readonly height?: number;
  /** Colors from a value on; the first is the color below all. */
  readonly thresholds?: Threshold[];
  readonly overrides?: FieldOverride[];
  /** Least distance of two points, e.g. the scrape interval. */
  readonly interval?: string;
}

/** A panel with its size, still without a place. */
export interface SizedPanel {
  readonly width: number;
  readonly height: number;
  readonly panel: Panel;
}

/** Colors by name, so that light and dark themes each use their own shade. */
export const COLOR = { good: 'green', notice: 'yellow', warning: 'orange', bad: 'red', neutral: 'blue' } as const;

const REF_IDS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';

function common(options: PanelOptions) {
  const targets = options.targets.map((target, index) => ({ ...target, refId: REF_IDS.charAt(index) }));
  return {
    title: options.title,
    description: options.description,
    datasource: targets[0]?.datasource,
    targets,
    ...(options.interval === undefined ? {} : { interval: options.interval }),
  };
}

function defaults(options: PanelOptions) {
  return {
    unit: options.unit,
    ...(options.thresholds === undefined ? {} : { thresholds: { mode: 'absolute' as const, steps: options.thresholds } }),
  };
}

function sized(options: PanelOptions, height: number, panel: Panel): SizedPanel {
  return { width: options.width, height: options.height ?? height, panel };
}

/** Options of a graph over time. */
export interface TimeseriesOptions extends PanelOptions {
  /** Bars instead of lines: for counts per step. */
  readonly bars?: boolean;
  /** On top of each other: for parts of a whole. */
  readonly stacked?: boolean;
  /** Upper end of the axis. */
  readonly max?: number;
}

/** A graph over time. */
export function timeseries(options: TimeseriesOptions): SizedPanel {
  const panel: TimeseriesPanel = {
    type: 'timeseries',
    ...common(options),
    fieldConfig: {
      defaults: {
        ...defaults(options),
        min: 0,
        ...(options.max === undefined ? {} : { max: options.max }),
        color: { mode: 'palette-classic' },
        custom: {
          drawStyle: options.bars ? 'bars' : 'line',
          lineWidth: 1,
          fillOpacity: options.bars ? 80 : options.stacked ? 40 : 10,
          showPoints: 'never',
          spanNulls: false,
          stacking: { mode: options.stacked ? 'normal' : 'none', group: 'A' },
        },
      },
      overrides: options.overrides ?? [],
    },
    options: {
      legend: { displayMode: 'table', placement: 'bottom', showLegend: true, calcs: ['mean', 'max'] },
      tooltip: { mode: 'multi', sort: 'desc' },
    },
  };
  return sized(options, 8, panel);
}

/** One number. Its queries are instant or reduced to the last value. */
export function stat(options: PanelOptions): SizedPanel {
  const panel: StatPanel = {
    type: 'stat',
    ...common(options),
    fieldConfig: {
      // A count without series is zero; a share of nothing is no number.
      defaults: { ...defaults(options), color: { mode: 'thresholds' }, noValue: options.unit === 'percentunit' ? '-' : '0' },
      overrides: options.overrides ?? [],
    },
    options: {
      colorMode: 'value',
      graphMode: 'area',
      justifyMode: 'auto',
      textMode: 'auto',
      wideLayout: true,
      showPercentChange: false,
      percentChangeColorMode: 'standard',
      orientation: 'auto',
      reduceOptions: { calcs: ['lastNotNull'], fields: '', values: false },
    },
  };
  return sized(options, 4, panel);
}

/** Options of a table. */
export interface TableOptions extends PanelOptions {
  readonly transformations?: Transformation[];
  /** Column to sort by, and whether from high to low. */
  readonly sortBy?: { readonly column: string; readonly descending: boolean };
}

/** Rows and columns. */
export function table(options: TableOptions): SizedPanel {
  const panel: TablePanel = {
    type: 'table',
    ...common(options),
    ...(options.transformations === undefined ? {} : { transformations: options.transformations }),
    fieldConfig: {
      defaults: {
        ...defaults(options),
        custom: { align: 'auto', cellOptions: { type: 'auto' }, inspect: false, filterable: true },
      },
      overrides: options.overrides ?? [],
    },
    options: {
      frameIndex: 0,
      showHeader: true,
      cellHeight: 'sm',
      ...(options.sortBy === undefined
        ? {}
        : { sortBy: [{ displayName: options.sortBy.column, desc: options.sortBy.descending }] }),
    },
  };
  return sized(options, 10, panel);
}

/** Log lines, newest first. */
export function logs(options: PanelOptions): SizedPanel {
  const panel: LogsPanel = {
    type: 'logs',
    ...common(options),
    fieldConfig: { defaults: defaults(options), overrides: options.overrides ?? [] },
    options: {
      showTime: true,
      showLabels: false,
      showCommonLabels: false,
      showLogContextToggle: true,
      wrapLogMessage: true,
      prettifyLogMessage: false,
      enableLogDetails: true,
      enableInfiniteScrolling: true,
      sortOrder: 'Descending',
      dedupStrategy: 'none',
    },
  };
  return sized(options, 18, panel);
}

/** Options of bars. */
export interface BarGaugeOptions extends PanelOptions {
  /** A bar for each row of a table instead of one for each series. */
  readonly perRow?: boolean;
}

/** A bar for each series. */
export function barGauge(options: BarGaugeOptions): SizedPanel {
  const panel: BarGaugePanel = {
    type: 'bargauge',
    ...common(options),
    fieldConfig: {
      defaults: { ...defaults(options), min: 0, color: { mode: 'thresholds' } },
      overrides: options.overrides ?? [],
    },
    options: {
      displayMode: 'basic',
      valueMode: 'color',
      namePlacement: 'auto',
      showUnfilled: true,
      sizing: 'auto',
      minVizWidth: 8,
      minVizHeight: 16,
      maxVizHeight: 32,
      orientation: 'horizontal',
      legend: { displayMode: 'list', placement: 'bottom', showLegend: false, calcs: [] },
      reduceOptions: { calcs: ['lastNotNull'], fields: '', values: options.perRow ?? false },
    },
  };
  return sized(options, 8, panel);
}

/** A change to one field, chosen by its name. */
export function field(name: string, properties: Record<string, unknown>): FieldOverride {
  return override({ id: 'byName', options: name }, properties);
}

/** A change to all fields whose name a regular expression matches. */
export function fields(pattern: RegExp, properties: Record<string, unknown>): FieldOverride {
  return override({ id: 'byRegexp', options: String(pattern) }, properties);
}

function override(matcher: FieldOverride['matcher'], properties: Record<string, unknown>): FieldOverride {
  return { matcher, properties: Object.entries(properties).map(([id, value]) => ({ id, value })) };
}

/** The color of a field, whatever its place in the palette. */
export function fixedColor(color: string): Record<string, unknown> {
  return { color: { mode: 'fixed', fixedColor: color } };
}

/** Links behind the values of a field. */
export function links(...dataLinks: DataLink[]): Record<string, unknown> {
  return { links: dataLinks };
}
