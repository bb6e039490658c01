import type { Duration } from 'cdk8s';
import { goDuration } from '../kubernetes/text';

/** By which address of a node its kubelet is reached, as the status of the node has it. */
export enum NodeAddressType {
  /** The address inside the cluster's network. */
  INTERNAL_IP = 'InternalIP',
  /** The address that the outside sees. */
  EXTERNAL_IP = 'ExternalIP',
  /** The host name. */
  HOSTNAME = 'Hostname',
  /** The name in the DNS of the cluster's network. */
  INTERNAL_DNS = 'InternalDNS',
  /** The name in the DNS of the outside. */
  EXTERNAL_DNS = 'ExternalDNS',
}

/** Where certificates are made; the root file system is read-only. */
export const SCRATCH_PATH = '/tmp';

/** Port of the container: firewalls before clouds' nodes commonly let the API server through to it, as it is the kubelets'. */
export const SECURE_PORT = 10250;

/** Settings of metrics-server with nothing left open. */
export interface MetricsServerSettings {
  readonly kubeletInsecureTls: boolean;
  readonly kubeletPreferredAddressTypes: readonly NodeAddressType[];
  readonly metricResolution: Duration;
}

/** Arguments of metrics-server. */
export function metricsServerArguments(settings: MetricsServerSettings): string[] {
  return [
    `--secure-port=${SECURE_PORT}`,
    `--cert-dir=${SCRATCH_PATH}`,
    `--kubelet-preferred-address-types=${settings.kubeletPreferredAddressTypes.join(',')}`,
    '--kubelet-use-node-status-port',
    `--metric-resolution=${goDuration(settings.metricResolution)}`,
    ...(settings.kubeletInsecureTls ? ['--kubelet-insecure-tls'] : []),
    // Its own metrics tell nothing about pods, and Prometheus needs no right of its own for them.
    '--authorization-always-allow-paths=/healthz,/livez,/readyz,/metrics',
  ];
}

/** What is wrong with the settings. */
export function metricsServerProblems({
  metricResolution,
  kubeletPreferredAddressTypes: types,
}: MetricsServerSettings): string[] {
  return [
    // The program ends at once where the resolution is not above the time that it waits for a kubelet, 10 s.
    ...(metricResolution.toMilliseconds() > 10_000
      ? []
      : [`metricResolution is ${metricResolution.toMilliseconds()} ms; allowed is more than 10 s: raise it`]),
    ...(types.length === 0
      ? ['kubeletPreferredAddressTypes is []; allowed is at least one type: name it, or leave the property out']
      : []),
    ...types
      .filter((type, index) => types.indexOf(type) < index)
      .map((type) => `kubeletPreferredAddressTypes has ${type} twice; allowed is once: remove one`),
  ];
}
