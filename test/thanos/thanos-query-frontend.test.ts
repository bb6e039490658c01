import { Duration, Size } from 'cdk8s';
import { load } from 'js-yaml';
import { describe, expect, it } from 'vitest';
import { Memcached } from '../../src/memcached/memcached';
import { Endpoint, EndpointProtocol } from '../../src/settings/endpoint';
import { ThanosCache } from '../../src/thanos/thanos-cache';
import { ThanosQueryFrontend, type ThanosQueryFrontendProps } from '../../src/thanos/thanos-query-frontend';
import { queryFrontendArguments } from '../../src/thanos/thanos-query-frontend-config';
import {
  BASIC_AUTHENTICATION,
  EVERY_SERVICE_OPTION,
  EVERY_WORKLOAD_OPTION,
  expectEveryPropToMatter,
  manifestOf,
  synthesisError,
  synthesize,
} from '../support/constructs';

const QUERY = Endpoint.external({ host: 'query.example.com', port: 10902 });
const MEMCACHED = Endpoint.external({ host: 'memcached.example.com', port: 11211, protocol: EndpointProtocol.TCP });

const MINIMAL: ThanosQueryFrontendProps = { downstream: QUERY };

const EVERY_PROP: Required<ThanosQueryFrontendProps> = {
  ...EVERY_WORKLOAD_OPTION,
  ...EVERY_SERVICE_OPTION,
  downstream: Endpoint.external({
    host: 'query.example.com',
    port: 443,
    protocol: EndpointProtocol.HTTPS,
    path: '/thanos',
    cidrs: ['192.0.2.0/24'],
  }),
  instance: 'global',
  replicas: 2,
  responseCache: ThanosCache.memcached(MEMCACHED, { maxItemSize: Size.mebibytes(5) }),
  splitInterval: Duration.hours(12),
  partialResponse: false,
  logQueriesLongerThan: Duration.seconds(10),
  ingress: { host: 'thanos.example.com' },
  authentication: BASIC_AUTHENTICATION,
};

const make = (props: ThanosQueryFrontendProps) => synthesize((chart) => new ThanosQueryFrontend(chart, 'frontend', props));

describe('query frontend configuration', () => {
  const settings = {
    downstreamUrl: 'http://query:10902',
    splitInterval: Duration.hours(24),
    partialResponse: true,
    caches: false,
    logQueriesLongerThan: undefined,
  };

  it('turns settings into arguments', () => {
    expect(queryFrontendArguments(settings)).toEqual([
      'query-frontend',
      '--log.format=json',
      '--enable-auto-gomemlimit',
      '--http-address=:10902',
      '--query-frontend.downstream-url=http://query:10902',
      '--query-frontend.compress-responses',
      '--query-range.split-interval=24h',
      '--labels.split-interval=24h',
      '--query-range.partial-response',
      '--labels.partial-response',
    ]);
  });

  it('has all arguments', () => {
    const all = { ...settings, partialResponse: false, caches: true, logQueriesLongerThan: Duration.seconds(10) };
    expect(queryFrontendArguments(all).slice(8)).toEqual([
      '--no-query-range.partial-response',
      '--no-labels.partial-response',
      '--query-range.response-cache-config-file=/etc/thanos/response-cache.yaml',
      '--labels.response-cache-config-file=/etc/thanos/response-cache.yaml',
      '--query-frontend.log-queries-longer-than=10s',
    ]);
  });
});

