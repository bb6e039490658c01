import type { LogField } from './log-field';
import type { LogLabel } from './log-label';
import type { LogMultiline } from './log-multiline';
import type { LogTimestamp } from './log-timestamp';

/** A stage that takes values out of a line. Those of a format are tried one after the other. */
export type LogParser =
  | { readonly kind: 'json' | 'logfmt'; readonly fields: readonly LogField[] }
  | { readonly kind: 'regex' | 'pattern'; readonly expression: string };

/** A value that has another name elsewhere. */
export interface LogTranslation {
  readonly field: string;
  /** Regular expression of the whole value. */
  readonly from: string;
  readonly to: string;
}

/** How lines are read, with nothing left open. */
export interface LogFormatSettings {
  readonly parsers: readonly LogParser[];
  /** Names of all that the parsers find. */
  readonly fields: readonly string[];
  readonly translations: readonly LogTranslation[];
  /** Labels, if the pipeline names none. */
  readonly labels: readonly LogLabel[];
  /** Fields that are not stored beside the line unless the pipeline says so, because the line tells them well enough. */
  readonly onlyInLine: readonly string[];
  /** The time that the lines carry. */
  readonly timestamp: LogTimestamp | undefined;
  /** Entries of several lines, if the pipeline does not say. */
  readonly multiline: LogMultiline | undefined;
}
