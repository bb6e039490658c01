import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Duration } from 'cdk8s';
import { Alerts } from '../../src/rules/alerts';
import { everythingRuns } from '../../src/rules/content';
import { Objective, type ObjectiveOptions } from '../../src/rules/objective';
import { type GroupConfig, ruleFiles } from '../../src/rules/rule-file';
import { series } from '../rules/cases';
import { INCIDENTS, type Incident, MINIMUM_FAILURES, type Phase, QUIET_FAILURE, TARGET } from './objectives-incidents';

/** How incidents are replayed for a severity: all is well before, for as long as the longest window of its alerts. */
interface Replay {
  readonly urgency: 'page' | 'ticket';
  readonly severity: string;
  /** Of scrapes and evaluations. A stack's default for what comes within minutes; four times that where it takes days. */
  readonly stepSeconds: number;
  readonly historyHours: number;
  readonly hours: number;
}

export const REPLAYS: readonly Replay[] = [
  { urgency: 'page', severity: 'critical', stepSeconds: 30, historyHours: 6, hours: 10 },
  { urgency: 'ticket', severity: 'warning', stepSeconds: 120, historyHours: 72, hours: 48 },
];

const LEAST_STEP_SECONDS = 30;

/** When an alert fired, counted from the beginning of the incident. */
export interface Firing {
  readonly objective: string;
  readonly app: string;
  readonly severity: string;
  readonly firstSeconds: number;
  readonly lastSeconds: number;
  /** How often it began to fire. */
  readonly times: number;
}

/** Samples as promtool writes them: each stretch in which a counter rises evenly is one word. */
function written(values: readonly number[]): string {
  const words: string[] = [];
  let begin = 0;
  while (begin < values.length) {
    const increment = values[begin + 1] - values[begin];
    let end = begin + 1;
    while (end < values.length && values[end] - values[end - 1] === increment) {
      end++;
    }
    words.push(
      end - begin < 2 ? `${values[begin]}` : `${values[begin]}${increment < 0 ? '' : '+'}${increment}x${end - begin - 1}`,
    );
    begin = end;
  }
  return words.join(' ');
}

/** Two counters, of good and of failed requests. */
function inputSeries({ name, requestsPerMinute, phases }: Incident, { stepSeconds, historyHours, hours }: Replay) {
  const after = Math.max(0, hours - phases.reduce((sum, phase) => sum + phase.hours, 0));
  const all: Phase[] = [{ hours: historyHours, failing: 0 }, ...phases, { hours: after, failing: 0 }];
  const good: number[] = [0];
  const failed: number[] = [0];
  let counted = { all: 0, failed: 0 };
  for (const phase of all) {
    counted = phase.restart ? { all: 0, failed: 0 } : counted;
    const requests = ((phase.requestsPerMinute ?? requestsPerMinute) * LEAST_STEP_SECONDS) / 60;
    for (let step = 0; step < Math.round((phase.hours * 3600) / LEAST_STEP_SECONDS); step++) {
      counted = { all: counted.all + requests, failed: counted.failed + requests * phase.failing };
      const whole = Math.floor(counted.failed + 1e-6);
      failed.push(whole);
      good.push(Math.floor(counted.all + 1e-6) - whole);
    }
  }
  const scraped = (values: readonly number[]) =>
    written(
      values
        .filter((_, index) => (index * LEAST_STEP_SECONDS) % stepSeconds === 0)
        .slice(0, ((historyHours + hours) * 3600) / stepSeconds + 1),
    );
  const of = (status: string) => series('http_requests_total', { cluster: 'test', env: 'test', app: name, status });
  return [
    { series: of('200'), values: scraped(good) },
    { series: of('503'), values: scraped(failed) },
  ];
}

/** Names of the objectives. */
const GUARDED = 'replayed';
export const UNGUARDED = 'unguarded';

/** Each incident is of a service of its own; the quiet failure is seen once more, where one is enough, by what pages. */
const services = ({ urgency }: Replay) => [
  ...INCIDENTS.map(({ name }) => ({ objective: GUARDED, app: name })),
  ...(urgency === 'page' ? [{ objective: UNGUARDED, app: QUIET_FAILURE }] : []),
];

function objectives({ urgency }: Replay): Objective[] {
  const replayed = (options: Pick<ObjectiveOptions, 'name' | 'minimumFailures'>, where?: { [label: string]: string }) =>
    Objective.availability({ target: TARGET, by: ['app'], requestsMetric: 'http_requests_total', where, ...options });
  return [
    replayed({ name: GUARDED, minimumFailures: MINIMUM_FAILURES }),
    ...(urgency === 'page' ? [replayed({ name: UNGUARDED, minimumFailures: 1 }, { app: QUIET_FAILURE })] : []),
  ];
}

