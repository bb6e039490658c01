import { Size } from 'cdk8s';
import type { Construct } from 'constructs';
import { clusterRights, namespaceRights, serviceAccount } from '../kubernetes/access';
import { Component } from '../kubernetes/component';
import { httpProbe } from '../kubernetes/container';
import { offerMetrics, service } from '../kubernetes/service';
import { deployment } from '../kubernetes/workload';
import { Cpu } from '../settings/cpu';
import type { Endpoint } from '../settings/endpoint';
import type { ServiceOptions, WorkloadOptions } from '../settings/workload-options';
import {
  DEFAULT_RESOURCES,
  followRules,
  kubeStateMetricsArguments,
  kubeStateMetricsProblems,
  RESOURCE_KINDS,
} from './kube-state-metrics-config';

/** Properties of `KubeStateMetrics`. */
export interface KubeStateMetricsProps extends WorkloadOptions, ServiceOptions {
  /**
   * Kinds of objects, in the plural; the rights are made from them. Secrets and ConfigMaps are not among them: the right to
   * list them is the right to read them.
   * @default - cronjobs, daemonsets, deployments, horizontalpodautoscalers, jobs, namespaces, nodes, persistentvolumeclaims,
   * persistentvolumes, poddisruptionbudgets, pods, replicasets, resourcequotas, statefulsets
   */
  readonly resourceKinds?: string[];
  /**
   * Namespaces whose objects are described. Rights are then granted there only; objects of no namespace, such as nodes, are
   * described in any case. Boards about nodes and the whole cluster then show these namespaces only.
   * @default - all
   */
  readonly namespaces?: string[];
  /**
   * Labels of objects that become labels of `kube_<kind>_labels`, by kind: `{ pods: ['app.kubernetes.io/name'] }`. A `*`
   * stands for anything, at the price of a series for each value.
   * @default - none
   */
  readonly metricLabelsAllowlist?: { [resource: string]: string[] };
  /** The same for annotations and `kube_<kind>_annotations`. @default - none */
  readonly metricAnnotationsAllowlist?: { [resource: string]: string[] };
}

const HTTP = { name: 'http-metrics', port: 8080 };
const TELEMETRY = { name: 'telemetry', port: 8081 };

/** Describes the objects of the Kubernetes API as metrics: `kube_pod_status_phase`, `kube_deployment_spec_replicas`, … */
export class KubeStateMetrics extends Component {
  /** The metrics about objects. Whoever scrapes them must honor their labels. */
  public readonly http: Endpoint;
  /** The metrics about the program itself. */
  public readonly telemetry: Endpoint;

  constructor(scope: Construct, id: string, props: KubeStateMetricsProps = {}) {
    super(scope, id, { app: 'kube-state-metrics', component: 'kube-state-metrics', options: props });
    const { namespaces, resourceKinds = DEFAULT_RESOURCES } = props;
    const settings = {
      resourceKinds,
      namespaces,
      metricLabelsAllowlist: props.metricLabelsAllowlist ?? {},
      metricAnnotationsAllowlist: props.metricAnnotationsAllowlist ?? {},
    };
    this._check(() => kubeStateMetricsProblems(settings));

    const account = serviceAccount(this);
    this.grantRights(resourceKinds, namespaces);
    this._reachKubernetesApi();
    [this.http, this.telemetry] = service(this, { ports: [{ target: HTTP }, { target: TELEMETRY }] });
    deployment(this, {
      replicas: 1,
      // Two at once would describe everything twice, and sums would be doubled.
      strategy: 'Recreate',
      pod: () => ({
        serviceAccountName: account,
        mountsToken: true,
        containers: [
          {
            name: 'kube-state-metrics',
            image: 'kubeStateMetrics',
            args: kubeStateMetricsArguments(settings),
            ports: [HTTP, TELEMETRY],
            // About 35 MiB in a small cluster, and it grows with the number of objects; its documentation asks for 250 MiB.
            resources: { cpuRequest: Cpu.millis(10), memoryRequest: Size.mebibytes(64), memoryLimit: Size.mebibytes(512) },
            // Each path exists on one port only. Not /livez: it asks the API server, whose outage is no reason to restart.
            readiness: httpProbe('/readyz', TELEMETRY.name),
            liveness: httpProbe('/healthz', HTTP.name),
          },
        ],
      }),
    });
    offerMetrics(this, HTTP, { honorLabels: true, kubernetesNames: true });
    offerMetrics(this, TELEMETRY, { job: 'kube-state-metrics-telemetry' });
  }

  private grantRights(kinds: readonly string[], namespaces: readonly string[] | undefined): void {
    if (namespaces === undefined) {
      clusterRights(this, 'objects', followRules(kinds));
      return;
    }
    const [within, outside] = [true, false].map((namespaced) =>
      followRules(kinds.filter((resource) => RESOURCE_KINDS[resource]?.namespaced === namespaced)),
    );
    if (within.length > 0) {
      namespaceRights(this, 'objects', within, namespaces);
    }
    if (outside.length > 0) {
      clusterRights(this, 'cluster-objects', outside);
    }
  }
}
