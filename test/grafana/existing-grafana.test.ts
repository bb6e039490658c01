import { App, type Chart, Testing } from 'cdk8s';
import { load } from 'js-yaml';
import { describe, expect, it } from 'vitest';
import { Dashboard } from '../../src/dashboards/dashboard';
import { StandardDashboards } from '../../src/dashboards/standard-dashboards';
import { DataSource } from '../../src/grafana/data-source';
import { ExistingGrafana, type ExistingGrafanaProps } from '../../src/grafana/existing-grafana';
import { Endpoint, EndpointProtocol } from '../../src/settings/endpoint';
import { MonitoringContext } from '../../src/settings/monitoring-context';
import { SecretKey } from '../../src/settings/secret-key';
import { MonitoringStack } from '../../src/stack/monitoring-stack';
import { expectEveryPropToMatter, type Manifest, manifestOf, synthesisError, synthesize } from '../support/constructs';

const LOKI = DataSource.loki({ endpoint: Endpoint.external({ host: 'loki', port: 3100, namespace: 'monitoring' }) });
const PROMETHEUS = DataSource.prometheus({ endpoint: Endpoint.external({ host: 'prometheus.example', port: 9090 }) });
const LOGS = Dashboard.logs({ uid: 'Backend_Logs', title: 'Backend Logs', folder: '팀 가' });

const EVERY_PROP: Required<ExistingGrafanaProps> = {
  namespace: 'elsewhere',
  instance: 'team-a',
  dataSources: [LOKI, PROMETHEUS],
  dashboards: [LOGS],
  standardDashboards: StandardDashboards.only('kubernetes-persistent-volumes'),
  tenantField: 'tenantId',
  dataSourceLabels: { datasources: 'team-a' },
  dashboardLabels: { dashboards: 'team-a' },
  folderAnnotation: 'k8s-sidecar-target-directory',
};

const existing = (props: ExistingGrafanaProps) => (chart: Chart) => new ExistingGrafana(chart, 'grafana', props);

const BASE: ExistingGrafanaProps = { dataSources: [LOKI], dashboards: [LOGS] };
const OTHER_LOGS = Dashboard.logs({ uid: 'other-logs', title: 'Other Logs' });

