import { aggregate, call, group, is, isNot, isOneOf, operation, selector } from '../../../query/expressions';
import { textLiteral } from '../../../query/text-literals';
import { TEMPLATE_HASH } from '../../chain';
import { type Composer, legend, type Series, worseFrom } from '../../composer';
import type { DataLink } from '../../grafana-model';
import type { Section } from '../../layout';
import type { SizedPanel } from '../../panels';

/** A resource that containers request and are limited in. */
export type ResourceName = 'cpu' | 'memory';

const TITLES = { cpu: 'CPU', memory: 'Memory' } as const;
const UNITS = { cpu: 'short', memory: 'bytes' } as const;

/** Near its limit a container is throttled (CPU) or killed (memory). */
export const NEAR_LIMIT = worseFrom(0.8, 0.95);

/** Requests above what nodes have left no room when one of them fails. */
export const COMMITMENT = worseFrom(0.8, 1);

/** Shares of time that containers are held back, as CPUThrottlingHigh has it. */
export const THROTTLING = worseFrom(0.25);

/** The label that says to which workload a pod belongs; made by `Resources.ofWorkloads`. */
export const WORKLOAD_LABEL = 'workload';

/**
 * Owner, owner's name and pod in one text; what is left is the name of the workload: without the hash of a ReplicaSet or the time
 * of a CronJob's Job. A pod without owner, or of a node (a static pod), is its own workload.
 */
const WORKLOAD_PATTERN = [
  `ReplicaSet/(.+?)${TEMPLATE_HASH}/[^/]*`,
  'Job/(.+?)(?:-[0-9]{8,})?/[^/]*',
  '(?:Node)?/[^/]*/([^/]*)',
  '[^/]+/([^/]+)/[^/]*',
].join('|');

/** What containers use and have declared, by some labels. */
export class Resources {
  /**
   * By workload. The owner of a pod stands in `kube_pod_info`.
   */
  static ofWorkloads(composer: Composer, series: Series): Resources {
    const { namespace, pod, cluster } = composer.labels;
    const joined = call(
      'label_join',
      series.series('kube_pod_info'),
      ...[WORKLOAD_LABEL, '/', 'created_by_kind', 'created_by_name', pod].map(textLiteral),
    );
    const named = call(
      'label_replace',
      joined,
      ...[WORKLOAD_LABEL, '$1$2$3$4', WORKLOAD_LABEL, WORKLOAD_PATTERN].map(textLiteral),
    );
    const owners = aggregate('max', [cluster, namespace, pod, WORKLOAD_LABEL], named);
    const join = `* on (${cluster}, ${namespace}, ${pod}) group_left (${WORKLOAD_LABEL})`;
    return new Resources(composer, series, [namespace, WORKLOAD_LABEL], (expression) => operation(expression, join, owners));
  }

  constructor(
    private readonly composer: Composer,
    private readonly series: Series,
    readonly by: readonly string[],
    private readonly owned: (expression: string) => string = (expression) => expression,
  ) {}

  /** Sum by the labels. */
  sum(expression: string): string {
    return aggregate('sum', this.by, this.owned(expression));
  }

  /** Cores in use. */
  get cpu(): string {
    return this.sum(this.series.rate('container_cpu_usage_seconds_total', ...this.real));
  }

  /** Memory: the working set, which limits count, unless another metric of containers is named. */
  memory(metric = 'container_memory_working_set_bytes'): string {
    return this.sum(this.series.series(metric, ...this.real));
  }

  /** What is used of a resource. */
  usage(resource: ResourceName): string {
    return resource === 'cpu' ? this.cpu : this.memory();
  }

  /** Requests or limits of pods that run or wait to; a finished pod holds nothing. */
  declared(kind: 'requests' | 'limits', resource: ResourceName): string {
    const all = this.series.series(`kube_pod_container_resource_${kind}`, is('resource', resource));
    const { namespace, pod, cluster } = this.composer.labels;
    this.active ??= this.activePods();
    return this.sum(group(operation(all, `and on (${cluster}, ${namespace}, ${pod})`, this.active)));
  }

  private active: string | undefined;

  /** The phase of a pod is known without its node. */
  private activePods(): string {
    const { node } = this.composer.labels;
    const chosen = this.series.matchers.filter(({ label }) => label !== node);
    const phases = selector('kube_pod_status_phase', [...chosen, isOneOf('phase', ['Pending', 'Running'])]);
    return group(operation(phases, '==', 1));
  }

  /** Share of what is declared that is used. */
  share(kind: 'requests' | 'limits', resource: ResourceName): string {
    return operation(this.usage(resource), '/', this.declared(kind, resource));
  }

  /** Rate of a counter of pods' network interfaces. Pods in the network of the host would show the node's. */
  network(counter: string): string {
    return this.sum(this.series.rate(counter));
  }

  /** Rate of a counter of containers' disks. */
  disk(counter: string): string {
    return this.sum(this.series.rate(counter, isNot(this.composer.labels.container, '')));
  }

  /** Share of the scheduling periods in which containers were held back by their limits. */
  get throttling(): string {
    const rate = (counter: string) => this.sum(this.series.rate(counter, ...this.real));
    return operation(rate('container_cpu_cfs_throttled_periods_total'), '/', rate('container_cpu_cfs_periods_total'));
  }

