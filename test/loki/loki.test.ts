import { Duration, Size } from 'cdk8s';
import { load } from 'js-yaml';
import { describe, expect, it } from 'vitest';
import { Loki, type LokiProps } from '../../src/loki/loki';
import { Cluster } from '../../src/settings/cluster';
import { Endpoint, EndpointProtocol } from '../../src/settings/endpoint';
import { MonitoringContext } from '../../src/settings/monitoring-context';
import { ObjectStorage } from '../../src/settings/object-storage';
import { Retention } from '../../src/settings/retention';
import { SecretKey } from '../../src/settings/secret-key';
import { StorageIdentity } from '../../src/settings/storage-identity';
import {
  EVERY_SERVICE_OPTION,
  EVERY_VOLUME_OPTION,
  EVERY_WORKLOAD_OPTION,
  expectEveryPropToMatter,
  type Manifest,
  manifestOf,
  synthesize,
} from '../support/constructs';

const STORAGE = ObjectStorage.naverCloud({ bucketPrefix: 'example', identity: StorageIdentity.accessKeys('object-storage') });

const CACHE = Endpoint.external({ host: 'cache', port: 11211, protocol: EndpointProtocol.TCP, namespace: 'caches' });

const EVERY_PROP: Required<LokiProps> = {
  ...EVERY_WORKLOAD_OPTION,
  ...EVERY_VOLUME_OPTION,
  ...EVERY_SERVICE_OPTION,
  objectStorage: ObjectStorage.s3Compatible({
    endpoint: 'minio.storage.svc:9000',
    region: 'us-east-1',
    insecure: true,
    bucket: 'shared',
    identity: StorageIdentity.workloadIdentity({ 'example.com/role': 'loki' }, { 'example.com/identity': 'on' }),
    certificateAuthority: SecretKey.of('object-storage-ca', 'ca.pem'),
    proxyUrl: 'http://proxy.example.com:3128',
  }),
  volume: Size.gibibytes(30),
  replicas: 3,
  instance: 'audit',
  retention: Retention.days(90),
  retentionStreams: [{ selector: '{namespace="dev"}', period: Retention.days(7) }],
  caches: { chunks: { endpoint: CACHE }, results: { endpoint: CACHE } },
  schemaPeriods: [{ from: '2025-01-01' }],
  authEnabled: true,
  limits: { ingestionRate: Size.mebibytes(8) },
  ruler: {
    ruleFiles: [
      { configMapName: 'rules-a', tenant: 'a' },
      { configMapName: 'rules-b', tenant: 'b' },
      { configMapName: 'more-rules-a', tenant: 'a' },
    ],
    alertmanager: Endpoint.external({ host: 'alertmanager', port: 9093, namespace: 'alerts' }),
    remoteWrite: Endpoint.external({ host: 'prometheus', port: 9090, namespace: 'metrics' }),
    evaluationInterval: Duration.seconds(30),
  },
  extraConfig: { querier: { max_concurrent: 8 } },
};

const container = (manifests: Manifest[]) => manifestOf(manifests, 'StatefulSet').spec.template.spec.containers[0];

const configOf = (manifests: Manifest[]) => load(manifestOf(manifests, 'ConfigMap').data['config.yaml']) as Manifest;

/** Warnings of Loki about itself. */
function warningsOf(props: LokiProps): string[] {
  let warnings: string[] = [];
  synthesize((chart) => {
    new Loki(chart, 'loki', props);
    warnings = MonitoringContext.of(chart).warnings.filter((warning) => warning.includes(' loki-'));
  });
  return warnings;
}

