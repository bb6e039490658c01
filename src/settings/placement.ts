/** What a taint does to pods that do not tolerate it. */
export enum TaintEffect {
  /** New pods are not scheduled. */
  NO_SCHEDULE = 'NoSchedule',
  /** New pods are not scheduled, running ones are evicted. */
  NO_EXECUTE = 'NoExecute',
  /** New pods are scheduled elsewhere if possible. */
  PREFER_NO_SCHEDULE = 'PreferNoSchedule',
}

/** A taint that dedicated nodes carry. */
export interface NodeTaint {
  /** Key, e.g. `role`. */
  readonly key: string;
  /** Value, e.g. `monitoring`. */
  readonly value: string;
  /** Effect. @default TaintEffect.NO_SCHEDULE */
  readonly effect?: TaintEffect;
}

/** A label that nodes carry. */
export interface NodeLabel {
  /** Key. */
  readonly key: string;
  /** Value. */
  readonly value: string;
}

/** Nodes that are kept for monitoring. */
export interface DedicatedPlacementOptions {
  /** The taint that keeps other pods away. */
  readonly taint: NodeTaint;
  /** The label that pulls our pods there; the nodes must carry it. @default - key and value of the taint */
  readonly nodeLabel?: NodeLabel;
}

/**
 * Where pods run. A toleration alone only permits a node and a label alone only attracts to it, so dedicated nodes get
 * both. Agents that must run on every node (DaemonSets) take no part in this: they tolerate everything.
 */
export class Placement {
  /** On any node without a taint. */
  public static anywhere(): Placement {
    return new Placement(undefined, undefined);
  }

  /** Only on nodes with the given taint and label. */
  public static dedicated(options: DedicatedPlacementOptions): Placement {
    return new Placement(options.taint, options.nodeLabel ?? { key: options.taint.key, value: options.taint.value });
  }

  /** On nodes with a label, no taint involved. */
  public static labelled(nodeLabel: NodeLabel): Placement {
    return new Placement(undefined, nodeLabel);
  }

  private constructor(
    /** The taint to tolerate. */
    public readonly taint: NodeTaint | undefined,
    /** The label to require. */
    public readonly nodeLabel: NodeLabel | undefined,
  ) {}
}
