import { describe, expect, it } from 'vitest';
import { NodeExporter, type NodeExporterProps } from '../../src/exporters/node-exporter';
import {
  DEFAULT_COLLECTORS,
  type NodeExporterSettings,
  nodeExporterArguments,
  OPTIONAL_COLLECTORS,
} from '../../src/exporters/node-exporter-config';
import { Prometheus } from '../../src/prometheus/prometheus';
import { Cluster } from '../../src/settings/cluster';
import { MonitoringContext } from '../../src/settings/monitoring-context';
import {
  EVERY_WORKLOAD_OPTION,
  expectEveryPropToMatter,
  type Manifest,
  manifestOf,
  synthesisError,
  synthesize,
} from '../support/constructs';

const EVERY_PROP: Required<NodeExporterProps> = {
  ...EVERY_WORKLOAD_OPTION,
  port: 9101,
  enabledCollectors: ['processes'],
  disabledCollectors: ['hwmon'],
  systemdUnits: ['kubelet.service'],
  textfileDirectory: '/var/lib/node-exporter',
  excludedMountPoints: '^/mnt/.+',
  excludedNetworkDevices: '^dummy.*$',
};

const SETTINGS: NodeExporterSettings = {
  port: 9100,
  enabledCollectors: [],
  disabledCollectors: [],
  systemdUnits: [],
  textfileDirectory: undefined,
  excludedMountPoints: undefined,
  excludedNetworkDevices: undefined,
};

const make = (props: NodeExporterProps = {}) => synthesize((chart) => new NodeExporter(chart, 'node', props));

/** The expression behind a flag, as the program reads it. */
const expressionOf = (flag: string, settings = SETTINGS) => {
  const argument = nodeExporterArguments(settings).find((candidate) => candidate.startsWith(`--${flag}=`)) ?? '';
  return new RegExp(argument.slice(flag.length + 3));
};

describe('arguments of node_exporter', () => {
  it('read the host by its mounts', () => {
    expect(nodeExporterArguments(SETTINGS).slice(0, 6)).toEqual([
      '--web.listen-address=[$(HOST_IP)]:9100',
      '--web.listen-address=127.0.0.1:9100',
      '--path.procfs=/host/proc',
      '--path.sysfs=/host/sys',
      '--path.rootfs=/host/root',
      '--path.udev.data=/host/root/run/udev/data',
    ]);
  });

  it('name what is asked for, sorted and once', () => {
    expect(
      nodeExporterArguments({
        port: 9101,
        enabledCollectors: ['swap', 'processes', 'cpu'],
        disabledCollectors: ['netdev', 'arp', 'netclass', 'hwmon'],
        systemdUnits: ['kubelet.service', 'dev-\\x2d@*.mount'],
        textfileDirectory: '/var/lib/text',
        excludedMountPoints: '^/mnt$',
        excludedNetworkDevices: undefined,
      }).slice(6),
    ).toEqual([
      '--collector.filesystem.mount-points-exclude=^/mnt$',
      '--collector.textfile.directory=/host/root/var/lib/text',
      '--collector.systemd',
      '--collector.systemd.enable-restarts-metrics',
      '--collector.systemd.unit-include=kubelet\\.service|dev-\\\\x2d@.*\\.mount',
      '--collector.systemd.unit-exclude=',
      '--collector.processes',
      '--collector.swap',
      '--no-collector.arp',
      '--no-collector.hwmon',
      '--no-collector.netclass',
      '--no-collector.netdev',
    ]);
  });

  it.each([
    ['/', false],
    ['/boot', false],
    ['/mnt/data', false],
    ['/var/lib/kubelet', false],
    ['/var/lib/containerd', false],
    ['/run', false],
    ['/proc/sys/fs/binfmt_misc', true],
    ['/dev', true],
    ['/var/lib/kubelet/pods/9f/volumes/kubernetes.io~csi/pvc-1/mount', true],
    ['/var/lib/kubelet/plugins/kubernetes.io/csi/disk/globalmount', true],
    ['/run/containerd/io.containerd.grpc.v1.cri/sandboxes/4e/shm', true],
    ['/run/k3s/containerd/io.containerd.runtime.v2.task/k8s.io/4e/rootfs', true],
    ['/run/netns/cni-1', true],
    ['/var/lib/docker/overlay2/4e/merged', true],
  ])('leave out mount point %s: %s', (path, excluded) => {
    expect(expressionOf('collector.filesystem.mount-points-exclude').test(path)).toBe(excluded);
  });

  it.each([
    ['eth0', false],
    ['ens5', false],
    ['bond0', false],
    ['lo', false],
    ['cni0', false],
    ['veth1a2b3c4d', true],
    ['cali0123456789a', true],
    ['lxc_health', true],
    ['eni0a1b2c3d4e5', true],
    ['azv123', true],
    ['0123456789abcde', true],
  ])('leave out network device %s: %s', (device, excluded) => {
    for (const flag of [
      'collector.netdev.device-exclude',
      'collector.arp.device-exclude',
      'collector.netclass.ignored-devices',
    ]) {
      expect(expressionOf(flag).test(device), flag).toBe(excluded);
    }
  });

  it('know each collector once', () => {
    const known = [...DEFAULT_COLLECTORS, ...OPTIONAL_COLLECTORS];
    expect(new Set(known).size).toBe(known.length);
    expect([DEFAULT_COLLECTORS.length, OPTIONAL_COLLECTORS.length]).toEqual([49, 30]);
  });
});

