import { Size } from 'cdk8s';
import { ControlPlaneComponent, type CpuArchitecture } from './control-plane';

/** The DNS service of a cluster; NetworkPolicies allow it and nginx resolves through it. */
export interface DnsService {
  /** Name of the Service. @default 'kube-dns' */
  readonly name?: string;
  /** Its namespace. @default 'kube-system' */
  readonly namespace?: string;
  /** Labels of its pods. @default - `k8s-app: kube-dns` */
  readonly podLabels?: { [key: string]: string };
}

/** What the library must know about a cluster. */
export interface ClusterProps {
  /** Name, the value of the label `cluster` on all data. Unique among all clusters that share a bucket. */
  readonly name: string;
  /** Environment, the value of the label `env` on all data: `prod`, `staging`, … @default 'prod' */
  readonly environment?: string;
  /** Kubernetes version, `major.minor`. @default '1.34' */
  readonly kubernetesVersion?: string;
  /** Domain of cluster-internal names. @default 'cluster.local' */
  readonly domain?: string;
  /** The DNS service. @default - Service `kube-dns` in `kube-system`, pods labelled `k8s-app: kube-dns` */
  readonly dns?: DnsService;
  /** Storage class of all volumes. @default - the cluster's default class */
  readonly storageClassName?: string;
  /** Address ranges of pods; left out of what egress to the outside may reach. @default - nothing is left out */
  readonly podCidrs?: string[];
  /** Address ranges of the nodes (kubelets). @default - every address, with the warning `egress-to-anywhere` */
  readonly nodeCidrs?: string[];
  /** Address ranges of the API server's endpoints. @default - every address, with the warning `egress-to-anywhere` */
  readonly apiServerCidrs?: string[];
  /** Port of the API server's endpoints, besides 443. @default 6443 */
  readonly apiServerPort?: number;
  /** Whether the kubelets' serving certificates are signed by the cluster's authority. @default false - they are self-signed */
  readonly kubeletCertificatesFromClusterAuthority?: boolean;
  /** Volumes come in multiples of this. @default - any size */
  readonly volumeStep?: Size;
  /** Ingress class of every Ingress that names none itself. @default - the cluster's default class */
  readonly ingressClassName?: string;
  /** Whether the cluster brings a metrics-server; a second one would take the first one's place, so it is refused. @default false */
  readonly hasMetricsServer?: boolean;
  /**
   * Parts of the control plane whose metrics Prometheus can reach; jobs for others are refused. Hand it on to have them
   * all: `prometheus: { kubernetes: { controlPlane: cluster.controlPlane } }`.
   * @default - API server and CoreDNS
   */
  readonly controlPlane?: ControlPlaneComponent[];
  /** Architectures of the nodes; images that lack one are refused. @default - nothing is checked */
  readonly architectures?: CpuArchitecture[];
}

/** A Kubernetes cluster, by what distinguishes it for monitoring. */
export class Cluster {
  /** Any cluster that is described by properties alone, with CoreDNS, and with its API server's metrics within reach. */
  public static generic(props: ClusterProps): Cluster {
    return new Cluster(props);
  }

  /**
   * Ncloud Kubernetes Service: block volumes in steps of 10 GB (guide.ncloud-docs.com, block storage CSI), storage class
   * `nks-block-storage`.
   */
  public static naverCloud(props: ClusterProps): Cluster {
    return new Cluster({ storageClassName: 'nks-block-storage', volumeStep: Size.gibibytes(10), ...props });
  }

  /**
   * A cluster that kubeadm made, on machines of your own: the whole control plane runs in pods of `kube-system`. What
   * `ControlPlaneComponent` says must be set at `kubeadm init` for Prometheus to reach it. No storage class comes with it.
   */
  public static kubeadm(props: ClusterProps): Cluster {
    return new Cluster({ controlPlane: Object.values(ControlPlaneComponent), ...props });
  }

  /**
   * k3s: ingress class `traefik`, storage class `local-path`, a metrics-server of its own, pods in 10.42.0.0/16. Scheduler,
   * controller manager and kube-proxy are parts of the one process and have no jobs of their own; its store is SQLite unless
   * chosen otherwise.
   */
  public static k3s(props: ClusterProps): Cluster {
    return new Cluster({
      storageClassName: 'local-path',
      ingressClassName: 'traefik',
      hasMetricsServer: true,
      podCidrs: ['10.42.0.0/16'],
      ...props,
    });
  }

  /** k3d, which is k3s in Docker: the same in all that matters here. */
  public static k3d(props: ClusterProps): Cluster {
    return Cluster.k3s(props);
  }

  /**
   * Amazon EKS. No class of volumes is the default there since 1.30, so `storageClassName` must be given. Scheduler and controller
   * manager are offered by an API of EKS's own (docs.aws.amazon.com, "Fetch control plane raw metrics"), not at a port.
   */
  public static eks(props: ClusterProps): Cluster {
    return new Cluster({ apiServerPort: 443, ...props }, ['storageClassName']);
  }

