import type { Duration } from 'cdk8s';
import type { DataLabels } from '../settings/data-labels';

/** Uids of the data sources that boards may query; undefined where the Grafana at hand has none. */
export interface DashboardDataSources {
  readonly prometheus?: string;
  readonly thanos?: string;
  readonly loki?: string;
  readonly mysql?: string;
}

/** What a board needs to know about the stack it shows. */
export interface DashboardContext {
  readonly labels: DataLabels;
  readonly dataSources: DashboardDataSources;
  /** Interval of the scrapes behind the shown series; range windows are derived from it. */
  readonly scrapeInterval: Duration;
  /** Value of the cluster label that a board opens with. */
  readonly cluster: string;
  /** Value of the environment label that a board opens with. */
  readonly environment: string;
  /** What is scraped: components and jobs by name. Boards leave out what has no source. */
  readonly sources: ReadonlySet<string>;
  /** Uids of the boards that this Grafana has. Boards link to no other. */
  readonly boards: ReadonlySet<string>;
  /** Log field that names the tenant, for boards that name none themselves. */
  readonly tenantField?: string;
}

/** A board as Grafana reads it: the bare classic model, ready for `JSON.stringify`. */
export interface DashboardModel {
  readonly id: null;
  readonly uid: string;
  readonly title: string;
}
