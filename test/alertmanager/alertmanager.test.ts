import { Duration, Size } from 'cdk8s';
import { describe, expect, it } from 'vitest';
import { AlertMatcher } from '../../src/alertmanager/alert-matcher';
import { AlertReceiver } from '../../src/alertmanager/alert-receiver';
import { AlertTimeInterval } from '../../src/alertmanager/alert-time-interval';
import { Alertmanager, type AlertmanagerProps } from '../../src/alertmanager/alertmanager';
import { Cluster } from '../../src/settings/cluster';
import { Endpoint, EndpointProtocol } from '../../src/settings/endpoint';
import { MonitoringContext } from '../../src/settings/monitoring-context';
import { Retention } from '../../src/settings/retention';
import { SecretKey } from '../../src/settings/secret-key';
import {
  BASIC_AUTHENTICATION,
  EVERY_SERVICE_OPTION,
  EVERY_VOLUME_OPTION,
  EVERY_WORKLOAD_OPTION,
  expectEveryPropToMatter,
  type Manifest,
  manifestOf,
  synthesisError,
  synthesize,
} from '../support/constructs';

const secret = SecretKey.of('slack', 'url');
const slack = AlertReceiver.slack('slack', { apiUrl: secret });

const EVERY_PROP: Required<AlertmanagerProps> = {
  ...EVERY_WORKLOAD_OPTION,
  ...EVERY_VOLUME_OPTION,
  ...EVERY_SERVICE_OPTION,
  instance: 'second',
  route: {
    receiver: slack,
    routes: [{ matchers: [AlertMatcher.equal('severity', 'info')], receiver: AlertReceiver.nobody('none') }],
  },
  deadMansSwitch: { url: SecretKey.of('heartbeat', 'url') },
  inhibitRules: [{ sourceMatchers: [AlertMatcher.equal('a', 'b')], targetMatchers: [AlertMatcher.equal('c', 'd')] }],
  defaultInhibitRules: false,
  resolveTimeout: Duration.minutes(10),
  templates: { 'team.tmpl': '{{ define "team" }}team{{ end }}' },
  replicas: 3,
  retention: Retention.days(10),
  volume: Size.gibibytes(2),
  ingress: { host: 'alerts.example.com' },
  authentication: BASIC_AUTHENTICATION,
  externalUrl: 'https://alerts.example.com',
  secrets: [SecretKey.of('jira', 'token')],
  extraConfig: { global: { smtp_hello: 'example.com' } },
  knownLabels: ['severity'],
};

const make = (props: AlertmanagerProps) => (chart: ConstructorParameters<typeof Alertmanager>[0]) => {
  new Alertmanager(chart, 'alertmanager', props);
};

const problemsOf = (props: AlertmanagerProps) => synthesisError(make(props));

function warningsOf(props: AlertmanagerProps): string[] {
  let context: MonitoringContext | undefined;
  synthesize((chart) => {
    make(props)(chart);
    context = MonitoringContext.of(chart);
  });
  return context?.warnings ?? [];
}

