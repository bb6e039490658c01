import { Size } from 'cdk8s';
import { Construct } from 'constructs';
import { describe, expect, it } from 'vitest';
import { Component } from '../../src/kubernetes/component';
import { networkPolicy } from '../../src/kubernetes/network-policy';
import { expose, offerMetrics, service } from '../../src/kubernetes/service';
import { Memcached } from '../../src/memcached/memcached';
import { Cluster } from '../../src/settings/cluster';
import { Endpoint } from '../../src/settings/endpoint';
import { type Manifest, manifestOf, synthesize } from '../support/constructs';

class Client extends Component {
  readonly http: Endpoint;
  constructor(scope: Construct, id: string, namespace?: string) {
    super(scope, id, { app: 'client', component: 'client', instance: id, options: { namespace } });
    networkPolicy(this);
    [this.http] = service(this, { ports: [{ target: { name: 'http', port: 8080 }, port: 80 }] });
  }
}

/** Callers and callees of a policy's rules, as `<namespace>/<component>`, with the ports. */
const rulesOf = (rules: Manifest[] | undefined, side: 'from' | 'to', own: string) =>
  (rules ?? []).map((rule) => {
    const peers = rule[side]?.map(
      ({ namespaceSelector, podSelector }: Manifest) =>
        `${namespaceSelector?.matchLabels['kubernetes.io/metadata.name'] ?? own}/${podSelector?.matchLabels['app.kubernetes.io/component'] ?? '*'}`,
    );
    return `${peers?.join(', ') ?? 'everybody'}: ${rule.ports?.map(({ port }: Manifest) => port).join(', ') ?? 'all'}`;
  });

/** What goes in and out of each component, DNS left out. */
const policiesOf = (manifests: Manifest[]) =>
  Object.fromEntries(
    manifests
      .filter(({ kind }) => kind === 'NetworkPolicy')
      .map(({ metadata, spec: { ingress, egress } }) => [
        `${metadata.namespace}/${metadata.name}`,
        { in: rulesOf(ingress, 'from', metadata.namespace), out: rulesOf(egress, 'to', metadata.namespace).slice(1) },
      ]),
  );

const cluster = Cluster.generic({ name: 'c', podCidrs: ['10.244.0.0/16', 'fd00::/64'], apiServerCidrs: ['10.0.0.1/32'] });

