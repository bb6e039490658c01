const UNITS: { readonly [unit: string]: number } = {
  ms: 0.001,
  s: 1,
  m: 60,
  h: 3600,
  d: 86_400,
  w: 604_800,
  y: 31_536_000,
};

/** Seconds of a duration as Prometheus and Go write them: `6h`, `1h30m`, `1w`, `0s`. */
export function durationSeconds(text: string): number {
  return [...text.matchAll(/(\d+(?:\.\d+)?)(ms|[smhdwy])/g)].reduce(
    (sum, [, amount, unit]) => sum + Number(amount) * UNITS[unit],
    0,
  );
}

/** A duration in its two largest units: `1d 3h`. */
export function durationText(seconds: number): string {
  const parts: string[] = [];
  let rest = Math.round(seconds);
  for (const unit of ['d', 'h', 'm', 's']) {
    const amount = Math.floor(rest / UNITS[unit]);
    rest -= amount * UNITS[unit];
    if (amount > 0 && parts.length < 2) {
      parts.push(`${amount}${unit}`);
    }
  }
  return parts.length === 0 ? '0s' : parts.join(' ');
}
