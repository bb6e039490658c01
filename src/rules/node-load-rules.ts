import { is, isNoneOf } from '../query/expressions';
import type { AlertDefinition, Rules } from './definition';
import { each } from './kubernetes-selections';
import { labelValue, type RuleContext, VALUE } from './rule-context';

/** What nodes have to do: processors, memory, disks, and the kernel's tables. */
export const NODE_LOAD_RULES: Rules = {
  needs: ['node-exporter'],
  groups: (context) => [
    {
      name: 'node-load',
      alerts: [...processorAlerts(context), ...memoryAlerts(context), diskAlert(context), ...tableAlerts(context)],
    },
  ],
};

/** Names of nodes, not of pods: a new pod of node_exporter is no new node. */
const ofNode = (context: RuleContext) => {
  const eachNode = each(context, context.labels.node);
  return {
    node: labelValue(context.labels.node),
    value: (metric: string) => eachNode(context.select('node-exporter', metric)),
    rate: (metric: string) => eachNode(`rate(${context.select('node-exporter', metric)}[${context.window(5)}])`),
  };
};

function processorAlerts(context: RuleContext): AlertDefinition[] {
  const { node, value } = ofNode(context);
  const processors = `count ${context.by(context.labels.node)} (${context.select('node-exporter', 'node_cpu_seconds_total', is('mode', 'idle'))})`;
  const busy = context.select('node-exporter', 'node_cpu_seconds_total', isNoneOf('mode', ['idle', 'iowait']));
  return [
    {
      name: 'NodeCPUHighUsage',
      severity: 'info',
      for: '15m',
      threshold: { value: 0.9, unit: 'ratio' },
      expr: (threshold) =>
        `sum ${context.by(context.labels.node)} (rate(${busy}[${context.window(5)}])) / ${processors} > ${threshold}`,
      summary: `The processors of ${node} are busy`,
      description: (threshold) =>
        `The processors of ${node} are busy ${VALUE.percentage} of the time; at most ${threshold} is expected.`,
    },
    {
      name: 'NodeSystemSaturation',
      severity: 'warning',
      for: '15m',
      threshold: { value: 2, unit: 'count' },
      expr: (threshold) => `${value('node_load1')} / ${processors} > ${threshold}`,
      summary: `More wants to run on ${node} than can`,
      description: (threshold) =>
        `For each processor of ${node}, ${VALUE.number} processes want to run or wait for a disk; at most ${threshold} are expected.`,
    },
  ];
}

function memoryAlerts(context: RuleContext): AlertDefinition[] {
  const { node, value, rate } = ofNode(context);
  return [
    {
      name: 'NodeMemoryHighUtilization',
      severity: 'warning',
      for: '15m',
      threshold: { value: 0.9, unit: 'ratio' },
      expr: (threshold) =>
        `1 - ${value('node_memory_MemAvailable_bytes')} / ${value('node_memory_MemTotal_bytes')} > ${threshold}`,
      summary: `The memory of ${node} is almost used up`,
      description: (threshold) =>
        `${VALUE.percentage} of the memory of ${node} is in use and cannot be given to others; at most ${threshold} is expected.`,
    },
    {
      name: 'NodeMemoryMajorPagesFaults',
      severity: 'warning',
      for: '15m',
      threshold: { value: 500, unit: 'per second' },
      expr: (threshold) => `${rate('node_vmstat_pgmajfault')} > ${threshold}`,
      summary: `${node} reads its programs from the disk again and again`,
      description: (threshold) =>
        `${VALUE.number} times a second, memory that a process needs on ${node} must be read from a disk; at most ${threshold} is expected. It has too little memory.`,
    },
  ];
}

function diskAlert(context: RuleContext): AlertDefinition {
  const { labels } = context;
  const weighted = context.select('node-exporter', 'node_disk_io_time_weighted_seconds_total');
  const where = `${labelValue('device')} of ${labelValue(labels.node)}`;
  return {
    name: 'NodeDiskIOSaturation',
    severity: 'warning',
    for: '30m',
    threshold: { value: 10, unit: 'count' },
    expr: (threshold) => `${each(context, labels.node, 'device')(`rate(${weighted}[${context.window(5)}])`)} > ${threshold}`,
    summary: `The disk ${where} has a queue`,
    description: (threshold) =>
      `On average, ${VALUE.number} requests wait for the disk ${where} or are in work there; at most ${threshold} are expected.`,
  };
}

function tableAlerts(context: RuleContext): AlertDefinition[] {
  const { node, value } = ofNode(context);
  return [
    {
      name: 'NodeHighNumberConntrackEntriesUsed',
      severity: 'warning',
      for: '5m',
      threshold: { value: 0.75, unit: 'ratio' },
      expr: (threshold) => `${value('node_nf_conntrack_entries')} / ${value('node_nf_conntrack_entries_limit')} > ${threshold}`,
      summary: `The table of connections of ${node} is filling up`,
      description: (threshold) =>
        `${VALUE.percentage} of the connections that ${node} can follow are there; at most ${threshold} is expected. At 100 % new ones are dropped.`,
    },
    ...(
      [
        ['critical', 0.9],
        ['warning', 0.7],
      ] as const
    ).map(
      ([severity, limit]): AlertDefinition => ({
        name: 'NodeFileDescriptorLimit',
        severity,
        for: '15m',
        threshold: { value: limit, unit: 'ratio' },
        expr: (threshold) => `${value('node_filefd_allocated')} / ${value('node_filefd_maximum')} > ${threshold}`,
        summary: `${node} runs out of file descriptors`,
        description: (threshold) =>
          `${VALUE.percentage} of the file descriptors of ${node} are in use; at most ${threshold} is expected. Without one, no file and no connection is opened.`,
      }),
    ),
  ];
}
