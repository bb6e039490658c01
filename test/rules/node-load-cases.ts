import type { AlertCases, Cases } from './cases';
import { ofMachine } from './kubernetes-series';

const NODE = { node: 'node-1' };
const at = '40m';
const cpu = (mode: string, processor: string) => ofMachine('node_cpu_seconds_total', { mode, cpu: processor });

/** Two processors: seconds a minute that both are busy, idle and waiting for disks. */
const processors = (busy: number, idle: number, iowait = 0) =>
  Object.fromEntries(
    ['0', '1'].flatMap((processor) => [
      [cpu('user', processor), `0+${busy}x60`],
      [cpu('idle', processor), `0+${idle}x60`],
      [cpu('iowait', processor), `0+${iowait}x60`],
    ]),
  );

/** A gauge against another: too much for long, and too much for a moment. */
const share = (part: string, whole: string, much: number, little: number): AlertCases => ({
  fires: { series: { [ofMachine(part)]: `${much}x60`, [ofMachine(whole)]: '100x60' }, at, alerts: [NODE] },
  silent: [
    { series: { [ofMachine(part)]: `${little}x60`, [ofMachine(whole)]: '100x60' }, at },
    { series: { [ofMachine(part)]: `${little}x20 ${much}x3 ${little}x40`, [ofMachine(whole)]: '100x60' }, at: '23m' },
  ],
});

const QUEUE = ofMachine('node_disk_io_time_weighted_seconds_total', { device: 'sda' });
const FAULTS = ofMachine('node_vmstat_pgmajfault');
const DESCRIPTORS = (used: number) => ({
  [ofMachine('node_filefd_allocated')]: `${used}x60`,
  [ofMachine('node_filefd_maximum')]: '100x60',
});

export const NODE_LOAD_CASES: Cases = {
  NodeCPUHighUsage: {
    fires: { series: processors(58, 2), at, alerts: [NODE] },
    silent: [
      { series: processors(40, 20), at },
      // It waits for disks: that is another alert.
      { series: processors(2, 0, 58), at },
    ],
  },
  NodeSystemSaturation: {
    fires: { series: { ...processors(58, 2), [ofMachine('node_load1')]: '5x60' }, at, alerts: [NODE] },
    silent: { series: { ...processors(58, 2), [ofMachine('node_load1')]: '3x60' }, at },
  },
  NodeMemoryHighUtilization: share('node_memory_MemAvailable_bytes', 'node_memory_MemTotal_bytes', 5, 20),
  NodeMemoryMajorPagesFaults: {
    fires: { series: { [FAULTS]: '0+36000x60' }, at, alerts: [NODE] },
    silent: { series: { [FAULTS]: '0+24000x60' }, at },
  },
  NodeDiskIOSaturation: {
    fires: { series: { [QUEUE]: '0+900x60' }, at: '50m', alerts: [{ ...NODE, device: 'sda' }] },
    silent: { series: { [QUEUE]: '0+300x60' }, at: '50m' },
  },
  NodeHighNumberConntrackEntriesUsed: share('node_nf_conntrack_entries', 'node_nf_conntrack_entries_limit', 80, 60),
  NodeFileDescriptorLimit: {
    fires: [
      { series: DESCRIPTORS(80), at, alerts: [{ ...NODE, severity: 'warning' }] },
      {
        series: DESCRIPTORS(95),
        at,
        alerts: [
          { ...NODE, severity: 'warning' },
          { ...NODE, severity: 'critical' },
        ],
      },
    ],
    silent: { series: DESCRIPTORS(60), at },
  },
};
