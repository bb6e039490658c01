import { Duration } from 'cdk8s';
import type { BasicAuthentication } from '../settings/basic-authentication';
import type { Endpoint } from '../settings/endpoint';
import type { SecretKey } from '../settings/secret-key';
import type { DataSourceKind, DataSourceSettings } from './data-source-config';
import type { ProvisioningValue } from './provisioning-yaml';

/** What all data sources have in common. */
export interface DataSourceOptions {
  /** Where it is reached. */
  readonly endpoint: Endpoint;
  /**
   * By what dashboards, links and `/api/datasources/uid/<uid>` name it: 1 to 40 letters, digits, `-` and `_`. Keep it: Grafana
   * cannot change the uid of a data source that exists. @default - fixed for each kind, stated there
   */
  readonly uid?: string;
  /** What people see. @default - fixed for each kind, stated there */
  readonly name?: string;
  /** Whether panels that name no data source ask this one; at most one may. @default - the first data source of metrics, if no other is */
  readonly isDefault?: boolean;
  /** Certificate authority (PEM) of an endpoint with TLS. @default - those of the image */
  readonly certificateAuthority?: SecretKey;
}

/** What data sources that are reached by HTTP have in common. */
export interface HttpDataSourceOptions extends DataSourceOptions {
  /** Login by basic authentication. @default - that of the endpoint, if it is a component of the stack that asks for it */
  readonly basicAuthentication?: BasicAuthentication;
}

/** Properties of `DataSource.prometheus`. */
export interface PrometheusDataSourceProps extends HttpDataSourceOptions {
  /** Interval of its samples; the least step of queries. @default - the stack's scrape interval */
  readonly scrapeInterval?: Duration;
}

/** Up to which resolution Thanos may answer with downsampled data. */
export enum ThanosResolution {
  /** A fifth of the query's step (`auto`): only long steps see data whose raw samples are gone. */
  AUTO = 'auto',
  /** Raw data only. */
  RAW = '0s',
  /** Five minutes. */
  FIVE_MINUTES = '5m',
  /** One hour: sees all that is kept. */
  ONE_HOUR = '1h',
}

/** Properties of `DataSource.thanos`. */
export interface ThanosDataSourceProps extends HttpDataSourceOptions {
  /**
   * Coarsest resolution that may answer (`max_source_resolution`). With a fixed one the least step of queries is that
   * resolution, because shorter windows find less than two samples. @default ThanosResolution.AUTO
   */
  readonly maxSourceResolution?: ThanosResolution;
  /** Interval of its samples; a fixed resolution counts if it is longer. @default - the stack's scrape interval */
  readonly scrapeInterval?: Duration;
}

/** Properties of `DataSource.loki`. */
export interface LokiDataSourceProps extends HttpDataSourceOptions {
  /** Tenant, or several joined by `|` (`X-Scope-OrgID`). @default - none: Loki without tenants */
  readonly tenant?: string;
  /** Lines that one query returns at most. @default 1000 */
  readonly maxLines?: number;
  /**
   * Label or structured metadata that holds the trace id; its lines lead to their trace if there is a data source of traces.
   * @default 'traceId'
   */
  readonly traceIdField?: string;
}

/** Properties of `DataSource.mysql`. */
export interface MysqlDataSourceProps extends DataSourceOptions {
  /** Name of the database. */
  readonly database: string;
  /** User. It should have no right but SELECT: who may query the data source may send any statement. */
  readonly user: string;
  /** Its password. */
  readonly password: SecretKey;
  /** Connections to the database at most. @default 10, so that dashboards do not take the connections of applications (Grafana's own: 100) */
  readonly maxConnections?: number;
  /** Time zone of the session, as MySQL writes it: `+09:00`. @default - the server's */
  readonly timezone?: string;
}

const FIXED_RESOLUTION = new Map([
  [ThanosResolution.FIVE_MINUTES, Duration.minutes(5)],
  [ThanosResolution.ONE_HOUR, Duration.hours(1)],
]);

/** MySQL closes idle connections after 8 hours (`wait_timeout`); Grafana must be first. In seconds. */
const CONNECTION_LIFETIME = 14_400;

function longer(a: Duration | undefined, b: Duration | undefined): Duration | undefined {
  return a && b ? (a.toMilliseconds() > b.toMilliseconds() ? a : b) : (a ?? b);
}

function wholeNumberProblems(property: string, value: number | undefined): string[] {
  return value === undefined || (Number.isInteger(value) && value >= 1)
    ? []
    : [`${property} is ${value}; allowed are whole numbers from 1: correct it`];
}

/**
 * A data source of Grafana. It is a description only; give it to `Grafana`, which provisions it, opens the NetworkPolicy and
 * links it with the others. Passwords reach Grafana as environment variables out of Secrets.
 */
export class DataSource {
  /** Prometheus. Uid `prometheus`, name `Prometheus`. */
  public static prometheus(props: PrometheusDataSourceProps): DataSource {
    return DataSource.http('prometheus', 'prometheus', 'Prometheus', props, {
      sampleInterval: props.scrapeInterval,
      jsonData: { httpMethod: 'POST', prometheusType: 'Prometheus' },
    });
  }

