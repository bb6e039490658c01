import type { ContainerResources } from '../settings/workload-options';

/** Options of a component with resources. */
export interface Sized {
  readonly resources?: ContainerResources;
}

function given<Options extends object>(options: Options): Partial<Options> {
  const result: Partial<Options> = {};
  for (const key of Object.keys(options) as (keyof Options)[]) {
    if (options[key] !== undefined) {
      result[key] = options[key];
    }
  }
  return result;
}

/** The options over their defaults; of resources each one by itself. */
export function overDefaults<Options extends Sized>(defaults: Options, options: Options): Options {
  return { ...defaults, ...given(options), resources: { ...defaults.resources, ...given(options.resources ?? {}) } };
}
