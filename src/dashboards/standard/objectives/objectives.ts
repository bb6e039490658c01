import { aggregate, group, operation } from '../../../query/expressions';
import { OBJECTIVE_LABEL, OBJECTIVE_RECORDS } from '../../../rules/objective-records';
import { BURN_RATES } from '../../../rules/objective-rules';
import { choice } from '../../chain';
import { betterFrom, worseFrom } from '../../composer';
import { DashboardLayer } from '../../dashboard-options';
import type { StandardBoard } from '../../standard-board';

/** Spent at 0; a quarter is where to become careful. */
const BUDGET = betterFrom(0, 0.25);

/** Where ObjectiveErrorBudgetBurn begins, by its long window. */
const BURNS = [...BURN_RATES.page, ...BURN_RATES.ticket].map(({ long, rate }) => ({ long, thresholds: worseFrom(rate) }));
const SPELLED = { '1h': 'hour', '6h': '6 hours', '1d': 'day', '3d': '3 days' } as const;

export const objectives: StandardBoard = {
  name: 'objectives',
  title: 'Objectives',
  description: 'Service level objectives: what is left of their error budgets, and how fast it is used up.',
  layer: DashboardLayer.APPLICATION,
  topic: 'objectives',
  needs: ['objectives'],
  compose: (composer) => {
    const { namespace, app } = composer.labels;
    const { target, remaining, ratio, ratioOfWindow, failures, events } = OBJECTIVE_RECORDS;
    const chosen = composer.choose(target, choice(OBJECTIVE_LABEL, 'Objective', 'Objectives of the cluster.'));
    const { series } = chosen;
    // Whatever else tells its services apart, the worst of them counts.
    const rows = [OBJECTIVE_LABEL, namespace, app];
    const each = (expression: string) => aggregate('max', rows, expression);
    const least = (expression: string) => aggregate('min', rows, expression);
    const name = rows.map((label) => `{{${label}}}`).join(' ');
    const budget = series(remaining);
    const burn = (window: keyof typeof SPELLED) =>
      operation(series(ratio(window)), '/', group(operation('1', '-', series(target))));
    return {
      variables: chosen.variables,
      sections: [
        {
          title: 'Now',
          panels: [
            composer.number({
              title: 'Objectives',
              description: 'Objectives that see events, each service of theirs counted.',
              unit: 'short',
              width: 6,
              value: aggregate('count', [], series(target)),
            }),
            composer.number({
              title: 'Budgets spent',
              description: 'Error budgets that are used up: objectives that are missed over their window.',
              unit: 'short',
              width: 6,
              thresholds: worseFrom(1),
              value: aggregate('sum', [], operation(budget, '<= bool', 0)),
            }),
            composer.number({
              title: 'Least budget left',
              description: 'Share of the smallest error budget that is left; below 0 its objective is missed.',
              unit: 'percentunit',
              width: 6,
              thresholds: BUDGET,
              value: aggregate('min', [], budget),
            }),
            composer.number({
              title: 'Highest burn rate',
              description: 'How many times as fast as it may the fastest budget was used up within the last hour.',
              unit: 'short',
              width: 6,
              thresholds: worseFrom(BURN_RATES.ticket[1].rate, BURN_RATES.page[0].rate),
              value: aggregate('max', [], burn('1h')),
            }),
            composer.table({
              title: 'Each objective',
              description:
                'Target and result over the window of each objective, and its burn rates; above 1 the budget will not last.',
              rows,
              sortBy: 'Burn rate, 3 days',
              height: 9,
              columns: [
                { title: 'Budget left', value: least(budget), unit: 'percentunit', decimals: 1, thresholds: BUDGET },
                { title: 'Target', value: each(series(target)), unit: 'percentunit', decimals: 3 },
                {
                  title: 'Result',
                  value: least(operation('1', '-', series(ratioOfWindow))),
                  unit: 'percentunit',
                  decimals: 3,
                },
                ...BURNS.map(({ long, thresholds }) => ({
                  title: `Burn rate, ${SPELLED[long]}`,
                  value: each(burn(long)),
                  unit: 'short',
                  decimals: 2,
                  thresholds,
                })),
                { title: 'Failed, hour', value: each(series(failures('1h'))), unit: 'short', decimals: 0 },
              ],
              links: {
                [namespace]: composer.rowLinks('Pods', 'kubernetes-compute-namespace-pods', { namespace }),
                [app]: composer.rowLogs({ [namespace]: namespace, [app]: app }),
              },
            }),
          ],
        },
        {
          title: 'Error budget',
          panels: [
            composer.graph({
              title: 'Budget left',
              description:
                'Share of the error budget of the whole window that is left. It comes back as failures leave the window.',
              unit: 'percentunit',
              max: 1,
              signed: true,
              thresholds: BUDGET,
              lines: { [name]: least(budget) },
            }),
            composer.graph({
              title: 'Failed over the window',
              description: 'Share of the events of the whole window that failed, to be compared with 1 less the target.',
              unit: 'percentunit',
              lines: { [name]: each(series(ratioOfWindow)) },
            }),
          ],
        },
        {
          title: 'Burn rates',
          panels: BURNS.map(({ long, thresholds }) =>
            composer.graph({
              title: `Burn rate over the last ${SPELLED[long]}`,
              description: 'How many times as fast as it may the error budget is used up; the alert begins at the line.',
              unit: 'short',
              thresholds,
              lines: { [name]: each(burn(long)) },
            }),
          ),
        },
        {
          title: 'Events',
          panels: [
            composer.graph({
              title: 'Events',
              description: 'Events within five minutes. Where there are few, single failures are large shares.',
              unit: 'short',
              width: 8,
              lines: { [name]: aggregate('sum', rows, series(events)) },
            }),
            composer.graph({
              title: 'Failed events',
              description: 'Events within five minutes that failed.',
              unit: 'short',
              width: 8,
              lines: { [name]: aggregate('sum', rows, series(failures('5m'))) },
            }),
            composer.graph({
              title: 'Share that failed',
              description: 'Share of the events of five minutes that failed.',
              unit: 'percentunit',
              width: 8,
              lines: { [name]: each(series(ratio('5m'))) },
            }),
          ],
        },
      ],
    };
  },
};
