import { Size } from 'cdk8s';
import type { k8s } from 'cdk8s-plus-28';
import type { Construct } from 'constructs';
import type { Dashboard } from '../dashboards/dashboard';
import type { DashboardContext } from '../dashboards/dashboard-context';
import { StandardDashboards } from '../dashboards/standard-dashboards';
import { serviceAccount } from '../kubernetes/access';
import { Component } from '../kubernetes/component';
import { configFiles } from '../kubernetes/config-files';
import { type ContainerDescription, httpProbe, secretVariable } from '../kubernetes/container';
import { GeneratedSecret } from '../kubernetes/generated-secret';
import { ingress, ingressUrl } from '../kubernetes/ingress';
import type { IngressOptions } from '../kubernetes/ingress-options';
import { offerMetrics, service } from '../kubernetes/service';
import { claimOptions, offeredSize, volumeProblems } from '../kubernetes/volumes';
import { statefulSet } from '../kubernetes/workload';
import { Cpu } from '../settings/cpu';
import type { Endpoint } from '../settings/endpoint';
import { SecretKey } from '../settings/secret-key';
import type { VolumeOptions } from '../settings/volume-options';
import type { ServiceOptions, WorkloadOptions } from '../settings/workload-options';
import { type DashboardConfigMap, DashboardFiles } from './dashboard-files';
import { type DashboardSidecarOptions, dashboardSidecar, SIDECAR_MOUNT, SIDECAR_VOLUMES } from './dashboard-sidecar';
import { dashboardProblems, sourcesOfBoards, surroundingsOf } from './dashboard-surroundings';
import type { DataSource } from './data-source';
import { dataSourceProblems, dataSourceSecrets, dataSourcesFile } from './data-source-config';
import {
  CREDENTIAL_FILES,
  CREDENTIALS_PATH,
  dashboardProvidersFile,
  folderProblems,
  type GrafanaSettings,
  grafanaIni,
  grafanaProblems,
  SEARCH_INDEX_PATH,
  subPathOf,
} from './grafana-config';
import { iniText } from './grafana-ini';
import { type GrafanaOAuth, oauthEndpoints } from './grafana-oauth';
import { type AlertingSurroundings, alertingProblems, type ProvisionedAlerting } from './provisioned-alerting';
import { provisioningYaml } from './provisioning-yaml';
import { endpointsOfUrls } from './url-endpoints';

/** The first administrator. Grafana reads it when it makes its database; later changes are made in Grafana. */
export interface GrafanaAdmin {
  /** Login name. @default - `admin` */
  readonly user?: SecretKey;
  /** Password. */
  readonly password: SecretKey;
}

