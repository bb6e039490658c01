import type { DataLink, FieldOverride, Panel, Target, Threshold, TimeseriesPanel, Transformation } from './grafana-model';

/** What every panel says. Its place in the grid is worked out by the layout. */
export interface PanelOptions {
  readonly title: string;
  readonly description: string;
  /** Queries. @default - those that are given beside the options */
  readonly targets?: Target[];
  /** Unit id of Grafana (packages/grafana-data, valueFormats): `short`, `bytes`, `percentunit`, … */
  readonly unit: string;
  /** Columns out of 24. @default - by the kind of panel */
  readonly width?: number;
  /** Rows of 30 pixels. */
  readonly height?: number;
  /** Colors from a value on; the first is the color below all. */
  readonly thresholds?: Threshold[];
  readonly overrides?: FieldOverride[];
  /** Digits behind the point. @default - as many as fit */
  readonly decimals?: number;
  /** Least distance of two points, e.g. the scrape interval. */
  readonly interval?: string;
}

/** A panel with its size, still without a place. */
export interface SizedPanel {
  readonly width: number;
  readonly height: number;
  readonly panel: Panel;
}

/** Options of one number. */
export interface StatOptions extends PanelOptions {
  /** The value is a label of the series, named by its legend: a version, a state. */
  readonly asName?: boolean;
}

/** Colors by name, so that light and dark themes each use their own shade. */
export const COLOR = { good: 'green', notice: 'yellow', warning: 'orange', bad: 'red', neutral: 'blue' } as const;

const REF_IDS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';

const FILL = { lines: 10, stacked: 40, bars: 80 };
const STACKED = { mode: 'normal', group: 'A' } as const;
const DASHED = { mode: 'dashed' } as const;
const BY_THRESHOLDS = { mode: 'thresholds' } as const;
const GRAPH_OPTIONS: TimeseriesPanel['options'] = {
  legend: { displayMode: 'table', calcs: ['mean', 'max'] },
  tooltip: { mode: 'multi', sort: 'desc' },
};

/**
 * What all panels have. Here and below, what does not apply is undefined and so left out of the JSON: objects that are always of
 * one shape cost a third of those that are put together from parts. A query without a data source asks that of its panel.
 */
function common(given: readonly Target[]) {
  const source = given[0]?.datasource;
  const targets = given.map((target, index) => ({
    ...target,
    datasource: target.datasource === source ? undefined : target.datasource,
    refId: REF_IDS.charAt(index),
  }));
  return { datasource: source, targets };
}

/** A number that is neither good nor bad: without thresholds Grafana has its own, red from 80 on. */
export const NEUTRAL: Threshold[] = [{ value: null, color: COLOR.neutral }];

function steps({ thresholds }: PanelOptions, usual?: Threshold[]) {
  const given = thresholds ?? usual;
  return given === undefined ? undefined : { mode: 'absolute' as const, steps: given };
}

function sized(options: PanelOptions, width: number, height: number, panel: Panel): SizedPanel {
  return { width: options.width ?? width, height: options.height ?? height, panel };
}

/** Options of a graph over time. */
export interface TimeseriesOptions extends PanelOptions {
  /** Bars instead of lines: for counts per step. */
  readonly bars?: boolean;
  /** On top of each other: for parts of a whole. */
  readonly stacked?: boolean;
  /** Upper end of the axis. */
  readonly max?: number;
  /** Whether values may be below zero: offsets, what is sent against what is received. */
  readonly signed?: boolean;
}

/** A graph over time. Thresholds are dashed lines. */
export function timeseries(options: TimeseriesOptions, given: readonly Target[] = options.targets ?? []): SizedPanel {
  const { datasource, targets } = common(given);
  return sized(options, 12, 8, {
    type: 'timeseries',
    title: options.title,
    description: options.description,
    datasource,
    targets,
    interval: options.interval,
    fieldConfig: {
      defaults: {
        unit: options.unit,
        thresholds: steps(options),
        decimals: options.decimals,
        min: options.signed ? undefined : 0,
        max: options.max,
        custom: {
          drawStyle: options.bars ? 'bars' : undefined,
          fillOpacity: options.bars ? FILL.bars : options.stacked ? FILL.stacked : FILL.lines,
          showPoints: 'never',
          stacking: options.stacked ? STACKED : undefined,
          thresholdsStyle: options.thresholds === undefined ? undefined : DASHED,
        },
      },
      overrides: options.overrides ?? [],
    },
    options: GRAPH_OPTIONS,
  });
}

