/** Where the host's file system is mounted. */
export const HOST_ROOT = '/host/root';

/** Where the node's programs meet. The read-only view of the host holds the socket, and asking needs no more than that. */
export const SYSTEM_BUS = `unix:path=${HOST_ROOT}/run/dbus/system_bus_socket`;

/** Collectors of node_exporter 1.12 on Linux that run unless they are switched off (`node_exporter --help`). */
export const DEFAULT_COLLECTORS = [
  'arp',
  'bcache',
  'bcachefs',
  'bonding',
  'btrfs',
  'conntrack',
  'cpu',
  'cpufreq',
  'diskstats',
  'dmi',
  'dmmultipath',
  'edac',
  'entropy',
  'fibrechannel',
  'filefd',
  'filesystem',
  'hwmon',
  'infiniband',
  'ipvs',
  'kernel_hung',
  'loadavg',
  'mdadm',
  'meminfo',
  'netclass',
  'netdev',
  'netstat',
  'nfs',
  'nfsd',
  'nvme',
  'os',
  'powersupplyclass',
  'pressure',
  'rapl',
  'schedstat',
  'selinux',
  'sockstat',
  'softnet',
  'stat',
  'tapestats',
  'textfile',
  'thermal_zone',
  'time',
  'timex',
  'udp_queues',
  'uname',
  'vmstat',
  'watchdog',
  'xfs',
  'zfs',
];

/** Collectors that run only when they are asked for. */
export const OPTIONAL_COLLECTORS = [
  'buddyinfo',
  'cgroups',
  'cpu_vulnerabilities',
  'drbd',
  'drm',
  'ethtool',
  'interrupts',
  'ksmd',
  'lnstat',
  'logind',
  'meminfo_numa',
  'mountstats',
  'network_route',
  'ntp',
  'nvmesubsystem',
  'pcidevice',
  'perf',
  'processes',
  'qdisc',
  'runit',
  'slabinfo',
  'softirqs',
  'supervisord',
  'swap',
  'sysctl',
  'systemd',
  'tcpstat',
  'wifi',
  'xfrm',
  'zoneinfo',
];

/**
 * Mounts of containers and pods, which come and go with them: run directories and layers of containerd, k3s, CRI-O and
 * Docker, namespaces, logins, and what the kubelet mounts for pods (`kubelet_volume_stats_*` tells of volumes). A disk of its own
 * at `/var/lib/kubelet` or `/var/lib/containerd` stays.
 */
const POD_MOUNT_POINTS =
  '^/(dev|proc|sys|run/containerd/.+|run/credentials/.+|run/k3s/containerd/.+|run/netns/.+|run/user/.+|var/lib/containerd/.+|' +
  'var/lib/containers/storage/.+|var/lib/docker/.+|var/lib/kubelet/(pods|plugins)/.+|var/lib/rancher/k3s/agent/containerd/.+)($|/)';

/**
 * The node's end of each pod's network, under a new name for every pod: veth of most plugins, Calico, Cilium, AWS (`eni`), Azure,
 * Google. The pods' own traffic is in `container_network_*`.
 */
const POD_NETWORK_DEVICES = '^(veth.*|cali.*|lxc.*|eni.*|azv.*|gke.*|[a-f0-9]{15})$';

/** Settings of node_exporter with nothing left open. */
export interface NodeExporterSettings {
  readonly port: number;
  readonly enabledCollectors: readonly string[];
  readonly disabledCollectors: readonly string[];
  readonly systemdUnits: readonly string[];
  readonly textfileDirectory: string | undefined;
  readonly excludedMountPoints: string | undefined;
  readonly excludedNetworkDevices: string | undefined;
}

