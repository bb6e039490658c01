import { App, Duration, Size, Testing } from 'cdk8s';
import type { Construct } from 'constructs';
import { describe, expect, it } from 'vitest';
import { AlertReceiver } from '../../src/alertmanager/alert-receiver';
import { Alertmanager } from '../../src/alertmanager/alertmanager';
import { Grafana } from '../../src/grafana/grafana';
import { WebAuthentication } from '../../src/kubernetes/web-authentication';
import { LokiCanary } from '../../src/loki/loki-canary';
import { OperatorAlertmanager } from '../../src/operator/operator-alertmanager';
import { Prometheus } from '../../src/prometheus/prometheus';
import { Cpu } from '../../src/settings/cpu';
import { Endpoint, EndpointProtocol } from '../../src/settings/endpoint';
import { MonitoringContext } from '../../src/settings/monitoring-context';
import { ObjectStorage } from '../../src/settings/object-storage';
import { SecretKey } from '../../src/settings/secret-key';
import { type AgentInjectorOptions, SecretSource } from '../../src/settings/secret-source';
import { StorageIdentity } from '../../src/settings/storage-identity';
import { MonitoringStack } from '../../src/stack/monitoring-stack';
import { Prerequisites } from '../../src/stack/prerequisites';
import { ThanosStoreGateway } from '../../src/thanos/thanos-store-gateway';
import { type Manifest, manifestOf, synthesisError, synthesize } from '../support/constructs';

const OPENBAO = Endpoint.external({ host: 'openbao.openbao.svc', port: 8200, namespace: 'openbao' });

const STORAGE = ObjectStorage.s3Compatible({
  endpoint: 's3.example.com',
  region: 'region-1',
  bucketPrefix: 'shop',
  identity: StorageIdentity.accessKeys('object-storage'),
});

const agent = (options: Partial<AgentInjectorOptions> = {}) =>
  SecretSource.agentInjector({ server: OPENBAO, role: 'monitoring', ...options });

const alertmanager = (chart: Construct) => {
  new Alertmanager(chart, 'alertmanager', { secrets: [SecretKey.of('slack', 'url'), SecretKey.of('mail', 'password')] });
};

const podOf = (manifests: Manifest[], name = 'alertmanager') =>
  manifestOf(manifests, 'StatefulSet', `monitoring-${name}`).spec.template;

/** Annotations of the injector, without their prefix. */
function annotationsOf(pod: Manifest): Record<string, string> {
  const entries = Object.entries<string>(pod.metadata.annotations);
  return Object.fromEntries(entries.flatMap(([key, value]) => (/^vault/.test(key) ? [[key.split('/')[1], value]] : [])));
}

/** What the template of an agent has for a key; missing, it is an error. */
const templateOf = (path: string, key: string, data = '.Data.data') =>
  `{{ with secret "${path}" }}{{ with index ${data} "${key}" }}{{ . }}{{ else }}{{ sprig_fail "${path} has no ${key}" }}{{ end }}{{ end }}`;

