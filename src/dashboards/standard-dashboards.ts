import { Dashboard } from './dashboard';
import type { DashboardDataSources } from './dashboard-context';
import type { StandardDashboardOptions } from './dashboard-options';
import { STANDARD_BOARDS, unknownProblem } from './standard/catalogue';
import { isServed, type StandardBoard } from './standard-board';

/** Which boards of the library there are, and what is changed about them. */
interface Selection {
  /** Boards by name, whether something serves them or not; undefined = all that are served. */
  readonly only?: readonly string[];
  readonly without: readonly string[];
  readonly changes: Readonly<Record<string, StandardDashboardOptions>>;
  readonly replacements: Readonly<Record<string, Dashboard>>;
}

const NOTHING_CHANGED = { without: [], changes: {}, replacements: {} };

/**
 * The boards of the library. A description only; give it to `Grafana` or the stack. Each method answers with a new set:
 * `StandardDashboards.all().without('kubernetes-api-server').override('kubernetes-pods', { folder: 'Team A' })`. An unknown
 * name is an error at synth.
 */
export class StandardDashboards {
  /** All boards whose metrics are scraped and whose data sources are there. A light stack gets few. */
  public static all(): StandardDashboards {
    return new StandardDashboards(NOTHING_CHANGED);
  }

  /** No board. */
  public static none(): StandardDashboards {
    return new StandardDashboards({ ...NOTHING_CHANGED, only: [] });
  }

  /** These boards, even if the stack itself does not scrape what they show. Their data sources must be there. */
  public static only(...names: string[]): StandardDashboards {
    return new StandardDashboards({ ...NOTHING_CHANGED, only: names });
  }

  /** Names of all boards of the library; each is the board's uid as well. */
  public static get names(): string[] {
    return STANDARD_BOARDS.map(({ name }) => name);
  }

  private constructor(private readonly selection: Selection) {}

  /** The same without some boards. */
  public without(...names: string[]): StandardDashboards {
    return new StandardDashboards({ ...this.selection, without: [...this.selection.without, ...names] });
  }

  /** The same with some options of a board changed. */
  public override(name: string, options: StandardDashboardOptions): StandardDashboards {
    const { changes } = this.selection;
    return new StandardDashboards({ ...this.selection, changes: { ...changes, [name]: { ...changes[name], ...options } } });
  }

  /** The same with a board of one's own in the place of one of the library. Give it the same uid to keep the links to it. */
  public replace(name: string, dashboard: Dashboard): StandardDashboards {
    const { replacements } = this.selection;
    return new StandardDashboards({ ...this.selection, replacements: { ...replacements, [name]: dashboard } });
  }

  /**
   * Boards that stand in the place of others.
   * @internal
   */
  public get _replacements(): Dashboard[] {
    return Object.values(this.selection.replacements);
  }

  /**
   * The boards that are there, by the ConfigMap that holds them.
   * @internal
   */
  public _served(dataSources: DashboardDataSources, sources: ReadonlySet<string>): Map<string, Dashboard[]> {
    const served = new Map<string, Dashboard[]>();
    for (const board of STANDARD_BOARDS.filter((candidate) => this.includes(candidate, dataSources, sources))) {
      const dashboard = Dashboard.standard(board.name, this.selection.changes[board.name] ?? {});
      const bundle = board.bundle ?? board.topic;
      served.set(bundle, [...(served.get(bundle) ?? []), dashboard]);
    }
    return served;
  }

  private includes(board: StandardBoard, dataSources: DashboardDataSources, sources: ReadonlySet<string>): boolean {
    const { only, without, replacements } = this.selection;
    return (
      !without.includes(board.name) &&
      !Object.hasOwn(replacements, board.name) &&
      (only === undefined ? isServed(board, dataSources, sources) : only.includes(board.name))
    );
  }

  /**
   * What is wrong with the selection.
   * @internal
   */
  public _problems(): string[] {
    const { only = [], without, changes, replacements } = this.selection;
    const known = StandardDashboards.names;
    return [...new Set([...only, ...without, ...Object.keys(changes), ...Object.keys(replacements)])]
      .filter((name) => !known.includes(name))
      .map(unknownProblem);
  }
}
