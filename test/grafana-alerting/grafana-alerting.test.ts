import { Duration } from 'cdk8s';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AlertMatcher } from '../../src/alertmanager/alert-matcher';
import { AlertReceiver } from '../../src/alertmanager/alert-receiver';
import { AlertTimeInterval } from '../../src/alertmanager/alert-time-interval';
import { DataSource } from '../../src/grafana/data-source';
import { AlertDelivery } from '../../src/grafana-alerting/alert-delivery';
import type { GrafanaAlertingProps } from '../../src/grafana-alerting/grafana-alerting';
import { AlertSeverity } from '../../src/rules/rule';
import { Endpoint, EndpointProtocol } from '../../src/settings/endpoint';
import { expectEveryPropToMatter, manifestOf } from '../support/constructs';

import {
  ALERTMANAGER,
  contactPointOf,
  DOWN,
  GROUP,
  grafana,
  HOOK,
  interpolated,
  key,
  PROMETHEUS,
  problemsOf,
  ruleOf,
  slack,
  synthesized,
  withRoute,
} from './alerting';

describe('alert rules', () => {
  it('are queries of which each series is an alert', () => {
    const rule = ruleOf({
      name: 'HighErrorRate',
      expr: 'sum by (pod) (rate(http_requests_total{status=~"5..$"}[5m])) > 5',
      forDuration: Duration.minutes(5),
      keepFiringFor: Duration.minutes(1),
      severity: AlertSeverity.CRITICAL,
      summary: 'Errors in {{ $labels.pod }}',
      description: '{{ $value | printf "%.1f" }}% ({{ humanize .Value }}), costs $5',
      labels: { limit: '{{ $value }}' },
    });
    expect(rule).toEqual({
      uid: expect.stringMatching(/^higherrorrate-[0-9a-f]{12}$/),
      title: 'HighErrorRate',
      condition: 'C',
      data: [
        {
          refId: 'A',
          relativeTimeRange: { from: 600, to: 0 },
          datasourceUid: 'prometheus',
          model: {
            refId: 'A',
            datasource: { type: 'prometheus', uid: 'prometheus' },
            expr: 'sum by (pod) (rate(http_requests_total{status=~"5..$"}[5m])) > 5',
            instant: true,
            range: false,
          },
        },
        {
          refId: 'B',
          datasourceUid: '__expr__',
          model: {
            refId: 'B',
            datasource: { type: '__expr__', uid: '__expr__' },
            type: 'math',
            expression: 'is_number($A) || is_nan($A) || is_inf($A)',
          },
        },
        {
          refId: 'C',
          datasourceUid: '__expr__',
          model: {
            refId: 'C',
            datasource: { type: '__expr__', uid: '__expr__' },
            type: 'threshold',
            expression: 'B',
            conditions: [{ evaluator: { type: 'gt', params: [0] } }],
          },
        },
      ],
      noDataState: 'OK',
      execErrState: 'Error',
      for: '5m',
      keepFiringFor: '1m',
      missing_series_evals_to_resolve: 1,
      // Expanded by Grafana, where annotations and queries are not.
      labels: { severity: 'critical', limit: '{{ $$values.A.Value }}' },
      annotations: {
        summary: 'Errors in {{ $labels.pod }}',
        description: '{{ $values.A.Value | printf "%.1f" }}% ({{ humanize .Values.A.Value }}), costs $5',
      },
    });
  });

  it('ask Loki in LogQL', () => {
    const rule = ruleOf(
      { name: 'Errors', expr: 'sum(rate({namespace="shop"} |= "error" [5m])) > 1', summary: 'Errors' },
      { dataSource: 'loki' },
    );
    expect(rule.data[0]).toMatchObject({ datasourceUid: 'loki', model: { datasource: { type: 'loki' }, queryType: 'instant' } });
  });

  it('have uids that Grafana allows, whatever their names', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-zA-Z_]\w{0,80}$/), (name) => {
        expect(ruleOf({ ...DOWN, name }).uid).toMatch(/^[a-zA-Z0-9_-]{1,40}$/);
      }),
      { numRuns: 20 },
    );
  });

  it('are refused where Grafana could not do as they say, all at once', () => {
    const error = problemsOf(
      withRoute(
        { receiver: slack },
        {
          folder: 'a/b',
          dataSource: 'mysql',
          groups: [
            {
              name: 'shop',
              interval: Duration.seconds(15),
              records: [{ name: 'a:b:c', expr: 'up' }],
              alerts: [DOWN, { ...DOWN, severity: AlertSeverity.INFO }],
            },
            { name: 'shop', alerts: [{ name: 'Link', expr: 'up ==', summary: '{{ $externalURL }}', description: '${HOME}' }] },
          ],
        },
      ),
    );
    for (const text of [
      'alerting.folder is "a/b"',
      'alerting.dataSource is "mysql"',
      'alerting has two alerts Down',
      'alerting.groups has two groups "shop"',
      'alerting.groups.shop has records',
      'alerting.groups.shop.interval is 15s; allowed are multiples of 10s',
      'summary is "{{ $externalURL }}"',
      'description is "${HOME}"',
      'allowed is PromQL',
    ]) {
      expect(error).toContain(text);
    }
  });
});

