import type { LiveStack } from './live-stack';

/** What came out of a look. A warning and what was left out fail nothing. */
export type Status = 'ok' | 'warning' | 'failed' | 'skipped';

/** What a check found. */
export interface Outcome {
  readonly status: Status;
  /** What was seen. */
  readonly detail: string;
  /** What to do; there if something is to be done. */
  readonly remedy?: string;
}

/** What checks are told besides the stack. */
export interface CheckOptions {
  /** Namespaces whose lines must be in Loki. */
  readonly expectedNamespaces: readonly string[];
  /** Name of the label of log lines that holds the namespace. */
  readonly namespaceLabel: string;
  /** Tenant of the logs (`X-Scope-OrgID`). */
  readonly tenant: string | undefined;
  /** Whether Secrets of the stack are read for logins to Grafana and Prometheus. */
  readonly login: boolean;
}

/** A check of a running stack. */
export interface Check {
  readonly id: string;
  readonly title: string;
  readonly look: (stack: LiveStack, options: CheckOptions) => Promise<Outcome>;
}

export const ok = (detail: string): Outcome => ({ status: 'ok', detail });
export const skipped = (detail: string): Outcome => ({ status: 'skipped', detail });
export const warning = (detail: string, remedy: string): Outcome => ({ status: 'warning', detail, remedy });
export const failed = (detail: string, remedy: string): Outcome => ({ status: 'failed', detail, remedy });

/** Some of many, for a table. */
export function some(texts: readonly string[], separator = '; '): string {
  return texts.length <= 3 ? texts.join(separator) : `${texts.slice(0, 3).join(separator)} and ${texts.length - 3} more`;
}

/** The beginning of an answer, on one line: that of a gateway may be a page of HTML. */
export const beginning = (text: string): string => text.replaceAll(/\s+/g, ' ').trim().slice(0, 200);

/** A number of things, with an s where it belongs. */
export const count = (number: number, thing: string): string => `${number} ${thing}${number === 1 ? '' : 's'}`;
