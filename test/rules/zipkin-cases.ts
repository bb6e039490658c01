import { placeOf } from './case-patterns';
import { type Cases, target } from './cases';

const own = target('zipkin');
const PLACE = placeOf('zipkin');
const dropped = (what: string) => own(`zipkin_collector_${what}_dropped_total`, { transport: 'http' });

export const ZIPKIN_CASES: Cases = {
  ZipkinSpansDropped: {
    fires: [
      { series: { [dropped('spans')]: '0+5x60', [dropped('messages')]: '0x60' }, at: '40m', alerts: [PLACE] },
      { series: { [dropped('spans')]: '0x60', [dropped('messages')]: '0+1x60' }, at: '40m', alerts: [PLACE] },
    ],
    silent: { series: { [dropped('spans')]: '3x60', [dropped('messages')]: '1x60' }, at: '40m' },
  },
};
