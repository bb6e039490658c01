import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ApiServer } from './api-server';
import { EXAMPLES, exampleManifests } from './examples';
import { findProgram } from './programs';
import { applyAll, defineResources, makeForeignNamespaces, removeAll } from './stack-on-server';

const etcd = findProgram('etcd');
const apiServer = findProgram('kube-apiserver');

describe.skipIf(etcd === undefined || apiServer === undefined)('a real API server', () => {
  let server: ApiServer;

  beforeAll(async () => {
    server = await ApiServer.start({ etcd: String(etcd), apiServer: String(apiServer) });
    await defineResources(server);
  });
  afterAll(() => server?.stop());

  it.each(EXAMPLES)('applies %s with strict validation, and a second time without a change', async (example) => {
    const manifests = exampleManifests(example);
    const versions = () =>
      Promise.all(
        manifests.map(async (manifest) => {
          const { body } = await server.send('GET', await server.path(manifest));
          return `${manifest.kind} ${manifest.metadata.name} ${body.metadata.resourceVersion}`;
        }),
      );
    await makeForeignNamespaces(server, manifests);
    expect(await applyAll(server, manifests)).toEqual([]);
    const first = await versions();
    expect(await applyAll(server, manifests)).toEqual([]);
    expect(await versions()).toEqual(first);
    await removeAll(server, manifests);
  });
});
