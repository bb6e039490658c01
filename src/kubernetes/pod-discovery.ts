/** A label of discovery about a pod; what cannot be in a label's name has become "_". */
export const podMeta = (...parts: readonly string[]) =>
  ['__meta_kubernetes_pod', ...parts].join('_').replace(/[^a-zA-Z0-9_]/g, '_');

/** Where the name of an application comes from: labels of discovery, joined by ";", and what of them is the name. */
export interface ApplicationSource {
  readonly sources: readonly string[];
  readonly regex: string;
}

const kind = podMeta('controller_kind');
const controller = podMeta('controller_name');
const name = podMeta('name');

/**
 * What an application is called, in metrics and in logs alike, so that one leads to the other: the pod's label
 * `app.kubernetes.io/name`, else its label `app`, else its controller, else the pod. As relabelling applies it: each source
 * that matches overwrites the one before, so the best comes last.
 */
export const APPLICATION_SOURCES: readonly ApplicationSource[] = [
  { sources: [name], regex: '(.*)' },
  { sources: [controller], regex: '(.+)' },
  // The "controller" of a static pod is its node.
  { sources: [kind, name], regex: 'Node;(.+)' },
  { sources: [kind, podMeta('labelpresent', 'pod-template-hash'), controller], regex: 'ReplicaSet;true;(.+)-[^-]+' },
  { sources: [kind, controller], regex: 'Job;(.+)-[0-9]{8,}' },
  { sources: [podMeta('label', 'app')], regex: '(.+)' },
  { sources: [podMeta('label', 'app.kubernetes.io/name')], regex: '(.+)' },
];
