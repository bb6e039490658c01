import { group, isNoneOf, isNot, operation } from '../../../query/expressions';
import { type Series, worseFrom } from '../../composer';
import { count, max, sum } from '../panels-in-lines';

/** File systems that are memory, images or views of others: their size says nothing about disks. */
const NO_DISKS = ['ramfs', 'tmpfs', 'squashfs', 'iso9660', 'overlay'];

/** Red where NodeCPUHighUsage and NodeMemoryHighUtilization begin. */
export const BUSY = worseFrom(0.8, 0.9);

/** Where NodeFilesystemAlmostOutOfSpace begins: 95 % used is a warning, 97 % critical. */
export const FULL = worseFrom(0.95, 0.97);

/** Red where NodeSystemSaturation begins. */
export const LOADED = worseFrom(1, 2);

/** Red where NodeDiskIOSaturation begins. */
export const QUEUED = worseFrom(5, 10);

/** Where NodeMemoryMajorPagesFaults begins. */
export const FAULTS = worseFrom(500);

/** Where NodeNetworkReceiveErrs and NodeNetworkTransmitErrs begin. */
export const FAULTY = worseFrom(0.01);

/** Where NodeFileDescriptorLimit begins; that of tracked connections begins at 75 %. */
export const TABLE = worseFrom(0.7, 0.9);

/** What several boards ask of nodes, by the labels that tell them apart. */
export class NodeMetrics {
  constructor(
    private readonly series: Series,
    private readonly node: string,
  ) {}

  /** Share of the processors' time spent working. */
  cpu(...by: readonly string[]): string {
    const all = this.series.rate('node_cpu_seconds_total');
    const working = this.series.rate('node_cpu_seconds_total', isNoneOf('mode', ['idle', 'iowait']));
    return operation(sum(working, ...by), '/', sum(all, ...by));
  }

  /** Number of processors. */
  cores(...by: readonly string[]): string {
    return count(count(this.series.series('node_cpu_seconds_total'), this.node, 'cpu'), ...by);
  }

  /** Processes that run or wait, for each processor. */
  load(...by: readonly string[]): string {
    return operation(this.gauge('node_load1', ...by), '/', this.cores(...by));
  }

  /** Share of the memory that programs cannot get. */
  memory(...by: readonly string[]): string {
    return `1 - ${this.gauge('node_memory_MemAvailable_bytes', ...by)} / ${this.gauge('node_memory_MemTotal_bytes', ...by)}`;
  }

  /** A gauge, or the sum of several nodes. */
  gauge(metric: string, ...by: readonly string[]): string {
    return sum(this.series.series(metric), ...by);
  }

  /** A metric of file systems on disks. The same one may be mounted in several places. */
  fileSystem(metric: string, ...by: readonly string[]): string {
    return max(this.series.series(metric, isNot('fstype', ''), isNoneOf('fstype', NO_DISKS)), ...by);
  }

  /** Share of the space in use. What is kept for root counts as used. */
  spaceUsed(...by: readonly string[]): string {
    return `1 - ${this.fileSystem('node_filesystem_avail_bytes', ...by)} / ${this.fileSystem('node_filesystem_size_bytes', ...by)}`;
  }

  /** Share of the inodes in use. File systems without a fixed number of them say 0. */
  inodesUsed(...by: readonly string[]): string {
    const all = group(operation(this.fileSystem('node_filesystem_files', ...by), '>', 0));
    return `1 - ${this.fileSystem('node_filesystem_files_free', ...by)} / ${all}`;
  }

  /** Share of space that the fullest file system uses. */
  fullest(...by: readonly string[]): string {
    return max(this.spaceUsed(this.node, 'device', 'mountpoint'), ...by);
  }

  /** Rate of a counter of network interfaces: `bytes`, `packets`, `drop`, `errs`. What a node sends itself is no network. */
  network(direction: 'receive' | 'transmit', what: string, ...by: readonly string[]): string {
    return sum(this.series.rate(`node_network_${direction}_${what}_total`, isNot('device', 'lo')), ...by);
  }

  /** What was received, and what was sent below zero. */
  traffic(what: string, name: string, ...by: readonly string[]): Record<string, string> {
    return {
      [`${name} in`]: this.network('receive', what, ...by),
      [`${name} out`]: `-${this.network('transmit', what, ...by)}`,
    };
  }

  /** Share of packets that were faulty. */
  faulty(direction: 'receive' | 'transmit', ...by: readonly string[]): string {
    const packets = group(operation(this.network(direction, 'packets', ...by), '>', 0));
    return operation(this.network(direction, 'errs', ...by), '/', packets);
  }
}
