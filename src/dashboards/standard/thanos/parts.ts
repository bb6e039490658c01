import { group, is, type Matcher, matches, operation } from '../../../query/expressions';
import { red } from '../../blocks';
import { NAMESPACE } from '../../chain';
import { type Composer, legend, type Series, worseFrom } from '../../composer';
import type { Section } from '../../layout';
import { line, only, panelsOf, sum, sumOfEach } from '../panels-in-lines';

/** Names of the boards that link each other. */
export const BOARD = {
  overview: 'thanos-overview',
  query: 'thanos-query',
  frontend: 'thanos-query-frontend',
  store: 'thanos-store',
  compact: 'thanos-compact',
  sidecar: 'thanos-sidecar',
  rule: 'thanos-rule',
} as const;

/** Parts of Thanos, by the names of their containers. */
export type Part = 'query' | 'query-frontend' | 'store' | 'compactor' | 'ruler' | 'thanos-sidecar';

/** Shares of calls that fail, where alerts about them begin. */
export const FAILING = worseFrom(0.01, 0.05);

/** Codes of gRPC that blame the server or the way to it, not the question. */
export const GRPC_FAILED = matches('grpc_code', 'DataLoss|DeadlineExceeded|Internal|ResourceExhausted|Unavailable|Unknown');

const HTTP_FAILED = matches('code', '5..');

/** Series of one part; HTTP, gRPC and object storage look the same in all. */
export function seriesOf(composer: Composer, part: Part): Series {
  const chosen = composer.choose('thanos_build_info', NAMESPACE);
  return part === 'thanos-sidecar'
    ? only(chosen, is(composer.labels.container, part))
    : only(chosen, is(composer.labels.app, 'thanos'), is(composer.labels.container, part));
}

/** Rate, errors and duration of what others ask by HTTP. */
export function http(composer: Composer, series: Series, title: string, ...handler: Matcher[]) {
  return red(composer, series, {
    title,
    counter: 'http_requests_total',
    matchers: handler,
    failed: [HTTP_FAILED],
    duration: 'http_request_duration_seconds',
  });
}

/** Rate, errors and duration of what others ask by gRPC: single answers, and streams of series. */
export function grpc(composer: Composer, series: Series): Section {
  const of = (title: string, type: string) =>
    red(composer, series, {
      title,
      counter: 'grpc_server_handled_total',
      matchers: [is('grpc_type', type)],
      failed: [GRPC_FAILED],
      duration: 'grpc_server_handling_seconds',
    });
  return { title: 'gRPC', panels: [...of('Calls', 'unary'), ...of('Streams', 'server_stream')] };
}

/** Rate, errors and duration of what is asked of object storage. */
export function objectStorage(composer: Composer, { rate, quantile }: Series): Section {
  const { graph } = panelsOf(composer);
  const of = (metric: string) => `thanos_objstore_bucket_${metric}`;
  const by = 'operation';
  const all = sum(rate(of('operations_total')), by);
  const share = operation(sum(rate(of('operation_failures_total')), by), '/', group(operation(all, '>', 0)));
  return {
    title: 'Object storage',
    panels: line(
      graph(
        'Object storage: rate',
        'ops',
        sumOfEach(rate(of('operations_total')), by),
        'Calls per second. Each costs money at most providers.',
        { stacked: true },
      ),
      graph('Object storage: errors', 'percentunit', { [legend(by)]: share }, 'Share of the calls that failed.', {
        thresholds: FAILING,
      }),
      graph(
        'Object storage: duration (p99)',
        's',
        { [legend(by)]: quantile(0.99, [by], of('operation_duration_seconds')) },
        'Time within which 99 % of the calls were answered.',
      ),
      graph(
        'Object storage: bytes',
        'Bps',
        sumOfEach(rate(of('operation_fetched_bytes_total')), by),
        'Bytes per second that are read.',
      ),
    ),
  };
}
