/** Series and their samples as `promtool test rules` writes them: `0+10x60` is 61 samples, one each minute, each 10 more. */
export type InputSeries = Readonly<Record<string, string>>;

/** Series in which an alert fires. */
export interface FiringCase {
  readonly series: InputSeries;
  /** When it is asked, counted from the first sample: `30m`. */
  readonly at: string;
  /** Labels that the alerts have, at least those that their texts name. Each entry is one alert. */
  readonly alerts: readonly Readonly<Record<string, string>>[];
}

/** Series in which it stays silent although something that looks alike happens. */
export interface SilentCase {
  readonly series: InputSeries;
  readonly at: string;
}

/** The cases of an alert; where it has a rule for each severity, each alert that fires names its own in `severity`. */
export interface AlertCases {
  readonly fires: FiringCase | readonly FiringCase[];
  readonly silent: SilentCase | readonly SilentCase[];
}

/** The cases of a file of rules, by alert. */
export type Cases = Readonly<Record<string, AlertCases>>;

/** A series: `metric{name="value", …}`. */
export function series(metric: string, labels: Readonly<Record<string, string>>): string {
  const matchers = Object.entries(labels).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  return `${metric}{${matchers.join(', ')}}`;
}

/** Labels that the scrape job of a component gives to its targets. */
export const targetLabels = (job: string, pod = `${job}-0`) => ({
  cluster: 'test',
  env: 'test',
  namespace: 'monitoring',
  pod,
  container: job,
  node: 'node-1',
  app: job,
  job,
  instance: `${pod}:8080`,
});

/** A function that makes series of a component's target. */
export const target =
  (job: string, pod?: string) =>
  (metric: string, labels: Readonly<Record<string, string>> = {}): string =>
    series(metric, { ...targetLabels(job, pod), ...labels });
