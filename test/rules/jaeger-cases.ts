import { placeOf, rises } from './case-patterns';
import { type Cases, target } from './cases';

const own = target('jaeger');
const PLACE = placeOf('jaeger');
const RECEIVER = { receiver: 'otlp', transport: 'grpc' };
const refused = own('otelcol_receiver_refused_spans', RECEIVER);
const failed = own('otelcol_receiver_failed_spans', RECEIVER);
const READ = { name: 'traces', operation: 'get_traces', role: 'tracestore' };

export const JAEGER_CASES: Cases = {
  JaegerSpansRefused: {
    fires: [
      { series: { [refused]: '0+5x60', [failed]: '0x60' }, at: '40m', alerts: [PLACE] },
      { series: { [refused]: '0x60', [failed]: '0+5x60' }, at: '40m', alerts: [PLACE] },
    ],
    silent: { series: { [refused]: '3x60', [failed]: '1x60' }, at: '40m' },
  },
  JaegerStorageFailing: {
    ...rises(own, 'jaeger_storage_requests', '40m', PLACE, { ...READ, result: 'err' }),
    silent: { series: { [own('jaeger_storage_requests', { ...READ, result: 'ok' })]: '0+5x60' }, at: '40m' },
  },
};
