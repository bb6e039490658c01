import type { Construct } from 'constructs';
import type { Dashboard } from '../dashboards/dashboard';
import type { DashboardContext } from '../dashboards/dashboard-context';
import { StandardDashboards } from '../dashboards/standard-dashboards';
import { Component } from '../kubernetes/component';
import { configFiles } from '../kubernetes/config-files';
import { DashboardFiles } from './dashboard-files';
import { dashboardProblems, sourcesOfBoards, surroundingsOf } from './dashboard-surroundings';
import type { DataSource } from './data-source';
import { dataSourceProblems, dataSourceSecrets, dataSourcesFile } from './data-source-config';
import { folderProblems } from './grafana-config';
import { provisioningYaml } from './provisioning-yaml';

/** What a Grafana that runs already is handed, and how its sidecar finds it. */
export interface ExistingGrafanaOptions {
  /**
   * Namespace of that Grafana; NetworkPolicies let its pods reach the data sources. The ConfigMaps are there, because a sidecar
   * searches its own namespace unless told otherwise.
   * @default - the context's main namespace
   */
  readonly namespace?: string;
  /**
   * Data sources. None becomes the default unless it says so (`isDefault`), because a Grafana with two does not start.
   * @default - none; in a `MonitoringStack`, one for each thing that the stack runs, before those given here
   */
  readonly dataSources?: DataSource[];
  /** Dashboards. Data sources that they name and that are not handed over must be there. @default - none */
  readonly dashboards?: Dashboard[];
  /**
   * Boards of the library.
   * @default - none; in a `MonitoringStack`, all whose metrics are scraped and whose data sources are there
   */
  readonly standardDashboards?: StandardDashboards;
  /** Log field that names the tenant, for dashboards that name none themselves. @default - none */
  readonly tenantField?: string;
  /** Labels by which the sidecar finds data sources (`sidecar.datasources.label` of Grafana's chart). @default - `grafana_datasource: "1"` */
  readonly dataSourceLabels?: { [key: string]: string };
  /** Labels by which the sidecar finds dashboards (`sidecar.dashboards.label`). @default - `grafana_dashboard: "1"` */
  readonly dashboardLabels?: { [key: string]: string };
  /**
   * Annotation that names the folder of the dashboards (`sidecar.dashboards.folderAnnotation`, which also needs
   * `provider.foldersFromFilesStructure`). A sidecar that is told none puts all boards at the top level.
   * @default 'grafana_folder'
   */
  readonly folderAnnotation?: string;
}

/** Properties of `ExistingGrafana`. */
export interface ExistingGrafanaProps extends ExistingGrafanaOptions {
  /** Tells several Grafanas of one stack apart; part of the names. @default - none */
  readonly instance?: string;
}

/**
 * Data sources and dashboards for a Grafana that runs already, such as the one of kube-prometheus-stack: ConfigMaps with the labels
 * that the sidecar of Grafana's Helm chart looks for. It reloads both without a restart.
 */
export class ExistingGrafana extends Component {
  private readonly dataSources: readonly DataSource[];
  private readonly boards: DashboardFiles;
  private readonly tenantField: string | undefined;
  private surroundings: DashboardContext | undefined;

  constructor(scope: Construct, id: string, props: ExistingGrafanaProps = {}) {
    super(scope, id, {
      app: 'grafana',
      component: 'sidecar',
      instance: props.instance,
      options: { namespace: props.namespace },
    });
    const { dataSources = [], standardDashboards: standard = StandardDashboards.none() } = props;
    this.dataSources = dataSources;
    this.tenantField = props.tenantField;
    this.admitToDataSources();
    this.boards = new DashboardFiles(this, {
      dashboards: props.dashboards ?? [],
      standard,
      dataSources: sourcesOfBoards(dataSources),
      context: () => this.dashboardContext,
      published: {
        labels: props.dashboardLabels ?? { grafana_dashboard: '1' },
        folderAnnotation: props.folderAnnotation ?? 'grafana_folder',
      },
    });
    if (dataSources.length > 0) {
      this.provision(props.dataSourceLabels ?? { grafana_datasource: '1' });
    }
    this._check(() => [
      ...standard._problems(),
      ...dataSourceProblems(dataSources.map(({ _settings }) => _settings)),
      ...folderProblems(this.boards.folders),
      ...dashboardProblems(this.boards, this.dashboardContext, undefined),
      ...(dataSources.length === 0 && this.boards.all.length === 0
        ? ['dataSources and dashboards are empty; allowed is at least one of them: give what that Grafana shall have']
        : []),
    ]);
    this._warn('existing-grafana-secrets', () => this.secrets());
  }

  private get dashboardContext(): DashboardContext {
    this.surroundings ??= surroundingsOf(this._context, this.boards, this.dataSources, this.tenantField);
    return this.surroundings;
  }

  private provision(labels: { [key: string]: string }): void {
    const { dataLabels, scrapeInterval } = this._context;
    const sources = this.dataSources.map(({ _settings }) => ({ ..._settings, isDefault: _settings.isDefault ?? false }));
    configFiles(
      this,
      'datasources',
      // A sidecar puts the files of all ConfigMaps into one directory.
      () => ({
        [`${this._identity.name}.yaml`]: provisioningYaml(dataSourcesFile(sources, { labels: dataLabels, scrapeInterval })),
      }),
      labels,
    );
  }

  /** Its pods are not ours, and their labels are not known. */
  private admitToDataSources(): void {
    const { admissions } = this._context._plan;
    for (const { endpoint } of this.dataSources) {
      const owner = endpoint._owner;
      if (owner) {
        admissions.push({
          identity: owner.identity,
          containerPort: owner.containerPort,
          namespaces: [this._identity.namespace],
        });
      }
    }
  }

  private secrets(): string[] {
    return this.dataSources.flatMap(({ name, _settings }) =>
      dataSourceSecrets(_settings).map(
        ({ variable, secret }) =>
          `the data source ${name} reads the variable ${variable}; give it to that Grafana from key ${secret.key} of the Secret ${secret.secretName}`,
      ),
    );
  }
}
