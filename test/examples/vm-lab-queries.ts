import type { DocumentPod } from '../conformance/running/document';

/** A query or command of the document, as it stands there but for names that its installer made up. */
export interface LabQuery {
  readonly language: 'promql' | 'logql';
  /** Section of the document and what it says the query is for. */
  readonly source: string;
  readonly query: string;
  /** How it is asked: at a point of time, or over the last hour. */
  readonly kind: 'instant' | 'range';
}

/** The pods of the document's flask application: a Deployment of three replicas that writes a line for each request. */
export const FLASK = { namespace: 'default', deployment: 'deploy-flask', pod: 'deploy-flask-b8ffb7c86-qm22s' };

/** A line that its filter for errors finds. */
export const FLASK_LINES = ['127.0.0.1 - - [10/Jan/2026 07:30:12] "GET /test02 HTTP/1.1" 200 -', 'error: no such page'];

/** One of its pods. */
export const VM_LAB_PODS: readonly DocumentPod[] = [
  { kind: 'Pod', namespace: FLASK.namespace, name: FLASK.pod, labels: { app: FLASK.deployment }, lines: FLASK_LINES },
];

/** The queries of sections 2.3 and 4.4. A running stack with the application answers each with at least one series or line. */
export const VM_LAB_QUERIES: readonly LabQuery[] = [
  { language: 'promql', source: '2.3.2, memory of the nodes', query: 'node_memory_MemTotal_bytes', kind: 'instant' },
  { language: 'logql', source: '4.4.3, lines of a pod', query: `{pod="${FLASK.pod}"}`, kind: 'range' },
  { language: 'logql', source: '4.4.3, lines of a namespace', query: '{namespace="default"}', kind: 'range' },
  { language: 'logql', source: '4.4.3, errors', query: '{namespace="default"} |= "error"', kind: 'range' },
];

/** A command of the document and what it finds. */
export interface LabCommand {
  readonly source: string;
  readonly command: string;
  /** Objects that it names or lists, as `Kind namespace/name`. */
  readonly finds: readonly string[];
}

/**
 * Its commands on a cluster. Names of releases that Helm makes up (`kube-prometheus-stack-1767503046-grafana`) are those of the
 * components here; those of Helm itself have no counterpart.
 */
export const VM_LAB_COMMANDS: readonly LabCommand[] = [
  {
    source: '1.1.3, metrics-server',
    command: 'kubectl get all -n kube-system',
    finds: ['Deployment kube-system/metrics-server', 'Service kube-system/metrics-server'],
  },
  { source: '1.2.1, use of nodes', command: 'kubectl top nodes', finds: ['APIService /v1beta1.metrics.k8s.io'] },
  { source: '1.2.1, use of pods', command: 'kubectl top pod -n kube-system', finds: ['APIService /v1beta1.metrics.k8s.io'] },
  {
    source: '2.3, what runs',
    command: 'kubectl get all -n mymonitoring',
    finds: [
      'StatefulSet mymonitoring/alertmanager',
      'StatefulSet mymonitoring/grafana',
      'Deployment mymonitoring/kube-state-metrics',
      'DaemonSet mymonitoring/node-exporter',
      'StatefulSet mymonitoring/prometheus',
    ],
  },
  {
    source: '2.3.1, metrics of a node',
    command: 'kubectl port-forward --address 0.0.0.0 service/node-exporter 8080:9100 --namespace mymonitoring',
    finds: ['Service mymonitoring/node-exporter'],
  },
  {
    source: '3.1, address of Grafana',
    command: 'kubectl get svc grafana -n mymonitoring',
    finds: ['Service mymonitoring/grafana'],
  },
  {
    source: '3.2.1, password of the administrator',
    command: 'kubectl get secrets grafana-admin -n mymonitoring -o jsonpath="{.data.admin-password}" | base64 -d',
    finds: ['Job mymonitoring/generated-secret-grafana-admin'],
  },
  {
    source: '4.2.3, what stores and reads logs',
    command: 'kubectl get all -n myloki -o wide',
    finds: ['StatefulSet myloki/loki', 'DaemonSet myloki/alloy-node', 'Service myloki/loki', 'Service myloki/loki-headless'],
  },
];
