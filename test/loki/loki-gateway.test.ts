import { Size } from 'cdk8s';
import { describe, expect, it } from 'vitest';
import { LokiGateway, type LokiGatewayProps } from '../../src/loki/loki-gateway';
import { Endpoint, EndpointProtocol } from '../../src/settings/endpoint';
import { MonitoringContext } from '../../src/settings/monitoring-context';
import { SecretKey } from '../../src/settings/secret-key';
import { ServiceType } from '../../src/settings/workload-options';
import {
  EVERY_SERVICE_OPTION,
  EVERY_WORKLOAD_OPTION,
  expectEveryPropToMatter,
  manifestOf,
  synthesisError,
  synthesize,
} from '../support/constructs';

const LOKI = Endpoint.external({ host: 'loki.logs.svc.cluster.local', port: 3100, namespace: 'logs' });

const EVERY_PROP: Required<LokiGatewayProps> = {
  ...EVERY_WORKLOAD_OPTION,
  ...EVERY_SERVICE_OPTION,
  loki: Endpoint.external({ host: 'other.logs.svc.cluster.local', port: 3101, namespace: 'logs' }),
  instance: 'edge',
  replicas: 3,
  tenant: 'team-a',
  basicAuth: SecretKey.of('loki-users', 'passwords'),
  maxBodySize: Size.mebibytes(32),
  ingress: { host: 'loki.example.com', tlsSecretName: 'loki-tls' },
};

/** Warnings of a gateway that is given these properties. */
function warningsOf(props: Partial<LokiGatewayProps>): string[] {
  let warnings: string[] = [];
  synthesize((chart) => {
    new LokiGateway(chart, 'gateway', { loki: LOKI, ...props });
    warnings = MonitoringContext.of(chart).warnings.filter((warning) => warning.includes('loki-without-login'));
  });
  return warnings;
}

describe('LokiGateway', () => {
  it('synthesizes with minimal properties', () => {
    expect(synthesize((chart) => new LokiGateway(chart, 'gateway', { loki: LOKI }))).toMatchSnapshot();
  });

  it('synthesizes with every property', () => {
    const manifests = synthesize((chart) => new LokiGateway(chart, 'gateway', EVERY_PROP));
    expect(manifestOf(manifests, 'Deployment').spec.template.spec).toMatchSnapshot();
    expect(manifestOf(manifests, 'Ingress').spec).toMatchSnapshot();
  });

  it('has no dead property', () => {
    expectEveryPropToMatter(
      (chart, props: LokiGatewayProps) => new LokiGateway(chart, 'gateway', props),
      { loki: LOKI },
      EVERY_PROP,
    );
  });

  it('offers port 80', () => {
    synthesize((chart) => {
      const { http, pushUrl } = new LokiGateway(chart, 'gateway', { loki: LOKI });
      expect(http.url).toBe('http://monitoring-loki-gateway.monitoring.svc.cluster.local:80');
      expect(pushUrl).toBe('http://monitoring-loki-gateway.monitoring.svc.cluster.local:80/loki/api/v1/push');
    });
  });

  it('lists the Secret with the users', () => {
    synthesize((chart) => {
      new LokiGateway(chart, 'gateway', EVERY_PROP);
      expect(MonitoringContext.of(chart)._plan.prerequisites).toContainEqual({
        kind: 'Secret',
        namespace: 'elsewhere',
        name: 'loki-users',
        keys: ['passwords'],
        neededBy: 'monitoring-loki-gateway-edge',
      });
    });
  });

  it('warns when it is open to the outside without a password', () => {
    const ingress = { host: 'loki.example.com' };
    expect(warningsOf({ ingress })).toHaveLength(1);
    expect(warningsOf({ serviceType: ServiceType.LOAD_BALANCER })).toHaveLength(1);
    expect(warningsOf({ ingress, basicAuth: SecretKey.of('loki-users', 'passwords') })).toEqual([]);
    expect(warningsOf({})).toEqual([]);
  });

  it('names all that is wrong at once', () => {
    const loki = Endpoint.external({ host: 'a b', port: 443, protocol: EndpointProtocol.HTTPS });
    const error = synthesisError(
      (chart) =>
        new LokiGateway(chart, 'gateway', { loki, replicas: 0, tenant: 'a"; return 200', maxBodySize: Size.kibibytes(64) }),
    );
    expect(error).toContain('[test/gateway] loki is "https://a b:443"; allowed is plain HTTP');
    expect(error).toContain('tenant is "a\\"; return 200"; allowed are 1 to 150 letters');
    expect(error).toContain('maxBodySize is 64Ki; allowed is at least 1Mi');
    expect(error).toContain('replicas is 0');
  });
});
