import type { Size } from 'cdk8s';
import type { k8s } from 'cdk8s-plus-28';
import type { Cpu } from '../settings/cpu';
import { IMAGE_TABLE, type ImageName } from '../settings/images';
import type { SecretKey } from '../settings/secret-key';
import type { ContainerResources } from '../settings/workload-options';
import type { Component } from './component';
import { portOrCount, quantityOf } from './kubernetes-api';

/** A port of a container. */
export interface ContainerPort {
  /** At most 15 characters, the limit of Kubernetes. */
  readonly name: string;
  readonly port: number;
  readonly protocol?: 'TCP' | 'UDP';
}

/** A container of a component, before it becomes Kubernetes' own type. */
export interface ContainerDescription {
  readonly name: string;
  readonly image: ImageName;
  readonly command?: readonly string[];
  readonly args: readonly string[];
  readonly environment?: readonly k8s.EnvVar[];
  readonly ports: readonly ContainerPort[];
  readonly mounts?: readonly k8s.VolumeMount[];
  readonly resources: ContainerResources;
  readonly startup?: k8s.Probe;
  readonly readiness?: k8s.Probe;
  readonly liveness?: k8s.Probe;
  readonly lifecycle?: k8s.Lifecycle;
  /** Runs as another user than the image's, e.g. a sidecar that shares files. */
  readonly user?: number;
}

/** An HTTP probe of a named port. Timings are Kubernetes' defaults unless given. */
export function httpProbe(path: string, port: string, timing: Omit<k8s.Probe, 'httpGet'> = {}): k8s.Probe {
  return { httpGet: { path, port: portOrCount(port) }, ...timing };
}

/** A probe that opens a connection. */
export function tcpProbe(port: string, timing: Omit<k8s.Probe, 'tcpSocket'> = {}): k8s.Probe {
  return { tcpSocket: { port: portOrCount(port) }, ...timing };
}

/** A probe that runs a program in the container. */
export function execProbe(command: readonly string[], timing: Omit<k8s.Probe, 'exec'> = {}): k8s.Probe {
  return { exec: { command: [...command] }, ...timing };
}

/** An environment variable from a Secret; notes that the Secret must exist. */
export function secretVariable(component: Component, name: string, secret: SecretKey): k8s.EnvVar {
  component._requireSecret(secret);
  return { name, valueFrom: { secretKeyRef: { name: secret.secretName, key: secret.key } } };
}

/** An environment variable from a field of the pod. */
export function fieldVariable(name: string, fieldPath: string): k8s.EnvVar {
  return { name, valueFrom: { fieldRef: { fieldPath } } };
}

/** A size as Kubernetes writes it: `50Gi`, `512Mi`. */
export function quantity(size: Size): string {
  const kibibytes = size.toKibibytes({ rounding: 1 });
  for (const [unit, factor] of [
    ['Gi', 1024 * 1024],
    ['Mi', 1024],
  ] as const) {
    if (kibibytes >= factor && kibibytes % factor === 0) {
      return `${kibibytes / factor}${unit}`;
    }
  }
  return `${kibibytes}Ki`;
}

/** Resources with the user's values in place of the component's own. */
export function mergeResources(own: ContainerResources, given: ContainerResources = {}): ContainerResources {
  return {
    cpuRequest: given.cpuRequest ?? own.cpuRequest,
    cpuLimit: given.cpuLimit ?? own.cpuLimit,
    memoryRequest: given.memoryRequest ?? own.memoryRequest,
    memoryLimit: given.memoryLimit ?? own.memoryLimit,
  };
}

/** What is wrong with a container's resources. */
export function resourceProblems(resources: ContainerResources): string[] {
  const { cpuRequest, cpuLimit, memoryRequest, memoryLimit } = resources;
  const problems: string[] = [];
  if (memoryRequest && memoryLimit && memoryRequest.toKibibytes({ rounding: 1 }) > memoryLimit.toKibibytes({ rounding: 1 })) {
    problems.push(
      `resources.memoryRequest is ${quantity(memoryRequest)}; allowed is at most memoryLimit, ${quantity(memoryLimit)}: raise the limit too`,
    );
  }
  if (cpuRequest && cpuLimit && cpuRequest.toMillis() > cpuLimit.toMillis()) {
    problems.push(`resources.cpuRequest is ${cpuRequest}; allowed is at most cpuLimit, ${cpuLimit}: raise the limit too`);
  }
  return problems;
}

function requirements(resources: ContainerResources): k8s.ResourceRequirements {
  const amounts = (cpu: Cpu | undefined, memory: Size | undefined) => ({
    ...(cpu && { cpu: quantityOf(cpu.toString()) }),
    ...(memory && { memory: quantityOf(quantity(memory)) }),
  });
  const requests = amounts(resources.cpuRequest, resources.memoryRequest);
  const limits = amounts(resources.cpuLimit, resources.memoryLimit);
  return { requests, ...(Object.keys(limits).length > 0 && { limits }) };
}

/** The container as Kubernetes' own type; security comes from the image table. */
export function containerObject(component: Component, container: ContainerDescription): k8s.Container {
  const { images, cluster } = component._context;
  const user = container.user ?? IMAGE_TABLE[container.image].user;
  return {
    name: container.name,
    image: images._reference(container.image, cluster),
    imagePullPolicy: images._pullPolicy,
    command: container.command && [...container.command],
    args: [...container.args],
    env: container.environment && [...container.environment],
    ports: container.ports.map(({ name, port, protocol }) => ({ name, containerPort: port, protocol: protocol ?? 'TCP' })),
    volumeMounts: container.mounts && container.mounts.length > 0 ? [...container.mounts] : undefined,
    resources: requirements(container.resources),
    startupProbe: container.startup,
    readinessProbe: container.readiness,
    livenessProbe: container.liveness,
    lifecycle: container.lifecycle,
    securityContext: {
      runAsUser: user,
      runAsGroup: container.user ?? IMAGE_TABLE[container.image].group,
      runAsNonRoot: user !== 0,
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    },
  };
}
