import { App, Testing } from 'cdk8s';
import { describe, expect, it } from 'vitest';
import { Cluster } from '../../src/settings/cluster';
import { Namespaces } from '../../src/settings/namespaces';
import { SecretKey } from '../../src/settings/secret-key';
import { ServiceType } from '../../src/settings/workload-options';
import { MonitoringStack } from '../../src/stack/monitoring-stack';
import type { MonitoringStackProps } from '../../src/stack/stack-options';
import { type Manifest, manifestOf } from '../support/constructs';
import { expectInvariants } from '../support/invariants';

const LAB: MonitoringStackProps = {
  name: 'lab',
  cluster: Cluster.kubeadm({ name: 'lab', kubernetesVersion: '1.29', nodeCidrs: ['10.0.2.0/24'] }),
  prometheus: { serviceType: ServiceType.NODE_PORT, nodePort: 30090 },
  loki: { gatewayEnabled: false, canary: {} },
  nodeExporter: {},
  pushgateway: { namespace: 'push' },
  metricsServer: {},
};

const manifestsOf = (props: MonitoringStackProps): Manifest[] => Testing.synth(new MonitoringStack(new App(), 'stack', props));

const jobsOf = (manifests: Manifest[]) =>
  [...manifestOf(manifests, 'ConfigMap', 'lab-prometheus-config').data['prometheus.yml'].matchAll(/- job_name: (.+)/g)].map(
    ([, job]) => job,
  );

describe('exporters in a stack', () => {
  const manifests = manifestsOf(LAB);

  it('hold what any stack must', () => {
    expectInvariants(manifests);
  });

  it('live where they may, and are scraped there', () => {
    const workloads = manifests.filter(({ kind }) => ['StatefulSet', 'Deployment', 'DaemonSet'].includes(kind));
    expect(workloads.map(({ kind, metadata }) => `${kind} ${metadata.namespace}/${metadata.name}`).sort()).toEqual([
      'DaemonSet monitoring-agents/lab-node-exporter',
      'DaemonSet monitoring/lab-loki-canary',
      'Deployment kube-system/lab-metrics-server',
      'Deployment monitoring/lab-kube-state-metrics',
      'StatefulSet monitoring/lab-loki',
      'StatefulSet monitoring/lab-prometheus',
      'StatefulSet push/lab-pushgateway',
    ]);
    expect(jobsOf(manifests)).toEqual(
      expect.arrayContaining(['node-exporter', 'pushgateway', 'metrics-server', 'loki-canary', 'kube-state-metrics']),
    );
    expect(manifestOf(manifests, 'Service', 'lab-prometheus').spec.ports[0].nodePort).toBe(30090);
  });

  it('run only when they are mentioned', () => {
    const { nodeExporter, pushgateway, metricsServer, ...without } = LAB;
    const names = manifestsOf({ ...without, loki: { gatewayEnabled: false } }).map(({ metadata }) => metadata.name);
    expect(names.filter((name) => /node-exporter|pushgateway|metrics-server|canary/.test(name))).toEqual([]);
  });

  it('let the canary go the way that agents go, with tenant and password', () => {
    const canary = { credentials: { username: SecretKey.of('canary', 'user'), password: SecretKey.of('canary', 'password') } };
    const gateway = { basicAuth: SecretKey.of('gateway', 'htpasswd') };
    const args = manifestOf(manifestsOf({ name: 'lab', tenant: 'shop', loki: { gateway, canary } }), 'DaemonSet').spec.template
      .spec.containers[0].args;
    expect(args).toContain('-addr=lab-loki-gateway.monitoring.svc.cluster.local:80');
    expect(args).toContain('-tenant-id=shop');
    expect(() => manifestsOf({ name: 'lab', loki: { gateway, canary: {} } })).toThrow(
      '[stack] loki.canary.credentials is not given; allowed is a user and a password',
    );
    expect(() => manifestsOf({ name: 'lab', loki: { canary } })).toThrow('[stack] loki.canary.credentials is given');
  });

  it('share one namespace where there is one', () => {
    const one = manifestsOf({
      ...LAB,
      namespaces: Namespaces.single('all'),
      metricsServer: { namespace: 'all' },
      pushgateway: {},
    });
    expectInvariants(one);
    expect(manifestOf(one, 'APIService').spec.service.namespace).toBe('all');
  });

  it('refuse a second metrics-server on k3d', () => {
    expect(() => manifestsOf({ ...LAB, cluster: Cluster.k3d({ name: 'lab' }) })).toThrow('cluster.hasMetricsServer is true');
  });
});
