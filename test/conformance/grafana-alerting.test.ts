import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Duration } from 'cdk8s';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AlertMatcher } from '../../src/alertmanager/alert-matcher';
import { AlertReceiver } from '../../src/alertmanager/alert-receiver';
import { AlertTimeInterval } from '../../src/alertmanager/alert-time-interval';
import { DataSource } from '../../src/grafana/data-source';
import { Grafana } from '../../src/grafana/grafana';
import { AlertDelivery } from '../../src/grafana-alerting/alert-delivery';
import { GrafanaAlerting } from '../../src/grafana-alerting/grafana-alerting';
import { AlertSeverity } from '../../src/rules/rule';
import { Endpoint } from '../../src/settings/endpoint';
import { SecretKey } from '../../src/settings/secret-key';
import { type Manifest, synthesize } from '../support/constructs';
import { type Capture, captureHttp } from './alert-capture';
import { freePort, until } from './api-server';
import { GrafanaServer, grafanaOf } from './grafana-server';
import { findProgram } from './programs';

const grafana = findProgram('grafana');
const prometheus = findProgram('prometheus');

const secret = (key: string) => SecretKey.of('receivers', key);
const ADDRESSES = ['slack', 'teams', 'discord', 'webhook', 'shop', 'muted'];
const ALWAYS = AlertTimeInterval.of('always', [{ times: [{ start: '00:00', end: '24:00' }] }]);
const webhookOf = (name: string) => AlertReceiver.webhook(name, { url: secret(name) });

/** Grafana reads where alerts go once a minute. */
const QUICKLY = ['GF_UNIFIED_ALERTING_ALERTMANAGER_CONFIG_POLL_INTERVAL', '1s'];

/** Every kind of receiver whose address a Secret has, and routes by label. */
const ROUTE = {
  receiver: AlertReceiver.all('everybody', [
    AlertReceiver.slack('slack', { apiUrl: secret('slack'), channel: '#alerts' }),
    AlertReceiver.microsoftTeams('teams', { webhookUrl: secret('teams') }),
    AlertReceiver.discord('discord', { webhookUrl: secret('discord') }),
    webhookOf('webhook'),
  ]),
  groupWait: Duration.seconds(1),
  groupInterval: Duration.seconds(2),
  routes: [
    { matchers: [AlertMatcher.equal('team', 'shop')], receiver: webhookOf('shop') },
    { matchers: [AlertMatcher.equal('team', 'resting')], receiver: webhookOf('muted'), muteTimeIntervals: [ALWAYS] },
  ],
};

const alert = (name: string, expr: string, labels = {}) => ({
  name,
  expr,
  severity: AlertSeverity.WARNING,
  summary: `{{ $labels.job }} is "away" & $HOME`,
  forDuration: Duration.seconds(0),
  labels,
});

const manifestsOf = (source: number): Manifest[] =>
  synthesize((chart) => {
    new Grafana(chart, 'grafana', {
      dataSources: [DataSource.prometheus({ endpoint: Endpoint.external({ host: '127.0.0.1', port: source }) })],
      alerting: new GrafanaAlerting({
        groups: [
          {
            name: 'targets',
            interval: Duration.seconds(10),
            alerts: [
              alert('Away', 'up == 0'),
              alert('AwayForShop', 'up == 0', { team: 'shop' }),
              alert('AwayAtRest', 'up == 0', { team: 'resting' }),
              alert('NeverAway', 'up == 7'),
            ],
          },
        ],
        delivery: AlertDelivery.grafana(ROUTE),
      }),
    });
  });

describe.skipIf(!grafana || !prometheus)('alerts that Grafana evaluates', () => {
  const folder = mkdtempSync(join(tmpdir(), 'grafana-alerting-'));
  let source: ChildProcess;
  let server: GrafanaServer;
  let web: Capture;

  const at = (path: string) => web.messages.filter((message) => message.path === path);
  const first = async (path: string): Promise<Manifest> => {
    await until(async () => at(path).length > 0, 90_000, `nothing came to ${path}`);
    return JSON.parse(at(path)[0].body);
  };

  beforeAll(async () => {
    web = await captureHttp();
    const port = await freePort();
    const targets = [{ targets: [`127.0.0.1:${await freePort()}`] }];
    const config = { global: { scrape_interval: '1s' }, scrape_configs: [{ job_name: 'shop', static_configs: targets }] };
    writeFileSync(join(folder, 'prometheus.json'), JSON.stringify(config));
    const flags = ['--config.file=prometheus.json', '--storage.tsdb.path=data', `--web.listen-address=127.0.0.1:${port}`];
    source = spawn(`${prometheus}`, flags, { cwd: folder, stdio: 'ignore' });
    const manifests = manifestsOf(port);
    const [{ env }] = grafanaOf(manifests)?.spec.template.spec.containers ?? [];
    const addresses = (env as Manifest[]).flatMap(({ name, valueFrom }) => {
      const key = valueFrom?.secretKeyRef?.key;
      return ADDRESSES.includes(key) ? [[name, `http://127.0.0.1:${web.port}/${key}`]] : [];
    });
    server = await GrafanaServer.start(`${grafana}`, folder, manifests, Object.fromEntries([...addresses, QUICKLY]));
  });

  afterAll(() => {
    source?.kill('SIGKILL');
    server?.stop();
    web?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('come to a webhook, with their labels and texts', async () => {
    const { alerts, status } = await first('/webhook');
    expect(status).toBe('firing');
    expect(alerts).toHaveLength(1);
    expect(alerts[0].labels).toMatchObject({ alertname: 'Away', job: 'shop', severity: 'warning' });
    expect(alerts[0].annotations.summary).toBe('shop is "away" & $HOME');
  });

  it.each(['/slack', '/teams', '/discord'])('come to %s', async (path) => {
    expect(JSON.stringify(await first(path))).toContain('Away');
  });

  it('are routed by their labels, and rest in mute times', async () => {
    const { alerts } = await first('/shop');
    expect(alerts.map(({ labels }: Manifest) => labels.alertname)).toEqual(['AwayForShop']);
    const firing = async () => {
      const { data } = await server.ask('/api/prometheus/grafana/api/v1/alerts');
      const alerting = (data.alerts as Manifest[]).filter(({ state }) => state === 'Alerting');
      return alerting.map(({ labels: { alertname } }) => alertname).sort();
    };
    await until(async () => (await firing()).length === 3, 60_000, 'not all alerts fire');
    expect(await firing()).toEqual(['Away', 'AwayAtRest', 'AwayForShop']);
    expect(at('/muted')).toEqual([]);
  });
});
