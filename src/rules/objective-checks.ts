import { checkPromQl } from '../query/promql';
import { regularExpressionProblem } from '../query/regular-expression';
import { OBJECTIVE_LABEL } from './objective-records';
import { BURN_RATES } from './objective-rules';
import { bucketBound, errorBudget, errorLabelsOf, ObjectiveAlerts, type ObjectiveSettings, WINDOW } from './objective-settings';
import { labelProblems } from './rule-checks';
import type { RuleSettings } from './rule-context';

const METRIC = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const NAME = /^[a-z0-9]([a-z0-9-]{0,58}[a-z0-9])?$/;
const LABEL = /^[a-zA-Z_]\w*$/;

/** The longest window of the alerts. */
const LEAST_DAYS = 3;

const quoted = (value: unknown) => JSON.stringify(value);

/** What is wrong with the objectives of whoever evaluates them. */
export function objectivesProblems(settings: RuleSettings): string[] {
  const { objectives = [] } = settings;
  const names = objectives.map(({ name }) => name);
  return [
    ...[...new Set(names.filter((name, index) => names.indexOf(name) < index))].map(
      (name) => `objectives has ${quoted(name)} twice; allowed is one objective of a name: rename one`,
    ),
    ...objectives.flatMap((objective) => {
      const problems = [
        ...nameProblems(objective.name),
        ...targetProblems(objective),
        ...windowProblems(objective, settings),
        ...countProblems(objective),
        ...groupingProblems(objective, settings),
        ...eventProblems(objective, settings),
      ];
      return problems.map((problem) => `objectives[${quoted(objective.name)}].${problem}`);
    }),
  ];
}

const nameProblems = (name: string) =>
  NAME.test(name)
    ? []
    : [
        `name is ${quoted(name)}; allowed are 1 to 60 lower-case letters, digits and "-", neither first nor last a "-": rename it`,
      ];

function targetProblems({ target, alerts }: ObjectiveSettings): string[] {
  if (!(target > 0 && target < 1)) {
    const meant = target > 1 && target < 100 ? `${Number((target / 100).toPrecision(12))}` : '0.999';
    return [`target is ${target}; allowed are shares between 0 and 1, which leave an error budget: write ${meant}`];
  }
  const most = Number((1 / errorBudget(target)).toPrecision(3));
  const { rate } = BURN_RATES.page[1];
  return alerts === ObjectiveAlerts.PAGE_AND_TICKET && most <= rate
    ? [
        `target is ${target}; allowed are shares above ${(1 - 1 / rate).toPrecision(3)} where there are pages, because if everything failed the budget would burn ${most} times as fast as it may, and pages begin above ${rate}: raise the target, or set alerts to ObjectiveAlerts.TICKET`,
      ]
    : [];
}

function windowProblems({ windowDays }: ObjectiveSettings, { retention }: RuleSettings): string[] {
  if (!Number.isInteger(windowDays) || windowDays < LEAST_DAYS) {
    return [
      `window is ${windowDays} days; allowed are whole days from ${LEAST_DAYS} on, the longest window of the alerts: change it`,
    ];
  }
  return retention !== undefined && windowDays * 24 > retention.toHours()
    ? [
        `window is ${windowDays} days; allowed are at most the ${retention} that Prometheus keeps samples: shorten the window, or raise the retention of Prometheus`,
      ]
    : [];
}

const countProblems = ({ minimumFailures }: ObjectiveSettings) =>
  Number.isInteger(minimumFailures) && minimumFailures >= 1
    ? []
    : [`minimumFailures is ${minimumFailures}; allowed are whole numbers from 1 on: correct it`];

function groupingProblems({ by, labels }: ObjectiveSettings, settings: RuleSettings): string[] {
  const { cluster, environment } = settings.labels;
  return [
    ...by
      .filter((label) => !LABEL.test(label) || label.startsWith('__') || label === OBJECTIVE_LABEL || label === 'le')
      .map(
        (label) =>
          `by has ${quoted(label)}; allowed are names of labels other than "${OBJECTIVE_LABEL}" and "le": correct or leave it out`,
      ),
    ...labelProblems('labels', labels, ['alertname', 'severity', OBJECTIVE_LABEL, cluster, environment, ...by]),
  ];
}

