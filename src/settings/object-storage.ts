import type { SecretKey } from './secret-key';
import type { StorageIdentity } from './storage-identity';

/** What every kind of object storage needs to know. */
export interface ObjectStorageOptions {
  /** As whom to connect. */
  readonly identity: StorageIdentity;
  /** One bucket per product, named `<bucketPrefix>-<product>`: `qgx-thanos`, `qgx-loki`. @default - `bucket` is used */
  readonly bucketPrefix?: string;
  /** One bucket for all products; each keeps to a prefix of its own (`thanos/`, `loki/`). @default - `bucketPrefix` is used */
  readonly bucket?: string;
  /** Certificate authority of the endpoint, PEM, from a Secret. @default - the authorities of the image */
  readonly certificateAuthority?: SecretKey;
  /** Proxy to reach the endpoint through, e.g. `http://proxy.example.com:3128`. @default - direct */
  readonly proxyUrl?: string;
  /**
   * Address ranges of the endpoint, for the NetworkPolicies (a plain NetworkPolicy knows no names).
   * @default - everything but the cluster's pod range, with the warning `egress-to-anywhere`
   */
  readonly egressCidrs?: string[];
}

/** Options of the Ncloud Object Storage of NAVER Cloud Platform. */
export interface NaverCloudObjectStorageOptions extends ObjectStorageOptions {
  /** Which site: `public`, `fin` (financial) or `gov` (public sector). @default NaverCloudSite.PUBLIC */
  readonly site?: NaverCloudSite;
}

/** The separate sites of NAVER Cloud Platform. */
export enum NaverCloudSite {
  /** `kr.object.ncloudstorage.com`, region `kr-standard`. */
  PUBLIC = 'public',
  /** `kr.object.fin-ncloudstorage.com`, region `fin-standard`. */
  FINANCIAL = 'fin',
  /** `kr.object.gov-ncloudstorage.com`, region `gov-standard`. */
  GOVERNMENT = 'gov',
}

/** Options of Amazon S3. */
export interface AmazonS3Options extends ObjectStorageOptions {
  /** AWS region, e.g. `ap-northeast-2`. */
  readonly region: string;
}

/** Options of any other store that speaks the S3 protocol. */
export interface S3CompatibleOptions extends ObjectStorageOptions {
  /** Host and optional port, without scheme: `minio.storage.svc:9000`. */
  readonly endpoint: string;
  /** Region that requests are signed for. */
  readonly region: string;
  /** Plain HTTP. @default false */
  readonly insecure?: boolean;
  /** Bucket in the path (`host/bucket`) instead of in the name (`bucket.host`). @default true */
  readonly forcePathStyle?: boolean;
  /** Version of the listing call: `v1` or `v2`. @default 'v2' */
  readonly listObjectsVersion?: string;
}

/** Where a product keeps its objects. */
export interface BucketLocation {
  /** Bucket name. */
  readonly bucket: string;
  /** Prefix of every object, without slashes at the ends. @default - none */
  readonly prefix?: string;
}

/**
 * Object storage, described once; Thanos and Loki each get it in their own dialect. Only those two delete objects: set no
 * lifecycle rule on their buckets (it removes parts of blocks and chunks the index still points to).
 */
export class ObjectStorage {
  /**
   * Object Storage of NAVER Cloud Platform. Lists with version 1 and path style, because its documentation contradicts
   * itself on `ListObjectsV2` (api.ncloud-docs.com, object storage overview).
   */
  public static naverCloud(options: NaverCloudObjectStorageOptions): ObjectStorage {
    const site = options.site ?? NaverCloudSite.PUBLIC;
    const [domain, region] =
      site === NaverCloudSite.PUBLIC ? ['ncloudstorage.com', 'kr-standard'] : [`${site}-ncloudstorage.com`, `${site}-standard`];
    return new ObjectStorage({ ...options, endpoint: `kr.object.${domain}`, region, listObjectsVersion: 'v1' });
  }

