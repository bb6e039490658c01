import { Duration } from 'cdk8s';
import { describe, expect, it } from 'vitest';
import { MetricsServer, type MetricsServerProps } from '../../src/exporters/metrics-server';
import { metricsServerArguments, NodeAddressType } from '../../src/exporters/metrics-server-config';
import { Prometheus } from '../../src/prometheus/prometheus';
import { Cluster } from '../../src/settings/cluster';
import { Images } from '../../src/settings/images';
import {
  EVERY_WORKLOAD_OPTION,
  expectEveryPropToMatter,
  type Manifest,
  manifestOf,
  synthesisError,
  synthesize,
} from '../support/constructs';

const EVERY_PROP: Required<MetricsServerProps> = {
  ...EVERY_WORKLOAD_OPTION,
  kubeletInsecureTls: false,
  kubeletPreferredAddressTypes: [NodeAddressType.INTERNAL_IP],
  metricResolution: Duration.seconds(30),
  replicas: 2,
};

const make = (props: MetricsServerProps = {}, cluster = Cluster.generic({ name: 'c' })) =>
  synthesize((chart) => new MetricsServer(chart, 'metrics', props), { cluster });

const containerOf = (manifests: Manifest[]) => manifestOf(manifests, 'Deployment').spec.template.spec.containers[0];

const imageOn = (kubernetesVersion: string) => containerOf(make({}, Cluster.generic({ name: 'c', kubernetesVersion }))).image;

describe('arguments of metrics-server', () => {
  it('are those of the lab cluster', () => {
    expect(
      metricsServerArguments({
        kubeletInsecureTls: true,
        kubeletPreferredAddressTypes: [NodeAddressType.INTERNAL_IP],
        metricResolution: Duration.seconds(15),
      }),
    ).toEqual([
      '--secure-port=10250',
      '--cert-dir=/tmp',
      '--kubelet-preferred-address-types=InternalIP',
      '--kubelet-use-node-status-port',
      '--metric-resolution=15s',
      '--kubelet-insecure-tls',
      '--authorization-always-allow-paths=/healthz,/livez,/readyz,/metrics',
    ]);
  });
});

describe('MetricsServer', () => {
  it('synthesizes with minimal properties', () => {
    expect(make()).toMatchSnapshot();
  });

  it('synthesizes with every property', () => {
    expect(manifestOf(make(EVERY_PROP), 'Deployment').spec).toMatchSnapshot();
  });

  it('has no dead property', () => {
    expectEveryPropToMatter((chart, props: MetricsServerProps) => new MetricsServer(chart, 'metrics', props), {}, EVERY_PROP);
  });

  it('serves the API from any namespace, and reads what Kubernetes keeps in kube-system', () => {
    const manifests = make({ namespace: 'metrics' });
    expect(manifestOf(manifests, 'APIService')).toMatchObject({
      metadata: { name: 'v1beta1.metrics.k8s.io' },
      spec: {
        group: 'metrics.k8s.io',
        version: 'v1beta1',
        insecureSkipTLSVerify: true,
        service: { name: 'monitoring-metrics-server', namespace: 'metrics', port: 443 },
      },
    });
    const reader = manifestOf(manifests, 'RoleBinding');
    expect(reader).toMatchObject({
      metadata: { namespace: 'kube-system' },
      roleRef: { kind: 'Role', name: 'extension-apiserver-authentication-reader' },
      subjects: [{ kind: 'ServiceAccount', name: 'monitoring-metrics-server', namespace: 'metrics' }],
    });
    expect(manifestOf(manifests, 'ClusterRoleBinding', 'monitoring-metrics-server-auth-delegator').roleRef.name).toBe(
      'system:auth-delegator',
    );
    expect(manifestOf(manifests, 'Deployment').spec.template.metadata.labels['k8s-app']).toBe('metrics-server');
  });

  it('lets who may view a namespace read the results', () => {
    const { metadata, rules } = manifestOf(make(), 'ClusterRole', 'monitoring-metrics-server-reader');
    expect(metadata.labels['rbac.authorization.k8s.io/aggregate-to-view']).toBe('true');
    expect(rules).toEqual([{ apiGroups: ['metrics.k8s.io'], resources: ['nodes', 'pods'], verbs: ['get', 'list', 'watch'] }]);
  });

  it('trusts kubelets as the profile says', () => {
    const trusts = (kubeletCertificatesFromClusterAuthority: boolean) =>
      !containerOf(make({}, Cluster.generic({ name: 'c', kubeletCertificatesFromClusterAuthority }))).args.includes(
        '--kubelet-insecure-tls',
      );
    expect([trusts(true), trusts(false)]).toEqual([true, false]);
  });

  it('is chosen or refused by the version of Kubernetes', () => {
    const image = 'registry.k8s.io/metrics-server/metrics-server';
    expect(['1.35', '1.34', '1.33', '1.31', '1.30', '1.29', '1.27'].map(imageOn)).toEqual(
      ['v0.9.0', 'v0.9.0', 'v0.8.0', 'v0.8.0', 'v0.7.2', 'v0.7.2', 'v0.7.2'].map((tag) => `${image}:${tag}`),
    );
    expect(() => imageOn('1.26')).toThrow(
      'cluster.kubernetesVersion is "1.26"; allowed is "1.27" or newer for metrics-server/metrics-server: give images.metricsServer.tag',
    );
    const cluster = Cluster.generic({ name: 'c', kubernetesVersion: '1.26' });
    const images = new Images({ metricsServer: { tag: 'v0.6.4' } });
    const older = synthesize((chart) => new MetricsServer(chart, 'metrics'), { cluster, images });
    expect(containerOf(older).image).toBe(`${image}:v0.6.4`);
    expect(manifestOf(older, 'Deployment').spec.template.metadata.labels['app.kubernetes.io/version']).toBe('0.6.4');
  });

  it('is scraped with TLS and without a right of its own', () => {
    const manifests = synthesize((chart) => {
      new MetricsServer(chart, 'metrics');
      new Prometheus(chart, 'prometheus', { kubernetes: { kubelet: false, cadvisor: false } });
    });
    const config = manifestOf(manifests, 'ConfigMap', 'monitoring-prometheus-config').data['prometheus.yml'];
    expect(config).toContain('job_name: metrics-server\n    scheme: https\n    tls_config:\n      insecure_skip_verify: true\n');
    const policy = manifestOf(manifests, 'NetworkPolicy', 'monitoring-metrics-server').spec;
    expect(policy.ingress).toEqual([{ ports: [{ port: 10250 }] }]);
  });

  it('names all that is wrong at once', () => {
    const error = synthesisError(
      (chart) =>
        new MetricsServer(chart, 'metrics', {
          metricResolution: Duration.seconds(10),
          kubeletPreferredAddressTypes: [NodeAddressType.HOSTNAME, NodeAddressType.HOSTNAME],
          replicas: 0,
        }),
      { cluster: Cluster.k3d({ name: 'c' }) },
    );
    for (const text of [
      'cluster.hasMetricsServer is true; allowed is one metrics-server in a cluster',
      'metricResolution is 10000 ms; allowed is more than 10 s',
      'kubeletPreferredAddressTypes has Hostname twice',
      'replicas is 0; allowed are whole numbers from 1',
    ]) {
      expect(error).toContain(text);
    }
    expect(synthesisError((chart) => new MetricsServer(chart, 'metrics', { kubeletPreferredAddressTypes: [] }))).toContain(
      'kubeletPreferredAddressTypes is []',
    );
  });
});
