/** Makes `src/catalogue/metrics` of what `catalogue-record.ts` has recorded and of the programs' code. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { SOURCE_NAMES, type SourceName } from '../../src/catalogue/sources';
import { type CodeOfProgram, metricsInCode } from './catalogue-code';
import { seenMetrics } from './catalogue-exposition';
import { recordedExpositions } from './catalogue-recorder';

const METRICS = resolve(__dirname, '../../src/catalogue/metrics');

const thanos: CodeOfProgram = {
  program: 'thanos',
  main: 'github.com/thanos-io/thanos/cmd/thanos',
  packages: ['github.com/thanos-io'],
  prefix: 'thanos_',
};
const kubernetes = (main: string): CodeOfProgram => ({
  program: 'kubernetes',
  main: `k8s.io/kubernetes/cmd/${main}`,
  packages: [
    'k8s.io/kubernetes',
    'k8s.io/apiserver',
    'k8s.io/component-base',
    'k8s.io/kube-aggregator',
    'k8s.io/apiextensions-apiserver',
    'k8s.io/client-go',
  ],
});

/** Program of each source, as `programs.tsv` names it, and where metrics stand in its code. */
const CODE: Partial<Record<SourceName, CodeOfProgram>> = {
  prometheus: {
    program: 'prometheus',
    main: 'github.com/prometheus/prometheus/cmd/prometheus',
    packages: ['github.com/prometheus/prometheus'],
    start: 'prometheus_',
  },
  'thanos-sidecar': thanos,
  'thanos-store': thanos,
  'thanos-compact': thanos,
  'thanos-query': thanos,
  'thanos-query-frontend': thanos,
  'thanos-rule': thanos,
  alertmanager: {
    program: 'alertmanager',
    main: 'github.com/prometheus/alertmanager/cmd/alertmanager',
    packages: ['github.com/prometheus/alertmanager'],
    start: 'alertmanager_',
  },
  loki: {
    program: 'loki',
    main: 'github.com/grafana/loki/v3/cmd/loki',
    packages: ['github.com/grafana/loki/v3', 'github.com/grafana/dskit', 'github.com/thanos-io/objstore'],
    namespace: 'loki',
    prefix: 'loki_',
  },
  'loki-canary': {
    program: 'loki',
    main: 'github.com/grafana/loki/v3/cmd/loki-canary',
    packages: ['github.com/grafana/loki/v3/pkg/canary'],
  },
  alloy: {
    program: 'alloy',
    main: '.',
    packages: [
      'github.com/grafana/alloy',
      'github.com/grafana/ckit',
      'go.opentelemetry.io/collector',
      'github.com/prometheus/prometheus/storage/remote',
    ],
  },
  memcached_exporter: {
    program: 'memcached-exporter',
    main: 'github.com/prometheus/memcached_exporter/cmd/memcached_exporter',
    packages: ['github.com/prometheus/memcached_exporter'],
  },
  elasticsearch_exporter: {
    program: 'elasticsearch-exporter',
    main: 'github.com/prometheus-community/elasticsearch_exporter',
    packages: ['github.com/prometheus-community/elasticsearch_exporter'],
  },
  pushgateway: {
    program: 'pushgateway',
    main: 'github.com/prometheus/pushgateway',
    packages: ['github.com/prometheus/pushgateway'],
  },
  node_exporter: {
    program: 'node-exporter',
    main: 'github.com/prometheus/node_exporter',
    packages: ['github.com/prometheus/node_exporter'],
  },
  'metrics-server': {
    program: 'metrics-server',
    main: 'sigs.k8s.io/metrics-server/cmd/metrics-server',
    packages: ['sigs.k8s.io/metrics-server'],
  },
  kubelet: kubernetes('kubelet'),
  cadvisor: { program: 'kubernetes', main: 'k8s.io/kubernetes/cmd/kubelet', packages: ['github.com/google/cadvisor/metrics'] },
  'kube-apiserver': kubernetes('kube-apiserver'),
  'kube-scheduler': kubernetes('kube-scheduler'),
  'kube-controller-manager': kubernetes('kube-controller-manager'),
  'kube-proxy': kubernetes('kube-proxy'),
  etcd: { program: 'etcd', main: 'go.etcd.io/etcd/server/v3', packages: ['go.etcd.io/etcd'] },
  coredns: { program: 'coredns', main: 'github.com/coredns/coredns', packages: ['github.com/coredns/coredns'] },
};

/** Versions by program folder. */
const versions = new Map(
  readFileSync(resolve(__dirname, 'programs/programs.tsv'), 'utf8')
    .split('\n')
    .slice(1)
    .map((row) => row.split('\t'))
    .map(([program = '', , version = '']) => [program, version]),
);

/** kube-state-metrics announces all it can say, so that its code needs no look. */
const PROGRAM_OF: Partial<Record<SourceName, string>> = {
  'kube-state-metrics': 'kube-state-metrics',
  'kube-state-metrics-telemetry': 'kube-state-metrics',
};

/** Names that code composes of parts at run time, so that reading it finds none. */
const COMPOSED: Partial<Record<SourceName, Readonly<Record<string, string>>>> = {
  // collector/hwmon_linux.go: `node_hwmon_`, kind of sensor, unit.
  node_exporter: { node_hwmon_temp_celsius: 'gauge chip sensor' },
};

/** Who answered programs that ask others, where that was not the real one. */
const ASKED: Partial<Record<SourceName, string>> = {
  elasticsearch_exporter: "recorded answers of Elasticsearch 5.4 to 8.9, the fixtures of the exporter's module",
};

const inOrder = (metrics: Map<string, string>) =>
  Object.fromEntries([...metrics].sort(([one], [other]) => (one < other ? -1 : 1)));

function write(source: SourceName): void {
  const expositions = recordedExpositions(source);
  const program = PROGRAM_OF[source] ?? CODE[source]?.program;
  // Grafana's file is written by hand: the one that can be had here is years older than the image.
  if (program === undefined) {
    return;
  }
  const code = CODE[source];
  const seen = [...seenMetrics(expositions)];
  const named = code === undefined ? new Map<string, string>() : metricsInCode(code);
  const recorded = new Map<string, string>();
  for (const [name, { type, labels, hasSeries }] of seen) {
    const fromCode = named.get(name)?.split(' ').slice(1) ?? ['?'];
    const names = hasSeries ? [...labels].sort() : fromCode;
    recorded.set(name, [type, ...names].join(' '));
  }
  // Programs of one code base name each other's metrics; who exposes one is known as soon as one was seen to.
  const relatives = SOURCE_NAMES.filter((other) => CODE[other]?.program === program).map(recordedExpositions);
  const seenAnywhere = seenMetrics(relatives.flat());
  const composed = Object.entries(COMPOSED[source] ?? {});
  const inCode = new Map([...named, ...composed].filter(([name]) => !seenAnywhere.has(name)));
  const asked = ASKED[source];
  const content = {
    program: `${program} ${versions.get(program)}`,
    ...(asked && { asked }),
    recorded: inOrder(recorded),
    code: inOrder(inCode),
  };
  writeFileSync(resolve(METRICS, `${source}.json`), `${JSON.stringify(content, undefined, 1)}\n`);
  console.log(`${source}: ${recorded.size} recorded in ${expositions.length} scenes, ${inCode.size} more in the code`);
}

mkdirSync(METRICS, { recursive: true });
for (const source of SOURCE_NAMES) {
  write(source);
}