  /** Amazon S3. */
  public static amazonS3(options: AmazonS3Options): ObjectStorage {
    return new ObjectStorage({ ...options, endpoint: `s3.${options.region}.amazonaws.com`, forcePathStyle: false });
  }

  /** Any store that speaks the S3 protocol with signature version 4. */
  public static s3Compatible(options: S3CompatibleOptions): ObjectStorage {
    return new ObjectStorage(options);
  }

  private constructor(private readonly options: S3CompatibleOptions) {}

  /** Host and optional port, without scheme. */
  public get endpoint(): string {
    return this.options.endpoint;
  }

  /** Region that requests are signed for. */
  public get region(): string {
    return this.options.region;
  }

  /** As whom to connect. */
  public get identity(): StorageIdentity {
    return this.options.identity;
  }

  /** Whether plain HTTP is spoken. */
  public get insecure(): boolean {
    return this.options.insecure ?? false;
  }

  /** Whether the bucket stands in the path. */
  public get forcePathStyle(): boolean {
    return this.options.forcePathStyle ?? true;
  }

  /** `v1` or `v2`. */
  public get listObjectsVersion(): string {
    return this.options.listObjectsVersion ?? 'v2';
  }

  /** Certificate authority of the endpoint. */
  public get certificateAuthority(): SecretKey | undefined {
    return this.options.certificateAuthority;
  }

  /** Proxy on the way to the endpoint. */
  public get proxyUrl(): string | undefined {
    return this.options.proxyUrl;
  }

  /** Address ranges for the NetworkPolicies. */
  public get egressCidrs(): string[] | undefined {
    return this.options.egressCidrs;
  }

  /** Port of the endpoint. */
  public get port(): number {
    const port = /:(\d+)$/.exec(this.options.endpoint);
    return port ? Number(port[1]) : this.insecure ? 80 : 443;
  }

  /** Where a product (`thanos`, `loki`) keeps its objects. */
  public locationOf(product: string): BucketLocation {
    return this.options.bucket !== undefined
      ? { bucket: this.options.bucket, prefix: product }
      : { bucket: `${this.options.bucketPrefix ?? ''}-${product}` };
  }

  /**
   * What is wrong with this description.
   * @internal
   */
  public _problems(): string[] {
    const problems: string[] = [];
    const { endpoint, bucket, bucketPrefix } = this.options;
    if (!/^[a-z0-9.-]+(:\d+)?$/i.test(endpoint)) {
      problems.push(
        `objectStorage.endpoint is "${endpoint}"; allowed is a host with an optional port, such as "minio.storage.svc:9000": ` +
          'remove scheme and path (use insecure: true for plain HTTP)',
      );
    }
    if ((bucket === undefined) === (bucketPrefix === undefined)) {
      problems.push(
        `objectStorage has bucket ${JSON.stringify(bucket)} and bucketPrefix ${JSON.stringify(bucketPrefix)}; ` +
          'exactly one of them is allowed: give bucketPrefix for a bucket per product, or bucket for one bucket with prefixes',
      );
    }
    for (const [property, value] of Object.entries({ bucket, bucketPrefix })) {
      if (value !== undefined && !/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(value)) {
        problems.push(
          `objectStorage.${property} is ${JSON.stringify(value)}; allowed are 3 to 63 lower-case letters, digits, "-" and ".": rename it`,
        );
      }
    }
    if (!/^[a-z0-9-]+$/i.test(this.region)) {
      problems.push(
        `objectStorage.region is ${JSON.stringify(this.region)}; allowed are letters, digits and "-": correct the region`,
      );
    }
    if (!['v1', 'v2'].includes(this.listObjectsVersion)) {
      problems.push(`objectStorage.listObjectsVersion is "${this.listObjectsVersion}"; allowed are "v1" and "v2": choose one`);
    }
    return problems;
  }
}
