import { Duration } from 'cdk8s';
import { describe, expect, it } from 'vitest';
import { AlertMatcher } from '../../src/alertmanager/alert-matcher';
import { AlertReceiver } from '../../src/alertmanager/alert-receiver';
import { AlertTimeInterval } from '../../src/alertmanager/alert-time-interval';
import {
  type AlertmanagerSettings,
  alertmanagerArguments,
  alertmanagerConfig,
  alertmanagerFiles,
} from '../../src/alertmanager/alertmanager-config';
import { DataLabels } from '../../src/settings/data-labels';
import { Endpoint, EndpointProtocol } from '../../src/settings/endpoint';
import { Retention } from '../../src/settings/retention';
import { SecretKey } from '../../src/settings/secret-key';

const NOTHING: AlertmanagerSettings = {
  labels: new DataLabels(),
  route: undefined,
  deadMansSwitch: undefined,
  inhibitRules: [],
  defaultInhibitRules: false,
  resolveTimeout: undefined,
  templates: {},
  extraConfig: {},
};
const configOf = (settings: Partial<AlertmanagerSettings>) => alertmanagerConfig({ ...NOTHING, ...settings });

const secret = SecretKey.of('alerting', 'key');
const FILE = '/etc/alertmanager/secrets/alerting/key';
const https = (host: string) => Endpoint.external({ host, port: 443, protocol: EndpointProtocol.HTTPS });

const WATCHDOG = { matchers: ['alertname="Watchdog"'], receiver: 'nobody' };

