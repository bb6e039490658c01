import type { Duration } from 'cdk8s';
import { goDuration } from '../kubernetes/text';
import { OBJSTORE_FILE } from './objstore';
import type { ResolvedTiers } from './retention-tiers';
import { CONFIG_PATH, commonArguments, DATA_PATH } from './thanos-process';

/** Settings of the compactor with nothing left open. */
export interface CompactorSettings {
  readonly tiers: ResolvedTiers;
  readonly deleteDelay: Duration;
  readonly consistencyDelay: Duration;
  readonly concurrency: number;
}

/**
 * Arguments of `thanos compact`. Without `--wait` it ends after one round and is restarted forever. The web interface may not
 * mark blocks for deletion, as it asks nobody who they are.
 */
export function compactorArguments({ tiers, deleteDelay, consistencyDelay, concurrency }: CompactorSettings): string[] {
  return [
    ...commonArguments('compact', { grpc: false }),
    '--wait',
    `--data-dir=${DATA_PATH}`,
    `--objstore.config-file=${CONFIG_PATH}/${OBJSTORE_FILE}`,
    `--retention.resolution-raw=${tiers.raw}`,
    `--retention.resolution-5m=${tiers.fiveMinutes}`,
    `--retention.resolution-1h=${tiers.oneHour}`,
    `--delete-delay=${goDuration(deleteDelay)}`,
    `--consistency-delay=${goDuration(consistencyDelay)}`,
    `--compact.concurrency=${concurrency}`,
    `--downsample.concurrency=${concurrency}`,
    '--disable-admin-operations',
  ];
}
