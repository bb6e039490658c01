import { App, Chart, Size, Testing } from 'cdk8s';
import { Construct } from 'constructs';
import { describe, expect, it } from 'vitest';
import { Identity } from '../../src/kubernetes/identity';
import { Memcached } from '../../src/memcached/memcached';
import { MonitoringContext } from '../../src/settings/monitoring-context';
import { synthesisError, synthesize } from '../support/constructs';

const itemMemory = Size.gibibytes(1);

describe('identity', () => {
  it('is made of stack, component and instance', () => {
    const identity = new Identity({
      stack: 'shop',
      prefix: 'shop-',
      namespace: 'monitoring',
      app: 'thanos',
      component: 'query',
      instance: 'b',
    });
    expect(identity.name).toBe('shop-thanos-query-b');
    expect(identity.selector).toEqual({
      'app.kubernetes.io/name': 'thanos',
      'app.kubernetes.io/instance': 'shop',
      'app.kubernetes.io/component': 'query-b',
    });
  });

  it('says the name of a program once', () => {
    const identity = new Identity({ stack: 'shop', prefix: '', namespace: 'monitoring', app: 'loki', component: 'loki' });
    expect([identity.name, identity.clusterName]).toEqual(['loki', 'shop-loki']);
  });

  it('does not depend on the construct tree', () => {
    const plain = synthesize((chart) => new Memcached(chart, 'cache', { itemMemory }));
    const moved = synthesize(
      (chart) => new Memcached(new Construct(new Construct(chart, 'some'), 'where'), 'else', { itemMemory }),
    );
    expect(moved).toEqual(plain);
  });

  it('refuses two objects of one name, in whatever charts they are', () => {
    const app = new App();
    for (const id of ['one', 'two']) {
      const chart = new Chart(app, id);
      new MonitoringContext(chart);
      new Memcached(chart, 'cache', { itemMemory });
    }
    expect(() => Testing.synth(app.charts[0])).toThrow(
      '[two/cache/stateful-set] name is "monitoring-memcached-cache"; allowed is one StatefulSet of a name in namespace monitoring, and one/cache/stateful-set has it',
    );
  });

  it('refuses names that are too long for their kind', () => {
    const instance = 'a'.repeat(45);
    expect(synthesisError((chart) => new Memcached(chart, 'cache', { itemMemory, instance }))).toContain(
      'allowed are 1 to 52 lower-case letters',
    );
  });
});
