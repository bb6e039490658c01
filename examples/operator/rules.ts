import { Duration } from 'cdk8s';
import { AlertSeverity, type RuleGroup } from 'cdk8s-monitoring-stack';

/**
 * The alerts of the course, with its names, limits, times and severities. Its share of errors divided one series by another, which match
 * only by equal labels, `status` among them: errors divided by themselves, 100 % with the first error. Here both sides are summed. One
 * restart raises its rate over 15 minutes, which is longer than the alert waits: a pod that loops restarts more than once in that time,
 * because the kubelet never waits longer than five minutes.
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
      expr:
        'rate(kube_pod_container_status_restarts_total[15m]) > 0' +
        ' and changes(kube_pod_container_status_restarts_total[15m]) > 1',
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

/**
 * The course's example of an alert on a symptom, made in Grafana as the course makes alerts there. Its quantile of each series is none
 * of the service's: series are summed by `le` first.
 */
export const SYMPTOM_RULES: RuleGroup = {
  name: 'myapp.symptoms',
  interval: Duration.seconds(30),
  alerts: [
    {
      name: 'HighLatency',
      expr: 'histogram_quantile(0.99, sum by (namespace, le) (rate(http_request_duration_seconds_bucket[5m]))) > 1',
      forDuration: Duration.minutes(5),
      severity: AlertSeverity.WARNING,
      summary: 'Requests are slow',
      description: 'One request of a hundred takes longer than {{ $value | printf "%.1f" }} s in {{ $labels.namespace }}',
    },
  ],
};
