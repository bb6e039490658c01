import { type Defect, edit } from './defect';

const CONFIG = ['monitoring-jaeger-config', 'config.yaml'] as const;
const JAEGER_STARTS = 'monitoring-jaeger/jaeger: jaeger starts';

const defects: Defect[] = [
  {
    name: "a key of Jaeger's configuration is misspelt",
    change: (manifests) => edit(manifests, ...CONFIG, 'trace_storage:', 'trace_store:'),
    caughtBy: JAEGER_STARTS,
  },
  {
    name: 'Jaeger looks for traces in a storage that there is not',
    change: (manifests) => edit(manifests, ...CONFIG, 'traces: traces', 'traces: spans'),
    caughtBy: JAEGER_STARTS,
  },
  {
    name: 'Jaeger receives spans from its own pod only',
    change: (manifests) => edit(manifests, ...CONFIG, '0.0.0.0:4317', 'localhost:4317'),
    caughtBy: 'wiring',
  },
  {
    name: 'spans are sent to a port that Jaeger does not have',
    change: (manifests) =>
      edit(
        manifests,
        'monitoring-alloy-cluster-traces-config',
        'config.alloy',
        'svc.cluster.local:4317',
        'svc.cluster.local:4319',
      ),
    caughtBy: 'wiring',
  },
];

/** Mistakes in the example of traces. */
export const TRACE_DEFECTS: Defect[] = defects.map((defect) => ({ ...defect, example: 'tracing/tracing.k8s.yaml' }));
