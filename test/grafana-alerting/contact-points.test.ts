import { Duration } from 'cdk8s';
import { describe, expect, it } from 'vitest';
import { AlertMatcher } from '../../src/alertmanager/alert-matcher';
import { AlertReceiver } from '../../src/alertmanager/alert-receiver';
import { Endpoint, EndpointProtocol } from '../../src/settings/endpoint';
import { type Manifest, manifestOf } from '../support/constructs';

import { contactPointOf, HOOK, key, MAIL, problemsOf, slack, synthesized, withRoute } from './alerting';

describe('contact points', () => {
  const cases: { receiver: AlertReceiver; type: string; settings: object }[] = [
    {
      receiver: slack,
      type: 'slack',
      settings: {
        url: '<ALERTING_NOTIFICATIONS_SLACK_URL>',
        recipient: '#alerts',
        title: '{{ template "message.title" . }}',
        text: '{{ template "message.slack" . }}',
      },
    },
    {
      receiver: AlertReceiver.slack('app', {
        appToken: key('token'),
        channel: '#alerts',
        title: 'T',
        text: '$5',
        endpoint: Endpoint.external({ host: 'slack.example.com', port: 443, protocol: EndpointProtocol.HTTPS }),
      }),
      type: 'slack',
      settings: {
        token: '<ALERTING_NOTIFICATIONS_TOKEN>',
        endpointUrl: 'https://slack.example.com:443/api/chat.postMessage',
        recipient: '#alerts',
        title: 'T',
        text: '$5',
      },
    },
    {
      receiver: AlertReceiver.email('mail', { ...MAIL, to: ['a@example.com', 'b@example.com'], subject: 'S', text: 'T' }),
      type: 'email',
      settings: { addresses: 'a@example.com;b@example.com', subject: 'S', message: 'T', singleEmail: true },
    },
    {
      receiver: AlertReceiver.pagerDuty('pager', {
        routingKey: key('routing'),
        severity: 'critical',
        description: 'D',
        endpoint: Endpoint.external({ host: 'events.eu.pagerduty.com', port: 443, protocol: EndpointProtocol.HTTPS }),
      }),
      type: 'pagerduty',
      settings: {
        integrationKey: '<ALERTING_NOTIFICATIONS_ROUTING>',
        url: 'https://events.eu.pagerduty.com:443/v2/enqueue',
        summary: 'D',
        severity: 'critical',
        details: { runbook: '{{ .CommonAnnotations.runbook_url }}', dashboard: '{{ .CommonAnnotations.dashboard_url }}' },
      },
    },
    {
      receiver: AlertReceiver.opsgenie('genie', {
        apiKey: key('genie'),
        message: 'M',
        description: 'D',
        responders: [{ type: 'user', name: 'ann' }],
        endpoint: Endpoint.external({ host: 'api.eu.opsgenie.com', port: 443, protocol: EndpointProtocol.HTTPS }),
      }),
      type: 'opsgenie',
      settings: {
        apiKey: '<ALERTING_NOTIFICATIONS_GENIE>',
        apiUrl: 'https://api.eu.opsgenie.com:443/v2/alerts',
        message: 'M',
        description: 'D',
        responders: [{ type: 'user', username: 'ann' }],
      },
    },
    {
      receiver: AlertReceiver.webhook('hook', {
        endpoint: HOOK,
        basicAuth: { username: 'us$er', password: key('password') },
        maxAlerts: 10,
      }),
      type: 'webhook',
      settings: {
        url: 'https://hook.example.com:443/alerts',
        username: 'us$er',
        password: '<ALERTING_NOTIFICATIONS_PASSWORD>',
        maxAlerts: '10',
      },
    },
    {
      receiver: AlertReceiver.webhook('secret-hook', { url: key('url'), bearerToken: key('bearer') }),
      type: 'webhook',
      settings: { url: '<ALERTING_NOTIFICATIONS_URL>', authorization_credentials: '<ALERTING_NOTIFICATIONS_BEARER>' },
    },
    {
      receiver: AlertReceiver.microsoftTeams('teams', { webhookUrl: key('teams'), title: 'T', text: 'X' }),
      type: 'teams',
      settings: { url: '<ALERTING_NOTIFICATIONS_TEAMS>', title: 'T', message: 'X' },
    },
    {
      receiver: AlertReceiver.discord('discord', { webhookUrl: key('discord'), title: 'T', message: 'X' }),
      type: 'discord',
      settings: { url: '<ALERTING_NOTIFICATIONS_DISCORD>', title: 'T', message: 'X' },
    },
    {
      receiver: AlertReceiver.telegram('telegram', { botToken: key('bot'), chatId: -100, message: 'X' }),
      type: 'telegram',
      settings: { bottoken: '<ALERTING_NOTIFICATIONS_BOT>', chatid: '-100', message: 'X', parse_mode: 'None' },
    },
  ];

  it.each(cases)('of $receiver.name are of type $type', ({ receiver, type, settings }) => {
    const { point } = contactPointOf(receiver);
    expect(point).toEqual({
      uid: expect.stringMatching(/^[a-z-]+-[0-9a-f]{12}$/),
      type,
      settings,
      disableResolveMessage: false,
    });
  });

  it('have their secrets in the environment of Grafana', () => {
    const { env } = contactPointOf(slack);
    expect(env.containers[0].env).toContainEqual({
      name: 'ALERTING_NOTIFICATIONS_SLACK_URL',
      valueFrom: { secretKeyRef: { name: 'notifications', key: 'slack-url' } },
    });
  });

  it('keep two secrets apart whose variables would be one', () => {
    const { file } = synthesized(
      withRoute({
        receiver: AlertReceiver.all('both', [
          AlertReceiver.discord('a', { webhookUrl: key('a-b') }),
          AlertReceiver.discord('b', { webhookUrl: key('a.b') }),
        ]),
      }),
    );
    const urls = file.contactPoints[0].receivers.map(({ settings }: Manifest) => settings.url);
    expect(urls).toEqual(['$ALERTING_NOTIFICATIONS_A_B', '$ALERTING_NOTIFICATIONS_A_B_2']);
  });

  it('say that an alert is over, unless they must not', () => {
    const { point } = contactPointOf(AlertReceiver.slack('quiet', { apiUrl: key('slack-url'), sendResolved: false }));
    expect(point.disableResolveMessage).toBe(true);
  });

  it('share one mail server, which is Grafana itself', () => {
    const login = { authUsername: 'alerts', authPassword: key('mail') };
    const { ini, manifests } = synthesized(
      withRoute({ receiver: AlertReceiver.email('mail', { ...MAIL, ...login, to: ['a@example.com'] }) }),
    );
    expect(ini.slice(ini.indexOf('[smtp]')).trim().split('\n')).toEqual([
      '[smtp]',
      'enabled = true',
      'host = mail.example.com:587',
      'from_address = alerts@example.com',
      'from_name = Alerts',
      'user = alerts',
      'password = $__file{/etc/grafana/credentials/smtp-password}',
      'startTLS_policy = MandatoryStartTLS',
    ]);
    const { volumes, containers } = manifestOf(manifests, 'StatefulSet').spec.template.spec;
    expect(volumes.find(({ name }: Manifest) => name === 'credentials').projected.sources).toContainEqual({
      secret: { name: 'notifications', items: [{ key: 'mail', path: 'smtp-password' }] },
    });
    expect(JSON.stringify(containers[0].env ?? [])).not.toContain('notifications');
  });

  it('are refused where Grafana has no setting for it, all at once', () => {
    const proxy = Endpoint.external({ host: 'proxy.example.com', port: 3128 });
    const receivers = [
      AlertReceiver.nobody('nobody'),
      AlertReceiver.named('elsewhere'),
      AlertReceiver.slack('proxied', { apiUrl: key('slack-url'), proxy, extraConfig: { username: 'x' } }),
      AlertReceiver.webhook('slow', { endpoint: HOOK, timeout: Duration.seconds(5), certificateAuthority: key('ca') }),
      AlertReceiver.opsgenie('genie', { apiKey: key('genie'), priority: 'P1' }),
      AlertReceiver.telegram('telegram', { botToken: key('bot'), chatId: 1, endpoint: HOOK }),
      AlertReceiver.email('one', { ...MAIL, to: ['a@example.com'] }),
      AlertReceiver.email('two', { ...MAIL, from: 'b@example.com', to: ['a@example.com'] }),
    ];
    const routes = receivers.map((receiver, index) => ({ matchers: [AlertMatcher.equal('team', `${index}`)], receiver }));
    const error = problemsOf(withRoute({ receiver: slack, routes }), { settings: { 'smtp.host': 'other:25' } });
    for (const text of [
      'receiver "nobody" tells nobody',
      'receiver "elsewhere" is described in Alertmanager',
      'receiver "proxied": http_config.proxy_url is given',
      'receiver "proxied": extraConfig has username',
      'receiver "slow": timeout is given',
      'receiver "slow": http_config.tls_config.ca_file is given',
      'receiver "genie": priority is "P1"',
      'receiver "telegram": api_url is given',
      'the receivers have 2 mail servers',
      'settings has smtp.host',
    ]) {
      expect(error).toContain(text);
    }
  });
});