describe('the configuration', () => {
  it('tells nobody when nobody is named', () => {
    expect(configOf({})).toEqual({
      route: { receiver: 'nobody', group_by: ['alertname', 'cluster', 'namespace'], routes: [WATCHDOG] },
      receivers: [{ name: 'nobody' }],
      templates: ['/etc/alertmanager/config/*.tmpl'],
    });
  });

  it('is that of the course, with the URL of Slack in a file and matchers for its deprecated match', () => {
    const text = '{{ range .Alerts }}{{ .Annotations.description }}{{ end }}';
    const slack = (name: string, channel: string, title: string) =>
      AlertReceiver.slack(name, {
        apiUrl: SecretKey.of('alertmanager-slack', 'url'),
        channel,
        title: `${title}: {{ .CommonLabels.alertname }}`,
        text,
        sendResolved: false,
      });
    const config = configOf({
      resolveTimeout: Duration.minutes(5),
      route: {
        receiver: slack('slack', '#alerts', 'Alert'),
        groupBy: ['alertname', 'cluster'],
        groupWait: Duration.seconds(10),
        groupInterval: Duration.seconds(10),
        repeatInterval: Duration.hours(12),
        routes: [
          {
            matchers: [AlertMatcher.equal('severity', 'critical')],
            receiver: slack('slack-critical', '#alerts-critical', 'CRITICAL'),
          },
        ],
      },
    });
    expect(config).toEqual({
      global: { resolve_timeout: '5m' },
      route: {
        group_by: ['alertname', 'cluster'],
        group_wait: '10s',
        group_interval: '10s',
        repeat_interval: '12h',
        receiver: 'slack',
        routes: [WATCHDOG, { matchers: ['severity="critical"'], receiver: 'slack-critical' }],
      },
      receivers: [
        {
          name: 'slack',
          slack_configs: [
            {
              send_resolved: false,
              api_url_file: '/etc/alertmanager/secrets/alertmanager-slack/url',
              channel: '#alerts',
              title: 'Alert: {{ .CommonLabels.alertname }}',
              text,
            },
          ],
        },
        { name: 'nobody' },
        {
          name: 'slack-critical',
          slack_configs: [
            {
              send_resolved: false,
              api_url_file: '/etc/alertmanager/secrets/alertmanager-slack/url',
              channel: '#alerts-critical',
              title: 'CRITICAL: {{ .CommonLabels.alertname }}',
              text,
            },
          ],
        },
      ],
      templates: ['/etc/alertmanager/config/*.tmpl'],
    });
  });

  it('has a tree of routes, times and heartbeats', () => {
    const night = AlertTimeInterval.of('night', [
      { times: [{ start: '18:00', end: '24:00' }], weekdays: ['monday:friday'], location: 'Asia/Seoul' },
    ]);
    const holidays = AlertTimeInterval.of('holidays', [{ months: ['december'], daysOfMonth: ['-7:-1'], years: ['2026:2028'] }]);
    const team = AlertReceiver.webhook('team', { endpoint: Endpoint.external({ host: 'hook', port: 80, path: '/alerts' }) });
    expect(
      configOf({
        deadMansSwitch: { url: secret, interval: Duration.minutes(3), alertName: 'Heartbeat' },
        route: {
          receiver: AlertReceiver.nobody('drain'),
          groupBy: ['...'],
          routes: [
            {
              matchers: [AlertMatcher.equal('team', 'a'), AlertMatcher.notEqual('severity', 'none')],
              receiver: team,
              continue: true,
              muteTimeIntervals: [night, holidays],
              routes: [{ matchers: [AlertMatcher.matches('namespace', 'a-.+')], activeTimeIntervals: [night] }],
            },
            { matchers: [AlertMatcher.noneOf('team', ['a', 'b.c'])], receiver: team },
          ],
        },
      }),
    ).toEqual({
      route: {
        receiver: 'drain',
        group_by: ['...'],
        routes: [
          {
            matchers: ['alertname="Heartbeat"'],
            receiver: 'dead-mans-switch',
            group_by: ['alertname'],
            group_wait: '0h',
            group_interval: '3m',
            repeat_interval: '150s',
          },
          {
            matchers: ['team="a"', 'severity!="none"'],
            receiver: 'team',
            continue: true,
            mute_time_intervals: ['night', 'holidays'],
            routes: [{ matchers: ['namespace=~"a-.+"'], active_time_intervals: ['night'] }],
          },
          { matchers: ['team!~"a|b\\\\.c"'], receiver: 'team' },
        ],
      },
      receivers: [
        { name: 'drain' },
        { name: 'dead-mans-switch', webhook_configs: [{ send_resolved: false, url_file: FILE, max_alerts: 1 }] },
        { name: 'team', webhook_configs: [{ send_resolved: true, url: 'http://hook:80/alerts' }] },
      ],
      time_intervals: [
        {
          name: 'night',
          time_intervals: [
            { times: [{ start_time: '18:00', end_time: '24:00' }], weekdays: ['monday:friday'], location: 'Asia/Seoul' },
          ],
        },
        {
          name: 'holidays',
          time_intervals: [{ months: ['december'], days_of_month: ['-7:-1'], years: ['2026:2028'] }],
        },
      ],
      templates: ['/etc/alertmanager/config/*.tmpl'],
    });
  });

  it('keeps silent what is mild about the same thing, in the names of the labels of data', () => {
    const rules = configOf({
      labels: new DataLabels({ node: 'kubernetes_node' }),
      defaultInhibitRules: true,
      inhibitRules: [
        {
          sourceMatchers: [AlertMatcher.equal('alertname', 'DatabaseDown')],
          targetMatchers: [AlertMatcher.equal('needs', 'database')],
        },
      ],
    }).inhibit_rules;
    const same = ['alertname', 'cluster', 'env', 'namespace', 'pod', 'container', 'kubernetes_node', 'app', 'job', 'instance'];
    const thing = [...same, 'persistentvolumeclaim', 'device', 'mountpoint', 'objective'];
    expect(rules).toEqual([
      {
        name: 'critical-over-milder',
        source_matchers: ['severity="critical"'],
        target_matchers: ['severity=~"warning|info"'],
        equal: thing,
      },
      { name: 'warning-over-info', source_matchers: ['severity="warning"'], target_matchers: ['severity="info"'], equal: thing },
      {
        name: 'node-gone',
        source_matchers: ['alertname=~"KubeNodeNotReady|KubeNodeUnreachable"'],
        target_matchers: ['severity=~"warning|info"', 'kubernetes_node!=""'],
        equal: ['cluster', 'kubernetes_node'],
      },
      { source_matchers: ['alertname="DatabaseDown"'], target_matchers: ['needs="database"'] },
    ]);
  });

  it('appends what a user adds', () => {
    const config = configOf({
      route: { receiver: AlertReceiver.named('jira') },
      extraConfig: { receivers: [{ name: 'jira' }], route: { labels: { team: 'a' } } },
    });
    expect(config).toEqual({
      route: {
        receiver: 'jira',
        group_by: ['alertname', 'cluster', 'namespace'],
        routes: [WATCHDOG],
        labels: { team: 'a' },
      },
      receivers: [{ name: 'nobody' }, { name: 'jira' }],
      templates: ['/etc/alertmanager/config/*.tmpl'],
    });
  });

  it('is a set of files, the templates among them', () => {
    const files = alertmanagerFiles({ ...NOTHING, templates: { 'team.tmpl': '{{ define "team" }}{{ end }}' } });
    expect(Object.keys(files)).toEqual(['alertmanager.yaml', 'message.tmpl', 'team.tmpl']);
    expect(files['message.tmpl']).toContain('{{ define "message.slack" -}}');
  });
});

