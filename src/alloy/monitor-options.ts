import type { Endpoint } from '../settings/endpoint';

/** Kinds of objects by which teams say what is to be scraped, as the Prometheus Operator defines them. */
export enum MonitorKind {
  /** Pods behind Services. */
  SERVICE_MONITOR = 'servicemonitors',
  /** Pods. */
  POD_MONITOR = 'podmonitors',
  /** Addresses and Ingresses that a prober, such as the blackbox exporter, tries. */
  PROBE = 'probes',
}

/** Which monitors are honoured. */
export interface MonitorOptions {
  /**
   * Kinds. Their definitions (CRDs) must exist when the agent starts: one that comes later needs a restart.
   * @default - ServiceMonitors, PodMonitors and Probes
   */
  readonly kinds?: MonitorKind[];
  /**
   * Namespaces whose monitors are honoured, with targets in these namespaces only: a `namespaceSelector` that names others, or
   * `any: true`, is refused by the API server then. Targets on the network of their node are out of reach, too.
   * @default - monitors and targets of every namespace, by rights on the whole cluster
   */
  readonly namespaces?: string[];
  /** Labels that a monitor must have, such as `release: prometheus`. @default - any */
  readonly labels?: { [key: string]: string };
  /**
   * Namespaces where the agent may read Secrets and ConfigMaps, all of them, because monitors there refer to some (passwords, tokens,
   * certificates). A monitor that refers to one elsewhere is not scraped, and the agent logs why.
   * @default - none
   */
  readonly secretNamespaces?: string[];
  /** Samples that a scrape may give where its monitor says nothing; one with more counts as failed. @default - any number */
  readonly sampleLimit?: number;
}

/** Monitors, and where their samples go. */
export interface MonitorsSourceProps extends MonitorOptions {
  /** Who is written to, each of them everything: `prometheus.acceptRemoteWrites()`, or an endpoint of another Prometheus. */
  readonly write: Endpoint[];
}
