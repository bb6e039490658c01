import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { measured, withMeasured } from './objectives-document';
import { expectedSeconds, INCIDENTS } from './objectives-incidents';
import { type Firing, REPLAYS, replayAll, UNGUARDED } from './objectives-replay';
import { findProgram } from './programs';

const promtool = findProgram('promtool');

/** What the shortest window adds where longer ones are summed up from it, and a scrape and an evaluation. */
const LATE_SECONDS = 300;

describe.skipIf(promtool === undefined)('alerts of objectives', () => {
  let firings: readonly Firing[];
  beforeAll(async () => {
    firings = await replayAll(String(promtool));
  }, 600_000);

  const firingOf = (app: string, severity: string) =>
    firings.find((firing) => firing.app === app && firing.severity === severity && firing.objective !== UNGUARDED);

  it.each(
    INCIDENTS.filter(({ phases }) => phases.length === 1).flatMap((incident) =>
      REPLAYS.map((replay) => ({ incident, replay, title: incident.title, severity: replay.severity })),
    ),
  )('$title: $severity as the workbook expects it', ({ incident, replay: { urgency, severity, stepSeconds } }) => {
    const expected = expectedSeconds(incident, urgency);
    const firing = firingOf(incident.name, severity);
    if (expected === undefined) {
      expect(firing).toBeUndefined();
      return;
    }
    expect(firing?.times).toBe(1);
    expect(firing?.firstSeconds).toBeGreaterThanOrEqual(expected - stepSeconds);
    expect(firing?.firstSeconds).toBeLessThanOrEqual(expected + LATE_SECONDS);
  });

  it('page once for each of repeated outages, when they have added up', () => {
    expect(firingOf('repeated', 'critical')?.times).toBeGreaterThan(1);
  });

  it('would page for a single failure in a quiet night, if one were enough', () => {
    const unguarded = firings.filter(({ objective }) => objective === UNGUARDED);
    expect(unguarded.map(({ severity }) => severity)).toEqual(['critical']);
  });

  it('are as docs/objectives.md says', () => {
    const page = readFileSync(resolve(__dirname, '../../docs/objectives.md'), 'utf8');
    expect(page, 'run npm run objectives').toBe(withMeasured(page, measured(firings)));
  });
});
