import { Duration } from 'cdk8s';
import type { Construct } from 'constructs';
import { LogField } from './log-field';
import { LogFormat } from './log-format';
import type { LogFormatSettings } from './log-format-settings';
import { LogLabel } from './log-label';
import type { LogMetric } from './log-metric';
import type {
  FormattedLogPipelineProps,
  JournalLogPipelineProps,
  KubernetesEventsLogPipelineProps,
  LogFieldOptions,
  LogPipelineOptions,
  LogPipelineProps,
  OtlpLogPipelineProps,
} from './log-pipeline-options';
import { LogPipelineRegister } from './log-pipeline-register';
import type { LogPipelineSettings, LogSource } from './log-pipeline-settings';

/** A pipeline of lines that are JSON objects. */
export interface JsonLogPipelineProps extends LogPipelineProps, LogFieldOptions {
  /**
   * Fields of the lines. Labels, metrics and structured metadata can name only these.
   * @default - traceId, level, logger, message, httpMethod, uri, statusCode, duration
   */
  readonly fields?: LogField[];
}

/** Keys that Alloy writes for an event, in `log_format = "json"`. */
const EVENT_FIELDS = [
  LogField.at({ name: 'object', path: ['name'] }),
  LogField.of('kind'),
  LogField.of('reason'),
  LogField.of('type'),
  LogField.of('msg'),
  LogField.at({ name: 'component', path: ['sourcecomponent'] }),
  LogField.at({ name: 'reporter', path: ['reportingcontroller'] }),
];

/** How Alloy writes a record of OTLP as JSON. The names are those of OpenTelemetry's semantic conventions. */
const OTLP_FIELDS = [
  LogField.at({ name: 'message', path: ['body'] }),
  LogField.at({ name: 'level', path: ['severity'] }),
  LogField.at({ name: 'traceId', path: ['traceid'] }),
  LogField.at({ name: 'spanId', path: ['spanid'] }),
];

/**
 * The way of log lines to Loki: from the containers of chosen pods, the journal of the nodes, Kubernetes' events or OTLP. A
 * container belongs to the first pipeline that selects it, so that no line is sent twice.
 *
 * `app` is the pod's label `app.kubernetes.io/name`, else its label `app`, else the name of its controller (a Deployment
 * without the hash of its ReplicaSet, a CronJob without the time of its Job), else the name of the pod; of the journal the
 * unit, of events `kubernetes-events`, of OTLP the `service.name`. Pod and node are structured metadata, because a label that
 * changes with every rollout multiplies the streams; `podAsLabel` has it otherwise.
 */
export class LogPipeline {
  /** Lines of pods in some format. */
  public static of(props: FormattedLogPipelineProps): LogPipeline {
    return podPipeline(props, props.format);
  }

  /** Lines that are JSON objects. Other lines pass with the labels of their pod only. */
  public static json(props: JsonLogPipelineProps): LogPipeline {
    return podPipeline(props, LogFormat.json(props.fields));
  }

  /** Lines of any form, sent as they are. */
  public static plain(props: LogPipelineProps): LogPipeline {
    return podPipeline(props, LogFormat.plain());
  }

  /**
   * The journal of the nodes, read by the agent on each of them, with the level that the journal gives a line (`level`) and the
   * unit (`app`).
   */
  public static journal(props: JournalLogPipelineProps): LogPipeline {
    return LogPipeline._of(
      props,
      {
        kind: 'journal',
        units: props.units,
        maxAge: props.maxAge ?? Duration.hours(7),
        directory: props.directory ?? '/var/log/journal',
      },
      { ...(props.format ?? LogFormat.plain())._settings, multiline: undefined },
    );
  }

