import type { Construct } from 'constructs';
import { AlloyDeployment, type AlloyDeploymentOptions } from '../alloy/alloy-deployment';
import { AlloySource } from '../alloy/alloy-source';
import type { TraceOptions } from '../alloy/trace-collector';
import type { Prometheus } from '../prometheus/prometheus';
import type { ObjectStorage } from '../settings/object-storage';
import { Jaeger, type JaegerOptions } from '../tracing/jaeger';
import { Tempo, type TempoOptions } from '../tracing/tempo';
import { Zipkin, type ZipkinOptions } from '../tracing/zipkin';

/** Traces that applications push over OTLP. */
export interface TracesStackOptions extends TraceOptions {
  /** Options of the agent that receives them. @default - one replica; see `AlloyDeploymentOptions` */
  readonly agent?: AlloyDeploymentOptions;
}

/** What of the stack's properties is about traces. */
interface TracesDescription {
  readonly tempo?: TempoOptions;
  readonly jaeger?: JaegerOptions;
  readonly zipkin?: ZipkinOptions;
  readonly traces?: TracesStackOptions;
  readonly objectStorage?: ObjectStorage;
}

/** Storage of traces, and what receives them. */
export class Traces {
  readonly tempo: Tempo | undefined;
  readonly jaeger: Jaeger | undefined;
  readonly zipkin: Zipkin | undefined;
  readonly source: AlloySource | undefined;
  readonly agent: AlloyDeployment | undefined;

  constructor(
    scope: Construct,
    { tempo, jaeger, zipkin, traces, objectStorage }: TracesDescription,
    prometheus: Prometheus | undefined,
  ) {
    this.tempo = tempo && new Tempo(scope, 'tempo', { ...tempo, objectStorage, remoteWrite: prometheus?.acceptRemoteWrites() });
    this.jaeger = jaeger && new Jaeger(scope, 'jaeger', jaeger);
    this.zipkin = zipkin && new Zipkin(scope, 'zipkin', zipkin);
    if (tempo || jaeger || zipkin) {
      prometheus?._keepExemplars();
    }
    const push = (this.tempo ?? this.jaeger)?.otlpGrpc;
    if (traces && push) {
      const { agent, ...options } = traces;
      this.source = AlloySource.traces({ ...options, push });
      this.agent = new AlloyDeployment(scope, 'alloy-traces', { ...agent, instance: 'traces', sources: [this.source] });
    }
  }
}

/** What is wrong with the properties that are about traces. */
export function traceProblems({ tempo, jaeger, traces }: TracesDescription): string[] {
  return [
    ...(traces && tempo && jaeger
      ? ['traces is given with tempo and jaeger; allowed is it with one of them: leave one out, or add an AlloyDeployment for it']
      : []),
    ...(traces && !tempo && !jaeger
      ? ['traces is given without tempo and jaeger; allowed is it with one of them: give `tempo` or `jaeger`']
      : []),
  ];
}
