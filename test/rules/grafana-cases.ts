import { noneAnswers, share } from './case-patterns';
import { type Cases, target } from './cases';

const own = target('grafana');
const SHOWN = { job: 'grafana', namespace: 'monitoring' };
const REQUESTS = 'grafana_http_request_duration_seconds_count';
const HANDLER = { handler: '/api/dashboards/uid/:uid', method: 'GET' };
const QUERY = { handler: '/api/ds/query', method: 'POST' };
const SOURCE = { datasource: 'Thanos', datasource_type: 'prometheus', method: 'POST' };

const failing = share(own, {
  failed: [REQUESTS, { ...HANDLER, status_code: '500' }],
  all: [REQUESTS, { ...HANDLER, status_code: '200' }],
  at: '30m',
  shown: { ...SHOWN, handler: HANDLER.handler },
  percent: 50,
});

export const GRAFANA_CASES: Cases = {
  GrafanaIsDown: noneAnswers('grafana'),
  GrafanaRequestsFailing: {
    ...failing,
    silent: [
      ...(Array.isArray(failing.silent) ? failing.silent : []),
      // That is the data source.
      { series: { [own(REQUESTS, { ...QUERY, status_code: '502' })]: '0+10x60' }, at: '30m' },
    ],
  },
  GrafanaDataSourceFailing: share(own, {
    failed: ['grafana_datasource_request_total', { ...SOURCE, code: '502' }],
    all: ['grafana_datasource_request_total', { ...SOURCE, code: '200' }],
    at: '40m',
    shown: { ...SHOWN, datasource: SOURCE.datasource },
    percent: 10,
  }),
};
