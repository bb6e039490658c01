import { App, Duration, Size, Testing } from 'cdk8s';
import fc from 'fast-check';
import { loadAll } from 'js-yaml';
import { describe, expect, it } from 'vitest';
import { LogMetric } from '../../src/alloy/log-metric';
import { LogPipeline } from '../../src/alloy/log-pipeline';
import { Dashboard } from '../../src/dashboards/dashboard';
import { ScrapeJob } from '../../src/prometheus/scrape-job';
import { Access } from '../../src/settings/access';
import { Cluster } from '../../src/settings/cluster';
import { DataLabels } from '../../src/settings/data-labels';
import { Images } from '../../src/settings/images';
import { Namespaces } from '../../src/settings/namespaces';
import { ObjectStorage } from '../../src/settings/object-storage';
import { Placement } from '../../src/settings/placement';
import { Retention } from '../../src/settings/retention';
import { StorageIdentity } from '../../src/settings/storage-identity';
import { MonitoringStack } from '../../src/stack/monitoring-stack';
import type { MonitoringStackProps } from '../../src/stack/stack-options';
import type { Manifest } from '../support/constructs';
import { expectInvariants } from '../support/invariants';

const name = fc.stringMatching(/^[a-z][a-z0-9-]{0,10}[a-z0-9]$/);
const namespaces = fc.uniqueArray(name, { minLength: 1, maxLength: 3 });

/** Quotes, template marks, line breaks, YAML's own signs and characters beyond the first plane. */
const hostile = fc
  .array(
    fc.constantFrom(
      '"',
      "'",
      '`',
      '$',
      '${X}',
      '$(X)',
      '{{ .x }}',
      '\\',
      '\n',
      '\t',
      ': ',
      '#',
      '- ',
      '[[x]]',
      '%',
      '한글',
      '😀',
      'a',
      '<',
      '&',
    ),
    { minLength: 1, maxLength: 8 },
  )
  .map((parts) => parts.join(''));

const identity = fc.constantFrom(
  StorageIdentity.accessKeys('object-storage'),
  StorageIdentity.iamRole('arn:aws:iam::123456789012:role/monitoring'),
  StorageIdentity.workloadIdentity({ 'example.com/identity': 'monitoring' }, { 'example.com/use': 'true' }),
);

const storage = fc
  .record({ identity, shared: fc.boolean(), prefix: fc.stringMatching(/^[a-z0-9]{3,12}$/), naver: fc.boolean() })
  .map(({ identity: who, shared, prefix, naver }) => {
    const where = { identity: who, ...(shared ? { bucket: prefix } : { bucketPrefix: prefix }) };
    return naver
      ? ObjectStorage.naverCloud(where)
      : ObjectStorage.s3Compatible({ ...where, endpoint: 'minio.storage.svc:9000', region: 'r', insecure: true });
  });

const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });

const validProps: fc.Arbitrary<MonitoringStackProps> = fc.record({
  name,
  cluster: fc
    .record({ name, environment: fc.constantFrom('prod', 'staging'), naver: fc.boolean() })
    .map(({ naver, ...props }) => (naver ? Cluster.naverCloud(props) : Cluster.generic(props))),
  placement: optional(
    fc.constantFrom(
      Placement.dedicated({ taint: { key: 'role', value: 'monitoring' } }),
      Placement.labelled({ key: 'pool', value: 'm' }),
    ),
  ),
  namespaces: fc.constantFrom(undefined, Namespaces.single('observability'), Namespaces.existing({ main: 'a', agents: 'b' })),
  access: fc.constantFrom(undefined, Access.clusterWide(), Access.existing()),
  dataLabels: optional(
    fc.constant(new DataLabels({ cluster: 'k8s_cluster', namespace: 'k8s_namespace', pod: 'k8s_pod', app: 'service' })),
  ),
  images: optional(fc.constant(new Images({ registryMirror: 'mirror.example.com/hub' }))),
  networkPolicies: optional(fc.boolean()),
  scrapeInterval: optional(fc.integer({ min: 5, max: 120 }).map((seconds) => Duration.seconds(seconds))),
  tenant: optional(name),
  objectStorage: storage,
  prometheus: fc.record({
    scrape: namespaces.map((names) => [ScrapeJob.pods({ namespaces: names })]),
    replicas: fc.integer({ min: 1, max: 3 }),
    volume: fc.integer({ min: 2, max: 20 }).map((tens) => Size.gibibytes(tens * 10)),
    retention: fc.integer({ min: 1, max: 60 }).map((days) => Retention.days(days)),
  }),
  thanos: optional(
    fc.record({
      tiers: fc
        .record({ raw: fc.integer({ min: 4, max: 90 }), more: fc.integer({ min: 20, max: 400 }) })
        .map(({ raw, more }) => ({
          raw: Retention.days(raw),
          fiveMinutes: Retention.days(raw + more),
        })),
      queryFrontend: optional(fc.constant({})),
    }),
  ),
  loki: fc.record({
    retention: optional(fc.integer({ min: 1, max: 400 }).map((days) => Retention.days(days))),
    caches: optional(fc.integer({ min: 64, max: 4096 }).map((mebibytes) => ({ chunks: Size.mebibytes(mebibytes) }))),
    gatewayEnabled: fc.boolean(),
  }),
  logs: namespaces.map((names) => [
    LogPipeline.json({ name: 'app', namespaces: names, metrics: LogMetric.http({ prefix: 'app' }) }),
  ]),
  grafana: fc.constant({
    dashboards: [Dashboard.pods({ uid: 'pods', title: 'Pods' }), Dashboard.logs({ uid: 'logs', title: 'Logs' })],
  }),
});

