import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { loadAll } from 'js-yaml';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Manifest } from '../support/constructs';
import { ApiServer } from './api-server';
import { findProgram } from './programs';

const DIST = resolve(__dirname, '../../dist');
const DEFINITIONS = resolve(__dirname, '../../imports/crds');

const etcd = findProgram('etcd');
const apiServer = findProgram('kube-apiserver');

const manifestsOf = (file: string) => loadAll(readFileSync(file, 'utf8')) as Manifest[];
const examples = readdirSync(DIST, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.yaml'));

describe.skipIf(etcd === undefined || apiServer === undefined)('a real API server', () => {
  let server: ApiServer;

  beforeAll(async () => {
    server = await ApiServer.start({ etcd: String(etcd), apiServer: String(apiServer) });
    for (const definition of readdirSync(DEFINITIONS).flatMap((file) => manifestsOf(join(DEFINITIONS, file)))) {
      expect((await server.apply(definition)).status).toBe(201);
      await server.served(`${definition.spec.group}/${definition.spec.versions[0].name}`, definition.spec.names.kind);
    }
  });
  afterAll(() => server?.stop());

  it.each(examples)('applies %s with strict validation, and a second time without a change', async (file) => {
    const manifests = manifestsOf(join(DIST, file));
    // Namespaces of others exist before; those of the stack are among the manifests.
    const own = manifests.filter(({ kind }) => kind === 'Namespace').map(({ metadata }) => metadata.name);
    const foreign = new Set(
      manifests.map(({ metadata }) => metadata.namespace).filter((name) => name !== undefined && !own.includes(name)),
    );
    for (const name of foreign) {
      await server.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
    }
    const versions = new Map<Manifest, string>();
    for (const manifest of manifests) {
      const { status, body, warnings } = await server.apply(manifest);
      const name = `${manifest.kind} ${manifest.metadata.name}`;
      expect({ name, accepted: [200, 201].includes(status), message: body.message, warnings }).toEqual({
        name,
        accepted: true,
        message: undefined,
        warnings: [],
      });
      versions.set(manifest, body.metadata.resourceVersion);
    }
    for (const manifest of manifests) {
      const { body } = await server.apply(manifest);
      expect(body.metadata.resourceVersion, `${manifest.kind} ${manifest.metadata.name} changes when applied again`).toBe(
        versions.get(manifest),
      );
    }
  });
});
