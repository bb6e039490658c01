import { Size } from 'cdk8s';
import {
  Cluster,
  Dashboard,
  DataSource,
  Endpoint,
  EndpointProtocol,
  LogField,
  LogMetric,
  LogPipeline,
  MonitoringStack,
  ObjectStorage,
  Placement,
  Retention,
  ScrapeJob,
  SecretKey,
  StorageIdentity,
} from 'cdk8s-monitoring-stack';
import type { Construct } from 'constructs';

const APPLICATIONS = 'qgx';

/** The eight fields of the document's log lines, and the tenant that its first dashboard filters by. */
const FIELDS = ['traceId', 'level', 'logger', 'message', 'httpMethod', 'uri', 'statusCode', 'duration', 'tenant'];

/** The QGX stack: what its document chooses, and nothing else. */
export class ReferenceStack extends MonitoringStack {
  constructor(scope: Construct, id: string) {
    super(scope, id, {
      name: 'qgx',
      cluster: Cluster.naverCloud({ name: 'qgx-prod', environment: 'prod', kubernetesVersion: '1.33' }),
      placement: Placement.dedicated({ taint: { key: 'role', value: 'monitoring' } }),
      objectStorage: ObjectStorage.naverCloud({ bucketPrefix: 'qgx', identity: StorageIdentity.accessKeys('object-storage') }),
      prometheus: {
        scrape: [ScrapeJob.pods({ namespaces: [APPLICATIONS] })],
        volume: Size.gibibytes(50),
        retention: Retention.days(30),
      },
      thanos: { tiers: { raw: Retention.days(90), fiveMinutes: Retention.days(365), oneHour: Retention.forever() } },
      loki: { caches: { chunks: Size.gibibytes(2), results: Size.mebibytes(512) } },
      logs: [
        LogPipeline.json({
          name: 'backend',
          namespaces: [APPLICATIONS],
          fields: FIELDS.map((name) => LogField.of(name)),
          metrics: LogMetric.http({ prefix: 'qgx' }),
        }),
      ],
      grafana: {
        volume: Size.gibibytes(10),
        dataSources: [
          DataSource.mysql({
            endpoint: Endpoint.external({
              host: 'mysql.qgx.svc.cluster.local',
              port: 3306,
              protocol: EndpointProtocol.TCP,
              namespace: APPLICATIONS,
            }),
            database: 'qgx',
            user: 'grafana',
            password: SecretKey.of('grafana-mysql', 'password'),
          }),
        ],
        dashboards: [
          Dashboard.logs({
            uid: 'qgx-backend-logs',
            title: 'QGX Backend Logs',
            namespaces: [APPLICATIONS],
            tenantField: 'tenant',
          }),
          Dashboard.pods({
            uid: 'qgx-pod-monitoring',
            title: 'QGX Pod Monitoring',
            namespaces: [APPLICATIONS],
            logsDashboard: 'qgx-backend-logs',
          }),
          Dashboard.events({
            uid: 'qgx-event-monitoring',
            title: 'QGX Event Monitoring',
            namespaces: [APPLICATIONS],
            metric: 'qgx_events_total',
            typeLabel: 'type',
            outcomeLabel: 'outcome',
          }),
          Dashboard.messages({
            uid: 'qgx-raw-message-status',
            title: 'QGX Raw Message Status',
            namespaces: [APPLICATIONS],
            table: 'raw_message',
            timeColumn: 'received_at',
            statusColumn: 'status',
            traceIdColumn: 'trace_id',
            idColumn: 'id',
            furtherColumns: ['message_type', 'error'],
            logsDashboard: 'qgx-backend-logs',
          }),
        ],
      },
    });
  }
}
