import { type Matcher, matches } from '../query/expressions';
import { failedShare } from './component-expressions';
import type { AlertDefinition } from './definition';
import { labelValue, type RuleContext, type Source, VALUE } from './rule-context';

/** Codes of gRPC that blame the server or the way to it, not the question. */
export const GRPC_FAILURES = matches('grpc_code', 'DataLoss|DeadlineExceeded|Internal|ResourceExhausted|Unavailable|Unknown');

/** A part of Thanos, as its alerts select and name it: `Thanos Store`. */
export class ThanosPart {
  readonly window: string;
  readonly pods: readonly string[];
  readonly where: string;

  constructor(
    private readonly context: RuleContext,
    private readonly source: Source,
    title: string,
  ) {
    const { namespace, pod } = context.labels;
    this.window = context.window(5);
    this.pods = [namespace, pod];
    this.where = `${title} ${labelValue(namespace)}/${labelValue(pod)}`;
  }

  /** Series of its metrics. */
  readonly own = (metric: string, ...matchers: Matcher[]): string => this.context.select(this.source, metric, ...matchers);

  /** A share of what each pod does fails. */
  failing(
    alert: Pick<AlertDefinition, 'name' | 'severity' | 'for' | 'summary'>,
    { failed, all, limit = 0.05, of, effect = '' }: { failed: string; all: string; limit?: number; of: string; effect?: string },
  ): AlertDefinition {
    const { context, window, pods } = this;
    return {
      ...alert,
      threshold: { value: limit, unit: 'ratio' },
      expr: (threshold) => `${failedShare(context, { failed, all, window, by: pods })} > ${threshold}`,
      description: (threshold) => `${VALUE.percentage} of ${of} fail; at most ${threshold} is expected.${effect}`,
    };
  }

  /** Requests over gRPC, to it or of its own. */
  grpcFailing(name: string, summary: string, of: string, metric = 'grpc_server_handled_total'): AlertDefinition {
    const all = this.own(metric);
    return this.failing({ name, severity: 'warning', for: '5m', summary }, { failed: this.own(metric, GRPC_FAILURES), all, of });
  }

  /** Lookups by DNS, counted by a metric that ends in `failures_total` and one in `lookups_total`. */
  lookupsFailing(name: string, counted: string, what: string, effect: string): AlertDefinition {
    return this.failing(
      { name, severity: 'warning', for: '15m', summary: `${this.where} cannot look up ${what}` },
      {
        failed: this.own(`${counted}_failures_total`),
        all: this.own(`${counted}_lookups_total`),
        limit: 0.01,
        of: 'the lookups by DNS',
        effect,
      },
    );
  }

  /** Requests to the object storage. */
  bucketFailing(name: string, effect: string): AlertDefinition {
    return this.failing(
      { name, severity: 'warning', for: '15m', summary: `${this.where} gets failures from the object storage` },
      {
        failed: this.own('thanos_objstore_bucket_operation_failures_total'),
        all: this.own('thanos_objstore_bucket_operations_total'),
        of: 'its requests to the object storage',
        effect,
      },
    );
  }
}
