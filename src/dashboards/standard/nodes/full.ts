import { call, is, operation } from '../../../query/expressions';
import { goProcess } from '../../blocks';
import { NODE, single } from '../../chain';
import { type Composer, type Series, worseFrom } from '../../composer';
import { DashboardLayer } from '../../dashboard-options';
import type { Section } from '../../layout';
import type { StandardBoard } from '../../standard-board';
import { line, max, panelsOf, sum } from '../panels-in-lines';
import { deviceSections } from './full-devices';
import { kernelSections } from './full-kernel';
import { memorySections } from './full-memory';
import { BOARD } from './names';
import { BUSY, FULL, LOADED, NodeMetrics } from './node-metrics';

/** Everything that node_exporter says of one node by default: what boards of a screen leave out. */
export const nodeFull: StandardBoard = {
  name: BOARD.full,
  title: 'Node Exporter / Full',
  description: 'Everything that is known of a node: processors, memory, disks, network, kernel, clock and hardware.',
  layer: DashboardLayer.INFRASTRUCTURE,
  topic: 'nodes',
  needs: ['node-exporter'],
  compose: (composer) => {
    const chosen = composer.choose('node_uname_info', single(NODE));
    return {
      variables: chosen.variables,
      links: composer.boardLinks(['All nodes', BOARD.useCluster], ['Node', BOARD.nodes], ['Pods', BOARD.pods]),
      sections: [
        overview(composer, chosen),
        processors(composer, chosen),
        ...memorySections(composer, chosen),
        ...deviceSections(composer, chosen),
        ...kernelSections(composer, chosen),
        exporter(composer, chosen),
        goProcess(composer, chosen, composer.labels.pod, is('job', 'node-exporter')),
      ],
    };
  },
};

function overview(composer: Composer, chosen: Series): Section {
  const { series } = chosen;
  const { graph, number } = panelsOf(composer);
  const metrics = new NodeMetrics(chosen, composer.labels.node);
  const gauge = (metric: string) => metrics.gauge(metric);
  const share = { decimals: 1, thresholds: BUSY };
  const swap = `1 - ${gauge('node_memory_SwapFree_bytes')} / (${gauge('node_memory_SwapTotal_bytes')} > 0)`;
  return {
    title: 'Overview',
    panels: [
      ...line(
        number('CPU in use', 'percentunit', metrics.cpu(), 'Share of the time in which processors work.', share),
        number('Load per core', 'short', metrics.load(), 'Processes that run or wait, for each core. Above 1 some wait.', {
          decimals: 2,
          thresholds: LOADED,
        }),
        number('Memory in use', 'percentunit', metrics.memory(), 'Share of the memory that programs cannot get.', share),
        number('Swap in use', 'percentunit', swap, 'Share of the swap space in use. Much of it makes everything slow.', share),
        number('Fullest disk', 'percentunit', metrics.fullest(), 'Share of its space that the fullest file system uses.', {
          decimals: 1,
          thresholds: FULL,
        }),
        number('Processes that wait', 'short', gauge('node_procs_blocked'), 'Processes that wait for a disk just now.', {
          thresholds: worseFrom(5, 20),
        }),
      ),
      ...line(
        number('Cores', 'short', metrics.cores(), 'Processors that the system sees.'),
        number('Memory', 'bytes', gauge('node_memory_MemTotal_bytes'), 'Memory that the system sees.'),
        number(
          'Swap',
          'bytes',
          gauge('node_memory_SwapTotal_bytes'),
          'Swap space. Kubernetes expects none unless it is told to use it.',
        ),
        number('Kernel', 'none', series('node_uname_info'), 'Version of the kernel.', { name: '{{release}}' }),
        number('System', 'none', series('node_os_info'), 'The operating system.', { name: '{{pretty_name}}' }),
        number('Running for', 's', `time() - ${max(series('node_boot_time_seconds'))}`, 'Time since the node was started.'),
      ),
      ...line(
        graph('CPU', 'percentunit', { 'in use': metrics.cpu() }, 'Share of the time in which processors work.', {
          max: 1,
          thresholds: BUSY,
        }),
        graph('Memory', 'percentunit', { 'in use': metrics.memory() }, 'Share of the memory that programs cannot get.', {
          max: 1,
          thresholds: BUSY,
        }),
        graph(
          'Network',
          'Bps',
          { in: metrics.network('receive', 'bytes'), out: `-${metrics.network('transmit', 'bytes')}` },
          'Bytes per second on all interfaces: received above zero, sent below.',
          { signed: true },
        ),
      ),
    ],
  };
}

