import { Size } from 'cdk8s';
import type { k8s } from 'cdk8s-plus-28';
import type { Construct } from 'constructs';
import { clusterRights, namespaceRights, serviceAccount } from '../kubernetes/access';
import { Component } from '../kubernetes/component';
import { configFiles } from '../kubernetes/config-files';
import { type ContainerDescription, fieldVariable, httpProbe, secretVariable } from '../kubernetes/container';
import { offerMetrics, service } from '../kubernetes/service';
import { daemonSet } from '../kubernetes/workload';
import { Cpu } from '../settings/cpu';
import type { Endpoint } from '../settings/endpoint';
import type { SecretKey } from '../settings/secret-key';
import type { WorkloadOptions } from '../settings/workload-options';
import { commonLabels, NODE_NAME_VARIABLE, type NodeLogsSettings, nodeLogsConfig, watchedNamespaces } from './alloy-config';
import { toAlloySyntax } from './alloy-syntax';
import { ContainerRuntime } from './container-runtime';
import type { LogPipeline } from './log-pipeline';
import { logPipelineProblems } from './log-pipeline-checks';

/** User and password of a Loki that asks for them (basic authentication). */
export interface LogCredentials {
  /** The user's name. */
  readonly username: SecretKey;
  /** The password. */
  readonly password: SecretKey;
}

/** How much Alloy says about itself. */
export enum AlloyLogLevel {
  /** Everything, a line per log line included. */
  DEBUG = 'debug',
  /** Starts, stops, changes of files. */
  INFO = 'info',
  /** What may need attention. */
  WARN = 'warn',
  /** What went wrong. */
  ERROR = 'error',
}

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
  /** What is read and what becomes of it. A container belongs to the first pipeline that selects it. */
  readonly logs: LogPipeline[];
  /** Tenant of the lines (`X-Scope-OrgID`); needed where Loki has more than one. @default - none */
  readonly tenant?: string;
}

const HTTP = { name: 'http-metrics', port: 12345 };
const CONFIG_DIRECTORY = '/etc/alloy';
const LOG_DIRECTORY = '/var/log/pods';

/**
 * Not below `/var/lib/alloy`: that directory of the image belongs to user 473 with mode 0770, and root without capabilities
 * cannot enter it.
 */
const STORAGE_DIRECTORY = '/data';

const CREDENTIAL_VARIABLES = { username: 'LOKI_USERNAME', password: 'LOKI_PASSWORD' };

