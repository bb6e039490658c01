import { is } from '../query/expressions';
import type { AlertDefinition, Rules } from './definition';
import { each } from './kubernetes-selections';
import { labelValue, type RuleContext, VALUE } from './rule-context';

/** What nodes are made of: network devices, disk arrays, clocks and system services. */
export const NODE_DEVICE_RULES: Rules = {
  needs: ['node-exporter'],
  groups: (context) => [
    {
      name: 'node-devices',
      alerts: [...networkAlerts(context), ...clockAlerts(context), ...arrayAlerts(context), ...serviceAlerts(context)],
    },
  ],
};

function networkAlerts(context: RuleContext): AlertDefinition[] {
  const { labels } = context;
  const short = context.window(5);
  const eachDevice = each(context, labels.node, 'device');
  const eachBond = each(context, labels.node, 'master');
  const device = `${labelValue('device')} of ${labelValue(labels.node)}`;
  const rate = (metric: string) => eachDevice(`rate(${context.select('node-exporter', metric)}[${short}])`);
  const errors = (name: string, direction: string, verb: string): AlertDefinition => ({
    name,
    severity: 'warning',
    for: '1h',
    threshold: { value: 0.01, unit: 'ratio' },
    expr: (threshold) =>
      `${rate(`node_network_${direction}_errs_total`)} / ${rate(`node_network_${direction}_packets_total`)} > ${threshold}`,
    summary: `The network device ${device} ${verb} with errors`,
    description: (threshold) =>
      `${VALUE.percentage} of the packets that the network device ${device} ${verb} are faulty; at most ${threshold} is expected.`,
  });
  return [
    errors('NodeNetworkReceiveErrs', 'receive', 'receives'),
    errors('NodeNetworkTransmitErrs', 'transmit', 'sends'),
    {
      name: 'NodeNetworkInterfaceFlapping',
      severity: 'warning',
      for: '2m',
      threshold: { value: 2, unit: 'count' },
      // The nodes' ends of pods' networks are not among the devices.
      expr: (threshold) =>
        `${eachDevice(`changes(${context.select('node-exporter', 'node_network_up')}[${short}])`)} > ${threshold}`,
      summary: `The network device ${device} goes up and down`,
      description: (threshold) =>
        `The network device ${device} has gone up or down ${VALUE.number} times within ${short}; at most ${threshold} is expected.`,
    },
    {
      name: 'NodeBondingDegraded',
      severity: 'warning',
      for: '5m',
      expr: `${eachBond(context.select('node-exporter', 'node_bonding_slaves'))} - ${eachBond(context.select('node-exporter', 'node_bonding_active'))} > 0`,
      summary: `Links of the bond ${labelValue('master')} of ${labelValue(labels.node)} are down`,
      description: `${VALUE.number} of the links of the bond ${labelValue('master')} of ${labelValue(labels.node)} carry nothing.`,
    },
  ];
}

function clockAlerts(context: RuleContext): AlertDefinition[] {
  const short = context.window(5);
  const eachNode = each(context, context.labels.node);
  const node = labelValue(context.labels.node);
  const offset = context.select('node-exporter', 'node_timex_offset_seconds');
  const grows = (sign: '' | '-', threshold: number) =>
    `${eachNode(`${sign}${offset}`)} > ${threshold} and ${eachNode(`${sign}deriv(${offset}[${short}])`)} >= 0`;
  return [
    {
      name: 'NodeClockSkewDetected',
      severity: 'warning',
      for: '10m',
      threshold: { value: 0.05, unit: 'seconds' },
      // Being put right slowly is no trouble.
      expr: (threshold) => `${grows('', threshold)} or ${grows('-', threshold)}`,
      summary: `The clock of ${node} is wrong`,
      description: (threshold) =>
        `The clock of ${node} is off by ${VALUE.duration} and does not come nearer; at most ${threshold} is expected.`,
    },
    {
      name: 'NodeClockNotSynchronising',
      severity: 'warning',
      for: '10m',
      // The kernel believes its clock for a while: at 16 s it gives up.
      expr: `${eachNode(`max_over_time(${context.select('node-exporter', 'node_timex_sync_status')}[${short}])`)} == 0 and ${eachNode(context.select('node-exporter', 'node_timex_maxerror_seconds'))} >= 16`,
      summary: `Nothing sets the clock of ${node}`,
      description: `The clock of ${node} is not compared with any other; it may drift by seconds a day.`,
    },
  ];
}

function arrayAlerts(context: RuleContext): AlertDefinition[] {
  const { labels } = context;
  const eachArray = each(context, labels.node, 'device');
  const disks = (state: string) => eachArray(context.select('node-exporter', 'node_md_disks', is('state', state)));
  const array = `${labelValue('device')} of ${labelValue(labels.node)}`;
  return [
    {
      name: 'NodeRAIDDegraded',
      severity: 'critical',
      for: '15m',
      expr: `${eachArray(context.select('node-exporter', 'node_md_disks_required'))} - ${disks('active')} > 0`,
      summary: `The disk array ${array} is degraded`,
      description: `The disk array ${array} lacks ${VALUE.number} disks, and no spare has stepped in. One more that fails may take the data with it.`,
    },
    {
      name: 'NodeRAIDDiskFailure',
      severity: 'warning',
      expr: `${disks('failed')} > 0`,
      summary: `A disk of the array ${array} has failed`,
      description: `${VALUE.number} disks of the array ${array} have failed and want replacing.`,
    },
  ];
}

function serviceAlerts(context: RuleContext): AlertDefinition[] {
  const { labels } = context;
  const short = context.window(5);
  const eachNode = each(context, labels.node);
  const eachUnit = each(context, labels.node, 'name');
  const node = labelValue(labels.node);
  const unit = `${labelValue('name')} of ${node}`;
  return [
    {
      name: 'NodeSystemdServiceFailed',
      severity: 'warning',
      for: '5m',
      expr: `${eachUnit(context.select('node-exporter', 'node_systemd_unit_state', is('state', 'failed')))} == 1`,
      summary: `The system service ${unit} has failed`,
      description: `systemd has given up on the unit ${unit}.`,
    },
    {
      name: 'NodeSystemdServiceCrashlooping',
      severity: 'warning',
      for: '15m',
      threshold: { value: 2, unit: 'count' },
      expr: (threshold) =>
        `${eachUnit(`increase(${context.select('node-exporter', 'node_systemd_service_restart_total')}[${short}])`)} > ${threshold}`,
      summary: `The system service ${unit} crashes again and again`,
      description: (threshold) =>
        `systemd has restarted the unit ${unit} ${VALUE.number} times within ${short}; at most ${threshold} is expected.`,
    },
    {
      name: 'NodeTextFileCollectorScrapeError',
      severity: 'warning',
      for: '10m',
      expr: `${eachNode(context.select('node-exporter', 'node_textfile_scrape_error'))} == 1`,
      summary: `node_exporter cannot read a text file of ${node}`,
      description: `node_exporter cannot read one of the files in its \`textfileDirectory\` on ${node}; metrics from there are missing.`,
    },
  ];
}
