import { type Cases, target } from './cases';

const own = target('fluentd');
const ELASTICSEARCH = { plugin_id: 'elasticsearch', type: 'elasticsearch' };
const RETRIES = own('fluentd_output_status_retry_count', ELASTICSEARCH);
const ROOM = own('fluentd_output_status_buffer_available_space_ratio', ELASTICSEARCH);
const RELABEL = own('fluentd_output_status_retry_count', { plugin_id: 'to_output', type: 'relabel' });
const NODE = { node: 'node-1' };

export const FLUENTD_CASES: Cases = {
  FluentdRetries: {
    fires: { series: { [RETRIES]: '0x5 1+1x40' }, at: '35m', alerts: [NODE] },
    // Elasticsearch was away for some minutes; and another output, which sends nothing.
    silent: { series: { [RETRIES]: '0x5 1+1x10 0x40', [RELABEL]: '1+1x60' }, at: '35m' },
  },
  FluentdBufferFillingUp: {
    fires: { series: { [ROOM]: '100-1x90' }, at: '75m', alerts: [NODE] },
    silent: { series: { [ROOM]: '100-1x40 100x60' }, at: '75m' },
  },
  FluentdBufferFull: {
    fires: { series: { [ROOM]: '40-1x39 0x40' }, at: '60m', alerts: [NODE] },
    silent: { series: { [ROOM]: '40-1x30 10x60' }, at: '60m' },
  },
};
