/** A part of Kubernetes itself that has metrics, by the name of its scrape job. */
export enum ControlPlaneComponent {
  /** The API server: requests, errors, latency, aggregated APIs. */
  API_SERVER = 'kube-apiserver',
  /** CoreDNS, the DNS service of the cluster. */
  CORE_DNS = 'coredns',
  /** The scheduler. kubeadm starts it on 127.0.0.1: `bind-address: 0.0.0.0` lets Prometheus in. */
  SCHEDULER = 'kube-scheduler',
  /** The controller manager. kubeadm starts it on 127.0.0.1: `bind-address: 0.0.0.0` lets Prometheus in. */
  CONTROLLER_MANAGER = 'kube-controller-manager',
  /** etcd. kubeadm has its metrics on 127.0.0.1: `listen-metrics-urls: http://0.0.0.0:2381` lets Prometheus in. */
  ETCD = 'etcd',
  /** kube-proxy. It is on 127.0.0.1 by default: `metricsBindAddress: 0.0.0.0:10249` lets Prometheus in. */
  KUBE_PROXY = 'kube-proxy',
}

/** A processor architecture, as the label `kubernetes.io/arch` has it. */
export enum CpuArchitecture {
  /** 64-bit x86. */
  AMD64 = 'amd64',
  /** 64-bit ARM. */
  ARM64 = 'arm64',
  /** 32-bit ARM. */
  ARM = 'arm',
  /** 64-bit POWER. */
  PPC64LE = 'ppc64le',
  /** IBM Z. */
  S390X = 's390x',
}
