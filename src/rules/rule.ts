import type { Duration } from 'cdk8s';

/** How urgent an alert is; the label `severity`. */
export enum AlertSeverity {
  /** Users notice now, or data is being lost: wakes somebody up. */
  CRITICAL = 'critical',
  /** Needs work within the day, before it becomes critical. */
  WARNING = 'warning',
  /** Worth knowing when looking into something else; nobody is notified for it alone. */
  INFO = 'info',
  /** Not about trouble: signals for machines, such as the dead man's switch. */
  NONE = 'none',
}

/** An alerting rule. */
export interface AlertRule {
  /** Name of the alert: letters, digits and `_`. One name may stand for several rules if their severities or labels differ. */
  readonly name: string;
  /** PromQL, or LogQL in rules of Loki. Each series of the answer is an alert. */
  readonly expr: string;
  /** How long the expression must answer before the alert fires. @default - it fires at once */
  readonly forDuration?: Duration;
  /** How long the alert goes on after the expression has stopped answering; Loki has no such setting. @default - it ends at once */
  readonly keepFiringFor?: Duration;
  /** How urgent it is. @default AlertSeverity.WARNING */
  readonly severity?: AlertSeverity;
  /** One line: what is wrong, and where. Go templates such as `{{ $labels.pod }}` are filled in. */
  readonly summary: string;
  /** What is known, with numbers. May hold templates too. @default - none */
  readonly description?: string;
  /** Page with meaning, impact, diagnosis and mitigation. @default - none */
  readonly runbookUrl?: string;
  /** Further labels of the alert, by which it is routed. May hold templates. @default - none but `severity` */
  readonly labels?: { [name: string]: string };
}

/** A recording rule. */
export interface RecordingRule {
  /** Name of the new metric: `level:metric:operation`, such as `namespace:http_requests:rate5m`. */
  readonly name: string;
  /** PromQL, or LogQL in rules of Loki. */
  readonly expr: string;
  /** Further labels of the series. @default - those of the expression */
  readonly labels?: { [name: string]: string };
}

/** Rules that are evaluated one after another, records first. */
export interface RuleGroup {
  /** Name; letters, digits, `_`, `.` and `-`. No two groups have the same. */
  readonly name: string;
  /** How often it is evaluated. @default - the evaluation interval of whoever evaluates it */
  readonly interval?: Duration;
  /** Recording rules. @default - none */
  readonly records?: RecordingRule[];
  /** Alerting rules. @default - none */
  readonly alerts?: AlertRule[];
}
