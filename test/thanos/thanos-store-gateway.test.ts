import { Duration, Size } from 'cdk8s';
import { load } from 'js-yaml';
import { describe, expect, it } from 'vitest';
import { Cluster } from '../../src/settings/cluster';
import { Endpoint, EndpointProtocol } from '../../src/settings/endpoint';
import { MonitoringContext } from '../../src/settings/monitoring-context';
import { ObjectStorage } from '../../src/settings/object-storage';
import { StorageIdentity } from '../../src/settings/storage-identity';
import { ThanosCache } from '../../src/thanos/thanos-cache';
import { ThanosCompactor } from '../../src/thanos/thanos-compactor';
import { ThanosStoreGateway, type ThanosStoreGatewayProps } from '../../src/thanos/thanos-store-gateway';
import { configFolder, shardConfig, storeGatewayArguments } from '../../src/thanos/thanos-store-gateway-config';
import {
  EVERY_VOLUME_OPTION,
  EVERY_WORKLOAD_OPTION,
  expectEveryPropToMatter,
  manifestOf,
  synthesisError,
  synthesize,
} from '../support/constructs';
import { BUCKET, SHARED_BUCKET, TWENTY_GIBIBYTES } from './bucket';

const MEMCACHED = Endpoint.external({ host: 'memcached.example.com', port: 11211, protocol: EndpointProtocol.TCP });

const MINIMAL: ThanosStoreGatewayProps = { objectStorage: BUCKET };

const EVERY_PROP: Required<ThanosStoreGatewayProps> = {
  ...EVERY_WORKLOAD_OPTION,
  ...EVERY_VOLUME_OPTION,
  objectStorage: SHARED_BUCKET,
  instance: 'old',
  indexCacheSize: Size.mebibytes(500),
  chunkPoolSize: Size.mebibytes(300),
  bucketCache: ThanosCache.memcached(MEMCACHED),
  volume: TWENTY_GIBIBYTES,
  shards: 3,
  ignoreDeletionMarksDelay: Duration.hours(6),
};

describe('store gateway configuration', () => {
  const settings = {
    configPath: '/etc/thanos/shop',
    indexCacheSize: Size.mebibytes(250),
    chunkPoolSize: Size.gibibytes(1),
    ignoreDeletionMarksDelay: Duration.hours(24),
    cachesBucket: false,
    shards: 1,
  };

  it('turns settings into arguments', () => {
    expect(storeGatewayArguments(settings)).toEqual([
      'store',
      '--log.format=json',
      '--enable-auto-gomemlimit',
      '--http-address=:10902',
      '--grpc-address=:10901',
      '--data-dir=/data',
      '--objstore.config-file=/etc/thanos/shop/objstore.yaml',
      '--index-cache-size=250MiB',
      '--chunk-pool-size=1GiB',
      '--ignore-deletion-marks-delay=24h',
      '--disable-admin-operations',
    ]);
  });

  it('has all arguments', () => {
    expect(storeGatewayArguments({ ...settings, cachesBucket: true, shards: 2 }).slice(11)).toEqual([
      '--store.caching-bucket.config-file=/etc/thanos/shop/caching-bucket.yaml',
      '--selector.relabel-config-file=/etc/thanos/shop/shard.yaml',
    ]);
  });

  it('divides the blocks by their hash', () => {
    expect(shardConfig(3)).toEqual([
      { action: 'hashmod', source_labels: ['__block_id'], target_label: 'shard', modulus: 3 },
      { action: 'keep', source_labels: ['shard'], regex: '$(SHARD)' },
    ]);
  });

  it('has a folder for each place, on which the keys of cached listings depend', () => {
    expect(configFolder('/etc/thanos', { bucket: 'shop-thanos' })).toBe('/etc/thanos/shop-thanos');
    expect(configFolder('/etc/thanos', { bucket: 'all', prefix: 'thanos' })).toBe('/etc/thanos/all/thanos');
  });
});

