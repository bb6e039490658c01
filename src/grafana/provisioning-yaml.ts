import { toYaml } from '../kubernetes/text';

/** A value that Grafana takes out of its environment when it reads the file. */
export class FromEnvironment {
  constructor(readonly variable: string) {}
}

/** A text of a field in which Grafana expands nothing, so that a dollar sign stands for itself. */
export class AsWritten {
  constructor(readonly text: string) {}
}

/** What a provisioning file consists of. */
export type ProvisioningValue =
  | string
  | number
  | boolean
  | undefined
  | FromEnvironment
  | AsWritten
  | readonly ProvisioningValue[]
  | { readonly [key: string]: ProvisioningValue };

function isList(value: ProvisioningValue): value is readonly ProvisioningValue[] {
  return Array.isArray(value);
}

function escaped(value: ProvisioningValue): unknown {
  if (value instanceof FromEnvironment) {
    return `$${value.variable}`;
  }
  if (value instanceof AsWritten) {
    return value.text;
  }
  if (typeof value === 'string') {
    return value.replaceAll('$', () => '$$');
  }
  if (isList(value)) {
    return value.map(escaped);
  }
  return typeof value === 'object'
    ? Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, escaped(entry)]))
    : value;
}

/**
 * A provisioning file of Grafana. Grafana expands `$X`, `${X}` and `$__file{X}` in every value, and `$$` is a dollar sign.
 * A reference is written `$X`, because that form alone is expanded once: with the others a dollar sign in the secret
 * would be expanded again (Grafana: pkg/services/provisioning/values, `interpolateValue`).
 */
export function provisioningYaml(file: { readonly [key: string]: ProvisioningValue }): string {
  return toYaml(Object(escaped(file)));
}
