import type { IConstruct } from 'constructs';

/** Notes who in an app uses what, so that the users of one thing can be compared at synth. */
export class UsageRegister<Use extends { readonly user: IConstruct }> {
  private readonly apps = new WeakMap<IConstruct, Map<string, Use[]>>();

  /** Notes a use of what the key names. */
  add(key: string, use: Use): void {
    const { root } = use.user.node;
    const uses = this.apps.get(root) ?? new Map<string, Use[]>();
    this.apps.set(root, uses.set(key, [...(uses.get(key) ?? []), use]));
  }

  /** All uses in the app of a construct, in the order of construction. */
  usesOf(key: string, app: IConstruct): readonly Use[] {
    return this.apps.get(app.node.root)?.get(key) ?? [];
  }
}
