import { App, Duration, Size, Testing } from 'cdk8s';
import { describe, expect, it } from 'vitest';
import { LogPipeline } from '../../src/alloy/log-pipeline';
import { Cluster } from '../../src/settings/cluster';
import { Cpu } from '../../src/settings/cpu';
import { Retention } from '../../src/settings/retention';
import { MonitoringStack } from '../../src/stack/monitoring-stack';
import { Profile } from '../../src/stack/profile';
import type { MonitoringStackProps } from '../../src/stack/stack-options';
import { type Manifest, manifestOf } from '../support/constructs';
import { expectInvariants } from '../support/invariants';
import { requestsOnOneNode } from '../support/requests';

const EVERYTHING: MonitoringStackProps = {
  profile: Profile.light(),
  prometheus: {},
  loki: { canary: {} },
  logs: [LogPipeline.plain({ name: 'pods' })],
  grafana: {},
  nodeExporter: {},
};

const manifestsOf = (props: MonitoringStackProps): Manifest[] => Testing.synth(new MonitoringStack(new App(), 'stack', props));

const containerOf = (manifests: Manifest[], kind: string, name: string): Manifest =>
  manifestOf(manifests, kind, name).spec.template.spec.containers[0];

describe('the light profile', () => {
  const manifests = manifestsOf(EVERYTHING);

  it('holds what any stack must', () => expectInvariants(manifests));

  it('requests at most 1,000Mi and 500m on one node, agents, canary and Grafana included', () => {
    const { workloads, memoryMebibytes, cpuMillis } = requestsOnOneNode(manifests);
    expect(workloads).toEqual([
      'DaemonSet monitoring-alloy-node',
      'DaemonSet monitoring-loki-canary',
      'DaemonSet monitoring-node-exporter',
      'Deployment monitoring-kube-state-metrics',
      'StatefulSet monitoring-grafana',
      'StatefulSet monitoring-loki',
      'StatefulSet monitoring-prometheus',
    ]);
    expect(memoryMebibytes).toBe(928);
    expect(cpuMillis).toBe(310);
  });

  it('sizes Prometheus and Loki as the reference document does, without gateway', () => {
    const prometheus = containerOf(manifests, 'StatefulSet', 'monitoring-prometheus');
    const loki = containerOf(manifests, 'StatefulSet', 'monitoring-loki');
    expect(prometheus.args).toEqual(expect.arrayContaining(['--storage.tsdb.retention.time=6h']));
    expect([prometheus.resources.requests, loki.resources.requests]).toEqual([
      { cpu: '100m', memory: '256Mi' },
      { cpu: '100m', memory: '256Mi' },
    ]);
    const config = manifestOf(manifests, 'ConfigMap', 'monitoring-loki-config').data['config.yaml'];
    expect(config).toMatch(/replication_factor: 1\n/);
    expect(config).toContain('object_store: filesystem');
    expect(config).toContain('retention_period: 7d');
    expect(manifestOf(manifests, 'ConfigMap', 'monitoring-prometheus-config').data['prometheus.yml']).toContain(
      'scrape_interval: 15s',
    );
    expect(manifests.filter(({ metadata }) => /gateway|thanos|memcached|alertmanager/.test(metadata.name))).toEqual([]);
  });

  it('adds no component', () => {
    const names = manifestsOf({ profile: Profile.light(), loki: {} })
      .filter(({ kind }) => ['StatefulSet', 'Deployment', 'DaemonSet'].includes(kind))
      .map(({ metadata }) => metadata.name);
    expect(names).toEqual(['monitoring-loki']);
  });

  it('yields to what is given, each resource by itself', () => {
    const own = manifestsOf({
      ...EVERYTHING,
      scrapeInterval: Duration.seconds(60),
      prometheus: { retention: Retention.days(2), resources: { memoryLimit: Size.gibibytes(1) } },
      loki: { gateway: {}, volume: undefined, resources: { cpuRequest: Cpu.millis(150) } },
      alloy: { resources: { memoryLimit: Size.gibibytes(1) } },
    });
    const prometheus = containerOf(own, 'StatefulSet', 'monitoring-prometheus');
    expect(prometheus.args).toContain('--storage.tsdb.retention.time=2d');
    expect(prometheus.resources).toEqual({ requests: { cpu: '100m', memory: '256Mi' }, limits: { memory: '1Gi' } });
    expect(containerOf(own, 'StatefulSet', 'monitoring-loki').resources.requests).toEqual({ cpu: '150m', memory: '256Mi' });
    expect(containerOf(own, 'DaemonSet', 'monitoring-alloy-node').resources).toEqual({
      requests: { cpu: '30m', memory: '96Mi' },
      limits: { memory: '1Gi' },
    });
    expect(manifestOf(own, 'StatefulSet', 'monitoring-loki').spec.volumeClaimTemplates[0].spec.resources.requests.storage).toBe(
      '5Gi',
    );
    expect(manifestOf(own, 'Deployment', 'monitoring-loki-gateway')).toBeDefined();
    expect(manifestOf(own, 'ConfigMap', 'monitoring-prometheus-config').data['prometheus.yml']).toContain('scrape_interval: 1m');
  });

  it('sizes the agent of the cluster too, and none that has nothing to read', () => {
    const own = manifestsOf({ ...EVERYTHING, logs: [LogPipeline.kubernetesEvents({ name: 'events' })] });
    const agents = own.filter(({ metadata, kind }) => /alloy/.test(metadata.name) && /Set|Deployment/.test(kind));
    expect(agents.map(({ metadata, spec }) => [metadata.name, spec.template.spec.containers[0].resources.requests])).toEqual([
      ['monitoring-alloy-cluster', { cpu: '30m', memory: '96Mi' }],
    ]);
  });

  it('takes volumes in the steps that the cluster offers', () => {
    const own = manifestsOf({ ...EVERYTHING, cluster: Cluster.naverCloud({ name: 'lab' }) });
    const sizes = own.flatMap(({ spec }) => spec?.volumeClaimTemplates ?? []).map(({ spec }) => spec.resources.requests.storage);
    expect(sizes).toEqual(['10Gi', '10Gi', '10Gi']);
  });
});