  /**
   * Google Kubernetes Engine: a metrics-server of its own, storage class `standard-rwo`. The control plane shows its metrics to
   * Cloud Monitoring (cloud.google.com, "Control plane metrics"), and its DNS is kube-dns or Cloud DNS, so no job is offered.
   */
  public static gke(props: ClusterProps): Cluster {
    return new Cluster({
      storageClassName: 'standard-rwo',
      hasMetricsServer: true,
      apiServerPort: 443,
      controlPlane: [],
      ...props,
    });
  }

  /**
   * Azure Kubernetes Service: a metrics-server of its own and CoreDNS. The control plane shows its metrics to Azure's managed
   * Prometheus only (learn.microsoft.com, "Monitor AKS control plane metrics").
   */
  public static aks(props: ClusterProps): Cluster {
    return new Cluster({ hasMetricsServer: true, apiServerPort: 443, controlPlane: [ControlPlaneComponent.CORE_DNS], ...props });
  }

  private constructor(
    private readonly props: ClusterProps,
    private readonly needed: readonly (keyof ClusterProps)[] = [],
  ) {}

  /** Value of the label `cluster`. */
  public get name(): string {
    return this.props.name;
  }

  /** Value of the label `env`. */
  public get environment(): string {
    return this.props.environment ?? 'prod';
  }

  /** `major.minor`. */
  public get kubernetesVersion(): string {
    return this.props.kubernetesVersion ?? '1.34';
  }

  /** Domain of cluster-internal names. */
  public get domain(): string {
    return this.props.domain ?? 'cluster.local';
  }

  /** Storage class of all volumes. */
  public get storageClassName(): string | undefined {
    return this.props.storageClassName;
  }

  /** Volumes come in multiples of this. */
  public get volumeStep(): Size | undefined {
    return this.props.volumeStep;
  }

  /** Ingress class of every Ingress that names none itself. */
  public get ingressClassName(): string | undefined {
    return this.props.ingressClassName;
  }

  /** Whether the cluster brings a metrics-server. */
  public get hasMetricsServer(): boolean {
    return this.props.hasMetricsServer ?? false;
  }

  /** Parts of the control plane whose metrics Prometheus can reach. */
  public get controlPlane(): ControlPlaneComponent[] {
    return this.props.controlPlane ?? [ControlPlaneComponent.API_SERVER, ControlPlaneComponent.CORE_DNS];
  }

  /** Architectures of the nodes, as far as they are told. */
  public get architectures(): CpuArchitecture[] {
    return this.props.architectures ?? [];
  }

  /**
   * Minor version of Kubernetes.
   * @internal
   */
  public get _minorVersion(): number {
    return Number(this.kubernetesVersion.split('.')[1]);
  }

  /** Address ranges of pods. */
  public get podCidrs(): string[] {
    return this.props.podCidrs ?? [];
  }

  /** Address ranges of the nodes. */
  public get nodeCidrs(): string[] | undefined {
    return this.props.nodeCidrs;
  }

  /** Address ranges of the API server's endpoints. */
  public get apiServerCidrs(): string[] | undefined {
    return this.props.apiServerCidrs;
  }

  /** Port of the API server's endpoints. */
  public get apiServerPort(): number {
    return this.props.apiServerPort ?? 6443;
  }

  /** Whether kubelets can be verified with the cluster's authority. */
  public get kubeletCertificatesFromClusterAuthority(): boolean {
    return this.props.kubeletCertificatesFromClusterAuthority ?? false;
  }

  /** Namespace of the DNS service. */
  public get dnsNamespace(): string {
    return this.props.dns?.namespace ?? 'kube-system';
  }

  /** Labels of the pods of the DNS service. */
  public get dnsPodLabels(): { [key: string]: string } {
    return this.props.dns?.podLabels ?? { 'k8s-app': 'kube-dns' };
  }

  /** Fully qualified host name of the DNS service. */
  public get dnsHost(): string {
    return `${this.props.dns?.name ?? 'kube-dns'}.${this.dnsNamespace}.svc.${this.domain}`;
  }

  /**
   * What is wrong with this description.
   * @internal
   */
  public _problems(): string[] {
    const problems: string[] = [];
    for (const [property, value] of Object.entries({ name: this.name, environment: this.environment })) {
      if (!/^[^\s"\\$]{1,63}$/.test(value)) {
        problems.push(
          `cluster.${property} is ${JSON.stringify(value)}; allowed are 1 to 63 characters without spaces, quotes, "\\" and "$": choose another value`,
        );
      }
    }
    if (!/^1\.\d+$/.test(this.kubernetesVersion)) {
      problems.push(
        `cluster.kubernetesVersion is "${this.kubernetesVersion}"; allowed is "1.<minor>", such as "1.34": give major and minor only`,
      );
    }
    for (const property of this.needed.filter((name) => this.props[name] === undefined)) {
      problems.push(`cluster.${property} is not given; allowed is any on this kind of cluster, which has no default: name it`);
    }
    return problems;
  }
}
