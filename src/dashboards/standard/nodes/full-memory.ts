import type { Composer, Series } from '../../composer';
import type { Section } from '../../layout';
import { line, panelsOf, sum } from '../panels-in-lines';
import { FAULTS } from './node-metrics';

type Lines = Readonly<Record<string, string>>;

/** What the kernel says of memory (/proc/meminfo, /proc/vmstat). */
export function memorySections(composer: Composer, { series, rate }: Series): Section[] {
  const { graph } = panelsOf(composer);
  /** By legend: the name of the kernel, which is part of the metric. */
  const sizes = (title: string, description: string, names: Lines, stacked = false) =>
    graph(
      title,
      'bytes',
      Object.fromEntries(Object.entries(names).map(([legend, name]) => [legend, sum(series(`node_memory_${name}_bytes`))])),
      description,
      { stacked },
    );
  const rates = (title: string, description: string, names: Lines, thresholds = undefined as typeof FAULTS | undefined) =>
    graph(
      title,
      'ops',
      Object.fromEntries(Object.entries(names).map(([legend, name]) => [legend, sum(rate(`node_vmstat_${name}`))])),
      description,
      { thresholds },
    );
  return [
    {
      title: 'Memory',
      panels: [
        ...line(
          sizes('Free and reclaimable', 'Memory that is free, or held as cache and given back when needed.', {
            available: 'MemAvailable',
            free: 'MemFree',
            buffers: 'Buffers',
            cached: 'Cached',
            'reclaimable slab': 'SReclaimable',
          }),
          sizes(
            'Active and inactive',
            'Memory that was used lately, and that was not: the latter is taken first.',
            {
              'active, of files': 'Active_file',
              'active, of processes': 'Active_anon',
              'inactive, of files': 'Inactive_file',
              'inactive, of processes': 'Inactive_anon',
            },
            true,
          ),
        ),
        ...line(
          sizes(
            'Promised memory',
            'What processes have asked for. Above the limit, and if the kernel is strict, nothing more is granted.',
            {
              promised: 'Committed_AS',
              limit: 'CommitLimit',
            },
          ),
          sizes('Kernel', 'Memory that the kernel needs itself. Growing all the time: a leak in it.', {
            slab: 'Slab',
            'slab that stays': 'SUnreclaim',
            'page tables': 'PageTables',
            stacks: 'KernelStack',
            'per core': 'Percpu',
            vmalloc: 'VmallocUsed',
          }),
          sizes('To be written', 'Changed pages that are not on a disk yet. Many: the disk cannot keep up.', {
            dirty: 'Dirty',
            'being written': 'Writeback',
          }),
        ),
        ...line(
          sizes('Shared and mapped', 'Memory that processes share, and files that they map.', {
            shared: 'Shmem',
            mapped: 'Mapped',
            'of processes': 'AnonPages',
          }),
          sizes('Locked', 'Memory that may not be moved to a disk.', { locked: 'Mlocked', unevictable: 'Unevictable' }),
          sizes('Huge pages', 'Memory in huge pages that processes got without asking.', {
            'of processes': 'AnonHugePages',
            shared: 'ShmemHugePages',
          }),
        ),
        ...line(
          sizes('Swap', 'Swap space, how much is free, and what of it is in memory as well.', {
            total: 'SwapTotal',
            free: 'SwapFree',
            cached: 'SwapCached',
          }),
          rates('Swapping', 'Pages per second from and to swap space. More than a few: memory is too small.', {
            in: 'pswpin',
            out: 'pswpout',
          }),
          graph(
            'Reserved huge pages',
            'short',
            {
              total: sum(series('node_memory_HugePages_Total')),
              free: sum(series('node_memory_HugePages_Free')),
              reserved: sum(series('node_memory_HugePages_Rsvd')),
            },
            'Huge pages that were set aside for programs that ask for them.',
          ),
        ),
        ...line(
          rates('Page faults', 'Pages per second that a process touched for the first time, or again.', { faults: 'pgfault' }),
          rates(
            'Major page faults',
            'Pages per second that had to be read from a disk. Many: memory is too small for what is used.',
            { 'major faults': 'pgmajfault' },
            FAULTS,
          ),
          rates('Out of memory', 'Processes per second that were killed because memory ran out.', { killed: 'oom_kill' }),
          rates('Pages read and written', 'Kilobytes per second between memory and disks.', { in: 'pgpgin', out: 'pgpgout' }),
        ),
      ],
    },
  ];
}
