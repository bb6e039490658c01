/**
 * boards.ts OBJECTS.json SERVICES.json — runs every variable and every query of the dashboards among these manifests on the running
 * data sources. Prints lines `PASS|FAIL|UNPROVEN<tab>what`, details after a failure. OBJECTS: the manifests; SERVICES: what
 * `kubectl get services -A -o json` says, for the addresses. DATABASE_PASSWORD: of SQL data sources; DATA_SOURCE_PASSWORD: of those that log in.
 */
import { readFileSync } from 'node:fs';
import { StandardDashboards } from '../../../src/dashboards/standard-dashboards';
import type { Manifest } from '../../support/constructs';
import type { DashboardModel, DashboardVariable, Panel, Target } from './dashboard-model';
import { provisioned, RunningDataSource, reachThrough, UnprovenDataSource } from './data-sources';
import { type Choice, chosen, expand, filtered, seconds, type TimeRange } from './expand';
import { isUnmeasured, mayBeEmpty } from './may-be-empty';
import { filtersByValue, selectorsOf } from './selections';

const RANGE_SECONDS = 3600;
const STEP_SECONDS = 30;
const STANDARD = new Set(StandardDashboards.names);

function dashboards(objects: Manifest[]): DashboardModel[] {
  return objects
    .filter(({ kind }) => kind === 'ConfigMap')
    .flatMap(({ data }) => Object.entries<string>(data ?? {}))
    .filter(([name, text]) => name.endsWith('.json') && text.includes('"panels"'))
    .map(([, text]) => JSON.parse(text));
}

interface Outcome {
  readonly queries: number;
  readonly empty: string[];
  /** Panels of standard boards about things that are not in this cluster. */
  readonly nothingThere: number;
  /** Queries about what containers take, without an answer where nobody measures it. */
  readonly unmeasured: number;
  readonly wrong: string[];
  readonly unproven: Set<string>;
}

class Board {
  private readonly choices = new Map<string, Choice>();
  private readonly outcome = {
    queries: 0,
    nothingThere: 0,
    unmeasured: 0,
    empty: [] as string[],
    wrong: [] as string[],
    unproven: new Set<string>(),
  };

  public constructor(
    private readonly model: DashboardModel,
    private readonly sources: ReadonlyMap<string, RunningDataSource>,
    private readonly range: TimeRange,
  ) {}

  public async run(): Promise<Outcome> {
    for (const variable of this.model.templating.list) {
      await this.attempt(`variable ${variable.name}`, () => this.choose(variable));
    }
    for (const panel of this.model.panels.flatMap((panel) => [panel, ...(panel.panels ?? [])])) {
      for (const target of panel.targets ?? []) {
        await this.attempt(`${panel.title} ${target.refId}`, () => this.ask(panel, target));
      }
    }
    return this.outcome;
  }

