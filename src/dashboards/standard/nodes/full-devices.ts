import { group, isNoneOf, isNot, operation } from '../../../query/expressions';
import { type Composer, type Series, worseFrom } from '../../composer';
import type { Section } from '../../layout';
import { line, maxOfEach, panelsOf, sum, sumOfEach } from '../panels-in-lines';
import { FAULTY, FULL, NodeMetrics, QUEUED } from './node-metrics';

const DEVICE = 'device';

/** Disks, file systems and network interfaces. */
export function deviceSections(composer: Composer, chosen: Series): Section[] {
  const metrics = new NodeMetrics(chosen, composer.labels.node);
  return [disks(composer, chosen), fileSystems(composer, chosen, metrics), interfaces(composer, chosen, metrics)];
}

function disks(composer: Composer, { series, rate }: Series): Section {
  const { graph } = panelsOf(composer);
  const each = (counter: string) => sum(rate(`node_disk_${counter}_total`), DEVICE);
  const both = (read: string, written: string) => ({ '{{device}} read': each(read), '{{device}} written': each(written) });
  const duration = (time: string, completed: string) => operation(each(time), '/', group(operation(each(completed), '>', 0)));
  return {
    title: 'Disks',
    panels: [
      ...line(
        graph('Bytes', 'Bps', both('read_bytes', 'written_bytes'), 'Bytes per second, by disk.'),
        graph('Requests', 'iops', both('reads_completed', 'writes_completed'), 'Requests per second that the disk completed.'),
        graph(
          'Duration of a request',
          's',
          {
            '{{device}} read': duration('read_time_seconds', 'reads_completed'),
            '{{device}} written': duration('write_time_seconds', 'writes_completed'),
          },
          'Time from handing a request to the disk until it is done, on average. Above 20 ms a disk of its own is overloaded.',
        ),
      ),
      ...line(
        graph(
          'Busy',
          'percentunit',
          maxOfEach(rate('node_disk_io_time_seconds_total'), DEVICE),
          'Share of the time in which the disk works.',
          {
            max: 1,
          },
        ),
        graph(
          'Queue',
          'short',
          maxOfEach(rate('node_disk_io_time_weighted_seconds_total'), DEVICE),
          'Requests that wait or are in work, on average.',
          { thresholds: QUEUED },
        ),
        graph('In work', 'short', sumOfEach(series('node_disk_io_now'), DEVICE), 'Requests that the disk works at just now.'),
      ),
      ...line(
        graph(
          'Merged requests',
          'iops',
          both('reads_merged', 'writes_merged'),
          'Requests per second that were joined with others before the disk got them.',
        ),
        graph(
          'Discards',
          'iops',
          sumOfEach(rate('node_disk_discards_completed_total'), DEVICE),
          'Requests per second that tell the disk what is not needed any more.',
        ),
        graph(
          'Flushes',
          'iops',
          sumOfEach(rate('node_disk_flush_requests_total'), DEVICE),
          'Requests per second to put everything in a safe place. Databases need many.',
        ),
      ),
    ],
  };
}

function fileSystems(composer: Composer, { series }: Series, metrics: NodeMetrics): Section {
  const { graph } = panelsOf(composer);
  const mount = 'mountpoint';
  const onDisk = [isNot('fstype', ''), isNoneOf('fstype', ['tmpfs', 'ramfs'])];
  return {
    title: 'File systems',
    panels: [
      ...line(
        graph('Space used', 'percentunit', { '{{mountpoint}}': metrics.spaceUsed(mount) }, 'Share of the space in use.', {
          max: 1,
          thresholds: FULL,
        }),
        graph(
          'Inodes used',
          'percentunit',
          { '{{mountpoint}}': metrics.inodesUsed(mount) },
          'Share of the inodes in use. Without a free one no file can be made.',
          {
            max: 1,
            thresholds: FULL,
          },
        ),
      ),
      ...line(
        graph(
          'Space available',
          'bytes',
          { '{{mountpoint}}': metrics.fileSystem('node_filesystem_avail_bytes', mount) },
          'Space that programs can still use.',
        ),
        graph(
          'Read only',
          'short',
          maxOfEach(series('node_filesystem_readonly', ...onDisk), mount),
          'File systems that take no writes. One that did before has met errors.',
        ),
        graph(
          'Errors',
          'short',
          sumOfEach(series('node_filesystem_device_error', ...onDisk), mount),
          'File systems that could not be asked. They hang, or their device is gone.',
        ),
      ),
    ],
  };
}