describe('ExistingGrafana', () => {
  it('hands over what the reference document does by hand', () => {
    const [map, ...others] = synthesize(existing({ dataSources: [LOKI] }));
    expect(others).toEqual([]);
    expect([map.kind, map.metadata.name, map.metadata.namespace]).toEqual([
      'ConfigMap',
      'monitoring-grafana-sidecar-datasources',
      'monitoring',
    ]);
    expect(map.metadata.labels.grafana_datasource).toBe('1');
    expect(load(map.data['monitoring-grafana-sidecar.yaml'])).toMatchObject({
      apiVersion: 1,
      datasources: [{ name: 'Loki', uid: 'loki', type: 'loki', access: 'proxy', url: 'http://loki:3100', isDefault: false }],
    });
  });

  it('synthesizes with every property', () => {
    const manifests = synthesize(existing(EVERY_PROP));
    const shown = manifests.map(({ kind, metadata, data }) => ({ kind, metadata, files: Object.keys(data) }));
    expect(shown).toMatchSnapshot();
  });

  it('has no dead property', () => {
    expectEveryPropToMatter(
      (chart, props: ExistingGrafanaProps) => new ExistingGrafana(chart, 'grafana', props),
      BASE,
      { ...EVERY_PROP, dashboards: [LOGS, OTHER_LOGS] },
      {
        standardDashboards: { dataSources: [PROMETHEUS], dashboards: [] },
      },
    );
  });

  it('lets only a chosen data source be the default', () => {
    const chosen = DataSource.prometheus({
      endpoint: Endpoint.external({ host: 'prometheus.example', port: 9090 }),
      isDefault: true,
    });
    const defaults = (dataSources: DataSource[]) => {
      const { data } = manifestOf(synthesize(existing({ dataSources })), 'ConfigMap');
      const file = load(data['monitoring-grafana-sidecar.yaml']) as Manifest;
      return file.datasources.map(({ isDefault }: Manifest) => isDefault);
    };
    expect(defaults([LOKI, PROMETHEUS])).toEqual([false, false]);
    expect(defaults([LOKI, chosen])).toEqual([false, true]);
  });

  it('puts boards of different folders into different ConfigMaps, by names that do not depend on their order', () => {
    const standardDashboards = StandardDashboards.only('kubernetes-persistent-volumes', 'kubernetes-pods').override(
      'kubernetes-pods',
      { folder: 'Team A' },
    );
    const maps = synthesize(existing({ dataSources: [PROMETHEUS], standardDashboards })).filter(
      ({ metadata }) => metadata.labels.grafana_dashboard === '1',
    );
    expect(maps.map(({ metadata, data }) => [metadata.name, metadata.annotations, Object.keys(data)])).toEqual([
      [
        'monitoring-grafana-sidecar-dashboards-kubernetes-infrastructure',
        { grafana_folder: 'Infrastructure' },
        ['kubernetes-persistent-volumes.json'],
      ],
      [
        expect.stringMatching(/^monitoring-grafana-sidecar-dashboards-kubernetes(-cluster)?-team-a-[0-9a-f]+$/),
        { grafana_folder: 'Team A' },
        ['kubernetes-pods.json'],
      ],
    ]);
  });

  it('accepts boards over data sources of which it knows nothing', () => {
    const board = Dashboard.json({ uid: 'own', json: '{"title":"Own","panels":[{"datasource":{"uid":"influx"}}]}' });
    expect(synthesize(existing({ dashboards: [board] }))).toHaveLength(1);
  });

  it('refuses to hand over nothing', () => {
    expect(synthesisError(existing({}))).toContain('[test/grafana] dataSources and dashboards are empty');
  });

  it('says which variables that Grafana needs', () => {
    synthesize((chart) => {
      const context = new MonitoringContext(chart);
      const endpoint = Endpoint.external({ host: 'mysql', port: 3306, protocol: EndpointProtocol.TCP });
      const password = SecretKey.of('mysql-reader', 'password');
      const mysql = DataSource.mysql({ endpoint, database: 'messages', user: 'grafana', password });
      new ExistingGrafana(chart, 'grafana', { dataSources: [mysql] });
      expect(context.warnings).toEqual([
        '[test/grafana] existing-grafana-secrets: the data source MySQL reads the variable DATASOURCE_MYSQL_PASSWORD; ' +
          'give it to that Grafana from key password of the Secret mysql-reader',
      ]);
    });
  });
});

describe('an existing Grafana of a stack', () => {
  const stack = { name: 'lab', prometheus: {}, loki: { gatewayEnabled: false }, existingGrafana: { namespace: 'grafana' } };
  const manifests: Manifest[] = Testing.synth(new MonitoringStack(new App(), 'stack', stack));

  it('is handed what the stack runs, without a Grafana of the stack', () => {
    expect(manifests.filter(({ kind, metadata }) => kind === 'StatefulSet' && /grafana/.test(metadata.name))).toEqual([]);
    const { data } = manifestOf(manifests, 'ConfigMap', 'lab-grafana-sidecar-datasources');
    const file = load(data['lab-grafana-sidecar.yaml']) as Manifest;
    expect(file.datasources.map(({ url }: Manifest) => url)).toEqual([
      'http://lab-prometheus.monitoring.svc.cluster.local:9090',
      'http://lab-loki.monitoring.svc.cluster.local:3100',
    ]);
    const boards = manifests.filter(({ metadata }) => metadata.labels?.grafana_dashboard === '1');
    expect(boards.length).toBeGreaterThan(0);
    expect(new Set(boards.map(({ metadata }) => metadata.namespace))).toEqual(new Set(['grafana']));
  });

  it('may reach it', () => {
    for (const [name, port] of [
      ['lab-prometheus', 9090],
      ['lab-loki', 3100],
    ]) {
      const { ingress } = manifestOf(manifests, 'NetworkPolicy', String(name)).spec;
      const peers = ingress
        .filter(({ ports }: Manifest) => ports.some((entry: Manifest) => entry.port === port))
        .flatMap(({ from }: Manifest) => from);
      expect(peers).toContainEqual({ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'grafana' } } });
    }
  });

  it('stands beside a Grafana of the stack', () => {
    const both: Manifest[] = Testing.synth(new MonitoringStack(new App(), 'stack', { ...stack, grafana: {} }));
    expect(manifestOf(both, 'StatefulSet', 'lab-grafana')).toBeDefined();
    expect(manifestOf(both, 'ConfigMap', 'lab-grafana-sidecar-datasources')).toBeDefined();
  });
});
