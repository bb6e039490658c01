import { ApiObject, type ApiObjectProps, App, type JsonPatch, Lazy } from 'cdk8s';
import type { Construct, IConstruct } from 'constructs';
import type { PodSecurityLevel } from '../settings/namespaces';
import type { Component } from './component';
import { apiValue, KINDS, type Kind } from './kubernetes-api';

interface ObjectName {
  readonly name: string;
  /** Absent for kinds without a namespace. */
  readonly namespace?: string;
  readonly annotations?: { [key: string]: string };
  readonly labels?: { [key: string]: string };
}

const emitted = new WeakMap<IConstruct, Map<string, string[]>>();

/** Notes an object of the app and reports when another has the same kind, namespace and name. */
function registerObject(object: ApiObject, { name, namespace }: ObjectName): void {
  const root = object.node.root;
  const paths = emitted.get(root) ?? new Map<string, string[]>();
  emitted.set(root, paths);
  const key = [object.apiVersion, object.kind, namespace ?? '', name].join(' ');
  const holders = paths.get(key) ?? [];
  paths.set(key, [...holders, object.node.path]);
  object.node.addValidation({
    validate: () => {
      const [first, ...others] = paths.get(key) ?? [];
      return others.includes(object.node.path)
        ? [
            `name is ${JSON.stringify(name)}; allowed is one ${object.kind} of a name${namespace === undefined ? '' : ` in namespace ${namespace}`}, ` +
              `and ${first} has it: give one of the components an \`instance\`, or one of the stacks another name`,
          ]
        : [];
    },
  });
}

/** The resolvers that every app of cdk8s has: lazy values, tokens, unions of number and string. */
const OWN_RESOLVERS = 3;

/** What `sorted` answers with where a value is none of JSON. */
const UNFINISHED = Symbol('unfinished');

/** A value as JSON with its keys in order, without what is undefined; `UNFINISHED` where something must still be resolved. */
function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) {
    return value ?? undefined;
  }
  if (Array.isArray(value)) {
    const items = value.map(sorted);
    return items.includes(UNFINISHED) ? UNFINISHED : items;
  }
  if (value.constructor !== Object) {
    return UNFINISHED;
  }
  const result: Record<string, unknown> = {};
  for (const key of Object.keys(value).sort()) {
    const field = sorted((value as Record<string, unknown>)[key]);
    if (field === UNFINISHED) {
      return UNFINISHED;
    }
    if (field !== undefined) {
      result[key] = field;
    }
  }
  return result;
}

/**
 * An object that hands out its fields as they are. cdk8s asks every resolver about every value, which takes as long as all
 * the rest of a synthesis; here that is done only where there is something to resolve or to patch.
 */
class FinishedObject<Field extends string> extends ApiObject {
  private patched = false;

  constructor(
    scope: Construct,
    id: string,
    props: ApiObjectProps,
    private readonly fields: readonly Field[],
    private readonly produce: (field: Field) => unknown,
  ) {
    super(scope, id, {
      ...props,
      ...Object.fromEntries(fields.map((field) => [field, Lazy.any({ produce: () => produce(field) })])),
    });
  }

  public override addJsonPatch(...operations: JsonPatch[]): void {
    this.patched = true;
    super.addJsonPatch(...operations);
  }

  public override toJson(): unknown {
    if (!this.patched && App.of(this).resolvers.length === OWN_RESOLVERS) {
      const { apiVersion, kind, metadata } = this;
      const fields = sorted(Object.fromEntries(this.fields.map((field) => [field, this.produce(field)])));
      if (fields !== UNFINISHED) {
        return { apiVersion, kind, metadata: metadata.toJson(), ...(fields as object) };
      }
    }
    return super.toJson();
  }
}

/**
 * Emits an object. Its fields are worked out at synth, when the whole graph is known, and typed by the Kubernetes API; it
 * is a plain `ApiObject`, from which nothing is dropped by later patches.
 * @param amend changes a finished field; for what users give as the Kubernetes API has it
 */
export function emitObject<Props>(
  scope: Construct,
  id: string,
  kind: Kind<Props>,
  metadata: ObjectName,
  fields: readonly (keyof Props & string)[],
  produce: () => Props,
  amend: (field: unknown) => unknown = (field) => field,
): ApiObject {
  const object = new FinishedObject(
    scope,
    id,
    { apiVersion: kind.apiVersion, kind: kind.kind, metadata: { ...metadata } },
    fields,
    (field) => amend(apiValue(produce()[field])),
  );
  registerObject(object, metadata);
  return object;
}

/** Labels of a component's objects. */
export function objectLabels(component: Component): Record<string, string> {
  const { _identity, _context } = component;
  return {
    ..._context.commonLabels,
    ..._identity.selector,
    'app.kubernetes.io/part-of': _context.name,
    'app.kubernetes.io/managed-by': 'cdk8s',
  };
}

/** Emits an object of a component, in the component's namespace. */
export function componentObject<Props>(
  component: Component,
  id: string,
  kind: Kind<Props>,
  fields: readonly (keyof Props & string)[],
  produce: () => Props,
  named: { readonly name?: string; readonly annotations?: { [key: string]: string }; readonly namespace?: string } = {},
  amend?: (field: unknown) => unknown,
): ApiObject {
  const { _identity } = component;
  return emitObject(
    component,
    id,
    kind,
    {
      name: named.name ?? _identity.name,
      namespace: named.namespace ?? _identity.namespace,
      labels: objectLabels(component),
      annotations: named.annotations,
    },
    fields,
    produce,
    amend,
  );
}

/** Emits an object of a component that belongs to no namespace. */
export function clusterObject<Props>(
  component: Component,
  id: string,
  kind: Kind<Props>,
  name: string,
  fields: readonly (keyof Props & string)[],
  produce: () => Props,
  labels: { readonly [key: string]: string } = {},
): ApiObject {
  return emitObject(component, id, kind, { name, labels: { ...labels, ...objectLabels(component) } }, fields, produce);
}

/** Order in which objects are applied: what others need comes first. */
const ORDER = [
  'Namespace',
  'ServiceAccount',
  'ClusterRole',
  'ClusterRoleBinding',
  'Role',
  'RoleBinding',
  'NetworkPolicy',
  'ConfigMap',
  'ExternalSecret',
  'Certificate',
  'Service',
  'PodDisruptionBudget',
];

/** Sorts manifests so that namespaces come first, then access, configuration and, at last, workloads. Stable. */
export function inApplyOrder<Manifest extends { readonly kind: string }>(manifests: readonly Manifest[]): Manifest[] {
  const rank = ({ kind }: Manifest) => (ORDER.includes(kind) ? ORDER.indexOf(kind) : ORDER.length);
  return [...manifests].sort((a, b) => rank(a) - rank(b));
}

/** Emits a Namespace with its PodSecurity level. */
export function namespaceObject(
  scope: Construct,
  id: string,
  name: string,
  podSecurity: PodSecurityLevel,
  labels: Record<string, string>,
): void {
  const levels = ['enforce', 'audit', 'warn'].map((mode) => [`pod-security.kubernetes.io/${mode}`, podSecurity]);
  emitObject(scope, id, KINDS.Namespace, { name, labels: { ...labels, ...Object.fromEntries(levels) } }, [], () => ({}));
}