describe('ThanosStoreGateway', () => {
  it('synthesizes with minimal properties', () => {
    expect(synthesize((chart) => new ThanosStoreGateway(chart, 'store', MINIMAL))).toMatchSnapshot();
  });

  it('synthesizes with every property', () => {
    const manifests = synthesize((chart) => new ThanosStoreGateway(chart, 'store', EVERY_PROP));
    expect(manifestOf(manifests, 'StatefulSet').spec).toMatchSnapshot();
    expect(manifestOf(manifests, 'ConfigMap').data).toMatchSnapshot();
  });

  it('has no dead property', () => {
    expectEveryPropToMatter(
      (chart, props: ThanosStoreGatewayProps) => new ThanosStoreGateway(chart, 'store', props),
      MINIMAL,
      EVERY_PROP,
    );
  });

  it('keeps pieces of blocks in memory that the container has', () => {
    const manifests = synthesize(
      (chart) => new ThanosStoreGateway(chart, 'store', { ...MINIMAL, bucketCache: ThanosCache.inMemory(Size.mebibytes(100)) }),
    );
    expect(load(manifestOf(manifests, 'ConfigMap').data['caching-bucket.yaml'])).toEqual({
      type: 'IN-MEMORY',
      config: { max_size: '100MiB', max_item_size: '1MiB' },
    });
    expect(manifestOf(manifests, 'StatefulSet').spec.template.spec.containers[0].resources).toEqual({
      requests: { cpu: '100m', memory: '478Mi' },
      limits: { memory: '1956Mi' },
    });
  });

  it('takes keys from the environment, never from text', () => {
    const manifests = synthesize((chart) => new ThanosStoreGateway(chart, 'store', MINIMAL));
    const [{ env }] = manifestOf(manifests, 'StatefulSet').spec.template.spec.containers;
    expect(env).toEqual([
      { name: 'AWS_ACCESS_KEY_ID', valueFrom: { secretKeyRef: { name: 'object-storage', key: 'access-key' } } },
      { name: 'AWS_SECRET_ACCESS_KEY', valueFrom: { secretKeyRef: { name: 'object-storage', key: 'secret-key' } } },
    ]);
  });

  it('needs no key where the workload has an identity', () => {
    const identity = StorageIdentity.workloadIdentity({ 'example.com/role': 'thanos' }, { 'example.com/use': 'true' });
    const objectStorage = ObjectStorage.amazonS3({ region: 'eu-west-1', bucketPrefix: 'shop', identity });
    const manifests = synthesize((chart) => new ThanosStoreGateway(chart, 'store', { objectStorage }));
    const { metadata, spec } = manifestOf(manifests, 'StatefulSet').spec.template;
    expect(spec.containers[0].env).toBeUndefined();
    expect(metadata.labels['example.com/use']).toBe('true');
    expect(manifestOf(manifests, 'ServiceAccount').metadata.annotations).toEqual({ 'example.com/role': 'thanos' });
  });

  it('says what must exist', () => {
    synthesize((chart) => {
      new ThanosStoreGateway(chart, 'store', { objectStorage: SHARED_BUCKET });
      const { prerequisites } = MonitoringContext.of(chart)._plan;
      expect(prerequisites.map(({ kind, name, keys }) => [kind, name, ...(keys ?? [])].join(' '))).toEqual([
        'Bucket everything thanos',
        'Secret storage-ca ca.pem',
        'Secret object-storage access-key',
        'Secret object-storage secret-key',
        'DefaultStorageClass any',
      ]);
    });
  });

  it('rolls when the storage changes', () => {
    const checksum = (bucketPrefix: string) =>
      manifestOf(
        synthesize(
          (chart) =>
            new ThanosStoreGateway(chart, 'store', {
              objectStorage: ObjectStorage.naverCloud({ bucketPrefix, identity: BUCKET.identity }),
            }),
        ),
        'StatefulSet',
      ).spec.template.metadata.annotations['checksum/config'];
    expect(checksum('shop')).not.toBe(checksum('store'));
    expect(checksum('shop')).toBe(checksum('shop'));
  });

  it('takes a volume that the cluster offers', () => {
    const cluster = Cluster.generic({ name: 'c', volumeStep: Size.gibibytes(16) });
    const manifests = synthesize((chart) => new ThanosStoreGateway(chart, 'store', MINIMAL), { cluster });
    const [claim] = manifestOf(manifests, 'StatefulSet').spec.volumeClaimTemplates;
    expect(claim.spec.resources.requests.storage).toBe('16Gi');
  });

  it('forgets blocks before the compactor deletes them', () => {
    const error = (deleteDelay: Duration) =>
      synthesisError((chart) => {
        new ThanosStoreGateway(chart, 'store', { ...MINIMAL, volume: Size.gibibytes(0) });
        new ThanosStoreGateway(chart, 'elsewhere', { objectStorage: SHARED_BUCKET, instance: 'elsewhere' });
        new ThanosCompactor(chart, 'compactor', { objectStorage: BUCKET, deleteDelay });
      });
    expect(error(Duration.hours(24))).toContain(
      '[test/store] ignoreDeletionMarksDelay is 24h; allowed is less than 24h, the deleteDelay of test/compactor: use half of it',
    );
    expect(error(Duration.hours(24))).not.toContain('[test/elsewhere]');
    expect(error(Duration.hours(25))).not.toContain('ignoreDeletionMarksDelay');
  });

  it('names all that is wrong at once', () => {
    const error = synthesisError(
      (chart) =>
        new ThanosStoreGateway(chart, 'store', {
          objectStorage: ObjectStorage.s3Compatible({ endpoint: 'https://s3', region: 'r', identity: BUCKET.identity }),
          indexCacheSize: Size.mebibytes(124),
          chunkPoolSize: Size.kibibytes(5),
          bucketCache: ThanosCache.memcached(Endpoint.external({ host: 'a b', port: 0 })),
          volume: Size.gibibytes(15),
          shards: 2,
          ignoreDeletionMarksDelay: Duration.seconds(0),
        }),
      { cluster: Cluster.naverCloud({ name: 'c', kubernetesVersion: '1.27' }) },
    );
    expect(error).toContain('objectStorage.endpoint is "https://s3"');
    expect(error).toContain('indexCacheSize is 124Mi; allowed is at least 125Mi, its largest item');
    expect(error).toContain('chunkPoolSize is 5Ki; allowed is at least 1Mi');
    expect(error).toContain('bucketCache.client is a b:0, which speaks http; allowed is tcp');
    expect(error).toContain('bucketCache.client has the host "a b"');
    expect(error).toContain('bucketCache.client has the port 0');
    expect(error).toContain('volume is 15Gi; allowed are multiples of 10Gi');
    expect(error).toContain('shards is 2 on Kubernetes 1.27; allowed is 1 before 1.28');
    expect(error).toContain('ignoreDeletionMarksDelay is 0h');
    expect(synthesisError((chart) => new ThanosStoreGateway(chart, 'store', { ...MINIMAL, shards: 0 }))).toContain('shards is 0');
  });
});
