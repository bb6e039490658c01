import type { Component } from './component';
import { type ContainerDescription, mergeResources, resourceProblems } from './container';
import { injectionProblems } from './injected-secrets';
import type { PodDescription } from './pod';

const flagOf = (argument: string) => (argument.startsWith('-') ? argument.split('=')[0] : undefined);

/** The pod; nothing if bad properties keep it from being described, which other checks then tell. */
function described(pod: () => PodDescription): PodDescription | undefined {
  try {
    return pod();
  } catch {
    return undefined;
  }
}

export function workloadProblems(component: Component, pod: () => PodDescription, limit: number): string[] {
  const { _identity: identity, _options: options } = component;
  const problems: string[] = [];
  if (!/^[a-z]([-a-z0-9]*[a-z0-9])?$/.test(identity.name) || identity.name.length > limit) {
    problems.push(
      `name of the workload is ${JSON.stringify(identity.name)}; allowed are 1 to ${limit} lower-case letters, digits and "-", starting with a letter: ` +
        'shorten the name of the stack or the instance',
    );
  }
  if (!/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(identity.namespace)) {
    problems.push(
      `namespace is ${JSON.stringify(identity.namespace)}; allowed are 1 to 63 lower-case letters, digits and "-": rename it`,
    );
  }
  for (const key of Object.keys(options.podLabels ?? {})) {
    if (key in identity.selector) {
      problems.push(`podLabels has ${key}; allowed are labels that the selector does not use: choose another key`);
    }
  }
  const description = described(pod);
  const containers: readonly (ContainerDescription | undefined)[] = description?.containers ?? [];
  const [main] = containers;
  const { images, cluster } = component._context;
  const used = new Set(containers.flatMap((container) => container?.image ?? []));
  problems.push(...[...used].flatMap((image) => images._problemsOn(image, cluster)));
  problems.push(...resourceProblems(mergeResources(main?.resources ?? {}, options.resources)));
  problems.push(...(description ? injectionProblems(component, description.volumes ?? []) : []));
  const ownFlags = new Set(main?.args.map(flagOf));
  for (const argument of options.extraArgs ?? []) {
    const flag = flagOf(argument);
    if (flag !== undefined && ownFlags.has(flag)) {
      problems.push(
        `extraArgs has ${JSON.stringify(argument)}; allowed are flags that the component does not set itself: use the property behind ${flag}`,
      );
    }
  }
  for (const [property, entries] of Object.entries({
    extraEnvironment: options.extraEnvironment,
    extraVolumes: options.extraVolumes,
    extraVolumeMounts: options.extraVolumeMounts,
    extraContainers: options.extraContainers,
  })) {
    for (const entry of entries ?? []) {
      if (typeof entry.name !== 'string' || entry.name === '') {
        problems.push(`${property} has ${JSON.stringify(entry)}; allowed are entries with a name: add \`name\``);
      }
    }
  }
  return problems;
}