function interfaces(composer: Composer, { series, rate }: Series, metrics: NodeMetrics): Section {
  const { graph } = panelsOf(composer);
  const traffic = (title: string, unit: string, what: string, description: string) =>
    graph(title, unit, metrics.traffic(what, '{{device}}', DEVICE), description, { signed: true });
  const state = (title: string, unit: string, metric: string, description: string) =>
    graph(title, unit, sumOfEach(series(metric, isNot(DEVICE, 'lo')), DEVICE), description);
  const core = (title: string, counter: string, description: string) =>
    graph(title, 'pps', sumOfEach(rate(counter), 'cpu'), description);
  return {
    title: 'Network interfaces',
    panels: [
      ...line(
        traffic('Bytes', 'Bps', 'bytes', 'Bytes per second: received above zero, sent below.'),
        traffic('Packets', 'pps', 'packets', 'Packets per second: received above zero, sent below.'),
      ),
      ...line(
        graph(
          'Faulty packets',
          'percentunit',
          { '{{device}} in': metrics.faulty('receive', DEVICE), '{{device}} out': metrics.faulty('transmit', DEVICE) },
          'Share of the packets that were faulty: cables, drivers, wrong settings.',
          { thresholds: FAULTY },
        ),
        traffic(
          'Lost packets',
          'pps',
          'drop',
          'Packets per second that the kernel threw away: received above zero, to be sent below.',
        ),
        traffic('Overruns', 'pps', 'fifo', 'Packets per second that found the buffer of the interface full.'),
      ),
      ...line(
        graph(
          'Multicast',
          'pps',
          { '{{device}}': metrics.network('receive', 'multicast', DEVICE) },
          'Packets per second that went to groups.',
        ),
        graph(
          'Frame errors',
          'pps',
          { '{{device}}': metrics.network('receive', 'frame', DEVICE) },
          'Packets per second that came in damaged.',
        ),
        graph(
          'Collisions',
          'pps',
          { '{{device}}': metrics.network('transmit', 'colls', DEVICE) },
          'Packets per second that met others on the wire. More than 0: half duplex.',
        ),
        graph(
          'Carrier errors',
          'pps',
          { '{{device}}': metrics.network('transmit', 'carrier', DEVICE) },
          'Packets per second that were lost as the wire was dead.',
        ),
      ),
      ...line(
        state('Up', 'short', 'node_network_up', 'Whether the interface works: 1 is yes.'),
        state(
          'Speed',
          'Bps',
          'node_network_speed_bytes',
          'What the interface can do. Interfaces without a wire do not say, or below zero.',
        ),
        state(
          'Largest packet',
          'bytes',
          'node_network_mtu_bytes',
          'The MTU. Other than on the way there: large packets are lost.',
        ),
        graph(
          'Changes of the carrier',
          'ops',
          { '{{device}}': sum(rate('node_network_carrier_changes_total', isNot(DEVICE, 'lo')), DEVICE) },
          'How often per second the wire came or went. NodeNetworkInterfaceFlapping tells of the same.',
        ),
      ),
      ...line(
        core(
          'Packets by core',
          'node_softnet_processed_total',
          'Packets per second that each core took in. All on one core: it is the bottleneck.',
        ),
        core(
          'Lost by core',
          'node_softnet_dropped_total',
          'Packets per second that a core threw away, because its queue was full.',
        ),
        core(
          'Out of time',
          'node_softnet_times_squeezed_total',
          'How often per second a core had more packets than time for them.',
        ),
        graph(
          'Neighbours',
          'short',
          sumOfEach(series('node_arp_entries'), DEVICE),
          'Entries of the ARP table. At the limit of the kernel (1024 by default) others are not reached.',
          {
            thresholds: worseFrom(800, 1000),
          },
        ),
      ),
    ],
  };
}
