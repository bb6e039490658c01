import { type Chart, Size } from 'cdk8s';
import fc from 'fast-check';
import { load } from 'js-yaml';
import { describe, expect, it } from 'vitest';
import { Dashboard } from '../../src/dashboards/dashboard';
import { StandardDashboards } from '../../src/dashboards/standard-dashboards';
import { DataSource } from '../../src/grafana/data-source';
import { Grafana, type GrafanaProps } from '../../src/grafana/grafana';
import type { GrafanaOAuth } from '../../src/grafana/grafana-oauth';
import { AlertDelivery } from '../../src/grafana-alerting/alert-delivery';
import { GrafanaAlerting } from '../../src/grafana-alerting/grafana-alerting';
import { Cluster } from '../../src/settings/cluster';
import { Endpoint, EndpointProtocol } from '../../src/settings/endpoint';
import { MonitoringContext } from '../../src/settings/monitoring-context';
import { SecretKey } from '../../src/settings/secret-key';
import {
  EVERY_SERVICE_OPTION,
  EVERY_VOLUME_OPTION,
  EVERY_WORKLOAD_OPTION,
  expectEveryPropToMatter,
  type Manifest,
  manifestOf,
  synthesisError,
  synthesize,
} from '../support/constructs';

const DATABASE = Endpoint.external({ host: 'mysql.example', port: 3306, protocol: EndpointProtocol.TCP, cidrs: ['10.9.0.0/24'] });

const LOKI = DataSource.loki({
  endpoint: Endpoint.external({ host: 'loki.logs.svc.cluster.local', port: 80, namespace: 'logs' }),
});
const PROMETHEUS = DataSource.prometheus({ endpoint: Endpoint.external({ host: 'prometheus.example', port: 9090 }) });
const MYSQL = DataSource.mysql({
  endpoint: DATABASE,
  database: 'messages',
  user: 'grafana',
  password: SecretKey.of('mysql-reader', 'password'),
});

const LOGS = Dashboard.logs({ uid: 'backend-logs', title: 'Backend Logs' });
const PODS = Dashboard.pods({ uid: 'Pods_1', title: 'Pods', folder: '인프라' });

const json = (model: object) => JSON.stringify({ id: null, panels: [], schemaVersion: 41, ...model });

const PROVIDER: GrafanaOAuth = {
  clientId: 'grafana',
  clientSecret: SecretKey.of('grafana-oauth', 'client-secret'),
  authUrl: 'https://id.example.com/auth',
  tokenUrl: 'https://id.example.com/token',
  apiUrl: 'https://id.example.com/userinfo',
};

const EVERY_PROP: Required<GrafanaProps> = {
  ...EVERY_WORKLOAD_OPTION,
  ...EVERY_VOLUME_OPTION,
  ...EVERY_SERVICE_OPTION,
  dataSources: [LOKI, PROMETHEUS, MYSQL],
  dashboards: [LOGS, PODS],
  standardDashboards: StandardDashboards.only('kubernetes-persistent-volumes'),
  generateAdmin: true,
  tenantField: 'tenantId',
  alerting: new GrafanaAlerting({
    groups: [{ name: 'shop', alerts: [{ name: 'Down', expr: 'up == 0', summary: 'Down' }] }],
    delivery: AlertDelivery.alertmanager(Endpoint.external({ host: 'alerts.example.com', port: 9093 })),
  }),
  volume: Size.gibibytes(20),
  admin: { user: SecretKey.of('people', 'name'), password: SecretKey.of('people', 'pass') },
  encryptionKey: SecretKey.of('grafana-encryption', 'key'),
  ingress: { host: 'grafana.example.com', tlsSecretName: 'grafana-tls' },
  rootUrl: 'https://example.com/grafana',
  plugins: ['grafana-clock-panel@2.1.8'],
  pluginsPath: '/opt/plugins',
  dashboardConfigMaps: [{ name: 'team-boards', folder: 'Team' }],
  dashboardSidecar: { namespaces: ['shop'] },
  oauth: { ...PROVIDER, roleAttributePath: "contains(groups[*], 'platform') && 'Admin' || 'Viewer'" },
  settings: { 'smtp.host': 'mail.example:25' },
};

