import { Duration, Size } from 'cdk8s';
import type { Construct } from 'constructs';
import { serviceAccount } from '../kubernetes/access';
import { Component } from '../kubernetes/component';
import { configFiles } from '../kubernetes/config-files';
import { fieldVariable, httpProbe, quantity } from '../kubernetes/container';
import { offerMetrics, service } from '../kubernetes/service';
import { goDuration, toYaml } from '../kubernetes/text';
import { claimOptions, offeredSize, volumeProblems } from '../kubernetes/volumes';
import { statefulSet } from '../kubernetes/workload';
import { Cpu } from '../settings/cpu';
import { type Endpoint, EndpointProtocol } from '../settings/endpoint';
import type { ObjectStorage } from '../settings/object-storage';
import type { VolumeOptions } from '../settings/volume-options';
import type { WorkloadOptions } from '../settings/workload-options';
import { COMPACTORS } from './bucket-users';
import { bucketAccess } from './objstore';
import { bucketKey, THANOS_PRODUCT } from './objstore-config';
import type { ThanosCache } from './thanos-cache';
import { CONFIG_PATH, countProblems, DATA_PATH, durationProblems, GRPC, HTTP, PROBES, STOP_SECONDS } from './thanos-process';
import {
  BUCKET_CACHE_FILE,
  configFolder,
  SHARD_FILE,
  SHARD_VARIABLE,
  shardConfig,
  storeGatewayArguments,
} from './thanos-store-gateway-config';

/** Options of `ThanosStoreGateway`: all of its properties but those that connect it. */
export interface ThanosStoreGatewayOptions extends WorkloadOptions, VolumeOptions {
  /** Part of its name; must differ between the store gateways of one stack. @default - none */
  readonly instance?: string;
  /**
   * Memory for the index cache (`--index-cache-size`); from 125 MiB, its largest item. Part of the container's memory.
   * @default Size.mebibytes(250)
   */
  readonly indexCacheSize?: Size;
  /**
   * Memory for chunks under way (`--chunk-pool-size`); queries that need more fail. Part of the container's memory. Thanos' own
   * default, 2 GiB, wants a container of 3 GiB.
   * @default Size.gibibytes(1)
   */
  readonly chunkPoolSize?: Size;
  /**
   * Keeps pieces of blocks that were read before. It also remembers the list of blocks for 5 minutes, so that new ones are seen
   * that much later.
   * @default - every piece is read from the bucket
   */
  readonly bucketCache?: ThanosCache;
  /** Volume for index headers, about 6 MB per block; they are made again when it is lost. @default - 10 GiB, or what the cluster offers next */
  readonly volume?: Size;
  /** Pods among which the blocks are divided; while one is away, its share is missing from answers. Needs Kubernetes 1.28. @default 1 */
  readonly shards?: number;
  /**
   * How long a block that is marked for deletion is still served; less than the compactor's `deleteDelay`, of which Thanos
   * advises the half.
   * @default Duration.hours(24)
   */
  readonly ignoreDeletionMarksDelay?: Duration;
}

/** Properties of `ThanosStoreGateway`. */
export interface ThanosStoreGatewayProps extends ThanosStoreGatewayOptions {
  /** Where the blocks are. */
  readonly objectStorage: ObjectStorage;
}

/** Largest item of the index cache: a smaller cache stops the process at its start. */
const SMALLEST_INDEX_CACHE = Size.mebibytes(125);

