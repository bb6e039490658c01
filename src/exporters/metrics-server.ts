import { Duration, Size } from 'cdk8s';
import type { k8s } from 'cdk8s-plus-28';
import type { Construct } from 'constructs';
import { bindClusterRole, bindRole, clusterRights, serviceAccount } from '../kubernetes/access';
import { Component } from '../kubernetes/component';
import { KINDS, portOrCount } from '../kubernetes/kubernetes-api';
import { clusterObject } from '../kubernetes/objects';
import { expose, offerMetrics, service } from '../kubernetes/service';
import { deployment } from '../kubernetes/workload';
import { Cpu } from '../settings/cpu';
import { type Endpoint, EndpointProtocol } from '../settings/endpoint';
import type { WorkloadOptions } from '../settings/workload-options';
import {
  metricsServerArguments,
  metricsServerProblems,
  NodeAddressType,
  SCRATCH_PATH,
  SECURE_PORT,
} from './metrics-server-config';

/** Properties of `MetricsServer`. */
export interface MetricsServerProps extends WorkloadOptions {
  /**
   * Whether certificates of kubelets are taken as they are (`--kubelet-insecure-tls`), as self-signed ones need it.
   * @default - unless the cluster's `kubeletCertificatesFromClusterAuthority`
   */
  readonly kubeletInsecureTls?: boolean;
  /**
   * By which address kubelets are reached (`--kubelet-preferred-address-types`); the first that a node has counts.
   * @default - internal address, external address, host name
   */
  readonly kubeletPreferredAddressTypes?: NodeAddressType[];
  /** How often kubelets are asked (`--metric-resolution`); more than 10 s. @default Duration.seconds(15) */
  readonly metricResolution?: Duration;
  /** Number of pods. With two, autoscalers keep working while a node is drained. @default 1 */
  readonly replicas?: number;
}

const HTTPS = { name: 'https', port: SECURE_PORT };

/** The namespace where Kubernetes keeps what extension API servers read. */
const SYSTEM_NAMESPACE = 'kube-system';

const API_GROUP = 'metrics.k8s.io';

/**
 * The current use of pods and nodes, for `kubectl top` and autoscalers (API `metrics.k8s.io`). It is no source for Prometheus, which
 * asks the kubelets itself. A cluster has one: the profile of a cluster that brings its own refuses it.
 *
 * It lives in `kube-system` and with the priority `system-cluster-critical`, as upstream has it, unless `namespace` and
 * `priorityClassName` say otherwise.
 *
 * The API server must reach the pod. Its address is not known from here (a node's, or that of a tunnel), so the port is open;
 * requests are authenticated and authorized by the API server.
 */
export class MetricsServer extends Component {
  /** The API behind the aggregation layer. */
  public readonly https: Endpoint;

  constructor(scope: Construct, id: string, props: MetricsServerProps = {}) {
    super(scope, id, {
      app: 'metrics-server',
      component: 'metrics-server',
      options: { priorityClassName: 'system-cluster-critical', namespace: SYSTEM_NAMESPACE, ...props },
    });
    const { cluster } = this._context;
    const { replicas = 1 } = props;
    const settings = {
      kubeletInsecureTls: props.kubeletInsecureTls ?? !cluster.kubeletCertificatesFromClusterAuthority,
      kubeletPreferredAddressTypes: props.kubeletPreferredAddressTypes ?? [
        NodeAddressType.INTERNAL_IP,
        NodeAddressType.EXTERNAL_IP,
        NodeAddressType.HOSTNAME,
      ],
      metricResolution: props.metricResolution ?? Duration.seconds(15),
    };
    this._check(() => [
      ...metricsServerProblems(settings),
      ...(cluster.hasMetricsServer
        ? [
            'cluster.hasMetricsServer is true; allowed is one metrics-server in a cluster: leave this one out, or remove the other',
          ]
        : []),
      ...(Number.isInteger(replicas) && replicas > 0
        ? []
        : [`replicas is ${replicas}; allowed are whole numbers from 1: correct it`]),
    ]);

    const account = serviceAccount(this);
    this.grantRights();
    this._reachKubernetesApi();
    this._reachNodes(KUBELET_PORT);
    [this.https] = service(this, { ports: [{ target: HTTPS, port: 443, protocol: EndpointProtocol.HTTPS }] });
    expose(this, HTTPS);
    this.registerApi();
    deployment(this, {
      replicas,
      pod: () => ({
        serviceAccountName: account,
        mountsToken: true,
        labels: { 'k8s-app': 'metrics-server' },
        volumes: [{ name: 'scratch', emptyDir: {} }],
        containers: [
          {
            name: 'metrics-server',
            image: 'metricsServer',
            args: metricsServerArguments(settings),
            ports: [HTTPS],
            mounts: [{ name: 'scratch', mountPath: SCRATCH_PATH }],
            // Its README: 1m and 2 MiB for each node, 100m and 200 MiB up to a hundred; seen: 43 MiB with one node.
            resources: { cpuRequest: Cpu.millis(50), memoryRequest: Size.mebibytes(64), memoryLimit: Size.mebibytes(512) },
            // Ready when kubelets have answered twice.
            readiness: httpsProbe('/readyz', { initialDelaySeconds: 20 }),
            liveness: httpsProbe('/livez'),
          },
        ],
      }),
    });
    offerMetrics(this, HTTPS, { selfSignedTls: true });
  }

  /** What it reads; that it may ask the API server who calls; and who may read the results. */
  private grantRights(): void {
    clusterRights(this, 'resources', [
      { apiGroups: [''], resources: ['nodes', 'pods'], verbs: ['list', 'watch'] },
      { apiGroups: [''], resources: ['nodes/metrics'], verbs: ['get'] },
    ]);
    bindClusterRole(this, 'auth-delegator', 'system:auth-delegator');
    bindRole(this, 'auth-reader', 'extension-apiserver-authentication-reader', SYSTEM_NAMESPACE);
    clusterObject(
      this,
      'reader-role',
      KINDS.ClusterRole,
      `${this._identity.clusterName}-reader`,
      ['rules'],
      () => ({ rules: [{ apiGroups: [API_GROUP], resources: ['nodes', 'pods'], verbs: ['get', 'list', 'watch'] }] }),
      Object.fromEntries(['admin', 'edit', 'view'].map((role) => [`rbac.authorization.k8s.io/aggregate-to-${role}`, 'true'])),
    );
  }

  private registerApi(): void {
    const { name, namespace } = this._identity;
    clusterObject(this, 'api-service', KINDS.ApiService, `v1beta1.${API_GROUP}`, ['spec'], () => ({
      spec: {
        group: API_GROUP,
        version: 'v1beta1',
        service: { name, namespace, port: 443 },
        // It signs a certificate itself whenever it starts.
        insecureSkipTlsVerify: true,
        groupPriorityMinimum: 100,
        versionPriority: 100,
      },
    }));
  }
}

const KUBELET_PORT = 10250;

const httpsProbe = (path: string, timing: Omit<k8s.Probe, 'httpGet'> = {}): k8s.Probe => ({
  httpGet: { path, port: portOrCount(HTTPS.name), scheme: 'HTTPS' },
  ...timing,
});
