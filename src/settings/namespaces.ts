/** Names of the two namespaces of a split stack. */
export interface SplitNamespacesProps {
  /** Holds everything that runs under the PodSecurity level `restricted`. @default 'monitoring' */
  readonly main?: string;
  /** Holds the agents that read the node: Alloy tailing files, node-exporter. @default 'monitoring-agents' */
  readonly agents?: string;
}

/** What the pods of a namespace may do: the levels of Kubernetes' PodSecurity admission that the library's components need. */
export enum PodSecurityLevel {
  /** Everything; for agents that read the node, and where people start pods of their own. */
  PRIVILEGED = 'privileged',
  /** Nothing that reaches beyond the pod; enough for all components but those agents. */
  RESTRICTED = 'restricted',
}

/** Which namespaces the stack lives in. */
export class Namespaces {
  /** Two namespaces: `restricted` for all but the agents that read the node, which need `privileged`. */
  public static split(props: SplitNamespacesProps = {}): Namespaces {
    return new Namespaces(props.main ?? 'monitoring', props.agents ?? 'monitoring-agents', true);
  }

  /** One namespace for everything. It enforces `privileged`, because the agents read the node. */
  public static single(name: string): Namespaces {
    return new Namespaces(name, name, true);
  }

  /** As `split`, but the namespaces exist already: no Namespace object is made. */
  public static existing(props: SplitNamespacesProps = {}): Namespaces {
    return new Namespaces(props.main ?? 'monitoring', props.agents ?? props.main ?? 'monitoring', false);
  }

  private constructor(
    /** Namespace of everything but the agents. */
    public readonly main: string,
    /** Namespace of the agents that read the node. */
    public readonly agents: string,
    /** Whether the stack makes the Namespace objects. */
    public readonly owned: boolean,
    private readonly others: readonly (readonly [string, PodSecurityLevel])[] = [],
  ) {}

  /**
   * These and one more that the stack makes, for components that are put there by their option `namespace`. One that exists
   * already needs no mention: it is listed among the prerequisites.
   * @param level what its pods may do; Alloy on the nodes and node-exporter need `PRIVILEGED`
   */
  public and(name: string, level: PodSecurityLevel = PodSecurityLevel.RESTRICTED): Namespaces {
    return new Namespaces(this.main, this.agents, this.owned, [...this.others, [name, level]]);
  }

  /**
   * Namespaces that the stack makes, with what their pods may do.
   * @internal
   */
  public get _made(): ReadonlyMap<string, PodSecurityLevel> {
    const { PRIVILEGED, RESTRICTED } = PodSecurityLevel;
    const own: [string, PodSecurityLevel][] = [
      [this.main, this.main === this.agents ? PRIVILEGED : RESTRICTED],
      [this.agents, PRIVILEGED],
    ];
    return new Map([...(this.owned ? own : []), ...this.others]);
  }

  /**
   * Whether the stack makes a namespace.
   * @internal
   */
  public _makes(name: string): boolean {
    return this._made.has(name);
  }

  /**
   * Whether a namespace is one of the stack's, whoever makes it.
   * @internal
   */
  public _has(name: string): boolean {
    return name === this.main || name === this.agents || this._makes(name);
  }

  /**
   * What is wrong with the names.
   * @internal
   */
  public _problems(): string[] {
    const names: [string, string][] = [
      ['main', this.main],
      ['agents', this.agents],
      ...this.others.map(([name]): [string, string] => ['and', name]),
    ];
    const taken = [...new Set([this.main, this.agents]), ...this.others.map(([name]) => name)];
    return [
      ...names
        .filter(([, name]) => !/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(name))
        .map(
          ([property, name]) =>
            `namespaces.${property} is ${JSON.stringify(name)}; allowed are 1 to 63 lower-case letters, digits and "-": rename the namespace`,
        ),
      ...this.others
        .map(([name]) => name)
        .filter((name, index) => taken.indexOf(name) < taken.length - this.others.length + index)
        .map((name) => `namespaces.and has ${JSON.stringify(name)} twice; allowed is once, main and agents included: remove one`),
    ];
  }
}
