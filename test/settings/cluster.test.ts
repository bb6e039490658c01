import { Size } from 'cdk8s';
import { describe, expect, it } from 'vitest';
import { Grafana } from '../../src/grafana/grafana';
import { Memcached } from '../../src/memcached/memcached';
import { Cluster } from '../../src/settings/cluster';
import { ControlPlaneComponent, CpuArchitecture } from '../../src/settings/control-plane';
import { Images } from '../../src/settings/images';
import { manifestOf, synthesisError, synthesize } from '../support/constructs';

const name = 'c';

describe('profiles of clusters', () => {
  it('say what the cluster brings and what its control plane shows', () => {
    const of = ({ storageClassName, ingressClassName, hasMetricsServer, controlPlane, apiServerPort, volumeStep }: Cluster) => ({
      storageClassName,
      ingressClassName,
      hasMetricsServer,
      controlPlane: controlPlane.join(' '),
      apiServerPort,
      volumeStep: volumeStep?.toGibibytes(),
    });
    const everything = 'kube-apiserver coredns kube-scheduler kube-controller-manager etcd kube-proxy';
    const usual = 'kube-apiserver coredns';
    const none = { storageClassName: undefined, ingressClassName: undefined, hasMetricsServer: false, volumeStep: undefined };
    const own = { ...none, apiServerPort: 6443 };
    const cloud = { ...none, apiServerPort: 443 };
    const k3s = { ...own, storageClassName: 'local-path', ingressClassName: 'traefik', hasMetricsServer: true };
    expect(of(Cluster.generic({ name }))).toEqual({ ...own, controlPlane: usual });
    expect(of(Cluster.kubeadm({ name }))).toEqual({ ...own, controlPlane: everything });
    expect(of(Cluster.k3s({ name }))).toEqual({ ...k3s, controlPlane: usual });
    expect(of(Cluster.k3d({ name }))).toEqual({ ...k3s, controlPlane: usual });
    expect(of(Cluster.naverCloud({ name }))).toEqual({
      ...own,
      storageClassName: 'nks-block-storage',
      volumeStep: 10,
      controlPlane: usual,
    });
    expect(of(Cluster.eks({ name, storageClassName: 'gp3' }))).toEqual({
      ...cloud,
      storageClassName: 'gp3',
      controlPlane: usual,
    });
    expect(of(Cluster.gke({ name }))).toEqual({
      ...cloud,
      storageClassName: 'standard-rwo',
      hasMetricsServer: true,
      controlPlane: '',
    });
    expect(of(Cluster.aks({ name }))).toEqual({ ...cloud, hasMetricsServer: true, controlPlane: 'coredns' });
  });

  it('are overruled by properties', () => {
    const cluster = Cluster.k3d({
      name,
      storageClassName: 'fast',
      ingressClassName: 'nginx',
      hasMetricsServer: false,
      podCidrs: [],
      controlPlane: [ControlPlaneComponent.ETCD],
    });
    expect([cluster.storageClassName, cluster.ingressClassName, cluster.hasMetricsServer, cluster.podCidrs]).toEqual([
      'fast',
      'nginx',
      false,
      [],
    ]);
    expect(cluster.controlPlane).toEqual(['etcd']);
    expect(Cluster.k3d({ name }).podCidrs).toEqual(['10.42.0.0/16']);
  });

  it('ask for what the cluster has no default of', () => {
    expect(Cluster.eks({ name })._problems()).toEqual([
      'cluster.storageClassName is not given; allowed is any on this kind of cluster, which has no default: name it',
    ]);
    expect(Cluster.eks({ name, storageClassName: 'gp3' })._problems()).toEqual([]);
    expect(Cluster.kubeadm({ name })._problems()).toEqual([]);
  });

  it('give an Ingress its class unless it names one', () => {
    const classOf = (className?: string) => {
      const ingress = { host: 'grafana.example.com', className };
      const manifests = synthesize((chart) => new Grafana(chart, 'grafana', { ingress }), { cluster: Cluster.k3d({ name }) });
      return manifestOf(manifests, 'Ingress').spec.ingressClassName;
    };
    expect([classOf(), classOf('internal')]).toEqual(['traefik', 'internal']);
  });
});

describe('images', () => {
  const cache = (architectures: CpuArchitecture[], images = new Images()) =>
    [
      (chart: Parameters<Parameters<typeof synthesize>[0]>[0]) =>
        new Memcached(chart, 'cache', { itemMemory: Size.mebibytes(64) }),
      { cluster: Cluster.generic({ name, architectures }), images },
    ] as const;

  it('exist for amd64 and arm64', () => {
    expect(synthesize(...cache([CpuArchitecture.AMD64, CpuArchitecture.ARM64])).length).toBeGreaterThan(0);
  });

  it('are refused, each of a pod, where nodes have another architecture', () => {
    const error = synthesisError(...cache([CpuArchitecture.ARM64, CpuArchitecture.S390X]));
    expect(error).toContain('cluster.architectures has "s390x"; allowed are amd64 and arm64 for library/memcached');
    expect(error).toContain('cluster.architectures has "s390x"; allowed are amd64 and arm64 for prom/memcached-exporter');
  });

  it('of one’s own are taken as they are', () => {
    const repository = 'registry.example.com/own';
    const images = new Images({ memcached: { repository }, memcachedExporter: { repository } });
    expect(synthesize(...cache([CpuArchitecture.S390X], images)).length).toBeGreaterThan(0);
  });
});
