import type { Cluster } from './cluster';
import { CpuArchitecture } from './control-plane';

/** Changes to one image. */
export interface ImageOverride {
  /** Another repository, used as it is (no mirror is put before it). @default - the one of the table */
  readonly repository?: string;
  /** Another version. The library is tested with the one of the table. @default - the one of the table */
  readonly tag?: string;
  /** Content digest, `sha256:…`; the image is then pinned. @default - by tag */
  readonly digest?: string;
}

/** Where images come from. */
export interface ImagesProps {
  /** Registry that mirrors all others: `mirror.example.com/hub` gives `mirror.example.com/hub/grafana/loki`. @default - the originals */
  readonly registryMirror?: string;
  /** When nodes pull. @default - Kubernetes' own: `IfNotPresent`, as no tag is `latest` */
  readonly pullPolicy?: string;
  /** Secrets with registry credentials, for every pod. @default - none */
  readonly pullSecrets?: string[];
  /** Prometheus. @default - as in the table */
  readonly prometheus?: ImageOverride;
  /** Thanos. @default - as in the table */
  readonly thanos?: ImageOverride;
  /** Loki. @default - as in the table */
  readonly loki?: ImageOverride;
  /** nginx of Loki's gateway. @default - as in the table */
  readonly nginx?: ImageOverride;
  /** Memcached. @default - as in the table */
  readonly memcached?: ImageOverride;
  /** Memcached exporter. @default - as in the table */
  readonly memcachedExporter?: ImageOverride;
  /** Alloy. @default - as in the table */
  readonly alloy?: ImageOverride;
  /** Grafana. @default - as in the table */
  readonly grafana?: ImageOverride;
  /** kube-state-metrics. @default - as in the table */
  readonly kubeStateMetrics?: ImageOverride;
  /** node_exporter. @default - as in the table */
  readonly nodeExporter?: ImageOverride;
  /** Pushgateway. @default - as in the table */
  readonly pushgateway?: ImageOverride;
  /** metrics-server. @default - as in the table, by the cluster's Kubernetes version */
  readonly metricsServer?: ImageOverride;
  /** Loki canary. @default - as in the table */
  readonly lokiCanary?: ImageOverride;
  /** Sidecar that finds dashboards for Grafana. @default - as in the table */
  readonly k8sSidecar?: ImageOverride;
  /** Alertmanager. @default - as in the table */
  readonly alertmanager?: ImageOverride;
  /** Elasticsearch. @default - as in the table */
  readonly elasticsearch?: ImageOverride;
  /** Elasticsearch's exporter. @default - as in the table */
  readonly elasticsearchExporter?: ImageOverride;
  /** Kibana; must have the version of Elasticsearch. @default - as in the table */
  readonly kibana?: ImageOverride;
  /** Fluentd with the plugins for Kubernetes and Elasticsearch. @default - as in the table */
  readonly fluentd?: ImageOverride;
  /** Fluent Bit. @default - as in the table */
  readonly fluentBit?: ImageOverride;
  /** Tempo. @default - as in the table */
  readonly tempo?: ImageOverride;
  /** Jaeger. @default - as in the table */
  readonly jaeger?: ImageOverride;
  /** Zipkin. @default - as in the table */
  readonly zipkin?: ImageOverride;
}

/** What the library knows about an image. */
export interface ImageFacts {
  readonly registry: string;
  readonly path: string;
  readonly tag: string;
  /** Numeric user: the kubelet cannot prove that a *named* image user is not root. */
  readonly user: number;
  readonly group: number;
  /** Group that owns the volumes. */
  readonly volumeGroup: number;
  /**
   * Where a version serves some versions of Kubernetes only: for each, the first minor version, newest first. `tag` is the
   * newest.
   */
  readonly sinceKubernetes?: readonly { readonly minor: number; readonly tag: string }[];
}

/** Architectures of every image of the table. */
const ARCHITECTURES: readonly CpuArchitecture[] = [CpuArchitecture.AMD64, CpuArchitecture.ARM64];

