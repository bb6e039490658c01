import type { Duration, Size } from 'cdk8s';
import { goDuration } from '../kubernetes/text';
import { OBJSTORE_FILE } from './objstore';
import { binarySize, commonArguments, DATA_PATH } from './thanos-process';

export const BUCKET_CACHE_FILE = 'caching-bucket.yaml';
export const SHARD_FILE = 'shard.yaml';

/** Variable with the ordinal of the pod, by which it knows its share. */
export const SHARD_VARIABLE = 'SHARD';

/** Settings of the store gateway with nothing left open. */
export interface StoreGatewaySettings {
  /** Folder of the configuration files. */
  readonly configPath: string;
  readonly indexCacheSize: Size;
  readonly chunkPoolSize: Size;
  readonly ignoreDeletionMarksDelay: Duration;
  readonly cachesBucket: boolean;
  readonly shards: number;
}

/** Arguments of `thanos store`. The web interface may not mark blocks for deletion, as it asks nobody who they are. */
export function storeGatewayArguments(settings: StoreGatewaySettings): string[] {
  const { configPath } = settings;
  return [
    ...commonArguments('store', { grpc: true }),
    `--data-dir=${DATA_PATH}`,
    `--objstore.config-file=${configPath}/${OBJSTORE_FILE}`,
    `--index-cache-size=${binarySize(settings.indexCacheSize)}`,
    `--chunk-pool-size=${binarySize(settings.chunkPoolSize)}`,
    `--ignore-deletion-marks-delay=${goDuration(settings.ignoreDeletionMarksDelay)}`,
    '--disable-admin-operations',
    ...(settings.cachesBucket ? [`--store.caching-bucket.config-file=${configPath}/${BUCKET_CACHE_FILE}`] : []),
    ...(settings.shards > 1 ? [`--selector.relabel-config-file=${configPath}/${SHARD_FILE}`] : []),
  ];
}

/** One step of a relabelling. */
export interface RelabelStep {
  readonly action: 'hashmod' | 'keep';
  readonly source_labels: readonly string[];
  readonly target_label?: string;
  readonly modulus?: number;
  readonly regex?: string;
}

/** File of `--selector.relabel-config-file`: a pod serves the blocks whose hash falls to its ordinal. */
export function shardConfig(shards: number): RelabelStep[] {
  return [
    { action: 'hashmod', source_labels: ['__block_id'], target_label: 'shard', modulus: shards },
    { action: 'keep', source_labels: ['shard'], regex: `$(${SHARD_VARIABLE})` },
  ];
}

/**
 * Folder of the configuration files. It names the bucket, because the caching bucket tells the listings of buckets apart only
 * by the text and the path of its file: two gateways on two buckets would be given each other's blocks by one memcached.
 */
export function configFolder(parent: string, location: { readonly bucket: string; readonly prefix?: string }): string {
  return [parent, location.bucket, ...(location.prefix === undefined ? [] : [location.prefix])].join('/');
}
