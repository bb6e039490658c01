import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Manifest } from '../support/constructs';
import { accessProblems, accountsOf, describeRight, type Right, recordRequests } from './access';
import { contractProblems } from './contracts';
import { ControlPlane, canHaveControlPlane } from './control-plane';
import type { Defect } from './defect';
import { OBJECT_DEFECTS, PROGRAM_DEFECTS } from './defects-programs';
import { TRACE_DEFECTS } from './defects-traces';
import { CLUSTER_DEFECTS, CONTRACT_DEFECTS, WIRING_DEFECTS } from './defects-wiring';
import { exampleManifests, examplePrerequisites } from './examples';
import { largestItemProblems } from './largest-item';
import { budgetProblems, deploy, misplaced, prepare, remove } from './placement';
import { findProgram } from './programs';
import { casesOf, objections, selfSignedCertificate } from './questions';
import { abandonedClaims, changedUsers } from './releases';
import { applyAll, defineResources, makeForeignNamespaces } from './stack-on-server';
import { wiringProblems } from './wiring';

/** The stack that mistakes are made in. */
export const REFERENCE = 'qgx/qgx.k8s.yaml';

export const DEFECTS: Defect[] = [
  ...PROGRAM_DEFECTS,
  ...OBJECT_DEFECTS,
  ...WIRING_DEFECTS,
  ...CONTRACT_DEFECTS,
  ...CLUSTER_DEFECTS,
  ...TRACE_DEFECTS,
];

/** What each judge does, for whoever reads the proof; the others are programs with a question of `accepted.test.ts`. */
export const JUDGES: Record<string, string> = {
  wiring: 'wired.test.ts: names, ports, selectors, mounts and NetworkPolicies of the manifests against one another',
  contracts: 'wired.test.ts: labels, rollouts, storage, Secrets, data sources and retention of the manifests against one another',
  memcached: 'a real memcached with our arguments is handed an item of the size that Loki may send',
  'kube-apiserver': 'applied.test.ts: strict server-side apply with PodSecurity, over a running reference stack',
  upgrade: 'releases.test.ts: what a running release would lose',
  'kube-scheduler': 'placement.test.ts: real control plane, nodes of kwok',
  'running components': 'access.test.ts: what the components ask of a real API server, and what they never ask for',
  'access review': 'access.test.ts: what the running components asked for, and what nobody may do',
};

const title = ({ kind, metadata }: Manifest) => `${kind} ${metadata.namespace ?? ''}/${metadata.name}`;

/** The judges, with what they need: a control plane that runs the reference stack, and what was recorded from its components. */
export class Trial {
  static async open(): Promise<Trial> {
    const folder = mkdtempSync(join(tmpdir(), 'defects-'));
    const manifests = exampleManifests(REFERENCE);
    const plane = await ControlPlane.start();
    await defineResources(plane.server);
    await makeForeignNamespaces(plane.server, manifests);
    await applyAll(plane.server, manifests);
    const { allowed } = await recordRequests(plane.server, manifests, join(folder, 'recording'));
    return new Trial(folder, plane, allowed);
  }

  private readonly prerequisites = examplePrerequisites(REFERENCE);
  private readonly certificate = selfSignedCertificate();

  private constructor(
    private readonly folder: string,
    private readonly plane: ControlPlane,
    private readonly requests: Right[],
  ) {}