describe('Loki', () => {
  it('synthesizes with minimal properties', () => {
    expect(synthesize((chart) => new Loki(chart, 'loki'))).toMatchSnapshot();
  });

  it('synthesizes with every property', () => {
    const manifests = synthesize((chart) => new Loki(chart, 'loki', EVERY_PROP));
    expect(manifestOf(manifests, 'StatefulSet').spec).toMatchSnapshot();
    expect(manifestOf(manifests, 'NetworkPolicy').spec).toMatchSnapshot();
    expect(configOf(manifests)).toMatchSnapshot();
  });

  it('has no dead property', () => {
    expectEveryPropToMatter((chart, props: LokiProps) => new Loki(chart, 'loki', props), {}, EVERY_PROP, {
      replicas: { objectStorage: STORAGE },
      ruler: { authEnabled: true },
    });
  });

  it('offers one address to clients', () => {
    synthesize((chart) => {
      const loki = new Loki(chart, 'loki', { limits: { maxLabelNamesPerSeries: 20 }, authEnabled: true });
      expect(loki.http.url).toBe('http://monitoring-loki.monitoring.svc.cluster.local:3100');
      expect(loki.pushUrl).toBe('http://monitoring-loki.monitoring.svc.cluster.local:3100/loki/api/v1/push');
      expect(loki.maxLabelNamesPerSeries).toBe(20);
      expect(loki.authEnabled).toBe(true);
      const other = new Loki(chart, 'other', { instance: 'other' });
      expect(other.maxLabelNamesPerSeries).toBe(15);
      expect(other.authEnabled).toBe(false);
    });
  });

  it('hands keys over by the environment, not by the configuration', () => {
    const manifests = synthesize((chart) => new Loki(chart, 'loki', { objectStorage: STORAGE }));
    const key = (name: string, secretKey: string) => ({
      name,
      valueFrom: { secretKeyRef: { name: 'object-storage', key: secretKey } },
    });
    expect(container(manifests).env).toEqual([
      { name: 'GOMEMLIMIT', value: '1887436KiB' },
      key('AWS_ACCESS_KEY_ID', 'access-key'),
      key('AWS_SECRET_ACCESS_KEY', 'secret-key'),
    ]);
    expect(manifestOf(manifests, 'ConfigMap').data['config.yaml']).not.toMatch(/\$|access_key/);
  });

  it('reaches replicas without the proxy of the object storage', () => {
    const cluster = Cluster.generic({ name: 'a', podCidrs: ['198.18.0.0/16', '10.0.0.0/8'] });
    const manifests = synthesize((chart) => new Loki(chart, 'loki', { objectStorage: EVERY_PROP.objectStorage }), { cluster });
    expect(container(manifests).env).toContainEqual({
      name: 'NO_PROXY',
      value:
        'localhost,127.0.0.1,.svc,.cluster.local,10.0.0.0/8,172.16.0.0/12,192.168.0.0/16,100.64.0.0/10,169.254.0.0/16,fc00::/7,fe80::/10,198.18.0.0/16',
    });
  });

  it('derives the ceiling of the replay and the limit of Go from the memory', () => {
    const manifests = synthesize((chart) => new Loki(chart, 'loki', { resources: { memoryLimit: Size.gibibytes(4) } }));
    expect(configOf(manifests).ingester.wal.replay_memory_ceiling).toBe('3072MB');
    expect(container(manifests).env).toEqual([{ name: 'GOMEMLIMIT', value: '3774873KiB' }]);
  });

  it('rounds its own volume to what the cluster offers', () => {
    const claimOf = (cluster: Cluster) =>
      manifestOf(
        synthesize((chart) => new Loki(chart, 'loki'), { cluster }),
        'StatefulSet',
      ).spec.volumeClaimTemplates[0].spec.resources.requests.storage;
    expect(claimOf(Cluster.naverCloud({ name: 'a' }))).toBe('10Gi');
    expect(claimOf(Cluster.generic({ name: 'a', volumeStep: Size.gibibytes(16) }))).toBe('16Gi');
  });

  it('keeps the instances of one stack apart in a shared bucket', () => {
    synthesize((chart) => {
      const identity = StorageIdentity.accessKeys('object-storage');
      const objectStorage = ObjectStorage.naverCloud({ bucket: 'shared', identity });
      new Loki(chart, 'one', { objectStorage });
      new Loki(chart, 'two', { objectStorage, instance: 'audit' });
      const buckets = MonitoringContext.of(chart)._plan.prerequisites.filter(({ kind }) => kind === 'Bucket');
      expect(buckets.map(({ name, keys }) => [name, keys])).toEqual([
        ['shared', ['loki']],
        ['shared', ['loki-audit']],
      ]);
    });
  });

  it('mounts rules of a tenant together, and an empty directory where there are none', () => {
    const rulesOf = (props: LokiProps) => {
      const { volumes, containers } = manifestOf(
        synthesize((chart) => new Loki(chart, 'loki', props)),
        'StatefulSet',
      ).spec.template.spec;
      const isRules = ({ name }: Manifest) => name.startsWith('rules');
      return { volumes: volumes.filter(isRules), mounts: containers[0].volumeMounts.filter(isRules) };
    };
    expect(rulesOf({ authEnabled: true, ruler: EVERY_PROP.ruler })).toEqual({
      volumes: [
        {
          name: 'rules-0',
          projected: { sources: [{ configMap: { name: 'rules-a' } }, { configMap: { name: 'more-rules-a' } }] },
        },
        { name: 'rules-1', projected: { sources: [{ configMap: { name: 'rules-b' } }] } },
      ],
      mounts: [
        { name: 'rules-0', mountPath: '/etc/loki/rules/a', readOnly: true },
        { name: 'rules-1', mountPath: '/etc/loki/rules/b', readOnly: true },
      ],
    });
    expect(rulesOf({ ruler: { ruleFiles: [{ configMapName: 'rules' }] } }).mounts).toEqual([
      { name: 'rules-0', mountPath: '/etc/loki/rules/fake', readOnly: true },
    ]);
    expect(rulesOf({}).mounts).toEqual([{ name: 'rules', mountPath: '/etc/loki/rules/fake' }]);
    expect(rulesOf({ authEnabled: true }).mounts).toEqual([{ name: 'rules', mountPath: '/etc/loki/rules' }]);
  });

  it('writes groups of rules to files, for each tenant its own', () => {
    const group = (name: string) => ({
      name,
      alerts: [{ name: `Panics_${name}`, expr: 'sum(rate({app="shop"} |= "panic" [5m])) > 0', summary: 'The shop panics' }],
    });
    const ruleGroups = [
      { groups: [group('shop'), group('billing')], tenant: 'a' },
      { groups: [group('shop')], tenant: 'b' },
    ];
    const manifests = synthesize((chart) => new Loki(chart, 'loki', { authEnabled: true, ruler: { ruleGroups } }));
    const { data } = manifestOf(manifests, 'ConfigMap', 'monitoring-loki-rules');
    expect(Object.keys(data)).toEqual(['billing.yaml', 'shop.yaml']);
    expect(load(data['shop.yaml'])).toEqual({
      groups: [
        {
          name: 'shop',
          rules: [
            {
              alert: 'Panics_shop',
              expr: 'sum(rate({app="shop"} |= "panic" [5m])) > 0',
              labels: { severity: 'warning' },
              annotations: { summary: 'The shop panics' },
            },
          ],
        },
      ],
    });
    expect(Object.keys(manifestOf(manifests, 'ConfigMap', 'monitoring-loki-rules-2').data)).toEqual(['shop.yaml']);
    const { volumes, containers } = manifestOf(manifests, 'StatefulSet').spec.template.spec;
    const isRules = ({ name }: Manifest) => name.startsWith('rules');
    expect(volumes.filter(isRules)).toEqual([
      { name: 'rules-0', projected: { sources: [{ configMap: { name: 'monitoring-loki-rules' } }] } },
      { name: 'rules-1', projected: { sources: [{ configMap: { name: 'monitoring-loki-rules-2' } }] } },
    ]);
    expect(containers[0].volumeMounts.filter(isRules)).toEqual([
      { name: 'rules-0', mountPath: '/etc/loki/rules/a', readOnly: true },
      { name: 'rules-1', mountPath: '/etc/loki/rules/b', readOnly: true },
    ]);
  });

  it('lists the ConfigMaps with rules', () => {
    synthesize((chart) => {
      new Loki(chart, 'loki', { ruler: { ruleFiles: [{ configMapName: 'rules' }, { configMapName: 'rules' }] } });
      const entries = MonitoringContext.of(chart)._plan.prerequisites.filter(({ kind }) => kind === 'ConfigMap');
      expect(entries).toEqual([{ kind: 'ConfigMap', namespace: 'monitoring', name: 'rules', neededBy: 'monitoring-loki' }]);
    });
  });

  it('finds caches and Alertmanagers by SRV records', () => {
    synthesize((chart) => {
      const headless = (portName: string, protocol: EndpointProtocol) => {
        const { _identity: identity } = new Loki(chart, portName, { instance: portName });
        return Endpoint._of({ identity, containerPort: 1, portName, headless: true }, `${portName}.example`, 1, protocol);
      };
      const endpoint = headless('client', EndpointProtocol.TCP);
      const alertmanager = headless('web', EndpointProtocol.HTTP);
      new Loki(chart, 'loki', { caches: { chunks: { endpoint } }, ruler: { alertmanager } });
      const files = chart
        .toJson()
        .filter(({ kind, metadata }) => kind === 'ConfigMap' && metadata.name === 'monitoring-loki-config');
      expect(load(files[0].data['config.yaml'])).toMatchObject({
        chunk_store_config: {
          chunk_cache_config: { memcached_client: { addresses: 'dnssrvnoa+_client._tcp.client.example' } },
        },
        ruler: { alertmanager_url: 'http://_web._tcp.web.example', enable_alertmanager_discovery: true },
      });
    });
  });

  it('warns of what works badly', () => {
    expect(warningsOf({})).toEqual([
      expect.stringContaining('loki-volume-fills: monitoring-loki keeps lines forever on a volume'),
    ]);
    expect(warningsOf({ retention: Retention.days(30) })).toEqual([]);
    expect(warningsOf({ objectStorage: STORAGE })).toEqual([]);
    expect(warningsOf({ objectStorage: STORAGE, replicas: 2 })).toEqual([
      expect.stringContaining('loki-two-replicas: monitoring-loki has 2 replicas and needs both of them to write'),
    ]);
    expect(warningsOf({ objectStorage: STORAGE, replicas: 3 })).toEqual([]);
  });
});
