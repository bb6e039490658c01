import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DashboardContext } from '../../src/dashboards/dashboard-context';
import { STANDARD_BOARDS } from '../../src/dashboards/standard/catalogue';
import { standardBoard } from '../../src/dashboards/standard-board';
import { Alerts } from '../../src/rules/alerts';
import { everythingRuns } from '../../src/rules/content';
import { CONTEXT, queriesFor, variableSelectors } from '../dashboards/boards';
import type { Manifest } from '../support/constructs';
import { freePort, until } from './api-server';
import { WITHOUT_DATA } from './boards-empty';
import { madeSeries, openMetrics, STEP_SECONDS } from './catalogue-series';
import { findProgram } from './programs';
import type { DashboardModel } from './running/dashboard-model';
import { RunningDataSource } from './running/data-sources';
import { type Choice, chosen, expand, filtered, type TimeRange } from './running/expand';

const [prometheus, promtool] = [findProgram('prometheus'), findProgram('promtool')];

const EVERYTHING: DashboardContext = {
  ...CONTEXT,
  sources: new Set(STANDARD_BOARDS.flatMap(({ needs }) => needs)),
  boards: new Set(STANDARD_BOARDS.map(({ name }) => name)),
};

const boards = STANDARD_BOARDS.map((definition) => standardBoard(definition, {}, EVERYTHING));
const groups = new Alerts()._libraryGroups(everythingRuns());
const rules = groups.flatMap((group) => group.rules);

/** As they are, but at once. */
const promptGroups = groups.map((group) => ({
  ...group,
  interval: '2s',
  rules: group.rules.map((rule) => ('record' in rule ? rule : { ...rule, for: '0s' })),
}));

interface EvaluatedRule {
  readonly name: string;
  readonly health: string;
  readonly lastError?: string;
}

interface Answers {
  readonly wrong: string[];
  /** Panels of which no query has an answer, as `<board>: <panel>`, and such variables. */
  readonly empty: string[];
  readonly queries: number;
}

/** All variables and queries of a board that are for Prometheus. */
async function ask(model: DashboardModel, source: RunningDataSource, range: TimeRange): Promise<Answers> {
  const answers = { wrong: [] as string[], empty: [] as string[], queries: 0 };
  const choices = new Map<string, Choice>();
  const attempt = async <Answer>(what: string, question: () => Promise<Answer>): Promise<Answer | undefined> => {
    answers.queries++;
    try {
      return await question();
    } catch (error) {
      answers.wrong.push(`${model.uid}: ${what}: ${error instanceof Error ? error.message : String(error)}`);
      return undefined;
    }
  };
  for (const variable of model.templating.list) {
    const text = typeof variable.query === 'string' ? variable.query : '';
    const fixed = text.split(',').map((one) => one.trim());
    choices.set(variable.name, chosen(variable, fixed));
    const [, selector, label] = /^label_values\((?:(.*),\s*)?(\w+)\)$/s.exec(text) ?? [];
    if (variable.type === 'query' && variable.datasource?.type === 'prometheus' && selector !== undefined) {
      const found = await attempt(`variable ${variable.name}`, () =>
        source.labelValues(label, expand(selector, choices, 'prometheus', range), range),
      );
      const values = filtered(found ?? [], variable);
      choices.set(variable.name, chosen(variable, values));
      if (values.length === 0) {
        answers.empty.push(`${model.uid}: variable ${variable.name}`);
      }
    }
  }
  for (const panel of model.panels.flatMap((one) => [one, ...(one.panels ?? [])])) {
    const targets = (panel.targets ?? []).filter(({ datasource }) => (datasource ?? panel.datasource)?.type === 'prometheus');
    let found = 0;
    for (const { refId, expr, instant } of targets) {
      found +=
        (await attempt(`${panel.title} ${refId}`, () =>
          source.query(expand(String(expr), choices, 'prometheus', range), range, instant === true),
        )) ?? 1;
    }
    if (targets.length > 0 && found === 0) {
      answers.empty.push(`${model.uid}: ${panel.title}`);
    }
  }
  return answers;
}

