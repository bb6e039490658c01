import { LogField } from './log-field';
import { LogLabel } from './log-label';
import type { LogMatch } from './log-match';
import type { LogMetric } from './log-metric';
import type { LogPipelineSettings } from './log-pipeline-settings';

/** Lines that are neither stored nor counted. */
export interface LogDrop {
  /** Field the condition is about. @default - the whole line */
  readonly field?: string;
  /** Lines that go. */
  readonly match: LogMatch;
  /** Shows in `loki_process_dropped_lines_total{reason="…"}`: letters, digits and `_`. */
  readonly reason: string;
}

/** What every pipeline has. */
export interface LogPipelineProps {
  /** Name of the pipeline: letters, digits and `_`. */
  readonly name: string;
  /** Namespaces whose pods are read. @default - all, by a right on the whole cluster */
  readonly namespaces?: string[];
  /**
   * Applications that are read, by the label `app` (see `LogPipeline`): `['order-service', 'payment-service']`.
   * @default - all of the namespaces
   */
  readonly apps?: string[];
  /**
   * Labels of the pod to take along, as name → Kubernetes label: `{ tenant: 'example.com/tenant' }`. They become structured
   * metadata, or a label with `LogLabel.of('tenant')`. Changing them later makes Alloy read all present files again, because
   * they are part of a file's position.
   * @default - none
   */
  readonly podLabels?: { [name: string]: string };
  /** Labels with a fixed value. @default - none besides cluster and environment */
  readonly staticLabels?: { [name: string]: string };
  /** Lines that are neither stored nor counted. @default - none */
  readonly drop?: LogDrop[];
  /** Metrics made from the lines. @default - none */
  readonly metrics?: LogMetric[];
  /**
   * Labels of the streams, besides cluster, environment, namespace, app and container.
   * @default - `LogLabel.level()` if the lines have a field `level`, else none
   */
  readonly labels?: LogLabel[];
}

/** A pipeline of lines that are JSON objects. */
export interface JsonLogPipelineProps extends LogPipelineProps {
  /**
   * Fields of the lines. Labels, metrics and structured metadata can name only these.
   * @default - traceId, level, logger, message, httpMethod, uri, statusCode, duration
   */
  readonly fields?: LogField[];
  /**
   * Fields that are stored beside the line, so that `| traceId="…"` finds them without parsing. Names of fields.
   * @default - all fields but `message` and those that are labels
   */
  readonly structuredMetadata?: string[];
}

const DEFAULT_FIELDS = ['traceId', 'level', 'logger', 'message', 'httpMethod', 'uri', 'statusCode', 'duration'];

/**
 * The way of log lines from the containers of chosen pods to Loki. A container belongs to the first pipeline that selects
 * it, so that no line is sent twice.
 *
 * `app` is the pod's label `app.kubernetes.io/name`, else its label `app`, else the name of its controller (a Deployment
 * without the hash of its ReplicaSet, a CronJob without the time of its Job), else the name of the pod. Pod and node are
 * structured metadata, because a label that changes with every rollout multiplies the streams.
 */
export class LogPipeline {
  /** Lines that are JSON objects. Other lines pass with the labels of their pod only. */
  public static json(props: JsonLogPipelineProps): LogPipeline {
    const fields = props.fields ?? DEFAULT_FIELDS.map((name) => LogField.of(name));
    const labels = props.labels ?? (fields.some((field) => field.name === 'level') ? [LogLabel.level()] : []);
    const notStoredBeside = new Set(['message', ...labels.map((label) => label.field)]);
    return new LogPipeline({
      ...commonSettings(props),
      fields,
      labels,
      structuredMetadata:
        props.structuredMetadata ?? fields.map((field) => field.name).filter((name) => !notStoredBeside.has(name)),
    });
  }

  /** Lines of any form, sent as they are. */
  public static plain(props: LogPipelineProps): LogPipeline {
    return new LogPipeline({ ...commonSettings(props), fields: [], labels: props.labels ?? [], structuredMetadata: [] });
  }

  private constructor(
    /**
     * The pipeline with its defaults.
     * @internal
     */
    public readonly _settings: LogPipelineSettings,
  ) {}

  /** Name of the pipeline. */
  public get name(): string {
    return this._settings.name;
  }

  /** Namespaces whose pods are read; undefined stands for all. */
  public get namespaces(): string[] | undefined {
    return this._settings.namespaces && [...this._settings.namespaces];
  }

  /** Metrics made from the lines. */
  public get metrics(): LogMetric[] {
    return [...this._settings.metrics];
  }
}

function commonSettings(props: LogPipelineProps): Omit<LogPipelineSettings, 'fields' | 'labels' | 'structuredMetadata'> {
  return {
    name: props.name,
    namespaces: props.namespaces,
    apps: props.apps,
    podLabels: props.podLabels ?? {},
    staticLabels: props.staticLabels ?? {},
    drop: props.drop ?? [],
    metrics: props.metrics ?? [],
  };
}
