import type { k8s } from 'cdk8s-plus-28';
import type { ObjectStorage } from '../settings/object-storage';
import type { Component } from './component';
import { secretVariable } from './container';

/** What a container needs to use object storage: mounted, set and known. */
export interface StorageAccess {
  /** `S3_ACCESS_KEY` and `S3_SECRET_KEY` where keys are used, proxy variables where a proxy is. */
  readonly environment: readonly k8s.EnvVar[];
  readonly volumes: readonly k8s.Volume[];
  readonly mounts: readonly k8s.VolumeMount[];
  /** Path of the certificate authority, if one is given. */
  readonly certificateAuthorityFile: string | undefined;
  /** Whether keys are in the environment. */
  readonly usesKeys: boolean;
  readonly serviceAccountAnnotations: { readonly [key: string]: string };
  readonly podLabels: { readonly [key: string]: string };
}

const AUTHORITY_VOLUME = 'object-storage-ca';
const AUTHORITY_PATH = '/etc/object-storage-ca';

/** Prepares a component to use a bucket, and notes bucket, Secrets and egress. Call it once, from the constructor. */
export function storageAccess(component: Component, storage: ObjectStorage, product: string): StorageAccess {
  component._reachObjectStorage(storage, product);
  const { identity, certificateAuthority, proxyUrl } = storage;
  if (certificateAuthority) {
    component._requireSecret(certificateAuthority);
  }
  const { domain } = component._context.cluster;
  return {
    environment: [
      ...(identity.accessKey ? [secretVariable(component, 'S3_ACCESS_KEY', identity.accessKey)] : []),
      ...(identity.secretKey ? [secretVariable(component, 'S3_SECRET_KEY', identity.secretKey)] : []),
      ...(proxyUrl === undefined
        ? []
        : [
            { name: 'HTTP_PROXY', value: proxyUrl },
            { name: 'HTTPS_PROXY', value: proxyUrl },
            { name: 'NO_PROXY', value: `localhost,127.0.0.1,.svc,.${domain}` },
          ]),
    ],
    volumes: certificateAuthority
      ? [
          {
            name: AUTHORITY_VOLUME,
            secret: { secretName: certificateAuthority.secretName, items: [{ key: certificateAuthority.key, path: 'ca.crt' }] },
          },
        ]
      : [],
    mounts: certificateAuthority ? [{ name: AUTHORITY_VOLUME, mountPath: AUTHORITY_PATH, readOnly: true }] : [],
    certificateAuthorityFile: certificateAuthority && `${AUTHORITY_PATH}/ca.crt`,
    usesKeys: identity.accessKey !== undefined,
    serviceAccountAnnotations: identity.serviceAccountAnnotations,
    podLabels: identity.podLabels,
  };
}
