import { App, Testing } from 'cdk8s';
import { load } from 'js-yaml';
import { describe, expect, it } from 'vitest';
import { AlertMatcher } from '../../src/alertmanager/alert-matcher';
import { AlertReceiver } from '../../src/alertmanager/alert-receiver';
import { Alerts } from '../../src/rules/alerts';
import { Objective } from '../../src/rules/objective';
import type { AlertRule } from '../../src/rules/rule';
import { Endpoint } from '../../src/settings/endpoint';
import { Retention } from '../../src/settings/retention';
import { SecretKey } from '../../src/settings/secret-key';
import { MonitoringStack } from '../../src/stack/monitoring-stack';
import type { MonitoringStackProps } from '../../src/stack/stack-options';
import { type Manifest, manifestOf } from '../support/constructs';
import { BUCKET } from '../thanos/bucket';

const existing = Endpoint.external({ host: 'alerts.example.com', port: 9093, path: '/am', cidrs: ['192.0.2.1/32'] });
const receiver = AlertReceiver.slack('slack', { apiUrl: SecretKey.of('slack', 'url') });

const BASE: MonitoringStackProps = { prometheus: {}, loki: {}, grafana: {} };
const manifestsOf = (props: MonitoringStackProps): Manifest[] =>
  Testing.synth(new MonitoringStack(new App(), 'stack', { ...BASE, ...props }));

const fileOf = (manifests: Manifest[], configMap: string, file: string) =>
  load(manifestOf(manifests, 'ConfigMap', configMap).data[file]) as Manifest;
const alertingOf = (manifests: Manifest[]) =>
  fileOf(manifests, 'monitoring-prometheus-config', 'prometheus.yml').alerting?.alertmanagers;
const rulerOf = (manifests: Manifest[]) => fileOf(manifests, 'monitoring-loki-config', 'config.yaml').ruler;
const dataSourceOf = (manifests: Manifest[]) =>
  manifests
    .filter(({ kind }) => kind === 'ConfigMap')
    .flatMap(({ data }) => Object.entries(data as Record<string, string>))
    .filter(([file, text]) => file.endsWith('.yaml') && text.includes('datasources:'))
    .flatMap(([, text]) => (load(text) as Manifest).datasources)
    .find(({ uid }: Manifest) => uid === 'alertmanager');

const SRV = '_http._tcp.monitoring-alertmanager-headless.monitoring.svc.cluster.local';

describe('alerting of a stack', () => {
  it('sends to each replica of its own Alertmanager and shows it in Grafana', () => {
    const manifests = manifestsOf({ alertmanager: { route: { receiver }, replicas: 2 } });
    expect(alertingOf(manifests)).toEqual([{ dns_sd_configs: [{ names: [SRV], type: 'SRV' }] }]);
    expect(rulerOf(manifests)).toMatchObject({ alertmanager_url: `http://${SRV}`, enable_alertmanager_discovery: true });
    expect(dataSourceOf(manifests)).toMatchObject({
      type: 'alertmanager',
      url: 'http://monitoring-alertmanager.monitoring.svc.cluster.local:9093',
      jsonData: { implementation: 'prometheus' },
    });
    const { ingress } = manifestOf(manifests, 'NetworkPolicy', 'monitoring-alertmanager').spec;
    const callers = ingress.flatMap(({ from, ports }: Manifest) =>
      from.flatMap(({ podSelector }: Manifest) =>
        ports.map(
          ({ port, protocol = 'TCP' }: Manifest) => `${podSelector.matchLabels['app.kubernetes.io/name']} ${port}/${protocol}`,
        ),
      ),
    );
    expect(callers.sort()).toEqual([
      'alertmanager 9094/TCP',
      'alertmanager 9094/UDP',
      'grafana 9093/TCP',
      'loki 9093/TCP',
      'prometheus 9093/TCP',
    ]);
  });

  it('sends to those that run already, alone or too', () => {
    const static_configs = [{ targets: ['alerts.example.com:9093'] }];
    const alone = manifestsOf({ existingAlertmanagers: [existing] });
    expect(alone.filter(({ metadata }) => metadata.name.includes('alertmanager'))).toEqual([]);
    expect(alertingOf(alone)).toEqual([{ path_prefix: '/am', static_configs }]);
    expect(rulerOf(alone)).toMatchObject({ alertmanager_url: 'http://alerts.example.com:9093/am' });
    expect(dataSourceOf(alone).url).toBe('http://alerts.example.com:9093/am');
    expect(JSON.stringify(manifestOf(alone, 'NetworkPolicy', 'monitoring-prometheus').spec.egress)).toContain('192.0.2.1/32');

    const both = manifestsOf({ alertmanager: {}, existingAlertmanagers: [existing] });
    expect(alertingOf(both)).toHaveLength(2);
    expect(dataSourceOf(both).url).toContain('monitoring-alertmanager');
  });

  it('leaves to the ruler what it is told itself', () => {
    const other = Endpoint.external({ host: 'other.example.com', port: 9093 });
    const manifests = manifestsOf({ existingAlertmanagers: [existing], loki: { ruler: { alertmanager: other } } });
    expect(rulerOf(manifests).alertmanager_url).toBe('http://other.example.com:9093');
  });

  it('has none unless it is asked for', () => {
    const manifests = manifestsOf({});
    expect(alertingOf(manifests)).toBeUndefined();
    expect(dataSourceOf(manifests)).toBeUndefined();
  });

  it('names the Secrets that it needs', () => {
    const stack = new MonitoringStack(new App(), 'stack', { ...BASE, alertmanager: { route: { receiver } } });
    expect(stack.alertmanager?.alerts.srvName).toBe(SRV);
    Testing.synth(stack);
    expect(stack.prerequisites.items).toContainEqual({
      kind: 'Secret',
      namespace: 'monitoring',
      name: 'slack',
      keys: ['url'],
      neededBy: ['monitoring-alertmanager'],
    });
  });
});

