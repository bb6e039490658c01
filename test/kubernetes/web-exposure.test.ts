import { Duration } from 'cdk8s';
import type { Construct } from 'constructs';
import { describe, expect, it } from 'vitest';
import { Pushgateway, type PushgatewayProps } from '../../src/exporters/pushgateway';
import { CertificateIssuerKind, type CertificateOptions, IngressCertificate } from '../../src/kubernetes/certificate';
import type { GatewayReference, IngressOptions } from '../../src/kubernetes/ingress-options';
import { WebAuthentication } from '../../src/kubernetes/web-authentication';
import { MonitoringContext } from '../../src/settings/monitoring-context';
import type { Prerequisite } from '../../src/stack/prerequisites';
import { Prerequisites } from '../../src/stack/prerequisites';
import {
  BASIC_AUTHENTICATION,
  type Manifest,
  manifestOf,
  OPEN_TO_EVERYBODY,
  synthesisError,
  synthesize,
} from '../support/constructs';

const HOST = 'push.example.com';

const push = (props: PushgatewayProps) => (chart: Construct) => {
  new Pushgateway(chart, 'push', props);
};

const make = (ingress: Partial<IngressOptions>, authentication = BASIC_AUTHENTICATION): Manifest[] =>
  synthesize(push({ ingress: { host: HOST, ...ingress }, authentication }));

/** What must exist, without StorageClasses and the like. */
function required(props: PushgatewayProps): Pick<Prerequisite, 'kind' | 'name' | 'keys'>[] {
  let found: Prerequisite[] = [];
  synthesize((chart) => {
    push(props)(chart);
    found = Prerequisites._of(MonitoringContext.of(chart)._plan.prerequisites).items;
  });
  return found.map(({ kind, name, keys }) => ({ kind, name, keys }));
}

const argumentsOf = (manifests: Manifest[]): string[] =>
  manifestOf(manifests, 'StatefulSet').spec.template.spec.containers[0].args;

describe('the certificate of an Ingress', () => {
  const tlsOf = (manifests: Manifest[]) => manifestOf(manifests, 'Ingress').spec.tls;

  it('is that of a Secret which exists', () => {
    expect(required({ ingress: { host: HOST, tlsSecretName: 'tls' }, authentication: BASIC_AUTHENTICATION })).toContainEqual({
      kind: 'Secret',
      name: 'tls',
      keys: ['tls.crt', 'tls.key'],
    });
    const annotations = { 'cert-manager.io/cluster-issuer': 'letsencrypt' };
    const made = required({ ingress: { host: HOST, tlsSecretName: 'tls', annotations }, authentication: BASIC_AUTHENTICATION });
    expect(made.map(({ name }) => name)).not.toContain('tls');
  });

  it('is made by cert-manager that reads an annotation', () => {
    const certificate = IngressCertificate.annotation({ issuer: 'letsencrypt' });
    const manifests = make({ certificate, annotations: { a: 'b' } });
    expect(manifestOf(manifests, 'Ingress').metadata.annotations).toEqual({
      'cert-manager.io/cluster-issuer': 'letsencrypt',
      a: 'b',
    });
    expect(tlsOf(manifests)).toEqual([{ hosts: [HOST], secretName: 'monitoring-pushgateway-tls' }]);
    expect(argumentsOf(manifests)).toContain(`--web.external-url=https://${HOST}`);
    expect(required({ ingress: { host: HOST, certificate }, authentication: BASIC_AUTHENTICATION })).toContainEqual({
      kind: 'CustomObject',
      name: 'ClusterIssuer letsencrypt',
      keys: [],
    });
    const own = IngressCertificate.annotation({ issuer: 'ca', issuerKind: CertificateIssuerKind.ISSUER });
    expect(manifestOf(make({ certificate: own }), 'Ingress').metadata.annotations).toEqual({ 'cert-manager.io/issuer': 'ca' });
  });

  it('is an object of cert-manager, with every option', () => {
    const options: Required<CertificateOptions> = {
      issuer: 'ca',
      issuerKind: CertificateIssuerKind.ISSUER,
      dnsNames: ['push.other.com', HOST],
      duration: Duration.days(30),
      renewBefore: Duration.days(10),
    };
    const manifests = make({ certificate: IngressCertificate.object(options), tlsSecretName: 'push-tls' });
    expect(manifestOf(manifests, 'Certificate').spec).toEqual({
      secretName: 'push-tls',
      dnsNames: [HOST, 'push.other.com'],
      issuerRef: { group: 'cert-manager.io', kind: 'Issuer', name: 'ca' },
      duration: '720h',
      renewBefore: '240h',
    });
    expect(tlsOf(manifests)[0].secretName).toBe('push-tls');
    expect(manifestOf(manifests, 'Ingress').metadata.annotations).toBeUndefined();
  });

  it('holds and is renewed within the limits of cert-manager', () => {
    const bad = { issuer: 'ca', duration: Duration.minutes(59), renewBefore: Duration.minutes(59) };
    const error = synthesisError(
      push({ ingress: { host: HOST, certificate: IngressCertificate.object(bad) }, authentication: BASIC_AUTHENTICATION }),
    );
    expect(error).toContain('ingress.certificate.duration is 59m; allowed is at least 1h');
    expect(error).toContain('ingress.certificate.renewBefore is 59m; allowed are at least 5m');
  });
});