/** Properties of `Grafana`. */
export interface GrafanaProps extends WorkloadOptions, VolumeOptions, ServiceOptions {
  /** Data sources. Their uids and names differ; at most one is the default. @default - none */
  readonly dataSources?: DataSource[];
  /** Dashboards. All data sources that they name must be there. @default - none */
  readonly dashboards?: Dashboard[];
  /**
   * Boards of the library. Those that are served come by themselves: see `StandardDashboards`.
   * @default - none; in a `MonitoringStack`, all whose metrics are scraped and whose data sources are there
   */
  readonly standardDashboards?: StandardDashboards;
  /** Alerts that Grafana evaluates, and whom it tells: `GrafanaAlerting`. @default - none: Prometheus and Loki evaluate, Alertmanager tells */
  readonly alerting?: ProvisionedAlerting;
  /** Log field that names the tenant, for dashboards that name none themselves. @default - none */
  readonly tenantField?: string;
  /** Volume of the database: users, preferences, alerts and whatever is made by hand. @default - 10Gi, rounded up to what the cluster offers */
  readonly volume?: Size;
  /** The first administrator. @default - keys `admin-user` and `admin-password` of the Secret `grafana-admin` */
  readonly admin?: GrafanaAdmin;
  /**
   * Whether the Secret of the administrator is made in the cluster, once, with a random password and the name `admin`: see
   * `GeneratedSecret`. A key for encryption in the same Secret is made up, too. Otherwise the Secret must exist.
   * @default false
   */
  readonly generateAdmin?: boolean;
  /**
   * Key that encrypts the data sources' secrets in the database. Set it before the first start: another key cannot read what
   * the former wrote. @default - Grafana's built-in key, which everybody knows
   */
  readonly encryptionKey?: SecretKey;
  /** How people reach it. @default - no Ingress */
  readonly ingress?: IngressOptions;
  /** Address in people's browsers, with path; links in alerts and logins depend on it. @default - that of the Ingress */
  readonly rootUrl?: string;
  /**
   * Plugins that are installed before the start: `id@version` or `id`, which takes the newest, from grafana.com;
   * `id@version@url` from anywhere.
   * @default - none; nothing is downloaded
   */
  readonly plugins?: string[];
  /**
   * Directory with plugins that are there already, where nothing can be downloaded: of an image of your own
   * (`Images`, but not below `/var/lib/grafana`, which is the volume) or of a volume (`extraVolumes`). `plugins` go there, too, and
   * then it must be writable.
   * @default - `plugins` on the volume
   */
  readonly pluginsPath?: string;
  /** ConfigMaps with dashboards that others own. @default - none */
  readonly dashboardConfigMaps?: DashboardConfigMap[];
  /** What finds dashboards in ConfigMaps by their labels. @default - none: ConfigMaps are named */
  readonly dashboardSidecar?: DashboardSidecarOptions;
  /** Login by an identity provider, and what people may do by what it says of them. @default - Grafana's own accounts */
  readonly oauth?: GrafanaOAuth;
  /**
   * Further settings, `section.key` as in `grafana.ini`; `$__file{/path}` and `$__env{NAME}` are references. Settings that
   * belong to other properties are refused, and so are literal credentials. @default - none
   */
  readonly settings?: { [name: string]: string };
}

const HTTP = { name: 'http', port: 3000 };
const DATA_PATH = '/var/lib/grafana';

/** Empty directories that Grafana writes to. */
const WRITABLE = { tmp: '/tmp', logs: '/var/log/grafana', search: SEARCH_INDEX_PATH };

/** Files of Grafana's configuration and where it looks for them. */
const FILES = {
  'grafana.ini': '/etc/grafana/grafana.ini',
  'datasources.yaml': '/etc/grafana/provisioning/datasources/datasources.yaml',
  'dashboards.yaml': '/etc/grafana/provisioning/dashboards/dashboards.yaml',
};
const ALERTING_FILES = { 'alerting.yaml': '/etc/grafana/provisioning/alerting/alerting.yaml' };

/**
 * Grafana, one replica with its own database on a volume. Data sources and dashboards are files that people cannot change by
 * hand: a new data source restarts it, a changed dashboard shows within two minutes. Nobody gets in without login.
 */
export class Grafana extends Component {
  /** Web interface and API. */
  public readonly http: Endpoint;
  private readonly dataSources: readonly DataSource[];
  private readonly boards: DashboardFiles;
  private readonly tenantField: string | undefined;
  private readonly alerting: ProvisionedAlerting | undefined;
  private readonly admin: GrafanaAdmin;
  private readonly encryptionKey: SecretKey | undefined;
  private boardSurroundings: DashboardContext | undefined;
  private generatedSecret: string | undefined;

