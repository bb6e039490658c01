/**
 * One key of a Secret that exists in the namespace of the pod that reads it. The library never creates Secrets and has no
 * property that takes a literal credential; what must exist is listed by `MonitoringStack.prerequisites`.
 */
export class SecretKey {
  /**
   * @param secretName name of the Secret
   * @param key the key inside it
   */
  public static of(secretName: string, key: string): SecretKey {
    return new SecretKey(secretName, key);
  }

  private constructor(
    /** Name of the Secret. */
    public readonly secretName: string,
    /** The key inside it. */
    public readonly key: string,
  ) {}
}
