/** What writes the log files of a node, and in which form. */
export class ContainerRuntime {
  /** containerd, CRI-O and every other runtime of the Container Runtime Interface. */
  public static cri(): ContainerRuntime {
    return new ContainerRuntime('cri', undefined);
  }

  /**
   * Docker with its `json-file` driver. The files below `/var/log/pods` are then links into Docker's own directory.
   * @param directory Docker's directory of containers on the node
   */
  public static docker(directory: string = '/var/lib/docker/containers'): ContainerRuntime {
    return new ContainerRuntime('docker', directory);
  }

  private constructor(
    /**
     * Stage of Alloy that reads the lines.
     * @internal
     */
    public readonly _lineFormat: 'cri' | 'docker',
    /**
     * Directory that the files below `/var/log/pods` link into.
     * @internal
     */
    public readonly _directory: string | undefined,
  ) {}
}
