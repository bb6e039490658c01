import { IMAGE_TABLE } from '../../src/settings/images';
import type { Manifest } from '../support/constructs';
import { workloadsOf } from './examples';
import { containersOf, title } from './references';

/** Accounts that an image has beside the one it starts as. Source: Alloy's Dockerfile. */
const FURTHER_USERS: Record<string, number> = { 'grafana/alloy': 473 };

export const userOf = (workload: Manifest, { securityContext }: Manifest): number =>
  securityContext?.runAsUser ?? workload.spec.template.spec.securityContext?.runAsUser;

/** Claims that a container may write to. */
const claimsOf = (workload: Manifest, { volumeMounts = [] }: Manifest): string[] => {
  const claims = (workload.spec.volumeClaimTemplates ?? []).map(({ metadata }: Manifest) => metadata.name);
  return volumeMounts
    .filter(({ name, readOnly }: Manifest) => !readOnly && claims.includes(name))
    .map(({ name }: Manifest) => name);
};

/** Programs run as the user that their image is made for; those of a pod that write to one claim are one user. */
export const userProblems = (manifests: Manifest[]): string[] =>
  workloadsOf(manifests).flatMap((workload) =>
    containersOf(workload).flatMap((container, index) => {
      const user = userOf(workload, container);
      const owner = containersOf(workload)
        .slice(0, index)
        .find((other) => claimsOf(workload, other).some((claim) => claimsOf(workload, container).includes(claim)));
      const where = `${title(workload)}/${container.name} runs as ${user}`;
      if (owner !== undefined) {
        const wanted = userOf(workload, owner);
        return user === wanted ? [] : [`${where}, and files of its volume belong to ${wanted}`];
      }
      const image = Object.values(IMAGE_TABLE).find(({ path }) => container.image.includes(`/${path}:`));
      const known = image === undefined ? [] : [image.user, FURTHER_USERS[image.path]];
      return known.length === 0 || known.includes(user) ? [] : [`${where}, and its image is made for ${known[0]}`];
    }),
  );
