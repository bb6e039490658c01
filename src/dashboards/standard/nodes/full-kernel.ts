import { is, operation } from '../../../query/expressions';
import { type Composer, type Series, worseFrom } from '../../composer';
import type { Section } from '../../layout';
import { line, panelsOf, sum } from '../panels-in-lines';
import { TABLE } from './node-metrics';

type Lines = Readonly<Record<string, string>>;

/** Sockets, protocols, tables of the kernel, clock and hardware. */
export function kernelSections(composer: Composer, chosen: Series): Section[] {
  return [
    sockets(composer, chosen),
    protocols(composer, chosen),
    tables(composer, chosen),
    clock(composer, chosen),
    hardware(composer, chosen),
  ];
}

const mapped = (names: Lines, expression: (name: string) => string) =>
  Object.fromEntries(Object.entries(names).map(([legend, name]) => [legend, expression(name)]));

function sockets(composer: Composer, { series }: Series): Section {
  const { graph } = panelsOf(composer);
  const of = (names: Lines) => mapped(names, (name) => sum(series(`node_sockstat_${name}`)));
  return {
    title: 'Sockets',
    panels: line(
      graph(
        'TCP',
        'short',
        of({ 'in use': 'TCP_inuse', allocated: 'TCP_alloc', orphaned: 'TCP_orphan', 'time wait': 'TCP_tw' }),
        'Sockets of TCP. Many that wait are connections that are opened and closed again and again.',
      ),
      graph(
        'UDP and raw',
        'short',
        of({ UDP: 'UDP_inuse', 'UDP v6': 'UDP6_inuse', raw: 'RAW_inuse' }),
        'Sockets of UDP, and raw ones.',
      ),
      graph(
        'All sockets',
        'short',
        of({ 'in use': 'sockets_used' }),
        'Sockets of every kind. A number that only grows is a leak.',
      ),
      graph(
        'Memory of sockets',
        'bytes',
        of({ TCP: 'TCP_mem_bytes', UDP: 'UDP_mem_bytes' }),
        'Memory for data that was not fetched or not sent yet.',
      ),
    ),
  };
}

function protocols(composer: Composer, { series, rate }: Series): Section {
  const { graph } = panelsOf(composer);
  const of = (names: Lines) => mapped(names, (name) => sum(rate(`node_netstat_${name}`)));
  const sent = sum(rate('node_netstat_Tcp_OutSegs'));
  return {
    title: 'Protocols',
    panels: [
      ...line(
        graph('TCP segments', 'pps', of({ in: 'Tcp_InSegs', out: 'Tcp_OutSegs' }), 'Segments per second.'),
        graph(
          'TCP segments sent again',
          'percentunit',
          { 'sent again': operation(sum(rate('node_netstat_Tcp_RetransSegs')), '/', sent) },
          'Share of the segments that had to be sent again. Above 1 % the network loses packets.',
          { thresholds: worseFrom(0.01, 0.05) },
        ),
        graph(
          'TCP connections',
          'short',
          { established: sum(series('node_netstat_Tcp_CurrEstab')) },
          'Connections that are open.',
        ),
        graph(
          'TCP connections opened',
          'ops',
          of({ 'by this node': 'Tcp_ActiveOpens', 'by others': 'Tcp_PassiveOpens' }),
          'Connections per second that were opened.',
        ),
      ),
      ...line(
        graph(
          'TCP errors',
          'pps',
          of({
            faulty: 'Tcp_InErrs',
            'reset sent': 'Tcp_OutRsts',
            'SYN sent again': 'TcpExt_TCPSynRetrans',
            timeouts: 'TcpExt_TCPTimeouts',
          }),
          'Segments per second that were faulty, refused or not answered.',
        ),
        graph(
          'Full queues of servers',
          'ops',
          of({ overflows: 'TcpExt_ListenOverflows', dropped: 'TcpExt_ListenDrops' }),
          'Connections per second that a program did not accept in time. Its clients wait.',
          { thresholds: worseFrom(1) },
        ),
        graph(
          'SYN cookies',
          'ops',
          of({ sent: 'TcpExt_SyncookiesSent', received: 'TcpExt_SyncookiesRecv', failed: 'TcpExt_SyncookiesFailed' }),
          'Cookies per second instead of a place in a full queue: an attack, or a program that is too slow.',
        ),
        graph(
          'Bytes of IP',
          'Bps',
          of({ in: 'IpExt_InOctets', out: 'IpExt_OutOctets' }),
          'Bytes per second of all protocols on IP.',
        ),
      ),
      ...line(
        graph('UDP packets', 'pps', of({ in: 'Udp_InDatagrams', out: 'Udp_OutDatagrams' }), 'Packets per second.'),
        graph(
          'UDP errors',
          'pps',
          of({
            faulty: 'Udp_InErrors',
            'nobody listens': 'Udp_NoPorts',
            'buffer full, in': 'Udp_RcvbufErrors',
            'buffer full, out': 'Udp_SndbufErrors',
          }),
          'Packets per second that got lost here. DNS is hit first.',
        ),
        graph(
          'ICMP',
          'pps',
          of({ in: 'Icmp_InMsgs', out: 'Icmp_OutMsgs', faulty: 'Icmp_InErrors' }),
          'Messages per second: pings, and notes of what could not be delivered.',
        ),
      ),
    ],
  };
}