describe('receivers', () => {
  const configOfKind = (receiver: AlertReceiver) => {
    const { name, ...lists } = receiver._config();
    expect(name).toBe('r');
    return lists;
  };
  const title = '{{ template "message.title" . }}';
  const text = '{{ template "message.text" . }}';

  it('Slack, by webhook and by app', () => {
    expect(configOfKind(AlertReceiver.slack('r', { apiUrl: secret }))).toEqual({
      slack_configs: [{ send_resolved: true, api_url_file: FILE, title, text: '{{ template "message.slack" . }}' }],
    });
    const app = AlertReceiver.slack('r', {
      appToken: secret,
      channel: '#a',
      title: 'T',
      text: 'X',
      endpoint: https('slack.corp'),
    });
    expect(configOfKind(app)).toEqual({
      slack_configs: [
        {
          send_resolved: true,
          app_token_file: FILE,
          app_url: 'https://slack.corp:443/api/chat.postMessage',
          channel: '#a',
          title: 'T',
          text: 'X',
        },
      ],
    });
  });

  it('e-mail', () => {
    const receiver = AlertReceiver.email('r', {
      to: ['a@b.c', 'Name <x@y.z>'],
      from: 'alerts@b.c',
      smarthost: Endpoint.external({ host: 'smtp.b.c', port: 587, protocol: EndpointProtocol.TCP }),
      authUsername: 'u',
      authPassword: secret,
      requireTls: false,
      certificateAuthority: SecretKey.of('ca', 'ca.crt'),
      extraConfig: { hello: 'b.c', headers: { Precedence: 'bulk' } },
    });
    expect(configOfKind(receiver)).toEqual({
      email_configs: [
        {
          send_resolved: true,
          to: 'a@b.c, Name <x@y.z>',
          from: 'alerts@b.c',
          smarthost: 'smtp.b.c:587',
          auth_username: 'u',
          auth_password_file: FILE,
          require_tls: false,
          tls_config: { ca_file: '/etc/alertmanager/secrets/ca/ca.crt' },
          headers: { Subject: title, Precedence: 'bulk' },
          text,
          hello: 'b.c',
        },
      ],
    });
  });

  it('PagerDuty and Opsgenie, in Europe', () => {
    const both = AlertReceiver.all('r', [
      AlertReceiver.pagerDuty('p', { routingKey: secret, severity: 'info', endpoint: https('events.eu.pagerduty.com') }),
      AlertReceiver.opsgenie('o', {
        apiKey: secret,
        responders: [
          { type: 'team', name: 'platform' },
          { type: 'user', name: 'kim' },
        ],
        priority: 'P2',
        endpoint: https('api.eu.opsgenie.com'),
      }),
    ]);
    expect(configOfKind(both)).toEqual({
      pagerduty_configs: [
        {
          send_resolved: true,
          routing_key_file: FILE,
          url: 'https://events.eu.pagerduty.com:443/v2/enqueue',
          description: title,
          severity: 'info',
          details: { runbook: '{{ .CommonAnnotations.runbook_url }}', dashboard: '{{ .CommonAnnotations.dashboard_url }}' },
        },
      ],
      opsgenie_configs: [
        {
          send_resolved: true,
          api_key_file: FILE,
          api_url: 'https://api.eu.opsgenie.com:443',
          message: title,
          description: text,
          priority: 'P2',
          responders: [
            { type: 'team', name: 'platform' },
            { type: 'user', username: 'kim' },
          ],
        },
      ],
    });
  });

  it('Microsoft Teams, Discord and Telegram', () => {
    const three = AlertReceiver.all('r', [
      AlertReceiver.microsoftTeams('m', { webhookUrl: secret, sendResolved: false }),
      AlertReceiver.discord('d', { webhookUrl: secret }),
      AlertReceiver.telegram('t', { botToken: secret, chatId: -100 }),
    ]);
    const markdown = '{{ template "message.markdown" . }}';
    expect(configOfKind(three)).toEqual({
      msteamsv2_configs: [{ send_resolved: false, webhook_url_file: FILE, title, text: markdown }],
      discord_configs: [{ send_resolved: true, webhook_url_file: FILE, title, message: markdown }],
      telegram_configs: [{ send_resolved: true, bot_token_file: FILE, chat_id: -100, message: text, parse_mode: '' }],
    });
  });

  it('webhooks, through a proxy and with a login', () => {
    const receiver = AlertReceiver.webhook('r', {
      url: secret,
      basicAuth: { username: 'u', password: SecretKey.of('login', 'password') },
      proxy: Endpoint.external({ host: 'proxy', port: 3128 }),
      certificateAuthority: SecretKey.of('ca', 'ca.crt'),
      maxAlerts: 5,
      timeout: Duration.seconds(5),
    });
    expect(configOfKind(receiver)).toEqual({
      webhook_configs: [
        {
          send_resolved: true,
          url_file: FILE,
          max_alerts: 5,
          timeout: '5s',
          http_config: {
            basic_auth: { username: 'u', password_file: '/etc/alertmanager/secrets/login/password' },
            proxy_url: 'http://proxy:3128',
            tls_config: { ca_file: '/etc/alertmanager/secrets/ca/ca.crt' },
          },
        },
      ],
    });
    expect(receiver._endpoints.map(({ hostAndPort }) => hostAndPort)).toEqual(['proxy:3128']);
    const token = AlertReceiver.webhook('r', { url: secret, bearerToken: secret });
    expect(configOfKind(token)).toEqual({
      webhook_configs: [{ send_resolved: true, url_file: FILE, http_config: { authorization: { credentials_file: FILE } } }],
    });
  });
});

