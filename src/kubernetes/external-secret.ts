import type { k8s } from 'cdk8s-plus-28';
import type { SecretKey } from '../settings/secret-key';
import { type ExternalSecretsOptions, SecretStoreKind } from '../settings/secret-source';
import type { Component } from './component';
import { type InjectedPod, injectedPod, provideByAgent } from './injected-secrets';
import { type Kind, kind } from './kubernetes-api';
import { componentObject } from './objects';
import { goDuration } from './text';

/** An ExternalSecret: what is used of it. Source: external-secrets, deploy/crds, v1. */
export interface ExternalSecretObject {
  readonly spec: {
    readonly refreshInterval?: string;
    readonly secretStoreRef: { readonly name: string; readonly kind: string };
    readonly target: { readonly name: string };
    readonly data: { readonly secretKey: string; readonly remoteRef: { readonly key: string; readonly property: string } }[];
  };
}

const EXTERNAL_SECRET: Kind<ExternalSecretObject> = kind('external-secrets.io/v1', 'ExternalSecret');

/** Where the driver's volume is mounted; its files are not read there, but the Secrets that it makes. */
const STORE_MOUNT = { name: 'secrets-store', mountPath: '/mnt/secrets-store', readOnly: true };

/** Sees to it that the Secrets come about that a component reads and nobody else makes. */
export function provideSecrets(component: Component): void {
  const { _description: source } = component._context.secrets;
  component._onSecret((secret) => {
    const { namespace } = component._identity;
    if (source.kind === 'external') {
      externalSecret(component, secret, source);
    } else if (source.kind === 'agent') {
      provideByAgent(component, secret, source);
    } else if (source.kind === 'csi') {
      component._require({ kind: 'CustomResourceDefinition', name: 'secretproviderclasses.secrets-store.csi.x-k8s.io' });
      component._require({
        kind: 'CustomObject',
        namespace,
        name: `SecretProviderClass ${source.secretProviderClass}`,
        keys: [`${secret.secretName}/${secret.key}`],
      });
    }
  });
}

/** Containers, the main one first, and volumes of a pod, with the Secrets as their source has them. */
export function withSecrets(
  component: Component,
  [main, ...others]: readonly k8s.Container[],
  volumes: readonly k8s.Volume[],
): InjectedPod {
  const { _description: source } = component._context.secrets;
  if (source.kind !== 'csi' || component._secrets.length === 0) {
    return injectedPod(component, { containers: [main, ...others], volumes });
  }
  return {
    annotations: {},
    containers: [{ ...main, volumeMounts: [...(main.volumeMounts ?? []), STORE_MOUNT] }, ...others],
    volumes: [
      ...volumes,
      {
        name: STORE_MOUNT.name,
        csi: {
          driver: 'secrets-store.csi.k8s.io',
          readOnly: true,
          volumeAttributes: { secretProviderClass: source.secretProviderClass },
        },
      },
    ],
  };
}

/** One object for each Secret, whichever components of its namespace read it; its keys are complete at synth. */
function externalSecret(component: Component, { secretName, key }: SecretKey, options: ExternalSecretsOptions): void {
  const { store, storeKind = SecretStoreKind.CLUSTER_SECRET_STORE, pathPrefix = '', paths = {}, refreshInterval } = options;
  const { namespace } = component._identity;
  const path = paths[secretName] ?? `${pathPrefix}${secretName}`;
  component._require({ kind: 'CustomResourceDefinition', name: 'externalsecrets.external-secrets.io' });
  component._require({
    kind: 'CustomObject',
    name: `${storeKind} ${store}`,
    ...(storeKind === SecretStoreKind.SECRET_STORE && { namespace }),
    keys: [`${path}#${key}`],
  });
  const { providedKeys } = component._context._plan;
  const place = `${namespace}/${secretName}`;
  const known = providedKeys.get(place);
  if (known) {
    known.add(key);
    return;
  }
  const keys = new Set([key]);
  providedKeys.set(place, keys);
  componentObject(
    component,
    `external-secret-${secretName}`,
    EXTERNAL_SECRET,
    ['spec'],
    () => ({
      spec: {
        refreshInterval: refreshInterval && goDuration(refreshInterval),
        secretStoreRef: { name: store, kind: storeKind },
        target: { name: secretName },
        data: [...keys].sort().map((secretKey) => ({ secretKey, remoteRef: { key: path, property: secretKey } })),
      },
    }),
    { name: secretName },
  );
}