/** Serves the blocks in object storage to Thanos Query. */
export class ThanosStoreGateway extends Component {
  /** StoreAPI, for Thanos Query. A headless Service found by SRV records, because each pod has its own share. */
  public readonly grpc: Endpoint;
  /** Web interface with the list of blocks. */
  public readonly http: Endpoint;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: ThanosStoreGatewayProps,
  ) {
    super(scope, id, { app: 'thanos', component: 'store', instance: props.instance, options: props });
    const { objectStorage, bucketCache, shards = 1 } = props;
    const { cluster } = this._context;
    const indexCacheSize = props.indexCacheSize ?? Size.mebibytes(250);
    const chunkPoolSize = props.chunkPoolSize ?? Size.gibibytes(1);
    const ignoreDeletionMarksDelay = props.ignoreDeletionMarksDelay ?? Duration.hours(24);
    this._check(() => [
      ...sizeProblems(indexCacheSize, chunkPoolSize),
      ...(bucketCache?._problems('bucketCache') ?? []),
      ...volumeProblems(cluster, 'volume', props.volume),
      ...this.shardProblems(shards),
      ...durationProblems({ ignoreDeletionMarksDelay }),
      ...this.delayProblems(ignoreDeletionMarksDelay),
    ]);
    if (bucketCache?._client) {
      this._connect(bucketCache._client);
    }

    const bucket = bucketAccess(this, objectStorage);
    const account = serviceAccount(this, bucket.serviceAccountAnnotations);
    const files = configFiles(this, 'config', () => ({
      ...bucket.files(),
      ...(bucketCache && { [BUCKET_CACHE_FILE]: toYaml(bucketCache._config('bucket')) }),
      ...(shards > 1 && { [SHARD_FILE]: toYaml(shardConfig(shards)) }),
    }));
    [this.grpc, this.http] = service(this, {
      headless: true,
      ports: [{ target: GRPC, protocol: EndpointProtocol.GRPC }, { target: HTTP }],
    });
    const configPath = configFolder(CONFIG_PATH, objectStorage.locationOf(THANOS_PRODUCT));
    const caches = indexCacheSize.toMebibytes({ rounding: 1 }) + (bucketCache?._mebibytes ?? 0);
    const most = caches + chunkPoolSize.toMebibytes({ rounding: 1 });
    statefulSet(this, {
      replicas: shards,
      serviceName: this._identity.name,
      podManagement: 'Parallel',
      claims: [{ name: 'data', size: props.volume ?? offeredSize(cluster, Size.gibibytes(10)), ...claimOptions(props) }],
      pod: () => ({
        serviceAccountName: account,
        checksum: files.checksum(),
        volumes: [files.volume('config'), ...bucket.volumes],
        labels: bucket.podLabels,
        terminationGracePeriodSeconds: STOP_SECONDS,
        containers: [
          {
            name: 'store',
            image: 'thanos',
            args: storeGatewayArguments({
              configPath,
              indexCacheSize,
              chunkPoolSize,
              ignoreDeletionMarksDelay,
              cachesBucket: bucketCache !== undefined,
              shards,
            }),
            environment: [
              ...bucket.environment,
              ...(shards > 1 ? [fieldVariable(SHARD_VARIABLE, "metadata.labels['apps.kubernetes.io/pod-index']")] : []),
            ],
            ports: [HTTP, GRPC],
            mounts: [
              { name: 'config', mountPath: configPath, readOnly: true },
              { name: 'data', mountPath: DATA_PATH },
              ...bucket.mounts,
            ],
            // 107Mi were measured with 1,080 blocks and empty caches. The caches fill up and stay, the chunk pool comes and goes;
            // a fifth on top is what the Go runtime needs before it has collected.
            resources: {
              cpuRequest: Cpu.millis(100),
              memoryRequest: Size.mebibytes(128 + caches),
              memoryLimit: Size.mebibytes(Math.ceil((256 + most) * 1.2)),
            },
            ...PROBES,
            // Ready once the index headers of all blocks are there: the first time that takes one read per block.
            startup: httpProbe('/-/ready', HTTP.name, { periodSeconds: 5, failureThreshold: 720 }),
          },
        ],
      }),
    });
    offerMetrics(this, HTTP);
  }

  private shardProblems(shards: number): string[] {
    const { kubernetesVersion } = this._context.cluster;
    const [, minor] = kubernetesVersion.split('.').map(Number);
    return shards > 1 && minor < 28
      ? [
          `shards is ${shards} on Kubernetes ${kubernetesVersion}; allowed is 1 before 1.28, which labels pods with their ordinal: use 1, or several gateways`,
        ]
      : countProblems({ shards });
  }

  private delayProblems(delay: Duration): string[] {
    return COMPACTORS.usesOf(bucketKey(this.props.objectStorage), this)
      .filter(({ deleteDelay }) => deleteDelay.toMilliseconds() <= delay.toMilliseconds())
      .map(
        ({ user, deleteDelay }) =>
          `ignoreDeletionMarksDelay is ${goDuration(delay)}; allowed is less than ${goDuration(deleteDelay)}, the deleteDelay of ${user.node.path}: ` +
          'use half of it, or blocks are asked for after they are gone',
      );
  }
}

function sizeProblems(indexCacheSize: Size, chunkPoolSize: Size): string[] {
  const kibibytes = (size: Size) => size.toKibibytes({ rounding: 1 });
  return [
    ...(kibibytes(indexCacheSize) < kibibytes(SMALLEST_INDEX_CACHE)
      ? [
          `indexCacheSize is ${quantity(indexCacheSize)}; allowed is at least ${quantity(SMALLEST_INDEX_CACHE)}, its largest item: raise it`,
        ]
      : []),
    ...(kibibytes(chunkPoolSize) < 1024
      ? [`chunkPoolSize is ${quantity(chunkPoolSize)}; allowed is at least 1Mi: raise it`]
      : []),
  ];
}
