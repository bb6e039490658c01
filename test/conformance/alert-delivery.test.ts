import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Duration } from 'cdk8s';
import { dump, load } from 'js-yaml';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AlertMatcher } from '../../src/alertmanager/alert-matcher';
import { AlertReceiver } from '../../src/alertmanager/alert-receiver';
import { AlertTimeInterval } from '../../src/alertmanager/alert-time-interval';
import type { AlertmanagerProps } from '../../src/alertmanager/alertmanager';
import { Prometheus } from '../../src/prometheus/prometheus';
import { Alerts } from '../../src/rules/alerts';
import { Endpoint, EndpointProtocol } from '../../src/settings/endpoint';
import { SecretKey } from '../../src/settings/secret-key';
import { type Manifest, manifestOf, synthesize } from '../support/constructs';
import { type Capture, captureHttp, captureMail } from './alert-capture';
import { alertmanagerRoot } from './alert-routing';
import { freePort, until } from './api-server';
import type { ContainerRoot } from './container-root';
import { findProgram } from './programs';
import { selfSignedCertificate } from './questions';

const alertmanager = findProgram('alertmanager');
const prometheus = findProgram('prometheus');

const secret = (key: string) => SecretKey.of('receivers', key);
const { equal } = AlertMatcher;
const RUNBOOK = /\/TargetDown\b/;

/** A day of the week is none, or every one: what is now does not matter. */
const ALWAYS = AlertTimeInterval.of('always', [{ times: [{ start: '00:00', end: '24:00' }] }]);
const LONG_AGO = AlertTimeInterval.of('long ago', [{ years: ['2001:2002'] }]);

/** Every kind of receiver, which all lead to the test. */
function receiverOf(web: number, mail: number): AlertReceiver {
  const endpoint = (path = '') => Endpoint.external({ host: '127.0.0.1', port: web, path });
  return AlertReceiver.all('everybody', [
    AlertReceiver.slack('slack', { apiUrl: secret('slack'), channel: '#alerts' }),
    AlertReceiver.slack('slack app', { appToken: secret('token'), channel: '#alerts', endpoint: endpoint() }),
    AlertReceiver.pagerDuty('pagerduty', { routingKey: secret('key'), endpoint: endpoint() }),
    AlertReceiver.opsgenie('opsgenie', { apiKey: secret('key'), endpoint: endpoint('/opsgenie/') }),
    AlertReceiver.microsoftTeams('teams', { webhookUrl: secret('teams') }),
    AlertReceiver.discord('discord', { webhookUrl: secret('discord') }),
    AlertReceiver.telegram('telegram', { botToken: secret('token'), chatId: -1, endpoint: endpoint() }),
    AlertReceiver.webhook('webhook', { url: secret('webhook') }),
    AlertReceiver.email('mail', {
      to: ['operations@example.com'],
      from: 'alerts@example.com',
      smarthost: Endpoint.external({ host: '127.0.0.1', port: mail, protocol: EndpointProtocol.TCP }),
      requireTls: false,
      authUsername: 'alerts',
      authPassword: secret('password'),
    }),
  ]);
}

const webhookOf = (name: string) => AlertReceiver.webhook(name, { url: secret(name) });

function propsOf(web: number, mail: number): AlertmanagerProps {
  return {
    route: {
      receiver: receiverOf(web, mail),
      groupWait: Duration.seconds(2),
      groupInterval: Duration.seconds(2),
      routes: [
        { matchers: [equal('team', 'muted')], receiver: webhookOf('muted'), muteTimeIntervals: [ALWAYS] },
        { matchers: [equal('team', 'resting')], receiver: webhookOf('resting'), activeTimeIntervals: [LONG_AGO] },
        { matchers: [equal('team', 'working')], receiver: webhookOf('working'), activeTimeIntervals: [ALWAYS] },
      ],
    },
  };
}