describe('arguments', () => {
  const alone = {
    retention: Retention.days(5),
    externalUrl: undefined,
    asksForLogin: false,
    peers: [],
    clusterLabel: 'a/b',
    ipv6: false,
  };

  it('of one', () => {
    expect(alertmanagerArguments(alone)).toEqual([
      '--config.file=/etc/alertmanager/config/alertmanager.yaml',
      '--storage.path=/alertmanager',
      '--log.format=json',
      '--data.retention=120h',
      '--cluster.listen-address=',
    ]);
  });

  it('of a cluster, with addresses of either kind', () => {
    const cluster = {
      ...alone,
      externalUrl: 'https://alerts.example.com',
      asksForLogin: true,
      peers: ['x-0.y:9094', 'x-1.y:9094'],
    };
    expect(alertmanagerArguments(cluster).slice(4)).toEqual([
      '--web.external-url=https://alerts.example.com',
      '--web.config.file=/etc/web/web.yml',
      '--cluster.listen-address=0.0.0.0:9094',
      '--cluster.advertise-address=$(POD_IP):9094',
      '--cluster.label=a/b',
      '--cluster.peer=x-0.y:9094',
      '--cluster.peer=x-1.y:9094',
    ]);
    expect(alertmanagerArguments({ ...cluster, ipv6: true }).slice(6, 8)).toEqual([
      '--cluster.listen-address=[::]:9094',
      '--cluster.advertise-address=[$(POD_IP)]:9094',
    ]);
  });
});