  constructor(scope: Construct, id: string, props: GrafanaProps = {}) {
    super(scope, id, { app: 'grafana', component: 'grafana', options: props });
    const {
      dataSources = [],
      dashboards = [],
      plugins = [],
      settings = {},
      dashboardConfigMaps = [],
      dashboardSidecar: sidecar,
    } = props;
    this.dataSources = dataSources;
    this.tenantField = props.tenantField;
    this.alerting = props.alerting;
    this.admin = props.admin ?? {
      user: SecretKey.of('grafana-admin', 'admin-user'),
      password: SecretKey.of('grafana-admin', 'admin-password'),
    };
    this.encryptionKey = props.encryptionKey;
    const server: GrafanaSettings = {
      rootUrl: props.rootUrl ?? (props.ingress && ingressUrl(props.ingress)),
      adminUserFromSecret: this.admin.user !== undefined,
      encryptionKeyFromSecret: this.encryptionKey !== undefined,
      plugins,
      pluginsPath: props.pluginsPath,
      oauth: props.oauth,
      settings,
    };
    const alerting = this.alerting?._provision(this.alertingSurroundings);
    const standard = props.standardDashboards ?? StandardDashboards.none();
    this._check(() => [...this.problems(props, server), ...standard._problems()]);
    this.reach(plugins, props.oauth);

    const account = serviceAccount(this);
    [this.http] = service(this, { ports: [{ target: HTTP, port: 80 }] });
    if (props.ingress) {
      ingress(this, HTTP, HTTP.name, props.ingress);
    }
    // Probes and scrapes use the path that Grafana serves; elsewhere it answers with a redirect.
    const path = subPathOf(server.rootUrl);
    offerMetrics(this, HTTP, { path: `${path}/metrics` });

    this.boards = new DashboardFiles(this, {
      dashboards,
      standard,
      dataSources: sourcesOfBoards(dataSources),
      configMaps: dashboardConfigMaps,
      context: () => this.dashboardContext,
    });
    for (const { name } of dashboardConfigMaps) {
      this._require({ kind: 'ConfigMap', namespace: this._identity.namespace, name });
    }
    const finder = sidecar && dashboardSidecar(this, sidecar);
    const config = configFiles(this, 'config', () => ({
      'grafana.ini': iniText(grafanaIni({ ...server, settings: { ...alerting?.settings, ...settings } })),
      'datasources.yaml': provisioningYaml(
        dataSourcesFile(
          dataSources.map(({ _settings }) => _settings),
          { labels: this._context.dataLabels, scrapeInterval: this._context.scrapeInterval },
        ),
      ),
      'dashboards.yaml': provisioningYaml(dashboardProvidersFile(this.boards.folders, finder !== undefined)),
      ...(alerting && { 'alerting.yaml': provisioningYaml(alerting.file) }),
    }));
    if (props.generateAdmin) {
      this.generatedSecret = this.admin.password.secretName;
      this.generateAdmin(this.generatedSecret);
    }
    const secrets = this.secretVariables();
    const credentials = this.credentials(props.oauth?.clientSecret, alerting?.mailPassword);
    statefulSet(this, {
      replicas: 1,
      serviceName: this._identity.name,
      claims: [
        { name: 'data', size: props.volume ?? offeredSize(this._context.cluster, Size.gibibytes(10)), ...claimOptions(props) },
      ],
      pod: () => ({
        serviceAccountName: account,
        mountsToken: finder !== undefined,
        // Dashboards are not part of it: Grafana reads them again by itself.
        checksum: config.checksum(),
        containers: [
          this.container(path, secrets, [...this.boards.mounts, ...(finder ? [SIDECAR_MOUNT] : [])]),
          ...(finder ? [finder] : []),
        ],
        volumes: [
          config.volume('config'),
          { name: 'credentials', projected: { defaultMode: 0o440, sources: credentials } },
          ...Object.keys(WRITABLE).map((name) => ({ name, emptyDir: {} })),
          ...this.boards.volumes,
          ...(finder ? SIDECAR_VOLUMES : []),
        ],
      }),
    });
  }

  private get dashboardContext(): DashboardContext {
    this.boardSurroundings ??= surroundingsOf(this._context, this.boards, this.dataSources, this.tenantField);
    return this.boardSurroundings;
  }

  private container(path: string, environment: readonly k8s.EnvVar[], boards: readonly k8s.VolumeMount[]): ContainerDescription {
    return {
      name: 'grafana',
      image: 'grafana',
      args: [],
      environment,
      ports: [HTTP],
      mounts: [
        { name: 'data', mountPath: DATA_PATH },
        ...Object.entries(WRITABLE).map(([name, mountPath]) => ({ name, mountPath })),
        ...Object.entries({ ...FILES, ...(this.alerting && ALERTING_FILES) }).map(([subPath, mountPath]) => ({
          name: 'config',
          mountPath,
          subPath,
          readOnly: true,
        })),
        { name: 'credentials', mountPath: CREDENTIALS_PATH, readOnly: true },
        ...boards,
      ],
      // 512 MB is the least that Grafana's installation guide asks for; queries with many series go above it. It works when
      // somebody looks at a board, so a tenth of a core is reserved and no limit throttles it.
      resources: { cpuRequest: Cpu.millis(100), memoryRequest: Size.mebibytes(512), memoryLimit: Size.gibibytes(1) },
      // Ten minutes: the first start after an upgrade migrates the database.
      startup: httpProbe(`${path}/api/health`, HTTP.name, { periodSeconds: 5, failureThreshold: 120 }),
      readiness: httpProbe(`${path}/api/health`, HTTP.name),
      liveness: httpProbe(`${path}/api/health`, HTTP.name, { periodSeconds: 30, timeoutSeconds: 10, failureThreshold: 5 }),
    };
  }

