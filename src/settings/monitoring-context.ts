import { Chart, Duration } from 'cdk8s';
import type { Construct } from 'constructs';
import { Identity } from '../kubernetes/identity';
import { Access } from './access';
import { Cluster } from './cluster';
import { DataLabels } from './data-labels';
import { Images } from './images';
import { Namespaces } from './namespaces';
import { Placement } from './placement';
import { Plan } from './plan';
import { SecretSource } from './secret-source';

/** The surroundings that components share. */
export interface MonitoringContextProps {
  /** Name of the stack: the label `app.kubernetes.io/instance` and part of all names. @default 'monitoring' */
  readonly name?: string;
  /** Put before the names of objects; may be empty where no other stack lives in the namespace. @default - `<name>-` */
  readonly namePrefix?: string;
  /** The cluster. @default - a generic cluster with the name of the stack */
  readonly cluster?: Cluster;
  /** Where pods run. @default Placement.anywhere() */
  readonly placement?: Placement;
  /** Images, mirror, digests. @default - the table of the library */
  readonly images?: Images;
  /** Names of the labels on metrics and logs. @default - see `DataLabelsProps` */
  readonly dataLabels?: DataLabels;
  /** Namespaces of the components. @default - the chart's namespace if it has one, else `Namespaces.split()` */
  readonly namespaces?: Namespaces;
  /** How rights on the applications' namespaces are granted. @default Access.perNamespace() */
  readonly access?: Access;
  /** How the Secrets come about that components read. @default SecretSource.existing() */
  readonly secrets?: SecretSource;
  /** Whether NetworkPolicies are derived from the wiring. @default true */
  readonly networkPolicies?: boolean;
  /** Labels of all objects and pods. @default - none but `app.kubernetes.io/*` */
  readonly commonLabels?: { [key: string]: string };
  /** Priority class of all pods; must exist. @default - none */
  readonly priorityClassName?: string;
  /** How often metrics are collected. @default Duration.seconds(30) */
  readonly scrapeInterval?: Duration;
  /** Ids of warnings that are known and accepted. @default - none */
  readonly acknowledgedWarnings?: string[];
}

const contexts = new WeakMap<Construct, MonitoringContext>();

/**
 * What a component needs of its surroundings. A `MonitoringStack` makes one; a component that stands alone in a chart uses
 * the one attached there, or documented defaults.
 */
export class MonitoringContext {
  /** The context of a construct: attached to it or to one of its parents; else defaults are attached to its chart. */
  public static of(scope: Construct): MonitoringContext {
    for (const candidate of [...scope.node.scopes].reverse()) {
      const context = contexts.get(candidate);
      if (context) {
        return context;
      }
    }
    const chart = Chart.of(scope);
    return new MonitoringContext(
      chart,
      chart.namespace === undefined ? {} : { namespaces: Namespaces.existing({ main: chart.namespace }) },
    );
  }

  /** Name of the stack. */
  public readonly name: string;
  /** Put before the names of objects. */
  public readonly namePrefix: string;
  /** The cluster. */
  public readonly cluster: Cluster;
  /** Where pods run. */
  public readonly placement: Placement;
  /** Images, mirror, digests. */
  public readonly images: Images;
  /** Names of the labels on metrics and logs. */
  public readonly dataLabels: DataLabels;
  /** Namespaces of the components. */
  public readonly namespaces: Namespaces;
  /** How rights on the applications' namespaces are granted. */
  public readonly access: Access;
  /** How the Secrets come about that components read. */
  public readonly secrets: SecretSource;
  /** Whether NetworkPolicies are derived. */
  public readonly networkPolicies: boolean;
  /** Labels of all objects and pods. */
  public readonly commonLabels: { [key: string]: string };
  /** Priority class of all pods. */
  public readonly priorityClassName: string | undefined;
  /** How often metrics are collected. */
  public readonly scrapeInterval: Duration;
  /** Ids of warnings that are known and accepted. */
  public readonly acknowledgedWarnings: string[];
  /**
   * What the components say about themselves.
   * @internal
   */
  public readonly _plan = new Plan();

  /**
   * @param scope the chart or construct whose components share this context
   */
  constructor(scope: Construct, props: MonitoringContextProps = {}) {
    this.name = props.name ?? 'monitoring';
    this.namePrefix = props.namePrefix ?? `${this.name}-`;
    this.cluster = props.cluster ?? Cluster.generic({ name: this.name });
    this.placement = props.placement ?? Placement.anywhere();
    this.images = props.images ?? new Images();
    this.dataLabels = props.dataLabels ?? new DataLabels();
    this.namespaces = props.namespaces ?? Namespaces.split();
    this.access = props.access ?? Access.perNamespace();
    this.secrets = props.secrets ?? SecretSource.existing();
    this.networkPolicies = props.networkPolicies ?? true;
    this.commonLabels = props.commonLabels ?? {};
    this.priorityClassName = props.priorityClassName;
    this.scrapeInterval = props.scrapeInterval ?? Duration.seconds(30);
    this.acknowledgedWarnings = props.acknowledgedWarnings ?? [];
    contexts.set(scope, this);
    scope.node.addValidation({ validate: () => this.problems() });
  }

  /** Warnings that nobody has acknowledged, as `[path] id: message`. Complete once everything is constructed. */
  public get warnings(): string[] {
    return this._plan.warnings
      .filter((warning) => !this.acknowledgedWarnings.includes(warning.id))
      .map((warning) => `[${warning.path}] ${warning.id}: ${warning.message}`);
  }

  /**
   * Name and labels of a component.
   * @internal
   */
  public _identity(namespace: string, app: string, component: string, instance: string | undefined): Identity {
    return new Identity({ stack: this.name, prefix: this.namePrefix, namespace, app, component, instance });
  }

  private problems(): string[] {
    const problems = [
      ...this.cluster._problems(),
      ...this.images._problems(),
      ...this.dataLabels._problems(),
      ...this.secrets._problems(),
    ];
    if (!/^[a-z]([a-z0-9-]{0,28}[a-z0-9])?$/.test(this.name)) {
      problems.push(
        `name is ${JSON.stringify(this.name)}; allowed are 1 to 30 lower-case letters, digits and "-", starting with a letter: choose another name`,
      );
    }
    if (this.namePrefix !== '' && !/^[a-z][a-z0-9-]{0,29}-$/.test(this.namePrefix)) {
      problems.push(
        `namePrefix is ${JSON.stringify(this.namePrefix)}; allowed is "" or up to 31 lower-case letters, digits and "-", ending in "-": correct it`,
      );
    }
    problems.push(...this.namespaces._problems());
    for (const [key, value] of Object.entries(this.commonLabels)) {
      if (
        key.startsWith('app.kubernetes.io/') ||
        !/^([a-z0-9.-]+\/)?[\w.-]{1,63}$/i.test(key) ||
        !/^([\w]([\w.-]{0,61}[\w])?)?$/.test(value)
      ) {
        problems.push(
          `commonLabels has ${JSON.stringify(key)}: ${JSON.stringify(value)}; allowed are Kubernetes labels outside "app.kubernetes.io/": correct key or value`,
        );
      }
    }
    if (this.scrapeInterval.toMilliseconds() < 1000) {
      problems.push(`scrapeInterval is ${this.scrapeInterval.toMilliseconds()} ms; allowed is at least 1 s: raise it`);
    }
    return problems;
  }
}
