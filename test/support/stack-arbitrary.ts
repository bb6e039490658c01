import { App, Duration, Size, Testing } from 'cdk8s';
import fc from 'fast-check';
import { AlertReceiver } from '../../src/alertmanager/alert-receiver';
import { LogMetric } from '../../src/alloy/log-metric';
import { LogPipeline } from '../../src/alloy/log-pipeline';
import { Dashboard } from '../../src/dashboards/dashboard';
import { ScrapeJob } from '../../src/prometheus/scrape-job';
import { Alerts } from '../../src/rules/alerts';
import { Access } from '../../src/settings/access';
import { Cluster } from '../../src/settings/cluster';
import { DataLabels } from '../../src/settings/data-labels';
import { Images } from '../../src/settings/images';
import { Namespaces } from '../../src/settings/namespaces';
import { ObjectStorage } from '../../src/settings/object-storage';
import { Placement } from '../../src/settings/placement';
import { Retention } from '../../src/settings/retention';
import { SecretKey } from '../../src/settings/secret-key';
import { StorageIdentity } from '../../src/settings/storage-identity';
import { MonitoringStack } from '../../src/stack/monitoring-stack';
import type { MonitoringStackProps } from '../../src/stack/stack-options';
import type { Manifest } from './constructs';

const name = fc.stringMatching(/^[a-z][a-z0-9-]{0,10}[a-z0-9]$/);
const namespaces = fc.uniqueArray(name, { minLength: 1, maxLength: 3 });

/** Quotes, template marks, line breaks, YAML's own signs and characters beyond the first plane. */
export const hostile = fc
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

/** Props of stacks that synthesize. */
export const validProps: fc.Arbitrary<MonitoringStackProps> = fc.record({
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
      ruler: optional(
        name.map((group) => ({
          alerts: new Alerts({ library: false }).add({ name: group, records: [{ name: 'fleet:up:sum', expr: 'sum(up)' }] }),
        })),
      ),
    }),
  ),
  loki: fc.record({
    retention: optional(fc.integer({ min: 1, max: 400 }).map((days) => Retention.days(days))),
    caches: optional(fc.integer({ min: 64, max: 4096 }).map((mebibytes) => ({ chunks: Size.mebibytes(mebibytes) }))),
    gatewayEnabled: fc.boolean(),
    canary: optional(fc.constant({})),
  }),
  logs: namespaces.map((names) => [
    LogPipeline.json({ name: 'app', namespaces: names, metrics: LogMetric.http({ prefix: 'app' }) }),
  ]),
  grafana: fc.constant({
    dashboards: [Dashboard.pods({ uid: 'pods', title: 'Pods' }), Dashboard.logs({ uid: 'logs', title: 'Logs' })],
  }),
  alertmanager: optional(
    fc.integer({ min: 1, max: 3 }).map((replicas) => ({
      replicas,
      route: { receiver: AlertReceiver.slack('slack', { apiUrl: SecretKey.of('slack', 'url') }) },
    })),
  ),
  nodeExporter: optional(fc.constant({})),
  pushgateway: optional(fc.constant({})),
});

/** The objects of a stack. */
export const synthesizeStack = (props: MonitoringStackProps): Manifest[] =>
  Testing.synth(new MonitoringStack(new App(), 'stack', props));

/** Puts texts wherever users write them. */
const withTexts = (props: MonitoringStackProps, one: string, other: string): MonitoringStackProps => ({
  ...props,
  prometheus: { ...props.prometheus, externalLabels: { team: one }, podAnnotations: { 'example.com/note': other } },
  loki: { ...props.loki, podAnnotations: { 'example.com/note': one } },
  logs: [...(props.logs ?? []), LogPipeline.json({ name: 'texts', namespaces: ['texts'], staticLabels: { note: other } })],
  grafana: {
    dashboards: [Dashboard.logs({ uid: 'logs', title: one })],
    settings: { 'server.note': one.replaceAll(/[\n\t]/g, ' ').trim() },
  },
});

/** A stack that was generated, with what it is made of, so that a failure can be repeated. */
export interface GeneratedStack {
  readonly props: MonitoringStackProps;
  readonly manifests: Manifest[];
  /** Whether it holds hostile texts. */
  readonly isHostile: boolean;
}

/**
 * Different stacks, always the same for a seed. Hostile texts are put in wherever the library takes them; it refuses some with
 * an error, and the stack then goes without.
 */
export function generatedStacks(count: number, seed: number): GeneratedStack[] {
  return fc.sample(fc.tuple(validProps, hostile, hostile), { numRuns: count, seed }).map(([props, one, other]) => {
    const hostileProps = withTexts(props, one, other);
    try {
      return { props: hostileProps, manifests: synthesizeStack(hostileProps), isHostile: true };
    } catch {
      return { props, manifests: synthesizeStack(props), isHostile: false };
    }
  });
}