  private secretVariables(): k8s.EnvVar[] {
    const ofSources = this.dataSources.flatMap(({ _settings }) => dataSourceSecrets(_settings));
    return [...ofSources, ...(this.alerting?._variables(this.alertingSurroundings) ?? [])].map(({ variable, secret }) =>
      secretVariable(this, variable, secret),
    );
  }

  private get alertingSurroundings(): AlertingSurroundings {
    const { dataLabels, scrapeInterval } = this._context;
    return { dataSources: this.dataSources.map(({ _settings }) => _settings), labels: dataLabels, scrapeInterval };
  }

  private credentials(oauthSecret: SecretKey | undefined, mailPassword: SecretKey | undefined): k8s.VolumeProjection[] {
    const files: [SecretKey | undefined, string][] = [
      [this.admin.user, CREDENTIAL_FILES.user],
      [this.admin.password, CREDENTIAL_FILES.password],
      [this.encryptionKey, CREDENTIAL_FILES.encryptionKey],
      [oauthSecret, CREDENTIAL_FILES.oauthSecret],
      [mailPassword, CREDENTIAL_FILES.mailPassword],
    ];
    return files.flatMap(([secret, path]) => {
      if (secret === undefined) {
        return [];
      }
      if (secret.secretName !== this.generatedSecret) {
        this._requireSecret(secret);
      }
      return [{ secret: { name: secret.secretName, items: [{ key: secret.key, path }] } }];
    });
  }

  /** The pod waits until its files are there. */
  private generateAdmin(secretName: string): void {
    const { password, user } = this.admin;
    const keysThere = (...keys: (SecretKey | undefined)[]) =>
      keys.flatMap((key) => (key?.secretName === secretName ? [key.key] : []));
    new GeneratedSecret(this, 'admin', {
      secretName,
      namespace: this._identity.namespace,
      placement: this._options.placement,
      generatedKeys: keysThere(password, this.encryptionKey),
      values: Object.fromEntries(keysThere(user).map((key) => [key, 'admin'])),
    });
  }

  private reach(plugins: readonly string[], oauth: GrafanaOAuth | undefined): void {
    for (const { endpoint } of this.dataSources) {
      this._connect(endpoint, true);
    }
    const downloads = endpointsOfUrls(plugins.map((plugin) => plugin.split('@')[2] ?? 'https://grafana.com'));
    for (const endpoint of [...downloads, ...(oauth ? oauthEndpoints(oauth) : []), ...(this.alerting?._endpoints ?? [])]) {
      this._connect(endpoint);
    }
    this._warn('unpinned-plugin', () =>
      plugins
        .filter((plugin) => !plugin.includes('@'))
        .map((plugin) => `each start may install another version of the plugin ${plugin}; write ${plugin}@<version>`),
    );
  }

  private problems(props: GrafanaProps, server: GrafanaSettings): string[] {
    const variables = [
      ...Object.keys(props.environment ?? {}),
      ...(props.extraEnvironment ?? []).flatMap(({ name }) => (typeof name === 'string' ? [name] : [])),
    ];
    return [
      ...volumeProblems(this._context.cluster, 'volume', props.volume),
      ...grafanaProblems(server, variables),
      ...dataSourceProblems(this.dataSources.map(({ _settings }) => _settings)),
      ...(this.alerting ? alertingProblems(this.alerting, this.alertingSurroundings, props.settings) : []),
      ...folderProblems(this.boards.folders),
      ...dashboardProblems(this.boards, this.dashboardContext, this.dataSources),
    ];
  }
}
