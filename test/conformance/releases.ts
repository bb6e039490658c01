import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { loadAll } from 'js-yaml';
import type { Manifest } from '../support/constructs';
import type { ApiServer } from './api-server';
import { DIST } from './examples';
import { containersOf, title } from './references';
import { applyAll, makeForeignNamespaces } from './stack-on-server';
import { userOf } from './users';

/** Manifests as releases had them; `npm run release:keep` adds those of the version in package.json. */
const KEPT = resolve(__dirname, 'releases');

export const RELEASES = readdirSync(KEPT).sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));

/** Examples of a release that there still are. */
export const keptExamples = (release: string): string[] =>
  readdirSync(join(KEPT, release), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.gz'))
    .map((file) => file.replace(/\.gz$/, ''))
    .filter((file) => existsSync(join(DIST, file)))
    .sort();

export const keptManifests = (release: string, example: string): Manifest[] =>
  loadAll(gunzipSync(readFileSync(join(KEPT, release, `${example}.gz`))).toString()) as Manifest[];

const claimTemplates = (manifests: Manifest[]) =>
  manifests.flatMap(({ kind, metadata, spec }) =>
    (spec?.volumeClaimTemplates ?? []).map((template: Manifest) =>
      [kind, metadata.namespace, metadata.name, template.metadata.name].join(' '),
    ),
  );

/** Volumes of `before` that nothing in `after` mounts. */
export function abandonedClaims(before: Manifest[], after: Manifest[]): string[] {
  const present = claimTemplates(after);
  return claimTemplates(before)
    .filter((claim) => !present.includes(claim))
    .map((claim) => `the data of ${claim} would be left behind`);
}

/** Workloads of `before` whose files would belong to somebody else than who runs in `after`. */
export const changedUsers = (before: Manifest[], after: Manifest[]): string[] =>
  before
    .filter(({ spec }) => (spec?.volumeClaimTemplates ?? []).length > 0)
    .flatMap((workload) => {
      const present = after.find(
        ({ kind, metadata }) =>
          kind === workload.kind &&
          metadata.name === workload.metadata.name &&
          metadata.namespace === workload.metadata.namespace,
      );
      const [owner, user] = [workload, present].map((one) => one && userOf(one, containersOf(one)[0]));
      return present === undefined || owner === user
        ? []
        : [`the files of ${title(workload)} belong to user ${owner}, and it would run as ${user}`];
    });

/** What keeps a cluster that runs `before` from going to `after`: refusals of the API server, volumes left behind and files of others. */
export async function upgradeProblems(server: ApiServer, before: Manifest[], after: Manifest[]): Promise<string[]> {
  await makeForeignNamespaces(server, [...before, ...after]);
  const refusedBefore = await applyAll(server, before);
  return refusedBefore.length > 0
    ? refusedBefore
    : [...(await applyAll(server, after)), ...abandonedClaims(before, after), ...changedUsers(before, after)];
}
