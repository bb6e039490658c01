import { Size } from 'cdk8s';
import { goDuration } from '../kubernetes/text';
import { WEB_CONFIG_FILE } from '../kubernetes/web-exposure';
import type { Retention } from '../settings/retention';
import { CONFIG_FILE, CONFIG_PATH, DATA_PATH } from './prometheus-config';
import type { QueryLimits } from './query-limits';

/** What the arguments are made from. */
export interface ArgumentSettings {
  readonly retention: Retention;
  readonly retentionSize: Size;
  readonly uploadsBlocks: boolean;
  readonly remoteWriteReceiver: boolean;
  readonly exemplarStorage: boolean;
  readonly externalUrl: string | undefined;
  readonly query: QueryLimits;
  /** Whether it asks for passwords itself. */
  readonly asksForLogin: boolean;
}

/**
 * Arguments of the server. Retention stands here and not in the configuration file, where older versions misread it.
 * The configuration is read again when it changes, so that no pod restarts for it.
 */
export function prometheusArguments(settings: ArgumentSettings): string[] {
  const { retention, retentionSize, uploadsBlocks, remoteWriteReceiver, exemplarStorage, externalUrl, query, asksForLogin } =
    settings;
  return [
    `--config.file=${CONFIG_PATH}/${CONFIG_FILE}`,
    '--config.auto-reload',
    '--log.format=json',
    `--storage.tsdb.path=${DATA_PATH}`,
    // A size alone means: no limit of time.
    ...(retention.isForever ? [] : [`--storage.tsdb.retention.time=${retention}`]),
    `--storage.tsdb.retention.size=${prometheusSize(retentionSize)}`,
    // Whoever uploads blocks needs them as they are cut: the object storage's compactor joins them, and none else may.
    ...(uploadsBlocks ? ['--storage.tsdb.min-block-duration=2h', '--storage.tsdb.max-block-duration=2h'] : []),
    ...(asksForLogin ? [`--web.config.file=${WEB_CONFIG_FILE}`] : []),
    ...(remoteWriteReceiver ? ['--web.enable-remote-write-receiver'] : []),
    ...(exemplarStorage ? ['--enable-feature=exemplar-storage'] : []),
    ...(externalUrl === undefined ? [] : [`--web.external-url=${externalUrl}`]),
    ...(query.timeout === undefined ? [] : [`--query.timeout=${goDuration(query.timeout)}`]),
    ...(query.maxSamples === undefined ? [] : [`--query.max-samples=${query.maxSamples}`]),
    ...(query.maxConcurrency === undefined ? [] : [`--query.max-concurrency=${query.maxConcurrency}`]),
  ];
}

const mebibytes = (size: Size) => Math.floor(size.toKibibytes({ rounding: 1 }) / 1024);

/** A size as Prometheus reads it; its units are powers of two: `40GB` is 40 GiB. */
export function prometheusSize(size: Size): string {
  const amount = mebibytes(size);
  return amount % 1024 === 0 ? `${amount / 1024}GB` : `${amount}MB`;
}

/**
 * Share of the volume that blocks may fill. Only whole blocks are deleted, up to two hours late: the rest is for that and
 * for what a compaction writes. Source: docs/storage.md, at most 80 to 85 %.
 */
export function defaultRetentionSize(volume: Size): Size {
  return Size.mebibytes(Math.max(1, Math.floor(mebibytes(volume) * 0.8)));
}
