import type { Identity } from '../kubernetes/identity';
import type { BasicAuthentication } from './basic-authentication';
import type { Endpoint } from './endpoint';

/** A connection that a component opens. */
export interface Edge {
  readonly from: Identity;
  readonly to: Endpoint;
}

/** An endpoint where Prometheus finds metrics. */
export interface MetricsEndpoint {
  readonly identity: Identity;
  /** Name of the scrape job. */
  readonly job: string;
  readonly containerPort: number;
  /** Name of the container port, by which the pod's target is chosen. */
  readonly portName: string;
  readonly path: string;
  /** The metrics carry labels of their own (namespace, pod, …) that are kept. */
  readonly honorLabels: boolean;
  /**
   * How the names of metrics begin that are about the program itself and get the labels of its pod. All others keep labels of
   * their own and get none. Undefined where this distinction is not made.
   */
  readonly ownMetrics?: readonly string[];
  /** Those labels have Kubernetes' names and are given those of `DataLabels`. */
  readonly kubernetesNames: boolean;
  /** Served with TLS, by a certificate that the program signs itself at its start. */
  readonly selfSignedTls?: boolean;
  /** The pods have the addresses of their nodes, to which no pod selector applies: scrapers say that they reach the nodes. */
  readonly onNodeAddress?: boolean;
  /** The metrics are about the node: it is what tells instances apart. */
  readonly aboutNode?: boolean;
  /** How scrapers log in. @default - nobody asks */
  readonly login?: BasicAuthentication;
  /** What offers them, whichever its instance, as rules call it: `thanos-query`. @default - the job */
  readonly source?: string;
}

/** What a pod reaches besides other components. */
export interface Reach {
  readonly from: Identity;
  readonly what: 'kubernetes-api' | 'nodes' | 'outside';
  /** Empty = any port. */
  readonly ports: number[];
  /** Address ranges; undefined = every address but the pods'. */
  readonly cidrs: string[] | undefined;
  /** For the warning: what is reached. */
  readonly purpose: string;
}

/** Pods of a namespace that is not ours, which a component reaches by their own addresses. */
export interface NamespaceReach {
  readonly from: Identity;
  /** Undefined = every namespace. */
  readonly namespace: string | undefined;
  /** Empty = any port: pods may name their port themselves. */
  readonly ports: readonly number[];
}

/** Callers that are not ours and that a component expects. */
export interface Admission {
  readonly identity: Identity;
  readonly containerPort: number;
  /** Namespaces of the callers; undefined = every pod of the cluster. */
  readonly namespaces: readonly string[] | undefined;
}

/** A metric that is made from log lines. */
export interface LoggedMetric {
  readonly name: string;
  /** All labels that its series may have, `job`, `instance` and `le` aside. */
  readonly labels: readonly string[];
  /** Upper bounds of a histogram's buckets. */
  readonly buckets: readonly number[] | undefined;
}

/** Something that must exist before the manifests are applied. */
export interface PrerequisiteEntry {
  readonly kind:
    | 'Secret'
    | 'ConfigMap'
    | 'Bucket'
    | 'NodeLabel'
    | 'NodeTaint'
    | 'StorageClass'
    | 'DefaultStorageClass'
    | 'PriorityClass'
    | 'PersistentVolume'
    | 'CustomResourceDefinition'
    | 'CustomObject'
    | 'AgentRole'
    | 'Access'
    | 'Namespace';
  readonly namespace?: string;
  readonly name: string;
  readonly keys?: string[];
  /** Who needs it, or what for. */
  readonly neededBy: string;
}

/** Something that works but that a careful operator wants to know. */
export interface Warning {
  /** By which it is acknowledged. */
  readonly id: string;
  readonly path: string;
  readonly message: string;
}

/**
 * What all components of a context say about themselves while they are constructed. It is read at synth, when nothing is
 * missing any more: policies, scrape jobs and the report of prerequisites come out of it.
 */
export class Plan {
  readonly edges: Edge[] = [];
  readonly metrics: MetricsEndpoint[] = [];
  readonly scrapers: Identity[] = [];
  readonly reaches: Reach[] = [];
  readonly namespaceReaches: NamespaceReach[] = [];
  readonly exposed: { readonly identity: Identity; readonly containerPort: number }[] = [];
  readonly admissions: Admission[] = [];
  readonly prerequisites: PrerequisiteEntry[] = [];
  /** Keys of the Secrets that an object of ours makes, by `<namespace>/<name>`. */
  readonly providedKeys = new Map<string, Set<string>>();
  private readonly warningSources: (() => Warning[])[] = [];
  private readonly logReaders: (() => LoggedMetric[])[] = [];
  private readonly metricsListeners: ((endpoint: MetricsEndpoint) => void)[] = [];

  /** Offers metrics to every scraper, whether it is constructed already or not. */
  offerMetrics(endpoint: MetricsEndpoint): void {
    this.metrics.push(endpoint);
    for (const listener of this.metricsListeners) {
      listener(endpoint);
    }
    this.addSources(endpoint.identity.app, endpoint.source ?? endpoint.identity.kind, endpoint.job);
  }

  /** Tells a scraper of all metrics: those that are offered already and those to come. */
  onMetrics(listener: (endpoint: MetricsEndpoint) => void): void {
    this.metrics.forEach(listener);
    this.metricsListeners.push(listener);
  }

  /** What is scraped, by the names that boards and rules know it by. */
  readonly sources = new Set<string>();
  private readonly sourceListeners: (() => void)[] = [];

  /** Says that something is scraped: a component, or a scrape job by its name. */
  addSources(...names: string[]): void {
    for (const name of names) {
      this.sources.add(name);
    }
    for (const listener of this.sourceListeners) {
      listener();
    }
  }

  /** Tells of everything that is scraped: at once of what is known already, and again whenever more is. */
  onSources(listener: () => void): void {
    this.sourceListeners.push(listener);
    listener();
  }

  /** Registers who makes metrics from log lines, asked at synth. */
  loggedMetricsFrom(reader: () => LoggedMetric[]): void {
    this.logReaders.push(reader);
  }

  get loggedMetrics(): LoggedMetric[] {
    return this.logReaders.flatMap((reader) => reader());
  }

  /** Registers a source of warnings, asked at synth. */
  warnWith(source: () => Warning[]): void {
    this.warningSources.push(source);
  }

  get warnings(): Warning[] {
    return this.warningSources.flatMap((source) => source());
  }
}
