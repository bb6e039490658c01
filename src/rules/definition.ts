import type { RuleContext, Source } from './rule-context';

/** What a threshold counts. */
export type ThresholdUnit = 'bytes' | 'count' | 'per second' | 'ratio' | 'seconds';

/** A limit that users may move. */
export interface Threshold {
  readonly value: number;
  readonly unit: ThresholdUnit;
}

interface AlertText {
  readonly name: string;
  readonly severity: 'critical' | 'warning' | 'info' | 'none';
  /** As Prometheus writes it: `15m`. @default - at once */
  readonly for?: string;
  readonly keepFiringFor?: string;
  /** One line: what is wrong, and where. */
  readonly summary: string;
}

/** An alert of the library. Where it has a threshold, expression and description are made with it. */
export type AlertDefinition =
  | (AlertText & { readonly threshold?: undefined; readonly expr: string; readonly description: string })
  | (AlertText & {
      readonly threshold: Threshold;
      readonly expr: (threshold: number) => string;
      /** Receives the threshold as people read it: `90 %`. */
      readonly description: (threshold: string) => string;
    });

/** A recording rule of the library. */
export interface RecordDefinition {
  /** `level:metric:operation`. */
  readonly record: string;
  readonly expr: string;
  readonly labels?: { readonly [name: string]: string };
}

/** A group of the library. */
export interface GroupDefinition {
  /** Unique among the library's; also the name of the file. */
  readonly name: string;
  /** @default - the evaluation interval */
  readonly interval?: string;
  readonly records?: readonly RecordDefinition[];
  readonly alerts?: readonly AlertDefinition[];
}

/** The rules about something. */
export interface Rules {
  /** Without all of these there is nothing to say. Others may be asked for with `RuleContext.has`. */
  readonly needs: readonly Source[];
  readonly groups: (context: RuleContext) => readonly GroupDefinition[];
}

/** A threshold as people read it. */
export function thresholdText({ value, unit }: Threshold): string {
  switch (unit) {
    case 'ratio':
      return `${Number((value * 100).toPrecision(12))} %`;
    case 'seconds':
      return `${value} s`;
    case 'bytes':
      return `${value} bytes`;
    case 'per second':
      return `${value} per second`;
    case 'count':
      return `${value}`;
  }
}
