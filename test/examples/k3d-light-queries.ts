import type { DocumentPod } from '../conformance/running/document';

/** A query of the reference document, as it stands there. */
export interface DocumentQuery {
  readonly language: 'promql' | 'logql';
  /** Section of the document and what it says the query is for. */
  readonly source: string;
  readonly query: string;
  /** How it is asked: at a point of time, or over the last hour. */
  readonly kind: 'instant' | 'range';
  /** What must be in the cluster, besides the stack and one pod with an endpoint, for an answer that is not empty. */
  readonly needs: readonly ('pods' | 'autoscaler' | 'http-metrics' | 'reserve-lines' | 'json-error-lines' | 'product-lines')[];
}

/** Namespace and application of all of them. */
export const APPLICATION = { namespace: 'timedeal', app: 'stock-service' };

/**
 * Lines of the application that its log queries look for. They stand in no document; they are of the form that its queries and
 * its text imply.
 */
export const APPLICATION_LINES = [
  '{"level":"info","message":"[Reserve] product_id=17 quantity=1"}',
  '{"level":"error","message":"connection refused"}',
  '[Reserve] product = 1 sold out',
];

/** The pods of the document, as far as its queries see them. */
export const K3D_LIGHT_PODS: readonly DocumentPod[] = [
  {
    kind: 'Deployment',
    namespace: APPLICATION.namespace,
    name: APPLICATION.app,
    labels: { app: APPLICATION.app },
    lines: APPLICATION_LINES,
    counters: ['http_requests_total{method="POST",path="/reserve"}'],
    autoscaledTo: 3,
  },
];

/** The queries of sections 3 and 4 of the k3d document. A running stack answers each with at least one series or line. */
export const K3D_LIGHT_QUERIES: readonly DocumentQuery[] = [
  { language: 'promql', source: '3.2, state of all targets', query: 'up', kind: 'instant', needs: [] },
  {
    language: 'promql',
    source: '3.2, CPU of the pods of a namespace',
    query: 'sum(rate(container_cpu_usage_seconds_total{namespace="timedeal"}[5m])) by (pod)',
    kind: 'instant',
    needs: ['pods'],
  },
  {
    language: 'promql',
    source: '3.2, memory',
    query: 'sum(container_memory_usage_bytes{namespace="timedeal"}) by (pod)',
    kind: 'instant',
    needs: ['pods'],
  },
  {
    language: 'logql',
    source: '3.3, all lines of the namespace',
    query: '{namespace="timedeal"}',
    kind: 'range',
    needs: ['pods'],
  },
  {
    language: 'logql',
    source: '3.3, lines of one service',
    query: '{namespace="timedeal", app="stock-service"}',
    kind: 'range',
    needs: ['pods'],
  },
  {
    language: 'logql',
    source: '3.3, errors',
    query: '{namespace="timedeal"} |= "error"',
    kind: 'range',
    needs: ['json-error-lines'],
  },
  {
    language: 'logql',
    source: '3.3, reservations',
    query: '{namespace="timedeal"} |= "[Reserve]"',
    kind: 'range',
    needs: ['reserve-lines'],
  },
  {
    language: 'promql',
    source: '4, restarts of pods',
    query: 'kube_pod_container_status_restarts_total{namespace="timedeal"}',
    kind: 'instant',
    needs: ['pods'],
  },
  {
    language: 'promql',
    source: '4, replicas that an autoscaler has',
    query: 'kube_horizontalpodautoscaler_status_current_replicas{namespace="timedeal"}',
    kind: 'instant',
    needs: ['autoscaler'],
  },
  {
    language: 'promql',
    source: '4, requests per second, where the application has the metric',
    query: 'rate(http_requests_total{namespace="timedeal"}[1m])',
    kind: 'instant',
    needs: ['http-metrics'],
  },
  {
    language: 'promql',
    source: '4, CPU of each node in use',
    query: '100 - (avg by(instance) (irate(node_cpu_seconds_total{mode="idle"}[5m])) * 100)',
    kind: 'instant',
    needs: [],
  },
  {
    language: 'logql',
    source: '4, latest errors',
    query: '{namespace="timedeal"} |= "error" | json',
    kind: 'range',
    needs: ['json-error-lines'],
  },
  {
    language: 'logql',
    source: '4, lines of a time',
    query: '{namespace="timedeal"} |= "[Reserve]"',
    kind: 'range',
    needs: ['reserve-lines'],
  },
  {
    language: 'logql',
    source: '4, number of lines',
    query: 'count_over_time({namespace="timedeal"}[5m])',
    kind: 'instant',
    needs: ['pods'],
  },
  {
    language: 'logql',
    source: '4, lines of one product',
    query: '{namespace="timedeal"} |~ "product.*=.*1"',
    kind: 'range',
    needs: ['product-lines'],
  },
];
