import { Duration, Size } from 'cdk8s';
import type { AlloyDaemonSetOptions } from '../alloy/alloy-daemon-set';
import type { AlloyDeploymentOptions } from '../alloy/alloy-deployment';
import type { KubeStateMetricsProps } from '../exporters/kube-state-metrics';
import type { NodeExporterProps } from '../exporters/node-exporter';
import type { GrafanaProps } from '../grafana/grafana';
import type { LokiOptions } from '../loki/loki';
import type { LokiCanaryOptions } from '../loki/loki-canary';
import type { PrometheusProps } from '../prometheus/prometheus-props';
import { Cpu } from '../settings/cpu';
import { Retention } from '../settings/retention';
import type { ContainerResources } from '../settings/workload-options';
import type { AlloyClusterOptions } from './log-agents';

/** What a profile says where nothing is given. */
export interface ProfileDefaults {
  readonly scrapeInterval: Duration;
  readonly prometheus: PrometheusProps;
  readonly loki: LokiOptions;
  /** Whether Loki has a gateway where neither it nor its absence is asked for. */
  readonly lokiGateway: boolean;
  readonly lokiCanary: LokiCanaryOptions;
  readonly alloy: AlloyDaemonSetOptions;
  readonly alloyCluster: AlloyClusterOptions;
  readonly alloyMonitors: AlloyDeploymentOptions;
  readonly grafana: GrafanaProps;
  readonly kubeStateMetrics: KubeStateMetricsProps;
  readonly nodeExporter: NodeExporterProps;
}

const resources = (cpuMillis: number, mebibytes: number, limit: number): { readonly resources: ContainerResources } => ({
  resources: {
    cpuRequest: Cpu.millis(cpuMillis),
    memoryRequest: Size.mebibytes(mebibytes),
    memoryLimit: Size.mebibytes(limit),
  },
});

/**
 * On one node the requests come to 310m and 928Mi. They are what a cluster of some 50 pods takes: 10,000 series are 40 MiB above
 * the 200 that Prometheus has anyway, Grafana and Loki were seen at 170. The limits, twice that, make the Go programs
 * collect garbage sooner, and leave room for queries and for replaying logs.
 */
const LIGHT: ProfileDefaults = {
  // A load test of some minutes has enough points to be seen.
  scrapeInterval: Duration.seconds(15),
  prometheus: { retention: Retention.hours(6), volume: Size.gibibytes(2), ...resources(100, 256, 512) },
  loki: { retention: Retention.days(7), volume: Size.gibibytes(5), ...resources(100, 256, 512) },
  lokiGateway: false,
  lokiCanary: resources(10, 48, 96),
  alloy: resources(30, 96, 256),
  alloyCluster: resources(30, 96, 256),
  alloyMonitors: resources(30, 96, 256),
  grafana: { volume: Size.gibibytes(1), ...resources(50, 192, 512) },
  kubeStateMetrics: resources(10, 48, 128),
  nodeExporter: resources(10, 32, 64),
};

/**
 * How large a stack is: defaults for intervals, retention, volumes and resources of all components at once. What a stack is given
 * wins over its profile, each resource by itself; what runs is said by the stack alone.
 */
export class Profile {
  /**
   * For a laptop or a test cluster (k3d, kind, minikube) of some 50 pods: Prometheus, Loki on its volume and without gateway,
   * canary, Alloy, Grafana, kube-state-metrics and node-exporter together request less than 1,000Mi and 500m on one node.
   * Metrics are collected every 15 s and kept for 6 hours, logs for 7 days. Components that belong to no such cluster
   * (Thanos, Memcached, Alertmanager) have their own defaults.
   */
  public static light(): Profile {
    return new Profile(LIGHT);
  }

  private constructor(
    /**
     * What holds where nothing is given.
     * @internal
     */
    public readonly _defaults: ProfileDefaults,
  ) {}
}
