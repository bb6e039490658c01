/** By which rights components see the pods of the applications' namespaces. */
export class Access {
  /**
   * One RoleBinding in each namespace that is watched, and nothing else there (the default).
   */
  public static perNamespace(): Access {
    return new Access('namespace');
  }

  /** One ClusterRoleBinding; nothing is put into the applications' namespaces. */
  public static clusterWide(): Access {
    return new Access('cluster');
  }

  /** Somebody else grants the rights; the roles are printed by `MonitoringStack.prerequisites`. */
  public static existing(): Access {
    return new Access('existing');
  }

  private constructor(
    /**
     * How the rights come about.
     * @internal
     */
    public readonly _mode: 'namespace' | 'cluster' | 'existing',
  ) {}
}
