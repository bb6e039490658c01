import { dump, load } from 'js-yaml';
import type { Manifest } from '../support/constructs';

/** A mistake that is made in an example, to see whether it is caught. */
export interface Defect {
  readonly name: string;
  /** File of the example that it is made in. @default - the reference stack */
  readonly example?: string;
  /** Makes it in a copy of the manifests; what the function returns, if anything, takes their place. */
  // biome-ignore lint/suspicious/noConfusingVoidType: most mistakes are made in place
  readonly change: (manifests: Manifest[]) => Manifest[] | void;
  /** Who must notice: a judge, or a container and the question about it that its program answers. */
  readonly caughtBy: string;
}

/** The only object of a kind and name. */
export function object(manifests: Manifest[], kind: string, name: string): Manifest {
  const found = manifests.filter((manifest) => manifest.kind === kind && manifest.metadata.name === name);
  if (found.length === 0) {
    throw new Error(`no ${kind} ${name}`);
  }
  return found[0];
}

const WORKLOAD_KINDS = ['StatefulSet', 'Deployment', 'DaemonSet'];

/** The pod of the workload with that name. */
export function podOf(manifests: Manifest[], workload: string): Manifest {
  const found = manifests.find(({ kind, metadata }) => WORKLOAD_KINDS.includes(kind) && metadata.name === workload);
  if (!found) {
    throw new Error(`no workload ${workload}`);
  }
  return found.spec.template.spec;
}

/** A container, by `workload/container`. */
export function container(manifests: Manifest[], path: string): Manifest {
  const [workload, name] = path.split('/');
  const found = podOf(manifests, workload).containers.find((candidate: Manifest) => candidate.name === name);
  if (!found) {
    throw new Error(`no container ${path}`);
  }
  return found;
}

/** Replaces a text in a file of a ConfigMap, at its first place. */
export function edit(manifests: Manifest[], configMap: string, file: string, from: string, to: string): void {
  const { data } = object(manifests, 'ConfigMap', configMap);
  if (!data[file]?.includes(from)) {
    throw new Error(`no ${from} in ${file} of ${configMap}`);
  }
  data[file] = data[file].replace(from, () => to);
}

/** Changes a YAML file of a ConfigMap. */
export function editYaml(manifests: Manifest[], configMap: string, file: string, change: (content: Manifest) => void): void {
  const { data } = object(manifests, 'ConfigMap', configMap);
  const content = load(data[file]);
  change(content);
  data[file] = dump(content);
}

/** Replaces a text in the arguments of a container. */
export function editArguments(manifests: Manifest[], path: string, from: string, to: string): void {
  const target = container(manifests, path);
  if (!target.args.some((argument: string) => argument.includes(from))) {
    throw new Error(`no ${from} in the arguments of ${path}`);
  }
  target.args = target.args.map((argument: string) => argument.replace(from, to));
}

/** Everything but the objects of that kind and name. */
export function without(manifests: Manifest[], kind: string, name: string): Manifest[] {
  object(manifests, kind, name);
  return manifests.filter((manifest) => manifest.kind !== kind || manifest.metadata.name !== name);
}

/** Removes the entries of a list that fit. */
export function drop(list: Manifest[], fits: (entry: Manifest) => boolean): void {
  const index = list.findIndex(fits);
  if (index < 0) {
    throw new Error('nothing to remove');
  }
  list.splice(index, 1);
}