  private async attempt(what: string, action: () => Promise<void>): Promise<void> {
    try {
      await action();
    } catch (error) {
      if (error instanceof UnprovenDataSource) {
        this.outcome.unproven.add(error.type);
      } else {
        this.outcome.wrong.push(`${what}: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
  }

  private source(uid: string | undefined): RunningDataSource {
    const name = String(uid).replace(/^\$\{?(\w+)\}?$/, (_, variable: string) => this.choices.get(variable)?.values[0] ?? '');
    const source = this.sources.get(name);
    if (source === undefined) {
      throw new Error(`there is no data source ${uid}`);
    }
    return source;
  }

  private async choose(variable: DashboardVariable): Promise<void> {
    if (variable.type === 'query') {
      const values = filtered(await this.values(variable), variable);
      this.choices.set(variable.name, chosen(variable, values));
    } else if (variable.type === 'datasource') {
      const uids = [...this.sources.values()]
        .filter(({ provisioned: { type } }) => type === variable.query)
        .map(({ provisioned: { uid } }) => uid);
      const current = chosen(variable, uids).values.filter((value) => uids.includes(value));
      this.choices.set(variable.name, { values: current.length > 0 ? current : uids.slice(0, 1), multi: false });
    } else {
      const listed = typeof variable.query === 'string' ? variable.query : '';
      this.choices.set(
        variable.name,
        chosen(variable, variable.type === 'textbox' ? [listed] : listed.split(',').map((value) => value.trim())),
      );
    }
  }

  private async values(variable: DashboardVariable): Promise<string[]> {
    const source = this.source(variable.datasource?.uid);
    const { type } = source.provisioned;
    const text = typeof variable.query === 'string' ? variable.query : String(variable.query?.query ?? '');
    const expanded = expand(text, this.choices, type, this.range);
    this.outcome.queries++;
    const [, selector, label] = /^label_values\((?:(.*),\s*)?(\w+)\)$/s.exec(expanded) ?? [];
    if (type !== 'mysql' && label === undefined) {
      throw new Error(`${expanded} is no query of label values`);
    }
    const values = type === 'mysql' ? source.sql(expanded) : await source.labelValues(label, selector, this.range);
    if (values.length === 0) {
      await this.nothing(`variable ${variable.name}`, `variable ${variable.name}`, source, selector ?? '');
    }
    return values;
  }

  private async ask(panel: Panel, target: Target): Promise<void> {
    const source = this.source((target.datasource ?? panel.datasource)?.uid);
    const { type } = source.provisioned;
    const text = expand(String(target.expr ?? target.rawSql), this.choices, type, this.range);
    this.outcome.queries++;
    const found = await source.query(text, this.range, target.instant === true || target.queryType === 'instant');
    if (found === 0) {
      await this.nothing(String(panel.title), `${panel.title} ${target.refId}: ${text}`, source, text);
    }
  }

  private async nothing(panel: string, what: string, source: RunningDataSource, query: string): Promise<void> {
    if (mayBeEmpty(this.model.uid, panel) === undefined) {
      if (isUnmeasured(query)) {
        this.outcome.unmeasured++;
      } else if (await this.isAboutNothingHere(source, query)) {
        this.outcome.nothingThere++;
      } else {
        this.outcome.empty.push(what);
      }
    }
  }

  /** Standard boards are about all that a component can do; on a small, healthy cluster much of it does not happen. */
  private async isAboutNothingHere(source: RunningDataSource, query: string): Promise<boolean> {
    if (!STANDARD.has(this.model.uid)) {
      return false;
    }
    if (source.provisioned.type === 'loki') {
      // The pod that a board opens with may be in a namespace whose lines no pipeline reads.
      const read = await source.labelValues('namespace', undefined, this.range);
      const asked = [...query.matchAll(/namespace=~"([^"]*)"/g)].map(([, expression]) => new RegExp(`^(?:${expression})$`));
      return asked.length > 0 && !read.some((namespace) => asked.every((expression) => expression.test(namespace)));
    }
    if (source.provisioned.type !== 'prometheus') {
      return false;
    }
    for (const selector of selectorsOf(query)) {
      if ((await source.labelValues('__name__', selector, this.range)).length === 0) {
        return true;
      }
    }
    return filtersByValue(query);
  }
}

async function main(): Promise<void> {
  const objects: Manifest[] = JSON.parse(readFileSync(process.argv[2], 'utf8'));
  const services: Manifest[] = JSON.parse(readFileSync(process.argv[3], 'utf8')).items;
  const reach = reachThrough(services);
  const sources = new Map(provisioned(objects).map((source) => [source.uid, new RunningDataSource(source, reach)]));
  const interval = [...sources.values()].find(({ provisioned: { type } }) => type === 'prometheus')?.provisioned.jsonData
    ?.timeInterval;
  const scrapeInterval = seconds(interval ?? `${STEP_SECONDS}s`);
  for (const model of dashboards(objects)) {
    const to = Math.floor(Date.now() / 1000);
    const board = new Board(model, sources, { from: to - RANGE_SECONDS, to, step: STEP_SECONDS, scrapeInterval });
    const { queries, empty, nothingThere, unmeasured, wrong, unproven } = await board.run();
    console.log(`${wrong.length === 0 ? 'PASS' : 'FAIL'}\tdashboard ${model.uid}: its ${queries} queries run`);
    for (const line of wrong) {
      console.log(line.replaceAll('\n', ' ').slice(0, 600));
    }
    console.log(`${empty.length === 0 ? 'PASS' : 'FAIL'}\tdashboard ${model.uid}: data where there must be some`);
    for (const line of empty) {
      console.log(line.replaceAll('\n', ' ').slice(0, 600));
    }
    if (nothingThere > 0) {
      console.log(
        `NOTE\tdashboard ${model.uid}: ${nothingThere} queries ask for what is not in this cluster, or filter by value`,
      );
    }
    if (unmeasured > 0) {
      console.log(
        `UNPROVEN\tdashboard ${model.uid}: ${unmeasured} queries ask what containers take; a user namespace has no control groups`,
      );
    }
    for (const type of unproven) {
      console.log(`UNPROVEN\tdashboard ${model.uid}: its queries to ${type}, which does not run here`);
    }
  }
}

void main();
