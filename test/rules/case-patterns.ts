import { type AlertCases, target } from './cases';

type Labels = Readonly<Record<string, string>>;

type Series = ReturnType<typeof target>;

/** Where targets are that `target` describes. */
export const placeOf = (job: string) => ({ namespace: 'monitoring', pod: `${job}-0` });

/** One of two targets answers, or none; and a job that is not scraped at all, which leaves nothing to take labels from but its name. */
export function noneAnswers(job: string): AlertCases {
  const up = (pod: string) => target(job, `${job}-${pod}`)('up');
  return {
    fires: [
      { series: { [up('0')]: '1x5 0x40', [up('1')]: '0x45' }, at: '40m', alerts: [{ job, namespace: 'monitoring' }] },
      { series: {}, at: '40m', alerts: [{ job }] },
    ],
    silent: { series: { [up('0')]: '1x45', [up('1')]: '0x45' }, at: '40m' },
  };
}

/** A counter that goes on rising, and one that has risen once. Alerts say `shown` of its labels, all unless given. */
export function rises(own: Series, metric: string, at: string, shown: Labels, labels: Labels = {}): AlertCases {
  return {
    fires: { series: { [own(metric, labels)]: '0+1x400' }, at, alerts: [shown] },
    silent: { series: { [own(metric, labels)]: '3 3 4x400' }, at },
  };
}

/** Two counters whose share is above and below a limit, and nothing to divide by. */
export function share(
  own: Series,
  {
    failed,
    all,
    at,
    shown,
    percent,
  }: { failed: [string, Labels?]; all: [string, Labels?]; at: string; shown: Labels; percent: number },
): AlertCases {
  const input = (failures: string, rest: string) => ({ [own(...failed)]: failures, [own(...all)]: rest });
  // Where both are one metric, told apart by a label, the whole is the sum of them.
  const whole = failed[0] === all[0] ? 10_000 - 100 * percent : 10_000;
  const rate = 100 * percent;
  return {
    fires: {
      series: input(`0+${rate * 1.5}x90`, `0+${failed[0] === all[0] ? 10_000 - rate * 1.5 : 10_000}x90`),
      at,
      alerts: [shown],
    },
    silent: [
      { series: input(`0+${rate * 0.5}x90`, `0+${whole}x90`), at },
      { series: input('0x90', '0x90'), at },
    ],
  };
}

/** Buckets of a histogram; the slowest hundredth is above or below the bound between them. */
export function slowest(
  own: Series,
  {
    buckets,
    labels = {},
    bounds: [low, high],
    at,
    shown,
  }: { buckets: string; labels?: Labels; bounds: [string, string]; at: string; shown: Labels },
): AlertCases {
  const input = (fast: number) => ({
    [own(buckets, { ...labels, le: low })]: `0+${fast}x90`,
    [own(buckets, { ...labels, le: high })]: '0+1000x90',
    [own(buckets, { ...labels, le: '+Inf' })]: '0+1000x90',
  });
  return {
    fires: { series: input(950), at, alerts: [shown] },
    silent: [
      { series: input(999), at },
      { series: { [own(buckets, { ...labels, le: '+Inf' })]: '0x90' }, at },
    ],
  };
}