/** Names of the images of the table. */
export type ImageName = keyof typeof IMAGE_TABLE;

const facts = (registry: string, path: string, tag: string, user: number, group = user, volumeGroup = group): ImageFacts => ({
  registry,
  path,
  tag,
  user,
  group,
  volumeGroup,
});

/**
 * Every image, multi-architecture (amd64, arm64). Users: the images' own Dockerfiles; `nobody` is 65534.
 * Alloy's user is root, because the node's log files belong to it.
 */
export const IMAGE_TABLE = {
  prometheus: facts('quay.io', 'prometheus/prometheus', 'v3.15.0', 65534),
  thanos: facts('quay.io', 'thanos/thanos', 'v0.42.5', 1001),
  loki: facts('docker.io', 'grafana/loki', '3.7.8', 10001),
  nginx: facts('docker.io', 'nginxinc/nginx-unprivileged', '1.31-alpine', 101),
  memcached: facts('docker.io', 'library/memcached', '1.6.45-alpine', 11211),
  memcachedExporter: facts('docker.io', 'prom/memcached-exporter', 'v0.17.0', 65534),
  alloy: facts('docker.io', 'grafana/alloy', 'v1.19.0', 0),
  grafana: facts('docker.io', 'grafana/grafana', '13.2.0', 472, 0, 472),
  kubeStateMetrics: facts('registry.k8s.io', 'kube-state-metrics/kube-state-metrics', 'v2.20.0', 65534),
  nodeExporter: facts('quay.io', 'prometheus/node-exporter', 'v1.12.1', 65534),
  pushgateway: facts('quay.io', 'prometheus/pushgateway', 'v1.11.3', 65534),
  // User: its own manifests. Versions: the compatibility matrix of its README.
  metricsServer: {
    ...facts('registry.k8s.io', 'metrics-server/metrics-server', 'v0.9.0', 1000),
    sinceKubernetes: [
      { minor: 34, tag: 'v0.9.0' },
      { minor: 31, tag: 'v0.8.0' },
      { minor: 27, tag: 'v0.7.2' },
    ],
  },
  // The image itself names no user; Grafana's chart runs it as Loki's.
  lokiCanary: facts('docker.io', 'grafana/loki-canary', '3.7.8', 10001),
  // User: `nobody` of its Dockerfile.
  k8sSidecar: facts('quay.io', 'kiwigrid/k8s-sidecar', '2.7.1', 65534),
  alertmanager: facts('quay.io', 'prometheus/alertmanager', 'v0.34.2', 65534),
  elasticsearch: facts('docker.elastic.co', 'elasticsearch/elasticsearch', '9.5.1', 1000, 0, 1000),
  // User: `nobody` of its Dockerfile.
  elasticsearchExporter: facts('quay.io', 'prometheuscommunity/elasticsearch-exporter', 'v1.11.0', 65534),
  kibana: facts('docker.elastic.co', 'kibana/kibana', '9.5.1', 1000),
  // Users: the log files on the nodes belong to root.
  fluentd: facts('docker.io', 'fluent/fluentd-kubernetes-daemonset', 'v1.19.3-debian-elasticsearch9-1.1', 0),
  fluentBit: facts('docker.io', 'fluent/fluent-bit', '5.1.1', 0),
  tempo: facts('docker.io', 'grafana/tempo', '3.0.3', 10001),
  jaeger: facts('docker.io', 'jaegertracing/jaeger', '2.20.0', 10001),
  // User: the first of its Dockerfile, which names none by number.
  zipkin: facts('docker.io', 'openzipkin/zipkin', '3.6.1', 1000),
} as const satisfies Record<string, ImageFacts>;

/** The images of all components, from one table. */
export class Images {
  constructor(private readonly props: ImagesProps = {}) {}

