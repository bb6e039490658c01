import { describe, expect, it } from 'vitest';
import { toYaml } from '../../src/kubernetes/text';
import { ObjectStorage } from '../../src/settings/object-storage';
import { StorageIdentity } from '../../src/settings/storage-identity';
import { bucketKey, objstoreConfig } from '../../src/thanos/objstore-config';
import { BUCKET, KEYS, SHARED_BUCKET } from './bucket';

describe('objstore configuration', () => {
  it('describes Object Storage of NAVER Cloud Platform', () => {
    expect(objstoreConfig(BUCKET)).toEqual({
      type: 'S3',
      config: {
        bucket: 'shop-thanos',
        endpoint: 'kr.object.ncloudstorage.com',
        region: 'kr-standard',
        insecure: false,
        bucket_lookup_type: 'path',
        list_objects_version: 'v1',
      },
    });
  });

  it('describes a shared bucket with an authority of its own', () => {
    expect(objstoreConfig(SHARED_BUCKET, '/etc/ca/ca.crt')).toEqual({
      type: 'S3',
      config: {
        bucket: 'everything',
        endpoint: 'minio.storage.svc:9000',
        region: 'us-east-1',
        insecure: false,
        bucket_lookup_type: 'path',
        list_objects_version: 'v2',
        http_config: { tls_config: { ca_file: '/etc/ca/ca.crt' } },
      },
      prefix: 'thanos',
    });
  });

  it('describes Amazon S3 and plain HTTP', () => {
    const identity = StorageIdentity.iamRole('arn:aws:iam::1:role/thanos');
    expect(objstoreConfig(ObjectStorage.amazonS3({ region: 'ap-northeast-2', bucketPrefix: 'shop', identity })).config).toEqual({
      bucket: 'shop-thanos',
      endpoint: 's3.ap-northeast-2.amazonaws.com',
      region: 'ap-northeast-2',
      insecure: false,
      bucket_lookup_type: 'virtual-hosted',
      list_objects_version: 'v2',
    });
    const plain = { endpoint: 's3.local', region: 'r', bucketPrefix: 'shop', identity, insecure: true };
    expect(objstoreConfig(ObjectStorage.s3Compatible(plain)).config.insecure).toBe(true);
  });

  it('has no key and nothing that Thanos would expand', () => {
    expect(toYaml(objstoreConfig(SHARED_BUCKET, '/etc/ca/ca.crt'))).not.toMatch(/key|\$\(/);
  });

  it('tells places apart by endpoint, bucket and prefix', () => {
    const other = (bucket: string) =>
      bucketKey(ObjectStorage.s3Compatible({ endpoint: 's3.local', region: 'r', bucket, identity: KEYS }));
    expect(bucketKey(BUCKET)).toBe('kr.object.ncloudstorage.com/shop-thanos');
    expect(bucketKey(SHARED_BUCKET)).toBe('minio.storage.svc:9000/everything/thanos');
    expect(other('one')).not.toBe(other('two'));
  });
});