describe('labels that routes name', () => {
  const warningsOf = (props: Partial<MonitoringStackProps>, ...labels: string[]) => {
    const routes = labels.map((label) => ({ matchers: [AlertMatcher.equal(label, 'x')] }));
    const stack = new MonitoringStack(new App(), 'stack', {
      prometheus: {},
      alertmanager: { route: { receiver, routes } },
      ...props,
    });
    Testing.synth(stack);
    return stack.warnings.filter((warning) => warning.includes('alertmanager-unknown-label'));
  };
  const added = (rule: Omit<AlertRule, 'name' | 'summary'>) => ({
    alerts: new Alerts().add({ name: 'own', alerts: [{ name: 'Own', summary: 'own', ...rule }] }),
  });

  it('are those of alerts for what runs, and those that rules set', () => {
    expect(warningsOf({}, 'namespace', 'severity', 'rule_group', 'persistentvolumeclaim', 'instance')).toEqual([]);
    expect(warningsOf({}, 'severty')).toEqual([
      expect.stringContaining('no known alert has the label "severty", which routes or inhibition name; known are '),
    ]);
    expect(warningsOf({}, 'severty')[0]).toMatch(/: did you mean "severity"\?$/);
    // There is no node-exporter, and alerts lose what tells replicas apart.
    expect(warningsOf({}, 'mountpoint', 'replica')).toHaveLength(2);
    expect(warningsOf({ nodeExporter: {} }, 'mountpoint')).toEqual([]);
    expect(warningsOf({ prometheus: { externalLabels: { region: 'eu' } } }, 'region')).toEqual([]);
    const overridden = new Alerts().override('TargetDown', { labels: { team: 'platform' } });
    expect(warningsOf({ prometheus: { alerts: overridden } }, 'team')).toEqual([]);
    expect(warningsOf({ prometheus: { alerts: new Alerts({ library: false }) } }, 'rule_group')).toHaveLength(1);
  });

  it('are those of objectives', () => {
    const objective = Objective.availability({
      name: 'api',
      target: 0.99,
      requestsMetric: 'requests_total',
      by: ['namespace', 'tier'],
      labels: { team: 'shop' },
    });
    expect(
      warningsOf({ objectives: [objective], prometheus: { retention: Retention.days(40) } }, 'objective', 'tier', 'team'),
    ).toEqual([]);
    expect(warningsOf({}, 'objective', 'tier', 'team')).toHaveLength(3);
  });

  it("are those of a user's alerts, as far as their expressions tell", () => {
    const summed = added({ expr: 'sum by (shop) (orders_total) > 1', labels: { team: 'shop' } });
    expect(warningsOf({ prometheus: summed }, 'shop', 'team')).toEqual([]);
    expect(warningsOf({ prometheus: summed }, 'region')).toHaveLength(1);
    // Whatever this metric has, the alert has; only slips of the pen are told.
    const whole = added({ expr: 'orders_total > 1', labels: { team: 'shop' } });
    expect(warningsOf({ prometheus: whole }, 'region')).toEqual([]);
    expect(warningsOf({ prometheus: whole }, 'teem')).toEqual([expect.stringContaining('did you mean "team"?')]);
    const logged = added({ expr: 'sum by (status) (rate(app_http_requests_total[5m])) > 1' });
    expect(warningsOf({ prometheus: logged }, 'status')).toEqual([]);
  });

  it('are not known where rules of others are evaluated', () => {
    expect(warningsOf({ prometheus: { ruleFiles: ['rules-of-others'] } }, 'region')).toEqual([]);
    expect(warningsOf({ prometheus: { ruleFiles: ['rules-of-others'] } }, 'sevrity')).toHaveLength(1);
    const ruleGroups = [
      { groups: [{ name: 'lines', alerts: [{ name: 'Lines', expr: 'sum(rate({app="a"}[5m])) > 1', summary: 's' }] }] },
    ];
    expect(warningsOf({ loki: { ruler: { ruleGroups } } }, 'region')).toEqual([]);
    expect(warningsOf({ loki: {} }, 'region')).toHaveLength(1);
  });

  it('are those of the ruler, too', () => {
    const group = { name: 'fleet', alerts: [{ name: 'Fleet', expr: 'sum by (region) (up) == 0', summary: 's' }] };
    const thanos = { ruler: { alerts: new Alerts({ library: false }).add(group), externalLabels: { tier: 'global' } } };
    expect(warningsOf({ thanos, objectStorage: BUCKET }, 'region', 'ruler', 'tier')).toEqual([]);
    expect(warningsOf({}, 'region', 'ruler', 'tier')).toHaveLength(3);
  });
});
