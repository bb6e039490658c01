import type { Duration } from 'cdk8s';
import type { LogFilter } from './log-filter';
import type { LogFormatSettings } from './log-format-settings';
import type { LogLabel } from './log-label';
import type { LogMetric } from './log-metric';
import type { LogMultiline } from './log-multiline';
import type { LogRateLimit } from './log-pipeline-options';
import type { LogRedaction } from './log-redaction';
import type { LogTenant } from './log-tenant';
import type { LogTimestamp } from './log-timestamp';

/** Containers of chosen pods. Undefined stands for all. */
export interface PodSelection {
  readonly namespaces: readonly string[] | undefined;
  readonly apps: readonly string[] | undefined;
  readonly excludedNamespaces: readonly string[];
  readonly excludedApps: readonly string[];
  readonly podSelector: { readonly [key: string]: string };
}

/** Where lines come from. */
export type LogSource =
  | ({ readonly kind: 'pods' } & PodSelection)
  | {
      readonly kind: 'journal';
      readonly units: readonly string[] | undefined;
      readonly maxAge: Duration;
      readonly directory: string;
    }
  | { readonly kind: 'kubernetesEvents'; readonly namespaces: readonly string[] | undefined }
  | {
      readonly kind: 'otlp';
      readonly grpcPort: number;
      readonly httpPort: number;
      readonly kubernetesAttributes: boolean;
      readonly senders: readonly string[] | undefined;
    };

/** A pipeline with nothing left open. */
export interface LogPipelineSettings {
  readonly name: string;
  readonly source: LogSource;
  readonly podLabels: { readonly [name: string]: string };
  readonly podAsLabel: boolean;
  readonly staticLabels: { readonly [name: string]: string };
  readonly redact: readonly LogRedaction[];
  readonly multiline: LogMultiline | undefined;
  readonly format: LogFormatSettings;
  readonly timestamp: LogTimestamp | undefined;
  readonly filters: readonly LogFilter[];
  readonly metrics: readonly LogMetric[];
  readonly labels: readonly LogLabel[];
  readonly structuredMetadata: readonly string[];
  readonly output: string | undefined;
  readonly rateLimit: LogRateLimit | undefined;
  readonly tenant: LogTenant | undefined;
}

/** Labels that every line of a pipeline has, by their names in the data. */
export interface CommonLabels {
  /** Set by the source; they become labels of streams and metrics. Those of files are part of a file's position. */
  readonly target: readonly string[];
  /** Set by the source; they become labels of streams, but of no metric. */
  readonly stream?: readonly string[];
  /** Set by the source; they become structured metadata. */
  readonly metadata: readonly string[];
  /** Cluster and environment, with their values. */
  readonly fixed: { readonly [name: string]: string };
}