/** One number. Its queries are instant or reduced to the last value. */
export function stat(options: StatOptions, given: readonly Target[] = options.targets ?? []): SizedPanel {
  const { datasource, targets } = common(given);
  return sized(options, 4, 4, {
    type: 'stat',
    title: options.title,
    description: options.description,
    datasource,
    targets,
    interval: options.interval,
    fieldConfig: {
      defaults: {
        unit: options.unit,
        thresholds: steps(options, NEUTRAL),
        decimals: options.decimals,
        color: BY_THRESHOLDS,
        // A count without series is zero; a share of nothing is no number.
        noValue: options.unit === 'percentunit' || options.asName ? '-' : '0',
      },
      overrides: options.overrides ?? [],
    },
    options: options.asName ? { textMode: 'name', graphMode: 'none' } : {},
  });
}

/** Options of a table. */
export interface TableOptions extends PanelOptions {
  readonly transformations?: Transformation[];
  /** Column to sort by, and whether from high to low. */
  readonly sortBy?: { readonly column: string; readonly descending: boolean };
}

/** Rows and columns. */
export function table(options: TableOptions, given: readonly Target[] = options.targets ?? []): SizedPanel {
  const { datasource, targets } = common(given);
  const { sortBy } = options;
  return sized(options, 24, 10, {
    type: 'table',
    title: options.title,
    description: options.description,
    datasource,
    targets,
    interval: options.interval,
    transformations: options.transformations,
    fieldConfig: {
      defaults: {
        unit: options.unit,
        thresholds: steps(options),
        decimals: options.decimals,
        custom: { filterable: true },
      },
      overrides: options.overrides ?? [],
    },
    options: sortBy === undefined ? {} : { sortBy: [{ displayName: sortBy.column, desc: sortBy.descending }] },
  });
}

/** Log lines, newest first. */
export function logs(options: PanelOptions, given: readonly Target[] = options.targets ?? []): SizedPanel {
  return sized(options, 24, 18, {
    type: 'logs',
    title: options.title,
    description: options.description,
    ...common(given),
    fieldConfig: { defaults: { unit: options.unit }, overrides: options.overrides ?? [] },
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
  });
}

/** Options of bars. */
export interface BarGaugeOptions extends PanelOptions {
  /** A bar for each row of a table instead of one for each series. */
  readonly perRow?: boolean;
}

/** A bar for each series. */
export function barGauge(options: BarGaugeOptions, given: readonly Target[] = options.targets ?? []): SizedPanel {
  return sized(options, 12, 8, {
    type: 'bargauge',
    title: options.title,
    description: options.description,
    ...common(given),
    fieldConfig: {
      defaults: {
        unit: options.unit,
        thresholds: steps(options, NEUTRAL),
        decimals: options.decimals,
        min: 0,
        color: BY_THRESHOLDS,
      },
      overrides: options.overrides ?? [],
    },
    options: {
      displayMode: 'basic',
      orientation: 'horizontal',
      maxVizHeight: 32,
      reduceOptions: options.perRow ? { calcs: ['lastNotNull'], fields: '', values: true } : undefined,
    },
  });
}

/** How values are spread, over time. Its query answers with buckets, one series for each `le`. */
export function heatmap(options: PanelOptions, given: readonly Target[] = options.targets ?? []): SizedPanel {
  return sized(options, 12, 8, {
    type: 'heatmap',
    title: options.title,
    description: options.description,
    ...common(given),
    fieldConfig: { defaults: { unit: options.unit }, overrides: options.overrides ?? [] },
    options: {
      calculate: false,
      yAxis: { unit: options.unit },
      color: { mode: 'scheme', scheme: 'Spectral', fill: 'dark-orange', exponent: 0.5, steps: 64, reverse: false },
      cellGap: 1,
    },
  });
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