function eventProblems(objective: ObjectiveSettings, settings: RuleSettings): string[] {
  const { events, by } = objective;
  switch (events.kind) {
    case 'custom':
      return [...queryProblems('eventsQuery', events.events), ...queryProblems('failedEventsQuery', events.failedEvents)];
    case 'availability': {
      const { requestsMetric, errorsMetric, errorLabels, where } = events;
      return [
        ...metricProblems('requestsMetric', requestsMetric),
        ...(errorsMetric === undefined ? [] : metricProblems('errorsMetric', errorsMetric)),
        ...(errorsMetric !== undefined && errorLabels !== undefined
          ? [`errorLabels is given beside errorsMetric; allowed is one of both: leave one out`]
          : []),
        ...(errorLabels !== undefined && Object.keys(errorLabels).length === 0
          ? ['errorLabels is {}; allowed is at least one label, or every request would have failed: name one, or leave it out']
          : []),
        ...Object.entries(errorLabels ?? {}).flatMap(([label, pattern]) => patternProblems(label, pattern)),
        ...labelProblems('errorLabels', errorLabels ?? {}, []),
        ...labelProblems('where', where, []),
        ...unknownLabels(
          requestsMetric,
          { where: Object.keys(where), by, errorLabels: Object.keys(errorLabelsOf(events)) },
          settings,
        ),
        ...(errorsMetric === undefined ? [] : unknownLabels(errorsMetric, { where: Object.keys(where), by }, settings)),
      ];
    }
    case 'latency': {
      const { durationMetric, thresholdMilliseconds, where } = events;
      return [
        ...metricProblems('durationMetric', durationMetric),
        ...labelProblems('where', where, ['le']),
        ...boundProblems(durationMetric, thresholdMilliseconds, settings),
        ...unknownLabels(durationMetric, { where: Object.keys(where), by }, settings),
      ];
    }
  }
}

const metricProblems = (property: string, metric: string) =>
  METRIC.test(metric)
    ? []
    : [`${property} is ${quoted(metric)}; allowed are letters, digits, "_" and ":", not starting with a digit: name a metric`];

function queryProblems(property: string, query: string): string[] {
  if (!query.includes(WINDOW)) {
    return [
      `${property} is ${quoted(query)}; allowed are queries over "${WINDOW}": write it where the window stands, as in [${WINDOW}]`,
    ];
  }
  return checkPromQl(query.replaceAll(WINDOW, '5m')).map(
    ({ message, excerpt }) => `${property} is ${quoted(query)}; allowed is PromQL: ${message} (${quoted(excerpt)})`,
  );
}

function patternProblems(label: string, pattern: string): string[] {
  const problem = regularExpressionProblem(pattern);
  return problem === undefined
    ? []
    : [`errorLabels.${label} is ${quoted(pattern)}; allowed is a regular expression as RE2 reads it: correct it (${problem})`];
}

function boundProblems(durationMetric: string, thresholdMilliseconds: number, { loggedMetrics = [] }: RuleSettings): string[] {
  const bound = bucketBound(durationMetric, thresholdMilliseconds);
  if (bound === undefined) {
    return [
      `durationMetric is ${quoted(durationMetric)}; allowed are names that end in "_seconds", "_milliseconds" or "_ms", by which the threshold is compared: use Objective.custom for others`,
    ];
  }
  if (bound <= 0) {
    return [`threshold is ${thresholdMilliseconds} ms; allowed is more than 0: correct it`];
  }
  const buckets = loggedMetrics.find(({ name }) => name === durationMetric)?.buckets;
  return buckets === undefined || buckets.includes(bound)
    ? []
    : [
        `threshold is ${thresholdMilliseconds} ms; allowed are upper bounds of the buckets of ${durationMetric}, ${buckets.join(', ')} in its unit: choose one, or add the bucket ${bound}`,
      ];
}

/** Labels that the series of a metric made from logs never have. Other metrics are not known so well. */
function unknownLabels(
  metric: string,
  properties: { readonly [property: string]: readonly string[] },
  { loggedMetrics = [] }: RuleSettings,
): string[] {
  const found = loggedMetrics.filter(({ name }) => name === metric);
  if (found.length === 0) {
    return [];
  }
  const known = [...new Set(found.flatMap(({ labels }) => labels)), 'job', 'instance'];
  return Object.entries(properties).flatMap(([property, labels]) =>
    labels
      .filter((label) => !known.includes(label))
      .map(
        (label) => `${property} has ${quoted(label)}; allowed are labels of ${metric}, ${known.join(', ')}: choose one of them`,
      ),
  );
}