describe('a Gateway', () => {
  const gateway: Required<GatewayReference> = { name: 'public', namespace: 'gateways', listener: 'https', https: false };

  it('takes an HTTPRoute in place of the Ingress', () => {
    const manifests = make({ gateway, annotations: { a: 'b' } });
    expect(manifests.filter(({ kind }) => kind === 'Ingress')).toEqual([]);
    const { metadata, spec } = manifestOf(manifests, 'HTTPRoute');
    expect(metadata.annotations).toEqual({ a: 'b' });
    expect(spec).toEqual({
      parentRefs: [{ name: 'public', namespace: 'gateways', sectionName: 'https' }],
      hostnames: [HOST],
      rules: [
        {
          matches: [{ path: { type: 'PathPrefix', value: '/' } }],
          backendRefs: [{ name: 'monitoring-pushgateway', port: 9091 }],
        },
      ],
    });
    expect(argumentsOf(manifests)).toContain(`--web.external-url=http://${HOST}`);
    expect(argumentsOf(make({ gateway: { name: 'public' } }))).toContain(`--web.external-url=https://${HOST}`);
    expect(required({ ingress: { host: HOST, gateway }, authentication: BASIC_AUTHENTICATION })).toEqual(
      expect.arrayContaining([
        { kind: 'CustomResourceDefinition', name: 'httproutes.gateway.networking.k8s.io', keys: [] },
        { kind: 'CustomObject', name: 'Gateway public', keys: [] },
      ]),
    );
  });

  it('has class and certificate of its own', () => {
    const certificate = IngressCertificate.annotation({ issuer: 'ca' });
    const error = synthesisError(
      push({
        ingress: { host: HOST, gateway, className: 'nginx', tlsSecretName: 'tls', certificate },
        authentication: BASIC_AUTHENTICATION,
      }),
    );
    for (const property of ['className', 'tlsSecretName', 'certificate']) {
      expect(error).toContain(`ingress.${property} is given beside ingress.gateway`);
    }
  });
});

describe('a program without accounts', () => {
  it('stands behind an Ingress by an explicit choice only', () => {
    expect(synthesisError(push({ ingress: { host: HOST } }))).toContain(
      '[test/push] ingress is push.example.com without a login; allowed is an explicit choice: give `authentication`, or put "pushgateway-without-login" into acknowledgedWarnings',
    );
    const acknowledged = synthesize(push({ ingress: { host: HOST } }), OPEN_TO_EVERYBODY);
    expect(manifestOf(acknowledged, 'Ingress').spec.rules[0].host).toBe(HOST);
  });

  it('asks for passwords itself, by a file that stays in its Secret', () => {
    const manifests = make({});
    const { containers, volumes } = manifestOf(manifests, 'StatefulSet').spec.template.spec;
    expect(argumentsOf(manifests)).toContain('--web.config.file=/etc/web/web.yml');
    expect(volumes).toEqual([
      { name: 'web-config', secret: { secretName: 'web', items: [{ key: 'web.yml', path: 'web.yml' }] } },
    ]);
    expect(containers[0].readinessProbe).toEqual({ tcpSocket: { port: 'http' } });
    expect(required({ authentication: BASIC_AUTHENTICATION })).toContainEqual({ kind: 'Secret', name: 'web', keys: ['web.yml'] });
  });

  it('is asked for by the ingress controller', () => {
    const annotationsOf = (authentication: WebAuthentication) =>
      manifestOf(make({}, authentication), 'Ingress').metadata.annotations;
    expect(
      annotationsOf(
        WebAuthentication.nginxExternal({ url: 'https://auth.example/auth', signInUrl: 'https://auth.example/start' }),
      ),
    ).toEqual({
      'nginx.ingress.kubernetes.io/auth-url': 'https://auth.example/auth',
      'nginx.ingress.kubernetes.io/auth-signin': 'https://auth.example/start',
    });
    expect(annotationsOf(WebAuthentication.traefikMiddleware('login'))).toEqual({
      'traefik.ingress.kubernetes.io/router.middlewares': 'monitoring-login@kubernetescrd',
    });
    expect(annotationsOf(WebAuthentication.annotations({ 'example.com/auth': 'yes' }))).toEqual({ 'example.com/auth': 'yes' });
    expect(argumentsOf(make({}, WebAuthentication.traefikMiddleware('login'))).join(' ')).not.toContain('web.config');
  });

  it('is asked for by an extension of the Gateway, or by a policy of somebody else', () => {
    const gateway = { name: 'public' };
    const route = manifestOf(make({ gateway }, WebAuthentication.traefikMiddleware('login')), 'HTTPRoute');
    expect(route.spec.rules[0].filters).toEqual([
      { type: 'ExtensionRef', extensionRef: { group: 'traefik.io', kind: 'Middleware', name: 'login' } },
    ]);
    expect(route.metadata.annotations).toBeUndefined();
    const policy = WebAuthentication.policy({ kind: 'SecurityPolicy', name: 'oidc', namespace: 'gateways' });
    expect(required({ ingress: { host: HOST, gateway }, authentication: policy })).toContainEqual({
      kind: 'CustomObject',
      name: 'SecurityPolicy oidc',
      keys: [],
    });
  });

  it('is asked for where somebody comes by', () => {
    const errorOf = (authentication: WebAuthentication, ingress?: IngressOptions) =>
      synthesisError(push({ ingress, authentication }));
    expect(errorOf(WebAuthentication.traefikMiddleware('login'))).toContain('authentication is one before the Ingress');
    expect(errorOf(WebAuthentication.annotations({}), { host: HOST })).toContain('authentication has no annotation');
    expect(errorOf(WebAuthentication.nginxExternal({ url: 'auth' }), { host: HOST })).toContain('authentication.url is "auth"');
    expect(errorOf(WebAuthentication.annotations({ a: 'b' }), { host: HOST, gateway: { name: 'g' } })).toContain(
      'authentication is one of an Ingress; allowed is one of an HTTPRoute',
    );
  });
});
