import type { Size } from 'cdk8s';
import type { Cpu } from './cpu';
import type { Placement } from './placement';

/** What a container asks of its node and may use at most. */
export interface ContainerResources {
  /** CPU the scheduler reserves. @default - the component's own */
  readonly cpuRequest?: Cpu;
  /** CPU at which the container is throttled. @default - none, because throttling makes scrapes and queries fail */
  readonly cpuLimit?: Cpu;
  /** Memory the scheduler reserves. @default - the component's own */
  readonly memoryRequest?: Size;
  /** Memory at which the container is killed. @default - the component's own */
  readonly memoryLimit?: Size;
}

/** How a Service is offered. */
export enum ServiceType {
  /** Inside the cluster only. */
  CLUSTER_IP = 'ClusterIP',
  /** On a port of every node. */
  NODE_PORT = 'NodePort',
  /** By the cloud's load balancer. */
  LOAD_BALANCER = 'LoadBalancer',
}

/** Options that every component takes for its workload. Nothing given here is dropped: what does not fit is an error. */
export interface WorkloadOptions {
  /** Resources of the main container. @default - the component's own, stated there with their reason */
  readonly resources?: ContainerResources;
  /** Namespace. @default - by the context's `Namespaces` */
  readonly namespace?: string;
  /** Where the pods run. @default - the context's placement; every node for agents */
  readonly placement?: Placement;
  /** Annotations of the pods. @default - none but the configuration's checksum */
  readonly podAnnotations?: { [key: string]: string };
  /** Labels of the pods, besides the selector's. @default - none */
  readonly podLabels?: { [key: string]: string };
  /** Environment variables of the main container. Values are not secret: see `extraEnvironment`. @default - none */
  readonly environment?: { [name: string]: string };
  /** Further arguments of the main program; a flag that the component sets itself is refused. @default - none */
  readonly extraArgs?: string[];
  /** Further environment entries of the main container, as in the Kubernetes API (`{ name, valueFrom }`). @default - none */
  readonly extraEnvironment?: { [key: string]: unknown }[];
  /** Further volumes of the pod, as in the Kubernetes API. @default - none */
  readonly extraVolumes?: { [key: string]: unknown }[];
  /** Further volume mounts of the main container, as in the Kubernetes API. @default - none */
  readonly extraVolumeMounts?: { [key: string]: unknown }[];
  /** Further containers of the pod, as in the Kubernetes API. @default - none */
  readonly extraContainers?: { [key: string]: unknown }[];
  /** Secrets with registry credentials. @default - the context's */
  readonly imagePullSecrets?: string[];
  /** Priority class of the pods; must exist. @default - the context's */
  readonly priorityClassName?: string;
  /** Topology spread constraints, as in the Kubernetes API; `labelSelector` defaults to the workload's. @default - by host, soft, when replicas > 1 */
  readonly topologySpreadConstraints?: { [key: string]: unknown }[];
  /** Time a pod gets to stop, in seconds. @default - the component's own */
  readonly terminationGracePeriodSeconds?: number;
  /** Annotations of the service account. @default - those of the storage identity */
  readonly serviceAccountAnnotations?: { [key: string]: string };
  /** Annotations of the main Service. @default - none */
  readonly serviceAnnotations?: { [key: string]: string };
}

/** Options of components whose main Service has an address of its own. */
export interface ServiceOptions {
  /** How the main Service is offered. @default ServiceType.CLUSTER_IP */
  readonly serviceType?: ServiceType;
  /**
   * Port of every node that leads to the main port, 30000 to 32767 (the API server's default range). Needs `serviceType`
   * `NODE_PORT` or `LOAD_BALANCER`; a port can be taken once in a cluster.
   * @default - one that the API server chooses
   */
  readonly nodePort?: number;
  /**
   * Which implementation makes the load balancer, e.g. `metallb.io/metallb`. Needs `serviceType` `LOAD_BALANCER`; further
   * settings of clouds are annotations, `serviceAnnotations`.
   * @default - the cluster's own
   */
  readonly loadBalancerClass?: string;
  /**
   * Address ranges that the load balancer lets in. Needs `serviceType` `LOAD_BALANCER`, and a load balancer that knows it.
   * @default - every address
   */
  readonly loadBalancerSourceRanges?: string[];
}
