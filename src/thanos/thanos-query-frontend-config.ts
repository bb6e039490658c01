import type { Duration } from 'cdk8s';
import { goDuration } from '../kubernetes/text';
import { CONFIG_PATH, commonArguments } from './thanos-process';

export const RESPONSE_CACHE_FILE = 'response-cache.yaml';

/** Settings of the query frontend with nothing left open. */
export interface QueryFrontendSettings {
  readonly downstreamUrl: string;
  readonly splitInterval: Duration;
  readonly partialResponse: boolean;
  readonly caches: boolean;
  readonly logQueriesLongerThan: Duration | undefined;
}

/** Arguments of `thanos query-frontend`. */
export function queryFrontendArguments(settings: QueryFrontendSettings): string[] {
  const kinds = ['query-range', 'labels'];
  return [
    ...commonArguments('query-frontend', { grpc: false }),
    `--query-frontend.downstream-url=${settings.downstreamUrl}`,
    '--query-frontend.compress-responses',
    ...kinds.map((kind) => `--${kind}.split-interval=${goDuration(settings.splitInterval)}`),
    // The frontend states the choice in every request, so that Query's own is never asked.
    ...kinds.map((kind) => `--${settings.partialResponse ? '' : 'no-'}${kind}.partial-response`),
    ...(settings.caches ? kinds.map((kind) => `--${kind}.response-cache-config-file=${CONFIG_PATH}/${RESPONSE_CACHE_FILE}`) : []),
    ...(settings.logQueriesLongerThan === undefined
      ? []
      : [`--query-frontend.log-queries-longer-than=${goDuration(settings.logQueriesLongerThan)}`]),
  ];
}