/**
 * Grafana Alloy on every node, tainted or not: reads the log files of the node's pods and pushes them to Loki. Named after
 * the controller type, as in Alloy's Helm chart; what needs one Alloy per cluster (events, monitors, OTLP) does not belong
 * here, because every node would do it again.
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

  constructor(scope: Construct, id: string, props: AlloyDaemonSetProps) {
    super(scope, id, { app: 'alloy', component: 'node', room: 'agents', options: props });
    const { push, credentials } = props;
    const runtime = props.containerRuntime ?? ContainerRuntime.cri();
    const settings: NodeLogsSettings = {
      dataLabels: this._context.dataLabels,
      cluster: this._context.cluster.name,
      environment: this._context.cluster.environment,
      pipelines: props.logs.map(({ _settings }) => _settings),
      destination: {
        url: `${push.url}/loki/api/v1/push`,
        tenant: props.tenant,
        credentials: credentials && CREDENTIAL_VARIABLES,
      },
      lineFormat: runtime._lineFormat,
      logLevel: props.logLevel ?? AlloyLogLevel.INFO,
    };
    const pipelineProblems = () => logPipelineProblems(settings.pipelines, commonLabels(settings));
    this._check(() => [...pipelineProblems(), ...this.problems(props)]);

    this._connect(push);
    this.grantAccess(settings);
    const account = serviceAccount(this);
    // Names that Alloy cannot read have no text; other checks still ask for the files before synth stops.
    const readable = () => pipelineProblems().length + settings.dataLabels._problems().length === 0;
    const config = configFiles(this, 'config', () => ({
      ...(readable() && { 'config.alloy': toAlloySyntax(nodeLogsConfig(settings)) }),
      ...(props.extraConfig !== undefined && { 'extra.alloy': props.extraConfig }),
    }));
    const hostPaths = hostDirectories(props.storagePath ?? `/var/lib/${this._identity.clusterName}`, runtime);
    const environment = [
      fieldVariable(NODE_NAME_VARIABLE, 'spec.nodeName'),
      ...(credentials
        ? [
            secretVariable(this, CREDENTIAL_VARIABLES.username, credentials.username),
            secretVariable(this, CREDENTIAL_VARIABLES.password, credentials.password),
          ]
        : []),
    ];
    [this.http] = service(this, { headless: true, ports: [{ target: HTTP }] });
    daemonSet(this, {
      pod: () => ({
        serviceAccountName: account,
        mountsToken: true,
        checksum: config.checksum(),
        volumes: [config.volume('config'), ...hostPaths.map(({ volume }) => volume)],
        containers: [alloyContainer(environment, hostPaths)],
      }),
    });
    offerMetrics(this, HTTP, { honorLabels: true });
  }

  private grantAccess({ pipelines }: NodeLogsSettings): void {
    this._reachKubernetesApi();
    const rules = [{ apiGroups: [''], resources: ['pods'], verbs: ['get', 'list', 'watch'] }];
    const namespaces = watchedNamespaces(pipelines);
    if (namespaces !== undefined) {
      namespaceRights(this, 'pods', rules, namespaces);
    } else if (this._context.access._mode !== 'existing') {
      clusterRights(this, 'pods', rules);
    } else {
      const { name, namespace } = this._identity;
      this._require({
        kind: 'Access',
        name: `get, list and watch on the pods of all namespaces for ServiceAccount ${namespace}/${name}`,
      });
    }
  }

  private problems({ tenant, storagePath, containerRuntime, extraConfig }: AlloyDaemonSetProps): string[] {
    const directories = { storagePath, 'containerRuntime.directory': containerRuntime?._directory };
    return [
      ...(tenant !== undefined && !/^[a-zA-Z0-9!_.*'()-]{1,150}$/.test(tenant)
        ? [`tenant is ${JSON.stringify(tenant)}; allowed are 1 to 150 letters, digits and !-_.*'(): choose another name`]
        : []),
      ...Object.entries(directories)
        .filter(([, path]) => path !== undefined && !/^(\/(?!\.{1,2}(\/|$))[^/\0:]+)+$/.test(path))
        .map(([name, path]) => `${name} is ${JSON.stringify(path)}; allowed is an absolute path without "..": correct it`),
      ...(extraConfig?.trim() === '' ? ['extraConfig is empty; allowed is configuration: leave it out for none'] : []),
    ];
  }
}

interface HostDirectory {
  readonly volume: k8s.Volume;
  readonly mount: k8s.VolumeMount;
}

function hostDirectories(storagePath: string, { _directory: links }: ContainerRuntime): HostDirectory[] {
  const readOnly = (name: string, path: string): HostDirectory => ({
    volume: { name, hostPath: { path, type: 'Directory' } },
    mount: { name, mountPath: path, readOnly: true },
  });
  return [
    {
      volume: { name: 'storage', hostPath: { path: storagePath, type: 'DirectoryOrCreate' } },
      mount: { name: 'storage', mountPath: STORAGE_DIRECTORY },
    },
    readOnly('pod-logs', LOG_DIRECTORY),
    ...(links === undefined ? [] : [readOnly('container-logs', links)]),
  ];
}

/** No liveness probe: `/-/healthy` fails when any component does, and a restart heals none of them but loses lines. */
function alloyContainer(environment: readonly k8s.EnvVar[], hostPaths: readonly HostDirectory[]): ContainerDescription {
  return {
    name: 'alloy',
    image: 'alloy',
    args: [
      'run',
      CONFIG_DIRECTORY,
      // The default, 127.0.0.1, answers neither probes nor Prometheus.
      `--server.http.listen-addr=0.0.0.0:${HTTP.port}`,
      `--storage.path=${STORAGE_DIRECTORY}`,
      '--disable-reporting',
    ],
    environment,
    ports: [HTTP],
    mounts: [{ name: 'config', mountPath: CONFIG_DIRECTORY, readOnly: true }, ...hostPaths.map(({ mount }) => mount)],
    // Seen: 44 MiB and 0.04 cores under load; Grafana's guide: 1 core and 120 MiB more for each MiB/s of logs.
    resources: { cpuRequest: Cpu.millis(50), memoryRequest: Size.mebibytes(128), memoryLimit: Size.mebibytes(512) },
    readiness: httpProbe('/-/ready', HTTP.name),
  };
}