describe.skipIf(!alertmanager || !prometheus)('an alert of the library', () => {
  const folder = mkdtempSync(join(tmpdir(), 'alert-delivery-'));
  const running: ChildProcess[] = [];
  let web: Capture;
  let mail: Capture;
  let api: string;

  const at = (path: string) => web.messages.filter((message) => message.path.startsWith(path));
  const first = async (path: string): Promise<Manifest> => {
    await until(async () => at(path).length > 0, 30_000, `nothing came to ${path}`);
    return JSON.parse(at(path)[0].body);
  };

  /** The real container's files, with the addresses of the test as Secrets. */
  function startAlertmanager(root: ContainerRoot, port: number): void {
    const secrets: Record<string, string> = { key: 'the key', token: '1:token', password: 'the password' };
    for (const name of ['slack', 'teams', 'discord', 'webhook', 'muted', 'resting', 'working']) {
      secrets[name] = `http://127.0.0.1:${web.port}/${name}`;
    }
    for (const [name, value] of Object.entries(secrets)) {
      writeFileSync(join(root.root, 'etc/alertmanager/secrets/receivers', name), value);
    }
    const enter = ['--fork', '--kill-child', '--mount', '--map-root-user', 'chroot', root.root];
    running.push(spawn('unshare', [...enter, ...root.command, `--web.listen-address=127.0.0.1:${port}`], { stdio: 'ignore' }));
  }

  /** The rules as they are; what is scraped are two jobs that nobody answers. */
  function startPrometheus(port: number, to: number, dead: number): void {
    const manifests = synthesize(
      (chart) => {
        const alerts = new Alerts().override('TargetDown', { forDuration: Duration.seconds(1) });
        new Prometheus(chart, 'prometheus', {
          alerts,
          evaluationInterval: Duration.seconds(1),
          scrapeTimeout: Duration.seconds(1),
        });
      },
      { scrapeInterval: Duration.seconds(1) },
    );
    const rules = manifestOf(manifests, 'ConfigMap', 'monitoring-prometheus-rules').data as Record<string, string>;
    mkdirSync(join(folder, 'rules'));
    for (const [name, text] of Object.entries(rules)) {
      writeFileSync(join(folder, 'rules', name), text);
    }
    const own = load(manifestOf(manifests, 'ConfigMap', 'monitoring-prometheus-config').data['prometheus.yml']) as Manifest;
    const job = (name: string) => ({
      job_name: name,
      static_configs: [{ targets: [`127.0.0.1:${dead}`], labels: { namespace: 'shop' } }],
    });
    writeFileSync(
      join(folder, 'prometheus.yml'),
      dump({
        global: own.global,
        rule_files: [join(folder, 'rules/*')],
        alerting: { alertmanagers: [{ static_configs: [{ targets: [`127.0.0.1:${to}`] }] }] },
        scrape_configs: [job('orders'), job('payments')],
      }),
    );
    const flags = [
      `--config.file=${folder}/prometheus.yml`,
      `--storage.tsdb.path=${folder}/data`,
      `--web.listen-address=127.0.0.1:${port}`,
    ];
    running.push(spawn(`${prometheus}`, flags, { stdio: 'ignore' }));
  }

  const send = async (...alerts: Record<string, string>[]) => {
    const body = JSON.stringify(alerts.map((labels) => ({ labels, annotations: { summary: 'sent' } })));
    const answer = await fetch(`${api}/alerts`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body });
    expect(answer.status).toBe(200);
  };

  beforeAll(async () => {
    [web, mail] = [await captureHttp(), await captureMail()];
    const [port, dead] = [await freePort(), await freePort()];
    api = `http://127.0.0.1:${port}/api/v2`;
    startAlertmanager(
      alertmanagerRoot(folder, 'server', propsOf(web.port, mail.port), `${alertmanager}`, selfSignedCertificate()),
      port,
    );
    await until(async () => (await fetch(`${api}/status`)).ok, 30_000, 'Alertmanager is not ready');
    startPrometheus(await freePort(), port, dead);
  });
  afterAll(() => {
    for (const child of running) {
      child.kill('SIGKILL');
    }
    web?.stop();
    mail?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('goes from the rule to the webhook, as one message for what belongs together', async () => {
    const message = await first('/webhook');
    expect(message.groupLabels).toEqual({ alertname: 'TargetDown', cluster: 'monitoring', namespace: 'shop' });
    expect(message.alerts.map(({ labels }: Manifest) => labels.job).sort()).toEqual(['orders', 'payments']);
    expect(message).toMatchObject({ status: 'firing', receiver: 'everybody', commonLabels: { severity: 'warning' } });
    expect(message.commonAnnotations.runbook_url).toMatch(RUNBOOK);
  });

  it('tells everybody title, severity and runbook', async () => {
    const title = '[WARNING x2] TargetDown (monitoring, shop)';
    const summary = 'Targets of the job orders do not answer';
    const [slack] = (await first('/slack')).attachments;
    expect(slack).toMatchObject({ title, text: expect.stringContaining(`*${summary}*`) });
    expect(slack.text).toMatch(RUNBOOK);

    const app = await first('/api/chat.postMessage');
    expect(app).toMatchObject({ channel: '#alerts', attachments: [expect.objectContaining({ title })] });
    expect(at('/api/chat.postMessage')[0].authorization).toBe('Bearer 1:token');

    const page = await first('/v2/enqueue');
    expect(page).toMatchObject({
      routing_key: 'the key',
      event_action: 'trigger',
      payload: { summary: title, severity: 'warning' },
    });
    expect(page.payload.custom_details.runbook).toMatch(RUNBOOK);

    const ticket = await first('/opsgenie/v2/alerts');
    expect(ticket).toMatchObject({ message: title, priority: expect.stringMatching(/^P[1-5]$/) });
    expect(ticket.description).toMatch(RUNBOOK);
    expect(at('/opsgenie')[0].authorization).toBe('GenieKey the key');

    const card = JSON.stringify(await first('/teams'));
    expect(card).toContain(title);
    expect(card).toMatch(RUNBOOK);

    const [embed] = (await first('/discord')).embeds;
    expect(embed.title).toBe(title);
    expect(embed.description).toMatch(RUNBOOK);

    const chat = await first('/bot1:token/sendMessage');
    expect(chat.text).toContain(summary);
    expect(chat.text).toMatch(RUNBOOK);

    await until(async () => mail.messages.length > 0, 30_000, 'no mail came');
    const [{ path, authorization, body }] = mail.messages;
    expect(path).toContain('FROM:<alerts@example.com>');
    expect(path).toContain('TO:<operations@example.com>');
    expect(authorization).toBe('alerts the password');
    const text = body.replaceAll('=\n', '').replaceAll('=3D', '=');
    expect(text).toContain(`Subject: ${title}`);
    expect(text).toContain(summary);
    expect(text).toMatch(RUNBOOK);
  });

  it('keeps a milder alert about the same thing silent, and no other', async () => {
    const full = { alertname: 'VolumeFills', namespace: 'data', persistentvolumeclaim: 'a' };
    await send(
      { ...full, severity: 'critical' },
      { ...full, severity: 'warning' },
      { ...full, persistentvolumeclaim: 'b', severity: 'warning' },
    );
    const told = () =>
      at('/webhook')
        .map(({ body }) => JSON.parse(body))
        .find(({ groupLabels }) => groupLabels.alertname === 'VolumeFills');
    await until(async () => told() !== undefined, 30_000, 'nothing came');
    const alerts: Manifest[] = told().alerts;
    expect(alerts.map(({ labels }) => `${labels.severity} ${labels.persistentvolumeclaim}`).sort()).toEqual([
      'critical a',
      'warning b',
    ]);
  });

  it('comes, and does not, at the times that the route says', async () => {
    const teams = ['muted', 'resting', 'working'];
    await send(...teams.map((team) => ({ alertname: 'Anything', team })));
    await first('/working');
    const stateOf = async (team: string): Promise<Manifest> => {
      const answer = await fetch(`${api}/alerts/groups?filter=team%3D${team}`);
      return ((await answer.json()) as Manifest)[0].alerts[0].status;
    };
    // The group of those that stay silent was flushed, too: Alertmanager notes then by which interval.
    for (const [team, interval] of Object.entries({ muted: 'always', resting: 'long ago' })) {
      await until(async () => (await stateOf(team)).mutedBy.length > 0, 30_000, `${team} was not muted`);
      expect((await stateOf(team)).mutedBy).toEqual([interval]);
      expect(at(`/${team}`)).toEqual([]);
    }
    expect((await stateOf('working')).mutedBy).toEqual([]);
  });
});
