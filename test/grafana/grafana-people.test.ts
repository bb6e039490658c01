import { Size } from 'cdk8s';
import { load } from 'js-yaml';
import { describe, expect, it } from 'vitest';
import { Dashboard } from '../../src/dashboards/dashboard';
import type { DashboardSidecarOptions } from '../../src/grafana/dashboard-sidecar';
import { DataSource } from '../../src/grafana/data-source';
import { Grafana, type GrafanaProps } from '../../src/grafana/grafana';
import { type GrafanaOAuth, oauthProblems, oauthSection } from '../../src/grafana/grafana-oauth';
import { Prometheus } from '../../src/prometheus/prometheus';
import { Cpu } from '../../src/settings/cpu';
import { Endpoint } from '../../src/settings/endpoint';
import { MonitoringContext } from '../../src/settings/monitoring-context';
import { SecretKey } from '../../src/settings/secret-key';
import { BASIC_AUTHENTICATION, type Manifest, manifestOf, synthesisError, synthesize } from '../support/constructs';

const PROVIDER: GrafanaOAuth = {
  clientId: 'grafana',
  clientSecret: SecretKey.of('grafana-oauth', 'client-secret'),
  authUrl: 'https://id.example.com/auth',
  tokenUrl: 'https://id.example.com/token',
  apiUrl: 'https://id.example.com/userinfo',
};

const EVERY_OPTION: Required<GrafanaOAuth> = {
  ...PROVIDER,
  name: 'Company',
  scopes: ['openid', 'groups'],
  roleAttributePath: "contains(groups[*], 'admins') && 'GrafanaAdmin' || 'Viewer'",
  roleAttributeStrict: false,
  orgAttributePath: 'groups',
  orgMapping: ['shop:2:Editor', '*:1:Viewer'],
  groupsAttributePath: 'groups',
  allowedGroups: ['staff', 'partners of ours'],
  autoLogin: true,
  cidrs: ['192.0.2.0/24'],
  namespace: 'identity',
};

const make = (props: GrafanaProps): Manifest[] => synthesize((chart) => new Grafana(chart, 'grafana', props));
const podOf = (props: GrafanaProps): Manifest => manifestOf(make(props), 'StatefulSet').spec.template.spec;
const fileOf = (props: GrafanaProps, file: string): string =>
  manifestOf(make(props), 'ConfigMap', 'monitoring-grafana-config').data[file];
const egressOf = (props: GrafanaProps) => manifestOf(make(props), 'NetworkPolicy').spec.egress;

