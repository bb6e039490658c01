import { doesNotMatch, type Matcher, matches } from '../query/expressions';
import { failedShare, noneAnswers } from './component-expressions';
import type { Rules } from './definition';
import { labelValue, VALUE } from './rule-context';

/** Failures of data sources pass through the others; they have an alert of their own. */
const DIRECT = doesNotMatch('handler', '/api/(datasources/proxy|ds/query).*');

/** Grafana. Its metrics are those of its published code (version 13). */
export const GRAFANA_RULES: Rules = {
  needs: ['grafana'],
  groups: (context) => {
    const window = context.window(5);
    const by = ['job', context.labels.namespace];
    const own = (metric: string, ...matchers: Matcher[]) => context.select('grafana', `grafana_${metric}`, ...matchers);
    const where = `Grafana in ${labelValue(context.labels.namespace)}`;
    return [
      {
        name: 'grafana',
        alerts: [
          {
            name: 'GrafanaIsDown',
            severity: 'critical',
            for: '5m',
            expr: noneAnswers(context, 'grafana'),
            summary: 'Grafana is down',
            description: 'No Grafana answers: nobody can look at dashboards. Alerts are not concerned.',
          },
          {
            name: 'GrafanaRequestsFailing',
            severity: 'warning',
            for: '5m',
            threshold: { value: 0.5, unit: 'ratio' },
            expr: (threshold) =>
              `${failedShare(context, {
                failed: own('http_request_duration_seconds_count', DIRECT, matches('status_code', '5..')),
                all: own('http_request_duration_seconds_count', DIRECT),
                window,
                by: [...by, 'handler'],
              })} > ${threshold}`,
            summary: `${where} fails to answer ${labelValue('handler')}`,
            description: (threshold) =>
              `${VALUE.percentage} of the requests to ${labelValue('handler')} end with a failure of the server; at most ${threshold} is expected.`,
          },
          {
            name: 'GrafanaDataSourceFailing',
            severity: 'warning',
            for: '15m',
            threshold: { value: 0.1, unit: 'ratio' },
            expr: (threshold) =>
              `${failedShare(context, {
                failed: own('datasource_request_total', matches('code', '5..')),
                all: own('datasource_request_total'),
                window,
                by: [...by, 'datasource'],
              })} > ${threshold}`,
            summary: `${where} gets failures from the data source ${labelValue('datasource')}`,
            description: (threshold) =>
              `${VALUE.percentage} of the requests to the data source ${labelValue('datasource')} fail; at most ${threshold} is expected.`,
          },
        ],
      },
    ];
  },
};
