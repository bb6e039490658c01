import { expectedSeconds, INCIDENTS, MINIMUM_FAILURES, QUIET_FAILURE, TARGET } from './objectives-incidents';
import { type Firing, UNGUARDED } from './objectives-replay';

export const MEASURED_BEGIN = '<!-- Measured; `npm run objectives` writes it. -->';
export const MEASURED_END = '<!-- End of what is measured. -->';

/** A length of time as people say it. */
function spoken(seconds: number): string {
  const minutes = Math.round(seconds / 6) / 10;
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${Math.round(minutes % 60)} min`;
}

const percent = (share: number) => `${Number((share * 100).toPrecision(6))} %`;

function cells(name: string, urgency: 'page' | 'ticket', firings: readonly Firing[]): string[] {
  const incident = INCIDENTS.find((one) => one.name === name);
  const firing = firings.find(({ app, severity }) => app === name && severity === (urgency === 'page' ? 'critical' : 'warning'));
  const expected = incident && incident.phases.length === 1 ? expectedSeconds(incident, urgency) : undefined;
  if (firing === undefined) {
    return [expected === undefined ? 'none' : `**none**, expected after ${spoken(expected)}`, ''];
  }
  const hours = incident?.phases.reduce((sum, phase) => sum + phase.hours, 0) ?? 0;
  const after = firing.lastSeconds - hours * 3600;
  return [
    `${spoken(firing.firstSeconds)}${expected === undefined ? '' : ` (${spoken(expected)})`}${firing.times > 1 ? `, ${firing.times} times` : ''}`,
    after < 0 ? 'before the end' : spoken(after),
  ];
}

/** The part of docs/objectives.md that is measured. */
export function measured(firings: readonly Firing[]): string {
  const guarded = firings.filter(({ objective }) => objective !== UNGUARDED);
  const unguarded = firings.find(({ objective }) => objective === UNGUARDED);
  const rows = INCIDENTS.map(({ name, title }) => [title, ...cells(name, 'page', guarded), ...cells(name, 'ticket', guarded)]);
  const quiet = INCIDENTS.find(({ name }) => name === QUIET_FAILURE);
  return [
    MEASURED_BEGIN,
    '',
    `Target ${percent(TARGET)}, at least ${MINIMUM_FAILURES} failures.`,
    '',
    '| incident | critical after | ends after it by | warning after | ends after it by |',
    '|---|---|---|---|---|',
    ...rows.map((row) => `| ${row.join(' | ')} |`),
    '',
    unguarded === undefined
      ? `With \`minimumFailures: 1\` the incident "${quiet?.title}" is silent as well.`
      : `With \`minimumFailures: 1\` the incident "${quiet?.title}" would be critical after ${spoken(unguarded.firstSeconds)}: a false alarm.`,
    '',
    MEASURED_END,
  ].join('\n');
}

/** The page with what is measured renewed. */
export function withMeasured(page: string, text: string): string {
  const [begin, end] = [page.indexOf(MEASURED_BEGIN), page.indexOf(MEASURED_END)];
  if (begin < 0 || end < begin) {
    throw new Error(`docs/objectives.md must have "${MEASURED_BEGIN}" and "${MEASURED_END}"`);
  }
  return `${page.slice(0, begin)}${text}${page.slice(end + MEASURED_END.length)}`;
}
