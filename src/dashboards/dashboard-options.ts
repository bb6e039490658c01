import type { Duration } from 'cdk8s';

/** Which layer of a system a board looks at; it becomes a tag. */
export enum DashboardLayer {
  /** What users and developers of an application see. */
  APPLICATION = 'application',
  /** Databases, queues, caches, gateways. */
  MIDDLEWARE = 'middleware',
  /** Cluster, nodes, pods. */
  INFRASTRUCTURE = 'infrastructure',
}

/** Where a board of metrics takes them from. */
export enum MetricSource {
  /** Prometheus: the local retention, no delay. */
  PROMETHEUS = 'prometheus',
  /** Thanos Query: all replicas and clusters, the whole retention. */
  THANOS = 'thanos',
}

/** What all boards have in common. */
export interface DashboardOptions {
  /** Address of the board (`/d/<uid>`): 1 to 40 letters, digits, `-` and `_`. Links and bookmarks depend on it: keep it. */
  readonly uid: string;
  /** Title. */
  readonly title: string;
  /** Folder that holds the board. @default - the top level */
  readonly folder?: string;
  /** Layer, the first tag. @default - the layer that the kind of board belongs to */
  readonly layer?: DashboardLayer;
  /** Further tags. @default - none */
  readonly tags?: string[];
  /** How often an open board asks again; at least 5 s, Grafana's own limit. @default Duration.minutes(1) */
  readonly refresh?: Duration;
  /** How far back a board looks when it is opened. @default Duration.hours(1) */
  readonly timeRange?: Duration;
}

/** What all boards of metrics have in common. */
export interface MetricDashboardOptions extends DashboardOptions {
  /** Namespaces to choose from. @default - all that have series */
  readonly namespaces?: string[];
  /** Where the metrics come from. @default MetricSource.PROMETHEUS */
  readonly source?: MetricSource;
}

/** What can be changed about a board of the library. */
export interface StandardDashboardOptions {
  /** Title. @default - the one under which it is known */
  readonly title?: string;
  /** Folder that holds the board. @default - `Application`, `Middleware` or `Infrastructure`, by its layer */
  readonly folder?: string;
  /** Further tags, besides layer and topic. @default - none */
  readonly tags?: string[];
  /** How often an open board asks again; at least 5 s, Grafana's own limit. @default Duration.minutes(1) */
  readonly refresh?: Duration;
  /** How far back a board looks when it is opened. @default Duration.hours(1) */
  readonly timeRange?: Duration;
  /** Where the metrics come from. @default - Prometheus; Thanos where there is no data source for Prometheus */
  readonly source?: MetricSource;
}

/** A board over the logs of applications. */
export interface LogsDashboardProps extends DashboardOptions {
  /** Namespaces to choose from. @default - all that have logs */
  readonly namespaces?: string[];
  /**
   * Label of the log streams that holds the level. Lines of pipelines that read no level out of them have one in
   * `detected_level`, which Loki reads itself: as structured metadata, so the board asks for it in words and offers no list.
   * @default 'level'
   */
  readonly levelLabel?: string;
  /** Levels that count as errors, whatever their case. @default - error, fatal, critical */
  readonly errorLevels?: string[];
  /**
   * Field of the log lines that names the tenant: a label or structured metadata of that name.
   * @default - the tenant field of the stack; without one the board has no tenant filter
   */
  readonly tenantField?: string;
}

/** A board over pods, out of the metrics of cAdvisor and kube-state-metrics. */
export interface PodsDashboardProps extends MetricDashboardOptions {
  /** Uid of the board of logs that a pod's row leads to. @default - no link */
  readonly logsDashboard?: string;
}

/** A board over a counter of events that each end well or badly. */
export interface EventsDashboardProps extends MetricDashboardOptions {
  /** Name of the counter, e.g. `app_events_total`. */
  readonly metric: string;
  /** Its label for the type of event, e.g. `type`. */
  readonly typeLabel: string;
  /** Its label for the outcome, e.g. `outcome`. */
  readonly outcomeLabel: string;
  /** Outcomes that are successes; every other one is a failure. @default - success, ok */
  readonly successValues?: string[];
}

/** A board over rate, errors and duration of HTTP requests, counted out of log lines. */
export interface HttpFromLogsDashboardProps extends MetricDashboardOptions {
  /** Name of the counter of requests, e.g. `app_http_requests_total`. */
  readonly requestsMetric: string;
  /** Name of the counter of failed requests, e.g. `app_http_errors_total`. */
  readonly errorsMetric: string;
  /** Name of the duration histogram in milliseconds, without `_bucket`, e.g. `app_http_request_duration_ms`. */
  readonly durationMetric: string;
  /** Label of the requests for the HTTP method. @default - no panel by method */
  readonly methodLabel?: string;
  /** Label of the requests for the status or status class. @default - no panel by status */
  readonly statusLabel?: string;
}

/** A board over a table of messages that an application writes to MySQL. */
export interface MessagesDashboardProps extends DashboardOptions {
  /** The table, as `table` or `database.table`. Names are letters, digits and `_`. */
  readonly table: string;
  /** Column with the time of a message, of type DATETIME or TIMESTAMP. Index it: every query filters by it. */
  readonly timeColumn: string;
  /** Column with the processing status. Rows without one (NULL) are not shown. */
  readonly statusColumn: string;
  /** Column with the trace id, by which the log lines are found. */
  readonly traceIdColumn: string;
  /** Column with the id of a message. @default - not shown */
  readonly idColumn?: string;
  /** Further columns of the list of messages. @default - none */
  readonly furtherColumns?: string[];
  /** Statuses that are failures. @default - FAILED, ERROR */
  readonly failedStatuses?: string[];
  /** Rows of the list of messages. @default 500 */
  readonly maxRows?: number;
  /** Namespaces whose logs a message's link searches. @default - all */
  readonly namespaces?: string[];
  /** Name of the trace id in the logs: a label or structured metadata. @default 'traceId' */
  readonly logTraceIdField?: string;
  /**
   * Uid of a board of logs as second way from a message to its lines, for users without the right to Explore (Grafana's
   * viewers by default). @default - only Explore
   */
  readonly logsDashboard?: string;
  /** Uid of the MySQL data source. @default - the stack's */
  readonly dataSource?: string;
}

/** A board that exists as JSON. */
export interface JsonDashboardProps {
  /** Address of the board; replaces the one inside the JSON. */
  readonly uid: string;
  /**
   * The board in Grafana's classic model, as exported *without* "export for sharing externally" (no `__inputs`), as text.
   * Its queries for Prometheus and Loki are checked.
   */
  readonly json: string;
  /** Title. @default - the title inside the JSON */
  readonly title?: string;
  /** Folder that holds the board. @default - the top level */
  readonly folder?: string;
  /** Tags that are added to those inside the JSON. @default - none */
  readonly tags?: string[];
}
