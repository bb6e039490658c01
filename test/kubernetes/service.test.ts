import { describe, expect, it } from 'vitest';
import { KubeStateMetrics } from '../../src/exporters/kube-state-metrics';
import { type ServiceOptions, ServiceType } from '../../src/settings/workload-options';
import { manifestOf, synthesisError, synthesize } from '../support/constructs';

const specOf = (options: ServiceOptions) =>
  manifestOf(
    synthesize((chart) => new KubeStateMetrics(chart, 'ksm', options)),
    'Service',
  ).spec;

const errorOf = (options: ServiceOptions) => synthesisError((chart) => new KubeStateMetrics(chart, 'ksm', options));

describe('a Service that is offered outside', () => {
  it('has its node port at the first port', () => {
    const { type, ports } = specOf({ serviceType: ServiceType.NODE_PORT, nodePort: 30090 });
    expect(type).toBe('NodePort');
    expect(ports.map(({ port, nodePort }: { port: number; nodePort?: number }) => [port, nodePort])).toEqual([
      [8080, 30090],
      [8081, undefined],
    ]);
  });

  it('has class and source ranges of its load balancer', () => {
    expect(
      specOf({
        serviceType: ServiceType.LOAD_BALANCER,
        loadBalancerClass: 'metallb.io/metallb',
        loadBalancerSourceRanges: ['192.0.2.0/24', 'fd00::/64'],
      }),
    ).toMatchObject({
      type: 'LoadBalancer',
      loadBalancerClass: 'metallb.io/metallb',
      loadBalancerSourceRanges: ['192.0.2.0/24', 'fd00::/64'],
    });
  });

  it.each([30000, 32767])('takes node port %i', (nodePort) => {
    expect(specOf({ serviceType: ServiceType.NODE_PORT, nodePort }).ports[0].nodePort).toBe(nodePort);
  });

  it.each([29999, 32768, 30000.5])('refuses node port %d', (nodePort) => {
    expect(errorOf({ serviceType: ServiceType.NODE_PORT, nodePort })).toContain(
      `nodePort is ${nodePort}; allowed are whole numbers from 30000 to 32767`,
    );
  });

  it('refuses what its type does not know', () => {
    const inside = errorOf({ nodePort: 30090, loadBalancerClass: 'x', loadBalancerSourceRanges: ['192.0.2.0/24'] });
    expect(inside).toContain('nodePort is 30090 while serviceType is ClusterIP');
    expect(inside).toContain('loadBalancerClass is given while serviceType is ClusterIP');
    expect(inside).toContain('loadBalancerSourceRanges is given while serviceType is ClusterIP');
    expect(errorOf({ serviceType: ServiceType.NODE_PORT, loadBalancerClass: 'x' })).toContain(
      'loadBalancerClass is given while serviceType is NodePort',
    );
    const wrong = errorOf({
      serviceType: ServiceType.LOAD_BALANCER,
      loadBalancerClass: 'a b',
      loadBalancerSourceRanges: ['192.0.2.1'],
    });
    expect(wrong).toContain('loadBalancerClass is "a b"; allowed is a name');
    expect(wrong).toContain('loadBalancerSourceRanges has "192.0.2.1"; allowed are address ranges');
  });
});