describe('NodeExporter', () => {
  it('synthesizes with minimal properties', () => {
    expect(make()).toMatchSnapshot();
  });

  it('synthesizes with every property', () => {
    expect(manifestOf(make(EVERY_PROP), 'DaemonSet').spec).toMatchSnapshot();
  });

  it('has no dead property', () => {
    expectEveryPropToMatter((chart, props: NodeExporterProps) => new NodeExporter(chart, 'node', props), {}, EVERY_PROP);
  });

  it('runs on every node, on the host and without rights there', () => {
    const { spec } = manifestOf(make(), 'DaemonSet').spec.template;
    expect(spec).toMatchObject({ hostNetwork: true, hostPID: true, tolerations: [{ operator: 'Exists' }] });
    const [container] = spec.containers;
    expect(container.volumeMounts.every(({ readOnly }: Manifest) => readOnly)).toBe(true);
    expect(container.securityContext).toMatchObject({ runAsUser: 65534, capabilities: { drop: ['ALL'] } });
    expect(spec.automountServiceAccountToken).toBe(false);
  });

  it('has no policy of its own, and Prometheus is let out to the nodes', () => {
    const cluster = Cluster.generic({ name: 'c', nodeCidrs: ['10.0.0.0/24'], apiServerCidrs: ['10.0.1.1/32'] });
    const manifests = synthesize(
      (chart) => {
        new NodeExporter(chart, 'node', { port: 9111 });
        new Prometheus(chart, 'prometheus', { kubernetes: { kubelet: false, cadvisor: false } });
      },
      { cluster },
    );
    const { egress } = manifestOf(manifests, 'NetworkPolicy', 'monitoring-prometheus').spec;
    expect(egress).toContainEqual({ to: [{ ipBlock: { cidr: '10.0.0.0/24' } }], ports: [{ port: 9111 }] });
    expect(manifests.filter(({ kind }) => kind === 'NetworkPolicy')).toHaveLength(1);
    const config = manifestOf(manifests, 'ConfigMap', 'monitoring-prometheus-config').data['prometheus.yml'];
    expect(config).toMatch(/__meta_kubernetes_pod_node_name\n +target_label: node\n/);
    expect(config).toMatch(/__meta_kubernetes_pod_node_name\n +target_label: instance\n/);
  });

  it('warns of a policy to every address when the nodes are not named', () => {
    const warnings: string[] = [];
    synthesize((chart) => {
      new NodeExporter(chart, 'node');
      new Prometheus(chart, 'prometheus', { kubernetes: { kubelet: false, cadvisor: false } });
      warnings.push(...MonitoringContext.of(chart).warnings);
    });
    expect(warnings.filter((warning) => warning.includes('cluster.nodeCidrs'))).toHaveLength(1);
  });

  it('asks systemd through the read-only view of the host, and for nothing more', () => {
    const podOf = (props: NodeExporterProps) => manifestOf(make(props), 'DaemonSet').spec.template.spec;
    const [plain, asking] = [podOf({}), podOf({ systemdUnits: ['kubelet.service'] })];
    const [{ env, args, ...rest }] = asking.containers;
    expect(env).toContainEqual({ name: 'DBUS_SYSTEM_BUS_ADDRESS', value: 'unix:path=/host/root/run/dbus/system_bus_socket' });
    const [{ env: _, args: __, ...plainRest }] = plain.containers;
    expect(rest).toEqual(plainRest);
    expect(asking.volumes).toEqual(plain.volumes);
  });

  it('names all that is wrong at once', () => {
    const error = synthesisError(
      (chart) =>
        new NodeExporter(chart, 'node', {
          port: 100,
          enabledCollectors: ['cpus', 'hwmon', 'systemd'],
          disabledCollectors: ['hwmon', 'textfile'],
          systemdUnits: ['kubelet'],
          textfileDirectory: '/var/../etc',
          excludedMountPoints: '(',
          excludedNetworkDevices: '',
        }),
    );
    for (const text of [
      'port is 100; allowed are whole numbers from 1024 to 65535',
      'enabledCollectors has "cpus"; allowed are arp, ',
      'enabledCollectors has "hwmon", which disabledCollectors has too',
      'enabledCollectors has "systemd"; allowed is systemdUnits',
      'systemdUnits has "kubelet"; allowed are names of units with their kind',
      'textfileDirectory is "/var/../etc"; allowed is an absolute path',
      'textfileDirectory is given while disabledCollectors has "textfile"',
      'excludedMountPoints is "("; allowed is a regular expression',
      'excludedNetworkDevices is ""; allowed is a regular expression',
    ]) {
      expect(error).toContain(text);
    }
  });
});
