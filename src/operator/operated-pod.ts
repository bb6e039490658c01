/** Objects of the Kubernetes API as it has them, such as users give them. */
interface Raw {
  readonly [key: string]: unknown;
}

interface RawContainer extends Raw {
  readonly name: string;
  readonly image?: string;
  readonly args?: readonly string[];
  readonly env?: readonly Raw[];
  readonly volumeMounts?: readonly Raw[];
  readonly resources?: Raw;
}

/** A finished pod template. */
export interface FinishedTemplate {
  readonly metadata: {
    readonly labels: { readonly [key: string]: string };
    readonly annotations: { readonly [key: string]: string };
  };
  readonly spec: Raw & { readonly containers: readonly [RawContainer, ...RawContainer[]]; readonly volumes?: readonly Raw[] };
}

/** What the operator's kinds say about pods: the same fields in each. Source: prometheus-operator, pkg/apis/monitoring/v1, v0.93. */
export interface OperatedPodFields {
  readonly podMetadata: { readonly labels: object; readonly annotations?: object };
  readonly image: string | undefined;
  readonly imagePullPolicy: unknown;
  readonly imagePullSecrets: unknown;
  readonly resources: object | undefined;
  readonly additionalArgs: readonly { readonly name: string; readonly value?: string }[] | undefined;
  readonly containers: readonly object[] | undefined;
  readonly volumes: readonly object[] | undefined;
  readonly volumeMounts: readonly object[] | undefined;
  readonly nodeSelector: unknown;
  readonly affinity: unknown;
  readonly tolerations: unknown;
  readonly topologySpreadConstraints: unknown;
  readonly priorityClassName: unknown;
  readonly terminationGracePeriodSeconds: unknown;
  readonly securityContext: unknown;
}

const present = <Item>(items: readonly Item[] | undefined) => (items && items.length > 0 ? items : undefined);

/** `--name=value` as the operator takes it. */
function argument(text: string): { name: string; value?: string } {
  const [, name, value] = /^-{0,2}([^=]+)(?:=(.*))?$/s.exec(text) ?? ['', text, text];
  return value === undefined ? { name } : { name, value };
}

/**
 * The pod as one of the operator's objects says it. The operator writes the main container itself, with probes, ports and its own
 * arguments: it is told what differs, and merges `containers` by their names.
 */
export function operatedPodFields({ metadata, spec }: FinishedTemplate): OperatedPodFields {
  const [main, ...others] = spec.containers;
  const { 'kubectl.kubernetes.io/default-container': _, ...annotations } = metadata.annotations;
  const environment = present(main.env);
  return {
    podMetadata: { labels: metadata.labels, ...(Object.keys(annotations).length > 0 && { annotations }) },
    image: main.image,
    imagePullPolicy: main.imagePullPolicy,
    imagePullSecrets: spec.imagePullSecrets,
    resources: main.resources,
    additionalArgs: present(main.args?.map(argument)),
    containers: present([...(environment ? [{ name: main.name, env: environment }] : []), ...others]),
    volumes: present(spec.volumes),
    volumeMounts: present(main.volumeMounts),
    nodeSelector: spec.nodeSelector,
    affinity: spec.affinity,
    tolerations: spec.tolerations,
    topologySpreadConstraints: spec.topologySpreadConstraints,
    priorityClassName: spec.priorityClassName,
    terminationGracePeriodSeconds: spec.terminationGracePeriodSeconds,
    securityContext: spec.securityContext,
  };
}
