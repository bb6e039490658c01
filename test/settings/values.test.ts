import { Size } from 'cdk8s';
import { describe, expect, it } from 'vitest';
import { Cluster } from '../../src/settings/cluster';
import { Cpu } from '../../src/settings/cpu';
import { DataLabels } from '../../src/settings/data-labels';
import { Endpoint, EndpointProtocol } from '../../src/settings/endpoint';
import { IMAGE_TABLE, Images } from '../../src/settings/images';
import { Namespaces } from '../../src/settings/namespaces';
import { NaverCloudSite, ObjectStorage } from '../../src/settings/object-storage';
import { Placement, TaintEffect } from '../../src/settings/placement';
import { Retention } from '../../src/settings/retention';
import { StorageIdentity } from '../../src/settings/storage-identity';

const identity = StorageIdentity.accessKeys('object-storage');

describe('Retention', () => {
  it.each([
    [Retention.days(90), '90d', 2160],
    [Retention.hours(36), '36h', 36],
    [Retention.hours(48), '2d', 48],
    [Retention.forever(), '0d', Number.POSITIVE_INFINITY],
  ])('%s is %s', (retention, text, hours) => {
    expect(`${retention}`).toBe(text);
    expect(retention.toHours()).toBe(hours);
    expect(retention.isForever).toBe(hours === Number.POSITIVE_INFINITY);
  });
});

describe('Cpu', () => {
  it('is written as Kubernetes does', () => {
    expect([Cpu.millis(250), Cpu.cores(2), Cpu.cores(0.5)].map(String)).toEqual(['250m', '2', '500m']);
  });
});

describe('ObjectStorage', () => {
  it('knows NAVER Cloud', () => {
    const storage = ObjectStorage.naverCloud({ bucketPrefix: 'shop', identity });
    expect(storage).toMatchObject({
      endpoint: 'kr.object.ncloudstorage.com',
      region: 'kr-standard',
      listObjectsVersion: 'v1',
      forcePathStyle: true,
      insecure: false,
      port: 443,
    });
    expect(storage.locationOf('loki')).toEqual({ bucket: 'shop-loki' });
    const financial = ObjectStorage.naverCloud({ bucketPrefix: 'shop', identity, site: NaverCloudSite.FINANCIAL });
    expect([financial.endpoint, financial.region]).toEqual(['kr.object.fin-ncloudstorage.com', 'fin-standard']);
  });

  it('knows Amazon S3', () => {
    const storage = ObjectStorage.amazonS3({
      region: 'ap-northeast-2',
      bucket: 'data',
      identity: StorageIdentity.iamRole('arn:aws:iam::1:role/x'),
    });
    expect(storage).toMatchObject({
      endpoint: 's3.ap-northeast-2.amazonaws.com',
      forcePathStyle: false,
      listObjectsVersion: 'v2',
    });
    expect(storage.locationOf('thanos')).toEqual({ bucket: 'data', prefix: 'thanos' });
    expect(storage.identity.serviceAccountAnnotations).toEqual({ 'eks.amazonaws.com/role-arn': 'arn:aws:iam::1:role/x' });
  });

  it('takes the port from the endpoint', () => {
    expect(ObjectStorage.s3Compatible({ endpoint: 'minio:9000', region: 'r', bucket: 'data', identity }).port).toBe(9000);
    expect(ObjectStorage.s3Compatible({ endpoint: 'minio', region: 'r', bucket: 'data', identity, insecure: true }).port).toBe(
      80,
    );
  });

  it('says all that is wrong', () => {
    const storage = ObjectStorage.s3Compatible({
      endpoint: 'https://minio/x',
      region: 'r',
      identity,
      bucket: 'A',
      bucketPrefix: '',
      listObjectsVersion: 'v9',
    });
    expect(storage._problems()).toHaveLength(5);
    expect(storage._problems()[0]).toBe(
      'objectStorage.endpoint is "https://minio/x"; allowed is a host with an optional port, such as "minio.storage.svc:9000": remove scheme and path (use insecure: true for plain HTTP)',
    );
    expect(ObjectStorage.naverCloud({ bucketPrefix: 'shop', identity })._problems()).toEqual([]);
  });
});

