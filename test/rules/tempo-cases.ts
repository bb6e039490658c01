import { placeOf, rises, share } from './case-patterns';
import { type Cases, target } from './cases';

const own = target('tempo');
const PLACE = placeOf('tempo');
const NONE = '0x400';

/** One of two counters that are added rises, and then has risen once. */
const either = (rising: string, other: string, at: string) => ({
  fires: [
    { series: { [own(rising)]: '0+1x400', [own(other)]: NONE }, at, alerts: [PLACE] },
    { series: { [own(rising)]: NONE, [own(other)]: '0+1x400' }, at, alerts: [PLACE] },
  ],
  silent: { series: { [own(rising)]: '3 3 4x400', [own(other)]: NONE }, at },
});

const ROUTE = { route: 'api_search', method: 'GET', ws: 'false' };

export const TEMPO_CASES: Cases = {
  TempoSpansRefused: rises(own, 'tempo_receiver_refused_spans', '40m', PLACE, { receiver: 'otlp', transport: 'grpc' }),
  TempoBlocksNotKept: either('tempo_live_store_failed_completions_total', 'tempo_live_store_local_failed_flushes_total', '60m'),
  TempoCleanupFailing: either('tempodb_compaction_errors_total', 'tempodb_retention_errors_total', '120m'),
  TempoMetricsNotWritten: rises(own, 'prometheus_remote_storage_samples_failed_total', '60m', PLACE, { tenant: 'single-tenant' }),
  TempoRequestsFailing: share(own, {
    failed: ['tempo_request_duration_seconds_count', { ...ROUTE, status_code: '500' }],
    all: ['tempo_request_duration_seconds_count', { ...ROUTE, status_code: '200' }],
    at: '60m',
    shown: { ...PLACE, route: 'api_search' },
    percent: 10,
  }),
};
