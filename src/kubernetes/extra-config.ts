const isObject = (value: unknown): value is { readonly [key: string]: unknown } =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && Object.getPrototypeOf(value) === Object.prototype;

function merged(own: unknown, further: unknown): unknown {
  if (isObject(own) && isObject(further)) {
    const keys = new Set([...Object.keys(own), ...Object.keys(further)]);
    return Object.fromEntries([...keys].map((key) => [key, key in further ? merged(own[key], further[key]) : own[key]]));
  }
  return Array.isArray(own) && Array.isArray(further) ? [...own, ...further] : further;
}

/** A configuration with further settings: objects are merged, lists appended, other values replaced. */
export function mergeConfig<Config extends object>(own: Config, further: { readonly [key: string]: unknown } = {}): Config {
  return merged(own, further) as Config;
}

const kindOf = (value: unknown) => (Array.isArray(value) ? 'a list' : isObject(value) ? 'an object' : 'a single value');

/** Further settings that are of another kind than what they would be merged with. */
export function kindProblems(property: string, own: object, given: object | undefined): string[] {
  const ours = new Map<string, unknown>(Object.entries(own));
  return Object.entries(given ?? {}).flatMap(([key, value]) => {
    const counterpart = ours.get(key);
    if (counterpart === undefined) {
      return [];
    }
    const path = `${property}.${key}`;
    if (kindOf(value) !== kindOf(counterpart)) {
      return [
        `${path} is ${JSON.stringify(value)}; allowed is ${kindOf(counterpart)}, to be merged with the library's: correct it`,
      ];
    }
    return isObject(value) && isObject(counterpart) ? kindProblems(path, counterpart, value) : [];
  });
}

/** What is wrong with the keys of further settings. */
export function keyProblems(property: string, given: object | undefined, known: readonly string[]): string[] {
  return Object.keys(given ?? {})
    .filter((key) => !known.includes(key))
    .map((key) => `${property} has the key ${JSON.stringify(key)}; allowed are ${known.join(', ')}: correct the name`);
}

/** Which settings hold credentials in a component's configuration, and how it refers to them instead. */
export interface CredentialRules {
  readonly keys: readonly string[];
  /** Values that are references, not credentials. @default - none: such a component reads credentials from files only */
  readonly reference?: RegExp;
  /** What is allowed and what to do, after "allowed are ". */
  readonly remedy: (key: string) => string;
}

/** Credentials that stand literally in further settings, at any depth. They belong into a Secret. */
export function credentialProblems(property: string, given: unknown, rules: CredentialRules): string[] {
  if (typeof given !== 'object' || given === null) {
    return [];
  }
  return Object.entries(given).flatMap(([key, value]) =>
    rules.keys.includes(key) && ['string', 'number'].includes(typeof value) && !rules.reference?.test(`${value}`)
      ? [`${property}.${key} is a literal; allowed are ${rules.remedy(key)}`]
      : credentialProblems(`${property}.${key}`, value, rules),
  );
}
