import { Size } from 'cdk8s';
import { ObjectStorage } from '../../src/settings/object-storage';
import { SecretKey } from '../../src/settings/secret-key';
import { StorageIdentity } from '../../src/settings/storage-identity';

export const KEYS = StorageIdentity.accessKeys('object-storage');

/** A bucket of the reference stack. */
export const BUCKET = ObjectStorage.naverCloud({ bucketPrefix: 'shop', identity: KEYS });

/** A bucket that several products share, behind an authority and a proxy of one's own. */
export const SHARED_BUCKET = ObjectStorage.s3Compatible({
  endpoint: 'minio.storage.svc:9000',
  region: 'us-east-1',
  bucket: 'everything',
  identity: KEYS,
  certificateAuthority: SecretKey.of('storage-ca', 'ca.pem'),
  proxyUrl: 'http://proxy.example.com:3128',
});

export const TWENTY_GIBIBYTES = Size.gibibytes(20);
