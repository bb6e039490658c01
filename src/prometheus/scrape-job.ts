import type { Duration } from 'cdk8s';
import type { Endpoint, EndpointProtocol } from '../settings/endpoint';

/** What all scrape jobs have in common. */
export interface ScrapeOptions {
  /** How often. At least a second. @default - the context's `scrapeInterval` */
  readonly interval?: Duration;
  /** How long a target may take to answer; at most the interval. @default - the scrape timeout of `Prometheus` */
  readonly timeout?: Duration;
  /** Path of the metrics. @default '/metrics' */
  readonly path?: string;
  /**
   * Whether labels of the metrics win over those of the target, as for metrics that are about something else than the
   * program that offers them.
   * @default false - the metrics' own label is kept as `exported_<name>`
   */
  readonly honorLabels?: boolean;
  /** Samples of one scrape; a target with more is treated as failed, so that one faulty program cannot fill Prometheus. @default - no limit */
  readonly sampleLimit?: number;
  /** Further labels of all targets. They win over what discovery finds, e.g. to name the `app` of pods without labels. @default - none */
  readonly labels?: { [name: string]: string };
  /**
   * Further settings of the job as Prometheus' `scrape_config` has them, e.g. `metric_relabel_configs` or `basic_auth` with
   * a `password_file`. Objects are merged, lists appended, other values replaced; unknown keys are errors.
   * @default - none
   */
  readonly extraConfig?: { [key: string]: unknown };
}

/** Options of `ScrapeJob.pods`. */
export interface PodScrapeOptions extends ScrapeOptions {
  /** Namespaces of the pods, at least one. */
  readonly namespaces: string[];
  /** Name of the job: the label `job`. Must differ between the jobs of one Prometheus. @default 'pods' */
  readonly jobName?: string;
  /** Labels that the pods carry. @default - all pods of the namespaces */
  readonly podLabels?: { [key: string]: string };
  /**
   * Name of the container port with the metrics. Pods then need no annotation.
   * @default - neither name nor number: pods with the annotation `prometheus.io/scrape: "true"`
   */
  readonly portName?: string;
  /** Number of the container port with the metrics; the pod must declare it. Pods then need no annotation. @default - as for `portName` */
  readonly portNumber?: number;
  /** `EndpointProtocol.HTTP` or `EndpointProtocol.HTTPS`. @default EndpointProtocol.HTTP, or as the annotation says */
  readonly protocol?: EndpointProtocol;
}

/** Options of `ScrapeJob.endpoints`. */
export interface EndpointScrapeOptions extends ScrapeOptions {
  /** Name of the job: the label `job`. Must differ between the jobs of one Prometheus. */
  readonly jobName: string;
  /** The targets. Endpoints with SRV records are found anew all the time, others stay. */
  readonly endpoints: Endpoint[];
}

/** Something that Prometheus collects metrics from. */
export class ScrapeJob {
  /**
   * The pods of some namespaces, without any object or setting of theirs: either those with a certain port, or those with
   * the annotation `prometheus.io/scrape: "true"`. The annotations `prometheus.io/path`, `prometheus.io/scheme` and
   * `prometheus.io/port` are followed; without the last one, every port that a container declares is a target.
   *
   * Targets have the labels of `DataLabels`. Only a port that comes from the annotation says nothing about the container: a
   * pod is then one target, without the label `container`.
   *
   * Needs the right to list and watch pods there, see `Access`. A NetworkPolicy of the namespace must let Prometheus in.
   */
  public static pods(options: PodScrapeOptions): ScrapeJob {
    return new ScrapeJob({ kind: 'pods', ...options });
  }

  /** Fixed addresses, inside or outside of the cluster. */
  public static endpoints(options: EndpointScrapeOptions): ScrapeJob {
    return new ScrapeJob({ kind: 'endpoints', ...options });
  }

  private constructor(
    /**
     * What is scraped.
     * @internal
     */
    public readonly _description: ScrapeDescription,
  ) {}

  /** Name of the job: the label `job`. */
  public get jobName(): string {
    return this._description.jobName ?? 'pods';
  }
}

/**
 * The variants of a scrape job.
 * @internal
 */
export type ScrapeDescription =
  | ({ readonly kind: 'pods' } & PodScrapeOptions)
  | ({ readonly kind: 'endpoints' } & EndpointScrapeOptions);
