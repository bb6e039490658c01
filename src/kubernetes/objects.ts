import { ApiObject, type GroupVersionKind, Lazy } from 'cdk8s';
import { k8s } from 'cdk8s-plus-28';
import type { Construct, IConstruct } from 'constructs';
import type { Component } from './component';

/** A kind of Kubernetes object, as the typed classes of cdk8s-plus describe it. */
interface Kind<Props> {
  readonly GVK: GroupVersionKind;
  manifest(props?: Props): { readonly [field: string]: unknown };
}

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
  const lazyFields = fields.map((field) => [field, Lazy.any({ produce: () => amend(kind.manifest(produce())[field]) })]);
  const object = new ApiObject(scope, id, {
    apiVersion: kind.GVK.apiVersion,
    kind: kind.GVK.kind,
    metadata: { ...metadata },
    ...Object.fromEntries(lazyFields),
  });
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
): ApiObject {
  return emitObject(component, id, kind, { name, labels: objectLabels(component) }, fields, produce);
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
  podSecurity: 'restricted' | 'privileged',
  labels: Record<string, string>,
): void {
  const levels = ['enforce', 'audit', 'warn'].map((mode) => [`pod-security.kubernetes.io/${mode}`, podSecurity]);
  emitObject(scope, id, k8s.KubeNamespace, { name, labels: { ...labels, ...Object.fromEntries(levels) } }, [], () => ({}));
}