  /**
   * Reference to put into a container.
   * @internal
   */
  public _reference(name: ImageName, cluster?: Cluster): string {
    const { registry, path }: ImageFacts = IMAGE_TABLE[name];
    const override = this.props[name] ?? {};
    const mirror = this.props.registryMirror?.replace(/\/+$/, '');
    const repository = override.repository ?? (mirror === undefined ? `${registry}/${path}` : `${mirror}/${path}`);
    return `${repository}:${this.tag(name, cluster)}${override.digest === undefined ? '' : `@${override.digest}`}`;
  }

  /**
   * Version, for the label `app.kubernetes.io/version`.
   * @internal
   */
  public _version(name: ImageName, cluster?: Cluster): string {
    return this.tag(name, cluster).replace(/^v(?=\d)/, '');
  }

  /**
   * What keeps an image from running on a cluster. Who gives another version or repository knows what it holds.
   * @internal
   */
  public _problemsOn(name: ImageName, cluster: Cluster): string[] {
    const { sinceKubernetes = [] }: ImageFacts = IMAGE_TABLE[name];
    const { tag, repository } = this.props[name] ?? {};
    const oldest = sinceKubernetes[sinceKubernetes.length - 1];
    const tooOld = oldest !== undefined && tag === undefined && cluster._minorVersion < oldest.minor;
    const missing = repository === undefined ? cluster.architectures.filter((wanted) => !ARCHITECTURES.includes(wanted)) : [];
    return [
      ...(tooOld
        ? [
            `cluster.kubernetesVersion is "${cluster.kubernetesVersion}"; allowed is "1.${oldest.minor}" or newer for ${IMAGE_TABLE[name].path}: ` +
              `give images.${name}.tag a version that serves it, or leave the component out`,
          ]
        : []),
      ...missing.map(
        (architecture) =>
          `cluster.architectures has "${architecture}"; allowed are ${ARCHITECTURES.join(' and ')} for ${IMAGE_TABLE[name].path}: ` +
          `give images.${name}.repository an image of your own, or place the component on other nodes`,
      ),
    ];
  }

  private tag(name: ImageName, cluster?: Cluster): string {
    const { tag, sinceKubernetes }: ImageFacts = IMAGE_TABLE[name];
    const fitting = cluster && sinceKubernetes?.find(({ minor }) => cluster._minorVersion >= minor);
    return this.props[name]?.tag ?? fitting?.tag ?? tag;
  }

  /**
   * When nodes pull.
   * @internal
   */
  public get _pullPolicy(): string | undefined {
    return this.props.pullPolicy;
  }

  /**
   * Secrets with registry credentials.
   * @internal
   */
  public get _pullSecrets(): string[] {
    return this.props.pullSecrets ?? [];
  }

  /**
   * What is wrong with the overrides.
   * @internal
   */
  public _problems(): string[] {
    const problems: string[] = [];
    const { registryMirror, pullPolicy } = this.props;
    if (registryMirror !== undefined && !/^[a-z0-9.-]+(:\d+)?(\/[a-z0-9._-]+)*\/?$/.test(registryMirror)) {
      problems.push(
        `images.registryMirror is ${JSON.stringify(registryMirror)}; allowed is "host[:port][/path]" without scheme: correct the address`,
      );
    }
    if (pullPolicy !== undefined && !['Always', 'IfNotPresent', 'Never'].includes(pullPolicy)) {
      problems.push(`images.pullPolicy is "${pullPolicy}"; allowed are "Always", "IfNotPresent" and "Never": choose one`);
    }
    for (const name of Object.keys(IMAGE_TABLE) as ImageName[]) {
      const override = this.props[name];
      if (override?.digest !== undefined && !/^sha256:[0-9a-f]{64}$/.test(override.digest)) {
        problems.push(
          `images.${name}.digest is "${override.digest}"; allowed is "sha256:" and 64 hexadecimal digits: copy it from the registry`,
        );
      }
      if (override?.tag !== undefined && !/^\w[\w.-]{0,127}$/.test(override.tag)) {
        problems.push(
          `images.${name}.tag is ${JSON.stringify(override.tag)}; allowed are letters, digits, "_", "." and "-": correct the tag`,
        );
      }
    }
    return problems;
  }
}
