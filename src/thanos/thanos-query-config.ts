import type { Duration } from 'cdk8s';
import { goDuration } from '../kubernetes/text';
import type { DataLabels } from '../settings/data-labels';
import type { Endpoint } from '../settings/endpoint';
import { CONFIG_PATH, commonArguments, lookupAddress } from './thanos-process';

export const ENDPOINTS_FILE = 'endpoints.yaml';

/** Settings of Thanos Query with nothing left open. */
export interface QuerySettings {
  readonly replicaLabels: readonly string[];
  readonly partialResponse: boolean;
  readonly queryTimeout: Duration;
  readonly maxConcurrentQueries: number;
}

/**
 * Arguments of `thanos query`. Downsampled data is chosen by the step of a query only with `--query.auto-downsampling`; without
 * it, what is older than the raw retention answers nothing, and no warning says so.
 */
export function queryArguments(settings: QuerySettings): string[] {
  return [
    ...commonArguments('query', { grpc: true }),
    `--endpoint.sd-config-file=${CONFIG_PATH}/${ENDPOINTS_FILE}`,
    // Read again by itself, so that a changed list restarts nothing.
    '--endpoint.sd-config-reload-interval=1m',
    ...settings.replicaLabels.map((label) => `--query.replica-label=${label}`),
    '--query.auto-downsampling',
    settings.partialResponse ? '--query.partial-response' : '--no-query.partial-response',
    `--query.timeout=${goDuration(settings.queryTimeout)}`,
    `--query.max-concurrent=${settings.maxConcurrentQueries}`,
  ];
}

/** File of `--endpoint.sd-config-file`; thanos.io/tip/thanos/service-discovery.md. */
export interface EndpointsConfig {
  readonly endpoints: readonly { readonly address: string }[];
}

/** What Query asks. */
export function endpointsConfig(endpoints: readonly Endpoint[]): EndpointsConfig {
  return { endpoints: endpoints.map((endpoint) => ({ address: lookupAddress(endpoint, 'dnssrv+') })) };
}

/** What is wrong with labels that tell replicas apart: deduplication removes them from every answer. */
export function replicaLabelProblems(further: readonly string[], dataLabels: DataLabels): string[] {
  const { replica, ...meaningful } = { ...dataLabels };
  return further.flatMap((label, index) => {
    const is = `replicaLabels has ${JSON.stringify(label)}`;
    if (!/^[a-zA-Z_][a-zA-Z0-9_]*$/.test(label)) {
      return [`${is}; allowed are letters, digits and "_", not starting with a digit: correct the name`];
    }
    if (Object.values(meaningful).includes(label)) {
      return [
        `${is}; allowed are labels that only tell replicas apart, and this one is a data label: it would vanish from answers, remove it`,
      ];
    }
    return label === replica || further.indexOf(label) < index
      ? [`${is}; allowed is each label once, and "${replica}" is always one: remove it`]
      : [];
  });
}
