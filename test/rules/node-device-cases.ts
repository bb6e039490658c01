import type { AlertCases, Cases } from './cases';
import { ofMachine } from './kubernetes-series';

const NODE = { node: 'node-1' };
const DEVICE = { ...NODE, device: 'eth0' };
const at = '40m';
const network = (metric: string) => ofMachine(`node_network_${metric}`, { device: 'eth0' });

const errors = (direction: string): AlertCases => ({
  fires: {
    series: {
      [network(`${direction}_errs_total`)]: '0+30x100',
      [network(`${direction}_packets_total`)]: '0+1000x100',
    },
    at: '90m',
    alerts: [DEVICE],
  },
  silent: [
    {
      series: {
        [network(`${direction}_errs_total`)]: '0+5x100',
        [network(`${direction}_packets_total`)]: '0+1000x100',
      },
      at: '90m',
    },
    // No traffic.
    {
      series: { [network(`${direction}_errs_total`)]: '7x100', [network(`${direction}_packets_total`)]: '9x100' },
      at: '90m',
    },
  ],
});

const bond = (metric: string) => ofMachine(`node_bonding_${metric}`, { master: 'bond0' });
const ARRAY = { ...NODE, device: 'md0' };
const disks = (state: string) => ofMachine('node_md_disks', { device: 'md0', state });
const REQUIRED = ofMachine('node_md_disks_required', { device: 'md0' });
const OFFSET = ofMachine('node_timex_offset_seconds');
const SYNCHRONISED = ofMachine('node_timex_sync_status');
const MAXIMUM_ERROR = ofMachine('node_timex_maxerror_seconds');
const UNIT = { ...NODE, name: 'containerd.service' };
const unit = (state: string) => ofMachine('node_systemd_unit_state', { name: UNIT.name, state, type: 'notify' });
const RESTARTS = ofMachine('node_systemd_service_restart_total', { name: UNIT.name });
const TEXT_FILE = ofMachine('node_textfile_scrape_error');

export const NODE_DEVICE_CASES: Cases = {
  NodeNetworkReceiveErrs: errors('receive'),
  NodeNetworkTransmitErrs: errors('transmit'),
  NodeNetworkInterfaceFlapping: {
    fires: { series: { [network('up')]: '1x20 0 1 0 1 0 1 0 1 0 1' }, at: '30m', alerts: [DEVICE] },
    silent: { series: { [network('up')]: '1x20 0 1x20' }, at: '23m' },
  },
  NodeBondingDegraded: {
    fires: { series: { [bond('slaves')]: '2x60', [bond('active')]: '1x60' }, at, alerts: [{ ...NODE, master: 'bond0' }] },
    silent: { series: { [bond('slaves')]: '2x60', [bond('active')]: '2x20 1x3 2x40' }, at },
  },
  NodeClockSkewDetected: {
    fires: [
      { series: { [OFFSET]: '0.06x60' }, at, alerts: [NODE] },
      { series: { [OFFSET]: '-0.06-0.001x60' }, at, alerts: [NODE] },
    ],
    silent: [
      { series: { [OFFSET]: '0.01x60' }, at },
      // It is being put right.
      { series: { [OFFSET]: '0.5-0.005x60' }, at },
      { series: { [OFFSET]: '-0.5+0.005x60' }, at },
    ],
  },
  NodeClockNotSynchronising: {
    fires: { series: { [SYNCHRONISED]: '0x60', [MAXIMUM_ERROR]: '16x60' }, at, alerts: [NODE] },
    silent: [
      { series: { [SYNCHRONISED]: '0x60', [MAXIMUM_ERROR]: '2x60' }, at },
      { series: { [SYNCHRONISED]: '1x60', [MAXIMUM_ERROR]: '0.1x60' }, at },
    ],
  },
  NodeRAIDDegraded: {
    fires: { series: { [REQUIRED]: '2x60', [disks('active')]: '1x60' }, at, alerts: [ARRAY] },
    silent: { series: { [REQUIRED]: '2x60', [disks('active')]: '2x60', [disks('spare')]: '0x60' }, at },
  },
  NodeRAIDDiskFailure: {
    fires: { series: { [disks('failed')]: '1x60' }, at, alerts: [ARRAY] },
    silent: { series: { [disks('failed')]: '0x60', [disks('spare')]: '1x60' }, at },
  },
  NodeSystemdServiceFailed: {
    fires: { series: { [unit('failed')]: '1x60', [unit('active')]: '0x60' }, at, alerts: [UNIT] },
    silent: { series: { [unit('failed')]: '0x60', [unit('inactive')]: '1x60' }, at },
  },
  NodeSystemdServiceCrashlooping: {
    fires: { series: { [RESTARTS]: '0+2x60' }, at, alerts: [UNIT] },
    silent: { series: { [RESTARTS]: '0x10 1x10 2x40' }, at },
  },
  NodeTextFileCollectorScrapeError: {
    fires: { series: { [TEXT_FILE]: '1x60' }, at, alerts: [NODE] },
    silent: { series: { [TEXT_FILE]: '0x20 1x3 0x40' }, at },
  },
};
