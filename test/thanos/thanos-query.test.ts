import { Duration } from 'cdk8s';
import fc from 'fast-check';
import { load } from 'js-yaml';
import { describe, expect, it } from 'vitest';
import { toYaml } from '../../src/kubernetes/text';
import { DataLabels } from '../../src/settings/data-labels';
import { Endpoint, EndpointProtocol } from '../../src/settings/endpoint';
import { endpointProblems } from '../../src/thanos/thanos-process';
import { ThanosQuery, type ThanosQueryProps } from '../../src/thanos/thanos-query';
import { endpointsConfig, queryArguments, replicaLabelProblems } from '../../src/thanos/thanos-query-config';
import { ThanosStoreGateway } from '../../src/thanos/thanos-store-gateway';
import {
  BASIC_AUTHENTICATION,
  EVERY_SERVICE_OPTION,
  EVERY_WORKLOAD_OPTION,
  expectEveryPropToMatter,
  manifestOf,
  synthesisError,
  synthesize,
} from '../support/constructs';
import { BUCKET } from './bucket';

const OUTSIDE = Endpoint.external({
  host: 'sidecar.example.com',
  port: 10901,
  protocol: EndpointProtocol.GRPC,
  cidrs: ['192.0.2.7/32'],
});

const MINIMAL: ThanosQueryProps = { endpoints: [OUTSIDE] };

const EVERY_PROP: Required<ThanosQueryProps> = {
  ...EVERY_WORKLOAD_OPTION,
  ...EVERY_SERVICE_OPTION,
  endpoints: [OUTSIDE, Endpoint.external({ host: '192.0.2.8', port: 19090, protocol: EndpointProtocol.GRPC })],
  instance: 'global',
  replicas: 2,
  replicaLabels: ['ruler_replica'],
  partialResponse: false,
  queryTimeout: Duration.seconds(90),
  maxConcurrentQueries: 7,
  ingress: { host: 'thanos.example.com' },
  authentication: BASIC_AUTHENTICATION,
};

describe('query configuration', () => {
  it('turns settings into arguments', () => {
    const settings = {
      replicaLabels: ['replica', 'ruler_replica'],
      partialResponse: true,
      queryTimeout: Duration.minutes(2),
      maxConcurrentQueries: 20,
    };
    expect(queryArguments(settings)).toEqual([
      'query',
      '--log.format=json',
      '--enable-auto-gomemlimit',
      '--http-address=:10902',
      '--grpc-address=:10901',
      '--endpoint.sd-config-file=/etc/thanos/endpoints.yaml',
      '--endpoint.sd-config-reload-interval=1m',
      '--query.replica-label=replica',
      '--query.replica-label=ruler_replica',
      '--query.auto-downsampling',
      '--query.partial-response',
      '--query.timeout=2m',
      '--query.max-concurrent=20',
    ]);
    expect(queryArguments({ ...settings, partialResponse: false })).toContain('--no-query.partial-response');
  });

  it('lists endpoints with the way they are looked up', () => {
    expect(endpointsConfig(EVERY_PROP.endpoints)).toEqual({
      endpoints: [{ address: 'dns+sidecar.example.com:10901' }, { address: '192.0.2.8:19090' }],
    });
  });

  it('refuses a host, or has it as data', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.domain(), fc.constantFrom('$(X)', 'a: b', '1', 'null', 'yes')), (host) => {
        const endpoint = Endpoint.external({ host, port: 1, protocol: EndpointProtocol.GRPC });
        if (endpointProblems('endpoint', endpoint, [EndpointProtocol.GRPC]).length === 0) {
          const [{ address }] = endpointsConfig([endpoint]).endpoints;
          expect(address).toBe(`dns+${host}:1`);
          expect(load(toYaml({ address }))).toEqual({ address });
          expect(address).not.toContain('$');
        }
      }),
    );
  });

  it('refuses replica labels that mean something, or nothing', () => {
    const labels = new DataLabels({ cluster: 'k8s', replica: 'prometheus_replica' });
    expect(replicaLabelProblems(['ruler_replica', 'cluster', 'replica'], labels)).toEqual([]);
    expect(replicaLabelProblems(['k8s', 'not valid', '', 'prometheus_replica', 'a', 'a'], labels)).toEqual([
      'replicaLabels has "k8s"; allowed are labels that only tell replicas apart, and this one is a data label: it would vanish from answers, remove it',
      'replicaLabels has "not valid"; allowed are letters, digits and "_", not starting with a digit: correct the name',
      'replicaLabels has ""; allowed are letters, digits and "_", not starting with a digit: correct the name',
      'replicaLabels has "prometheus_replica"; allowed is each label once, and "prometheus_replica" is always one: remove it',
      'replicaLabels has "a"; allowed is each label once, and "prometheus_replica" is always one: remove it',
    ]);
  });
});

