/** What a component is called. Neither the construct tree nor a hash has a part in it, so moving a construct renames nothing. */
export interface IdentityProps {
  /** Name of the stack. */
  readonly stack: string;
  /** Put before object names; empty or ending in "-". */
  readonly prefix: string;
  readonly namespace: string;
  /** The program: `thanos`. */
  readonly app: string;
  /** The part it plays: `query`. */
  readonly component: string;
  /** Tells several of a kind apart. */
  readonly instance?: string;
}

export class Identity {
  readonly stack: string;
  readonly namespace: string;
  readonly app: string;
  readonly component: string;
  /** The program and the part it plays, whichever its instance: `thanos-query`. */
  readonly kind: string;
  /** Name of the objects. */
  readonly name: string;
  /** Name of objects that are not in a namespace; always has the stack's name. */
  readonly clusterName: string;

  constructor(props: IdentityProps) {
    const parts = props.component === props.app ? [props.app] : [props.app, props.component];
    const suffix = [...parts, ...(props.instance === undefined ? [] : [props.instance])].join('-');
    this.stack = props.stack;
    this.namespace = props.namespace;
    this.app = props.app;
    this.kind = parts.join('-');
    this.component = props.instance === undefined ? props.component : `${props.component}-${props.instance}`;
    this.name = `${props.prefix}${suffix}`;
    this.clusterName = `${props.stack}-${suffix}`;
  }

  /** Labels that select the pods: never changed, because selectors are immutable. */
  get selector(): Record<string, string> {
    return {
      'app.kubernetes.io/name': this.app,
      'app.kubernetes.io/instance': this.stack,
      'app.kubernetes.io/component': this.component,
    };
  }
}
