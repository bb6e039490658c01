import type { Duration } from 'cdk8s';
import { dump } from 'js-yaml';

/** A configuration as YAML. Keys keep their order, long lines stay whole, undefined values are left out. */
export function toYaml(value: object): string {
  return dump(value, { lineWidth: -1, noRefs: true, skipInvalid: true });
}

/** A duration as Go, and so Prometheus, Thanos and Loki, read it, in the largest whole unit: `48h`, `90s`, `1500ms`. */
export function goDuration(duration: Duration): string {
  const milliseconds = duration.toMilliseconds({ integral: false });
  for (const [unit, length] of [
    ['h', 3_600_000],
    ['m', 60_000],
    ['s', 1000],
  ] as const) {
    if (milliseconds % length === 0) {
      return `${milliseconds / length}${unit}`;
    }
  }
  return `${milliseconds}ms`;
}