describe('NetworkPolicy', () => {
  it('lets in who is connected, by the port of the container', () => {
    const manifests = synthesize((chart) => {
      const server = new Client(chart, 'server');
      new Client(chart, 'caller', 'apps')._connect(server.http);
    });
    expect(manifestOf(manifests, 'NetworkPolicy', 'monitoring-client-server').spec.ingress).toEqual([
      {
        from: [
          {
            namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'apps' } },
            podSelector: {
              matchLabels: {
                'app.kubernetes.io/name': 'client',
                'app.kubernetes.io/instance': 'monitoring',
                'app.kubernetes.io/component': 'client-caller',
              },
            },
          },
        ],
        ports: [{ port: 8080 }],
      },
    ]);
    const { egress } = manifestOf(manifests, 'NetworkPolicy', 'monitoring-client-caller').spec;
    expect(egress).toHaveLength(2);
    expect(egress[0].ports).toEqual([{ port: 53, protocol: 'UDP' }, { port: 53 }]);
    expect(egress[1].to[0].namespaceSelector.matchLabels).toEqual({ 'kubernetes.io/metadata.name': 'monitoring' });
    expect(egress[1].ports).toEqual([{ port: 8080 }]);
  });

  it('gives nobody what is meant for another, not even for one of its name in another namespace', () => {
    const manifests = synthesize((chart) => {
      const [here, there] = [new Construct(chart, 'here'), new Construct(chart, 'there')];
      const [server, caller] = [new Client(here, 'server'), new Client(here, 'caller')];
      const [other, namesake] = [new Client(there, 'server', 'apps'), new Client(there, 'caller', 'apps')];
      caller._connect(server.http);
      offerMetrics(server, { name: 'metrics', port: 9100 });
      server._context._plan.scrapers.push(namesake._identity);
      expose(other, { name: 'web', port: 9200 });
      other._context._plan.namespaceReaches.push({ from: other._identity, namespace: 'data', ports: [5432] });
    });
    expect(policiesOf(manifests)).toEqual({
      'monitoring/monitoring-client-server': {
        in: ['monitoring/client-caller: 8080', 'apps/client-caller: 9100'],
        out: [],
      },
      'monitoring/monitoring-client-caller': { in: [], out: ['monitoring/client-server: 8080'] },
      'apps/monitoring-client-server': { in: ['everybody: 9200'], out: ['data/*: 5432'] },
      'apps/monitoring-client-caller': { in: [], out: ['monitoring/client-server: 9100'] },
    });
  });

  it('lets nobody out where another reaches outside', () => {
    const manifests = synthesize(
      (chart) => {
        new Client(chart, 'outside')._reachKubernetesApi();
        new Client(chart, 'inside');
      },
      { cluster },
    );
    expect(manifestOf(manifests, 'NetworkPolicy', 'monitoring-client-outside').spec.egress).toHaveLength(2);
    expect(manifestOf(manifests, 'NetworkPolicy', 'monitoring-client-inside').spec).not.toHaveProperty('egress');
  });

  it('joins callers of the same ports, and sorts both, in whatever order components are connected', () => {
    const manifests = synthesize((chart) => {
      const server = new Client(chart, 'server');
      const [late, early] = [new Client(chart, 'b'), new Client(chart, 'a')];
      late._connect(server.http);
      early._connect(server.http);
      for (const port of [10000, 9100]) {
        expose(server, { name: 'web', port });
      }
      for (const port of [9300, 9200]) {
        offerMetrics(server, { name: 'metrics', port });
      }
      server._context._plan.scrapers.push(late._identity, early._identity);
    });
    expect(policiesOf(manifests)['monitoring/monitoring-client-server'].in).toEqual([
      'everybody: 9100',
      'everybody: 10000',
      'monitoring/client-a, monitoring/client-b: 8080, 9200, 9300',
    ]);
  });

  it('keeps apart who may use different ports, and joins ports that the same may use', () => {
    const manifests = synthesize((chart) => {
      const server = new Client(chart, 'server');
      const [caller, both] = [new Client(chart, 'caller'), new Client(chart, 'both')];
      caller._connect(server.http);
      both._connect(server.http);
      offerMetrics(server, { name: 'metrics', port: 9100 });
      server._context._plan.scrapers.push(both._identity);
    });
    const policies = policiesOf(manifests);
    expect(policies['monitoring/monitoring-client-server'].in).toEqual([
      'monitoring/client-caller: 8080',
      'monitoring/client-both: 8080, 9100',
    ]);
    expect(policies['monitoring/monitoring-client-both'].out).toEqual(['monitoring/client-server: 8080, 9100']);
  });

  it('asks for every port of a namespace where some need calls for it, whatever else is listed', () => {
    const manifests = synthesize((chart) => {
      const client = new Client(chart, 'client');
      const reach = (ports: number[]) =>
        client._context._plan.namespaceReaches.push({ from: client._identity, namespace: 'data', ports });
      reach([5432]);
      reach([]);
    });
    expect(policiesOf(manifests)['monitoring/monitoring-client-client'].out).toEqual(['data/*: all']);
  });

  it('says nothing where nothing is connected', () => {
    const [policy] = synthesize((chart) => new Client(chart, 'alone')).filter(({ kind }) => kind === 'NetworkPolicy');
    expect(policy.spec).toEqual({ podSelector: expect.anything(), policyTypes: ['Ingress', 'Egress'] });
  });

  it('opens an exposed port to everybody, once', () => {
    const manifests = synthesize((chart) => {
      const server = new Client(chart, 'server');
      expose(server, { name: 'http', port: 8080 });
      new Client(chart, 'caller')._connect(server.http);
    });
    expect(manifestOf(manifests, 'NetworkPolicy', 'monitoring-client-server').spec.ingress).toEqual([
      { ports: [{ port: 8080 }] },
    ]);
  });

  it('connects scrapers to every metrics port', () => {
    const manifests = synthesize((chart) => {
      const scraper = new Client(chart, 'scraper');
      scraper._context._plan.scrapers.push(scraper._identity);
      offerMetrics(new Client(chart, 'target'), { name: 'metrics', port: 9999 });
    });
    expect(manifestOf(manifests, 'NetworkPolicy', 'monitoring-client-target').spec.ingress[0].ports).toEqual([{ port: 9999 }]);
    expect(manifestOf(manifests, 'NetworkPolicy', 'monitoring-client-scraper').spec.egress[1].ports).toEqual([{ port: 9999 }]);
  });

  it('reaches what is outside by address, without the pods', () => {
    const manifests = synthesize(
      (chart) => {
        const client = new Client(chart, 'outside');
        client._reachKubernetesApi();
        client._reachNodes(10250);
        client._connect(Endpoint.external({ host: 'db.example.com', port: 3306, cidrs: ['192.0.2.0/24'] }));
        client._connect(Endpoint.external({ host: 'mysql.data.svc', port: 3306, namespace: 'data' }));
      },
      { cluster },
    );
    const { egress } = manifestOf(manifests, 'NetworkPolicy').spec;
    expect(egress.slice(1)).toEqual([
      { to: [{ ipBlock: { cidr: '192.0.2.0/24' } }], ports: [{ port: 3306 }] },
      { to: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'data' } } }] },
      {
        to: [{ ipBlock: { cidr: '10.0.0.1/32' } }],
        ports: [{ port: 443 }, { port: 6443 }],
      },
      {
        to: [{ ipBlock: { cidr: '0.0.0.0/0', except: ['10.244.0.0/16'] } }, { ipBlock: { cidr: '::/0', except: ['fd00::/64'] } }],
        ports: [{ port: 10250 }],
      },
    ]);
  });

  it('can be left out', () => {
    const manifests = synthesize((chart) => new Memcached(chart, 'cache', { itemMemory: Size.gibibytes(1) }), {
      networkPolicies: false,
    });
    expect(manifests.filter(({ kind }) => kind === 'NetworkPolicy')).toEqual([]);
  });
});
