import type { Size } from 'cdk8s';
import { offeredSize } from '../kubernetes/volumes';
import { Cluster } from '../settings/cluster';
import { overDefaults, type Sized } from './over-defaults';
import type { MonitoringStackProps } from './stack-options';

/** The properties of a stack with what its profile says where they say nothing. */
export function withProfile(props: MonitoringStackProps): MonitoringStackProps {
  const { profile, prometheus, monitors, loki, grafana, nodeExporter, cluster = Cluster.generic({ name: 'any' }) } = props;
  if (profile === undefined) {
    return props;
  }
  const defaults = profile._defaults;
  const sized = <Options extends Sized & { readonly volume?: Size }>(options: Options): Options => ({
    ...options,
    volume: options.volume && offeredSize(cluster, options.volume),
  });
  return {
    ...props,
    scrapeInterval: props.scrapeInterval ?? defaults.scrapeInterval,
    prometheus: prometheus && overDefaults(sized(defaults.prometheus), prometheus),
    monitors: monitors && { ...monitors, agent: overDefaults(defaults.alloyMonitors, monitors.agent ?? {}) },
    loki: loki && {
      ...overDefaults(sized(defaults.loki), loki),
      // Who describes a gateway wants one.
      gatewayEnabled: loki.gatewayEnabled ?? (loki.gateway !== undefined || defaults.lokiGateway),
      canary: loki.canary && overDefaults(defaults.lokiCanary, loki.canary),
    },
    grafana: grafana && overDefaults(sized(defaults.grafana), grafana),
    kubeStateMetrics: overDefaults(defaults.kubeStateMetrics, props.kubeStateMetrics ?? {}),
    nodeExporter: nodeExporter && overDefaults(defaults.nodeExporter, nodeExporter),
  };
}
