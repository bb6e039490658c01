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
}

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
} as const satisfies Record<string, ImageFacts>;

/** The images of all components, from one table. */
export class Images {
  constructor(private readonly props: ImagesProps = {}) {}

  /**
   * Reference to put into a container.
   * @internal
   */
  public _reference(name: ImageName): string {
    const { registry, path, tag }: ImageFacts = IMAGE_TABLE[name];
    const override = this.props[name] ?? {};
    const mirror = this.props.registryMirror?.replace(/\/+$/, '');
    const repository = override.repository ?? (mirror === undefined ? `${registry}/${path}` : `${mirror}/${path}`);
    return `${repository}:${override.tag ?? tag}${override.digest === undefined ? '' : `@${override.digest}`}`;
  }

  /**
   * Version, for the label `app.kubernetes.io/version`.
   * @internal
   */
  public _version(name: ImageName): string {
    return (this.props[name]?.tag ?? IMAGE_TABLE[name].tag).replace(/^v(?=\d)/, '');
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
