import { App, Size, Testing } from 'cdk8s';
import { load } from 'js-yaml';
import { describe, expect, it } from 'vitest';
import { Cluster } from '../../src/settings/cluster';
import { MonitoringStack } from '../../src/stack/monitoring-stack';
import type { MonitoringStackProps } from '../../src/stack/stack-options';
import { type Manifest, manifestOf } from '../support/constructs';

const GENERIC = Cluster.generic({ name: 'course', environment: 'dev' });

function stackOf(props: Omit<MonitoringStackProps, 'cluster'>): Manifest[] {
  return Testing.synth(new MonitoringStack(new App(), 'stack', { cluster: GENERIC, ...props }));
}

const errorOf = (props: Omit<MonitoringStackProps, 'cluster'>): string => {
  try {
    stackOf(props);
  } catch (error) {
    return String(error);
  }
  return 'none';
};

const yamlOf = (manifests: Manifest[], name: string, file: string) =>
  load(manifestOf(manifests, 'ConfigMap', name).data[file]) as Manifest;

const argumentsOf = (manifests: Manifest[]): string[] =>
  manifestOf(manifests, 'StatefulSet', 'monitoring-prometheus').spec.template.spec.containers[0].args;

const EXEMPLARS = '--enable-feature=exemplar-storage';

describe('traces of a stack', () => {
  it('go to one storage that is there', () => {
    expect(errorOf({ traces: {} })).toContain('traces is given without tempo and jaeger');
    expect(errorOf({ traces: {}, zipkin: {} })).toContain('traces is given without tempo and jaeger');
    expect(errorOf({ traces: {}, tempo: {}, jaeger: {} })).toContain('traces is given with tempo and jaeger');
    expect(errorOf({ traces: {}, tempo: {}, zipkin: {} })).toBe('none');
    expect(errorOf({ tempo: {}, jaeger: {} })).toBe('none');
  });

  it('become metrics of Prometheus: address, receiver and way', () => {
    const manifests = stackOf({ prometheus: { replicas: 2 }, tempo: {} });
    const { metrics_generator: generator, overrides } = yamlOf(manifests, 'monitoring-tempo-config', 'config.yaml');
    const host = (replica: number) =>
      `monitoring-prometheus-${replica}.monitoring-prometheus-headless.monitoring.svc.cluster.local`;
    expect(generator.storage.remote_write).toEqual([
      { url: `http://${host(0)}:9090/api/v1/write` },
      { url: `http://${host(1)}:9090/api/v1/write` },
    ]);
    expect(overrides.defaults.metrics_generator.processors).toContain('service-graphs');
    expect(argumentsOf(manifests)).toContain('--web.enable-remote-write-receiver');
    const policy = (name: string) => JSON.stringify(manifestOf(manifests, 'NetworkPolicy', name).spec);
    expect(policy('monitoring-tempo')).toMatch(/egress.*"port":9090.*prometheus|egress.*prometheus.*"port":9090/);
    expect(policy('monitoring-prometheus')).toMatch(/ingress.*tempo.*"port":9090|ingress.*"port":9090.*tempo/);
  });

  it('leave Prometheus alone where there are none', () => {
    const manifests = stackOf({ prometheus: {}, grafana: {} });
    expect(argumentsOf(manifests)).not.toContain('--web.enable-remote-write-receiver');
    expect(argumentsOf(manifests)).not.toContain(EXEMPLARS);
    expect(manifestOf(manifests, 'ConfigMap', 'monitoring-grafana-config').data['datasources.yaml']).not.toContain('exemplar');
  });

  it.each(['tempo', 'jaeger', 'zipkin'] as const)('are found from a metric in %s', (storage) => {
    const manifests = stackOf({ prometheus: {}, grafana: {}, [storage]: {} });
    expect(argumentsOf(manifests)).toContain(EXEMPLARS);
    const { datasources } = yamlOf(manifests, 'monitoring-grafana-config', 'datasources.yaml');
    const source = (type: string) => datasources.find((one: Manifest) => one.type === type);
    expect(source(storage).url).toContain(`monitoring-${storage}.`);
    const destinations: Manifest[] = source('prometheus').jsonData.exemplarTraceIdDestinations;
    expect(destinations.map(({ name, datasourceUid }) => `${name} ${datasourceUid}`)).toEqual([
      `trace_id ${storage}`,
      `traceID ${storage}`,
      `traceId ${storage}`,
    ]);
  });

  it('keep no exemplars where the user wants none', () => {
    const manifests = stackOf({ prometheus: { exemplarStorage: false, volume: Size.gibibytes(20) }, tempo: {} });
    expect(argumentsOf(manifests)).not.toContain(EXEMPLARS);
  });
});
