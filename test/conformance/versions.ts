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
  elasticsearchExporter: { command: ['elasticsearch_exporter', '--version'], folder: 'elasticsearch-exporter' },
  metricsServer: { command: ['metrics-server', '--version'], folder: 'metrics-server' },
  jaeger: { command: ['jaeger', 'version'], folder: 'jaeger' },
  tempo: { command: ['tempo', '--version'], folder: 'tempo' },
  grafana: { command: ['grafana', '--version'], folder: 'grafana' },
};

/** Images without a program here, with the reason. */
export const UNTESTED = {
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
  jaeger: {
    tested: '2.13.0',
    reason: 'the newest that has a number of version 1, too, which the module proxy serves; 2.20.0 was run by hand',
  },
  grafana: {
    tested: '10.0.0-main-81d85ce',
    reason: 'the one commit of its main branch, of June 2023, that the module proxy was found to serve; it refuses every tag',
  },
  tempo: {
    tested: 'main-e1676d8',
    reason: 'the module proxy refuses its tags; this is its main branch two weeks before 3.0.0-rc.0; 3.0.3 was run by hand',
  },
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

/** How the version of a module becomes that of the program. */
const RELEASES: { readonly [folder: string]: (version: string) => string } = {
  // v0.315.0 is the release 3.15.0.
  prometheus: (version) =>
    version.replace(/^v0\.(\d)(\d\d)\./, (_, major: string, minor: string) => `v${major}.${Number(minor)}.`),
  // v1.76.0 is the source of 2.13.0, too.
  jaeger: (version) => version.replace(/^v1\.(\d+)\./, (_, minor: string) => `v2.${Number(minor) - 63}.`),
  // Commits of main branches: Tempo's as its image is called, Grafana's as a version that it can compare.
  grafana: (version) => version.replace(/^v.*\d{14}-(\w{7})\w{5}$/, '10.0.0-main-$1'),
  tempo: (version) => version.replace(/^v.*\d{14}-(\w{7})\w{5}$/, 'main-$1'),
};

/** The version of the program that a folder pins in that version of its module. */
export function releaseOf(folder: string, version: string): string {
  return (RELEASES[folder]?.(version) ?? version).replace(/^v/, '');
}
