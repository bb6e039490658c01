import type { Duration, Size } from 'cdk8s';
import type { IngressOptions } from '../kubernetes/ingress-options';
import type { PodExtension } from '../kubernetes/pod-extension';
import type { WebAuthentication } from '../kubernetes/web-authentication';
import type { Alerts } from '../rules/alerts';
import type { Objective } from '../rules/objective';
import type { Endpoint } from '../settings/endpoint';
import type { Retention } from '../settings/retention';
import type { VolumeOptions } from '../settings/volume-options';
import type { ServiceOptions, WorkloadOptions } from '../settings/workload-options';
import type { KubernetesMetrics } from './kubernetes-metrics';
import type { QueryLimits } from './query-limits';
import type { ScrapeJob } from './scrape-job';

/** Properties of `Prometheus`. */
export interface PrometheusProps extends WorkloadOptions, VolumeOptions, ServiceOptions {
  /** What is scraped besides Kubernetes and the components of the stack. @default - nothing */
  readonly scrape?: ScrapeJob[];
  /** Tells several of one stack apart; part of its name. @default - none */
  readonly instance?: string;
  /**
   * Volume of each replica. Disk needed: samples per second × retention in seconds × 1.5 bytes.
   * @default Size.gibibytes(50) - about 30 days of 10,000 samples per second (300,000 series every 30 s)
   */
  readonly volume?: Size;
  /**
   * How long samples are kept here, in whole hours; at least 2, and at least 6 if blocks are uploaded. `Retention.forever()`
   * leaves deletion to `retentionSize`.
   * @default Retention.days(15)
   */
  readonly retention?: Retention;
  /** Space that samples may take, whichever limit is reached first; at most 85 % of the volume. @default - 80 % of the volume */
  readonly retentionSize?: Size;
  /**
   * Servers that all collect the same. Each has its own external label `replica`, by which Thanos Query recognizes doubles.
   * The Service leads to any of them, so without Thanos boards show one or the other.
   * @default 1
   */
  readonly replicas?: number;
  /**
   * Labels of everything that leaves this Prometheus (alerts, uploads, remote writes), besides cluster, environment and
   * replica. Changing one later starts new series in the object storage.
   * @default - none
   */
  readonly externalLabels?: { [name: string]: string };
  /** How long a target may take to answer, unless its job says otherwise. @default - 10 s, or the scrape interval if that is shorter */
  readonly scrapeTimeout?: Duration;
  /** How often rules are evaluated. @default - the context's `scrapeInterval` */
  readonly evaluationInterval?: Duration;
  /** What is collected from the kubelets. @default - kubelet and cAdvisor metrics of all namespaces */
  readonly kubernetes?: KubernetesMetrics;
  /** What runs beside Prometheus in its pods, such as the Thanos sidecar. @default - nothing */
  readonly extensions?: PodExtension[];
  /**
   * ConfigMaps with rules that others own, in the namespace of Prometheus; their files that end in `.yaml` or `.yml` are
   * read, and read again when they change. They must exist before the pods start.
   * @default - none
   */
  readonly ruleFiles?: string[];
  /**
   * Which of the library's rules are evaluated, and rules of your own. They are read again when they change, without a restart.
   * @default new Alerts() - the library's rules for Kubernetes and for each component whose metrics are collected
   */
  readonly alerts?: Alerts;
  /**
   * Service level objectives, each with recording rules, alerts and a place on the dashboard *Objectives*.
   * @default - none but those that `alerts` are given
   */
  readonly objectives?: Objective[];
  /** Where alerts are sent to. Give each Alertmanager, or one endpoint with SRV records, never a load balancer. @default - nowhere */
  readonly alertmanagers?: Endpoint[];
  /** Ingress; needs a choice of `authentication`, because Prometheus has no accounts. @default - none */
  readonly ingress?: IngressOptions;
  /**
   * Who asks people for their name before they read everything.
   * @default - nobody; beside an Ingress that is an error unless the warning `prometheus-without-login` is acknowledged
   */
  readonly authentication?: WebAuthentication;
  /** Address for people, without path; links in alerts start with it. @default - that of the Ingress, else none */
  readonly externalUrl?: string;
  /** Whether others may write samples by remote write. @default - if something of the stack does, as the agent for monitors */
  readonly remoteWriteReceiver?: boolean;
  /**
   * Whether exemplars are kept: trace ids beside samples, by which Grafana leads from a metric to a trace. 100000 of them, some 10 MB.
   * @default - if the stack keeps traces
   */
  readonly exemplarStorage?: boolean;
  /** Limits of a query. @default - Prometheus' own */
  readonly query?: QueryLimits;
  /**
   * Further settings of the configuration file, e.g. `remote_write`. Objects are merged, lists appended, other values
   * replaced. Unknown keys at the top and in `global` are errors.
   * @default - none
   */
  readonly extraConfig?: { [key: string]: unknown };
}
