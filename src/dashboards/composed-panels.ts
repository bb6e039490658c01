import type { PanelOptions, TimeseriesOptions } from './panels';

/** A graph over time. */
export interface Graph extends TimeseriesOptions {
  /** Expressions by legend; `{{label}}` in a legend is the value of a label. */
  readonly lines: Readonly<Record<string, string>>;
}

/** One number, of now unless it has a history. */
export interface NumberPanel extends PanelOptions {
  readonly value: string;
  /** The legend is shown instead of the number: `{{version}}`. */
  readonly name?: string;
}

/** A bar for each series of now. */
export interface Bars extends PanelOptions {
  readonly bars: Readonly<Record<string, string>>;
}
