import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { accessProblems, accountsOf, describeRight, recordRequests, rightsOf, TALKING_PROGRAMS } from './access';
import { ApiServer } from './api-server';
import { EXAMPLES, exampleManifests } from './examples';
import { findProgram } from './programs';
import { applyAll, defineResources, makeForeignNamespaces, removeAll } from './stack-on-server';

const etcd = findProgram('etcd');
const apiServer = findProgram('kube-apiserver');
const hasPrograms = [etcd, apiServer, ...TALKING_PROGRAMS.map(findProgram)].every((path) => path !== undefined);

const examples = EXAMPLES.filter((example) => rightsOf(exampleManifests(example)).length > 0);

/** Accounts whose programs cannot be run here, by example. */
const UNPROVEN: Record<string, string[]> = {
  // A Job; `generated-secret.test.ts` runs it.
  'vm-lab/vm-lab.k8s.yaml': ['mymonitoring/generated-secret-grafana-admin'],
  // The operator makes its pods; `operator.test.ts` runs both.
  'operator/operator.k8s.yaml': ['monitoring/monitoring-prometheus'],
  // Fluentd could not be had. Its plugin kubernetes_metadata documents get, list and watch on pods and namespaces.
  'efk/efk.k8s.yaml': ['logging/logging-fluentd'],
};

const selector = { matchLabels: { app: 'shop' } };
const anywhere = { namespaceSelector: { any: true } };

/** What makes an agent ask that honours monitors: some of each kind, which select nothing here. */
const MONITORS = [
  ['ServiceMonitor', { ...anywhere, selector, attachMetadata: { node: true }, endpoints: [{ port: 'http' }] }],
  ['PodMonitor', { ...anywhere, selector, podMetricsEndpoints: [{ port: 'http' }] }],
  ['Probe', { prober: { url: 'prober:9115' }, targets: { ingress: anywhere } }],
].map(([kind, spec]) => ({
  apiVersion: 'monitoring.coreos.com/v1',
  kind,
  metadata: { name: 'shop', namespace: 'default' },
  spec,
}));

describe.skipIf(!hasPrograms)('access', () => {
  const folder = mkdtempSync(join(tmpdir(), 'access-'));
  let server: ApiServer;

  beforeAll(async () => {
    server = await ApiServer.start({ etcd: String(etcd), apiServer: String(apiServer) });
    await defineResources(server);
    expect(await applyAll(server, MONITORS)).toEqual([]);
  });
  afterAll(() => {
    server?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it.each(examples)('of %s is what its running components ask for, and no more', async (example) => {
    const manifests = exampleManifests(example);
    await makeForeignNamespaces(server, manifests);
    expect(await applyAll(server, manifests)).toEqual([]);
    const { allowed, refused, unused, unproven } = await recordRequests(server, manifests, join(folder, example));
    const accounts = new Set(rightsOf(manifests).map(({ account }) => account));
    expect(new Set(allowed.map(({ account }) => account)).size).toBe(accounts.size - unproven.length);
    expect(refused.map(describeRight)).toEqual([]);
    expect(unused.map(describeRight)).toEqual([]);
    expect(unproven).toEqual(UNPROVEN[example] ?? []);
    expect(await accessProblems(server, accountsOf(manifests), allowed)).toEqual([]);
    await removeAll(server, manifests);
  });
});