function processors(composer: Composer, { series, rate }: Series): Section {
  const { graph } = panelsOf(composer);
  const cores = sum(rate('node_cpu_seconds_total'));
  const waiting = (resource: string, what: string) => sum(rate(`node_pressure_${resource}_${what}_seconds_total`));
  return {
    title: 'Processors',
    panels: [
      ...line(
        graph(
          'CPU by mode',
          'percentunit',
          { '{{mode}}': operation(sum(rate('node_cpu_seconds_total'), 'mode'), '/', call('scalar', cores)) },
          'What processors do: `iowait` is idle while a disk works, `steal` is taken by other guests of the same host.',
          { stacked: true, max: 1 },
        ),
        graph(
          'CPU of guests',
          'short',
          { '{{mode}}': sum(rate('node_cpu_guest_seconds_total'), 'mode') },
          'Cores that virtual machines on this node use.',
        ),
      ),
      ...line(
        graph(
          'Pressure: some wait',
          'percentunit',
          {
            CPU: waiting('cpu', 'waiting'),
            memory: waiting('memory', 'waiting'),
            'input and output': waiting('io', 'waiting'),
          },
          'Share of the time in which at least one process waits for the resource (PSI). Empty where the kernel has it off.',
        ),
        graph(
          'Pressure: all wait',
          'percentunit',
          { memory: waiting('memory', 'stalled'), 'input and output': waiting('io', 'stalled') },
          'Share of the time in which no process gets on, because all wait for the resource (PSI).',
        ),
      ),
      ...line(
        graph(
          'Load',
          'short',
          {
            '1 minute': sum(series('node_load1')),
            '5 minutes': sum(series('node_load5')),
            '15 minutes': sum(series('node_load15')),
          },
          'Processes that run, or wait for a core or a disk.',
        ),
        graph(
          'Processes',
          'short',
          { running: sum(series('node_procs_running')), 'waiting for disks': sum(series('node_procs_blocked')) },
          'Processes that run or could run, and those that wait for a disk.',
        ),
        graph(
          'Clock rate',
          'hertz',
          { '{{cpu}}': sum(series('node_cpu_scaling_frequency_hertz'), 'cpu') },
          'How fast each core is clocked. Low under load: heat or a power limit. Virtual machines do not say.',
        ),
      ),
      ...line(
        graph(
          'Context switches and interrupts',
          'ops',
          { 'context switches': sum(rate('node_context_switches_total')), interrupts: sum(rate('node_intr_total')) },
          'How often per second a core turns to another process or is interrupted.',
        ),
        graph(
          'New processes',
          'ops',
          { forks: sum(rate('node_forks_total')) },
          'Processes that start per second. Many: scripts or probes that start programs.',
        ),
        graph(
          'Waiting for a core',
          's',
          { '{{cpu}}': sum(rate('node_schedstat_waiting_seconds_total'), 'cpu') },
          'Seconds per second that processes wait in the queue of a core.',
        ),
      ),
    ],
  };
}

function exporter(composer: Composer, { series }: Series): Section {
  const { graph } = panelsOf(composer);
  return {
    title: 'Node Exporter',
    panels: line(
      graph(
        'Collectors: duration',
        's',
        { '{{collector}}': sum(series('node_scrape_collector_duration_seconds'), 'collector') },
        'Time that each collector takes. A slow one delays the whole scrape.',
      ),
      graph(
        'Collectors that fail',
        'short',
        { '{{collector}}': `1 - ${sum(series('node_scrape_collector_success'), 'collector')} == 1` },
        'Collectors that found nothing they can read. Normal for hardware that is not there.',
      ),
      graph(
        'Text files',
        'short',
        { failed: sum(series('node_textfile_scrape_error')) },
        'Whether metrics from files could not be read: NodeTextFileCollectorScrapeError.',
        { thresholds: worseFrom(1) },
      ),
    ),
  };
}