describe('Images', () => {
  it('takes every image from the table', () => {
    const images = new Images();
    expect(images._reference('loki')).toBe(`docker.io/grafana/loki:${IMAGE_TABLE.loki.tag}`);
    expect(images._version('prometheus')).toBe(IMAGE_TABLE.prometheus.tag.slice(1));
  });

  it('puts a mirror before all of them', () => {
    const images = new Images({
      registryMirror: 'mirror.example.com:5000/hub/',
      loki: { tag: '9.9.9', digest: `sha256:${'0'.repeat(64)}` },
    });
    expect(images._reference('grafana')).toBe(`mirror.example.com:5000/hub/grafana/grafana:${IMAGE_TABLE.grafana.tag}`);
    expect(images._reference('loki')).toBe(`mirror.example.com:5000/hub/grafana/loki:9.9.9@sha256:${'0'.repeat(64)}`);
  });

  it('uses an own repository as it is', () => {
    const images = new Images({
      registryMirror: 'mirror.example.com',
      thanos: { repository: 'registry.example.com/our/thanos' },
    });
    expect(images._reference('thanos')).toBe(`registry.example.com/our/thanos:${IMAGE_TABLE.thanos.tag}`);
  });

  it('says all that is wrong', () => {
    const images = new Images({ registryMirror: 'https://x', pullPolicy: 'Sometimes', alloy: { digest: 'abc', tag: 'a b' } });
    expect(images._problems()).toHaveLength(4);
  });
});

describe('DataLabels', () => {
  it('can be renamed', () => {
    expect(new DataLabels({ environment: 'environment' })).toMatchObject({ cluster: 'cluster', environment: 'environment' });
  });

  it('refuses names that Prometheus and Loki refuse', () => {
    expect(new DataLabels({ pod: 'k8s.pod', node: '__node', app: 'cluster' })._problems()).toEqual([
      'dataLabels.pod is "k8s.pod"; allowed are letters, digits and "_", not starting with a digit or "__": rename the label',
      'dataLabels.node is "__node"; allowed are letters, digits and "_", not starting with a digit or "__": rename the label',
      'dataLabels.app is "cluster", a name that another label already has: give each its own',
    ]);
  });
});

describe('Cluster', () => {
  it('has defaults', () => {
    expect(Cluster.generic({ name: 'c' })).toMatchObject({
      environment: 'prod',
      domain: 'cluster.local',
      dnsHost: 'kube-dns.kube-system.svc.cluster.local',
      storageClassName: undefined,
      volumeStep: undefined,
      apiServerPort: 6443,
    });
  });

  it('knows the volumes of NAVER Cloud', () => {
    const cluster = Cluster.naverCloud({ name: 'c' });
    expect([cluster.storageClassName, cluster.volumeStep?.toGibibytes()]).toEqual([
      'nks-block-storage',
      Size.gibibytes(10).toGibibytes(),
    ]);
  });

  it('says all that is wrong', () => {
    expect(Cluster.generic({ name: '', environment: 'a b', kubernetesVersion: '1.33.1' })._problems()).toHaveLength(3);
  });
});

describe('Placement', () => {
  it('takes the node label from the taint', () => {
    expect(Placement.dedicated({ taint: { key: 'role', value: 'monitoring' } }).nodeLabel).toEqual({
      key: 'role',
      value: 'monitoring',
    });
    const own = Placement.dedicated({
      taint: { key: 'role', value: 'x', effect: TaintEffect.NO_EXECUTE },
      nodeLabel: { key: 'pool', value: 'm' },
    });
    expect(own.nodeLabel).toEqual({ key: 'pool', value: 'm' });
    expect(Placement.labelled({ key: 'pool', value: 'm' }).taint).toBeUndefined();
  });
});

describe('Namespaces', () => {
  it('are two by default', () => {
    expect(Namespaces.split()).toMatchObject({ main: 'monitoring', agents: 'monitoring-agents', owned: true });
    expect(Namespaces.single('all')).toMatchObject({ main: 'all', agents: 'all', owned: true });
    expect(Namespaces.existing({ main: 'theirs' })).toMatchObject({ main: 'theirs', agents: 'theirs', owned: false });
  });
});

describe('Endpoint', () => {
  it('of something outside has an address only', () => {
    const endpoint = Endpoint.external({
      host: 'prometheus.example.com',
      port: 443,
      protocol: EndpointProtocol.HTTPS,
      path: '/prometheus',
    });
    expect([endpoint.url, endpoint.hostAndPort, endpoint.srvName, endpoint.hasSrvRecords]).toEqual([
      'https://prometheus.example.com:443/prometheus',
      'prometheus.example.com:443',
      'prometheus.example.com:443',
      false,
    ]);
  });
});
