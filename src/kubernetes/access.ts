import type { k8s } from 'cdk8s-plus-28';
import type { Access } from '../settings/access';
import type { Component } from './component';
import { KINDS } from './kubernetes-api';
import { clusterObject, componentObject } from './objects';

/** The service account of a component. No token is mounted unless the pod asks for one. */
export function serviceAccount(component: Component, annotations: { readonly [key: string]: string } = {}): string {
  const { _identity, _options } = component;
  componentObject(
    component,
    'service-account',
    KINDS.ServiceAccount,
    ['automountServiceAccountToken'],
    () => ({ automountServiceAccountToken: false }),
    {
      annotations: { ...annotations, ..._options.serviceAccountAnnotations },
    },
  );
  return _identity.name;
}

const roleRef = (name: string): k8s.RoleRef => ({ apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name });

export const subject = ({ _identity }: Component): k8s.Subject => ({
  kind: 'ServiceAccount',
  name: _identity.name,
  namespace: _identity.namespace,
});

/** Rights on the whole cluster. */
export function clusterRights(component: Component, id: string, rules: readonly k8s.PolicyRule[]): void {
  const name = `${component._identity.clusterName}-${id}`;
  clusterObject(component, `${id}-role`, KINDS.ClusterRole, name, ['rules'], () => ({ rules: [...rules] }));
  clusterObject(component, `${id}-binding`, KINDS.ClusterRoleBinding, name, ['roleRef', 'subjects'], () => ({
    roleRef: roleRef(name),
    subjects: [subject(component)],
  }));
}

/** Gives a component the rights of a ClusterRole that Kubernetes brings. */
export function bindClusterRole(component: Component, id: string, role: string): void {
  clusterObject(
    component,
    `${id}-binding`,
    KINDS.ClusterRoleBinding,
    `${component._identity.clusterName}-${id}`,
    ['roleRef', 'subjects'],
    () => ({ roleRef: roleRef(role), subjects: [subject(component)] }),
  );
}

/** Gives a component the rights of a Role that Kubernetes brings, in the namespace of that Role. */
export function bindRole(component: Component, id: string, role: string, namespace: string): void {
  const binding = () => ({ roleRef: { ...roleRef(role), kind: 'Role' }, subjects: [subject(component)] });
  componentObject(component, `${id}-binding`, KINDS.RoleBinding, ['roleRef', 'subjects'], binding, {
    name: `${component._identity.clusterName}-${id}`,
    namespace,
  });
}

/**
 * Rights on the objects of some namespaces: one ClusterRole, bound by a RoleBinding in each of them, which is the only
 * object that an application's namespace receives. `Access` may choose otherwise.
 * @param mode how, where it is not as `Access` says
 * @returns binds the role in one more namespace, for those that are known later; a namespace is bound once
 */
export function namespaceRights(
  component: Component,
  id: string,
  rules: readonly k8s.PolicyRule[],
  namespaces: readonly string[],
  mode: Access['_mode'] = component._context.access._mode,
): (namespace: string) => void {
  const { _context, _identity } = component;
  const isOurs = (namespace: string) => _context.namespaces._has(namespace);
  const name = `${_identity.clusterName}-${id}`;
  clusterObject(component, `${id}-role`, KINDS.ClusterRole, name, ['rules'], () => ({ rules: [...rules] }));
  const binding = () => ({ roleRef: roleRef(name), subjects: [subject(component)] });
  if (mode === 'cluster') {
    clusterObject(component, `${id}-binding`, KINDS.ClusterRoleBinding, name, ['roleRef', 'subjects'], binding);
    return () => {};
  }
  const bound = new Set<string>();
  const bind = (namespace: string) => {
    if (bound.has(namespace)) {
      return;
    }
    bound.add(namespace);
    if (mode === 'existing' && !isOurs(namespace)) {
      component._require({
        kind: 'Access',
        namespace,
        name: `ClusterRole ${name} for ServiceAccount ${_identity.namespace}/${_identity.name}`,
      });
      return;
    }
    if (!_context.namespaces._makes(namespace)) {
      component._require({ kind: 'Namespace', name: namespace });
    }
    componentObject(component, `${id}-binding-${namespace}`, KINDS.RoleBinding, ['roleRef', 'subjects'], binding, {
      name,
      namespace,
    });
  };
  namespaces.forEach(bind);
  return bind;
}
