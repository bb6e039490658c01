/** Names of the labels that metrics and logs share. */
export interface DataLabelsProps {
  /** The cluster. @default 'cluster' */
  readonly cluster?: string;
  /** The environment (prod, staging, …). @default 'env' */
  readonly environment?: string;
  /** The namespace. @default 'namespace' */
  readonly namespace?: string;
  /** The pod. @default 'pod' */
  readonly pod?: string;
  /** The container. @default 'container' */
  readonly container?: string;
  /** The node. @default 'node' */
  readonly node?: string;
  /** The application or service. @default 'app' */
  readonly app?: string;
  /** The replica of Prometheus; exists only outside of it, as external label. @default 'replica' */
  readonly replica?: string;
}

/**
 * The labels that mean the same in metrics and in logs, so that one leads to the other. Renamed here, they are renamed in
 * scrape jobs, log pipelines, rules, dashboards and data source links at once.
 */
export class DataLabels {
  /** The cluster. */
  public readonly cluster: string;
  /** The environment. */
  public readonly environment: string;
  /** The namespace. */
  public readonly namespace: string;
  /** The pod. */
  public readonly pod: string;
  /** The container. */
  public readonly container: string;
  /** The node. */
  public readonly node: string;
  /** The application or service. */
  public readonly app: string;
  /** The replica of Prometheus. */
  public readonly replica: string;

  constructor(props: DataLabelsProps = {}) {
    this.cluster = props.cluster ?? 'cluster';
    this.environment = props.environment ?? 'env';
    this.namespace = props.namespace ?? 'namespace';
    this.pod = props.pod ?? 'pod';
    this.container = props.container ?? 'container';
    this.node = props.node ?? 'node';
    this.app = props.app ?? 'app';
    this.replica = props.replica ?? 'replica';
  }

  /**
   * What is wrong with the names.
   * @internal
   */
  public _problems(): string[] {
    const names = Object.entries(this) as [string, string][];
    const invalid = names
      .filter(([, name]) => !/^[a-zA-Z_][a-zA-Z0-9_]*$/.test(name) || name.startsWith('__'))
      .map(
        ([property, name]) =>
          `dataLabels.${property} is ${JSON.stringify(name)}; allowed are letters, digits and "_", not starting with a digit or "__": rename the label`,
      );
    const twice = names
      .filter(([, name], index) => names.findIndex(([, other]) => other === name) < index)
      .map(([property, name]) => `dataLabels.${property} is "${name}", a name that another label already has: give each its own`);
    return [...invalid, ...twice];
  }
}
