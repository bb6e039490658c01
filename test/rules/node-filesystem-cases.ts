import type { AlertCases, Cases, InputSeries } from './cases';
import { ofMachine } from './kubernetes-series';

const PLACE = { node: 'node-1', device: '/dev/sda1', mountpoint: '/' };
const disk = (metric: string, labels: Record<string, string> = {}) =>
  ofMachine(metric, { device: PLACE.device, mountpoint: PLACE.mountpoint, fstype: 'ext4', ...labels });

interface Measure {
  readonly free: string;
  readonly all: string;
}

/** Of 100. */
const filesystem = ({ free, all }: Measure, left: string, labels = {}, readonly = 0): InputSeries => ({
  [disk(free, labels)]: left,
  [disk(all, labels)]: '100x100',
  [disk('node_filesystem_readonly', labels)]: `${readonly}x100`,
});

const at = '80m';
const warning = { ...PLACE, severity: 'warning' };
const critical = { ...PLACE, severity: 'critical' };

const fillingUp = (measure: Measure): AlertCases => ({
  fires: [
    // Full in seven hours.
    { series: filesystem(measure, '10-0.02x100'), at, alerts: [warning] },
    { series: filesystem(measure, '9-0.04x100'), at, alerts: [warning, critical] },
  ],
  silent: [
    { series: filesystem(measure, '90-0.05x100'), at },
    { series: filesystem(measure, '8x100'), at },
    { series: filesystem(measure, '9-0.04x100', { fstype: 'tmpfs' }), at },
  ],
});

const almostOut = (measure: Measure): AlertCases => ({
  fires: [
    { series: filesystem(measure, '4x100'), at, alerts: [warning] },
    { series: filesystem(measure, '2x100'), at, alerts: [warning, critical] },
  ],
  silent: [
    { series: filesystem(measure, '2x10 20x90'), at },
    // An image.
    { series: filesystem(measure, '0x100', { fstype: 'squashfs' }, 1), at },
    { series: filesystem(measure, '2x100', { fstype: 'tmpfs' }), at },
  ],
});

const SPACE = { free: 'node_filesystem_avail_bytes', all: 'node_filesystem_size_bytes' };
const FILES = { free: 'node_filesystem_files_free', all: 'node_filesystem_files' };

export const NODE_FILESYSTEM_CASES: Cases = {
  NodeFilesystemSpaceFillingUp: fillingUp(SPACE),
  NodeFilesystemAlmostOutOfSpace: almostOut(SPACE),
  NodeFilesystemFilesFillingUp: fillingUp(FILES),
  NodeFilesystemAlmostOutOfFiles: almostOut(FILES),
};
