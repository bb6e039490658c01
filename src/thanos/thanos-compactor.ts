import { Duration, Size } from 'cdk8s';
import type { Construct } from 'constructs';
import { serviceAccount } from '../kubernetes/access';
import { Component } from '../kubernetes/component';
import { configFiles } from '../kubernetes/config-files';
import { offerMetrics, service } from '../kubernetes/service';
import { claimOptions, offeredSize, volumeProblems } from '../kubernetes/volumes';
import { statefulSet } from '../kubernetes/workload';
import { Cpu } from '../settings/cpu';
import type { Endpoint } from '../settings/endpoint';
import type { ObjectStorage } from '../settings/object-storage';
import type { VolumeOptions } from '../settings/volume-options';
import type { WorkloadOptions } from '../settings/workload-options';
import { COMPACTORS } from './bucket-users';
import { bucketAccess } from './objstore';
import { bucketKey } from './objstore-config';
import { type RetentionTiers, resolveTiers, tierProblems, tierWarnings } from './retention-tiers';
import { compactorArguments } from './thanos-compactor-config';
import { CONFIG_PATH, countProblems, DATA_PATH, durationProblems, HTTP, PROBES } from './thanos-process';

/** Options of `ThanosCompactor`: all of its properties but those that connect it. */
export interface ThanosCompactorOptions extends WorkloadOptions, VolumeOptions {
  /** Part of its name; must differ between the compactors of one stack. @default - none */
  readonly instance?: string;
  /**
   * Volume to work in. Thanos wants two blocks of 14 days for each of `concurrency`: 36 GB at 10,000 samples a second.
   * @default - 50 GiB, or what the cluster offers next
   */
  readonly volume?: Size;
  /** Time between the mark and the deletion of a block, in which its readers learn of it. @default Duration.hours(48) */
  readonly deleteDelay?: Duration;
  /** Age from which a block is worked on; a guard against object storage that lists late. @default Duration.minutes(30) */
  readonly consistencyDelay?: Duration;
  /** Blocks that are compacted and downsampled at a time; each takes a core, memory and space of its own. @default 1 */
  readonly concurrency?: number;
}

/** Properties of `ThanosCompactor`. */
export interface ThanosCompactorProps extends ThanosCompactorOptions {
  /** Where the blocks are. One compactor may work there, and nobody else may delete. */
  readonly objectStorage: ObjectStorage;
  /** How long each resolution is kept. @default - everything is kept forever */
  readonly tiers?: RetentionTiers;
}

/**
 * Compacts, downsamples and deletes blocks in object storage. A second one on the same blocks would do the same work into the
 * same place, unguarded, so an app may have only one per bucket. When it finds what it cannot repair it halts and stays
 * healthy: `thanos_compact_halted` tells.
 */
export class ThanosCompactor extends Component {
  /** Web interface with the list of blocks. */
  public readonly http: Endpoint;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: ThanosCompactorProps,
  ) {
    super(scope, id, { app: 'thanos', component: 'compactor', instance: props.instance, options: props });
    const { objectStorage, concurrency = 1 } = props;
    const { cluster } = this._context;
    const tiers = resolveTiers(props.tiers);
    const deleteDelay = props.deleteDelay ?? Duration.hours(48);
    const consistencyDelay = props.consistencyDelay ?? Duration.minutes(30);
    this._check(() => [
      ...this.otherCompactors(),
      ...tierProblems(tiers),
      ...volumeProblems(cluster, 'volume', props.volume),
      ...durationProblems({ deleteDelay, consistencyDelay }),
      ...countProblems({ concurrency }),
    ]);
    for (const warningId of ['retention-tier-loses-data', 'retention-tier-without-use']) {
      this._warn(warningId, () =>
        tierWarnings(tiers)
          .filter((warning) => warning.id === warningId)
          .map(({ message }) => message),
      );
    }
    COMPACTORS.add(bucketKey(objectStorage), { user: this, deleteDelay });

    const bucket = bucketAccess(this, objectStorage);
    const account = serviceAccount(this, bucket.serviceAccountAnnotations);
    const files = configFiles(this, 'config', bucket.files);
    [this.http] = service(this, { headless: true, ports: [{ target: HTTP }] });
    statefulSet(this, {
      replicas: 1,
      serviceName: this._identity.name,
      claims: [{ name: 'data', size: props.volume ?? offeredSize(cluster, Size.gibibytes(50)), ...claimOptions(props) }],
      pod: () => ({
        serviceAccountName: account,
        checksum: files.checksum(),
        volumes: [files.volume('config'), ...bucket.volumes],
        labels: bucket.podLabels,
        containers: [
          {
            name: 'compactor',
            image: 'thanos',
            args: compactorArguments({ tiers, deleteDelay, consistencyDelay, concurrency }),
            environment: bucket.environment,
            ports: [HTTP],
            mounts: [
              { name: 'config', mountPath: CONFIG_PATH, readOnly: true },
              { name: 'data', mountPath: DATA_PATH },
              ...bucket.mounts,
            ],
            // 42Mi and 0.8 of a core were measured on small blocks; 0.5 to 1 GiB is what small installations report (Red Hat's
            // ACM 2.16 requests 1Gi). Compaction holds one series of every source block and its symbols, once per worker.
            resources: {
              cpuRequest: Cpu.millis(100),
              memoryRequest: Size.mebibytes(512),
              memoryLimit: Size.mebibytes(1024 + 1024 * concurrency),
            },
            ...PROBES,
          },
        ],
      }),
    });
    offerMetrics(this, HTTP);
  }

  private otherCompactors(): string[] {
    const key = bucketKey(this.props.objectStorage);
    const [first] = COMPACTORS.usesOf(key, this);
    return first.user === this
      ? []
      : [
          `objectStorage is ${key}, on which ${first.user.node.path} works already; allowed is one compactor per bucket and prefix, ` +
            `and ${this.node.path} is another: remove one of them, or give this one another bucket`,
        ];
  }
}
