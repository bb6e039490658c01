import type { ObjectStorage } from '../settings/object-storage';

/** The product's name: part of the bucket's name or the prefix of its objects. */
export const THANOS_PRODUCT = 'thanos';

/** File of `--objstore.config-file`; thanos.io/tip/thanos/storage.md. Unknown keys are refused by Thanos. */
export interface ObjstoreConfig {
  readonly type: 'S3';
  readonly config: {
    readonly bucket: string;
    readonly endpoint: string;
    readonly region: string;
    readonly insecure: boolean;
    readonly bucket_lookup_type: 'path' | 'virtual-hosted';
    readonly list_objects_version: string;
    readonly http_config?: { readonly tls_config: { readonly ca_file: string } };
  };
  readonly prefix?: string;
}

/**
 * Object storage in the dialect of Thanos. It holds neither keys nor references to them: Thanos expands `$(NAME)` before it
 * reads the YAML, so that a key with a quote or a `#` in it would break the file. Without keys in the file its client takes
 * them from the environment, where every value is just a value.
 */
export function objstoreConfig(storage: ObjectStorage, certificateAuthorityFile?: string): ObjstoreConfig {
  const { bucket, prefix } = storage.locationOf(THANOS_PRODUCT);
  return {
    type: 'S3',
    config: {
      bucket,
      endpoint: storage.endpoint,
      region: storage.region,
      insecure: storage.insecure,
      bucket_lookup_type: storage.forcePathStyle ? 'path' : 'virtual-hosted',
      list_objects_version: storage.listObjectsVersion,
      ...(certificateAuthorityFile !== undefined && { http_config: { tls_config: { ca_file: certificateAuthorityFile } } }),
    },
    ...(prefix !== undefined && { prefix }),
  };
}

/** Names a place in object storage, so that users of the same one are known. */
export function bucketKey(storage: ObjectStorage): string {
  const { bucket, prefix } = storage.locationOf(THANOS_PRODUCT);
  return [storage.endpoint, bucket, ...(prefix === undefined ? [] : [prefix])].join('/');
}
