import { readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Manifest } from '../support/constructs';
import type { ApiServer } from './api-server';
import { readManifests } from './examples';

const DEFINITIONS = resolve(__dirname, '../../imports/crds');

/** Defines the custom resources that examples and stacks may use. */
export async function defineResources(server: ApiServer): Promise<void> {
  for (const definition of readdirSync(DEFINITIONS).flatMap((file) => readManifests(join(DEFINITIONS, file)))) {
    const { status, body } = await server.apply(definition);
    if (status !== 201) {
      throw new Error(`CustomResourceDefinition ${definition.metadata.name}: ${body.message}`);
    }
    await server.served(`${definition.spec.group}/${definition.spec.versions[0].name}`, definition.spec.names.kind);
  }
}

/** Makes the namespaces that the manifests are put into and do not bring along. */
export async function makeForeignNamespaces(server: ApiServer, manifests: Manifest[]): Promise<void> {
  const own = manifests.filter(({ kind }) => kind === 'Namespace').map(({ metadata }) => metadata.name);
  const used = manifests.map(({ metadata }) => metadata.namespace).filter((name) => name !== undefined);
  for (const name of new Set(used.filter((candidate) => !own.includes(candidate)))) {
    await server.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
  }
}

const title = ({ kind, metadata }: Manifest) => `${kind} ${metadata.name}`;

/** Applies the manifests in their order and says what the server refuses or warns of. */
export async function applyAll(server: ApiServer, manifests: Manifest[], options: { dryRun?: boolean } = {}): Promise<string[]> {
  const problems: string[] = [];
  for (const manifest of manifests) {
    const { status, body, warnings } = await server.apply(manifest, options);
    if (status >= 300) {
      problems.push(`${title(manifest)}: ${status} ${body.message}`);
    }
    problems.push(...warnings.map((warning) => `${title(manifest)}: ${warning}`));
  }
  return problems;
}

/** Takes the manifests away again: examples share names, and some fields of theirs cannot be changed. Namespaces stay. */
export async function removeAll(server: ApiServer, manifests: Manifest[]): Promise<void> {
  for (const manifest of manifests.filter(({ kind }) => kind !== 'Namespace')) {
    await server.send('DELETE', await server.path(manifest));
  }
}
