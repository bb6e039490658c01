import type { Component } from '../kubernetes/component';
import type { ContainerPort } from '../kubernetes/container';
import { admit, service } from '../kubernetes/service';
import { type Endpoint, EndpointProtocol } from '../settings/endpoint';
import type { AlloyModule, AlloyPlace } from './alloy-module';
import { LogCollector, type LogCredentials } from './log-collector';
import type { LogPipeline } from './log-pipeline';
import type { LogPipelineSettings, LogSource } from './log-pipeline-settings';
import { MonitorCollector } from './monitor-collector';
import type { MonitorsSourceProps } from './monitor-options';
import { TraceCollector, type TracesSourceProps } from './trace-collector';

/** Logs that are read once for the cluster. */
export interface LogsSourceProps {
  /** Loki or its gateway; lines are pushed to `/loki/api/v1/push` there. */
  readonly push: Endpoint;
  /** What is read: Kubernetes' events, OTLP, and pods by way of the API server. */
  readonly pipelines: LogPipeline[];
  /** Tenant of the lines (`X-Scope-OrgID`); needed where Loki has more than one. @default - none */
  readonly tenant?: string;
  /** User and password for Loki. @default - none */
  readonly credentials?: LogCredentials;
}

const KINDS: readonly LogSource['kind'][] = ['pods', 'kubernetesEvents', 'otlp'];

type SourceProps =
  | ({ readonly kind: 'logs' } & LogsSourceProps)
  | ({ readonly kind: 'monitors' } & MonitorsSourceProps)
  | ({ readonly kind: 'traces' } & TracesSourceProps);

/** Something that an Alloy of the cluster does. Each source knows where its data go. */
export class AlloySource {
  /** Logs that go to Loki. */
  public static logs(props: LogsSourceProps): AlloySource {
    return new AlloySource({ kind: 'logs', ...props });
  }

  /**
   * ServiceMonitors, PodMonitors and Probes: what they name is scraped, as the Prometheus Operator would, and written to Prometheus.
   * Series have the operator's labels (`job`, `namespace`, `pod`, `container`, `service`, `endpoint`, `instance`) and those of
   * `DataLabels`. Replicas share the targets; while a target goes over to another replica a scrape may be missing or refused as
   * late. What Prometheus does not take waits here while it is away, for an hour at most: it refuses what is older.
   *
   * Monitors can read no file of the agent (`bearerTokenFile`, `caFile`, …) and no Secret but those of `secretNamespaces`. A
   * NetworkPolicy of the targets must let the agent in.
   */
  public static monitors(props: MonitorsSourceProps): AlloySource {
    return new AlloySource({ kind: 'monitors', ...props });
  }

  /**
   * Traces that applications push over OTLP, on ports 4317 (gRPC) and 4318 (HTTP), and those of Zipkin where they are asked for. What cannot be sent on waits in memory; when
   * that is full, senders are told to try again.
   */
  public static traces(props: TracesSourceProps): AlloySource {
    return new AlloySource({ kind: 'traces', ...props });
  }

  private readonly waiting: LogPipelineSettings[] = [];
  private logs: { readonly component: Component; readonly collector: LogCollector } | undefined;
  private endpoints: { readonly grpc: Endpoint; readonly http: Endpoint; readonly zipkin?: Endpoint } | undefined;

  private constructor(private readonly props: SourceProps) {}

  /**
   * What it is about.
   * @internal
   */
  public get _kind(): SourceProps['kind'] {
    return this.props.kind;
  }

  /** Where applications push log records, or traces, over gRPC, if they are received. */
  public get otlpGrpc(): Endpoint | undefined {
    return this.endpoints?.grpc;
  }

  /** Where applications push log records, or traces, over HTTP, if they are received. */
  public get otlpHttp(): Endpoint | undefined {
    return this.endpoints?.http;
  }

  /** Where applications push spans of Zipkin over HTTP, below `/api/v2/spans`, if they are received. */
  public get zipkin(): Endpoint | undefined {
    return this.endpoints?.zipkin;
  }

  /**
   * Reads a further pipeline, before those that were given.
   * @internal
   */
  public _add(pipeline: LogPipelineSettings): void {
    if (this.logs) {
      this.logs.collector.add(pipeline);
      this.receive(this.logs.component, [pipeline]);
    } else {
      this.waiting.push(pipeline);
    }
  }

  /**
   * Joins the source to the Alloy that runs it.
   * @internal
   */
  public _mount(component: Component, place: AlloyPlace): AlloyModule {
    switch (this.props.kind) {
      case 'monitors':
        return new MonitorCollector(component, this.props, place);
      case 'logs':
        return this.mountLogs(component, this.props, place);
      case 'traces': {
        const collector = new TraceCollector(component, this.props);
        this.endpoints = collector.endpoints;
        return collector;
      }
    }
  }

  private mountLogs(
    component: Component,
    { push, tenant, credentials, pipelines }: LogsSourceProps,
    { clustering }: AlloyPlace,
  ): AlloyModule {
    const given = pipelines.map(({ _settings }) => _settings);
    const collector = new LogCollector(
      component,
      {
        push,
        tenant,
        credentials,
        access: () => ({ kind: 'api', clustering }),
        kinds: KINDS,
        otherwise: 'give it to AlloyDaemonSet, which runs on every node',
      },
      given,
    );
    this.logs = { component, collector };
    this.receive(component, given);
    for (const pipeline of this.waiting) {
      this._add(pipeline);
    }
    component._check(() => this.problems(collector));
    return {
      environment: collector.environment,
      get usesKubernetesApi() {
        return collector.usesKubernetesApi;
      },
      get isReadable() {
        return collector.isReadable;
      },
      get ports() {
        return collector.pipelines.flatMap(({ source }) => (source.kind === 'otlp' ? otlpPorts(source) : []));
      },
      config: () => collector.config(),
    };
  }

  /** The Service that applications push to. */
  private receive(component: Component, pipelines: readonly LogPipelineSettings[]): void {
    for (const { source } of pipelines) {
      if (source.kind === 'otlp' && this.endpoints === undefined) {
        const [grpcPort, httpPort] = otlpPorts(source);
        const [grpc, http] = service(component, {
          suffix: 'otlp',
          ports: [
            { target: grpcPort, port: 4317, protocol: EndpointProtocol.GRPC },
            { target: httpPort, port: 4318 },
          ],
        });
        this.endpoints = { grpc, http };
        for (const port of [grpcPort, httpPort]) {
          admit(component, port, source.senders);
        }
      }
    }
  }

  private problems({ pipelines }: LogCollector): string[] {
    const receivers = pipelines.filter(({ source }) => source.kind === 'otlp').map(({ name }) => name);
    return receivers.length > 1
      ? [`logs has several pipelines of OTLP (${receivers.join(', ')}); allowed is one: tell applications apart by their labels`]
      : [];
  }
}

const otlpPorts = ({ grpcPort, httpPort }: Extract<LogSource, { kind: 'otlp' }>): ContainerPort[] => [
  { name: 'otlp-grpc', port: grpcPort },
  { name: 'otlp-http', port: httpPort },
];
