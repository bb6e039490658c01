import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Duration } from 'cdk8s';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { AlertMatcher } from '../../src/alertmanager/alert-matcher';
import { AlertReceiver } from '../../src/alertmanager/alert-receiver';
import { AlertTimeInterval } from '../../src/alertmanager/alert-time-interval';
import type { AlertmanagerProps } from '../../src/alertmanager/alertmanager';
import { regularExpressionProblem } from '../../src/query/regular-expression';
import { Endpoint, EndpointProtocol } from '../../src/settings/endpoint';
import { SecretKey } from '../../src/settings/secret-key';
import { alertmanagerRoot, checkConfig, HOSTILE } from './alert-routing';
import { freePort, until } from './api-server';
import { type ContainerRoot, PROGRAMS, runInRoot } from './container-root';
import { findProgram } from './programs';
import { selfSignedCertificate } from './questions';

const folder = mkdtempSync(join(tmpdir(), 'alertmanager-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const amtool = findProgram('amtool');
const server = findProgram('alertmanager');
const certificate = selfSignedCertificate();

const { equal, notEqual, matches, oneOf } = AlertMatcher;
const secret = SecretKey.of('alerting', 'key');
const authority = SecretKey.of('ca', 'ca.crt');
const https = (host: string) => Endpoint.external({ host, port: 443, protocol: EndpointProtocol.HTTPS });
const smarthost = Endpoint.external({ host: 'smtp.example.com', port: 587, protocol: EndpointProtocol.TCP });
const proxy = Endpoint.external({ host: 'proxy.example.com', port: 3128 });

const everyReceiver = AlertReceiver.all('every kind', [
  AlertReceiver.slack('a', { apiUrl: secret, channel: '#a', proxy, certificateAuthority: authority }),
  AlertReceiver.slack('b', { appToken: secret, channel: '#a', endpoint: https('slack.example.com') }),
  AlertReceiver.email('c', {
    to: ['a@example.com', 'Kim <b@example.com>'],
    from: 'alerts@example.com',
    smarthost,
    authUsername: 'alerts',
    authPassword: secret,
    requireTls: false,
    certificateAuthority: authority,
  }),
  AlertReceiver.pagerDuty('d', { routingKey: secret, endpoint: https('events.eu.pagerduty.com') }),
  AlertReceiver.opsgenie('e', {
    apiKey: secret,
    endpoint: https('api.eu.opsgenie.com'),
    responders: ['team', 'user', 'escalation', 'schedule'].map((type) => ({ type, name: 'x' })),
  }),
  AlertReceiver.microsoftTeams('f', { webhookUrl: secret }),
  AlertReceiver.discord('g', { webhookUrl: secret }),
  AlertReceiver.telegram('h', { botToken: secret, chatId: -1, endpoint: https('telegram.example.com') }),
  AlertReceiver.webhook('i', {
    url: secret,
    basicAuth: { username: 'x', password: secret },
    maxAlerts: 5,
    timeout: Duration.seconds(5),
  }),
  AlertReceiver.webhook('j', { endpoint: https('hook.example.com'), bearerToken: secret, sendResolved: false }),
]);

const CONFIGURATIONS: Record<string, AlertmanagerProps> = {
  minimal: {},
  'every receiver': { route: { receiver: everyReceiver }, deadMansSwitch: { url: secret } },
  'every kind of time': {
    resolveTimeout: Duration.minutes(7),
    templates: { 'team.tmpl': '{{ define "team" }}{{ .CommonLabels.team }}{{ end }}' },
    route: {
      receiver: AlertReceiver.nobody('n'),
      groupBy: ['...'],
      groupWait: Duration.seconds(0),
      groupInterval: Duration.millis(1500),
      repeatInterval: Duration.hours(100),
      routes: [
        {
          matchers: [equal('a', 'b')],
          muteTimeIntervals: [
            AlertTimeInterval.of('some time', [
              {
                times: [{ start: '00:00', end: '24:00' }],
                weekdays: ['sunday', 'monday:friday'],
                daysOfMonth: ['-5:-1', '1:-1', '31'],
                months: ['january:december', '1:12', 'march'],
                years: ['2026', '2026:2028'],
                location: 'Asia/Seoul',
              },
              {},
            ]),
          ],
          continue: true,
        },
      ],
    },
  },
  'hostile texts': {
    route: {
      receiver: AlertReceiver.all(
        'all',
        HOSTILE.filter((text) => !text.startsWith('{{')).map((text) =>
          AlertReceiver.slack('s', { apiUrl: secret, channel: text, title: text, text }),
        ),
      ),
      routes: HOSTILE.map((text) => ({ matchers: [equal('label', text)], receiver: AlertReceiver.nobody(`to ${text}`) })),
    },
    inhibitRules: HOSTILE.map((text) => ({
      name: text,
      sourceMatchers: [notEqual('label', text)],
      targetMatchers: [oneOf('label', [text, 'x'])],
      equal: ['alertname'],
    })),
  },
  'what has no type here': {
    route: { receiver: AlertReceiver.named('jira') },
    secrets: [secret],
    extraConfig: {
      global: { http_config: { follow_redirects: false } },
      receivers: [
        {
          name: 'jira',
          jira_configs: [
            {
              api_url: 'https://jira.example.com',
              project: 'OPS',
              issue_type: 'Bug',
              http_config: { authorization: { credentials_file: '/etc/alertmanager/secrets/alerting/key' } },
            },
          ],
        },
      ],
    },
  },
};

describe('a configuration', () => {
  it.skipIf(!server).each([1, 2])('starts %i replicas with the arguments of the pod', async (replicas) => {
    const root = alertmanagerRoot(folder, `replicas-${replicas}`, { replicas }, `${server}`, certificate);
    const started = /"msg":"Listening on"/;
    expect((await runInRoot(root, root.command, started)).output).toMatch(started);
  });

  it.skipIf(!amtool).each(Object.keys(CONFIGURATIONS))('is accepted: %s', async (name) => {
    const { code, output } = await checkConfig(alertmanagerRoot(folder, name, CONFIGURATIONS[name], `${amtool}`, certificate));
    expect({ code, output: code === 0 ? '' : output }).toEqual({ code: 0, output: '' });
    expect(output).toContain('templates\n  SUCCESS');
    expect(output).not.toMatch(/level=WARN/i);
  });

  it
    .skipIf(!amtool)
    .each([
      'x|y',
      '(?i)error',
      '(?P<name>x)+',
      '[[:alpha:]]+',
      '\\pL\\p{Greek}',
      '\\Qa(\\E',
      'x{2,3}?',
      '\\Aa\\z',
      '\\-\\/\\x41\\101',
      'a(?=b)',
      '(?<!x)y',
      '(a)\\1',
      'a(',
      '[b-a]',
      '*a',
      'a\\',
      '\\y',
      'a{2,1}',
    ])('has a pattern that both or neither understands: %s', async (pattern) => {
    const extraConfig = { inhibit_rules: [{ source_matchers: [matches('a', pattern).toString()], target_matchers: ['a="b"'] }] };
    const root = alertmanagerRoot(
      folder,
      `pattern ${Buffer.from(pattern).toString('hex')}`,
      { extraConfig },
      `${amtool}`,
      certificate,
    );
    const { code } = await checkConfig(root);
    expect(code === 0).toBe(regularExpressionProblem(pattern) === undefined);
  });
});

describe('messages', () => {
  const alert = (number: number, status = 'firing') => ({
    status,
    labels: { alertname: 'PodCrash', namespace: 'shop', pod: `<!channel> & ${number}` },
    annotations: {
      summary: `Pod ${number} <crashes>`,
      description: 'It & its container restart.',
      runbook_url: 'https://runbooks/PodCrash.md',
      dashboard_url: 'https://grafana/d/pods',
    },
    startsAt: '2026-01-01T00:00:00Z',
    endsAt: '0001-01-01T00:00:00Z',
    generatorURL: 'https://prometheus/graph?a=b&c=d',
    fingerprint: '0',
  });
  const dataOf = (alerts: object[], status: string) => ({
    receiver: 'r',
    status,
    alerts,
    groupLabels: { alertname: 'PodCrash', namespace: 'shop' },
    commonLabels: { alertname: 'PodCrash', namespace: 'shop', severity: 'critical' },
    commonAnnotations: {},
    externalURL: 'https://alerts.example.com',
  });

  async function render(name: string, data: object): Promise<string> {
    const root = alertmanagerRoot(folder, 'messages', {}, `${amtool}`, certificate);
    writeFileSync(join(root.root, 'data.json'), JSON.stringify(data));
    const { code, output } = await runInRoot(root, [
      `${PROGRAMS}/amtool`,
      'template',
      'render',
      '--template.glob=/etc/alertmanager/config/*.tmpl',
      `--template.text={{ template "message.${name}" . }}`,
      '--template.data=/data.json',
    ]);
    expect({ code, output: code === 0 ? '' : output }).toEqual({ code: 0, output: '' });
    return output;
  }

  it.skipIf(!amtool)('say what, where and what to do', async () => {
    const one = dataOf([alert(1)], 'firing');
    expect(await render('title', one)).toBe('[CRITICAL] PodCrash (shop)');
    expect(await render('title', dataOf([alert(1), alert(2)], 'firing'))).toBe('[CRITICAL x2] PodCrash (shop)');
    expect(await render('title', dataOf([alert(1, 'resolved')], 'resolved'))).toBe('[RESOLVED] PodCrash (shop)');
    expect(await render('text', one)).toBe(
      [
        'Pod 1 <crashes>',
        'It & its container restart.',
        'Labels: pod=<!channel> & 1',
        'Runbook: https://runbooks/PodCrash.md',
        'Dashboard: https://grafana/d/pods',
        'Query: https://prometheus/graph?a=b&c=d',
      ].join('\n'),
    );
    expect(await render('slack', dataOf([alert(1), alert(2, 'resolved')], 'firing'))).toBe(
      [
        '*Pod 1 &lt;crashes&gt;*',
        'It &amp; its container restart.',
        'pod: &lt;!channel&gt; &amp; 1',
        '<https://runbooks/PodCrash.md|Runbook>  <https://grafana/d/pods|Dashboard>  <https://prometheus/graph?a=b&c=d|Query>',
        '',
        'Resolved: *Pod 2 &lt;crashes&gt;*',
        'It &amp; its container restart.',
        'pod: &lt;!channel&gt; &amp; 2',
        '<https://runbooks/PodCrash.md|Runbook>  <https://grafana/d/pods|Dashboard>  <https://prometheus/graph?a=b&c=d|Query>',
      ].join('\n'),
    );
    expect(await render('markdown', one)).toBe(
      [
        '**Pod 1 <crashes>**',
        'It & its container restart.',
        'pod: <!channel> & 1',
        '[Runbook](https://runbooks/PodCrash.md)  [Dashboard](https://grafana/d/pods)  [Query](https://prometheus/graph?a=b&c=d)',
      ].join('\n\n'),
    );
  });

  it.skipIf(!amtool)('show ten alerts of many, and do without annotations', async () => {
    const many = await render(
      'slack',
      dataOf(
        Array.from({ length: 12 }, (_, index) => alert(index)),
        'firing',
      ),
    );
    expect(many.match(/Runbook/g)).toHaveLength(10);
    expect(many).toContain('The first 10 of 12 alerts are shown.');
    const bare = { ...alert(1), annotations: {}, generatorURL: '' };
    expect(await render('slack', dataOf([bare], 'firing'))).toBe('*PodCrash*\npod: &lt;!channel&gt; &amp; 1');
  });
});

interface Message {
  readonly path: string;
  readonly body: string;
}

/** Takes everything and remembers it. */
async function listen(): Promise<{ readonly url: string; readonly messages: Message[]; readonly server: Server }> {
  const messages: Message[] = [];
  const http = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      messages.push({ path: `${request.url}`, body });
      response.end('ok');
    });
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`, messages, server: http };
}

describe('two members', () => {
  const running: ChildProcess[] = [];
  const servers: Server[] = [];
  afterEach(() => {
    for (const child of running.splice(0)) {
      child.kill('SIGKILL');
    }
    for (const http of servers.splice(0)) {
      http.close();
    }
  });

  const slack = AlertReceiver.slack('slack', { apiUrl: SecretKey.of('slack', 'url') });
  const PROPS: AlertmanagerProps = {
    replicas: 2,
    deadMansSwitch: { url: SecretKey.of('heartbeat', 'url'), interval: Duration.seconds(15) },
    route: {
      receiver: slack,
      groupWait: Duration.seconds(1),
      groupInterval: Duration.seconds(4),
      repeatInterval: Duration.hours(4),
    },
  };
  /** Members wait 15 s for each other before they send; here one second. */
  const SHORTENED = '--cluster.peer-timeout=1s';

  const address = (index: number) => `127.0.0.${index + 2}`;

  /** The arguments of the pod, with loopback addresses in place of pods' and free ports in place of ours. */
  function start(index: number, root: ContainerRoot, gossip: number, web: number): ChildProcess {
    const ip = address(index);
    const [program, ...own] = root.command;
    const args = own.map((argument) =>
      argument.replace('0.0.0.0:9094', `${ip}:9094`).replace('=127.0.0.1:9094', `=${ip}:9094`).replace(':9094', `:${gossip}`),
    );
    const enter = ['--fork', '--kill-child', '--mount', '--map-root-user', 'chroot', root.root, program];
    const child = spawn('unshare', [...enter, ...args, `--web.listen-address=${ip}:${web}`, SHORTENED], { stdio: 'ignore' });
    running.push(child);
    return child;
  }

  it.skipIf(!server)('tell each alert once, and go on when one is gone', async () => {
    const { url, messages, server: http } = await listen();
    servers.push(http);
    const [gossip, web] = [await freePort('0.0.0.0'), await freePort('0.0.0.0')];
    const members = [0, 1].map((index) => {
      const root = alertmanagerRoot(folder, `member-${index}`, PROPS, `${server}`, certificate);
      writeFileSync(join(root.root, 'etc/alertmanager/secrets/slack/url'), `${url}/slack\n`);
      writeFileSync(join(root.root, 'etc/alertmanager/secrets/heartbeat/url'), `${url}/heartbeat`);
      const host = (member: number) =>
        `monitoring-alertmanager-${member}.monitoring-alertmanager-headless.monitoring.svc.cluster.local`;
      writeFileSync(join(root.root, 'etc/hosts'), `${address(0)} ${host(0)}\n${address(1)} ${host(1)}\n`);
      return { api: `http://${address(index)}:${web}/api/v2`, child: start(index, root, gossip, web) };
    });
    const statusOf = async (api: string) => {
      const response = await fetch(`${api}/status`).catch(() => undefined);
      return response?.ok ? ((await response.json()) as { cluster: { status: string; peers: unknown[] } }) : undefined;
    };
    for (const { api } of members) {
      await until(
        async () => {
          const status = await statusOf(api);
          return status?.cluster.status === 'ready' && status.cluster.peers.length === 2;
        },
        60_000,
        'the members do not know each other',
      );
    }
    const send = async (apis: string[], ...alerts: Record<string, string>[]) => {
      const body = JSON.stringify(
        alerts.map((labels) => ({
          labels,
          annotations: { summary: `Summary of ${labels.pod}`, runbook_url: 'https://runbook' },
        })),
      );
      const headers = { 'Content-Type': 'application/json' };
      for (const api of apis) {
        expect((await fetch(`${api}/alerts`, { method: 'POST', headers, body })).status).toBe(200);
      }
    };
    const told = () => messages.filter(({ path }) => path === '/slack').map(({ body }) => JSON.parse(body).attachments[0]);
    const next = async (count: number) => {
      await until(async () => told().length >= count, 60_000, `no message ${count}`);
      return told()[count - 1];
    };
    const apis = members.map(({ api }) => api);
    const crash = { alertname: 'PodCrash', namespace: 'shop', pod: 'a' };

    await send(apis, { alertname: 'Watchdog', severity: 'none' });
    // The milder alert about the same pod stays silent.
    await send(apis, { ...crash, severity: 'critical' }, { ...crash, severity: 'warning' });
    expect(await next(1)).toMatchObject({
      title: '[CRITICAL] PodCrash (shop)',
      text: expect.stringContaining('*Summary of a*'),
    });
    // When the second message comes, both members have dealt with the first.
    await send(apis, { ...crash, pod: 'b', severity: 'critical' });
    expect(await next(2)).toMatchObject({ title: '[CRITICAL x2] PodCrash (shop)' });
    expect(told()).toHaveLength(2);

    const beats = () => messages.filter(({ path }) => path === '/heartbeat');
    await until(async () => beats().length >= 1, 60_000, 'no heartbeat');
    const first = Date.now();
    await until(async () => beats().length >= 2, 60_000, 'no further heartbeat');
    // One that misses its turn comes after 30 s.
    expect(Date.now() - first).toBeLessThan(25_000);
    expect(JSON.parse(beats()[0].body)).toMatchObject({ status: 'firing', receiver: 'dead-mans-switch' });
    expect(told()).toHaveLength(2);

    members[0].child.kill('SIGKILL');
    await send([apis[1]], { ...crash, pod: 'c', severity: 'critical' });
    expect(await next(3)).toMatchObject({ title: '[CRITICAL x3] PodCrash (shop)' });
  });
});
