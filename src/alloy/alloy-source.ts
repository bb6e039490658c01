import type { k8s } from 'cdk8s-plus-28';
import type { Component } from '../kubernetes/component';
import type { ContainerPort } from '../kubernetes/container';
import { admit, service } from '../kubernetes/service';
import { type Endpoint, EndpointProtocol } from '../settings/endpoint';
import type { AlloyBlock } from './alloy-syntax';
import { LogCollector, type LogCredentials } from './log-collector';
import type { LogPipeline } from './log-pipeline';
import type { LogPipelineSettings, LogSource } from './log-pipeline-settings';

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

/** What a source brings to the Alloy that runs it. Asked at synth, but for the variables. */
export interface AlloyModule {
  readonly environment: readonly k8s.EnvVar[];
  readonly isReadable: boolean;
  readonly usesKubernetesApi: boolean;
  readonly ports: readonly ContainerPort[];
  config(): AlloyBlock[];
}

/** What an Alloy tells its sources. */
export interface AlloyPlace {
  /** Whether several replicas share the work. */
  readonly clustering: boolean;
}

const KINDS: readonly LogSource['kind'][] = ['pods', 'kubernetesEvents', 'otlp'];

/** Something that an Alloy of the cluster does. Each source knows where its data go. */
export class AlloySource {
  /** Logs that go to Loki. */
  public static logs(props: LogsSourceProps): AlloySource {
    return new AlloySource(props);
  }

  private readonly waiting: LogPipelineSettings[] = [];
  private logs: { readonly component: Component; readonly collector: LogCollector } | undefined;
  private endpoints: { readonly grpc: Endpoint; readonly http: Endpoint } | undefined;

  private constructor(private readonly props: LogsSourceProps) {}

  /** Where applications push log records over gRPC, if there is a pipeline for it. */
  public get otlpGrpc(): Endpoint | undefined {
    return this.endpoints?.grpc;
  }

  /** Where applications push log records over HTTP, if there is a pipeline for it. */
  public get otlpHttp(): Endpoint | undefined {
    return this.endpoints?.http;
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
  public _mount(component: Component, { clustering }: AlloyPlace): AlloyModule {
    const { push, tenant, credentials, pipelines } = this.props;
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
