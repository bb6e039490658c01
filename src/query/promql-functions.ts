/**
 * How many arguments the functions of PromQL take, where it is not exactly one; source: promql/parser/functions.go of
 * Prometheus 3.15.
 */
export const ARGUMENT_COUNTS: Readonly<Record<string, readonly [number, number]>> = {
  clamp: [3, 3],
  clamp_max: [2, 2],
  clamp_min: [2, 2],
  day_of_month: [0, 1],
  day_of_week: [0, 1],
  day_of_year: [0, 1],
  days_in_month: [0, 1],
  double_exponential_smoothing: [3, 3],
  end: [0, 0],
  histogram_fraction: [3, 3],
  histogram_quantile: [2, 2],
  histogram_quantiles: [3, 12],
  hour: [0, 1],
  info: [1, 2],
  label_join: [3, Number.POSITIVE_INFINITY],
  label_replace: [5, 5],
  minute: [0, 1],
  month: [0, 1],
  pi: [0, 0],
  predict_linear: [2, 2],
  quantile_over_time: [2, 2],
  range: [0, 0],
  round: [1, 2],
  sort_by_label: [1, Number.POSITIVE_INFINITY],
  sort_by_label_desc: [1, Number.POSITIVE_INFINITY],
  start: [0, 0],
  step: [0, 0],
  time: [0, 0],
  year: [0, 1],
};

/** Aggregations that take a parameter before the vector. */
export const PARAMETERIZED_AGGREGATIONS: readonly string[] = [
  'bottomk',
  'count_values',
  'limit_ratio',
  'limitk',
  'quantile',
  'topk',
];

const RANGE_FUNCTIONS: readonly string[] = [
  'changes',
  'delta',
  'deriv',
  'double_exponential_smoothing',
  'idelta',
  'increase',
  'irate',
  'predict_linear',
  'rate',
  'resets',
];

/** Which argument of a function is a range vector; undefined when none is. */
export function rangeArgumentOf(name: string): number | undefined {
  if (name === 'quantile_over_time') {
    return 1;
  }
  return RANGE_FUNCTIONS.includes(name) || name.endsWith('_over_time') ? 0 : undefined;
}
