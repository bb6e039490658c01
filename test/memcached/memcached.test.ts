import { Size } from 'cdk8s';
import { describe, expect, it } from 'vitest';
import { Memcached, type MemcachedProps } from '../../src/memcached/memcached';
import { memcachedArguments, memcachedContainerMemory } from '../../src/memcached/memcached-config';
import { EVERY_WORKLOAD_OPTION, expectEveryPropToMatter, manifestOf, synthesisError, synthesize } from '../support/constructs';

const EVERY_PROP: Required<MemcachedProps> = {
  ...EVERY_WORKLOAD_OPTION,
  itemMemory: Size.mebibytes(512),
  instance: 'results',
  maxItemSize: Size.mebibytes(2),
  connections: 1024,
  replicas: 3,
};

describe('memcached configuration', () => {
  it('turns settings into arguments', () => {
    expect(memcachedArguments({ itemMemory: Size.gibibytes(2), maxItemSize: Size.mebibytes(5), connections: 16384 })).toEqual([
      '-m',
      '2048',
      '-I',
      '5242880',
      '-c',
      '16384',
      '--extended=modern,track_sizes',
    ]);
  });

  it('gives the container 1.2 times the item memory', () => {
    expect(memcachedContainerMemory(Size.mebibytes(512)).toMebibytes()).toBe(615);
    expect(memcachedContainerMemory(Size.gibibytes(2)).toMebibytes()).toBe(2458);
  });
});

describe('Memcached', () => {
  it('synthesizes with minimal properties', () => {
    expect(synthesize((chart) => new Memcached(chart, 'cache', { itemMemory: Size.gibibytes(1) }))).toMatchSnapshot();
  });

  it('synthesizes with every property', () => {
    const manifests = synthesize((chart) => new Memcached(chart, 'cache', EVERY_PROP));
    expect(manifestOf(manifests, 'StatefulSet').spec.template.spec).toMatchSnapshot();
  });

  it('has no dead property', () => {
    expectEveryPropToMatter(
      (chart, props: MemcachedProps) => new Memcached(chart, 'cache', props),
      { itemMemory: Size.gibibytes(1) },
      EVERY_PROP,
    );
  });

  it('offers its clients SRV records', () => {
    synthesize((chart) => {
      const { client } = new Memcached(chart, 'cache', { itemMemory: Size.gibibytes(1), instance: 'chunks' });
      expect(client.srvName).toBe('_memcached-client._tcp.monitoring-memcached-chunks.monitoring.svc.cluster.local');
    });
  });

  it('names all that is wrong at once', () => {
    const error = synthesisError(
      (chart) => new Memcached(chart, 'cache', { itemMemory: Size.mebibytes(1), connections: 0, replicas: 1.5 }),
    );
    expect(error).toContain('[test/cache] itemMemory is 1Mi; allowed are whole mebibytes from 64Mi');
    expect(error).toContain('maxItemSize is 5Mi');
    expect(error).toContain('connections is 0');
    expect(error).toContain('replicas is 1.5');
  });
});
