import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { ImageName } from '../../src/settings/images';

/** How the program of an image is found and asked for its version. */
export interface TestedProgram {
  /** Command that prints the version. */
  readonly command: readonly [program: string, flag: string];
  /** Folder below `programs` whose go.mod pins it; absent = a package of Debian. */
  readonly folder?: string;
}

/** What stands for each image of the table. */
export const TESTED: Record<Exclude<ImageName, keyof typeof UNTESTED>, TestedProgram> = {
  prometheus: { command: ['prometheus', '--version'], folder: 'prometheus' },
  thanos: { command: ['thanos', '--version'], folder: 'thanos' },
  loki: { command: ['loki', '-version'], folder: 'loki' },
  lokiCanary: { command: ['loki-canary', '-version'], folder: 'loki' },
  nginx: { command: ['nginx', '-v'] },
  memcached: { command: ['memcached', '--version'] },
  memcachedExporter: { command: ['memcached_exporter', '--version'], folder: 'memcached-exporter' },
  alloy: { command: ['alloy', '--version'], folder: 'alloy' },
  alertmanager: { command: ['alertmanager', '--version'], folder: 'alertmanager' },
  kubeStateMetrics: { command: ['kube-state-metrics', 'version'], folder: 'kube-state-metrics' },
  nodeExporter: { command: ['node_exporter', '--version'], folder: 'node-exporter' },
  pushgateway: { command: ['pushgateway', '--version'], folder: 'pushgateway' },
  metricsServer: { command: ['metrics-server', '--version'], folder: 'metrics-server' },
};

/** Images without a program here, with the reason. */
export const UNTESTED = {
  tempo: 'the Go module proxy does not serve its module; 3.0.3 was run by hand, which docs/coverage.md tells',
  jaeger: 'the Go module proxy serves no version 2 under its own number; 2.20.0 was run by hand, which docs/coverage.md tells',
  grafana: 'no Grafana server can be had from the Go module proxy or Debian; what it reads is checked by its documented form',
  elasticsearch: 'no registry that can be reached has it',
  kibana: 'no registry that can be reached has it',
  fluentd:
    'RubyGems cannot be reached, and Debian has no package; 1.19.3 with its plugins was run by hand, which docs/coverage.md tells',
  fluentBit: 'Debian has no package, and the Go module proxy no C program; 5.1.1 was run by hand, which docs/coverage.md tells',
  zipkin: 'a program of Java; 3.6.1 was run by hand, which docs/coverage.md tells',
  k8sSidecar:
    'a program in Python with a client of Kubernetes that is no package of Debian 12; its variables are those of its README',
} as const satisfies { [image in ImageName]?: string };

/** Programs of another version than the image, with the reason. Everything else must be the same. */
export const OTHER_VERSION: { readonly [image in ImageName]?: { readonly tested: string; readonly reason: string } } = {
  thanos: { tested: '0.42.4', reason: '0.42.5 wants a newer Go than the other programs do' },
  memcachedExporter: { tested: '0.16.0', reason: 'the module proxy does not serve 0.17.0' },
  nginx: { tested: '1.22.1', reason: 'the package of Debian 12' },
  memcached: { tested: '1.6.18', reason: 'the package of Debian 12' },
};

/** The version that a program folder's go.mod requires of the module that its row of the table names. */
export function pinnedVersion(folder: string): string {
  const read = (file: string) => readFileSync(resolve(__dirname, 'programs', file), 'utf8');
  const row = read('programs.tsv')
    .split('\n')
    .map((line) => line.split('\t'))
    .find(([name]) => name === folder);
  const module = row?.[1] ?? '';
  const requirement = read(`${folder}/go.mod`)
    .split('\n')
    .map((line) =>
      line
        .trim()
        .replace(/^require /, '')
        .split(' '),
    )
    .find(([name, version]) => name === module && version?.startsWith('v'));
  return requirement?.[1] ?? `${folder} requires no ${module}`;
}

/** Prometheus' modules are tagged v0.315.0 for the release 3.15.0. */
export function releaseOf(folder: string, version: string): string {
  const [, major = '', minor = '', patch = ''] = (folder === 'prometheus' && /^v0\.(\d)(\d\d)\.(\d+)$/.exec(version)) || [];
  return major === '' ? version.replace(/^v/, '') : `${major}.${Number(minor)}.${patch}`;
}
