import type * as bargauge from '@grafana/grafana-foundation-sdk/bargauge';
import type * as common from '@grafana/grafana-foundation-sdk/common';
import type * as dashboard from '@grafana/grafana-foundation-sdk/dashboard';
import type * as heatmap from '@grafana/grafana-foundation-sdk/heatmap';
import type * as logs from '@grafana/grafana-foundation-sdk/logs';
import type * as loki from '@grafana/grafana-foundation-sdk/loki';
import type * as prometheus from '@grafana/grafana-foundation-sdk/prometheus';
import type * as stat from '@grafana/grafana-foundation-sdk/stat';
import type * as table from '@grafana/grafana-foundation-sdk/table';
import type * as timeseries from '@grafana/grafana-foundation-sdk/timeseries';

/**
 * A type of the SDK as plain data: its string enums as their values, so that nothing of the SDK is needed at run time, and
 * without the marker methods of its query types.
 */
export type Plain<T> = 0 extends 1 & T
  ? unknown
  : T extends string
    ? string extends T
      ? string
      : `${T}`
    : T extends number | boolean | null | undefined
      ? T
      : T extends (infer Item)[]
        ? Plain<Item>[]
        : T extends object
          ? { [Key in keyof T as Key extends `_implements${string}` ? never : Key]: Plain<T[Key]> }
          : T;

/** A query in SQL; the SDK has no type for it (Grafana: packages/grafana-sql, SQLQuery). */
export interface SqlTarget {
  readonly refId?: string;
  readonly datasource?: Plain<common.DataSourceRef>;
  readonly editorMode: 'code';
  readonly rawQuery: true;
  readonly rawSql: string;
  readonly format: 'table' | 'time_series';
}

/** A query for Prometheus or Thanos. */
export type PrometheusTarget = Plain<prometheus.Dataquery>;
/** A query for Loki. */
export type LokiTarget = Plain<loki.dataquery>;
/** A query of a panel. */
export type Target = PrometheusTarget | LokiTarget | SqlTarget;

/** A link behind the values of a field; the SDK types it as a dashboard link (Grafana: packages/grafana-data, DataLink). */
export interface DataLink {
  readonly title: string;
  readonly url: string;
  readonly targetBlank: boolean;
}

type FieldDefaults<Custom> = Omit<Plain<dashboard.FieldConfig>, 'custom' | 'links'> & {
  readonly custom?: Partial<Plain<Custom>>;
};

/** A change to the fields that a matcher chooses. */
export type FieldOverride = Plain<dashboard.FieldConfigSource['overrides'][number]>;
/** A step between query and picture. */
export type Transformation = Plain<dashboard.DataTransformerConfig>;
/** Colors by value. */
export type Threshold = Plain<dashboard.Threshold>;
/** A variable at the top of a board. */
export type Variable = Plain<dashboard.VariableModel>;

/** An object of which, on the first two levels, any part may be missing. */
type Sparse<T> = { readonly [Key in keyof T]?: T[Key] extends readonly unknown[] ? T[Key] : Partial<T[Key]> };

type TypedPanel<Type extends string, Options, Custom> = Omit<
  Plain<dashboard.Panel>,
  'type' | 'options' | 'targets' | 'fieldConfig' | 'title' | 'description'
> & {
  readonly type: Type;
  readonly title: string;
  readonly description: string;
  readonly targets: Target[];
  /** What differs from the defaults of the panel's plugin, which Grafana fills in. */
  readonly options: Sparse<Plain<Options>>;
  readonly fieldConfig: { readonly defaults: FieldDefaults<Custom>; readonly overrides: FieldOverride[] };
};

export type TimeseriesPanel = TypedPanel<'timeseries', timeseries.Options, timeseries.FieldConfig>;
export type StatPanel = TypedPanel<'stat', stat.Options, Record<string, never>>;
export type TablePanel = TypedPanel<'table', table.Options, table.FieldConfig>;
export type LogsPanel = TypedPanel<'logs', logs.Options, Record<string, never>>;
export type BarGaugePanel = TypedPanel<'bargauge', bargauge.Options, Record<string, never>>;
export type HeatmapPanel = TypedPanel<'heatmap', heatmap.Options, heatmap.FieldConfig>;
/** A panel that shows data. */
export type Panel = TimeseriesPanel | StatPanel | TablePanel | LogsPanel | BarGaugePanel | HeatmapPanel;
/** A heading across the grid; a collapsed one holds the panels below it. */
export type RowPanel = Omit<Plain<dashboard.RowPanel>, 'panels'> & { readonly panels: Panel[] };
/** A link at the top of a board. */
export type BoardLink = Plain<dashboard.DashboardLink>;

/** A board of ours: the SDK's classic model, with what every board must say made mandatory. */
export type Board = Omit<Plain<dashboard.Dashboard>, 'id' | 'uid' | 'title' | 'panels'> & {
  readonly id: null;
  readonly uid: string;
  readonly title: string;
  readonly panels: (Panel | RowPanel)[];
};
