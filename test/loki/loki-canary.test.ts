import { Duration } from 'cdk8s';
import { describe, expect, it } from 'vitest';
import { LokiCanary, type LokiCanaryOptions, type LokiCanaryProps } from '../../src/loki/loki-canary';
import { lokiCanaryArguments } from '../../src/loki/loki-canary-config';
import { DataLabels } from '../../src/settings/data-labels';
import { Endpoint, EndpointProtocol } from '../../src/settings/endpoint';
import { MonitoringContext } from '../../src/settings/monitoring-context';
import { SecretKey } from '../../src/settings/secret-key';
import { EVERY_WORKLOAD_OPTION, expectEveryPropToMatter, manifestOf, synthesisError, synthesize } from '../support/constructs';

const loki = Endpoint.external({ host: 'loki.logs.svc', port: 3100, namespace: 'logs' });
const credentials = { username: SecretKey.of('loki', 'user'), password: SecretKey.of('loki', 'password') };

const EVERY_PROP: Required<LokiCanaryProps> = {
  ...EVERY_WORKLOAD_OPTION,
  loki: Endpoint.external({ host: 'loki.example.com', port: 443, protocol: EndpointProtocol.HTTPS }),
  tenant: 'shop',
  replicas: 2,
  interval: Duration.seconds(5),
  maxWait: Duration.minutes(2),
  credentials,
};

const make = (options: LokiCanaryOptions = {}) => synthesize((chart) => new LokiCanary(chart, 'canary', { loki, ...options }));

describe('arguments of the canary', () => {
  const settings = {
    loki,
    podLabel: 'pod',
    tenant: undefined,
    interval: Duration.seconds(1),
    maxWait: Duration.minutes(5),
    asksForPassword: false,
    replicas: undefined,
  };

  it('push and ask at one address', () => {
    expect(lokiCanaryArguments(settings)).toEqual([
      '-addr=loki.logs.svc:3100',
      '-port=3500',
      '-push=true',
      '-labelname=pod',
      '-labelvalue=$(POD_NAME)',
      '-interval=1s',
      '-max-wait=5m',
    ]);
  });

  it('name tenant, user and password, and speak TLS', () => {
    expect(lokiCanaryArguments({ ...settings, loki: EVERY_PROP.loki, tenant: 'shop', asksForPassword: true })).toEqual([
      '-addr=loki.example.com:443',
      '-port=3500',
      '-tls=true',
      '-push=true',
      '-labelname=pod',
      '-labelvalue=$(POD_NAME)',
      '-interval=1s',
      '-max-wait=5m',
      '-tenant-id=shop',
      '-user=$(LOKI_USERNAME)',
      '-pass=$(LOKI_PASSWORD)',
    ]);
  });
});

describe('LokiCanary', () => {
  it('synthesizes with minimal properties', () => {
    expect(make()).toMatchSnapshot();
  });

  it('synthesizes with every property', () => {
    const manifests = synthesize((chart) => new LokiCanary(chart, 'canary', EVERY_PROP));
    expect(manifestOf(manifests, 'Deployment').spec).toMatchSnapshot();
  });

  it('has no dead property', () => {
    expectEveryPropToMatter((chart, props: LokiCanaryProps) => new LokiCanary(chart, 'canary', props), { loki }, EVERY_PROP);
  });

  it('runs on every node, or as often as is said', () => {
    const kindOf = (options: LokiCanaryOptions) =>
      make(options).flatMap(({ kind, spec }) => (['DaemonSet', 'Deployment'].includes(kind) ? [kind, spec.replicas] : []));
    expect([kindOf({}), kindOf({ replicas: 3 })]).toEqual([
      ['DaemonSet', undefined],
      ['Deployment', 3],
    ]);
  });

  it('is told apart by the label that means the pod', () => {
    const manifests = synthesize((chart) => new LokiCanary(chart, 'canary', { loki }), {
      dataLabels: new DataLabels({ pod: 'instance_pod' }),
    });
    expect(manifestOf(manifests, 'DaemonSet').spec.template.spec.containers[0].args).toContain('-labelname=instance_pod');
  });

  it('reaches Loki and offers metrics', () => {
    synthesize((chart) => {
      const { http } = new LokiCanary(chart, 'canary', { loki, credentials });
      expect(http.hostAndPort).toBe('monitoring-loki-canary.monitoring.svc.cluster.local:3500');
      const { edges, metrics, prerequisites } = MonitoringContext.of(chart)._plan;
      expect(edges.map(({ to }) => to)).toEqual([loki]);
      expect(metrics).toMatchObject([{ job: 'loki-canary', containerPort: 3500, honorLabels: false }]);
      expect(prerequisites.map(({ kind, name, keys }) => [kind, name, keys])).toEqual([
        ['Secret', 'loki', ['user']],
        ['Secret', 'loki', ['password']],
      ]);
    });
  });

  it('names all that is wrong at once', () => {
    const error = synthesisError(
      (chart) =>
        new LokiCanary(chart, 'canary', {
          loki: Endpoint.external({ host: 'loki', port: 80, path: '/logs' }),
          tenant: 'a b',
          replicas: 0,
          interval: Duration.millis(0),
          maxWait: Duration.minutes(1),
        }),
    );
    for (const text of [
      'loki has the path "/logs"; allowed is an endpoint without one',
      'tenant is "a b"; allowed are 1 to 150',
      'replicas is 0; allowed are whole numbers from 1',
      'interval is 0 ms; allowed is more than zero',
      'maxWait is 60000 ms; allowed is more than a minute',
    ]) {
      expect(error).toContain(text);
    }
  });
});
