import { Duration, Size } from 'cdk8s';
import {
  AlertDelivery,
  AlertMatcher,
  AlertReceiver,
  type AlertRootRoute,
  Alerts,
  Cluster,
  GrafanaAlerting,
  LogPipeline,
  MonitoringStack,
  Retention,
  SecretKey,
} from 'cdk8s-monitoring-stack';
import type { Construct } from 'constructs';
import { COURSE_RULES, SYMPTOM_RULES } from './rules';

const APPLICATIONS = 'production';
const WEBHOOK = SecretKey.of('slack', 'webhook-url');
const TEXT = '{{ range .Alerts }}{{ .Annotations.description }}{{ end }}';

/** Who hears of which alert, whoever tells them. */
const ROUTE: AlertRootRoute = {
  receiver: AlertReceiver.slack('slack', {
    apiUrl: WEBHOOK,
    channel: '#alerts',
    title: 'Alert: {{ .CommonLabels.alertname }}',
    text: TEXT,
  }),
  groupBy: ['alertname', 'cluster'],
  groupWait: Duration.seconds(10),
  groupInterval: Duration.seconds(10),
  repeatInterval: Duration.hours(12),
  routes: [
    {
      matchers: [AlertMatcher.equal('severity', 'critical')],
      receiver: AlertReceiver.slack('slack-critical', {
        apiUrl: WEBHOOK,
        channel: '#alerts-critical',
        title: 'CRITICAL: {{ .CommonLabels.alertname }}',
        text: TEXT,
      }),
    },
  ],
};

/** The stack of the course: Prometheus and Alertmanager run by the Prometheus Operator, logs in Loki. */
export class OperatorStack extends MonitoringStack {
  constructor(scope: Construct, id: string) {
    super(scope, id, {
      cluster: Cluster.generic({ name: 'course', environment: 'course' }),
      // Monitors and rules of applications have the label that the operator's chart asks for.
      operator: { labels: { release: 'prometheus' }, namespaces: [APPLICATIONS] },
      prometheus: {
        retention: Retention.days(30),
        volume: Size.gibibytes(50),
        alerts: new Alerts().add(COURSE_RULES),
      },
      alertmanager: {
        resolveTimeout: Duration.minutes(5),
        route: ROUTE,
      },
      nodeExporter: {},
      loki: {},
      // The course asks for lines by `pod`, as a label.
      logs: [LogPipeline.plain({ name: 'pods', podAsLabel: true })],
      grafana: {
        alerting: new GrafanaAlerting({ groups: [SYMPTOM_RULES], delivery: AlertDelivery.grafana(ROUTE) }),
      },
    });
  }
}