describe('notification policies', () => {
  const night = AlertTimeInterval.of('nights', [{ times: [{ start: '00:00', end: '06:00' }], location: 'Asia/Seoul' }]);
  const days = AlertTimeInterval.of('days', [{ weekdays: ['monday:friday'] }]);

  it('are the routes', () => {
    const { file } = synthesized(
      withRoute({
        receiver: slack,
        groupWait: Duration.seconds(10),
        groupInterval: Duration.minutes(5),
        repeatInterval: Duration.hours(12),
        routes: [
          {
            matchers: [AlertMatcher.equal('severity', 'critical'), AlertMatcher.matches('app', 'a$|b')],
            receiver: AlertReceiver.pagerDuty('pager', { routingKey: key('routing') }),
            groupBy: ['...'],
            continue: true,
            activeTimeIntervals: [days],
            routes: [{ matchers: [AlertMatcher.notEqual('env', 'prod')], muteTimeIntervals: [night] }],
          },
        ],
      }),
    );
    expect(interpolated(file.policies)).toEqual([
      {
        orgId: 1,
        receiver: 'slack',
        group_by: ['alertname', 'cluster', 'namespace'],
        group_wait: '10s',
        group_interval: '5m',
        repeat_interval: '12h',
        routes: [
          {
            receiver: 'pager',
            object_matchers: [
              ['severity', '=', 'critical'],
              ['app', '=~', 'a$|b'],
            ],
            group_by: ['...'],
            continue: true,
            active_time_intervals: ['days'],
            routes: [{ object_matchers: [['env', '!=', 'prod']], mute_time_intervals: ['nights'] }],
          },
        ],
      },
    ]);
    expect(file.muteTimes).toEqual([
      { orgId: 1, name: 'days', time_intervals: [{ weekdays: ['monday:friday'] }] },
      {
        orgId: 1,
        name: 'nights',
        time_intervals: [{ times: [{ start_time: '00:00', end_time: '06:00' }], location: 'Asia/Seoul' }],
      },
    ]);
  });

  it('are checked as those of Alertmanager', () => {
    const error = problemsOf(
      withRoute({
        receiver: slack,
        groupBy: ['a-b'],
        routes: [{ matchers: [AlertMatcher.matches('a-b', '(')], muteTimeIntervals: [AlertTimeInterval.of('never', [])] }],
      }),
    );
    expect(error).toContain('alerting.delivery.groupBy has "a-b"');
    expect(error).toContain('alerting.delivery.routes[0].matchers[0] has the label "a-b"');
    expect(error).toContain('time interval "never" is []');
  });

  it('bring the templates that receivers use, and no others', () => {
    const plain = AlertReceiver.discord('plain', { webhookUrl: key('discord'), title: 'T', message: '{{ template "team" . }}' });
    const templates = { team: '{{ define "team" }}{{ $x := 1 }}$5{{ end }}' };
    expect(synthesized(withRoute({ receiver: plain }, { templates })).file.templates).toEqual([
      { orgId: 1, name: 'team', template: templates.team },
    ]);
    const [own] = synthesized(withRoute({ receiver: slack })).file.templates;
    expect(own).toMatchObject({
      orgId: 1,
      name: 'message',
      template: expect.stringContaining('{{ $group := .GroupLabels.Names -}}'),
    });
  });
});