  /**
   * Graphs of CPU and memory, side by side, and a table of each against requests and limits.
   * @param lines further lines of a graph
   */
  usageSections(links: Readonly<Record<string, DataLink[]>>, lines: (resource: ResourceName) => Lines = () => ({})): Section[] {
    const resources: ResourceName[] = ['cpu', 'memory'];
    return [
      { title: 'Usage', panels: resources.map((resource) => this.usageGraph(resource, lines(resource))) },
      ...resources.map((resource) => ({ title: `${TITLES[resource]} quota`, panels: [this.quotaTable(resource, links)] })),
    ];
  }

  private usageGraph(resource: ResourceName, { lines, overrides }: Lines): SizedPanel {
    return this.composer.graph({
      title: `${TITLES[resource]} usage`,
      description: resource === 'cpu' ? 'Cores in use.' : 'Working set: memory that cannot be reclaimed, which limits count.',
      unit: UNITS[resource],
      stacked: true,
      lines: { [this.name]: this.usage(resource), ...lines },
      overrides,
    });
  }

  /** Legend of a line. */
  private get name(): string {
    return legend(...this.by.slice(-1));
  }

  /** Use against requests and limits. */
  private quotaTable(resource: ResourceName, links: Readonly<Record<string, DataLink[]>>): SizedPanel {
    const unit = UNITS[resource];
    const decimals = resource === 'cpu' ? 2 : 1;
    const more =
      resource === 'cpu'
        ? []
        : [
            { title: 'RSS', value: this.memory('container_memory_rss'), unit, decimals },
            { title: 'Cache', value: this.memory('container_memory_cache'), unit, decimals },
          ];
    return this.composer.table({
      title: `${TITLES[resource]} quota`,
      description: `${TITLES[resource]} in use, and its share of what is requested and of the limits. Far below requests nodes stay empty.`,
      rows: this.by,
      links,
      height: 7,
      columns: [
        { title: 'Usage', value: this.usage(resource), unit, decimals },
        { title: 'Requests', value: this.declared('requests', resource), unit, decimals },
        { title: 'Usage of requests', value: this.share('requests', resource), unit: 'percentunit', decimals: 1 },
        { title: 'Limits', value: this.declared('limits', resource), unit, decimals },
        {
          title: 'Usage of limits',
          value: this.share('limits', resource),
          unit: 'percentunit',
          decimals: 1,
          thresholds: NEAR_LIMIT,
        },
        ...more,
      ],
    });
  }

  /** Table and graphs of the network. */
  networkSections(links: Readonly<Record<string, DataLink[]>>): Section[] {
    const graph = ([title, counter, unit, description]: (typeof NETWORK)[number]) =>
      this.composer.graph({ title, description, unit, stacked: true, lines: { [this.name]: this.network(counter) } });
    return [
      {
        title: 'Network usage',
        panels: [
          this.composer.table({
            title: 'Current network usage',
            description: 'Bytes and packets per second, received and sent, and packets that were lost.',
            rows: this.by,
            links,
            columns: NETWORK.map(([title, counter, unit]) => ({ title, value: this.network(counter), unit, decimals: 1 })),
          }),
        ],
      },
      { title: 'Network over time', panels: NETWORK.map(graph) },
    ];
  }

  /** Table and graphs of disks. */
  diskSection(links: Readonly<Record<string, DataLink[]>>): Section {
    return {
      title: 'Storage IO',
      panels: [
        ...DISK.map(([title, counter, unit, description]) =>
          this.composer.graph({ title, description, unit, stacked: true, lines: { [this.name]: this.disk(counter) } }),
        ),
        this.composer.table({
          title: 'Current storage IO',
          description: 'Reads and writes of containers, in operations and bytes per second.',
          rows: this.by,
          links,
          columns: DISK.map(([title, counter, unit]) => ({ title, value: this.disk(counter), unit, decimals: 1 })),
        }),
      ],
    };
  }

  /** Containers without pause containers and the cgroups above containers. */
  private get real() {
    return [isNot(this.composer.labels.container, ''), isNot('image', '')];
  }
}

/** Lines beside those of use. */
interface Lines {
  readonly lines?: Readonly<Record<string, string>>;
  readonly overrides?: Parameters<Composer['graph']>[0]['overrides'];
}

type Counter = readonly [title: string, counter: string, unit: string, description: string];

const LOST = 'Packets per second that were lost. Anything but zero for long is a network that cannot keep up.';

const NETWORK: readonly Counter[] = [
  ['Received', 'container_network_receive_bytes_total', 'Bps', 'Bytes per second that pods receive.'],
  ['Sent', 'container_network_transmit_bytes_total', 'Bps', 'Bytes per second that pods send.'],
  ['Packets received', 'container_network_receive_packets_total', 'pps', 'Packets per second that pods receive.'],
  ['Packets sent', 'container_network_transmit_packets_total', 'pps', 'Packets per second that pods send.'],
  ['Dropped on receipt', 'container_network_receive_packets_dropped_total', 'pps', LOST],
  ['Dropped on sending', 'container_network_transmit_packets_dropped_total', 'pps', LOST],
];

const DISK: readonly Counter[] = [
  ['Reads', 'container_fs_reads_total', 'iops', 'Read operations per second on disks.'],
  ['Writes', 'container_fs_writes_total', 'iops', 'Write operations per second on disks.'],
  ['Bytes read', 'container_fs_reads_bytes_total', 'Bps', 'Bytes per second that containers read from disks.'],
  ['Bytes written', 'container_fs_writes_bytes_total', 'Bps', 'Bytes per second that containers write to disks.'],
];

/** Nodes as cAdvisor sees them: the cgroup above all others. */
export const WHOLE_NODE = is('id', '/');
