import type { LogField } from './log-field';
import type { LogLabel } from './log-label';
import type { LogMatch } from './log-match';
import type { LogMetric } from './log-metric';

/** A pipeline with nothing left open. */
export interface LogPipelineSettings {
  readonly name: string;
  /** Undefined stands for all. */
  readonly namespaces: readonly string[] | undefined;
  /** Undefined stands for all. */
  readonly apps: readonly string[] | undefined;
  readonly podLabels: { readonly [name: string]: string };
  readonly staticLabels: { readonly [name: string]: string };
  readonly drop: readonly { readonly field?: string; readonly match: LogMatch; readonly reason: string }[];
  readonly metrics: readonly LogMetric[];
  readonly labels: readonly LogLabel[];
  /** Empty when the lines are not parsed. */
  readonly fields: readonly LogField[];
  readonly structuredMetadata: readonly string[];
}

/** Labels that every line of a pipeline has, by their names in the data. */
export interface CommonLabels {
  /** Set on the targets, so they are part of a file's position; they become labels of streams and metrics. */
  readonly target: readonly string[];
  /** Set on the targets; they become structured metadata. */
  readonly metadata: readonly string[];
  /** Cluster and environment, with their values. */
  readonly fixed: { readonly [name: string]: string };
}
