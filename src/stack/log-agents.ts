import type { Construct } from 'constructs';
import { AlloyDaemonSet, type AlloyDaemonSetOptions } from '../alloy/alloy-daemon-set';
import { AlloyDeployment, type AlloyDeploymentOptions } from '../alloy/alloy-deployment';
import { AlloySource } from '../alloy/alloy-source';
import type { LogCredentials } from '../alloy/log-collector';
import type { LogPipeline } from '../alloy/log-pipeline';
import { LogPipelineRegister } from '../alloy/log-pipeline-register';
import type { LogPipelineSettings, LogSource } from '../alloy/log-pipeline-settings';
import type { Endpoint } from '../settings/endpoint';
import { overDefaults } from './over-defaults';

/** How the log lines of pods are read. */
export enum PodLogs {
  /** From the files on the nodes, by an agent on each of them: complete and cheap. Needs `hostPath` volumes. */
  NODE_FILES = 'files',
  /**
   * By way of the API server, by the agent of the cluster, without any right on the nodes. Every line passes the API server, and
   * what a container wrote before a rotation of its file is lost if the agent was away then.
   */
  KUBERNETES_API = 'api',
}

/** Options of the agent that runs once for the cluster. */
export interface AlloyClusterOptions extends AlloyDeploymentOptions {
  /** User and password for Loki. @default - none */
  readonly credentials?: LogCredentials;
}

/** What the agents are made from. */
export interface LogAgentsDescription {
  readonly push: Endpoint;
  readonly logs: readonly LogPipeline[];
  readonly podLogs: PodLogs;
  readonly tenant: string | undefined;
  readonly node: AlloyDaemonSetOptions | undefined;
  readonly cluster: AlloyClusterOptions | undefined;
  /** What the profile of the stack says where these options say nothing. */
  readonly defaults: { readonly alloy: AlloyDaemonSetOptions; readonly alloyCluster: AlloyClusterOptions } | undefined;
  /** Whether Loki asks for tenants. */
  readonly hasTenants: boolean;
}

const KINDS: readonly LogSource['kind'][] = ['pods', 'journal', 'kubernetesEvents', 'otlp'];

/**
 * The agents that logs need: one on every node, one for the cluster, or both. Each comes into being with the first pipeline
 * that it reads, given with the stack or added later.
 */
export class LogAgents {
  node: AlloyDaemonSet | undefined;
  cluster: AlloyDeployment | undefined;
  source: AlloySource | undefined;

  constructor(
    private readonly scope: Construct,
    private readonly description: LogAgentsDescription,
  ) {
    const onNodes = description.logs.filter(({ _settings }) => this.isOnNodes(_settings));
    const once = description.logs.filter(({ _settings }) => !this.isOnNodes(_settings));
    if (onNodes.length > 0) {
      this.makeNode(onNodes);
    }
    if (once.length > 0) {
      this.makeCluster(once);
    }
    LogPipelineRegister.of(scope).take(KINDS, (pipeline) => this.add(pipeline));
    scope.node.addValidation({ validate: () => this.problems() });
  }

  private isOnNodes({ source: { kind } }: LogPipelineSettings): boolean {
    return kind === 'journal' || (kind === 'pods' && this.description.podLogs === PodLogs.NODE_FILES);
  }

  private add(pipeline: LogPipelineSettings): void {
    if (this.isOnNodes(pipeline)) {
      (this.node ?? this.makeNode([]))._add(pipeline);
    } else {
      (this.source ?? this.makeCluster([]))._add(pipeline);
    }
  }

  private makeNode(logs: LogPipeline[]): AlloyDaemonSet {
    const { push, tenant, node = {}, defaults } = this.description;
    const options = overDefaults(defaults?.alloy ?? {}, node);
    this.node = new AlloyDaemonSet(this.scope, 'alloy', { ...options, push, logs, tenant });
    return this.node;
  }

  private makeCluster(pipelines: LogPipeline[]): AlloySource {
    const { push, tenant, cluster = {}, defaults } = this.description;
    const { credentials, ...options } = overDefaults(defaults?.alloyCluster ?? {}, cluster);
    this.source = AlloySource.logs({ push, pipelines, tenant, credentials });
    this.cluster = new AlloyDeployment(this.scope, 'alloy-cluster', { ...options, sources: [this.source] });
    return this.source;
  }

  private problems(): string[] {
    const { node, cluster, hasTenants, logs } = this.description;
    const unused = (property: string, what: string) =>
      `${property} is given, but ${what}; allowed is it where an agent uses it: leave it out, or add such a pipeline`;
    return [
      ...(this.node || this.cluster
        ? []
        : ['logs is []; allowed is at least one pipeline: add LogPipeline.json or LogPipeline.plain']),
      ...(node && !this.node && this.cluster ? [unused('alloy', 'no pipeline is read on the nodes')] : []),
      ...(cluster && !this.cluster ? [unused('alloyCluster', 'no pipeline is read once for the cluster')] : []),
      ...(hasTenants ? [] : logs)
        .filter(({ _settings }) => _settings.tenant !== undefined)
        .map(
          ({ name }) =>
            `logs[${JSON.stringify(name)}].tenant is given, but Loki has one tenant only; allowed is it with \`tenant\` or loki.authEnabled: give one of them`,
        ),
    ];
  }
}