const synthesize = (props: MonitoringStackProps): Manifest[] => Testing.synth(new MonitoringStack(new App(), 'stack', props));

const messageOf = (props: MonitoringStackProps): string => {
  try {
    synthesize(props);
    return '';
  } catch (error) {
    return (error as Error).message;
  }
};

describe('any valid stack', () => {
  it('synthesizes, and holds what every stack must', () => {
    fc.assert(
      fc.property(validProps, (props) => {
        const manifests = synthesize(props);
        expectInvariants(manifests);
        for (const { data } of manifests.filter(({ kind }) => kind === 'ConfigMap')) {
          for (const [file, text] of Object.entries<string>(data)) {
            if (/\.ya?ml$/.test(file)) {
              expect(loadAll(text)).toHaveLength(1);
            }
            if (file.endsWith('.json')) {
              JSON.parse(text);
            }
          }
        }
      }),
      { numRuns: 60, seed: 1 },
    );
  });
});

describe('hostile strings', () => {
  it('come out as data, or are refused with the place they were given', () => {
    fc.assert(
      fc.property(hostile, hostile, (one, other) => {
        const message = messageOf({
          name: 'shop',
          prometheus: { externalLabels: { team: one }, podAnnotations: { 'example.com/note': other } },
          loki: { podAnnotations: { 'example.com/note': one } },
          logs: [LogPipeline.json({ name: 'app', namespaces: ['shop'], staticLabels: { note: other } })],
          grafana: { dashboards: [Dashboard.logs({ uid: 'logs', title: one })], settings: { 'server.note': one } },
        });
        if (message !== '') {
          expect(message).toMatch(/^Validation failed with the following errors:\n {2}\[stack/);
        }
      }),
      { numRuns: 60, seed: 2 },
    );
  });

  it('reach the label they were given for unchanged', () => {
    fc.assert(
      fc.property(hostile, (value) => {
        const manifests = synthesize({ name: 'shop', prometheus: { externalLabels: { team: value } } });
        const { data } = manifests.find(
          ({ kind, metadata }) => kind === 'ConfigMap' && metadata.name === 'shop-prometheus-config',
        );
        const [config] = loadAll(data['prometheus.yml']) as Manifest[];
        // Prometheus expands "$": a doubled one stands for itself.
        expect(config.global.external_labels.team.replaceAll('$$', '$')).toBe(value);
      }),
      { numRuns: 60, seed: 3 },
    );
  });
});

describe('bad names', () => {
  it('are an error that names the place, never a crash', () => {
    const bad = fc.oneof(
      hostile,
      fc.constant(''),
      fc.string({ minLength: 64, maxLength: 80 }),
      fc.stringMatching(/^[A-Z_]{1,5}$/),
    );
    fc.assert(
      fc.property(bad, (value) => {
        expect(messageOf({ name: value, loki: {} })).toMatch(/\[stack\] name is /);
        expect(messageOf({ name: 'shop', namespaces: Namespaces.single(value), loki: {} })).toMatch(/namespaces\.main is /);
        expect(messageOf({ name: 'shop', loki: {}, logs: [LogPipeline.json({ name: 'app', namespaces: [value] })] })).toMatch(
          /\[stack\/alloy\]/,
        );
        expect(messageOf({ name: 'shop', prometheus: { scrape: [ScrapeJob.pods({ namespaces: [value] })] } })).toMatch(
          /\[stack\/prometheus\]/,
        );
      }),
      { numRuns: 60, seed: 4 },
    );
  });
});
