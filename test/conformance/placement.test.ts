import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Manifest } from '../support/constructs';
import { until } from './api-server';
import { ControlPlane, canHaveControlPlane } from './control-plane';
import { EXAMPLES, exampleManifests, examplePrerequisites, workloadsOf } from './examples';
import { budgetProblems, deploy, drain, misplaced, type Nodes, prepare, remove, settle, unboundClaims } from './placement';
import { defineResources } from './stack-on-server';

/** Taints of the nodes that an example's document gives to monitoring; where none is named, any node will do. */
const DEDICATED: Record<string, string> = { 'qgx/qgx.k8s.yaml': 'role=monitoring:NoSchedule' };

const examples = EXAMPLES.filter((example) => workloadsOf(exampleManifests(example)).length > 0);

/** What the stack watches and must not disturb. */
const application = (namespace: string): Manifest => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'application', namespace },
  spec: {
    replicas: 3,
    selector: { matchLabels: { app: 'application' } },
    template: {
      metadata: { labels: { app: 'application' } },
      spec: { containers: [{ name: 'application', image: 'example.com/application:1' }] },
    },
  },
});

describe.skipIf(!canHaveControlPlane())('on the nodes of a cluster', () => {
  let plane: ControlPlane;

  beforeAll(async () => {
    plane = await ControlPlane.start();
    await defineResources(plane.server);
  });
  afterAll(() => plane?.stop());

  describe.each(examples)('%s', (example) => {
    const manifests = exampleManifests(example);
    const prerequisites = examplePrerequisites(example);
    const isDedicated = DEDICATED[example] !== undefined;
    let nodes: Nodes;

    beforeAll(async () => {
      nodes = await prepare(plane, prerequisites);
      expect(await deploy(plane, manifests)).toEqual([]);
    });
    afterAll(() => remove(plane, manifests));

    it('lands where it must, binds its claims and keeps off the nodes of applications', async () => {
      expect(prerequisites['Taints of the dedicated nodes']?.map(({ name }) => name)).toEqual(
        isDedicated ? [DEDICATED[example]] : undefined,
      );
      expect(misplaced(await plane.pods(), manifests, nodes, isDedicated)).toEqual([]);
      expect(await unboundClaims(plane, manifests)).toEqual([]);

      await plane.create('/api/v1/namespaces', { metadata: { name: 'application' } });
      const deployment = application('application');
      expect(await deploy(plane, [deployment])).toEqual([]);
      const taken = (await plane.pods('application')).map(({ spec }) => spec.nodeName);
      expect(isDedicated ? taken.filter((node) => nodes.dedicated.includes(node)) : []).toEqual([]);
      await plane.server.send('DELETE', await plane.server.path(deployment));
    });

    it('has budgets that let some pods be evicted and refuse the next', async () => {
      expect(await budgetProblems(plane, manifests)).toEqual([]);
      for (const budget of manifests.filter(({ kind }) => kind === 'PodDisruptionBudget')) {
        const { body } = await plane.server.send('GET', await plane.server.path(budget));
        const selector = Object.entries(body.spec.selector.matchLabels).map(([key, value]) => `${key}%3D${value}`);
        const pods = await plane.server.list(
          `/api/v1/namespaces/${budget.metadata.namespace}/pods?labelSelector=${selector.join('%2C')}`,
        );
        const allowed: number = body.status.disruptionsAllowed;
        // Without kubelets no replacement becomes ready meanwhile.
        plane.pauseKubelets();
        const statuses: number[] = [];
        for (const pod of pods.slice(0, allowed + 1)) {
          statuses.push(await plane.evict(pod));
        }
        plane.resumeKubelets();
        expect(statuses).toEqual([...new Array(allowed).fill(201), 429]);
        expect(await settle(plane, manifests)).toEqual([]);
        await until(async () => (await plane.evict(pods[allowed])) === 201, 10_000, 'the next eviction is not allowed');
        expect(await settle(plane, manifests)).toEqual([]);
      }
    });

    it('moves to the other node when one is drained', async () => {
      const [drained] = nodes.dedicated;
      await drain(plane, drained);
      expect(await settle(plane, manifests)).toEqual([]);
      const pods = await plane.pods();
      const dedicated = nodes.dedicated.filter((node) => node !== drained);
      const remaining = pods.filter(({ metadata }) => metadata.ownerReferences?.[0]?.kind !== 'DaemonSet');
      expect(misplaced(remaining, [], { ...nodes, dedicated }, isDedicated)).toEqual([]);
      expect(misplaced(pods, manifests, nodes, isDedicated)).toEqual([]);
      await plane.cordon(drained, false);
    });
  });
});