  close(): void {
    this.plane.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** What the judge has against the defect; nothing if it is not caught. */
  async judge({ name, example = REFERENCE, change, caughtBy }: Defect): Promise<string[]> {
    const before = exampleManifests(example);
    const copy = exampleManifests(example);
    const changed = change(copy);
    const after = Array.isArray(changed) ? changed : copy;
    if (JSON.stringify(before) === JSON.stringify(after)) {
      throw new Error(`${name}: the change changes nothing`);
    }
    return this.problems(caughtBy, after, 5_000, examplePrerequisites(example));
  }

  /**
   * What a judge has against manifests.
   * @param patience how many milliseconds what runs may stand still
   */
  async problems(judge: string, manifests: Manifest[], patience = 30_000, prerequisites = this.prerequisites): Promise<string[]> {
    const { server } = this.plane;
    switch (judge) {
      case 'wiring':
        return wiringProblems(manifests, prerequisites);
      case 'contracts':
        return contractProblems(manifests, prerequisites);
      case 'memcached':
        return largestItemProblems(manifests, this.folder);
      case 'kube-apiserver':
        return applyAll(server, manifests, { dryRun: true });
      case 'upgrade':
        return [abandonedClaims, changedUsers].flatMap((judged) => judged(exampleManifests(REFERENCE), manifests));
      case 'access review':
        return this.inPlaceOfReference(manifests, () => accessProblems(server, accountsOf(manifests), this.requests));
      case 'running components':
        return this.recorded(manifests, patience);
      case 'kube-scheduler':
        return this.scheduled(manifests, patience);
      default:
        return this.asked(judge, manifests);
    }
  }

  private async recorded(manifests: Manifest[], patience: number): Promise<string[]> {
    const { refused, unused } = await recordRequests(this.plane.server, manifests, join(this.folder, 'again'), patience);
    rmSync(join(this.folder, 'again'), { recursive: true, force: true });
    return [
      ...refused.map((right) => `refused: ${describeRight(right)}`),
      ...unused.map((right) => `never asked for: ${describeRight(right)}`),
    ];
  }

  private async asked(judge: string, manifests: Manifest[]): Promise<string[]> {
    const found = casesOf(manifests).find(({ title: question }) => question === judge);
    if (!found) {
      throw new Error(`nobody is called ${judge}`);
    }
    const folder = mkdtempSync(join(this.folder, 'container-'));
    try {
      return await objections(folder, manifests, found, this.certificate);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }

  /** Applies the manifests over the reference, without what they lack of it, and the reference again afterwards. */
  private async inPlaceOfReference(manifests: Manifest[], judge: () => Promise<string[]>): Promise<string[]> {
    const { server } = this.plane;
    const reference = exampleManifests(REFERENCE);
    const titles = manifests.map(title);
    for (const missing of reference.filter((manifest) => !titles.includes(title(manifest)))) {
      await server.send('DELETE', await server.path(missing));
    }
    try {
      const refused = await applyAll(server, manifests);
      return refused.length > 0 ? refused : await judge();
    } finally {
      await applyAll(server, reference);
    }
  }

  /** Starts from nothing, because a StatefulSet whose pod cannot start does not go on by itself. */
  private async scheduled(manifests: Manifest[], patience: number): Promise<string[]> {
    const { plane } = this;
    await this.clear(exampleManifests(REFERENCE));
    const nodes = await prepare(plane, this.prerequisites);
    try {
      const problems = await deploy(plane, manifests, patience);
      return problems.length > 0
        ? problems
        : [...misplaced(await plane.pods(), manifests, nodes, true), ...(await budgetProblems(plane, manifests))];
    } finally {
      await this.clear(manifests);
      await applyAll(plane.server, exampleManifests(REFERENCE));
    }
  }

  private async clear(manifests: Manifest[]): Promise<void> {
    const { server } = this.plane;
    await remove(this.plane, manifests);
    for (const { metadata } of await server.list('/api/v1/persistentvolumeclaims')) {
      await server.send('DELETE', `/api/v1/namespaces/${metadata.namespace}/persistentvolumeclaims/${metadata.name}`);
    }
  }
}

/** Programs without which the defects cannot be judged. */
const DEFECT_PROGRAMS = [
  ...new Set(casesOf(exampleManifests(REFERENCE)).map(({ question }) => question.program)),
  'memcached',
  'jaeger',
];

export const canJudgeDefects = (): boolean =>
  canHaveControlPlane() && DEFECT_PROGRAMS.every((program) => findProgram(program) !== undefined);
