import { Duration, Size } from 'cdk8s';
import { describe, expect, it } from 'vitest';
import { Pushgateway, type PushgatewayProps } from '../../src/exporters/pushgateway';
import { pushgatewayArguments } from '../../src/exporters/pushgateway-config';
import { Cluster } from '../../src/settings/cluster';
import { MonitoringContext } from '../../src/settings/monitoring-context';
import { ServiceType } from '../../src/settings/workload-options';
import {
  BASIC_AUTHENTICATION,
  EVERY_SERVICE_OPTION,
  EVERY_VOLUME_OPTION,
  EVERY_WORKLOAD_OPTION,
  expectEveryPropToMatter,
  manifestOf,
  synthesisError,
  synthesize,
} from '../support/constructs';

const EVERY_PROP: Required<PushgatewayProps> = {
  ...EVERY_WORKLOAD_OPTION,
  ...EVERY_VOLUME_OPTION,
  ...EVERY_SERVICE_OPTION,
  volume: Size.gibibytes(3),
  persistenceInterval: Duration.seconds(30),
  namespaces: ['backup'],
  externalUrl: 'https://tools.example.com/push/',
  adminApiEnabled: true,
  utf8NamesEnabled: true,
  ingress: { host: 'push.example.com' },
  authentication: BASIC_AUTHENTICATION,
};

const make = (props: PushgatewayProps = {}) => synthesize((chart) => new Pushgateway(chart, 'push', props));

const policyOf = (props: PushgatewayProps) => manifestOf(make(props), 'NetworkPolicy').spec.ingress;

describe('arguments of the Pushgateway', () => {
  const settings = {
    persistenceInterval: Duration.minutes(5),
    externalUrl: undefined,
    adminApiEnabled: false,
    utf8NamesEnabled: false,
    asksForLogin: false,
  };

  it('keep what was pushed', () => {
    expect(pushgatewayArguments(settings)).toEqual([
      '--web.listen-address=:9091',
      '--persistence.file=/data/metrics',
      '--persistence.interval=5m',
    ]);
  });

  it('say what is switched on', () => {
    expect(
      pushgatewayArguments({
        ...settings,
        externalUrl: 'https://p.example.com',
        adminApiEnabled: true,
        utf8NamesEnabled: true,
        asksForLogin: true,
      }).slice(3),
    ).toEqual([
      '--web.external-url=https://p.example.com',
      '--web.config.file=/etc/web/web.yml',
      '--web.enable-admin-api',
      '--push.enable-utf8-names',
    ]);
  });
});

describe('Pushgateway', () => {
  it('synthesizes with minimal properties', () => {
    expect(make()).toMatchSnapshot();
  });

  it('synthesizes with every property', () => {
    expect(manifestOf(make(EVERY_PROP), 'StatefulSet').spec).toMatchSnapshot();
  });

  it('has no dead property', () => {
    const ingress = { host: 'other.example.com' };
    expectEveryPropToMatter((chart, props: PushgatewayProps) => new Pushgateway(chart, 'push', props), {}, EVERY_PROP, {
      externalUrl: { ingress, authentication: BASIC_AUTHENTICATION },
    });
  });

  it('lets every pod push, or those of some namespaces, or everybody', () => {
    const ports = [{ port: 9091 }];
    expect(policyOf({})).toEqual([{ from: [{ namespaceSelector: {} }], ports }]);
    expect(policyOf({ namespaces: ['backup', 'batch'] })).toEqual([
      {
        from: ['backup', 'batch'].map((name) => ({
          namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': name } },
        })),
        ports,
      },
    ]);
    expect(policyOf({ namespaces: ['backup'], serviceType: ServiceType.NODE_PORT })).toEqual([{ ports }]);
  });

  it('is probed and scraped below the path of its URL', () => {
    synthesize((chart) => {
      new Pushgateway(chart, 'push', { externalUrl: 'https://tools.example.com/push/' });
      expect(MonitoringContext.of(chart)._plan.metrics).toMatchObject([
        { job: 'pushgateway', path: '/push/metrics', honorLabels: true },
      ]);
    });
    const [container] = manifestOf(make({ externalUrl: 'https://tools.example.com/push/' }), 'StatefulSet').spec.template.spec
      .containers;
    expect([container.readinessProbe.httpGet.path, container.livenessProbe.httpGet.path]).toEqual([
      '/push/-/ready',
      '/push/-/healthy',
    ]);
  });

  it('takes its URL from the Ingress', () => {
    const urlOf = (tlsSecretName?: string) =>
      manifestOf(make({ ingress: { host: 'p.example.com', tlsSecretName }, authentication: BASIC_AUTHENTICATION }), 'StatefulSet')
        .spec.template.spec.containers[0].args[3];
    expect([urlOf(), urlOf('certificate')]).toEqual([
      '--web.external-url=http://p.example.com',
      '--web.external-url=https://p.example.com',
    ]);
  });

  it('warns when everybody can push', () => {
    const warningsOf = (props: PushgatewayProps) => {
      const warnings: string[] = [];
      synthesize((chart) => {
        new Pushgateway(chart, 'push', props);
        warnings.push(...MonitoringContext.of(chart).warnings);
      });
      return warnings;
    };
    expect(warningsOf({})).toEqual([]);
    expect(warningsOf({ serviceType: ServiceType.NODE_PORT, authentication: BASIC_AUTHENTICATION })).toEqual([]);
    expect(warningsOf({ serviceType: ServiceType.NODE_PORT })).toEqual([
      '[test/push] pushgateway-without-login: monitoring-pushgateway is reachable through a Service of type NodePort and has no login: anybody may push and delete; put an authenticating proxy before it',
    ]);
  });

  it('rounds its own volume and refuses other sizes', () => {
    const cluster = Cluster.naverCloud({ name: 'c' });
    const claims = synthesize((chart) => new Pushgateway(chart, 'push'), { cluster });
    expect(manifestOf(claims, 'StatefulSet').spec.volumeClaimTemplates[0].spec.resources.requests.storage).toBe('10Gi');
    const error = synthesisError(
      (chart) =>
        new Pushgateway(chart, 'push', {
          volume: Size.gibibytes(1),
          persistenceInterval: Duration.millis(10),
          externalUrl: 'push.example.com',
          namespaces: [],
        }),
      { cluster },
    );
    for (const text of [
      'volume is 1Gi; allowed are multiples of 10Gi',
      'persistenceInterval is 10 ms; allowed is at least 1 s',
      'externalUrl is "push.example.com"; allowed is a URL with http or https',
      'namespaces is []; allowed is at least one namespace',
    ]) {
      expect(error).toContain(text);
    }
  });
});
