import { App, Testing } from 'cdk8s';
import { load } from 'js-yaml';
import { describe, expect, it } from 'vitest';
import { WebAuthentication } from '../../src/kubernetes/web-authentication';
import { ObjectStorage } from '../../src/settings/object-storage';
import { SecretKey } from '../../src/settings/secret-key';
import { StorageIdentity } from '../../src/settings/storage-identity';
import { MonitoringStack } from '../../src/stack/monitoring-stack';
import type { MonitoringStackProps } from '../../src/stack/stack-options';
import { BASIC_AUTHENTICATION, type Manifest, manifestOf } from '../support/constructs';

const authentication = BASIC_AUTHENTICATION;
const objectStorage = ObjectStorage.amazonS3({
  region: 'eu-central-1',
  bucketPrefix: 'shop',
  identity: StorageIdentity.accessKeys('s3'),
});

const other = WebAuthentication.basic({
  webConfig: SecretKey.of('alerts-web', 'web.yml'),
  stackUser: { user: 'alerts', password: SecretKey.of('alerts-web', 'password') },
});

const make = (props: MonitoringStackProps): Manifest[] => Testing.synth(new MonitoringStack(new App(), 'stack', props));

const errorOf = (props: MonitoringStackProps): string => {
  try {
    make(props);
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('synth succeeded, an error was expected');
};

describe('a stack whose programs ask for passwords', () => {
  const manifests = make({
    prometheus: { authentication },
    alertmanager: { authentication: other },
    thanos: { query: { authentication } },
    objectStorage,
    grafana: {},
  });
  const pod: Manifest = manifestOf(manifests, 'StatefulSet', 'monitoring-prometheus').spec.template.spec;

  it('logs in where it scrapes and where it sends alerts', () => {
    const { alerting, scrape_configs: jobs } = load(
      manifestOf(manifests, 'ConfigMap', 'monitoring-prometheus-config').data['prometheus.yml'],
    ) as Manifest;
    const logins = Object.fromEntries(
      jobs.filter((job: Manifest) => job.basic_auth).map((job: Manifest) => [job.job_name, job.basic_auth]),
    );
    const stack = { username: 'stack', password_file: '/etc/prometheus/logins/web-user/password' };
    const alerts = { username: 'alerts', password_file: '/etc/prometheus/logins/alerts-web/password' };
    expect(logins).toEqual({ prometheus: stack, alertmanager: alerts, 'thanos-query': stack });
    expect(alerting.alertmanagers).toMatchObject([{ basic_auth: alerts }]);
    const { sources } = pod.volumes.find(({ name }: Manifest) => name === 'logins').projected;
    expect(sources.map(({ secret }: Manifest) => secret.name)).toEqual(['alerts-web', 'web-user']);
  });

  it('has a sidecar that logs in, and notices when that changes', () => {
    const [, sidecar] = pod.containers;
    expect(sidecar.args).toContain('--prometheus.http-client-file=/etc/prometheus/client/http-client.yml');
    expect(sidecar.volumeMounts.map(({ mountPath }: Manifest) => mountPath)).toEqual(
      expect.arrayContaining(['/etc/prometheus/client', '/etc/prometheus/logins']),
    );
    const checksumOf = (user: string) => {
      const given = WebAuthentication.basic({
        webConfig: SecretKey.of('w', 'web.yml'),
        stackUser: { user, password: SecretKey.of('w', 'p') },
      });
      return manifestOf(make({ prometheus: { authentication: given } }), 'StatefulSet').spec.template.metadata.annotations[
        'checksum/config'
      ];
    };
    expect(checksumOf('a')).not.toBe(checksumOf('b'));
  });

  it('has data sources that log in', () => {
    const { datasources } = load(
      manifestOf(manifests, 'ConfigMap', 'monitoring-grafana-config').data['datasources.yaml'],
    ) as Manifest;
    expect(datasources.map(({ uid, basicAuthUser }: Manifest) => [uid, basicAuthUser])).toEqual([
      ['prometheus', 'stack'],
      ['thanos', 'stack'],
      ['thanos-long-term', 'stack'],
      ['alertmanager', 'alerts'],
    ]);
  });

  it('refuses what cannot log in', () => {
    const refused = (who: string) =>
      `which asks for user and password; allowed are endpoints without, because ${who} cannot log in`;
    expect(errorOf({ prometheus: {}, objectStorage, thanos: { query: { authentication }, queryFrontend: {} } })).toContain(
      refused('thanos-query-frontend'),
    );
    expect(errorOf({ alertmanager: { authentication }, loki: {} })).toContain(refused('loki'));
  });
});
