import { type Chart, Size } from 'cdk8s';
import { describe, expect, it } from 'vitest';
import { KubeStateMetrics } from '../../src/exporters/kube-state-metrics';
import { MetricsServer } from '../../src/exporters/metrics-server';
import { NodeExporter } from '../../src/exporters/node-exporter';
import { WebAuthentication } from '../../src/kubernetes/web-authentication';
import { Memcached } from '../../src/memcached/memcached';
import { ComponentMonitors, type ComponentMonitorsProps } from '../../src/prometheus/component-monitors';
import { Prometheus } from '../../src/prometheus/prometheus';
import { Cluster } from '../../src/settings/cluster';
import { SecretKey } from '../../src/settings/secret-key';
import { expectEveryPropToMatter, type Manifest, manifestOf, synthesisError, synthesize } from '../support/constructs';

const CONTEXT = { cluster: Cluster.generic({ name: 'lab', environment: 'test' }) };

const all = (chart: Chart, props: ComponentMonitorsProps = {}) => {
  new KubeStateMetrics(chart, 'kube-state-metrics');
  new ComponentMonitors(chart, 'monitors', props);
  new NodeExporter(chart, 'node-exporter');
  new MetricsServer(chart, 'metrics-server');
};

const monitorsOf = (manifests: Manifest[]) => manifests.filter(({ kind }) => kind === 'PodMonitor');

describe('ComponentMonitors', () => {
  it('has a PodMonitor for each component, before and after it', () => {
    const manifests = synthesize((chart) => all(chart), CONTEXT);
    expect(monitorsOf(manifests)).toMatchSnapshot();
  });

  it('has no dead property', () => {
    const every: Required<ComponentMonitorsProps> = {
      namespace: 'operator',
      labels: { release: 'prometheus' },
      prometheusNamespaces: ['operator', 'other'],
    };
    expectEveryPropToMatter<ComponentMonitorsProps>(all, {}, every);
  });

  it('lets the Prometheus of the operator in', () => {
    const manifests = synthesize((chart) => {
      new Memcached(chart, 'memcached', { itemMemory: Size.mebibytes(64) });
      new ComponentMonitors(chart, 'monitors', { prometheusNamespaces: ['operator'] });
    }, CONTEXT);
    const from = [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'operator' } } }];
    expect(manifestOf(manifests, 'NetworkPolicy').spec.ingress).toEqual([{ from, ports: [{ port: 9150 }] }]);
  });

  it('refuses what asks for a password', () => {
    const web = {
      stackUser: { user: 'stack', password: SecretKey.of('web', 'password') },
      webConfig: SecretKey.of('web', 'web.yml'),
    };
    expect(
      synthesisError((chart) => {
        new Prometheus(chart, 'prometheus', { authentication: WebAuthentication.basic(web) });
        new ComponentMonitors(chart, 'monitors');
      }),
    ).toContain('prometheus asks for user and password; allowed are components without');
  });
});
