import { Duration } from 'cdk8s';
import {
  AlertMatcher,
  AlertReceiver,
  Cluster,
  Endpoint,
  EndpointProtocol,
  ExistingVolume,
  IngressCertificate,
  LogPipeline,
  MonitoringStack,
  SecretKey,
  SecretSource,
  WebAuthentication,
} from 'cdk8s-monitoring-stack';
import type { Construct } from 'constructs';

const CERTIFICATE = IngressCertificate.annotation({ issuer: 'letsencrypt' });

const SLACK = AlertReceiver.slack('slack', { apiUrl: SecretKey.of('alert-receivers', 'slack-url'), channel: '#alerts' });

const EMAIL = AlertReceiver.email('e-mail', {
  to: ['operations@cocdev.co.kr'],
  from: 'alertmanager@cocdev.co.kr',
  smarthost: Endpoint.external({ host: 'smtp.cocdev.co.kr', port: 587, protocol: EndpointProtocol.TCP }),
  authUsername: 'alertmanager',
  authPassword: SecretKey.of('alert-receivers', 'smtp-password'),
});

const PAGER_DUTY = AlertReceiver.pagerDuty('pagerduty', {
  routingKey: SecretKey.of('alert-receivers', 'pagerduty-routing-key'),
});

/** The development tools: what their document chooses, and nothing else. */
export class DevelopmentToolsStack extends MonitoringStack {
  constructor(scope: Construct, id: string) {
    super(scope, id, {
      // `http://loki-gateway/loki/api/v1/push` is where the document's agent pushes to: the plain name.
      namePrefix: '',
      cluster: Cluster.generic({ name: 'development-tools', environment: 'dev', storageClassName: 'openebs-hostpath' }),
      secrets: SecretSource.externalSecrets({ store: 'openbao', pathPrefix: 'monitoring/' }),
      scrapeInterval: Duration.minutes(1),
      prometheus: {
        scrapeTimeout: Duration.seconds(10),
        evaluationInterval: Duration.minutes(1),
        ingress: { host: 'prometheus.cocdev.co.kr', certificate: CERTIFICATE },
        authentication: WebAuthentication.basic({
          webConfig: SecretKey.of('prometheus-web', 'web.yml'),
          stackUser: { user: 'monitoring', password: SecretKey.of('prometheus-web', 'password') },
        }),
        // Rules that applications bring along, in ConfigMaps of their own.
        ruleFiles: ['application-rules'],
      },
      alertmanager: {
        route: {
          receiver: SLACK,
          routes: [
            {
              matchers: [AlertMatcher.equal('severity', 'critical')],
              receiver: AlertReceiver.all('on-call', [PAGER_DUTY, SLACK]),
            },
            { matchers: [AlertMatcher.equal('severity', 'info')], receiver: EMAIL },
          ],
        },
      },
      nodeExporter: {},
      pushgateway: {},
      loki: {},
      logs: [LogPipeline.plain({ name: 'pods' })],
      grafana: {
        admin: { password: SecretKey.of('grafana-admin', 'admin-password') },
        existingVolume: ExistingVolume.named('grafana-pv-volume'),
        ingress: { host: 'grafana.cocdev.co.kr', certificate: CERTIFICATE },
        plugins: ['grafana-clock-panel@2.1.8'],
        // Dashboards that GitOps keeps.
        dashboardConfigMaps: [{ name: 'application-dashboards', folder: 'Applications' }],
      },
    });
  }
}