  /**
   * Kubernetes' events, read once for the cluster, as JSON: fields object, kind, reason, type, msg, component, reporter. `type`
   * (Normal, Warning) is a label. The API server forgets events after an hour.
   */
  public static kubernetesEvents(props: KubernetesEventsLogPipelineProps): LogPipeline {
    const format = LogFormat.json(EVENT_FIELDS)._settings;
    return LogPipeline._of(
      props,
      { kind: 'kubernetesEvents', namespaces: props.namespaces },
      { ...format, labels: [LogLabel.oneOf({ field: 'type', values: ['Normal', 'Warning'] })] },
    );
  }

  /**
   * Log records that applications push over OTLP, received once for the cluster. A line is the whole record as JSON unless
   * `output` says `message`; fields: message, level, traceId, spanId and those given.
   */
  public static otlp(props: OtlpLogPipelineProps): LogPipeline {
    return LogPipeline._of(
      props,
      {
        kind: 'otlp',
        grpcPort: props.grpcPort ?? 4317,
        httpPort: props.httpPort ?? 4318,
        kubernetesAttributes: props.kubernetesAttributes ?? true,
        senders: props.senders,
      },
      LogFormat.json([...OTLP_FIELDS, ...(props.fields ?? [])])._settings,
    );
  }

  /**
   * A pipeline with its defaults.
   * @internal
   */
  public static _of(
    props: LogPipelineOptions & LogFieldOptions,
    source: LogSource,
    format: LogFormatSettings,
    pods: Partial<Pick<LogPipelineSettings, 'podLabels' | 'podAsLabel' | 'multiline'>> = {},
  ): LogPipeline {
    const labels = props.labels ?? format.labels;
    const notStoredBeside = new Set([...format.onlyInLine, ...labels.map(({ field }) => field)]);
    const ofFormat = props.timestamp !== undefined && props.timestamp.field === '';
    return new LogPipeline({
      name: props.name,
      source,
      podLabels: pods.podLabels ?? {},
      podAsLabel: pods.podAsLabel ?? false,
      staticLabels: props.staticLabels ?? {},
      redact: props.redact ?? [],
      multiline: pods.multiline ?? format.multiline,
      format,
      timestamp: ofFormat ? (format.timestamp ?? props.timestamp) : props.timestamp,
      filters: props.filters ?? [],
      metrics: props.metrics ?? [],
      labels,
      structuredMetadata: props.structuredMetadata ?? format.fields.filter((name) => !notStoredBeside.has(name)),
      output: props.output,
      rateLimit: props.rateLimit,
      tenant: props.tenant,
    });
  }

  private constructor(
    /**
     * The pipeline with its defaults.
     * @internal
     */
    public readonly _settings: LogPipelineSettings,
  ) {}

  /**
   * Adds the pipeline to the stack that a construct belongs to, from wherever the application is described. It comes before the
   * pipelines that the stack was given, so it must name its namespaces.
   * @param scope the stack, or a construct inside of it
   */
  public addTo(scope: Construct): void {
    LogPipelineRegister.of(scope).add(scope, this._settings);
  }

  /** Name of the pipeline. */
  public get name(): string {
    return this._settings.name;
  }

  /** Namespaces that are read; undefined stands for all. */
  public get namespaces(): string[] | undefined {
    const { source } = this._settings;
    return 'namespaces' in source && source.namespaces !== undefined ? [...source.namespaces] : undefined;
  }

  /** Metrics made from the lines. */
  public get metrics(): LogMetric[] {
    return [...this._settings.metrics];
  }
}

function podPipeline(props: LogPipelineProps & LogFieldOptions, { _settings: format }: LogFormat): LogPipeline {
  return LogPipeline._of(
    props,
    {
      kind: 'pods',
      namespaces: props.namespaces,
      apps: props.apps,
      excludedNamespaces: props.excludedNamespaces ?? [],
      excludedApps: props.excludedApps ?? [],
      podSelector: props.podSelector ?? {},
    },
    format,
    { podLabels: props.podLabels, podAsLabel: props.podAsLabel, multiline: props.multiline },
  );
}
