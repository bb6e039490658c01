import type { Construct } from 'constructs';
import { MonitoringContext } from '../settings/monitoring-context';
import type { LogPipelineSettings, LogSource } from './log-pipeline-settings';

type Listener = (pipeline: LogPipelineSettings) => void;

const registers = new WeakMap<MonitoringContext, LogPipelineRegister>();

/** Pipelines that are added somewhere in a context, and the agents that take them. */
export class LogPipelineRegister {
  /** The register of the context of a construct. */
  static of(scope: Construct): LogPipelineRegister {
    const context = MonitoringContext.of(scope);
    const register = registers.get(context) ?? new LogPipelineRegister();
    registers.set(context, register);
    return register;
  }

  private readonly added: LogPipelineSettings[] = [];
  private readonly takers: { readonly kinds: readonly LogSource['kind'][]; readonly listener: Listener }[] = [];

  /** Hands a pipeline to every agent that takes its kind, whether it is constructed already or not. */
  add(scope: Construct, pipeline: LogPipelineSettings): void {
    this.added.push(pipeline);
    for (const { kinds, listener } of this.takers) {
      if (kinds.includes(pipeline.source.kind)) {
        listener(pipeline);
      }
    }
    scope.node.addValidation({ validate: () => this.problems(pipeline) });
  }

  /** Tells an agent of the pipelines of some kinds: those that are added already and those to come. */
  take(kinds: readonly LogSource['kind'][], listener: Listener): void {
    this.takers.push({ kinds, listener });
    this.added.filter(({ source }) => kinds.includes(source.kind)).forEach(listener);
  }

  private problems({ name, source }: LogPipelineSettings): string[] {
    const path = `logs[${JSON.stringify(name)}]`;
    return [
      ...(this.takers.some(({ kinds }) => kinds.includes(source.kind))
        ? []
        : [
            `${path} is added where no agent reads its source; allowed is a stack with \`logs\`: give the stack \`logs: []\` at least`,
          ]),
      // It comes before the platform's own, so it must say what is its own.
      ...(source.kind === 'pods' && source.namespaces === undefined
        ? [
            `${path}.namespaces is not given; allowed are namespaces by name in a pipeline that is added: name those of the application`,
          ]
        : []),
    ];
  }
}