describe('Alertmanager', () => {
  it('synthesizes with minimal properties', () => {
    expect(synthesize(make({}))).toMatchSnapshot();
  });

  it('synthesizes with every property', () => {
    const manifests = synthesize(make(EVERY_PROP));
    expect(manifestOf(manifests, 'StatefulSet').spec.template.spec).toMatchSnapshot();
    expect(manifestOf(manifests, 'ConfigMap').data['alertmanager.yaml']).toMatchSnapshot();
    expect(manifestOf(manifests, 'PodDisruptionBudget').spec.maxUnavailable).toBe(1);
  });

  it('has no dead property', () => {
    const { knownLabels: _, ...visible } = EVERY_PROP;
    expectEveryPropToMatter((chart, props: Omit<AlertmanagerProps, 'knownLabels'>) => make(props)(chart), {}, visible, {
      nodePort: { serviceType: EVERY_SERVICE_OPTION.serviceType },
    });
  });

  it('lets members of a cluster talk by TCP and UDP, before they are ready', () => {
    const manifests = synthesize(make({ replicas: 2 }), { cluster: Cluster.generic({ name: 'c', podCidrs: ['10.0.0.0/16'] }) });
    const { spec } = manifestOf(manifests, 'NetworkPolicy');
    const peer = { podSelector: { matchLabels: manifestOf(manifests, 'StatefulSet').spec.selector.matchLabels } };
    const ports = [{ port: 9094, protocol: 'UDP' }, { port: 9094 }];
    expect(spec.ingress).toEqual([{ from: [peer], ports }]);
    expect(spec.egress.slice(1)).toEqual([{ to: [peer], ports }]);
    const headless = manifestOf(manifests, 'Service', 'monitoring-alertmanager-headless').spec;
    expect(headless).toMatchObject({ clusterIP: 'None', publishNotReadyAddresses: true });
    expect(headless.ports.map(({ port, protocol }: Manifest) => `${port}/${protocol}`)).toEqual([
      '9093/TCP',
      '9094/TCP',
      '9094/UDP',
    ]);
    const [container] = manifestOf(manifests, 'StatefulSet').spec.template.spec.containers;
    expect(container.args.filter((argument: string) => argument.startsWith('--cluster.'))).toEqual([
      '--cluster.listen-address=0.0.0.0:9094',
      '--cluster.advertise-address=$(POD_IP):9094',
      '--cluster.label=monitoring/monitoring-alertmanager',
      '--cluster.peer=monitoring-alertmanager-0.monitoring-alertmanager-headless.monitoring.svc.cluster.local:9094',
      '--cluster.peer=monitoring-alertmanager-1.monitoring-alertmanager-headless.monitoring.svc.cluster.local:9094',
    ]);
  });

  it('mounts each key once and asks for its Secret', () => {
    const second = AlertReceiver.slack('second', { apiUrl: secret, channel: '#b' });
    const props = {
      route: { receiver: slack, routes: [{ matchers: [], receiver: second }] },
      secrets: [SecretKey.of('a', 'b.c')],
    };
    const { volumes, containers } = manifestOf(synthesize(make(props)), 'StatefulSet').spec.template.spec;
    expect(volumes[1]).toEqual({
      name: 'secrets',
      projected: {
        sources: [
          { secret: { name: 'a', items: [{ key: 'b.c', path: 'a/b.c' }] } },
          { secret: { name: 'slack', items: [{ key: 'url', path: 'slack/url' }] } },
        ],
      },
    });
    expect(containers[0].volumeMounts[1]).toEqual({
      name: 'secrets',
      mountPath: '/etc/alertmanager/secrets',
      readOnly: true,
    });
  });

  it('reaches whom it tells, and each place once', () => {
    const mail = AlertReceiver.email('mail', {
      to: ['a@b.c'],
      from: 'd@b.c',
      smarthost: Endpoint.external({ host: 'smtp', port: 587, protocol: EndpointProtocol.TCP, cidrs: ['192.0.2.0/24'] }),
    });
    const other = AlertReceiver.slack('other', { apiUrl: secret, channel: '#c' });
    const hook = AlertReceiver.webhook('hook', { endpoint: Endpoint.external({ host: 'x', port: 80, namespace: 'hooks' }) });
    const receiver = AlertReceiver.all('all', [slack, other, mail, hook]);
    const { egress } = manifestOf(synthesize(make({ route: { receiver } })), 'NetworkPolicy').spec;
    expect(egress.slice(1)).toEqual([
      { to: [{ ipBlock: { cidr: '0.0.0.0/0' } }, { ipBlock: { cidr: '::/0' } }], ports: [{ port: 443 }] },
      { to: [{ ipBlock: { cidr: '192.0.2.0/24' } }], ports: [{ port: 587 }] },
      { to: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'hooks' } } }] },
    ]);
    const warnings = warningsOf({ route: { receiver } }).filter((warning) => warning.includes('egress-to-anywhere'));
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain('hooks.slack.com:443');
  });

  it('rolls when its configuration changes', () => {
    const annotations = (props: AlertmanagerProps) =>
      manifestOf(synthesize(make(props)), 'StatefulSet').spec.template.metadata.annotations['checksum/config'];
    expect(annotations({})).not.toBe(annotations({ defaultInhibitRules: false }));
  });

  it('warns of what works but is not meant', () => {
    expect(warningsOf({})).toEqual([expect.stringContaining('alertmanager-tells-nobody')]);
    const warnings = warningsOf({
      route: {
        receiver: AlertReceiver.nobody('n'),
        groupBy: ['alertname', 'squad'],
        routes: [
          { matchers: [AlertMatcher.equal('team', 'a')], groupInterval: Duration.hours(1), repeatInterval: Duration.hours(1) },
          { matchers: [AlertMatcher.equal('severity', 'x')], repeatInterval: Duration.minutes(1) },
        ],
      },
      knownLabels: ['severity'],
      extraConfig: { receivers: [{ name: 'unused' }] },
      serviceType: EVERY_SERVICE_OPTION.serviceType,
    });
    expect(warnings.map((warning) => warning.replace('[test/alertmanager] ', ''))).toEqual([
      expect.stringContaining(
        'alertmanager-without-login: monitoring-alertmanager is reachable through a Service of type LoadBalancer',
      ),
      'alertmanager-repeat-interval: route.routes[0].repeatInterval is 3600 s and groupInterval 3600 s: groups are looked at when 3600 s end, so sending, which takes time, makes every other repetition fail to come',
      'alertmanager-repeat-interval: route.routes[1].repeatInterval is 60 s and groupInterval 300 s: groups are looked at when 300 s end, so they repeat no sooner than that',
      'alertmanager-unused-receiver: no route leads to the receiver "unused" of extraConfig; lead one there with AlertReceiver.named, or remove it',
      'alertmanager-unknown-label: no known alert has the label "squad", which routes or inhibition name; known are severity: did you mean "severity"?',
      'alertmanager-unknown-label: no known alert has the label "team", which routes or inhibition name; known are severity: did you mean "severity"?',
    ]);
  });

  it('names all that is wrong at once', () => {
    const bad = AlertReceiver.all('bad', [
      AlertReceiver.slack('s', {}),
      AlertReceiver.slack('t', { appToken: secret, extraConfig: { chanel: '#a', api_url: 'https://x' } }),
      AlertReceiver.email('e', {
        to: [],
        from: 'nobody',
        smarthost: Endpoint.external({ host: 'a b', port: 25 }),
        authUsername: 'x',
      }),
      AlertReceiver.opsgenie('o', { apiKey: secret, responders: [{ type: 'squad', name: 'x' }] }),
      AlertReceiver.webhook('w', { maxAlerts: 0, basicAuth: { username: 'u', password: secret }, bearerToken: secret }),
      AlertReceiver.telegram('t', { botToken: secret, chatId: 0 }),
      AlertReceiver.discord('d', {
        webhookUrl: secret,
        endpoint: Endpoint.external({ host: 'x', port: 1, protocol: EndpointProtocol.GRPC }),
      }),
    ]);
    const never = AlertTimeInterval.of('never', [
      {
        times: [{ start: '18:00', end: '09:00' }],
        weekdays: ['saturday:sunday', 'Montag'],
        daysOfMonth: ['0', '-1:5', '32'],
        months: ['december:january', '13'],
        years: ['2028:2026', 'x'],
        location: 'Asia/Soeul',
      },
    ]);
    const error = problemsOf({
      replicas: 0,
      retention: Retention.hours(1),
      externalUrl: 'https://x/path',
      ingress: { host: 'x', path: '/alerts' },
      resolveTimeout: Duration.millis(1),
      volume: Size.mebibytes(0),
      deadMansSwitch: { interval: Duration.seconds(1) },
      templates: { 'a/b': '', 'message.tmpl': '' },
      inhibitRules: [{ sourceMatchers: [], targetMatchers: [AlertMatcher.matches('1', '(')], equal: ['a b'] }],
      route: {
        receiver: bad,
        groupBy: ['...', 'a-b'],
        groupInterval: Duration.millis(5),
        routes: [
          { matchers: [AlertMatcher.equal('alertname', 'Watchdog')], receiver: AlertReceiver.named('elsewhere') },
          { matchers: [AlertMatcher.matches('x', '[')], receiver: AlertReceiver.nobody('bad'), muteTimeIntervals: [never] },
          { matchers: [], receiver: AlertReceiver.nobody(' '), muteTimeIntervals: [AlertTimeInterval.of('never', [])] },
        ],
      },
      extraConfig: {
        reciever: {},
        global: { slack_api_url: 'https://hooks', smtp: 1 },
        templates: 'x',
        receivers: [{ name: 'bad', pagerduty_configs: [{ routing_key: 'x' }] }, { name: 'jira' }],
      },
    });
    for (const text of [
      'replicas is 0',
      'externalUrl is "https://x/path"',
      'ingress.path is "/alerts"',
      'resolveTimeout is 1 ms',
      'volume is 0Ki',
      'deadMansSwitch.interval is 1000 ms',
      'templates has the file "a/b"',
      'templates has the file "message.tmpl"',
      'inhibitRules[0].sourceMatchers is []',
      'inhibitRules[0].targetMatchers[0] has the label "1"',
      'inhibitRules[0].targetMatchers[0] has the pattern "("',
      'inhibitRules[0].equal has "a b"',
      'route.groupBy is ["...","a-b"]',
      'route.groupBy has "a-b"',
      'route.groupInterval is 5 ms',
      'route.routes[0] matches alertname="Watchdog"; allowed are alerts that the route of `deadMansSwitch`',
      'route.routes[1].matchers[0] has the pattern "["',
      'route.repeatInterval is 4h; allowed is at most `retention`, 1h',
      'receiver "bad": apiUrl and appToken are not given',
      'receiver "bad": channel is not given',
      'receiver "bad": extraConfig has the key "chanel"',
      'receiver "bad": extraConfig.api_url is a literal',
      'receiver "bad": to is []',
      'receiver "bad": address is "nobody"',
      'receiver "bad": smarthost speaks http',
      'receiver "bad": smarthost.host is "a b"',
      'receiver "bad": authUsername is given alone',
      'receiver "bad": responders has the type "squad"',
      'receiver "bad": url and endpoint are not given',
      'receiver "bad": basicAuth and bearerToken are both given',
      'receiver "bad": maxAlerts is 0',
      'receiver "bad": chatId is 0',
      'receiver "bad": endpoint speaks grpc',
      'receiver "dead-mans-switch": url and endpoint are not given',
      'receiver "bad" is described in two ways',
      'name of a receiver is " "',
      'receiver "elsewhere" is missing; allowed are those of extraConfig.receivers, "bad", "jira"',
      'extraConfig.receivers has "bad"',
      'time interval "never": times has 18:00 to 09:00',
      'time interval "never": weekdays has "saturday:sunday"',
      'time interval "never": weekdays has "Montag"',
      'time interval "never": daysOfMonth has "0"',
      'time interval "never": daysOfMonth has "-1:5"',
      'time interval "never": daysOfMonth has "32"',
      'time interval "never": months has "december:january"',
      'time interval "never": months has "13"',
      'time interval "never": years has "2028:2026"',
      'time interval "never": location is "Asia/Soeul"',
      'time interval "never" is []',
      'time interval "never" is described in two ways',
      'extraConfig has the key "reciever"',
      'extraConfig.global has the key "smtp"',
      'extraConfig.global.slack_api_url is a literal',
      'extraConfig.templates is "x"; allowed is a list',
      'extraConfig.receivers.0.pagerduty_configs.0.routing_key is a literal',
    ]) {
      expect(error).toContain(text);
    }
  });

  it('takes what is right', () => {
    const day = AlertTimeInterval.of('day', [
      { times: [{ start: '00:00', end: '24:00' }], weekdays: ['sunday:saturday'], daysOfMonth: ['-5:-1', '1:-1', '31'] },
      { months: ['january:december', '1:12', 'march'], years: ['2026'], location: 'America/Argentina/Buenos_Aires' },
    ]);
    const routes = [
      { matchers: [AlertMatcher.equal('team', 'a')], muteTimeIntervals: [day], receiver: slack },
      { matchers: [AlertMatcher.equal('team', 'b')], activeTimeIntervals: [day], receiver: slack },
    ];
    expect(() => synthesize(make({ route: { receiver: slack, routes } }))).not.toThrow();
  });
});
