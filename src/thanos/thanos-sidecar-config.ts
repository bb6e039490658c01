import { OBJSTORE_FILE } from './objstore';
import { CONFIG_PATH, commonArguments } from './thanos-process';

/** Settings of the sidecar with nothing left open. */
export interface SidecarSettings {
  readonly prometheusUrl: string;
  /** Data directory of Prometheus; Prometheus must see it at the same path. */
  readonly dataPath: string;
  readonly uploads: boolean;
  /** How it logs in at Prometheus. */
  readonly httpClientFile: string | undefined;
  readonly extraArgs: readonly string[];
}

/** Arguments of `thanos sidecar`. Without object storage it serves the StoreAPI and nothing else. */
export function sidecarArguments({ prometheusUrl, dataPath, uploads, httpClientFile, extraArgs }: SidecarSettings): string[] {
  return [
    ...commonArguments('sidecar', { grpc: true }),
    `--prometheus.url=${prometheusUrl}`,
    `--tsdb.path=${dataPath}`,
    ...(httpClientFile === undefined ? [] : [`--prometheus.http-client-file=${httpClientFile}`]),
    ...(uploads ? [`--objstore.config-file=${CONFIG_PATH}/${OBJSTORE_FILE}`] : []),
    ...extraArgs,
  ];
}

const flagOf = (argument: string) => argument.split('=')[0];

/** What is wrong with further arguments: Thanos stops when a flag is given twice. */
export function extraArgsProblems(settings: SidecarSettings): string[] {
  const own = new Set(sidecarArguments({ ...settings, extraArgs: [] }).map(flagOf));
  return settings.extraArgs
    .filter((argument) => own.has(flagOf(argument)))
    .map(
      (argument) =>
        `sidecar.extraArgs has ${JSON.stringify(argument)}; allowed are flags that the sidecar does not have already: remove it`,
    );
}