describe('Secrets that an agent writes', () => {
  it('are files where the volume of the Secret would be, of the containers that read them', () => {
    const pod = podOf(synthesize(alertmanager, { secrets: agent() }));
    expect(annotationsOf(pod)).toEqual({
      'agent-inject': 'true',
      'agent-inject-containers': 'alertmanager',
      'agent-service-account-token-volume-name': 'secrets-agent-token',
      service: 'http://openbao.openbao.svc:8200',
      role: 'monitoring',
      'agent-inject-secret-1': 'secret/data/mail',
      'agent-inject-template-1': templateOf('secret/data/mail', 'password'),
      'secret-volume-path-1': '/etc/alertmanager/secrets',
      'agent-inject-file-1': 'mail/password',
      'agent-inject-secret-2': 'secret/data/slack',
      'agent-inject-template-2': templateOf('secret/data/slack', 'url'),
      'secret-volume-path-2': '/etc/alertmanager/secrets',
      'agent-inject-file-2': 'slack/url',
    });
    const existing = podOf(synthesize(alertmanager)).spec;
    const without = <Item extends { name: string }>(items: Item[]) => items.filter(({ name }) => name !== 'secrets');
    expect(existing.volumes.length).toBe(without(existing.volumes).length + 1);
    expect(pod.spec.volumes).toEqual([
      ...without(existing.volumes),
      {
        name: 'secrets-agent-token',
        projected: { sources: [{ serviceAccountToken: { path: 'token', expirationSeconds: 7200 } }] },
      },
    ]);
    expect(pod.spec.containers[0].volumeMounts).toEqual(without(existing.containers[0].volumeMounts));
  });

  it('come from where the options say', () => {
    const every: Required<AgentInjectorOptions> = {
      server: Endpoint.external({
        host: 'vault.example.com',
        port: 8200,
        protocol: EndpointProtocol.HTTPS,
        cidrs: ['10.1.0.0/24'],
      }),
      role: 'team',
      authPath: 'auth/development',
      tokenAudience: 'vault',
      mount: 'kv',
      keyValueVersion: 1,
      pathPrefix: 'monitoring/',
      paths: { slack: 'chat' },
      refreshInterval: Duration.minutes(1),
      certificateAuthority: SecretKey.of('vault-ca', 'ca.crt'),
      resources: {
        cpuRequest: Cpu.millis(10),
        cpuLimit: Cpu.millis(100),
        memoryRequest: Size.mebibytes(32),
        memoryLimit: Size.mebibytes(64),
      },
      existing: ['mail'],
    };
    const only = (chart: Construct) => {
      new Alertmanager(chart, 'alertmanager', { secrets: [SecretKey.of('slack', 'url')] });
    };
    const manifests = synthesize(only, { secrets: SecretSource.agentInjector(every) });
    expect(annotationsOf(podOf(manifests))).toEqual({
      'agent-inject': 'true',
      'agent-inject-containers': 'alertmanager',
      'agent-service-account-token-volume-name': 'secrets-agent-token',
      service: 'https://vault.example.com:8200',
      role: 'team',
      'auth-path': 'auth/development',
      'template-static-secret-render-interval': '1m',
      'tls-secret': 'vault-ca',
      'ca-cert': '/vault/tls/ca.crt',
      'agent-requests-cpu': '10m',
      'agent-limits-cpu': '100m',
      'agent-requests-mem': '32Mi',
      'agent-limits-mem': '64Mi',
      'agent-inject-secret-1': 'kv/chat',
      'agent-inject-template-1': templateOf('kv/chat', 'url', '.Data'),
      'secret-volume-path-1': '/etc/alertmanager/secrets',
      'agent-inject-file-1': 'slack/url',
    });
    const token = podOf(manifests).spec.volumes.find(({ name }: { name: string }) => name === 'secrets-agent-token');
    expect(token.projected.sources[0].serviceAccountToken.audience).toBe('vault');
    // The agent is in the pod, so the pod's policy must let it out.
    expect(JSON.stringify(manifestOf(manifests, 'NetworkPolicy', 'monitoring-alertmanager').spec.egress)).toContain(
      '10.1.0.0/24',
    );

    const base = { ...every, existing: undefined };
    const text = (options: AgentInjectorOptions) =>
      JSON.stringify(synthesize(alertmanager, { secrets: SecretSource.agentInjector(options) }));
    const defaults: { readonly [Option in keyof AgentInjectorOptions]: AgentInjectorOptions[Option] } = {
      server: OPENBAO,
      role: 'other',
    };
    for (const option of Object.keys(base).filter((name) => name !== 'existing') as (keyof AgentInjectorOptions)[]) {
      expect(text({ ...base, [option]: defaults[option] }), option).not.toBe(text(base));
    }
  });

  it('are what the prerequisites name, with the account that the role must know', () => {
    let items: Prerequisites['items'] = [];
    synthesize(
      (chart) => {
        alertmanager(chart);
        items = Prerequisites._of(MonitoringContext.of(chart)._plan.prerequisites).items;
      },
      { secrets: agent({ certificateAuthority: SecretKey.of('vault-ca', 'ca.crt') }) },
    );
    expect(items.filter(({ kind }) => ['Secret', 'AgentRole'].includes(kind)).map(({ name, keys }) => [name, ...keys])).toEqual([
      ['monitoring', 'secret/data/mail#password', 'secret/data/slack#url'],
      ['vault-ca', 'ca.crt'],
    ]);
  });

  it('may be the files by which a program asks for passwords, and the keys of object storage', () => {
    const make = (secrets: SecretSource) =>
      synthesize(
        (chart) => {
          new Prometheus(chart, 'prometheus', {
            authentication: WebAuthentication.basic({
              webConfig: SecretKey.of('web', 'web.yml'),
              stackUser: { user: 'stack', password: SecretKey.of('web', 'password') },
            }),
          });
          new ThanosStoreGateway(chart, 'store', { objectStorage: STORAGE });
        },
        { secrets },
      );
    const manifests = make(agent());
    const files = (name: string) => {
      const values = annotationsOf(podOf(manifests, name));
      return ['1', '2'].flatMap((number) => {
        const file = values[`agent-inject-file-${number}`];
        return file === undefined ? [] : [`${values[`secret-volume-path-${number}`]}/${file}`];
      });
    };
    expect(files('prometheus')).toEqual(['/etc/prometheus/logins/web/password', '/etc/web/web.yml']);
    expect(files('thanos-store')).toEqual(['/etc/object-storage-login/credentials']);
    const store = podOf(manifests, 'thanos-store');
    expect(annotationsOf(store)['agent-inject-template-1']).toBe(
      '[default]\n' +
        `aws_access_key_id = ${templateOf('secret/data/object-storage', 'access-key')}\n` +
        `aws_secret_access_key = ${templateOf('secret/data/object-storage', 'secret-key')}\n`,
    );
    expect(store.spec.containers[0].env).toContainEqual({
      name: 'AWS_SHARED_CREDENTIALS_FILE',
      value: '/etc/object-storage-login/credentials',
    });
    expect(JSON.stringify(store)).not.toContain('secretKeyRef');
    expect(make(agent({ existing: ['web', 'object-storage'] }))).toEqual(make(SecretSource.existing()));
  });

  it('are all that a stack with object storage needs', () => {
    const stack = new MonitoringStack(new App(), 'stack', {
      secrets: agent(),
      objectStorage: STORAGE,
      prometheus: {},
      thanos: {},
      loki: {},
      grafana: {},
      alertmanager: {
        route: { receiver: AlertReceiver.slack('slack', { apiUrl: SecretKey.of('slack', 'url'), channel: '#alerts' }) },
      },
    });
    const pods = Testing.synth(stack).filter(({ spec }) => spec?.template);
    expect(JSON.stringify(pods)).not.toMatch(/"secretKeyRef"|"secretName"|"secret":/);
    expect(stack.prerequisites.items.map(({ kind }) => kind)).not.toContain('Secret');
  });

  it('are refused where a program takes them in another way', () => {
    const error = synthesisError(
      (chart) => {
        new LokiCanary(chart, 'canary', {
          loki: Endpoint.external({ host: 'loki.example.com', port: 80, cidrs: ['10.0.0.0/8'] }),
          credentials: { username: SecretKey.of('loki', 'user'), password: SecretKey.of('loki', 'password') },
        });
        new OperatorAlertmanager(chart, 'alertmanager', { secrets: [SecretKey.of('slack', 'url')] });
      },
      { secrets: agent() },
    );
    expect(error).toContain(
      'secrets is an agent that writes files; allowed is it for what loki-canary reads from files, but it reads loki/password in another way',
    );
    expect(error).toContain('alertmanager reads from files, but it reads slack/url in another way');
  });

  it('are refused beside others of one folder', () => {
    const error = synthesisError(alertmanager, { secrets: agent({ existing: ['mail'] }) });
    expect(error).toContain('secrets.existing has some of the Secrets in the volume secrets of alertmanager, beside slack');
    expect(
      synthesisError(
        (chart) => new Grafana(chart, 'grafana', { generateAdmin: true, encryptionKey: SecretKey.of('key', 'key') }),
        { secrets: agent() },
      ),
    ).toContain('the volume credentials of grafana, beside key');
  });

  it('have paths that mean the same in a template', () => {
    const error = synthesisError(alertmanager, {
      secrets: agent({
        role: 'a b',
        mount: '"',
        pathPrefix: '{{',
        paths: { slack: '' },
        keyValueVersion: 3,
        refreshInterval: Duration.millis(1),
        authPath: '/x',
      }),
    });
    for (const part of ['role is "a b"', 'mount is "\\""', 'pathPrefix is "{{"', 'paths.slack is ""', 'authPath is "/x"']) {
      expect(error).toContain(`secrets.${part}; allowed are letters`);
    }
    expect(error).toContain('secrets.keyValueVersion is 3; allowed are 1 and 2');
    expect(error).toContain('secrets.refreshInterval is 1 ms');
  });
});
