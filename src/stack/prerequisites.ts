import type { PrerequisiteEntry } from '../settings/plan';

/** Something that must exist before the manifests are applied. */
export interface Prerequisite {
  /** What it is: `Secret`, `Bucket`, `NodeLabel`, `NodeTaint`, `StorageClass`, `DefaultStorageClass`, `PriorityClass`, `Access`, … */
  readonly kind: string;
  /** Its namespace, if it has one. */
  readonly namespace?: string;
  /** Its name; for node labels and taints the whole of it. */
  readonly name: string;
  /** Keys of a Secret or ConfigMap; prefix inside a bucket; claims of a volume. */
  readonly keys: string[];
  /** Components that need it. */
  readonly neededBy: string[];
}

const HOW: Record<PrerequisiteEntry['kind'], string> = {
  Secret: 'Secrets, with these keys',
  ConfigMap: 'ConfigMaps',
  Bucket: 'Buckets, without any lifecycle rule that deletes objects (only Thanos and Loki know what may go)',
  NodeLabel: 'Labels of the dedicated nodes (`kubectl label node <node> <label>`)',
  NodeTaint: 'Taints of the dedicated nodes (`kubectl taint node <node> <taint>`)',
  StorageClass: 'Storage classes',
  DefaultStorageClass:
    'Default storage class (annotation `storageclass.kubernetes.io/is-default-class`), for volumes whose class is not named',
  PriorityClass: 'Priority classes',
  PersistentVolume:
    'Persistent volumes, reserved for these claims (`claimRef`), which others of their class could take otherwise',
  CustomResourceDefinition: 'Custom resource definitions',
  CustomObject: 'Objects of these definitions',
  AgentRole:
    'Roles of the Kubernetes authentication of OpenBao or Vault, beside its agent injector: for the service accounts of these components, with leave to read these keys',
  Access: 'Role bindings that somebody else makes',
  Namespace: 'Namespaces',
};

const sorted = (values: Iterable<string>) => [...new Set(values)].sort();

/** Cells may hold any text; a bar would end them. */
const cell = (text: string) => text.replaceAll('\\', '\\\\').replaceAll('|', '\\|').replaceAll('\n', ' ');

const code = (text: string) => (text === '' ? '' : `\`${cell(text)}\``);

/** What must exist before the manifests are applied. */
export class Prerequisites {
  /**
   * Merges what the components said.
   * @internal
   */
  public static _of(entries: readonly PrerequisiteEntry[]): Prerequisites {
    const groups = new Map<string, PrerequisiteEntry[]>();
    for (const entry of entries) {
      const key = JSON.stringify([entry.kind, entry.namespace ?? '', entry.name]);
      groups.set(key, [...(groups.get(key) ?? []), entry]);
    }
    const items = [...groups.entries()]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([, group]) => ({
        kind: group[0].kind,
        namespace: group[0].namespace,
        name: group[0].name,
        keys: sorted(group.flatMap(({ keys }) => keys ?? [])),
        neededBy: sorted(group.map(({ neededBy }) => neededBy)),
      }));
    return new Prerequisites(items);
  }

  private constructor(
    /** Each thing once, ordered by kind, namespace and name. */
    public readonly items: Prerequisite[],
  ) {}

  /** As a page for whoever prepares the cluster. */
  public toMarkdown(): string {
    const sections = (Object.keys(HOW) as PrerequisiteEntry['kind'][]).flatMap((kind) => {
      const items = this.items.filter((item) => item.kind === kind);
      const rows = items.map(
        ({ namespace, name, keys, neededBy }) =>
          `| ${code(namespace ?? '')} | ${code(name)} | ${keys.map(code).join(', ')} | ${neededBy.map(code).join(', ')} |`,
      );
      return items.length === 0
        ? []
        : [`## ${HOW[kind]}`, ['| namespace | name | keys | needed by |', '|---|---|---|---|', ...rows].join('\n')];
    });
    return `${['# Before you apply', 'These must exist; the manifests do not make them.', ...sections].join('\n\n')}\n`;
  }
}
