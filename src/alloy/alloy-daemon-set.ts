import type { k8s } from 'cdk8s-plus-28';
import type { Construct } from 'constructs';
import { serviceAccount } from '../kubernetes/access';
import { Component } from '../kubernetes/component';
import { configFiles } from '../kubernetes/config-files';
import { fieldVariable } from '../kubernetes/container';
import { offerMetrics, service } from '../kubernetes/service';
import { daemonSet } from '../kubernetes/workload';
import type { Endpoint } from '../settings/endpoint';
import type { WorkloadOptions } from '../settings/workload-options';
import { logging } from './alloy-config';
import { AlloyLogLevel, alloyContainer, extraConfigProblems, HTTP, STORAGE_DIRECTORY } from './alloy-container';
import { toAlloySyntax } from './alloy-syntax';
import { ContainerRuntime } from './container-runtime';
import { LogCollector, type LogCredentials } from './log-collector';
import type { LogPipeline } from './log-pipeline';
import type { LogPipelineSettings } from './log-pipeline-settings';
import { OWN_METRICS } from './own-metrics';
import { NODE_NAME_VARIABLE } from './pod-targets';

/** Options of `AlloyDaemonSet` that have nothing to do with what is read and where it goes. */
export interface AlloyDaemonSetOptions extends WorkloadOptions {
  /** User and password for Loki. @default - none */
  readonly credentials?: LogCredentials;
  /** What writes the log files. @default ContainerRuntime.cri() */
  readonly containerRuntime?: ContainerRuntime;
  /**
   * Directory of the node that keeps positions and lines that wait. With another one all files are read from the start.
   * Plan room for what waits: an outage of Loki of 48 s at 4,000 lines/s took 71 MB, and delivered parts stay for an hour.
   * @default - `/var/lib/<stack>-alloy-node`
   */
  readonly storagePath?: string;
  /** How much Alloy says about itself. @default AlloyLogLevel.INFO */
  readonly logLevel?: AlloyLogLevel;
  /**
   * Further configuration in Alloy's own syntax, loaded beside the generated one. It can refer to `loki.write.loki.receiver`
   * and to the components of a pipeline by the pipeline's name.
   * @default - none
   */
  readonly extraConfig?: string;
}

/** Properties of `AlloyDaemonSet`. */
export interface AlloyDaemonSetProps extends AlloyDaemonSetOptions {
  /** Loki or its gateway; lines are pushed to `/loki/api/v1/push` there. */
  readonly push: Endpoint;
  /**
   * What is read and what becomes of it: pods and journal. A container belongs to the first pipeline that selects it. Those
   * that are added later come before these.
   */
  readonly logs: LogPipeline[];
  /** Tenant of the lines (`X-Scope-OrgID`); needed where Loki has more than one. @default - none */
  readonly tenant?: string;
}

const LOG_DIRECTORY = '/var/log/pods';

/**
 * Grafana Alloy on every node, tainted or not: reads the log files of the node's pods and its journal, and pushes them to Loki.
 * Named after the controller type, as in Alloy's Helm chart; what needs one Alloy per cluster (events, OTLP) is the business of
 * `AlloyDeployment`, because every node would do it again.
 *
 * It runs as root, the owner of the log files, but without any capability and with a read-only file system, so its
 * namespace must allow `hostPath` volumes (PodSecurity `privileged`).
 *
 * A changed configuration restarts the pods, node by node; stopping waits up to 15 s until the queue is delivered. While
 * Loki is away that fails, and the lines in the queue are lost: change no configuration and drain no node then.
 */
export class AlloyDaemonSet extends Component {
  /** Alloy's user interface and metrics. */
  public readonly http: Endpoint;
  private readonly logs: LogCollector;

  constructor(scope: Construct, id: string, props: AlloyDaemonSetProps) {
    super(scope, id, { app: 'alloy', component: 'node', room: 'agents', options: props });
    const runtime = props.containerRuntime ?? ContainerRuntime.cri();
    const logs = new LogCollector(
      this,
      {
        push: props.push,
        tenant: props.tenant,
        credentials: props.credentials,
        access: () => ({ kind: 'files', lineFormat: runtime._lineFormat }),
        kinds: ['pods', 'journal'],
        otherwise: 'give it to AlloyDeployment, which runs once for the cluster',
      },
      props.logs.map(({ _settings }) => _settings),
    );
    this.logs = logs;
    this._check(() => this.problems(props));

    const account = serviceAccount(this);
    const config = configFiles(this, 'config', () => ({
      ...(logs.isReadable && {
        'config.alloy': toAlloySyntax([logging(props.logLevel ?? AlloyLogLevel.INFO), ...logs.config()]),
      }),
      ...(props.extraConfig !== undefined && { 'extra.alloy': props.extraConfig }),
    }));
    const storagePath = props.storagePath ?? `/var/lib/${this._identity.clusterName}`;
    [this.http] = service(this, { headless: true, ports: [{ target: HTTP }] });
    daemonSet(this, {
      pod: () => {
        const hostPaths = hostDirectories(storagePath, runtime, logs.pipelines);
        return {
          serviceAccountName: account,
          mountsToken: true,
          checksum: config.checksum(),
          volumes: [config.volume('config'), ...hostPaths.map(({ volume }) => volume)],
          containers: [
            alloyContainer({
              environment: [fieldVariable(NODE_NAME_VARIABLE, 'spec.nodeName'), ...logs.environment],
              mounts: hostPaths.map(({ mount }) => mount),
            }),
          ],
        };
      },
    });
    offerMetrics(this, HTTP, { ownMetrics: OWN_METRICS });
  }

  /** Reads a further pipeline, before those that were given: what is everybody's else would leave it nothing. */
  public addLogPipeline(pipeline: LogPipeline): void {
    this._add(pipeline._settings);
  }

  /**
   * Reads a further pipeline.
   * @internal
   */
  public _add(pipeline: LogPipelineSettings): void {
    this.logs.add(pipeline);
  }

  private problems({ storagePath, containerRuntime, extraConfig }: AlloyDaemonSetProps): string[] {
    const directories = { storagePath, 'containerRuntime.directory': containerRuntime?._directory };
    return [
      ...Object.entries(directories)
        .filter(([, path]) => path !== undefined && !/^(\/(?!\.{1,2}(\/|$))[^/\0:]+)+$/.test(path))
        .map(([name, path]) => `${name} is ${JSON.stringify(path)}; allowed is an absolute path without "..": correct it`),
      ...extraConfigProblems(extraConfig),
    ];
  }
}

interface HostDirectory {
  readonly volume: k8s.Volume;
  readonly mount: k8s.VolumeMount;
}

function hostDirectories(
  storagePath: string,
  { _directory: links }: ContainerRuntime,
  pipelines: readonly LogPipelineSettings[],
): HostDirectory[] {
  const readOnly = (name: string, path: string): HostDirectory => ({
    volume: { name, hostPath: { path, type: 'Directory' } },
    mount: { name, mountPath: path, readOnly: true },
  });
  const journals = new Set(pipelines.flatMap(({ source }) => (source.kind === 'journal' ? [source.directory] : [])));
  return [
    {
      volume: { name: 'storage', hostPath: { path: storagePath, type: 'DirectoryOrCreate' } },
      mount: { name: 'storage', mountPath: STORAGE_DIRECTORY },
    },
    readOnly('pod-logs', LOG_DIRECTORY),
    ...(links === undefined ? [] : [readOnly('container-logs', links)]),
    ...[...journals].map((directory, index) => readOnly(index === 0 ? 'journal' : `journal-${index + 1}`, directory)),
  ];
}
