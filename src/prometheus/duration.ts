import type { Duration } from 'cdk8s';

/** A duration as Prometheus reads it, in the largest whole unit: `1m`, `90s`, `1500ms`. */
export function prometheusDuration(duration: Duration): string {
  const milliseconds = duration.toMilliseconds();
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
