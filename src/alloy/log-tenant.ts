/**
 * The tenant a line belongs to (`X-Scope-OrgID`), in place of the agent's. Loki must ask for tenants, and queries must name
 * them: `a|b` reads two at once where Loki allows it.
 */
export class LogTenant {
  /** The same tenant for every line of the pipeline. */
  public static of(name: string): LogTenant {
    return new LogTenant(name, undefined);
  }

  /**
   * The value of a field or pod label. Lines without it go to the agent's tenant. Each value is a tenant of its own, with its
   * own streams and limits: whoever writes the lines chooses it, so take it from a label of the pod rather than from the text.
   */
  public static fromField(field: string): LogTenant {
    return new LogTenant(undefined, field);
  }

  private constructor(
    /** The tenant, if it is the same for every line. */
    public readonly name: string | undefined,
    /** The field or pod label that names it. */
    public readonly field: string | undefined,
  ) {}

  /**
   * What is wrong.
   * @internal
   */
  public _problems(): string[] {
    return this.name === undefined ? [] : tenantProblems('tenant', this.name);
  }
}

/** What is wrong with the name of a tenant. */
export function tenantProblems(property: string, name: string): string[] {
  return /^[a-zA-Z0-9!_.*'()-]{1,150}$/.test(name)
    ? []
    : [`${property} is ${JSON.stringify(name)}; allowed are 1 to 150 letters, digits and !-_.*'(): choose another name`];
}
