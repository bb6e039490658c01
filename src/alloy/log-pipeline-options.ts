import type { Duration } from 'cdk8s';
import type { LogField } from './log-field';
import type { LogFilter } from './log-filter';
import type { LogFormat } from './log-format';
import type { LogLabel } from './log-label';
import type { LogMetric } from './log-metric';
import type { LogMultiline } from './log-multiline';
import type { LogRedaction } from './log-redaction';
import type { LogTenant } from './log-tenant';
import type { LogTimestamp } from './log-timestamp';

/** Lines that are stored at most. What is above is dropped and counted, as `ratelimit_drop_stage`. */
export interface LogRateLimit {
  /** Lines a second that each agent lets through, for each application. */
  readonly linesPerSecond: number;
  /** Lines that may come at once. @default - ten times `linesPerSecond` */
  readonly burst?: number;
}

/** What every pipeline has, wherever its lines come from. */
export interface LogPipelineOptions {
  /** Name of the pipeline: letters, digits and `_`. */
  readonly name: string;
  /** Labels with a fixed value. @default - none besides cluster and environment */
  readonly staticLabels?: { [name: string]: string };
  /**
   * Text that is replaced before the lines are taken apart, stored or counted.
   * @default - none: it costs CPU, and belongs first into the application
   */
  readonly redact?: LogRedaction[];
  /** The time of the entries. @default - the time at which the source took the line */
  readonly timestamp?: LogTimestamp;
  /** Lines that are not stored, in this order. @default - none */
  readonly filters?: LogFilter[];
  /** Metrics made from the lines. @default - none */
  readonly metrics?: LogMetric[];
  /**
   * Labels of the streams, besides those that the source gives.
   * @default - `LogLabel.level()` if the lines have a field `level`, else none
   */
  readonly labels?: LogLabel[];
  /** Bound on the lines that are stored. Metrics count all. @default - none */
  readonly rateLimit?: LogRateLimit;
  /** Tenant of the lines. @default - the agent's */
  readonly tenant?: LogTenant;
}

/** What becomes of the fields of lines that are taken apart. */
export interface LogFieldOptions {
  /**
   * Fields that are stored beside the line, so that `| traceId="…"` finds them without parsing. Names of fields. What is
   * unbounded (ids, addresses, paths) belongs here and not among the labels.
   * @default - all fields but the message, those that are labels, and what a preset leaves in the line
   */
  readonly structuredMetadata?: string[];
  /** Field that is stored in place of the whole line: `message`. What is stored nowhere else is lost. @default - the whole line */
  readonly output?: string;
}

/** What every pipeline of pods' log lines has. */
export interface LogPipelineProps extends LogPipelineOptions {
  /** Namespaces whose pods are read. @default - all, by a right on the whole cluster */
  readonly namespaces?: string[];
  /**
   * Applications that are read, by the label `app` (see `LogPipeline`): `['order-service', 'payment-service']`.
   * @default - all of the namespaces
   */
  readonly apps?: string[];
  /** Namespaces that are left out; a later pipeline may read them. @default - none */
  readonly excludedNamespaces?: string[];
  /** Applications that are left out; a later pipeline may read them. @default - none */
  readonly excludedApps?: string[];
  /** Labels that a pod must have, with their values: `{ 'example.com/logs': 'yes' }`. @default - any */
  readonly podSelector?: { [key: string]: string };
  /**
   * Labels of the pod to take along, as name → Kubernetes label: `{ tenant: 'example.com/tenant' }`. They become structured
   * metadata, or a label with `LogLabel.of('tenant')`. Changing them later makes Alloy read all present files again, because
   * they are part of a file's position.
   * @default - none
   */
  readonly podLabels?: { [name: string]: string };
  /**
   * Whether the pod is a label of the streams, so that `{pod="…"}` finds its lines; `{namespace="…"} | pod="…"` does so anyway. Each
   * container of each pod then has streams of its own, and every rollout makes new ones: for clusters of some hundred pods.
   * @default false - it is structured metadata
   */
  readonly podAsLabel?: boolean;
  /** Entries of several lines. @default - the format's, if a preset has some; else each line is an entry */
  readonly multiline?: LogMultiline;
}

/** A pipeline of lines in some format. */
export interface FormattedLogPipelineProps extends LogPipelineProps, LogFieldOptions {
  /** How the lines are written. */
  readonly format: LogFormat;
}

/** The journal of the nodes: kubelet, container runtime, kernel. */
export interface JournalLogPipelineProps extends LogPipelineOptions, LogFieldOptions {
  /** Units of systemd that are read: `['kubelet.service', 'containerd.service']`. @default - all, the kernel's lines included */
  readonly units?: string[];
  /** How far back the first reading goes. @default Duration.hours(7) */
  readonly maxAge?: Duration;
  /** Directory of the journal on the nodes; `/run/log/journal` where it is not kept across restarts. @default '/var/log/journal' */
  readonly directory?: string;
  /** How the lines are written. @default LogFormat.plain() */
  readonly format?: LogFormat;
}

/** Kubernetes' events. */
export interface KubernetesEventsLogPipelineProps extends LogPipelineOptions, LogFieldOptions {
  /** Namespaces whose events are read. @default - all, by a right on the whole cluster */
  readonly namespaces?: string[];
}

/** Log records that applications push over OTLP. */
export interface OtlpLogPipelineProps extends LogPipelineOptions, LogFieldOptions {
  /** Fields besides those that every record has; `['attributes', 'http.route']` is the path of an attribute. @default - none */
  readonly fields?: LogField[];
  /** Port of gRPC. @default 4317 */
  readonly grpcPort?: number;
  /** Port of HTTP. @default 4318 */
  readonly httpPort?: number;
  /**
   * Whether namespace, pod and node are looked up by the address that sends, for applications that do not tell. Needs the right
   * to see the pods of the whole cluster.
   * @default true
   */
  readonly kubernetesAttributes?: boolean;
  /** Namespaces whose pods may push. @default - those of the whole cluster */
  readonly senders?: string[];
}
