import { App, Testing } from 'cdk8s';
import { load } from 'js-yaml';
import { describe, expect, it } from 'vitest';
import { AlertReceiver } from '../../src/alertmanager/alert-receiver';
import { Endpoint } from '../../src/settings/endpoint';
import { SecretKey } from '../../src/settings/secret-key';
import { MonitoringStack } from '../../src/stack/monitoring-stack';
import type { MonitoringStackProps } from '../../src/stack/stack-options';
import { type Manifest, manifestOf } from '../support/constructs';

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
