import type { GroupDefinition, Rules } from './definition';
import { OBJECTIVE_LABEL, OBJECTIVE_RECORDS, objectiveGroups } from './objective-records';
import { ObjectiveAlerts, type ObjectiveSettings } from './objective-settings';
import { labelValue, type RuleContext, VALUE } from './rule-context';

/** Stands for any objective where rules are listed or looked up by name. */
export const ANY_OBJECTIVE: ObjectiveSettings = {
  name: 'any',
  target: 0.999,
  windowDays: 30,
  by: [],
  labels: {},
  minimumFailures: 5,
  alerts: ObjectiveAlerts.PAGE_AND_TICKET,
  events: {
    kind: 'availability',
    requestsMetric: 'http_requests_total',
    errorsMetric: undefined,
    errorLabels: undefined,
    where: {},
  },
};

/**
 * Burn rates that use up 2 % and 5 % of the error budget of 30 days in an hour and in six, and 10 % of it in one day and in three.
 * Source: The Site Reliability Workbook, chapter 5, tables 5-8 and following; 3 over a day is that of Sloth's windows.
 */
export const BURN_RATES = {
  page: [
    { long: '1h', short: '5m', rate: 14.4 },
    { long: '6h', short: '30m', rate: 6 },
  ],
  ticket: [
    { long: '1d', short: '2h', rate: 3 },
    { long: '3d', short: '6h', rate: 1 },
  ],
} as const;

/** Objectives, and what is said when they are in danger. */
export const OBJECTIVE_RULES: Rules = {
  needs: [],
  groups: (context) => (context.objectives.length === 0 ? [] : [...objectiveRecords(context), objectiveAlerts(context)]),
};

/** What is recorded of each objective. */
export const objectiveRecords = (context: RuleContext): GroupDefinition[] =>
  context.objectives.flatMap((objective) => objectiveGroups(context, objective));

/** Alerts about all objectives. */
export function objectiveAlerts(context: RuleContext): GroupDefinition {
  const { labels } = context;
  const { remaining, declared, events, pageFailures, ticketFailures } = OBJECTIVE_RECORDS;
  const name = labelValue(OBJECTIVE_LABEL);
  const app = `{{ with $labels.${labels.app} }} of {{ . }}{{ end }}`;
  const namespace = `{{ with $labels.${labels.namespace} }} in {{ . }}{{ end }}`;
  const what = `the objective ${name}${app}${namespace}`;
  return {
    name: 'objectives',
    alerts: [
      {
        name: 'ObjectiveErrorBudgetBurn',
        severity: 'critical',
        threshold: { value: BURN_RATES.page[0].rate, unit: 'count' },
        expr: (threshold) => burns('page', threshold, pageFailures),
        summary: `The objective ${name} loses its error budget fast`,
        description: (threshold) =>
          `So much fails that ${what} uses up its error budget ${VALUE.number} times as fast as it may. At ${threshold} times, two hundredths of the budget of 30 days are gone within an hour.`,
      },
      {
        name: 'ObjectiveErrorBudgetBurn',
        severity: 'warning',
        threshold: { value: BURN_RATES.ticket[0].rate, unit: 'count' },
        expr: (threshold) => burns('ticket', threshold, ticketFailures),
        summary: `The objective ${name} loses its error budget`,
        description: (threshold) =>
          `So much fails that ${what} uses up its error budget ${VALUE.number} times as fast as it may. At ${threshold} times, a tenth of the budget of 30 days is gone within a day.`,
      },
      {
        name: 'ObjectiveErrorBudgetSpent',
        severity: 'info',
        for: '15m',
        threshold: { value: 0, unit: 'ratio' },
        expr: (threshold) => `${remaining} <= ${threshold} and ${ticketFailures}`,
        summary: `The objective ${name} has no error budget left`,
        description: (threshold) =>
          `${VALUE.percentage} of the error budget of ${what} is left, which is not above ${threshold}. Below 0 % the objective is missed over its whole window.`,
      },
      {
        name: 'ObjectiveWithoutEvents',
        severity: 'warning',
        // A service that was started in the evening, and that nobody asks until the morning, counts nothing so far.
        for: '12h',
        expr: `${declared} unless on (${OBJECTIVE_LABEL}) ${events}`,
        summary: `The objective ${name} counts nothing`,
        description: `No series that the objective ${name} reads has been there for half a day, so that it cannot be missed.`,
      },
    ],
  };
}

/** The share that failed, as a multiple of the share that may. */
const burnRate = (window: (typeof BURN_RATES)['page' | 'ticket'][number]['long' | 'short']) =>
  `${OBJECTIVE_RECORDS.ratio(window)} / (1 - ${OBJECTIVE_RECORDS.target})`;

/**
 * Over a long window, so that it matters, and over a short one, so that it ends when the trouble does. Failures are counted by
 * `increase`, which estimates, and may see 4.9 where there were 5.
 * @param threshold burn rate of the first pair of windows; that of the second is in proportion
 */
function burns(urgency: 'page' | 'ticket', threshold: number, minimum: string): string {
  const [{ rate: standard }] = BURN_RATES[urgency];
  const pairs = BURN_RATES[urgency].map(({ long, short, rate }) => {
    const limit = Number(((threshold * rate) / standard).toPrecision(12));
    return `(${burnRate(long)} > ${limit} and ${burnRate(short)} > ${limit} and ${OBJECTIVE_RECORDS.failures(long)} > ${minimum} - 0.5)`;
  });
  return pairs.join(' or ');
}
