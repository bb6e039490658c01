import type { BasicAuthentication } from '../settings/basic-authentication';
import { Endpoint, EndpointProtocol } from '../settings/endpoint';
import { type ServiceOptions, ServiceType } from '../settings/workload-options';
import type { Component } from './component';
import type { ContainerPort } from './container';
import { KINDS, portOrCount } from './kubernetes-api';
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
  /** How the stack's own programs log in. @default - nobody asks */
  readonly login?: BasicAuthentication;
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
  const offered = headless || !main ? {} : options;
  if (main) {
    component._check(() => offerProblems(options));
    for (const { target, name: portName, port } of description.ports) {
      component._servicePorts.set(portName ?? target.name, port ?? target.port);
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
    KINDS.Service,
    ['spec'],
    () => ({
      spec: {
        ...(headless ? { clusterIp: 'None' } : { type }),
        loadBalancerClass: offered.loadBalancerClass,
        loadBalancerSourceRanges: offered.loadBalancerSourceRanges,
        ...(description.publishNotReadyAddresses && { publishNotReadyAddresses: true }),
        selector: identity.selector,
        ports: description.ports.map(({ target, name: portName, port }, index) => ({
          name: portName ?? target.name,
          port: port ?? target.port,
          protocol: target.protocol ?? 'TCP',
          targetPort: portOrCount(target.name),
          ...(index === 0 && offered.nodePort !== undefined && { nodePort: offered.nodePort }),
        })),
      },
    }),
    { name, annotations: main ? options.serviceAnnotations : undefined },
  );
  const host = `${name}.${identity.namespace}.svc.${context.cluster.domain}`;
  return description.ports.map(({ target, name: portName, port, protocol, login }) =>
    Endpoint._of(
      {
        identity,
        containerPort: target.port,
        portName: portName ?? target.name,
        headless,
        transport: target.protocol,
      },
      host,
      port ?? target.port,
      protocol ?? EndpointProtocol.HTTP,
      login,
    ),
  );
}

/** What is wrong with how a Service is offered. */
function offerProblems(options: ServiceOptions): string[] {
  const { serviceType = ServiceType.CLUSTER_IP, nodePort, loadBalancerClass, loadBalancerSourceRanges } = options;
  const problems: string[] = [];
  if (nodePort !== undefined && serviceType === ServiceType.CLUSTER_IP) {
    problems.push(
      `nodePort is ${nodePort} while serviceType is ClusterIP; allowed is a node port with NodePort or LoadBalancer: give serviceType too`,
    );
  }
  if (nodePort !== undefined && !(Number.isInteger(nodePort) && nodePort >= 30000 && nodePort <= 32767)) {
    problems.push(`nodePort is ${nodePort}; allowed are whole numbers from 30000 to 32767: choose one that no other Service has`);
  }
  for (const [property, value] of Object.entries({ loadBalancerClass, loadBalancerSourceRanges })) {
    if (value !== undefined && serviceType !== ServiceType.LOAD_BALANCER) {
      problems.push(
        `${property} is given while serviceType is ${serviceType}; allowed is it with LoadBalancer: give serviceType too, or leave it out`,
      );
    }
  }
  if (
    loadBalancerClass !== undefined &&
    !/^([a-z0-9.-]{1,253}\/)?[A-Za-z0-9]([\w.-]{0,61}[A-Za-z0-9])?$/.test(loadBalancerClass)
  ) {
    problems.push(
      `loadBalancerClass is ${JSON.stringify(loadBalancerClass)}; allowed is a name with an optional prefix, such as "example.com/internal": correct it`,
    );
  }
  for (const range of loadBalancerSourceRanges ?? []) {
    if (!/^[0-9a-fA-F.:]+\/\d{1,3}$/.test(range)) {
      problems.push(
        `loadBalancerSourceRanges has ${JSON.stringify(range)}; allowed are address ranges such as "192.0.2.0/24": correct it`,
      );
    }
  }
  return problems;
}

/** Lets everybody reach a port: people behind an Ingress, a node port or a load balancer. */
export function expose(component: Component, port: ContainerPort): void {
  component._context._plan.exposed.push({ identity: component._identity, containerPort: port.port });
}

/**
 * Lets pods reach a port that are neither ours nor wired: applications that push.
 * @param namespaces of the callers; undefined = every pod of the cluster
 */
export function admit(component: Component, port: ContainerPort, namespaces: readonly string[] | undefined): void {
  component._context._plan.admissions.push({ identity: component._identity, containerPort: port.port, namespaces });
}

/** Options of metrics that a component offers. */
export interface MetricsDescription {
  /** @default '/metrics' */
  readonly path?: string;
  /** Name of the scrape job. @default - the name of the component without the stack's prefix */
  readonly job?: string;
  /** The metrics carry labels of their own that are kept. @default false */
  readonly honorLabels?: boolean;
  /**
   * How the names of metrics begin that are about the program itself. All others are about applications: they keep their own
   * labels, as with `honorLabels`, while these get the labels of the program's pod.
   * @default - none is distinguished
   */
  readonly ownMetrics?: readonly string[];
  /** Those labels are named `namespace`, `pod`, `container` and `node`, whatever `DataLabels` calls them. @default false */
  readonly kubernetesNames?: boolean;
  /** Served with TLS, by a certificate that the program signs itself. @default false */
  readonly selfSignedTls?: boolean;
  /** The pods have the addresses of their nodes. @default false */
  readonly onNodeAddress?: boolean;
  /** The metrics are about the node; its name becomes the `instance`. @default false */
  readonly aboutNode?: boolean;
  /** How scrapers log in. @default - nobody asks */
  readonly login?: BasicAuthentication;
  /** What offers them, whichever its instance; a `Source` of rules. @default - the job if one is given, else program and part */
  readonly source?: string;
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
    ownMetrics: description.ownMetrics,
    kubernetesNames: description.kubernetesNames ?? false,
    selfSignedTls: description.selfSignedTls,
    onNodeAddress: description.onNodeAddress,
    aboutNode: description.aboutNode,
    login: description.login,
    source: description.source ?? description.job ?? identity.kind,
  });
}
