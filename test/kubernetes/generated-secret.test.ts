import { type Chart, Size } from 'cdk8s';
import { describe, expect, it } from 'vitest';
import { Grafana } from '../../src/grafana/grafana';
import { GeneratedSecret, type GeneratedSecretProps } from '../../src/kubernetes/generated-secret';
import { MonitoringContext } from '../../src/settings/monitoring-context';
import { Placement } from '../../src/settings/placement';
import { SecretKey } from '../../src/settings/secret-key';
import { expectEveryPropToMatter, type Manifest, manifestOf, synthesisError, synthesize } from '../support/constructs';

const MINIMAL: GeneratedSecretProps = { secretName: 'web', generatedKeys: ['password'] };

const secret = (chart: Chart, props: GeneratedSecretProps = MINIMAL) => new GeneratedSecret(chart, 'secret', props);

const variablesOf = (manifests: Manifest[]): Record<string, string> =>
  Object.fromEntries(
    manifestOf(manifests, 'Job').spec.template.spec.containers[0].env.map(({ name, value }: Manifest) => [name, value]),
  );

describe('GeneratedSecret', () => {
  it('synthesizes with minimal properties', () => expect(synthesize(secret)).toMatchSnapshot());

  it('has no dead property', () => {
    const every: Required<GeneratedSecretProps> = {
      secretName: 'other',
      generatedKeys: ['password', 'key'],
      values: { user: 'admin' },
      namespace: 'elsewhere',
      placement: Placement.labelled({ key: 'pool', value: 'monitoring' }),
      resources: { memoryLimit: Size.mebibytes(100) },
    };
    expectEveryPropToMatter(secret, MINIMAL, every);
  });

  it('may read and make one Secret', () => {
    const manifests = synthesize(secret);
    expect(manifestOf(manifests, 'Role').rules).toEqual([
      { apiGroups: [''], resources: ['secrets'], resourceNames: ['web'], verbs: ['get', 'create', 'patch'] },
    ]);
    expect(manifests.filter(({ kind }) => /Cluster/.test(kind))).toEqual([]);
  });

  it('has no value that is made up, and others as they are', () => {
    const props = { ...MINIMAL, values: { user: '$(HOME) "quoted"' }, generatedKeys: ['password', 'key'] };
    const { SECRET_BODY, GENERATED_KEYS } = variablesOf(synthesize((chart) => secret(chart, props)));
    expect(GENERATED_KEYS).toBe('2');
    // "$$" is a dollar to Kubernetes.
    expect(JSON.parse(SECRET_BODY.replaceAll('$$', '$')).stringData).toEqual({
      user: '$(HOME) "quoted"',
      password: '@generated-0@',
      key: '@generated-1@',
    });
  });

  it('says what is wrong', () => {
    const error = synthesisError((chart) =>
      secret(chart, { secretName: 'No', generatedKeys: ['a', 'a'], values: { 'b/c': '' } }),
    );
    expect(error).toContain('secretName is "No"; allowed are lower-case letters, digits and "-"');
    expect(error).toContain('keys have "a" twice; allowed is once');
    expect(error).toContain('keys have "b/c"; allowed are letters, digits, "-", "_" and "."');
    expect(synthesisError((chart) => secret(chart, { ...MINIMAL, generatedKeys: [] }))).toContain('generatedKeys is []');
  });
});

describe('the administrator of Grafana', () => {
  const bodyOf = (construct: (chart: Chart) => void): Record<string, string> =>
    JSON.parse(variablesOf(synthesize(construct)).SECRET_BODY).stringData;

  it('is made up where that is wanted, and then no Secret must exist', () => {
    expect(bodyOf((chart) => new Grafana(chart, 'grafana', { generateAdmin: true }))).toEqual({
      'admin-user': 'admin',
      'admin-password': '@generated-0@',
    });
    const required: string[] = [];
    for (const generateAdmin of [true, false]) {
      synthesize((chart) => {
        const plan = MonitoringContext.of(chart)._plan;
        new Grafana(chart, 'grafana', { generateAdmin });
        required.push(
          plan.prerequisites
            .filter(({ kind }) => kind === 'Secret')
            .map(({ name, keys }) => `${name} ${keys}`)
            .join(),
        );
      });
    }
    expect(required).toEqual(['', 'grafana-admin admin-user,grafana-admin admin-password']);
  });

  it('has a key for encryption in the same Secret, but none of another', () => {
    const of = (admin: string, key: string) =>
      bodyOf(
        (chart) =>
          new Grafana(chart, 'grafana', {
            generateAdmin: true,
            admin: { user: SecretKey.of('names', 'user'), password: SecretKey.of(admin, 'password') },
            encryptionKey: SecretKey.of(key, 'key'),
          }),
      );
    expect(of('web', 'web')).toEqual({ password: '@generated-0@', key: '@generated-1@' });
    expect(of('web', 'other')).toEqual({ password: '@generated-0@' });
  });
});
