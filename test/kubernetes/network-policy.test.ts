import { Size } from 'cdk8s';
import type { Construct } from 'constructs';
import { describe, expect, it } from 'vitest';
import { Component } from '../../src/kubernetes/component';
import { networkPolicy } from '../../src/kubernetes/network-policy';
import { expose, offerMetrics, service } from '../../src/kubernetes/service';
import { Memcached } from '../../src/memcached/memcached';
import { Cluster } from '../../src/settings/cluster';
import { Endpoint } from '../../src/settings/endpoint';
import { manifestOf, synthesize } from '../support/constructs';

class Client extends Component {
  readonly http: Endpoint;
  constructor(scope: Construct, id: string, namespace?: string) {
    super(scope, id, { app: 'client', component: 'client', instance: id, options: { namespace } });
    networkPolicy(this);
    [this.http] = service(this, { ports: [{ target: { name: 'http', port: 8080 }, port: 80 }] });
  }
}

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
        ports: [{ port: 8080, protocol: 'TCP' }],
      },
    ]);
    const { egress } = manifestOf(manifests, 'NetworkPolicy', 'monitoring-client-caller').spec;
    expect(egress).toHaveLength(2);
    expect(egress[0].ports).toEqual([
      { port: 53, protocol: 'UDP' },
      { port: 53, protocol: 'TCP' },
    ]);
    expect(egress[1].to[0].namespaceSelector.matchLabels).toEqual({ 'kubernetes.io/metadata.name': 'monitoring' });
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
      { ports: [{ port: 8080, protocol: 'TCP' }] },
    ]);
  });

  it('connects scrapers to every metrics port', () => {
    const manifests = synthesize((chart) => {
      const scraper = new Client(chart, 'scraper');
      scraper._context._plan.scrapers.push(scraper._identity);
      offerMetrics(new Client(chart, 'target'), { name: 'metrics', port: 9999 });
    });
    expect(manifestOf(manifests, 'NetworkPolicy', 'monitoring-client-target').spec.ingress[0].ports).toEqual([
      { port: 9999, protocol: 'TCP' },
    ]);
    expect(manifestOf(manifests, 'NetworkPolicy', 'monitoring-client-scraper').spec.egress[1].ports).toEqual([
      { port: 9999, protocol: 'TCP' },
    ]);
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
      { to: [{ ipBlock: { cidr: '192.0.2.0/24' } }], ports: [{ port: 3306, protocol: 'TCP' }] },
      { to: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'data' } } }] },
      {
        to: [{ ipBlock: { cidr: '10.0.0.1/32' } }],
        ports: [
          { port: 443, protocol: 'TCP' },
          { port: 6443, protocol: 'TCP' },
        ],
      },
      {
        to: [{ ipBlock: { cidr: '0.0.0.0/0', except: ['10.244.0.0/16'] } }, { ipBlock: { cidr: '::/0', except: ['fd00::/64'] } }],
        ports: [{ port: 10250, protocol: 'TCP' }],
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
