import { App, Chart, Size, Testing } from 'cdk8s';
import { Construct } from 'constructs';
import { describe, expect, it } from 'vitest';
import { LogPipeline } from '../../src/alloy/log-pipeline';
import { Cluster } from '../../src/settings/cluster';
import { Namespaces } from '../../src/settings/namespaces';
import { ObjectStorage } from '../../src/settings/object-storage';
import { Placement } from '../../src/settings/placement';
import { Retention } from '../../src/settings/retention';
import { SecretKey } from '../../src/settings/secret-key';
import { StorageIdentity } from '../../src/settings/storage-identity';
import { MonitoringStack } from '../../src/stack/monitoring-stack';
import type { MonitoringStackProps } from '../../src/stack/stack-options';
import { type Manifest, manifestOf } from '../support/constructs';
import { expectInvariants } from '../support/invariants';

const objectStorage = ObjectStorage.naverCloud({ bucketPrefix: 'shop', identity: StorageIdentity.accessKeys('object-storage') });

const WHOLE: MonitoringStackProps = {
  name: 'shop',
  cluster: Cluster.generic({ name: 'shop-prod' }),
  placement: Placement.dedicated({ taint: { key: 'role', value: 'monitoring' } }),
  objectStorage,
  prometheus: {},
  thanos: { queryFrontend: {} },
  loki: { caches: { chunks: Size.gibibytes(1), results: Size.mebibytes(512) } },
  logs: [LogPipeline.json({ name: 'shop', namespaces: ['shop'] })],
  grafana: {},
};

const stackOf = (props: MonitoringStackProps, id = 'stack') => new MonitoringStack(new App(), id, props);

const manifestsOf = (props: MonitoringStackProps): Manifest[] => Testing.synth(stackOf(props));

const kindsAndNames = (manifests: Manifest[]) => manifests.map(({ kind, metadata }) => `${kind} ${metadata.name}`);

