import { Duration } from 'cdk8s';
import {
  Cluster,
  Dashboard,
  DataSource,
  ExistingGrafana,
  LogPipeline,
  MonitoringStack,
  Namespaces,
  Profile,
  ScrapeJob,
  StandardDashboards,
} from 'cdk8s-monitoring-stack';
import type { Construct } from 'constructs';

const APPLICATIONS = 'timedeal';
const AUTOSCALER = 'kubernetes-horizontal-pod-autoscaler';

/** A load test of minutes, looked at while it runs. */
const LOAD_TEST = { refresh: Duration.seconds(5), timeRange: Duration.minutes(15) };

/** The PLG stack on k3d: what its document chooses, and nothing else. */
export class LightStack extends MonitoringStack {
  constructor(scope: Construct, id: string) {
    super(scope, id, {
      profile: Profile.light(),
      cluster: Cluster.k3d({ name: 'timedeal', environment: 'local' }),
      // `kubectl run curl-loki -n monitoring … http://loki:3100` is a pod that somebody starts to look: it needs the plain name, a
      // namespace that takes any pod, and no policy against it.
      namespaces: Namespaces.single('monitoring'),
      namePrefix: '',
      networkPolicies: false,
      prometheus: { scrape: [ScrapeJob.pods({ namespaces: [APPLICATIONS] })] },
      nodeExporter: {},
      loki: { canary: {} },
      logs: [LogPipeline.plain({ name: 'pods' })],
      grafana: {
        standardDashboards: StandardDashboards.all().override(AUTOSCALER, LOAD_TEST),
        // k3d maps port 8080 of the laptop to Traefik.
        ingress: { host: 'grafana.localhost' },
        rootUrl: 'http://grafana.localhost:8080',
      },
    });
    if (this.logs) {
      // What the document hands over by hand, for a Grafana whose sidecar looks for the labels.
      new ExistingGrafana(this, 'existing-grafana', {
        dataSources: [DataSource.loki({ endpoint: this.logs })],
        dashboards: [
          Dashboard.logs({
            uid: 'timedeal-logs',
            title: 'Timedeal Logs',
            namespaces: [APPLICATIONS],
            // The agents send lines as they are.
            levelLabel: 'detected_level',
          }),
        ],
      });
    }
  }
}
