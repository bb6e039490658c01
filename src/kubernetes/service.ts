import { k8s } from 'cdk8s-plus-28';
import { Endpoint, EndpointProtocol } from '../settings/endpoint';
import { ServiceType } from '../settings/workload-options';
import type { Component } from './component';
import type { ContainerPort } from './container';
import { componentObject } from './objects';

/** A port of a Service. */
export interface ServicePortDescription {
  /** The container's port behind it. */
  readonly target: ContainerPort;
  /** Name; part of SRV names. @default - the container port's */
  readonly name?: string;
  /** Port of the Service. @default - the container's */
  readonly port?: number;
  readonly protocol?: EndpointProtocol;
}

export interface ServiceDescription {
  readonly ports: readonly ServicePortDescription[];
  /** Put behind the component's name. @default - none */
  readonly suffix?: string;
  /** No address of its own: names lead to the pods. */
  readonly headless?: boolean;
  /** Pods are found before they are ready, as members that look for each other need it. */
  readonly publishNotReadyAddresses?: boolean;
}

/** Emits a Service and answers with an endpoint for each port, in their order. */
export function service(component: Component, description: ServiceDescription): Endpoint[] {
  const { _context: context, _identity: identity, _options: options } = component;
  const headless = description.headless ?? false;
  const name = description.suffix === undefined ? identity.name : `${identity.name}-${description.suffix}`;
  const main = description.suffix === undefined;
  const type = headless || !main ? ServiceType.CLUSTER_IP : (options.serviceType ?? ServiceType.CLUSTER_IP);
  if (type !== ServiceType.CLUSTER_IP) {
    for (const { target } of description.ports) {
      expose(component, target);
    }
  }
  component._check(() =>
    name.length > 63 || !/^[a-z]([-a-z0-9]*[a-z0-9])?$/.test(name)
      ? [
          `name of the Service is ${JSON.stringify(name)}; allowed are 1 to 63 lower-case letters, digits and "-": shorten the name of the stack or the instance`,
        ]
      : [],
  );
  componentObject(
    component,
    description.suffix === undefined ? 'service' : `${description.suffix}-service`,
    k8s.KubeService,
    ['spec'],
    () => ({
      spec: {
        ...(headless ? { clusterIp: 'None' } : { type }),
        ...(description.publishNotReadyAddresses && { publishNotReadyAddresses: true }),
        selector: identity.selector,
        ports: description.ports.map(({ target, name: portName, port }) => ({
          name: portName ?? target.name,
          port: port ?? target.port,
          protocol: target.protocol ?? 'TCP',
          targetPort: k8s.IntOrString.fromString(target.name),
        })),
      },
    }),
    { name, annotations: main ? options.serviceAnnotations : undefined },
  );
  const host = `${name}.${identity.namespace}.svc.${context.cluster.domain}`;
  return description.ports.map(({ target, name: portName, port, protocol }) =>
    Endpoint._of(
      { identity, containerPort: target.port, portName: portName ?? target.name, headless },
      host,
      port ?? target.port,
      protocol ?? EndpointProtocol.HTTP,
    ),
  );
}

/** Lets everybody reach a port: people behind an Ingress, a node port or a load balancer. */
export function expose(component: Component, port: ContainerPort): void {
  component._context._plan.exposed.push({ identity: component._identity, containerPort: port.port });
}

/** Options of metrics that a component offers. */
export interface MetricsDescription {
  /** @default '/metrics' */
  readonly path?: string;
  /** Name of the scrape job. @default - the name of the component without the stack's prefix */
  readonly job?: string;
  /** The metrics carry labels of their own that are kept. @default false */
  readonly honorLabels?: boolean;
  /** Those labels are named `namespace`, `pod`, `container` and `node`, whatever `DataLabels` calls them. @default false */
  readonly kubernetesNames?: boolean;
}

/** Offers a port's metrics: every Prometheus of the context scrapes them. */
export function offerMetrics(component: Component, port: ContainerPort, description: MetricsDescription = {}): void {
  const { _identity: identity, _context: context } = component;
  context._plan.offerMetrics({
    identity,
    job: description.job ?? identity.name.slice(context.namePrefix.length),
    containerPort: port.port,
    portName: port.name,
    path: description.path ?? '/metrics',
    honorLabels: description.honorLabels ?? false,
    kubernetesNames: description.kubernetesNames ?? false,
  });
}
