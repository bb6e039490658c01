import { App, Chart, Size, Testing } from 'cdk8s';
import { expect } from 'vitest';
import { WebAuthentication } from '../../src/kubernetes/web-authentication';
import { Cpu } from '../../src/settings/cpu';
import { ExistingVolume } from '../../src/settings/existing-volume';
import { MonitoringContext, type MonitoringContextProps } from '../../src/settings/monitoring-context';
import { Placement } from '../../src/settings/placement';
import { SecretKey } from '../../src/settings/secret-key';
import type { VolumeOptions } from '../../src/settings/volume-options';
import { type ServiceOptions, ServiceType, type WorkloadOptions } from '../../src/settings/workload-options';

/** A manifest as Kubernetes reads it; loose on purpose, because tests look at any field. */
// biome-ignore lint/suspicious/noExplicitAny: the shape depends on the kind
export type Manifest = any;

/** Synthesizes what is put into a chart with a context of its own. */
export function synthesize(construct: (chart: Chart) => void, context: MonitoringContextProps = {}): Manifest[] {
  const chart = new Chart(new App(), 'test');
  new MonitoringContext(chart, context);
  construct(chart);
  return Testing.synth(chart);
}

/** The only manifest of a kind, or of a kind and name. */
export function manifestOf(manifests: Manifest[], kind: string, name?: string): Manifest {
  const found = manifests.filter((manifest) => manifest.kind === kind && (name === undefined || manifest.metadata.name === name));
  expect(found.map((manifest) => manifest.metadata.name)).toHaveLength(1);
  return found[0];
}

/** Every option of a workload, each different from its default. */
export const EVERY_WORKLOAD_OPTION: Required<WorkloadOptions> = {
  resources: {
    cpuRequest: Cpu.millis(123),
    cpuLimit: Cpu.cores(4),
    memoryRequest: Size.mebibytes(777),
    memoryLimit: Size.mebibytes(8888),
  },
  namespace: 'elsewhere',
  placement: Placement.dedicated({ taint: { key: 'dedicated', value: 'other' } }),
  podAnnotations: { 'example.com/pod': 'annotation' },
  podLabels: { 'example.com/pod': 'label' },
  environment: { EXTRA_VARIABLE: 'value' },
  extraArgs: ['--extra-argument=1'],
  extraEnvironment: [{ name: 'EXTRA_FROM_FIELD', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } }],
  extraVolumes: [{ name: 'extra', csi: { driver: 'secrets-store.csi.k8s.io', readOnly: true } }],
  extraVolumeMounts: [{ name: 'extra', mountPath: '/extra' }],
  extraContainers: [{ name: 'extra', image: 'docker.io/library/busybox:1.37.0' }],
  imagePullSecrets: ['registry'],
  priorityClassName: 'high',
  topologySpreadConstraints: [{ maxSkew: 2, topologyKey: 'topology.kubernetes.io/zone', whenUnsatisfiable: 'DoNotSchedule' }],
  terminationGracePeriodSeconds: 77,
  serviceAccountAnnotations: { 'example.com/account': 'annotation' },
  serviceAnnotations: { 'example.com/service': 'annotation' },
};

/** Every option of a Service with an address. */
export const EVERY_SERVICE_OPTION: Required<ServiceOptions> = {
  serviceType: ServiceType.LOAD_BALANCER,
  nodePort: 30090,
  loadBalancerClass: 'example.com/internal',
  loadBalancerSourceRanges: ['192.0.2.0/24'],
};

/** A login that the program asks for itself. */
export const BASIC_AUTHENTICATION = WebAuthentication.basic({
  webConfig: SecretKey.of('web', 'web.yml'),
  stackUser: { user: 'stack', password: SecretKey.of('web-user', 'password') },
});

/** Surroundings in which programs without a login may stand behind an Ingress. */
export const OPEN_TO_EVERYBODY: MonitoringContextProps = {
  acknowledgedWarnings: ['prometheus', 'alertmanager', 'pushgateway', 'thanos'].map((program) => `${program}-without-login`),
};

/** Every option of a volume. */
export const EVERY_VOLUME_OPTION: Required<VolumeOptions> = {
  storageClassName: 'fast',
  existingVolume: ExistingVolume.labelled({ purpose: 'monitoring' }),
};

/** Options of a Service that mean nothing inside the cluster only. */
const OFFERED_OUTSIDE: ServiceOptions = { serviceType: ServiceType.LOAD_BALANCER };
const WITH_SERVICE_TYPE: { [property: string]: ServiceOptions } = {
  nodePort: OFFERED_OUTSIDE,
  loadBalancerClass: OFFERED_OUTSIDE,
  loadBalancerSourceRanges: OFFERED_OUTSIDE,
};

/**
 * Shows that no option is dead: each one, changed alone, changes the manifests.
 * An Ingress before a program without accounts has the given login on both sides.
 * @param together options that only work with another one; the other one is then part of both sides
 */
export function expectEveryPropToMatter<Props extends object>(
  construct: (chart: Chart, props: Props) => void,
  minimal: Props,
  every: Required<Props>,
  together: Partial<Record<keyof Props, Partial<Props>>> = {},
): void {
  for (const property of Object.keys(every) as (keyof Props)[]) {
    const login = property === 'ingress' && 'authentication' in every ? { authentication: every.authentication } : {};
    const base = { ...minimal, ...login, ...WITH_SERVICE_TYPE[String(property)], ...together[property] };
    const before = synthesize((chart) => construct(chart, base));
    const after = synthesize((chart) => construct(chart, { ...base, [property]: every[property] }));
    expect(after, `property ${String(property)} changes nothing`).not.toEqual(before);
  }
}

/** The text of the error that synth answers with. */
export function synthesisError(construct: (chart: Chart) => void, context: MonitoringContextProps = {}): string {
  try {
    synthesize(construct, context);
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('synth succeeded, an error was expected');
}
