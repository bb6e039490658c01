import type { Component } from '../kubernetes/component';
import { type StorageAccess, storageAccess } from '../kubernetes/storage-access';
import { toYaml } from '../kubernetes/text';
import type { ObjectStorage } from '../settings/object-storage';
import { objstoreConfig, THANOS_PRODUCT } from './objstore-config';

export const OBJSTORE_FILE = 'objstore.yaml';

/** What a Thanos process needs to use its bucket. */
export interface BucketAccess extends StorageAccess {
  /** Files for the process's ConfigMap. */
  files(): Record<string, string>;
}

/** Prepares a component to use the bucket of Thanos. Call it once, from the constructor. */
export function bucketAccess(component: Component, storage: ObjectStorage): BucketAccess {
  const access = storageAccess(component, storage, THANOS_PRODUCT);
  return {
    ...access,
    files: () => ({ [OBJSTORE_FILE]: toYaml(objstoreConfig(storage, access.certificateAuthorityFile)) }),
  };
}
