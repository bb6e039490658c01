import { Size } from 'cdk8s';
import type { Construct } from 'constructs';
import { serviceAccount } from '../kubernetes/access';
import { Component } from '../kubernetes/component';
import { configFiles } from '../kubernetes/config-files';
import { fieldVariable, quantity } from '../kubernetes/container';
import { quantityOf } from '../kubernetes/kubernetes-api';
import { offerMetrics, service } from '../kubernetes/service';
import { deployment } from '../kubernetes/workload';
import type { Endpoint } from '../settings/endpoint';
import type { WorkloadOptions } from '../settings/workload-options';
import { logging } from './alloy-config';
import { AlloyLogLevel, alloyContainer, extraConfigProblems, HTTP, STORAGE_DIRECTORY } from './alloy-container';
import type { AlloyModule } from './alloy-module';
import type { AlloySource } from './alloy-source';
import { toAlloySyntax } from './alloy-syntax';
import { OWN_METRICS } from './own-metrics';

/** Options of `AlloyDeployment` that have nothing to do with what it does. */
export interface AlloyDeploymentOptions extends WorkloadOptions {
  /** Number of replicas. Several share the work among each other (clustering). @default 1 */
  readonly replicas?: number;
  /**
   * Room for positions and for what waits while a destination is away. It lives as long as the pod: a new one reads the events
   * of the last hour and the logs of the API server again, and Loki recognizes what it has.
   * @default Size.gibibytes(1)
   */
  readonly storageLimit?: Size;
  /** How much Alloy says about itself. @default AlloyLogLevel.INFO */
  readonly logLevel?: AlloyLogLevel;
  /** Further configuration in Alloy's own syntax, loaded beside the generated one. @default - none */
  readonly extraConfig?: string;
}

/** Properties of `AlloyDeployment`. */
export interface AlloyDeploymentProps extends AlloyDeploymentOptions {
  /** What it does; of each kind of source one. */
  readonly sources: AlloySource[];
  /** Tells several of one stack apart; part of its name. @default - none */
  readonly instance?: string;
}

/** The image's own user without rights on the node. */
const USER = 473;

const POD_ADDRESS = 'POD_IP';

/** What several sources of a kind would have. */
const TOGETHER = { logs: 'all pipelines', monitors: 'all kinds and namespaces', traces: 'all senders' };

/**
 * Grafana Alloy once for the cluster: what every node would do again, or what needs no node (Kubernetes' events, OTLP, the logs
 * of pods where `hostPath` volumes are not allowed, monitors). It runs without root in a namespace with PodSecurity `restricted`, and may
 * do what its sources need.
 *
 * Metrics made from events or from the logs of the API server count again, after a restart, what is read again.
 */
export class AlloyDeployment extends Component {
  /** Alloy's user interface and metrics. */
  public readonly http: Endpoint;

  constructor(scope: Construct, id: string, props: AlloyDeploymentProps) {
    super(scope, id, { app: 'alloy', component: 'cluster', instance: props.instance, options: props });
    const { sources, replicas = 1, storageLimit = Size.gibibytes(1), extraConfig } = props;
    const clustering = replicas > 1;
    const modules = sources
      // A second of a kind is an error, told at synth.
      .filter(({ _kind }, index) => sources.findIndex((other) => other._kind === _kind) === index)
      .map((source) => source._mount(this, { clustering }));
    this._check(() => [...this.problems(props, replicas, storageLimit), ...portProblems(modules)]);

    const account = serviceAccount(this);
    const config = configFiles(this, 'config', () => ({
      ...(modules.every(({ isReadable }) => isReadable) && {
        'config.alloy': toAlloySyntax([
          logging(props.logLevel ?? AlloyLogLevel.INFO),
          ...modules.flatMap((module) => module.config()),
        ]),
      }),
      ...(extraConfig !== undefined && { 'extra.alloy': extraConfig }),
    }));
    // Replicas look for each other before they are ready.
    [this.http] = service(this, { headless: true, ports: [{ target: HTTP }], publishNotReadyAddresses: clustering });
    if (clustering) {
      this._connect(this.http);
    }
    deployment(this, {
      replicas,
      // One after the other: two would both read the same.
      strategy: clustering ? 'RollingUpdate' : 'Recreate',
      pod: () => ({
        serviceAccountName: account,
        mountsToken: extraConfig !== undefined || modules.some(({ usesKubernetesApi }) => usesKubernetesApi),
        checksum: config.checksum(),
        volumeGroup: USER,
        volumes: [config.volume('config'), { name: 'storage', emptyDir: { sizeLimit: quantityOf(quantity(storageLimit)) } }],
        containers: [
          alloyContainer({
            environment: [
              ...(clustering ? [fieldVariable(POD_ADDRESS, 'status.podIP')] : []),
              ...modules.flatMap(({ environment }) => environment),
            ],
            mounts: [{ name: 'storage', mountPath: STORAGE_DIRECTORY }],
            ports: modules.flatMap(({ ports }) => ports),
            user: USER,
            args: clustering
              ? [
                  '--cluster.enabled',
                  `--cluster.name=${this._identity.clusterName}`,
                  `--cluster.advertise-address=$(${POD_ADDRESS}):${HTTP.port}`,
                  `--cluster.join-addresses=${this.http.hostAndPort}`,
                ]
              : [],
          }),
        ],
      }),
    });
    offerMetrics(this, HTTP, { ownMetrics: OWN_METRICS });
  }

  private problems({ sources, extraConfig }: AlloyDeploymentProps, replicas: number, storageLimit: Size): string[] {
    return [
      ...(sources.length === 0
        ? ['sources is []; allowed is at least one source: add AlloySource.logs, AlloySource.monitors or AlloySource.traces']
        : []),
      ...(['logs', 'monitors', 'traces'] as const)
        .filter((kind) => sources.filter(({ _kind }) => _kind === kind).length > 1)
        .map((kind) => `sources has several sources of ${kind}; allowed is one: put ${TOGETHER[kind]} into it`),
      ...(Number.isInteger(replicas) && replicas > 0
        ? []
        : [`replicas is ${replicas}; allowed is a whole number above 0: correct it`]),
      ...(storageLimit.toKibibytes({ rounding: 1 }) > 0
        ? []
        : [`storageLimit is ${quantity(storageLimit)}; allowed is more than zero: give the pod some room`]),
      ...extraConfigProblems(extraConfig),
    ];
  }
}

/** Two that listen on one port keep Alloy from starting. */
function portProblems(modules: readonly AlloyModule[]): string[] {
  const ports = modules.flatMap((module) => module.ports.map(({ port }) => port));
  return [...new Set(ports.filter((port, index) => ports.indexOf(port) < index))].map(
    (port) =>
      `sources listen on port ${port} twice; allowed is once: give the pipeline of OTLP another grpcPort and httpPort, or the traces an Alloy of their own`,
  );
}
