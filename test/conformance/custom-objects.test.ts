import { Duration } from 'cdk8s';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Alertmanager } from '../../src/alertmanager/alertmanager';
import { Pushgateway } from '../../src/exporters/pushgateway';
import { Grafana } from '../../src/grafana/grafana';
import { CertificateIssuerKind, IngressCertificate } from '../../src/kubernetes/certificate';
import { WebAuthentication } from '../../src/kubernetes/web-authentication';
import { SecretSource } from '../../src/settings/secret-source';
import { type Manifest, synthesize } from '../support/constructs';
import { ApiServer } from './api-server';
import { findProgram } from './programs';
import { applyAll, defineResources, makeForeignNamespaces } from './stack-on-server';

const etcd = findProgram('etcd');
const apiServer = findProgram('kube-apiserver');

const certificate = IngressCertificate.object({
  issuer: 'ca',
  issuerKind: CertificateIssuerKind.ISSUER,
  dnsNames: ['*.example.com'],
  duration: Duration.days(30),
  renewBefore: Duration.days(10),
});
const gateway = { name: 'public', namespace: 'gateways', listener: 'https' };
const authentication = WebAuthentication.traefikMiddleware('login');

/** Every object of a definition that is not Kubernetes' own, with all that the library can write into it. */
const manifests: Manifest[] = synthesize(
  (chart) => {
    new Grafana(chart, 'grafana', { ingress: { host: 'grafana.example.com', certificate } });
    new Alertmanager(chart, 'alertmanager', { ingress: { host: 'alerts.example.com', gateway }, authentication });
    new Pushgateway(chart, 'pushgateway', { ingress: { host: 'push.example.com', certificate }, authentication });
  },
  { secrets: SecretSource.externalSecrets({ store: 'openbao', pathPrefix: 'kv/', refreshInterval: Duration.minutes(5) }) },
);

describe.skipIf(etcd === undefined || apiServer === undefined)('objects of other definitions', () => {
  let server: ApiServer;

  beforeAll(async () => {
    server = await ApiServer.start({ etcd: String(etcd), apiServer: String(apiServer) });
    await defineResources(server);
    await makeForeignNamespaces(server, manifests);
  });
  afterAll(() => server?.stop());

  it('are there', () => {
    const kinds = new Set(manifests.map(({ kind }) => kind));
    expect(['Certificate', 'HTTPRoute', 'ExternalSecret'].filter((kind) => !kinds.has(kind))).toEqual([]);
  });

  it('are taken with strict validation, and a second time without a change', async () => {
    expect(await applyAll(server, manifests)).toEqual([]);
    const generations = () =>
      Promise.all(
        manifests.map(async (manifest) => (await server.send('GET', await server.path(manifest))).body.metadata.resourceVersion),
      );
    const first = await generations();
    expect(await applyAll(server, manifests)).toEqual([]);
    expect(await generations()).toEqual(first);
  });

  it('are refused with a field that the definition does not have', async () => {
    const route = manifests.find(({ kind }) => kind === 'HTTPRoute');
    const wrong = { ...route, spec: { ...route.spec, hostname: 'x' } };
    expect(await applyAll(server, [wrong])).toEqual([expect.stringContaining('field not declared in schema')]);
  });
});