describe('ThanosQueryFrontend', () => {
  it('synthesizes with minimal properties', () => {
    expect(make(MINIMAL)).toMatchSnapshot();
  });

  it('synthesizes with every property', () => {
    expect(manifestOf(make(EVERY_PROP), 'Deployment').spec.template.spec).toMatchSnapshot();
  });

  it('has no dead property', () => {
    expectEveryPropToMatter(
      (chart, props: ThanosQueryFrontendProps) => new ThanosQueryFrontend(chart, 'frontend', props),
      MINIMAL,
      EVERY_PROP,
    );
  });

  it('keeps answers in memory that the container has', () => {
    const manifests = make({ ...MINIMAL, responseCache: ThanosCache.inMemory(Size.mebibytes(100)) });
    expect(load(manifestOf(manifests, 'ConfigMap').data['response-cache.yaml'])).toEqual({
      type: 'IN-MEMORY',
      config: { max_size: '100MiB' },
    });
    const { template } = manifestOf(manifests, 'Deployment').spec;
    expect(template.spec.containers[0].resources).toEqual({
      requests: { cpu: '50m', memory: '264Mi' },
      limits: { memory: '496Mi' },
    });
    expect(template.metadata.annotations['checksum/config']).toMatch(/^[0-9a-f]{16}$/);
  });

  it('keeps answers in a Memcached of the stack, found by SRV records', () => {
    const manifests = synthesize((chart) => {
      const { client } = new Memcached(chart, 'cache', { itemMemory: Size.gibibytes(1), instance: 'responses' });
      const responseCache = ThanosCache.memcached(client);
      new ThanosQueryFrontend(chart, 'frontend', { ...MINIMAL, responseCache });
      new ThanosQueryFrontend(chart, 'second', { ...MINIMAL, responseCache, instance: 'second' });
    });
    const { data } = manifestOf(manifests, 'ConfigMap', 'monitoring-thanos-query-frontend-config');
    expect(load(data['response-cache.yaml'])).toEqual({
      type: 'MEMCACHED',
      config: {
        addresses: ['dnssrvnoa+_memcached-client._tcp.monitoring-memcached-responses.monitoring.svc.cluster.local'],
        max_item_size: '1MiB',
      },
    });
    const { ingress } = manifestOf(manifests, 'NetworkPolicy', 'monitoring-memcached-responses').spec;
    expect(ingress[0].ports).toEqual([{ port: 11211 }]);
  });

  it('refuses a cache in which another one keeps answers of another querier', () => {
    const error = synthesisError((chart) => {
      const responseCache = ThanosCache.memcached(MEMCACHED);
      new ThanosQueryFrontend(chart, 'one', { ...MINIMAL, responseCache });
      const downstream = Endpoint.external({ host: 'other.example.com', port: 10902 });
      new ThanosQueryFrontend(chart, 'two', { downstream, responseCache, instance: 'two' });
    });
    expect(error).toContain(
      '[test/two] responseCache is memcached.example.com:11211, where test/one keeps answers of http://query.example.com:10902',
    );
    expect(error).toContain('[test/one] responseCache is memcached.example.com:11211, where test/two keeps');
  });

  it('names all that is wrong at once', () => {
    const error = synthesisError(
      (chart) =>
        new ThanosQueryFrontend(chart, 'frontend', {
          downstream: Endpoint.external({ host: 'http://query', port: 10901, protocol: EndpointProtocol.GRPC }),
          replicas: -1,
          responseCache: ThanosCache.inMemory(Size.kibibytes(5)),
          splitInterval: Duration.seconds(0),
          logQueriesLongerThan: Duration.millis(0.5),
        }),
    );
    expect(error).toContain('downstream is http://query:10901, which speaks grpc; allowed is http or https');
    expect(error).toContain('downstream has the host "http://query"');
    expect(error).toContain('replicas is -1');
    expect(error).toContain('responseCache.size is 5Ki; allowed is at least 1Mi');
    expect(error).toContain('splitInterval is 0h');
    expect(error).toContain('logQueriesLongerThan is 0.5ms');
  });
});

describe('ThanosCache', () => {
  it('refuses what is no memcached, and items of no size', () => {
    expect(ThanosCache.memcached(QUERY, { maxItemSize: Size.kibibytes(0) })._problems('cache')).toEqual([
      'cache.client is query.example.com:10902, which speaks http; allowed is tcp: give another endpoint',
      'cache.maxItemSize is 0Ki; allowed is at least 1Ki: raise it',
    ]);
    expect(ThanosCache.memcached(MEMCACHED)._problems('cache')).toEqual([]);
    expect(ThanosCache.inMemory(Size.mebibytes(1))._problems('cache')).toEqual([]);
  });
});
