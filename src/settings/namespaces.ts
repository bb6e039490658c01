/** Names of the two namespaces of a split stack. */
export interface SplitNamespacesProps {
  /** Holds everything that runs under the PodSecurity level `restricted`. @default 'monitoring' */
  readonly main?: string;
  /** Holds the agents that read the node: Alloy tailing files, node-exporter. @default 'monitoring-agents' */
  readonly agents?: string;
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
  ) {}
}