describe.skipIf(prometheus === undefined || promtool === undefined).each([
  { title: 'where all is as it was', cameBack: false },
  { title: 'where pods have come back with another address', cameBack: true },
])('on the series of everything, $title', ({ cameBack }) => {
  let folder: string;
  let running: ChildProcess;
  let source: RunningDataSource;
  let range: TimeRange;
  let evaluated: EvaluatedRule[];
  let answers: Answers[];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'boards-'));
    const queries = [
      ...boards.flatMap((board) => [...queriesFor(board, 'prometheus'), ...variableSelectors(board, 'prometheus')]),
      ...rules.map(({ expr }) => expr),
    ];
    const begin = Math.floor(Date.now() / 1000);
    writeFileSync(join(folder, 'series.txt'), openMetrics(madeSeries(queries, cameBack), begin));
    const port = await freePort();
    execFileSync(`${promtool}`, ['tsdb', 'create-blocks-from', 'openmetrics', 'series.txt', 'data'], {
      cwd: folder,
      stdio: 'pipe',
    });
    writeFileSync(join(folder, 'rules.yml'), JSON.stringify({ groups: promptGroups }));
    writeFileSync(join(folder, 'prometheus.yml'), JSON.stringify({ rule_files: ['rules.yml'] }));
    const where = `http://127.0.0.1:${port}`;
    const options = ['--config.file=prometheus.yml', '--storage.tsdb.path=data'];
    running = spawn(`${prometheus}`, [...options, `--web.listen-address=127.0.0.1:${port}`], { cwd: folder, stdio: 'ignore' });
    await until(async () => (await fetch(`${where}/-/ready`)).ok, 60_000, 'Prometheus is not ready');
    source = new RunningDataSource(
      { uid: 'prometheus', name: 'Prometheus', type: 'prometheus', url: where },
      (address) => address,
    );
    const instant = () => ({ from: 0, to: Math.ceil(Date.now() / 1000), step: STEP_SECONDS, scrapeInterval: STEP_SECONDS });
    // The last of the longest chain of records.
    await until(
      async () => (await source.query('objective:error_budget:remaining', instant(), true)) > 0,
      60_000,
      'the last record is not made',
    );
    await until(
      async () => {
        const { data }: Manifest = await (await fetch(`${where}/api/v1/rules`)).json();
        evaluated = data.groups.flatMap((group: { rules: EvaluatedRule[] }) => group.rules);
        return evaluated.every(({ health }) => health !== 'unknown');
      },
      60_000,
      'not all rules are evaluated',
    );
    await until(async () => (await source.query('ALERTS{alertstate="firing"}', instant(), true)) > 0, 60_000, 'no alert fires');
    const now = instant();
    range = { ...now, from: now.to - 12 * STEP_SECONDS };
    answers = await Promise.all(boards.map((board) => ask(JSON.parse(JSON.stringify(board)), source, range)));
  });

  afterAll(() => {
    running.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  });

  it('no query of a board errs', () => {
    expect(answers.reduce((sum, { queries }) => sum + queries, 0)).toBeGreaterThan(1500);
    expect(answers.flatMap(({ wrong }) => wrong)).toEqual([]);
  });

  it('every panel and variable has data but those with a reason', () => {
    expect([...new Set(answers.flatMap(({ empty }) => empty))].sort()).toEqual(Object.keys(WITHOUT_DATA).sort());
  });

  it('no rule errs', () => {
    expect(evaluated).toHaveLength(rules.length);
    expect(evaluated.filter(({ health }) => health !== 'ok').map(({ name, lastError }) => `${name}: ${lastError}`)).toEqual([]);
  });

  it('has two of a pod where one has come back, which a join would tell', async () => {
    const join = 'kube_pod_container_resource_requests * on (namespace, pod) group_left (node) kube_pod_info';
    const answer = source.query(join, range, true).then(String, ({ message }) => String(message));
    expect((await answer).includes('found duplicate series')).toBe(cameBack);
  });
});