describe('login by an identity provider', () => {
  const section = oauthSection(PROVIDER, '$__file{x}');

  it('lets people in as viewers unless more is said', () => {
    expect(section).toEqual({
      enabled: 'true',
      name: 'OAuth',
      client_id: 'grafana',
      client_secret: '$__file{x}',
      auth_url: 'https://id.example.com/auth',
      token_url: 'https://id.example.com/token',
      api_url: 'https://id.example.com/userinfo',
      scopes: 'openid profile email',
      use_pkce: 'true',
      allow_sign_up: 'true',
      auto_login: 'false',
      role_attribute_strict: 'false',
      allow_assign_grafana_admin: 'false',
    });
  });

  it('follows every option', () => {
    expect(oauthSection(EVERY_OPTION, 'x')).toMatchObject({
      name: 'Company',
      scopes: 'openid groups',
      role_attribute_path: EVERY_OPTION.roleAttributePath,
      role_attribute_strict: 'false',
      org_attribute_path: 'groups',
      org_mapping: '["shop:2:Editor","*:1:Viewer"]',
      groups_attribute_path: 'groups',
      allowed_groups: '["staff","partners of ours"]',
      auto_login: 'true',
      allow_assign_grafana_admin: 'true',
    });
    expect(oauthSection({ ...PROVIDER, roleAttributePath: 'role' }, 'x').role_attribute_strict).toBe('true');
  });

  it('has its secret in a file and may reach the provider', () => {
    const oauth = { ...PROVIDER, cidrs: ['192.0.2.0/24'] };
    const rootUrl = 'https://grafana.example.com';
    const { volumes } = podOf({ oauth, rootUrl });
    expect(volumes.find(({ name }: Manifest) => name === 'credentials').projected.sources).toContainEqual({
      secret: { name: 'grafana-oauth', items: [{ key: 'client-secret', path: 'oauth-client-secret' }] },
    });
    expect(fileOf({ oauth, rootUrl }, 'grafana.ini')).toContain(
      'client_secret = $__file{/etc/grafana/credentials/oauth-client-secret}\n',
    );
    expect(egressOf({ oauth, rootUrl })).toContainEqual({
      to: [{ ipBlock: { cidr: '192.0.2.0/24' } }],
      ports: [{ port: 443 }],
    });
    expect(egressOf({ oauth: { ...PROVIDER, namespace: 'identity' }, rootUrl })).toContainEqual({
      to: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'identity' } } }],
    });
  });

  it('is refused where it cannot work', () => {
    const bad = {
      ...EVERY_OPTION,
      tokenUrl: 'id.example.com',
      orgMapping: ['shop:2:Owner'],
      orgAttributePath: undefined,
      groupsAttributePath: undefined,
    };
    expect(oauthProblems(bad, undefined, { 'auth.generic_oauth.scopes': 'x', 'auth.generic_oauth.tls_client_ca': 'y' })).toEqual([
      'oauth.tokenUrl is "id.example.com"; allowed is a URL with http or https: write it in full',
      'rootUrl is not given beside oauth; allowed is the address in browsers, to which the provider sends people back: give it, or an ingress',
      'oauth.orgMapping has "shop:2:Owner"; allowed is "group:organization:role" with a role of None, Viewer, Editor, Admin, GrafanaAdmin: correct it',
      'oauth.orgMapping names groups without oauth.orgAttributePath; allowed is it with the path where the provider says the groups: give both',
      'oauth.allowedGroups names groups without oauth.groupsAttributePath; allowed is it with the path where the provider says the groups: give both',
      'settings has auth.generic_oauth.scopes; allowed are settings that the component does not make itself: use the property `oauth`',
    ]);
    expect(oauthProblems(EVERY_OPTION, 'https://x', {})).toEqual([]);
    expect(synthesisError((chart) => new Grafana(chart, 'grafana', { oauth: PROVIDER }))).toContain('rootUrl is not given');
  });
});