const grafana = (props: GrafanaProps) => (chart: Chart) => new Grafana(chart, 'grafana', props);

const filesOf = (manifests: Manifest[], name: string): Record<string, string> => manifestOf(manifests, 'ConfigMap', name).data;

describe('Grafana', () => {
  it('synthesizes with minimal properties', () => {
    expect(synthesize(grafana({}))).toMatchSnapshot();
  });

  it('synthesizes with every property', () => {
    const manifests = synthesize(grafana(EVERY_PROP));
    expect(manifestOf(manifests, 'StatefulSet').spec).toMatchSnapshot();
    expect(filesOf(manifests, 'monitoring-grafana-config')).toMatchSnapshot();
  });

  it('has no dead property', () => {
    expectEveryPropToMatter((chart, props: GrafanaProps) => new Grafana(chart, 'grafana', props), {}, EVERY_PROP, {
      dashboards: { dataSources: [LOKI, PROMETHEUS] },
      standardDashboards: { dataSources: [PROMETHEUS] },
      alerting: { dataSources: [PROMETHEUS] },
      tenantField: { dataSources: [LOKI], dashboards: [LOGS] },
      oauth: { rootUrl: 'https://example.com' },
    });
  });

  it('offers the interface on port 80', () => {
    synthesize((chart) => {
      expect(new Grafana(chart, 'grafana').http.url).toBe('http://monitoring-grafana.monitoring.svc.cluster.local:80');
    });
  });

  it('rounds its volume up to what the cluster offers and refuses what it does not', () => {
    const cluster = Cluster.generic({ name: 'c', volumeStep: Size.gibibytes(16) });
    const [claim] = manifestOf(synthesize(grafana({}), { cluster }), 'StatefulSet').spec.volumeClaimTemplates;
    expect(claim.spec.resources.requests.storage).toBe('16Gi');
    expect(synthesisError(grafana({ volume: Size.gibibytes(10) }), { cluster })).toContain(
      '[test/grafana] volume is 10Gi; allowed are multiples of 16Gi on this cluster: use 16Gi',
    );
  });

  it('lists its Secrets as prerequisites', () => {
    synthesize((chart) => {
      const context = new MonitoringContext(chart);
      new Grafana(chart, 'grafana', { dataSources: [MYSQL] });
      const secrets = context._plan.prerequisites.filter(({ kind }) => kind === 'Secret');
      expect(secrets.map(({ namespace, name, keys }) => [namespace, name, keys])).toEqual([
        ['monitoring', 'mysql-reader', ['password']],
        ['monitoring', 'grafana-admin', ['admin-user']],
        ['monitoring', 'grafana-admin', ['admin-password']],
      ]);
    });
  });

  it('hands the password of a data source over by a variable', () => {
    const manifests = synthesize(grafana({ dataSources: [MYSQL] }));
    const [container] = manifestOf(manifests, 'StatefulSet').spec.template.spec.containers;
    expect(container.env).toEqual([
      { name: 'DATASOURCE_MYSQL_PASSWORD', valueFrom: { secretKeyRef: { name: 'mysql-reader', key: 'password' } } },
    ]);
    expect(load(filesOf(manifests, 'monitoring-grafana-config')['datasources.yaml'])).toMatchObject({
      datasources: [{ uid: 'mysql', secureJsonData: { password: '$DATASOURCE_MYSQL_PASSWORD' } }],
    });
  });

  it('reaches its data sources and nothing else', () => {
    const policy = manifestOf(synthesize(grafana({ dataSources: [LOKI, MYSQL] })), 'NetworkPolicy');
    expect(policy.spec.egress.slice(1)).toEqual([
      { to: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'logs' } } }] },
      { to: [{ ipBlock: { cidr: '10.9.0.0/24' } }], ports: [{ port: 3306 }] },
    ]);
    expect(manifestOf(synthesize(grafana({})), 'NetworkPolicy').spec.egress).toBeUndefined();
  });

  it('warns of addresses that are open to all and of plugins without version', () => {
    synthesize((chart) => {
      const context = new MonitoringContext(chart);
      new Grafana(chart, 'grafana', { dataSources: [PROMETHEUS, MYSQL], plugins: ['a-panel', 'b-panel@1.0.0'] });
      expect(context.warnings).toEqual([
        '[test/grafana] egress-to-anywhere: the NetworkPolicy lets monitoring-grafana reach prometheus.example:9090 at any address; give cidrs of that endpoint to narrow it',
        '[test/grafana] egress-to-anywhere: the NetworkPolicy lets monitoring-grafana reach grafana.com:443 at any address; give cidrs of that endpoint to narrow it',
        '[test/grafana] unpinned-plugin: each start may install another version of the plugin a-panel; write a-panel@<version>',
      ]);
    });
  });

  describe('at a path', () => {
    const props: GrafanaProps = { ingress: { host: 'example.com', path: '/grafana', tlsSecretName: 'tls' } };

    it('probes and offers metrics there', () => {
      synthesize((chart) => {
        const context = new MonitoringContext(chart);
        new Grafana(chart, 'grafana', props);
        expect(context._plan.metrics).toMatchObject([{ job: 'grafana', containerPort: 3000, path: '/grafana/metrics' }]);
      });
      const [container] = manifestOf(synthesize(grafana(props)), 'StatefulSet').spec.template.spec.containers;
      for (const probe of [container.startupProbe, container.readinessProbe, container.livenessProbe]) {
        expect(probe.httpGet.path).toBe('/grafana/api/health');
      }
    });

    it('takes its address from the Ingress', () => {
      const { 'grafana.ini': ini } = filesOf(synthesize(grafana(props)), 'monitoring-grafana-config');
      expect(ini).toContain('root_url = https://example.com/grafana/\nserve_from_sub_path = true\n');
      expect(
        filesOf(synthesize(grafana({ ingress: { host: 'a.example' } })), 'monitoring-grafana-config')['grafana.ini'],
      ).toContain('[server]\nroot_url = http://a.example/\n\n');
    });
  });

  describe('dashboards', () => {
    const props = { dataSources: [LOKI, PROMETHEUS], dashboards: [LOGS, PODS] };

    it('are mounted by folder, one ConfigMap each', () => {
      const manifests = synthesize(grafana(props));
      const model = JSON.parse(filesOf(manifests, 'monitoring-grafana-dashboard-backend-logs')['backend-logs.json']);
      expect(model).toMatchObject({ id: null, uid: 'backend-logs', title: 'Backend Logs' });
      expect(JSON.parse(filesOf(manifests, 'monitoring-grafana-dashboard-pods-1')['Pods_1.json'])).toMatchObject({
        uid: 'Pods_1',
      });
      const { containers, volumes } = manifestOf(manifests, 'StatefulSet').spec.template.spec;
      const { providers } = load(filesOf(manifests, 'monitoring-grafana-config')['dashboards.yaml']) as Manifest;
      expect(providers.map(({ folder }: Manifest) => folder)).toEqual([undefined, '인프라']);
      const boards = ['monitoring-grafana-dashboard-backend-logs', 'monitoring-grafana-dashboard-pods-1'];
      boards.forEach((name, index) => {
        expect(volumes).toContainEqual({ name: `dashboards-${index}`, projected: { sources: [{ configMap: { name } }] } });
        expect(containers[0].volumeMounts).toContainEqual({
          name: `dashboards-${index}`,
          mountPath: providers[index].options.path,
          readOnly: true,
        });
      });
    });

    it('roll no pod when they change, data sources do', () => {
      const checksum = (changed: GrafanaProps) =>
        manifestOf(synthesize(grafana(changed)), 'StatefulSet').spec.template.metadata.annotations['checksum/config'];
      const before = checksum(props);
      expect(checksum({ ...props, tenantField: 'tenant' })).toBe(before);
      expect(checksum({ ...props, dataSources: [PROMETHEUS, LOKI] })).not.toBe(before);
    });

    it('name only data sources that are there', () => {
      const error = synthesisError(
        grafana({
          dataSources: [PROMETHEUS],
          dashboards: [
            Dashboard.json({
              uid: 'imported',
              json: json({ title: 'Imported', panels: [{ datasource: { type: 'x', uid: 'elsewhere' } }] }),
            }),
            Dashboard.json({ uid: 'named', json: json({ title: 'Named', panels: [{ datasource: 'Prometheus' }] }) }),
            LOGS,
          ],
        }),
      );
      expect(error).toContain(
        '[test/grafana] dashboards "imported" asks the data source "elsewhere"; allowed are those of this Grafana (prometheus): add it to dataSources',
      );
      expect(error).not.toContain('"named"');
      expect(error).toContain('dashboards "backend-logs": the data source');
    });

    it('differ in uid, and in title within a folder', () => {
      const twin = Dashboard.logs({ uid: 'twin', title: 'Backend Logs' });
      const elsewhere = Dashboard.logs({ uid: 'elsewhere', title: 'Backend Logs', folder: 'Applications' });
      const error = synthesisError(grafana({ dataSources: [LOKI], dashboards: [LOGS, twin, elsewhere] }));
      expect(error).toContain('dashboards "twin" has the title "Backend Logs", as another of its folder');
      expect(error).not.toContain('"elsewhere"');
    });

    it('are named after uids that ConfigMaps can tell apart', () => {
      const error = synthesisError(
        grafana({ dataSources: [LOKI], dashboards: [LOGS, Dashboard.logs({ uid: 'BACKEND_LOGS', title: 'Other' })] }),
      );
      expect(error).toContain('dashboards "BACKEND_LOGS" has the uid of "backend-logs"');
    });
  });

  it('names all that is wrong at once', () => {
    const error = synthesisError(
      grafana({
        dataSources: [PROMETHEUS, PROMETHEUS],
        dashboards: [Dashboard.pods({ uid: 'pods', title: 'Pods', folder: 'General' })],
        rootUrl: 'grafana',
        plugins: ['?'],
        settings: { 'auth.anonymous.enabled': 'true' },
        environment: { GF_SERVER_HTTP_PORT: '80' },
        volume: Size.gibibytes(0),
      }),
    );
    for (const text of ['uid "prometheus" more than once', 'folder "General"', 'rootUrl is "grafana"', 'plugins has "?"']) {
      expect(error).toContain(`[test/grafana] `);
      expect(error).toContain(text);
    }
    expect(error).toContain('settings has auth.anonymous.enabled');
    expect(error).toContain('environment has GF_SERVER_HTTP_PORT');
    expect(error).toContain('volume is 0Ki');
  });

  it('keeps any name of a data source as data', () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 1 }).filter((text) => text.trim() !== ''),
        (name) => {
          const source = DataSource.prometheus({ endpoint: DATABASE, name });
          expect(source.name).toBe(name);
          const manifests = synthesize(
            grafana({
              dataSources: [
                DataSource.mysql({ endpoint: DATABASE, database: name, user: 'u', password: SecretKey.of('s', 'k'), name }),
              ],
            }),
          );
          const { datasources } = load(filesOf(manifests, 'monitoring-grafana-config')['datasources.yaml']) as Manifest;
          expect(datasources[0].name.split('$$').join('$')).toBe(name);
          expect(datasources[0].jsonData.database.split('$$').every((part: string) => !part.includes('$'))).toBe(true);
        },
      ),
      { numRuns: 5, seed: 7 },
    );
  });
});