describe('ThanosQuery', () => {
  it('synthesizes with minimal properties', () => {
    expect(synthesize((chart) => new ThanosQuery(chart, 'query', MINIMAL))).toMatchSnapshot();
  });

  it('synthesizes with every property', () => {
    const manifests = synthesize((chart) => new ThanosQuery(chart, 'query', EVERY_PROP));
    expect(manifestOf(manifests, 'Deployment').spec.template.spec).toMatchSnapshot();
  });

  it('has no dead property', () => {
    expectEveryPropToMatter((chart, props: ThanosQueryProps) => new ThanosQuery(chart, 'query', props), MINIMAL, EVERY_PROP);
  });

  it('finds each pod of a component by SRV records, and may reach it', () => {
    const manifests = synthesize((chart) => {
      const store = new ThanosStoreGateway(chart, 'store', { objectStorage: BUCKET });
      const query = new ThanosQuery(chart, 'query', { endpoints: [store.grpc] });
      new ThanosQuery(chart, 'global', { endpoints: [query.grpc], instance: 'global' });
      expect(query.http.url).toBe('http://monitoring-thanos-query.monitoring.svc.cluster.local:10902');
    });
    const endpoints = (name: string) => load(manifestOf(manifests, 'ConfigMap', name).data['endpoints.yaml']);
    expect(endpoints('monitoring-thanos-query-config')).toEqual({
      endpoints: [{ address: 'dnssrv+_grpc._tcp.monitoring-thanos-store.monitoring.svc.cluster.local' }],
    });
    // The replicas of a Query answer alike: one of them, behind the Service's address, is enough.
    expect(endpoints('monitoring-thanos-query-global-config')).toEqual({
      endpoints: [{ address: 'dns+monitoring-thanos-query.monitoring.svc.cluster.local:10901' }],
    });
    const [rule] = manifestOf(manifests, 'NetworkPolicy', 'monitoring-thanos-store').spec.ingress;
    expect(rule.ports).toEqual([{ port: 10901 }]);
    expect(rule.from[0].podSelector.matchLabels['app.kubernetes.io/component']).toBe('query');
  });

  it('removes the replica label by the name it has in the data', () => {
    const manifests = synthesize((chart) => new ThanosQuery(chart, 'query', MINIMAL), {
      dataLabels: new DataLabels({ replica: 'prometheus_replica' }),
    });
    const [{ args }] = manifestOf(manifests, 'Deployment').spec.template.spec.containers;
    expect(args).toContain('--query.replica-label=prometheus_replica');
  });

  it('refuses an Ingress without a choice of login, and one at a path', () => {
    const error = synthesisError(
      (chart) => new ThanosQuery(chart, 'query', { ...MINIMAL, ingress: { host: 'thanos.example.com', path: '/thanos' } }),
    );
    expect(error).toContain('[test/query] ingress.path is "/thanos"; allowed is "/"');
    expect(error).toContain('[test/query] ingress is thanos.example.com without a login; allowed is an explicit choice');
  });

  it('names all that is wrong at once', () => {
    const error = synthesisError((chart) => {
      const store = new ThanosStoreGateway(chart, 'store', { objectStorage: BUCKET });
      new ThanosQuery(chart, 'query', {
        endpoints: [store.grpc, store.http, store.grpc],
        replicaLabels: ['cluster'],
        replicas: 0,
        maxConcurrentQueries: 1.5,
        queryTimeout: Duration.seconds(0),
        extraArgs: ['--query.timeout=1m'],
      });
      new ThanosQuery(chart, 'empty', { endpoints: [], instance: 'empty' });
    });
    expect(error).toContain(
      '[test/query] endpoints[1] is monitoring-thanos-store.monitoring.svc.cluster.local:10902, which speaks http',
    );
    expect(error).toContain(
      '[test/query] endpoints[2] is dnssrv+_grpc._tcp.monitoring-thanos-store.monitoring.svc.cluster.local; allowed is each endpoint once',
    );
    expect(error).toContain('replicaLabels has "cluster"');
    expect(error).toContain('replicas is 0');
    expect(error).toContain('maxConcurrentQueries is 1.5');
    expect(error).toContain('queryTimeout is 0h');
    expect(error).toContain('extraArgs has "--query.timeout=1m"');
    expect(error).toContain('[test/empty] endpoints is empty; allowed is at least one StoreAPI');
  });
});
