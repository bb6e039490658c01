import type { DocumentPod } from '../conformance/running/document';

/** A query of the course, as it stands there. */
export interface CourseQuery {
  readonly language: 'promql' | 'logql';
  /** Section and what it says the query is for. */
  readonly source: string;
  readonly query: string;
  /** How it is asked: at a point of time, or over the last hour. */
  readonly kind: 'instant' | 'range';
  /** Why it does not say what its heading promises, and what does. @default - it does */
  readonly fault?: { readonly reason: string; readonly instead: string };
  /** Why its answer may be empty where all is well. @default - it must not be */
  readonly mayBeEmpty?: string;
}

/** The applications of the course, as its queries see them. */
export const COURSE_PODS: readonly DocumentPod[] = [
  {
    kind: 'Deployment',
    namespace: 'production',
    name: 'myapp',
    labels: { app: 'myapp' },
    lines: ['{"level":"error","message":"no such page"}'],
    counters: [
      'http_requests_total{path="/",method="GET",status="200"}',
      'http_requests_total{path="/",method="GET",status="500"}',
      'http_request_duration_seconds_bucket{path="/",method="GET",le="0.1"}',
      'http_request_duration_seconds_bucket{path="/",method="GET",le="+Inf"}',
    ],
  },
  {
    kind: 'Pod',
    namespace: 'production',
    name: 'nginx-abc123',
    labels: { app: 'nginx' },
    lines: ['GET / 404 error: no such page'],
  },
];

const promql = (source: string, query: string, more: Pick<CourseQuery, 'fault' | 'mayBeEmpty'> = {}): CourseQuery => ({
  language: 'promql',
  source,
  query,
  kind: 'instant',
  ...more,
});

const logql = (source: string, query: string): CourseQuery => ({ language: 'logql', source, query, kind: 'range' });

const BY_EQUAL_LABELS = 'both sides match by equal labels, status among them: errors are divided by themselves';
const EACH_SERIES = 'a quantile for each series; those of one service must be summed by le first';

/** All queries of the course. */
export const COURSE_QUERIES: readonly CourseQuery[] = [
  promql('PromQL, CPU of all containers', 'container_cpu_usage_seconds_total'),
  promql('PromQL, of a namespace', 'container_cpu_usage_seconds_total{namespace="production"}'),
  promql('PromQL, of a pod', 'container_cpu_usage_seconds_total{namespace="production", pod="nginx-abc123"}'),
  promql('PromQL, average over a minute', 'rate(container_cpu_usage_seconds_total[1m])'),
  promql('PromQL, by namespace', 'sum(rate(container_cpu_usage_seconds_total[1m])) by (namespace)'),
  promql('PromQL, memory by namespace', 'topk(5, sum(container_memory_usage_bytes) by (namespace))', {
    fault: {
      reason: 'the sum of a pod stands beside those of its containers, so each byte counts twice',
      instead: 'topk(5, sum(container_memory_usage_bytes{container!=""}) by (namespace))',
    },
  }),
  promql('PromQL, share of errors', 'rate(http_requests_total{status=~"5.."}[5m]) / rate(http_requests_total[5m]) * 100', {
    fault: {
      reason: BY_EQUAL_LABELS,
      instead: 'sum(rate(http_requests_total{status=~"5.."}[5m])) / sum(rate(http_requests_total[5m])) * 100',
    },
  }),
  promql('PromQL, P95', 'histogram_quantile(0.95, rate(http_request_duration_seconds_bucket[5m]))', {
    fault: {
      reason: EACH_SERIES,
      instead: 'histogram_quantile(0.95, sum by (le) (rate(http_request_duration_seconds_bucket[5m])))',
    },
  }),
  promql('Useful queries, CPU of nodes', '100 - (avg by (instance) (irate(node_cpu_seconds_total{mode="idle"}[5m])) * 100)'),
  promql('Useful queries, memory of nodes', '(1 - (node_memory_MemAvailable_bytes / node_memory_MemTotal_bytes)) * 100'),
  promql('Useful queries, restarts', 'kube_pod_container_status_restarts_total'),
  promql(
    'Useful queries, OOM kills',
    'sum(kube_pod_container_status_last_terminated_reason{reason="OOMKilled"}) by (namespace, pod)',
    { mayBeEmpty: 'no container was killed for want of memory' },
  ),
  promql('Useful queries, disk', 'rate(node_disk_io_time_seconds_total[1m])'),
  promql('Panels, CPU', '100 - (avg(irate(node_cpu_seconds_total{mode="idle"}[5m])) by (instance) * 100)'),
  promql('Panels, memory', 'node_memory_MemTotal_bytes - node_memory_MemAvailable_bytes'),
  promql('Panels, requests', 'sum(rate(http_requests_total[5m])) by (status)'),
  promql('Golden signals, latency', 'histogram_quantile(0.99, rate(http_request_duration_seconds_bucket[5m]))', {
    fault: {
      reason: EACH_SERIES,
      instead: 'histogram_quantile(0.99, sum by (le) (rate(http_request_duration_seconds_bucket[5m])))',
    },
  }),
  promql('Golden signals, traffic', 'sum(rate(http_requests_total[5m]))'),
  promql(
    'Golden signals, errors',
    'sum(rate(http_requests_total{status=~"5.."}[5m])) / sum(rate(http_requests_total[5m])) * 100',
  ),
  promql(
    'Golden signals, saturation',
    'sum(rate(container_cpu_usage_seconds_total[5m])) / sum(kube_pod_container_resource_limits{resource="cpu"}) * 100',
  ),
  logql('LogQL, lines of a namespace', '{namespace="production"}'),
  logql('LogQL, lines of pods', '{namespace="production", pod=~"nginx-.*"}'),
  logql('LogQL, errors', '{namespace="production"} |= "error"'),
  logql('LogQL, JSON', '{app="myapp"} | json | line_format "{{.message}}"'),
  logql('LogQL, errors per second', 'rate({namespace="production"} |= "error"[5m])'),
];

/** What those with a fault should be. */
export const CORRECTED_QUERIES: readonly CourseQuery[] = COURSE_QUERIES.flatMap(({ source, fault, ...query }) =>
  fault === undefined ? [] : [{ ...query, source: `${source}, corrected`, query: fault.instead }],
);
