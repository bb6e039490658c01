import { Duration } from 'cdk8s';
import type { Construct } from 'constructs';
import { describe, expect, it } from 'vitest';
import { Alertmanager } from '../../src/alertmanager/alertmanager';
import { Grafana } from '../../src/grafana/grafana';
import { Cluster } from '../../src/settings/cluster';
import { MonitoringContext } from '../../src/settings/monitoring-context';
import { SecretKey } from '../../src/settings/secret-key';
import { type ExternalSecretsOptions, SecretSource, SecretStoreKind } from '../../src/settings/secret-source';
import { Prerequisites } from '../../src/stack/prerequisites';
import { type Manifest, manifestOf, synthesisError, synthesize } from '../support/constructs';

const construct = (chart: Construct) => {
  new Grafana(chart, 'grafana', { encryptionKey: SecretKey.of('grafana-key', 'key') });
  new Alertmanager(chart, 'alertmanager', {
    secrets: [SecretKey.of('grafana-admin', 'token'), SecretKey.of('slack', 'url')],
  });
};

const make = (secrets: SecretSource): Manifest[] => synthesize(construct, { secrets });

const external = (options: Partial<ExternalSecretsOptions> = {}) =>
  SecretSource.externalSecrets({ store: 'openbao', ...options });

const objectsOf = (secrets: SecretSource) => make(secrets).filter(({ kind }) => kind === 'ExternalSecret');

/** Kind, name and keys of what must exist, of the kinds that have to do with Secrets. */
function requiredBy(secrets: SecretSource): string[] {
  let found: string[] = [];
  synthesize(
    (chart) => {
      construct(chart);
      const { items } = Prerequisites._of(MonitoringContext.of(chart)._plan.prerequisites);
      found = items.map(({ kind, namespace, name, keys }) => [kind, namespace ?? '-', name, ...keys].join(' '));
    },
    { secrets, cluster: Cluster.generic({ name: 'shop', storageClassName: 'fast' }) },
  );
  return found.filter((item) => !item.startsWith('StorageClass'));
}

describe('Secrets', () => {
  it('exist unless a source makes them', () => {
    expect(objectsOf(SecretSource.existing())).toEqual([]);
    expect(requiredBy(SecretSource.existing())).toEqual([
      'Secret monitoring grafana-admin admin-password admin-user token',
      'Secret monitoring grafana-key key',
      'Secret monitoring slack url',
    ]);
  });

  it('come out of a store with the keys that components read, one object for each', () => {
    const objects = objectsOf(external());
    expect(objects.map(({ metadata }) => [metadata.namespace, metadata.name])).toEqual([
      ['monitoring', 'grafana-admin'],
      ['monitoring', 'grafana-key'],
      ['monitoring', 'slack'],
    ]);
    expect(objects[0].spec).toEqual({
      secretStoreRef: { name: 'openbao', kind: 'ClusterSecretStore' },
      target: { name: 'grafana-admin' },
      data: ['admin-password', 'admin-user', 'token'].map((key) => ({
        secretKey: key,
        remoteRef: { key: 'grafana-admin', property: key },
      })),
    });
    expect(requiredBy(external())).toEqual([
      'CustomObject - ClusterSecretStore openbao grafana-admin#admin-password grafana-admin#admin-user grafana-admin#token grafana-key#key slack#url',
      'CustomResourceDefinition - externalsecrets.external-secrets.io',
    ]);
  });

  it('are found in the store where the options say', () => {
    const every: Required<ExternalSecretsOptions> = {
      store: 'team',
      storeKind: SecretStoreKind.SECRET_STORE,
      pathPrefix: 'kv/monitoring/',
      paths: { slack: 'kv/chat' },
      refreshInterval: Duration.minutes(5),
      existing: ['grafana-key'],
    };
    const objects = objectsOf(external(every));
    expect(objects.map(({ spec }) => [spec.secretStoreRef, spec.refreshInterval, spec.data[0].remoteRef])).toEqual([
      [{ name: 'team', kind: 'SecretStore' }, '5m', { key: 'kv/monitoring/grafana-admin', property: 'admin-password' }],
      [{ name: 'team', kind: 'SecretStore' }, '5m', { key: 'kv/chat', property: 'url' }],
    ]);
    expect(requiredBy(external(every))).toContain('Secret monitoring grafana-key key');
    expect(requiredBy(external(every))[0]).toBe(
      'CustomObject monitoring SecretStore team kv/chat#url kv/monitoring/grafana-admin#admin-password kv/monitoring/grafana-admin#admin-user kv/monitoring/grafana-admin#token',
    );
  });

  it('are made by the volumes of the CSI driver in pods that read them', () => {
    const source = SecretSource.secretsStoreCsi({ secretProviderClass: 'vault', existing: ['slack', 'grafana-key'] });
    const manifests = make(source);
    const podOf = (name: string) => manifestOf(manifests, 'StatefulSet', `monitoring-${name}`).spec.template.spec;
    const volume = {
      name: 'secrets-store',
      csi: {
        driver: 'secrets-store.csi.k8s.io',
        readOnly: true,
        volumeAttributes: { secretProviderClass: 'vault' },
      },
    };
    for (const name of ['grafana', 'alertmanager']) {
      expect(podOf(name).volumes).toContainEqual(volume);
      expect(podOf(name).containers[0].volumeMounts).toContainEqual({
        name: 'secrets-store',
        mountPath: '/mnt/secrets-store',
        readOnly: true,
      });
    }
    expect(requiredBy(source)).toEqual([
      'CustomObject monitoring SecretProviderClass vault grafana-admin/admin-password grafana-admin/admin-user grafana-admin/token',
      'CustomResourceDefinition - secretproviderclasses.secrets-store.csi.x-k8s.io',
      'Secret monitoring grafana-key key',
      'Secret monitoring slack url',
    ]);
    const none = SecretSource.secretsStoreCsi({
      secretProviderClass: 'vault',
      existing: ['slack', 'grafana-key', 'grafana-admin'],
    });
    expect(make(none)).toEqual(make(SecretSource.existing()));
  });

  it('name their source as Kubernetes does', () => {
    const errorOf = (secrets: SecretSource) => synthesisError(construct, { secrets });
    const error = errorOf(external({ store: 'Open Bao', refreshInterval: Duration.millis(1) }));
    expect(error).toContain('secrets.store is "Open Bao"');
    expect(error).toContain('secrets.refreshInterval is 1 ms; allowed is at least 1 s');
    expect(errorOf(SecretSource.secretsStoreCsi({ secretProviderClass: '' }))).toContain('secrets.secretProviderClass is ""');
  });
});
