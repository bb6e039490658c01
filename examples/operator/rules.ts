import { Duration } from 'cdk8s';
import { AlertSeverity, type RuleGroup } from 'cdk8s-monitoring-stack';

/**
 * The alerts of the course, with its names, limits, times and severities. Its share of errors divided one series by another, which match
 * only by equal labels, `status` among them: errors divided by themselves, 100 % with the first error. Here both sides are summed.
 */
export const COURSE_RULES: RuleGroup = {
  name: 'myapp.rules',
  interval: Duration.seconds(30),
  alerts: [
    {
      name: 'HighErrorRate',
      expr:
        'sum by (namespace, pod) (rate(http_requests_total{status=~"5.."}[5m]))' +
        ' / sum by (namespace, pod) (rate(http_requests_total[5m])) * 100 > 5',
      forDuration: Duration.minutes(5),
      severity: AlertSeverity.CRITICAL,
      summary: 'High error rate detected',
      description: 'Error rate is {{ $value | printf "%.1f" }}% for {{ $labels.namespace }}/{{ $labels.pod }}',
    },
    {
      name: 'PodCrashLooping',
      expr: 'rate(kube_pod_container_status_restarts_total[15m]) > 0',
      forDuration: Duration.minutes(10),
      severity: AlertSeverity.WARNING,
      summary: 'Pod is crash looping',
      description: 'Pod {{ $labels.namespace }}/{{ $labels.pod }} is restarting frequently',
    },
    {
      name: 'NodeOutOfDisk',
      expr: 'node_filesystem_avail_bytes{mountpoint="/"} / node_filesystem_size_bytes{mountpoint="/"} * 100 < 10',
      forDuration: Duration.minutes(5),
      severity: AlertSeverity.CRITICAL,
      summary: 'Node is running out of disk space',
      description: 'Node {{ $labels.instance }} has only {{ $value | printf "%.1f" }}% disk space left',
    },
  ],
};
