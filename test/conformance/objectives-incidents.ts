import { BURN_RATES } from '../../src/rules/objective-rules';

/** A stretch of time in which the same share of the requests fails. */
export interface Phase {
  readonly hours: number;
  /** Share of the requests that fail. */
  readonly failing: number;
  /** @default - as many as before the incident */
  readonly requestsPerMinute?: number;
  /** All pods start anew, and count from 0. */
  readonly restart?: boolean;
}

/** Trouble, or what looks like it, that an objective is replayed with. */
export interface Incident {
  /** The service it happens to. */
  readonly name: string;
  readonly title: string;
  readonly requestsPerMinute: number;
  readonly phases: readonly Phase[];
}

export const TARGET = 0.999;
export const MINIMUM_FAILURES = 5;

/** The incident that shows what a least number of failures is for. */
export const QUIET_FAILURE = 'quiet-failure';

const BUSY = 4000;
const STEP = 1 / 120;

const lasting = (name: string, title: string, failing: number, hours: number): Incident => ({
  name,
  title,
  requestsPerMinute: BUSY,
  phases: [{ hours, failing }],
});

export const INCIDENTS: readonly Incident[] = [
  lasting('outage', 'Everything fails for half an hour', 1, 0.5),
  lasting('five-percent', '5 % fail for three hours', 0.05, 3),
  lasting('one-percent', '1 % fail for eight hours', 0.01, 8),
  lasting('slow-burn', '0.4 % fail for a day', 0.004, 24),
  lasting('slower-burn', '0.2 % fail for 40 hours', 0.002, 40),
  {
    name: 'repeated',
    title: 'Everything fails for 30 s, every hour for eight hours',
    requestsPerMinute: BUSY,
    phases: Array.from({ length: 8 }, () => [
      { hours: STEP, failing: 1 },
      { hours: 1 - STEP, failing: 0 },
    ]).flat(),
  },
  lasting('blip', 'Everything fails for 30 s, once', 1, STEP),
  lasting('within-budget', '0.05 % fail for 40 hours', 0.0005, 40),
  {
    name: 'rollout',
    title: 'All pods start anew, nothing fails',
    requestsPerMinute: BUSY,
    phases: [{ hours: 1, failing: 0, restart: true }],
  },
  {
    name: 'silence',
    title: 'Nobody asks for six hours',
    requestsPerMinute: BUSY,
    phases: [{ hours: 6, failing: 0, requestsPerMinute: 0 }],
  },
  {
    name: 'quiet-outage',
    title: 'One request a minute, all fail for half an hour',
    requestsPerMinute: 1,
    phases: [{ hours: 0.5, failing: 1 }],
  },
  {
    name: QUIET_FAILURE,
    title: 'Twelve requests an hour, one of them fails',
    requestsPerMinute: 0.2,
    phases: [{ hours: 1 / 12, failing: 1 }],
  },
];

/** When an alert should fire by the rules of the workbook: as soon as the long window holds enough failures, and enough of them. */
export function expectedSeconds({ phases, requestsPerMinute }: Incident, urgency: 'page' | 'ticket'): number | undefined {
  const [{ failing, hours }] = phases;
  const budget = 1 - TARGET;
  const times = BURN_RATES[urgency]
    .filter(({ rate }) => failing > rate * budget)
    .map(({ long, rate }) => ((rate * budget) / failing) * SECONDS[long])
    .map((seconds) => Math.max(seconds, (MINIMUM_FAILURES / (failing * requestsPerMinute)) * 60))
    .filter((seconds) => seconds <= hours * 3600);
  return times.length === 0 ? undefined : Math.min(...times);
}

const SECONDS = { '1h': 3600, '6h': 6 * 3600, '1d': 24 * 3600, '3d': 72 * 3600 } as const;
