import type { DashboardContext, DashboardDataSources } from '../dashboards/dashboard-context';
import type { MonitoringContext } from '../settings/monitoring-context';
import { type DashboardFiles, firstAlike } from './dashboard-files';
import { dataSourcesOfDashboard } from './dashboard-references';
import type { DataSource } from './data-source';
import type { DataSourceKind } from './data-source-config';

/** Uids of the data sources that boards ask: the first of each kind. */
export function sourcesOfBoards(dataSources: readonly DataSource[]): DashboardDataSources {
  const uidOf = (kind: DataSourceKind) => dataSources.find(({ _settings }) => _settings.kind === kind)?.uid;
  return { prometheus: uidOf('prometheus'), thanos: uidOf('thanos'), loki: uidOf('loki'), mysql: uidOf('mysql') };
}

/** What the boards of a Grafana are rendered with. */
export function surroundingsOf(
  { cluster, dataLabels, scrapeInterval, _plan: plan }: MonitoringContext,
  boards: DashboardFiles,
  dataSources: readonly DataSource[],
  tenantField: string | undefined,
): DashboardContext {
  return {
    labels: dataLabels,
    dataSources: sourcesOfBoards(dataSources),
    scrapeInterval,
    sources: plan.sources,
    boards: new Set(boards.all.map(({ uid }) => uid)),
    cluster: cluster.name,
    environment: cluster.environment,
    tenantField,
  };
}

/**
 * What is wrong with the boards of a Grafana.
 * @param dataSources all that it has; undefined where it may have others
 */
export function dashboardProblems(
  files: DashboardFiles,
  context: DashboardContext,
  dataSources: readonly DataSource[] | undefined,
): string[] {
  const uidsOfSources = dataSources?.map(({ uid }) => uid) ?? [];
  // Grafana looks for a data source by uid, then by name, which old boards have.
  const known = [...uidsOfSources, ...(dataSources ?? []).map(({ name }) => name)];
  const boards = files.all;
  const places = boards.map(({ folder, title }) => JSON.stringify([folder ?? null, title]));
  return boards.flatMap((dashboard, index) => {
    const label = `dashboards ${JSON.stringify(dashboard.uid)}`;
    const problems = dashboard._problems(context);
    const alike = firstAlike(boards, dashboard.uid);
    // A board that lacks a data source says so itself; its empty uid is not worth a second message.
    const missing =
      dataSources && files.ofUser.includes(dashboard)
        ? dataSourcesOfDashboard(dashboard._render(context)).filter((uid) => uid !== '' && !known.includes(uid))
        : [];
    return [
      ...problems.map((problem) => `${label}: ${problem}`),
      ...missing.map(
        (uid) =>
          `${label} asks the data source ${JSON.stringify(uid)}; allowed are those of this Grafana (${uidsOfSources.join(', ') || 'none'}): add it to dataSources`,
      ),
      ...(alike < index
        ? [
            `${label} has the uid of ${JSON.stringify(boards[alike].uid)}; allowed are uids that differ by more than case and signs, because ConfigMaps are named after them: choose another uid`,
          ]
        : []),
      ...(places.indexOf(places[index]) < index
        ? [
            `${label} has the title ${JSON.stringify(dashboard.title)}, as another of its folder; allowed is one, because Grafana stops updating both: rename one`,
          ]
        : []),
    ];
  });
}
