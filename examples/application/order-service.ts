import { Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import {
  PrometheusRule,
  PrometheusRuleSpecGroupsRulesExpr,
  ServiceMonitor,
  ServiceMonitorSpecEndpointsScheme,
} from '../../imports/monitoring.coreos.com';

/**
 * What an application team keeps beside its own manifests: which of its ports has metrics, and when somebody must be woken.
 * The objects are read by the Prometheus Operator, or by Alloy in its place. The classes come from `npm run import`.
 */
export class OrderService extends Chart {
  constructor(scope: Construct, id: string) {
    super(scope, id, { namespace: 'shop' });
    const labels = { 'app.kubernetes.io/name': 'order-service' };

    new ServiceMonitor(this, 'metrics', {
      metadata: { name: 'order-service', labels },
      spec: {
        selector: { matchLabels: labels },
        endpoints: [
          {
            port: 'http',
            path: '/actuator/prometheus',
            scheme: ServiceMonitorSpecEndpointsScheme.HTTP,
            interval: '30s',
          },
        ],
      },
    });

    new PrometheusRule(this, 'alerts', {
      metadata: { name: 'order-service', labels },
      spec: {
        groups: [
          {
            name: 'order-service',
            rules: [
              {
                alert: 'OrderServiceFailsOften',
                expr: PrometheusRuleSpecGroupsRulesExpr.fromString(
                  [
                    'sum by (namespace) (rate(http_server_requests_seconds_count{namespace="shop", outcome="SERVER_ERROR"}[5m]))',
                    '/',
                    'sum by (namespace) (rate(http_server_requests_seconds_count{namespace="shop"}[5m]))',
                    '> 0.05',
                  ].join('\n'),
                ),
                for: '10m',
                labels: { severity: 'critical' },
                annotations: {
                  summary: 'More than 5 % of the requests to order-service fail',
                  description: 'The share of failed requests is {{ $value | humanizePercentage }}.',
                },
              },
            ],
          },
        ],
      },
    });
  }
}