/** Arguments of node_exporter. */
export function nodeExporterArguments(settings: NodeExporterSettings): string[] {
  const { port, enabledCollectors, disabledCollectors, systemdUnits, textfileDirectory } = settings;
  const devices = settings.excludedNetworkDevices ?? POD_NETWORK_DEVICES;
  const on = enabledCollectors.filter((name) => !DEFAULT_COLLECTORS.includes(name));
  return [
    // Brackets, because the node's address may be of either family; the program takes them around both.
    `--web.listen-address=[$(HOST_IP)]:${port}`,
    // `kubectl port-forward` to a pod in the node's network comes by its loopback.
    `--web.listen-address=127.0.0.1:${port}`,
    '--path.procfs=/host/proc',
    '--path.sysfs=/host/sys',
    `--path.rootfs=${HOST_ROOT}`,
    `--path.udev.data=${HOST_ROOT}/run/udev/data`,
    `--collector.filesystem.mount-points-exclude=${settings.excludedMountPoints ?? POD_MOUNT_POINTS}`,
    ...(['arp', 'netdev'] as const)
      .filter((name) => !disabledCollectors.includes(name))
      .map((name) => `--collector.${name}.device-exclude=${devices}`),
    ...(disabledCollectors.includes('netclass') ? [] : [`--collector.netclass.ignored-devices=${devices}`]),
    ...(textfileDirectory === undefined ? [] : [`--collector.textfile.directory=${HOST_ROOT}${textfileDirectory}`]),
    ...(systemdUnits.length === 0
      ? []
      : [
          '--collector.systemd',
          '--collector.systemd.enable-restarts-metrics',
          `--collector.systemd.unit-include=${systemdUnits.map(unitPattern).join('|')}`,
          // By itself it leaves out kinds of units; who names one wants it.
          '--collector.systemd.unit-exclude=',
        ]),
    ...[...on].sort().map((name) => `--collector.${name}`),
    ...[...disabledCollectors].sort().map((name) => `--no-collector.${name}`),
  ];
}

/** The program puts `^(?:…)$` around it. */
const unitPattern = (unit: string) =>
  unit
    .split('*')
    .map((part) => part.replace(/[.\\]/g, '\\$&'))
    .join('.*');

/** As systemd names units, with `*`; systemd.unit(5). */
const UNIT = /^[\w:\\.@*-]+\.(service|socket|device|mount|automount|swap|target|path|timer|slice|scope|\*)$/;

const quoted = (value: unknown) => JSON.stringify(value);

/** What is wrong with the settings. */
export function nodeExporterProblems(settings: NodeExporterSettings): string[] {
  const {
    port,
    enabledCollectors,
    disabledCollectors,
    systemdUnits,
    textfileDirectory,
    excludedMountPoints,
    excludedNetworkDevices,
  } = settings;
  const known = [...DEFAULT_COLLECTORS, ...OPTIONAL_COLLECTORS].sort();
  return [
    ...(Number.isInteger(port) && port >= 1024 && port <= 65535
      ? []
      : [
          `port is ${port}; allowed are whole numbers from 1024 to 65535, which need no capability: choose one that is free on every node`,
        ]),
    ...Object.entries({ enabledCollectors, disabledCollectors }).flatMap(([property, names]) =>
      names
        .filter((name) => !known.includes(name))
        .map((name) => `${property} has ${quoted(name)}; allowed are ${known.join(', ')}: choose among them`),
    ),
    ...enabledCollectors
      .filter((name) => disabledCollectors.includes(name))
      .map(
        (name) => `enabledCollectors has ${quoted(name)}, which disabledCollectors has too; allowed is one of both: remove one`,
      ),
    ...systemdUnits
      .filter((unit) => !UNIT.test(unit))
      .map(
        (unit) =>
          `systemdUnits has ${quoted(unit)}; allowed are names of units with their kind, such as "kubelet.service" or "*.timer": correct it`,
      ),
    ...Object.entries({ enabledCollectors, disabledCollectors })
      .filter(([, names]) => names.includes('systemd'))
      .map(
        ([property]) =>
          `${property} has "systemd"; allowed is systemdUnits, which switches it on and says what is collected: use it`,
      ),
    ...(textfileDirectory === undefined || /^(\/(?!\.{1,2}(\/|$))[^/\0$]+)+$/.test(textfileDirectory)
      ? []
      : [`textfileDirectory is ${quoted(textfileDirectory)}; allowed is an absolute path of the node without "..": correct it`]),
    ...(textfileDirectory !== undefined && disabledCollectors.includes('textfile')
      ? ['textfileDirectory is given while disabledCollectors has "textfile"; allowed is one of both: remove one']
      : []),
    ...Object.entries({ excludedMountPoints, excludedNetworkDevices })
      .filter(([, expression]) => expression !== undefined && !isExpression(expression))
      .map(([property, expression]) => `${property} is ${quoted(expression)}; allowed is a regular expression: correct it`),
  ];
}

function isExpression(text: string): boolean {
  try {
    return new RegExp(text) instanceof RegExp && text !== '';
  } catch {
    return false;
  }
}