  /**
   * Thanos Query. Uid `thanos`, name `Thanos`. Where raw data is gone, it answers only if the step of a query is at least five
   * times the resolution that is left; for older data see `thanosLongTerm`.
   */
  public static thanos(props: ThanosDataSourceProps): DataSource {
    return DataSource.ofThanos('thanos', 'Thanos', props, props.maxSourceResolution ?? ThanosResolution.AUTO);
  }

  /**
   * Thanos Query for what is older than the raw data: instant queries and short steps are answered out of downsampled data, too
   * (`max_source_resolution=1h`). Uid `thanos-long-term`, name `Thanos (long term)`.
   */
  public static thanosLongTerm(props: ThanosDataSourceProps): DataSource {
    const resolution = props.maxSourceResolution ?? ThanosResolution.ONE_HOUR;
    return DataSource.ofThanos('thanos-long-term', 'Thanos (long term)', props, resolution);
  }

  /** Loki, directly or through its gateway. Uid `loki`, name `Loki`. */
  public static loki(props: LokiDataSourceProps): DataSource {
    return DataSource.http('loki', 'loki', 'Loki', props, {
      tenant: props.tenant,
      traceIdField: props.traceIdField ?? 'traceId',
      jsonData: { maxLines: props.maxLines ?? 1000 },
      problems: wholeNumberProblems('maxLines', props.maxLines),
    });
  }

  /** MySQL or MariaDB. Uid `mysql`, name `MySQL`. The endpoint speaks `EndpointProtocol.TCP`. */
  public static mysql(props: MysqlDataSourceProps): DataSource {
    const connections = props.maxConnections ?? 10;
    return new DataSource({
      ...DataSource.common('mysql', 'mysql', 'MySQL', props),
      user: props.user,
      password: props.password,
      jsonData: {
        database: props.database,
        maxOpenConns: connections,
        maxIdleConns: connections,
        maxIdleConnsAuto: false,
        connMaxLifetime: CONNECTION_LIFETIME,
        ...(props.timezone !== undefined && { timezone: props.timezone }),
      },
      problems: [
        ...wholeNumberProblems('maxConnections', props.maxConnections),
        ...(props.database.trim() === ''
          ? [`database is ${JSON.stringify(props.database)}; allowed is a text that is not empty: name the database`]
          : []),
        ...(props.timezone === undefined || /^([+-]\d{2}:\d{2}|[A-Za-z][A-Za-z0-9_+/-]*)$/.test(props.timezone)
          ? []
          : [`timezone is ${JSON.stringify(props.timezone)}; allowed are an offset such as "+09:00" and a name: correct it`]),
      ],
    });
  }

  /** Alertmanager of Prometheus. Uid `alertmanager`, name `Alertmanager`. Grafana's own alerts do not go there. */
  public static alertmanager(props: HttpDataSourceOptions): DataSource {
    return DataSource.http('alertmanager', 'alertmanager', 'Alertmanager', props, {
      jsonData: { implementation: 'prometheus', handleGrafanaManagedAlerts: false },
    });
  }

  /** Traces in Tempo. Uid `tempo`, name `Tempo`. */
  public static tempo(props: HttpDataSourceOptions): DataSource {
    return DataSource.http('tempo', 'tempo', 'Tempo', props, { jsonData: {} });
  }

  /** Traces in Jaeger. Uid `jaeger`, name `Jaeger`. */
  public static jaeger(props: HttpDataSourceOptions): DataSource {
    return DataSource.http('jaeger', 'jaeger', 'Jaeger', props, { jsonData: {} });
  }

  /** Traces in Zipkin. Uid `zipkin`, name `Zipkin`. */
  public static zipkin(props: HttpDataSourceOptions): DataSource {
    return DataSource.http('zipkin', 'zipkin', 'Zipkin', props, { jsonData: {} });
  }

  private static ofThanos(uid: string, name: string, props: ThanosDataSourceProps, resolution: ThanosResolution): DataSource {
    return DataSource.http('thanos', uid, name, props, {
      sampleInterval: longer(props.scrapeInterval, FIXED_RESOLUTION.get(resolution)),
      jsonData: {
        httpMethod: 'POST',
        prometheusType: 'Thanos',
        customQueryParameters: new URLSearchParams({ max_source_resolution: resolution }).toString(),
      },
    });
  }

  private static http(
    kind: DataSourceKind,
    uid: string,
    name: string,
    props: HttpDataSourceOptions,
    own: Partial<DataSourceSettings> & { readonly jsonData: { readonly [key: string]: ProvisioningValue } },
  ): DataSource {
    const { user, password } = props.basicAuthentication ?? props.endpoint._login ?? {};
    return new DataSource({ ...DataSource.common(kind, uid, name, props), user, password, ...own });
  }

  private static common(kind: DataSourceKind, uid: string, name: string, props: DataSourceOptions) {
    const { endpoint, isDefault, certificateAuthority } = props;
    return { kind, uid: props.uid ?? uid, name: props.name ?? name, endpoint, isDefault, certificateAuthority };
  }

  private constructor(
    /**
     * What it consists of.
     * @internal
     */
    public readonly _settings: DataSourceSettings,
  ) {}

  /** By what dashboards name it. */
  public get uid(): string {
    return this._settings.uid;
  }

  /** What people see. */
  public get name(): string {
    return this._settings.name;
  }

  /** Where it is reached. */
  public get endpoint(): Endpoint {
    return this._settings.endpoint;
  }
}
