import { type Cases, target } from './cases';

const first = target('shop', 'shop-0');
const second = target('shop', 'shop-1');

export const GENERAL_CASES: Cases = {
  Watchdog: {
    fires: { series: {}, at: '0m', alerts: [{ severity: 'none' }] },
    // It is never silent; asked for before there is a first evaluation, promtool would refuse.
    silent: [],
  },
  TargetDown: {
    fires: {
      series: { [first('up')]: '1x30', [second('up')]: '1x5 0x25' },
      at: '20m',
      alerts: [{ job: 'shop', namespace: 'monitoring' }],
    },
    silent: [
      { series: { [first('up')]: '1x30', [second('up')]: '1x30' }, at: '20m' },
      // A restart.
      { series: { [first('up')]: '1x30', [second('up')]: '1x5 0x5 1x20' }, at: '20m' },
    ],
  },
};