describe('dashboards of others', () => {
  it('come from ConfigMaps that are named, into folders', () => {
    const props: GrafanaProps = {
      dataSources: [DataSource.loki({ endpoint: Endpoint.external({ host: 'loki', port: 80 }) })],
      dashboards: [Dashboard.logs({ uid: 'logs', title: 'Logs', folder: 'Team' })],
      dashboardConfigMaps: [{ name: 'team-boards', folder: 'Team' }, { name: 'other-boards' }],
    };
    const { volumes } = podOf(props);
    const sources = volumes.flatMap(({ name, projected }: Manifest) =>
      name.startsWith('dashboards-') ? [projected.sources] : [],
    );
    expect(sources).toEqual([
      [{ configMap: { name: 'monitoring-grafana-dashboard-logs' } }, { configMap: { name: 'team-boards' } }],
      [{ configMap: { name: 'other-boards' } }],
    ]);
    synthesize((chart) => {
      new Grafana(chart, 'grafana', props);
      const { prerequisites } = MonitoringContext.of(chart)._plan;
      expect(prerequisites.filter(({ kind }) => kind === 'ConfigMap').map(({ namespace, name }) => [namespace, name])).toEqual([
        ['monitoring', 'team-boards'],
        ['monitoring', 'other-boards'],
      ]);
    });
  });

  const EVERY_SIDECAR_OPTION: Required<DashboardSidecarOptions> = {
    namespaces: ['shop', 'billing'],
    label: 'boards',
    labelValue: 'yes',
    folderAnnotation: 'folder',
    resources: { cpuRequest: Cpu.millis(5), memoryLimit: Size.mebibytes(128) },
  };

  it('are found by their labels, in namespaces where that is allowed', () => {
    const manifests = make({ dashboardSidecar: EVERY_SIDECAR_OPTION });
    const spec: Manifest = manifestOf(manifests, 'StatefulSet').spec.template.spec;
    expect(spec.containers[1]).toMatchSnapshot();
    expect(spec.automountServiceAccountToken).toBe(true);
    expect(spec.volumes).toContainEqual({ name: 'found-dashboards', emptyDir: {} });
    expect(manifestOf(manifests, 'ClusterRole').rules).toEqual([
      { apiGroups: [''], resources: ['configmaps'], verbs: ['list', 'watch'] },
    ]);
    const bindings = manifests.filter(({ kind }) => kind === 'RoleBinding');
    expect(bindings.map(({ metadata }) => metadata.namespace)).toEqual(['shop', 'billing']);
    const { providers } = load(manifestOf(manifests, 'ConfigMap').data['dashboards.yaml']) as Manifest;
    expect(providers).toEqual([expect.objectContaining({ name: 'found' })]);
  });

  it('are found beside Grafana unless more is said', () => {
    const manifests = make({ dashboardSidecar: {} });
    const [, { env }] = manifestOf(manifests, 'StatefulSet').spec.template.spec.containers;
    const variableOf = (name: string) => env.find((variable: Manifest) => variable.name === name)?.value;
    expect(['NAMESPACE', 'LABEL', 'LABEL_VALUE', 'FOLDER_ANNOTATION'].map(variableOf)).toEqual([
      'monitoring',
      'grafana_dashboard',
      undefined,
      'grafana_folder',
    ]);
    expect(podOf({}).automountServiceAccountToken).toBe(false);
    const error = synthesisError(
      (chart) =>
        new Grafana(chart, 'grafana', {
          dashboardSidecar: { namespaces: [], resources: { memoryRequest: Size.gibibytes(1) } },
        }),
    );
    expect(error).toContain('dashboardSidecar.namespaces is []');
    expect(error).toContain('dashboardSidecar.resources.memoryRequest is 1Gi');
  });
});

describe('what Grafana reaches', () => {
  it('is where its plugins come from', () => {
    const hostsOf = (plugins: string[]) => {
      let hosts: string[] = [];
      synthesize((chart) => {
        new Grafana(chart, 'grafana', { plugins });
        hosts = MonitoringContext.of(chart)._plan.edges.map(({ to }) => to.hostAndPort);
      });
      return hosts;
    };
    expect(hostsOf([])).toEqual([]);
    expect(hostsOf(['a-panel@1.0.0', 'b-panel'])).toEqual(['grafana.com:443']);
    expect(hostsOf(['a-panel@1.0.0@http://plugins.example:8080/a.zip'])).toEqual(['plugins.example:8080']);
  });

  it('is asked with the password that it wants', () => {
    const manifests = synthesize((chart) => {
      const { http } = new Prometheus(chart, 'prometheus', { authentication: BASIC_AUTHENTICATION });
      new Grafana(chart, 'grafana', { dataSources: [DataSource.prometheus({ endpoint: http })] });
    });
    const [source] = (load(manifestOf(manifests, 'ConfigMap', 'monitoring-grafana-config').data['datasources.yaml']) as Manifest)
      .datasources;
    expect(source).toMatchObject({
      basicAuth: true,
      basicAuthUser: 'stack',
      secureJsonData: { basicAuthPassword: '$DATASOURCE_PROMETHEUS_PASSWORD' },
    });
    const [{ env }] = manifestOf(manifests, 'StatefulSet', 'monitoring-grafana').spec.template.spec.containers;
    expect(env).toContainEqual({
      name: 'DATASOURCE_PROMETHEUS_PASSWORD',
      valueFrom: { secretKeyRef: { name: 'web-user', key: 'password' } },
    });
  });
});
