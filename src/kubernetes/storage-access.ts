import type { k8s } from 'cdk8s-plus-28';
import type { ObjectStorage } from '../settings/object-storage';
import type { Component } from './component';
import { secretVariable } from './container';
import { AWS_LOGIN, awsLoginVolume, writtenByAgent } from './injected-secrets';

/** What a container needs to use object storage: mounted, set and known. */
export interface StorageAccess {
  /**
   * `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY`, where the S3 client of Thanos and of Loki looks when its configuration
   * has no keys (minio-go, credentials/env_aws.go): so no secret is ever pasted into YAML. Proxy variables where a proxy is.
   */
  readonly environment: readonly k8s.EnvVar[];
  readonly volumes: readonly k8s.Volume[];
  readonly mounts: readonly k8s.VolumeMount[];
  /** Path of the certificate authority, if one is given. */
  readonly certificateAuthorityFile: string | undefined;
  readonly serviceAccountAnnotations: { readonly [key: string]: string };
  readonly podLabels: { readonly [key: string]: string };
}

/**
 * Components call themselves and each other by address, through gRPC, which obeys proxy variables: without these ranges a
 * proxy for the object storage swallows every push. They only count for addresses; storage by name still takes the proxy.
 */
const DIRECT_RANGES = [
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '100.64.0.0/10',
  '169.254.0.0/16',
  'fc00::/7',
  'fe80::/10',
];

const AUTHORITY_VOLUME = 'object-storage-ca';
const AUTHORITY_PATH = '/etc/object-storage-ca';

/** Prepares a component to use a bucket, and notes bucket, Secrets and egress. Call it once, from the constructor. */
export function storageAccess(component: Component, storage: ObjectStorage, product: string): StorageAccess {
  component._reachObjectStorage(storage, product);
  const { identity, certificateAuthority, proxyUrl } = storage;
  if (certificateAuthority) {
    component._requireSecret(certificateAuthority);
  }
  const { domain, podCidrs } = component._context.cluster;
  const { accessKey, secretKey } = identity;
  const login =
    accessKey && secretKey && writtenByAgent(component, accessKey, secretKey) && awsLoginVolume(component, accessKey, secretKey);
  return {
    environment: [
      ...(login ? [AWS_LOGIN.variable] : []),
      ...(accessKey && !login ? [secretVariable(component, 'AWS_ACCESS_KEY_ID', accessKey)] : []),
      ...(secretKey && !login ? [secretVariable(component, 'AWS_SECRET_ACCESS_KEY', secretKey)] : []),
      ...(proxyUrl === undefined
        ? []
        : [
            { name: 'HTTP_PROXY', value: proxyUrl },
            { name: 'HTTPS_PROXY', value: proxyUrl },
            {
              name: 'NO_PROXY',
              value: ['localhost', '127.0.0.1', '.svc', `.${domain}`, ...new Set([...DIRECT_RANGES, ...podCidrs])].join(','),
            },
          ]),
    ],
    volumes: [
      ...(login ? [login] : []),
      ...(certificateAuthority
        ? [
            {
              name: AUTHORITY_VOLUME,
              secret: { secretName: certificateAuthority.secretName, items: [{ key: certificateAuthority.key, path: 'ca.crt' }] },
            },
          ]
        : []),
    ],
    mounts: [
      ...(login ? [AWS_LOGIN.mount] : []),
      ...(certificateAuthority ? [{ name: AUTHORITY_VOLUME, mountPath: AUTHORITY_PATH, readOnly: true }] : []),
    ],
    certificateAuthorityFile: certificateAuthority && `${AUTHORITY_PATH}/ca.crt`,
    serviceAccountAnnotations: identity.serviceAccountAnnotations,
    podLabels: identity.podLabels,
  };
}
