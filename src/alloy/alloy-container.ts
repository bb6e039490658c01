import { Size } from 'cdk8s';
import type { k8s } from 'cdk8s-plus-28';
import { type ContainerDescription, type ContainerPort, httpProbe } from '../kubernetes/container';
import { Cpu } from '../settings/cpu';

/** How much Alloy says about itself. */
export enum AlloyLogLevel {
  /** Everything, a line per log line included. */
  DEBUG = 'debug',
  /** Starts, stops, changes of files. */
  INFO = 'info',
  /** What may need attention. */
  WARN = 'warn',
  /** What went wrong. */
  ERROR = 'error',
}

export const HTTP: ContainerPort = { name: 'http-metrics', port: 12345 };

const CONFIG_DIRECTORY = '/etc/alloy';

/**
 * Not below `/var/lib/alloy`: that directory of the image belongs to user 473 with mode 0770, and root without capabilities
 * cannot enter it.
 */
export const STORAGE_DIRECTORY = '/data';

/** What distinguishes the Alloys. */
export interface AlloyContainerDescription {
  readonly environment: readonly k8s.EnvVar[];
  readonly mounts: readonly k8s.VolumeMount[];
  /** Further arguments. */
  readonly args?: readonly string[];
  /** Further ports. */
  readonly ports?: readonly ContainerPort[];
  /** User of the process. @default - the image's */
  readonly user?: number;
}

/** No liveness probe: `/-/healthy` fails when any component does, and a restart heals none of them but loses lines. */
export function alloyContainer({
  environment,
  mounts,
  args = [],
  ports = [],
  user,
}: AlloyContainerDescription): ContainerDescription {
  return {
    name: 'alloy',
    image: 'alloy',
    args: [
      'run',
      CONFIG_DIRECTORY,
      // The default, 127.0.0.1, answers neither probes nor Prometheus.
      `--server.http.listen-addr=0.0.0.0:${HTTP.port}`,
      `--storage.path=${STORAGE_DIRECTORY}`,
      '--disable-reporting',
      ...args,
    ],
    environment,
    ports: [HTTP, ...ports],
    mounts: [{ name: 'config', mountPath: CONFIG_DIRECTORY, readOnly: true }, ...mounts],
    // Seen: 44 MiB and 0.04 cores at 200 lines/s, 126 MiB at 12,900 lines/s; Grafana's guide: 1 core and 120 MiB more for each MiB/s.
    resources: { cpuRequest: Cpu.millis(50), memoryRequest: Size.mebibytes(160), memoryLimit: Size.mebibytes(512) },
    readiness: httpProbe('/-/ready', HTTP.name),
    user,
  };
}

/** What is wrong with configuration in Alloy's own syntax. */
export const extraConfigProblems = (extraConfig: string | undefined): string[] =>
  extraConfig?.trim() === '' ? ['extraConfig is empty; allowed is configuration: leave it out for none'] : [];
