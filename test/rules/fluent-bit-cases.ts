import { rises } from './case-patterns';
import { type Cases, target } from './cases';

const own = target('fluent-bit');
const ELASTICSEARCH = { name: 'elasticsearch' };
const RETRIES = own('fluentbit_output_retries_total', ELASTICSEARCH);
const SENT = own('fluentbit_output_proc_records_total', ELASTICSEARCH);
const ROOM = own('fluentbit_output_chunk_available_capacity_percent', ELASTICSEARCH);
const NODE = { node: 'node-1' };

export const FLUENT_BIT_CASES: Cases = {
  FluentBitRetries: {
    fires: { series: { [RETRIES]: '0+2x90', [SENT]: '0+100x10 1000x80' }, at: '60m', alerts: [NODE] },
    // Some requests fail, others arrive.
    silent: { series: { [RETRIES]: '0+2x90', [SENT]: '0+100x90' }, at: '60m' },
  },
  FluentBitBufferFillingUp: {
    fires: { series: { [ROOM]: '100-1x90' }, at: '75m', alerts: [NODE] },
    silent: { series: { [ROOM]: '100-1x40 100x60' }, at: '75m' },
  },
  FluentBitLinesLost: {
    ...rises(own, 'fluentbit_output_dropped_records_total', '40m', NODE, ELASTICSEARCH),
    silent: {
      series: { [own('fluentbit_output_dropped_records_total', ELASTICSEARCH)]: '3x60', [RETRIES]: '0+5x60' },
      at: '40m',
    },
  },
};
