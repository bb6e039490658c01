import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ApiServer } from './api-server';
import { exampleManifests } from './examples';
import { findProgram } from './programs';
import { keptExamples, keptManifests, RELEASES, upgradeProblems } from './releases';
import { defineResources } from './stack-on-server';

const etcd = findProgram('etcd');
const apiServer = findProgram('kube-apiserver');

describe.skipIf(etcd === undefined || apiServer === undefined).each(RELEASES)('a cluster with release %s', (release) => {
  let server: ApiServer;

  beforeAll(async () => {
    server = await ApiServer.start({ etcd: String(etcd), apiServer: String(apiServer) });
    await defineResources(server);
  });
  afterAll(() => server?.stop());

  it.each(keptExamples(release))('takes %s of today', async (example) => {
    expect(await upgradeProblems(server, keptManifests(release, example), exampleManifests(example))).toEqual([]);
  });
});
