/**
 * A PersistentVolume that exists, with what was kept there before. Claims otherwise get a new volume of their storage class. Reserve
 * it for its claim (`claimRef`; the prerequisites name the claim): any other claim of its class may take it first.
 */
export class ExistingVolume {
  /** The volume of this name; for one replica, because each claim takes a volume of its own. */
  public static named(name: string): ExistingVolume {
    return new ExistingVolume(name, undefined);
  }

  /** Any volume that has these labels, one for each replica. */
  public static labelled(labels: { [key: string]: string }): ExistingVolume {
    return new ExistingVolume(undefined, labels);
  }

  private constructor(
    /**
     * Its name.
     * @internal
     */
    public readonly _name: string | undefined,
    /**
     * Its labels.
     * @internal
     */
    public readonly _labels: { [key: string]: string } | undefined,
  ) {}

  /**
   * What is wrong with it for a claim of so many replicas.
   * @internal
   */
  public _problems(replicas: number): string[] {
    return [
      ...(this._name !== undefined && replicas > 1
        ? [
            `existingVolume is ${JSON.stringify(this._name)} with ${replicas} replicas; allowed is a named volume with one: choose volumes by ExistingVolume.labelled`,
          ]
        : []),
      ...(this._name !== undefined && !/^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/.test(this._name)
        ? [
            `existingVolume is ${JSON.stringify(this._name)}; allowed are names of PersistentVolumes, 1 to 253 lower-case letters, digits, "-" and ".": correct it`,
          ]
        : []),
      ...(this._labels !== undefined && Object.keys(this._labels).length === 0
        ? ['existingVolume has no label; allowed is at least one, because any volume would do otherwise: name one']
        : []),
    ];
  }
}