function tables(composer: Composer, { series, rate }: Series): Section {
  const { graph } = panelsOf(composer);
  const share = (used: string, limit: string) => operation(sum(series(used)), '/', sum(series(limit)));
  return {
    title: 'Kernel',
    panels: [
      ...line(
        graph(
          'Tracked connections',
          'percentunit',
          { 'in use': share('node_nf_conntrack_entries', 'node_nf_conntrack_entries_limit') },
          'Share of the connections that the kernel can track. At 100 % new ones are dropped.',
          { max: 1, thresholds: TABLE },
        ),
        graph(
          'Connections not tracked',
          'ops',
          {
            dropped: sum(rate('node_nf_conntrack_stat_drop')),
            'dropped early': sum(rate('node_nf_conntrack_stat_early_drop')),
            'not inserted': sum(rate('node_nf_conntrack_stat_insert_failed')),
            invalid: sum(rate('node_nf_conntrack_stat_invalid')),
          },
          'Connections per second that the kernel could not track, and what came out of order.',
        ),
        graph(
          'File descriptors',
          'percentunit',
          { 'in use': share('node_filefd_allocated', 'node_filefd_maximum') },
          'Share of the open files that the kernel allows.',
          { max: 1, thresholds: TABLE },
        ),
      ),
      ...line(
        graph(
          'Randomness',
          'short',
          { bits: sum(series('node_entropy_available_bits')) },
          'Bits of randomness at hand. Kernels since 5.18 always say 256.',
        ),
        graph(
          'Hung tasks',
          'ops',
          { hung: sum(rate('node_kernel_hung_tasks_total')) },
          'Tasks per second that did not move for two minutes: a disk or a network file system hangs.',
          {
            thresholds: worseFrom(1),
          },
        ),
      ),
    ],
  };
}

function clock(composer: Composer, { series }: Series): Section {
  const { graph } = panelsOf(composer);
  const of = (metric: string) => sum(series(metric));
  return {
    title: 'Clock',
    panels: line(
      graph(
        'Offset',
        's',
        { offset: of('node_timex_offset_seconds') },
        'How far the clock is off. Beyond 50 ms NodeClockSkewDetected fires.',
        {
          signed: true,
        },
      ),
      graph(
        'Uncertainty',
        's',
        { 'at most': of('node_timex_maxerror_seconds'), estimated: of('node_timex_estimated_error_seconds') },
        'How far the clock may be off. 16 s: nobody sets it.',
        { thresholds: worseFrom(16) },
      ),
      graph(
        'Synchronized',
        'short',
        { synchronized: of('node_timex_sync_status') },
        'Whether something sets the clock: 1 is yes.',
        { max: 1 },
      ),
      graph(
        'Frequency',
        'percentunit',
        { ratio: `${of('node_timex_frequency_adjustment_ratio')} - 1` },
        'How much the clock is sped up or slowed down, to be right.',
        {
          signed: true,
        },
      ),
    ),
  };
}

function hardware(composer: Composer, { series, rate }: Series): Section {
  const { graph } = panelsOf(composer);
  return {
    title: 'Hardware',
    panels: [
      ...line(
        graph(
          'Temperature',
          'celsius',
          { '{{chip}} {{sensor}}': sum(series('node_hwmon_temp_celsius'), 'chip', 'sensor') },
          'What the sensors say. Virtual machines have none.',
        ),
        graph(
          'Zones',
          'celsius',
          { '{{type}} {{zone}}': sum(series('node_thermal_zone_temp'), 'type', 'zone') },
          'What the zones of the mainboard say.',
        ),
        graph(
          'Throttled cores',
          'ops',
          { 'core {{core}}': sum(rate('node_cpu_core_throttles_total'), 'package', 'core') },
          'How often per second a core was slowed down, because it is too hot.',
        ),
      ),
      ...line(
        graph(
          'Errors of memory modules',
          'ops',
          {
            'corrected {{controller}}': sum(rate('node_edac_correctable_errors_total'), 'controller'),
            'not corrected {{controller}}': sum(rate('node_edac_uncorrectable_errors_total'), 'controller'),
          },
          'Errors per second (ECC). A module with more than a few a day should be replaced.',
        ),
        graph(
          'RAID',
          'short',
          {
            '{{device}} missing': `${sum(series('node_md_disks_required'), 'device')} - ${sum(series('node_md_disks', is('state', 'active')), 'device')}`,
          },
          'Disks that an array lacks.',
          { signed: true },
        ),
        graph(
          'Bonds',
          'short',
          {
            '{{master}} missing': `${sum(series('node_bonding_slaves'), 'master')} - ${sum(series('node_bonding_active'), 'master')}`,
          },
          'Interfaces of a bond that do not work.',
          { signed: true },
        ),
      ),
    ],
  };
}
