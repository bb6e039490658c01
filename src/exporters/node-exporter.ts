import { Size } from 'cdk8s';
import type { k8s } from 'cdk8s-plus-28';
import type { Construct } from 'constructs';
import { serviceAccount } from '../kubernetes/access';
import { Component } from '../kubernetes/component';
import { fieldVariable, httpProbe } from '../kubernetes/container';
import { offerMetrics, service } from '../kubernetes/service';
import { daemonSet } from '../kubernetes/workload';
import { Cpu } from '../settings/cpu';
import type { Endpoint } from '../settings/endpoint';
import type { WorkloadOptions } from '../settings/workload-options';
import { HOST_ROOT, nodeExporterArguments, nodeExporterProblems, SYSTEM_BUS } from './node-exporter-config';

/** Properties of `NodeExporter`. */
export interface NodeExporterProps extends WorkloadOptions {
  /** Port on every node. Another node exporter of the cluster has the default already. @default 9100 */
  readonly port?: number;
  /**
   * Collectors that run besides those that node_exporter starts by itself: `processes`, `ethtool`, … Some need rights that the pod
   * has not; `node_scrape_collector_success` tells. That of systemd is `systemdUnits`.
   * @default - none
   */
  readonly enabledCollectors?: string[];
  /** Collectors that do not run. @default - none */
  readonly disabledCollectors?: string[];
  /**
   * Units of systemd whose state and restarts are collected, some seven series each: `['kubelet.service', 'containerd.service']`; `*` stands
   * for any characters. Alerts then tell of those that fail or crash. They are asked for at the node's D-Bus, where everybody may read;
   * where SELinux is enforced, it keeps containers from it, and `node_scrape_collector_success` tells.
   * @default - none
   */
  readonly systemdUnits?: string[];
  /** Directory of the node whose `*.prom` files are served too, e.g. written by a cron job there. @default - none */
  readonly textfileDirectory?: string;
  /**
   * Regular expression of mount points that are left out (`--collector.filesystem.mount-points-exclude`).
   * @default - system directories and the mounts of containers and pods
   */
  readonly excludedMountPoints?: string;
  /**
   * Regular expression of network devices that are left out of traffic, state and ARP metrics.
   * @default - the node's ends of the pods' networks, some ten series each under a new name for every pod
   */
  readonly excludedNetworkDevices?: string;
}

/** Read-only views of the host, by name: path there and here. */
const HOST_DIRECTORIES = { proc: ['/proc', '/host/proc'], sys: ['/sys', '/host/sys'], root: ['/', HOST_ROOT] } as const;

/**
 * Metrics of every node: processors, memory, disks, file systems, network. It runs on each node, tainted or not, in the node's
 * own network and process names and with read-only views of its file system, so its namespace must allow that (PodSecurity
 * `privileged`). It runs as nobody and without capabilities.
 *
 * Pods in the network of their node are beyond NetworkPolicies: none is made here, Prometheus is let out to the nodes' addresses,
 * and a firewall must let it in. Anybody who reaches the node can read these metrics. A second node exporter needs another `port`.
 *
 * Series carry the node's name as `node` label and as `instance`, which boards and rules of nodes go by.
 */
export class NodeExporter extends Component {
  /** The metrics; a headless Service whose names lead to the nodes. */
  public readonly http: Endpoint;

  constructor(scope: Construct, id: string, props: NodeExporterProps = {}) {
    super(scope, id, { app: 'node-exporter', component: 'node-exporter', room: 'agents', options: props });
    const settings = {
      port: props.port ?? 9100,
      enabledCollectors: props.enabledCollectors ?? [],
      disabledCollectors: props.disabledCollectors ?? [],
      systemdUnits: props.systemdUnits ?? [],
      textfileDirectory: props.textfileDirectory,
      excludedMountPoints: props.excludedMountPoints,
      excludedNetworkDevices: props.excludedNetworkDevices,
    };
    this._check(() => nodeExporterProblems(settings));
    const port = { name: 'metrics', port: settings.port };
    const account = serviceAccount(this);
    [this.http] = service(this, { headless: true, ports: [{ target: port }] });
    daemonSet(this, {
      onHost: true,
      pod: () => ({
        serviceAccountName: account,
        volumes: Object.entries(HOST_DIRECTORIES).map(([name, [path]]) => ({ name, hostPath: { path } })),
        containers: [
          {
            name: 'node-exporter',
            image: 'nodeExporter',
            args: nodeExporterArguments(settings),
            environment: [
              fieldVariable('HOST_IP', 'status.hostIP'),
              ...(settings.systemdUnits.length > 0 ? [{ name: 'DBUS_SYSTEM_BUS_ADDRESS', value: SYSTEM_BUS }] : []),
            ],
            ports: [port],
            mounts: Object.entries(HOST_DIRECTORIES).map(([name, [, mountPath]]) => hostMount(name, mountPath)),
            // Seen: 13 to 20 MiB and a scrape of 30 ms; nodes with hundreds of disks or mounts need more.
            resources: { cpuRequest: Cpu.millis(20), memoryRequest: Size.mebibytes(32), memoryLimit: Size.mebibytes(128) },
            readiness: httpProbe('/', port.name),
            liveness: httpProbe('/', port.name),
          },
        ],
      }),
    });
    offerMetrics(this, port, { onNodeAddress: true, aboutNode: true });
  }
}

/** What the host mounts later shows up too. */
const hostMount = (name: string, mountPath: string): k8s.VolumeMount => ({
  name,
  mountPath,
  readOnly: true,
  ...(name === 'root' && { mountPropagation: 'HostToContainer' }),
});