const errorOf = (props: MonitoringStackProps) => {
  try {
    manifestsOf(props);
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('an error was expected');
};

describe('MonitoringStack', () => {
  it('runs what is mentioned, and holds what any stack must', () => {
    const manifests = manifestsOf(WHOLE);
    expectInvariants(manifests);
    expect(
      kindsAndNames(manifests.filter(({ kind }) => ['StatefulSet', 'Deployment', 'DaemonSet'].includes(kind))).sort(),
    ).toEqual([
      'DaemonSet shop-alloy-node',
      'Deployment shop-kube-state-metrics',
      'Deployment shop-loki-gateway',
      'Deployment shop-thanos-query',
      'Deployment shop-thanos-query-frontend',
      'StatefulSet shop-grafana',
      'StatefulSet shop-loki',
      'StatefulSet shop-memcached-chunks',
      'StatefulSet shop-memcached-results',
      'StatefulSet shop-prometheus',
      'StatefulSet shop-thanos-compactor',
      'StatefulSet shop-thanos-store',
    ]);
  });

  it('places every component on the dedicated nodes, and agents on every node', () => {
    for (const { kind, metadata, spec } of manifestsOf(WHOLE).filter(({ spec }) => spec?.template)) {
      const { tolerations, affinity } = spec.template.spec;
      if (kind === 'DaemonSet') {
        expect({ tolerations, affinity }, metadata.name).toEqual({ tolerations: [{ operator: 'Exists' }], affinity: undefined });
      } else {
        expect(tolerations, metadata.name).toEqual([
          { key: 'role', operator: 'Equal', value: 'monitoring', effect: 'NoSchedule' },
        ]);
        expect(affinity.nodeAffinity, metadata.name).toBeDefined();
      }
    }
  });

  it('has a NetworkPolicy for every workload, or none at all', () => {
    const count = (manifests: Manifest[], wanted: (manifest: Manifest) => boolean) => manifests.filter(wanted).length;
    const manifests = manifestsOf(WHOLE);
    expect(count(manifests, ({ kind }) => kind === 'NetworkPolicy')).toBe(count(manifests, ({ spec }) => spec?.template));
    expect(count(manifestsOf({ ...WHOLE, networkPolicies: false }), ({ kind }) => kind === 'NetworkPolicy')).toBe(0);
  });

  it('prints what can be applied in order', () => {
    const kinds = manifestsOf(WHOLE).map(({ kind }) => kind);
    const order = ['Namespace', 'ServiceAccount', 'ClusterRole', 'ConfigMap', 'Service', 'StatefulSet'];
    expect(order.map((kind) => kinds.indexOf(kind))).toEqual(order.map((kind) => kinds.indexOf(kind)).sort((a, b) => a - b));
    expect(kinds[0]).toBe('Namespace');
  });

  it('makes namespaces with their PodSecurity level, if they are its own', () => {
    const levels = (props: MonitoringStackProps) =>
      Object.fromEntries(
        manifestsOf(props)
          .filter(({ kind }) => kind === 'Namespace')
          .map(({ metadata }) => [metadata.name, metadata.labels['pod-security.kubernetes.io/enforce']]),
      );
    expect(levels(WHOLE)).toEqual({ monitoring: 'restricted', 'monitoring-agents': 'privileged' });
    expect(levels({ ...WHOLE, namespaces: Namespaces.single('all') })).toEqual({ all: 'privileged' });
    expect(levels({ ...WHOLE, namespaces: Namespaces.existing() })).toEqual({});
  });

  it('puts one RoleBinding per watcher into an application namespace, and nothing else', () => {
    const inApplications = manifestsOf({ ...WHOLE, prometheus: {} }).filter(({ metadata }) => metadata.namespace === 'shop');
    expect(kindsAndNames(inApplications)).toEqual(['RoleBinding shop-alloy-node-pods']);
  });

  it('gives Grafana a data source for all that runs', () => {
    const uids = (props: MonitoringStackProps) => {
      const config = manifestOf(manifestsOf(props), 'ConfigMap', 'shop-grafana-config').data;
      return [
        ...Object.values<string>(config)
          .join('\n')
          .matchAll(/^ {4}uid: (.*)$/gm),
      ].map(([, uid]) => uid);
    };
    expect(uids(WHOLE)).toEqual(['prometheus', 'thanos', 'thanos-long-term', 'loki']);
    expect(uids({ ...WHOLE, thanos: undefined })).toEqual(['prometheus', 'loki']);
    expect(uids({ ...WHOLE, loki: undefined, logs: undefined })).toEqual(['prometheus', 'thanos', 'thanos-long-term']);
  });

  it('carries the tenant through agent, Loki and data source', () => {
    const text = JSON.stringify(manifestsOf({ ...WHOLE, tenant: 'shop-tenant' }));
    expect(text).toMatch(/tenant_id += \\"shop-tenant\\"/);
    expect(text).toContain('auth_enabled: true');
    expect(text).toContain('X-Scope-OrgID');
    expect(JSON.stringify(manifestsOf(WHOLE))).not.toContain('tenant_id');
  });

  it('can do without gateway, caches and kube-state-metrics', () => {
    const manifests = manifestsOf({ ...WHOLE, loki: { gatewayEnabled: false }, kubeStateMetrics: { enabled: false } });
    const names = kindsAndNames(manifests).join('\n');
    expect(names).not.toMatch(/gateway|memcached|kube-state-metrics/);
    expect(JSON.stringify(manifests)).toContain('http://shop-loki.monitoring.svc.cluster.local:3100/loki/api/v1/push');
  });

  it('does not depend on the construct tree', () => {
    const plain = manifestsOf(WHOLE);
    const nested = new MonitoringStack(new Construct(new Chart(new App(), 'outer'), 'deep'), 'renamed', WHOLE);
    expect(Testing.synth(nested)).toEqual(plain);
    expect(JSON.stringify(Testing.synth(nested))).toBe(JSON.stringify(plain));
  });

  it('prints the same bytes for the same input', () => {
    expect(Testing.synth(stackOf(WHOLE))).toEqual(manifestsOf(WHOLE));
    const stack = stackOf(WHOLE);
    expect(JSON.stringify(Testing.synth(stack))).toBe(JSON.stringify(Testing.synth(stack)));
  });

  it('offers what it runs', () => {
    const stack = stackOf(WHOLE);
    expect([
      stack.prometheus,
      stack.kubeStateMetrics,
      stack.thanosQuery,
      stack.loki,
      stack.logs,
      stack.alloy,
      stack.grafana,
    ]).not.toContain(undefined);
    expect(stack.logs?.url).toBe('http://shop-loki-gateway.monitoring.svc.cluster.local:80');
    const empty = stackOf({});
    expect([
      empty.prometheus,
      empty.kubeStateMetrics,
      empty.thanosQuery,
      empty.loki,
      empty.logs,
      empty.alloy,
      empty.grafana,
    ]).toEqual(new Array(7).fill(undefined));
  });

  it('names what must exist first, and what an operator wants to know', () => {
    const stack = stackOf(WHOLE);
    expect(stack.prerequisites.items.map(({ kind, name }) => `${kind} ${name}`)).toEqual([
      'Bucket shop-loki',
      'Bucket shop-thanos',
      'DefaultStorageClass any',
      'Namespace shop',
      'NodeLabel role=monitoring',
      'NodeTaint role=monitoring:NoSchedule',
      'Secret grafana-admin',
      'Secret object-storage',
    ]);
    expect(stack.prerequisites.toMarkdown()).toMatchSnapshot();
    expect(stack.warnings.every((warning) => warning.includes('egress-to-anywhere'))).toBe(true);
    expect(stack.picture).toMatchSnapshot();
    expect(stackOf({ ...WHOLE, acknowledgedWarnings: ['egress-to-anywhere'] }).warnings).toEqual([]);
  });

  it('asks everybody for a password, or nobody', () => {
    const password = SecretKey.of('loki-password', 'password');
    const gateway = { basicAuth: SecretKey.of('loki-users', '.htpasswd') };
    const queryAuthentication = { user: 'grafana', password };
    const alloy = { credentials: { username: SecretKey.of('loki-password', 'user'), password } };
    const error = errorOf({ ...WHOLE, loki: { gateway } });
    expect(error).toContain('[stack] alloy.credentials is not given');
    expect(error).toContain('[stack] loki.queryAuthentication is not given');
    expect(errorOf({ ...WHOLE, alloy, loki: { queryAuthentication } })).toMatch(
      /alloy\.credentials is given[\s\S]*loki\.queryAuthentication is given/,
    );
    const text = JSON.stringify(manifestsOf({ ...WHOLE, alloy, loki: { gateway, queryAuthentication } }));
    expect(text).toContain('auth_basic_user_file');
    expect(text).toContain('basicAuthUser: grafana');
    expect(text).toContain('basic_auth {');
  });

  it('refuses combinations that cannot work, all at once', () => {
    const error = errorOf({ thanos: { tiers: { raw: Retention.hours(39) } }, logs: [] });
    expect(error).toContain('[stack] thanos is given without prometheus');
    expect(error).toContain('[stack] thanos is given without objectStorage');
    expect(error).toContain('[stack] logs is given without loki');
    expect(errorOf({ alloy: {} })).toContain('[stack] alloy is given without logs');
  });

  it('refuses tiers, retentions and sizes that lose data, all at once', () => {
    const error = errorOf({
      ...WHOLE,
      prometheus: { volume: Size.gibibytes(10), retentionSize: Size.gibibytes(9), retention: Retention.hours(3) },
      thanos: { tiers: { raw: Retention.hours(39), fiveMinutes: Retention.days(9) } },
      loki: { retention: Retention.hours(12) },
    });
    expect(error).toContain('[stack/prometheus] retention is 3h');
    expect(error).toContain('[stack/prometheus] retentionSize is 9');
    expect(error).toContain('[stack/thanos-compactor] tiers.raw is 39h');
    expect(error).toContain('[stack/thanos-compactor] tiers.fiveMinutes is 9d');
    expect(error).toContain('[stack/loki] retention is 12h');
  });
});
