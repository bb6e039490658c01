import { dump } from 'js-yaml';

/** A configuration as YAML. Keys keep their order, long lines stay whole, undefined values are left out. */
export function toYaml(value: object): string {
  return dump(value, { lineWidth: -1, noRefs: true, skipInvalid: true });
}
