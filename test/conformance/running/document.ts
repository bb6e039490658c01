/** What `test/examples/<name>-queries.ts` exports for the cluster: queries of a reference document, and pods that these ask about. */
import type { Manifest } from '../../support/constructs';

/** A query, as far as it is asked. */
export interface AskedQuery {
  readonly language: 'promql' | 'logql';
  /** Section of the document and what it says the query is for. */
  readonly source: string;
  readonly query: string;
  /** How it is asked: at a point of time, or over the last hour. */
  readonly kind: 'instant' | 'range';
  /** Why its answer may be empty on a cluster where all is well. @default - it must not be */
  readonly mayBeEmpty?: string;
}

/** What a document's application does, as its queries imply it. */
export interface DocumentPod {
  /** A Pod has the name itself. */
  readonly kind: 'Pod' | 'Deployment';
  readonly namespace: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Written every five seconds. */
  readonly lines: readonly string[];
  /** Series that rise every five seconds, on a page that the annotations of the pod name. @default - none */
  readonly counters?: readonly string[];
  /** Most replicas of an autoscaler on CPU. @default - no autoscaler */
  readonly autoscaledTo?: number;
}

/** All that a module exports of one form. */
function exported<Item>(module: object, isItem: (value: object) => boolean): Item[] {
  return Object.values(module)
    .filter((value): value is Item[] => Array.isArray(value) && value.every((item) => typeof item === 'object' && isItem(item)))
    .flat();
}

export const queriesOf = (module: object) => exported<AskedQuery>(module, (value) => 'language' in value && 'query' in value);
export const podsOf = (module: object) => exported<DocumentPod>(module, (value) => 'lines' in value && 'labels' in value);

const SCRIPT = `mkdir /tmp/www; httpd -p 8080 -h /tmp/www; n=0
while n=$((n + 1)); do
  printf '%s\\n' "$LOG_LINES"
  printf '%s\\n' "$COUNTERS" | sed "s/$/ $n/" >/tmp/metrics.txt; mv /tmp/metrics.txt /tmp/www/
  sleep 5
done`;

export function manifestsOf({ kind, namespace, name, labels, lines, counters, autoscaledTo }: DocumentPod): Manifest[] {
  const scraped = { 'prometheus.io/scrape': 'true', 'prometheus.io/port': '8080', 'prometheus.io/path': '/metrics.txt' };
  const metadata = { labels, annotations: counters === undefined ? {} : scraped };
  const spec = {
    tolerations: [{ operator: 'Exists' }],
    terminationGracePeriodSeconds: 1,
    containers: [
      {
        name: 'app',
        image: 'docker.io/library/busybox:1.35.0',
        command: ['sh', '-c', SCRIPT],
        env: [
          { name: 'LOG_LINES', value: lines.join('\n') },
          { name: 'COUNTERS', value: (counters ?? []).join('\n') },
        ],
        resources: { requests: { cpu: '10m', memory: '16Mi' }, limits: { memory: '32Mi' } },
      },
    ],
  };
  const scaleTargetRef = { apiVersion: 'apps/v1', kind, name };
  const metrics = [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 50 } } }];
  return [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } },
    kind === 'Pod'
      ? { apiVersion: 'v1', kind, metadata: { ...metadata, name, namespace }, spec }
      : {
          apiVersion: 'apps/v1',
          kind,
          metadata: { name, namespace },
          spec: { selector: { matchLabels: labels }, template: { metadata, spec } },
        },
    ...(autoscaledTo === undefined
      ? []
      : [
          {
            apiVersion: 'autoscaling/v2',
            kind: 'HorizontalPodAutoscaler',
            metadata: { name, namespace },
            spec: { scaleTargetRef, minReplicas: 1, maxReplicas: autoscaledTo, metrics },
          },
        ]),
  ];
}
