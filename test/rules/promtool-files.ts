import { Alerts } from '../../src/rules/alerts';
import { everythingRuns } from '../../src/rules/content';
import { type GroupConfig, ruleFiles } from '../../src/rules/rule-file';
import { ALL_CASES } from './all-cases';
import { type AlertCases, type FiringCase, type SilentCase, series } from './cases';

/** All firing cases of an alert. */
export const firingCases = ({ fires }: AlertCases): readonly FiringCase[] => ('series' in fires ? [fires] : fires);

/** All silent cases of an alert. */
export const silentCases = ({ silent }: AlertCases): readonly SilentCase[] => ('series' in silent ? [silent] : silent);

interface Sample {
  readonly labels: string;
  readonly value: number;
}

interface PromtoolTest {
  readonly name: string;
  readonly interval: string;
  readonly input_series: readonly { readonly series: string; readonly values: string }[];
  readonly promql_expr_test: readonly {
    readonly expr: string;
    readonly eval_time: string;
    readonly exp_samples: readonly Sample[];
  }[];
}

/** By what is stored of an alert, so that its labels are compared, and its texts need not be written twice. */
const firing = (alert: string, labels: Readonly<Record<string, string>>) =>
  `count by (alertname) (${series('ALERTS', { alertname: alert, alertstate: 'firing', ...labels })})`;

const inputSeries = (input: FiringCase['series']) => Object.entries(input).map(([name, values]) => ({ series: name, values }));

function firingTest(alert: string, index: number, { series: input, at, alerts }: FiringCase): PromtoolTest {
  const one = [{ labels: series('', { alertname: alert }), value: 1 }];
  return {
    name: `${alert} fires (${index + 1})`,
    interval: '1m',
    input_series: inputSeries(input),
    promql_expr_test: [
      ...alerts.map((labels) => ({ expr: firing(alert, labels), eval_time: at, exp_samples: one })),
      { expr: firing(alert, {}), eval_time: at, exp_samples: [{ ...one[0], value: alerts.length }] },
    ],
  };
}

const silentTest = (alert: string, index: number, { series: input, at }: SilentCase): PromtoolTest => ({
  name: `${alert} stays silent (${index + 1})`,
  interval: '1m',
  input_series: inputSeries(input),
  promql_expr_test: [{ expr: `ALERTS${series('', { alertname: alert, alertstate: 'firing' })}`, eval_time: at, exp_samples: [] }],
});

const isRecord = (rule: GroupConfig['rules'][number]) => 'record' in rule;

/** The group with no other alert than this one. */
const onlyAlert = ({ name, rules }: GroupConfig, alert: string): GroupConfig => ({
  name,
  rules: rules.filter((rule) => 'record' in rule || rule.alert === alert),
});

/** What promtool reads, by the names of the files. */
export interface PromtoolFiles {
  /** The library's rule files as they are. */
  readonly rules: Record<string, string>;
  /** For each alert its group without the other alerts: promtool evaluates everything at each step. */
  readonly alerts: Record<string, string>;
  readonly tests: Record<string, string>;
}

/** A group, after the records of other groups that it reads, and those that these read in turn. */
function withRecords(group: GroupConfig, records: readonly GroupConfig[]): GroupConfig[] {
  const needed = [group];
  // Grows while it is gone through.
  for (const { rules } of needed) {
    const names = (other: GroupConfig) => needed.some(({ name }) => name === other.name);
    const reads = (other: GroupConfig) =>
      other.rules.some((rule) => 'record' in rule && rules.some(({ expr }) => expr.includes(rule.record)));
    needed.push(...records.filter((other) => !names(other) && reads(other)).map((other) => onlyAlert(other, '')));
  }
  return needed.reverse();
}

/** Files for one call of `promtool test rules`. */
export function promtoolFiles(): PromtoolFiles {
  const groups = new Alerts()._libraryGroups(everythingRuns());
  const records = groups.filter(({ rules }) => rules.some(isRecord));
  const files = ALL_CASES.flatMap(({ cases }) => Object.entries(cases)).map(([alert, own]) => {
    const group = groups.find(({ rules }) => rules.some((rule) => 'alert' in rule && rule.alert === alert));
    if (group === undefined) {
      throw new Error(`there are cases for ${alert}, but no such alert`);
    }
    const needed = withRecords(onlyAlert(group, alert), records);
    const test = {
      rule_files: [`${alert}.yaml`],
      evaluation_interval: '1m',
      tests: [
        ...firingCases(own).map((one, index) => firingTest(alert, index, one)),
        ...silentCases(own).map((one, index) => silentTest(alert, index, one)),
      ],
    };
    return { alert, rules: JSON.stringify({ groups: needed }), test: JSON.stringify(test, null, 1) };
  });
  return {
    rules: ruleFiles(groups),
    alerts: Object.fromEntries(files.map(({ alert, rules }) => [`${alert}.yaml`, rules])),
    tests: Object.fromEntries(files.map(({ alert, test }) => [`${alert}.test.yaml`, test])),
  };
}