describe('delivery by Alertmanager', () => {
  it('hands over each alert by itself, again and again, to the one that Grafana knows', () => {
    const { file } = synthesized({ groups: [GROUP], delivery: AlertDelivery.alertmanager() });
    expect(file.contactPoints).toEqual([
      {
        orgId: 1,
        name: 'alertmanager',
        receivers: [
          {
            uid: expect.any(String),
            type: 'prometheus-alertmanager',
            settings: { url: 'http://alertmanager.example:9093' },
            disableResolveMessage: false,
          },
        ],
      },
    ]);
    expect(file.policies).toEqual([
      {
        orgId: 1,
        receiver: 'alertmanager',
        group_by: ['...'],
        group_wait: '0s',
        group_interval: '30s',
        repeat_interval: '1m',
      },
    ]);
    expect(file.templates).toBeUndefined();
  });

  it('may name another, and needs one', () => {
    const other = AlertDelivery.alertmanager(Endpoint.external({ host: 'other.example', port: 9093 }));
    const { file } = synthesized({ groups: [GROUP], delivery: other }, { dataSources: [PROMETHEUS] });
    expect(file.contactPoints[0].receivers[0].settings.url).toBe('http://other.example:9093');
    const error = problemsOf({ groups: [GROUP], delivery: AlertDelivery.alertmanager() }, { dataSources: [PROMETHEUS] });
    expect(error).toContain('alerting.delivery is an Alertmanager without address');
  });
});

describe('GrafanaAlerting', () => {
  it('is mounted where Grafana looks', () => {
    const { manifests } = synthesized(withRoute({ receiver: slack }));
    const { volumeMounts } = manifestOf(manifests, 'StatefulSet').spec.template.spec.containers[0];
    expect(volumeMounts).toContainEqual({
      name: 'config',
      mountPath: '/etc/grafana/provisioning/alerting/alerting.yaml',
      subPath: 'alerting.yaml',
      readOnly: true,
    });
  });

  it('lets Grafana reach whom it tells', () => {
    const narrow = Endpoint.external({
      ...HOOK,
      host: 'hook',
      port: 8443,
      protocol: EndpointProtocol.HTTPS,
      cidrs: ['10.1.2.0/24'],
    });
    const { manifests } = synthesized(withRoute({ receiver: AlertReceiver.webhook('hook', { endpoint: narrow }) }));
    const { egress } = manifestOf(manifests, 'NetworkPolicy').spec;
    expect(egress).toContainEqual(
      expect.objectContaining({ to: [{ ipBlock: { cidr: '10.1.2.0/24' } }], ports: [{ port: 8443 }] }),
    );
  });

  it('has no dead property', () => {
    const every: Required<GrafanaAlertingProps> = {
      groups: [GROUP, { name: 'second', alerts: [{ ...DOWN, name: 'Second' }] }],
      delivery: AlertDelivery.alertmanager(),
      dataSource: 'thanos',
      folder: 'Shop',
      templates: { team: '{{ define "team" }}x{{ end }}' },
    };
    const thanos = DataSource.thanos({ endpoint: Endpoint.external({ host: 'thanos.example', port: 9090 }) });
    expectEveryPropToMatter<GrafanaAlertingProps>(
      (chart, alerting) => grafana(alerting, { dataSources: [PROMETHEUS, thanos, ALERTMANAGER] })(chart),
      withRoute({ receiver: slack }),
      every,
    );
  });

  it('takes hostile texts as data', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, unit: 'grapheme' }), (text) => {
        const receiver = AlertReceiver.discord('x', { webhookUrl: key('discord'), title: text, message: text });
        const { point } = contactPointOf(receiver);
        expect(point.settings).toMatchObject({ title: text, message: text });
      }),
      { numRuns: 50 },
    );
  });
});