/** What is asked of a service at the end. promtool says what it got where that is not what is expected: nothing. */
function questions({ objective, app }: ReturnType<typeof services>[number], { hours, stepSeconds, severity }: Replay) {
  const alertname = 'ObjectiveErrorBudgetBurn';
  const firing = series('ALERTS', { alertname, alertstate: 'firing', severity, objective, app });
  const always = `[${hours}h:${stepSeconds}s]`;
  return {
    first: `min_over_time(timestamp(${firing})${always})`,
    last: `max_over_time(timestamp(${firing})${always})`,
    times: `count_over_time((${firing} unless ${firing} offset ${stepSeconds}s)${always})`,
  };
}

/** Replays all incidents with the real rules, evaluated by Prometheus' own engine: when which alert fired. */
export const replayAll = async (promtool: string): Promise<Firing[]> =>
  (await Promise.all(REPLAYS.map((one) => replay(promtool, one)))).flat();

async function replay(promtool: string, one: Replay): Promise<Firing[]> {
  const { stepSeconds, historyHours, hours, severity } = one;
  const settings = everythingRuns({ scrapeInterval: Duration.seconds(stepSeconds) });
  const own = objectives(one).map(({ _settings }) => _settings);
  const groups = onlyFor(severity, new Alerts()._objectiveGroups(settings, own, true));
  const files = ruleFiles(groups);
  const asked = services(one).map((service) => ({ ...service, asked: questions(service, one) }));
  const test = {
    rule_files: Object.keys(files),
    evaluation_interval: `${stepSeconds}s`,
    // Any order would do in Prometheus; without one, promtool has another each time.
    group_eval_order: groups.map(({ name }) => name),
    tests: [
      {
        interval: `${stepSeconds}s`,
        input_series: INCIDENTS.flatMap((incident) => inputSeries(incident, one)),
        promql_expr_test: asked
          .flatMap((service) => Object.values(service.asked))
          .map((expr) => ({ expr, eval_time: `${historyHours + hours}h`, exp_samples: [] })),
      },
    ],
  };
  const folder = mkdtempSync(join(tmpdir(), 'objectives-'));
  try {
    for (const [name, text] of Object.entries({ ...files, 'test.yaml': JSON.stringify(test) })) {
      writeFileSync(join(folder, name), text);
    }
    const output = await outputOf(promtool, folder);
    return asked.flatMap(({ objective, app, asked: expressions }) => {
      const [first, last, times] = [expressions.first, expressions.last, expressions.times].map((expr) => answer(output, expr));
      const since = (seconds: number) => seconds - historyHours * 3600;
      return first === undefined || last === undefined || times === undefined
        ? []
        : [{ objective, app, severity, firstSeconds: since(first), lastSeconds: since(last), times }];
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The alerts of a severity, and the records that they read, directly or by way of others: reading days takes its time. */
function onlyFor(severity: string, groups: readonly GroupConfig[]): GroupConfig[] {
  const all = groups.flatMap(({ rules }) => rules);
  const needed = all.filter((rule) => 'alert' in rule && rule.labels.severity === severity);
  // Grows while it is gone through.
  for (const { expr } of needed) {
    needed.push(...all.filter((rule) => 'record' in rule && expr.includes(rule.record) && !needed.includes(rule)));
  }
  return groups.map((group) => ({ ...group, rules: group.rules.filter((rule) => needed.includes(rule)) }));
}

async function outputOf(promtool: string, folder: string): Promise<string> {
  try {
    await promisify(execFile)(promtool, ['test', 'rules', 'test.yaml'], { cwd: folder, maxBuffer: 2 ** 26 });
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string };
    return stdout + stderr;
  }
  throw new Error('promtool says that no alert fired');
}

/** What promtool got for an expression. */
function answer(output: string, expr: string): number | undefined {
  const [, after] = output.split(`expr: ${JSON.stringify(expr)}`);
  if (/ err: /.test(output)) {
    throw new Error(output);
  }
  if (after === undefined) {
    // It speaks only of what was not expected.
    return undefined;
  }
  const got = after.split('expr: ')[0];
  return Number(/got: \{[^}]*\} ([\d.E+-]+)/.exec(got)?.[1]);
}
