import {
  addressProblems,
  eventsProblems,
  httpProblems,
  logsProblems,
  messagesProblems,
  podsProblems,
  standardProblems,
} from './checks';
import type { DashboardContext, DashboardModel } from './dashboard-context';
import type {
  DashboardOptions,
  EventsDashboardProps,
  HttpFromLogsDashboardProps,
  JsonDashboardProps,
  LogsDashboardProps,
  MessagesDashboardProps,
  PodsDashboardProps,
  StandardDashboardOptions,
} from './dashboard-options';
import { eventsBoard } from './events-board';
import { httpBoard } from './http-board';
import { jsonBoard, jsonProblems, titleOf } from './json-board';
import { logsBoard } from './logs-board';
import { messagesBoard } from './messages-board';
import { podsBoard } from './pods-board';
import { STANDARD_BOARDS, unknownProblem } from './standard/catalogue';
import { folderOf, standardBoard } from './standard-board';

/** Largest board. It shares a ConfigMap with metadata, and client-side apply stops at 262,144 bytes. */
const SIZE_LIMIT = 200_000;

/** Stands for a board that does not exist, beside the problem that says so. */
const EMPTY = (name: string): DashboardModel => ({ id: null, uid: name, title: name });

/** How a board comes about. */
interface Making {
  readonly model: (context: DashboardContext) => DashboardModel;
  readonly problems: (context: DashboardContext) => string[];
}

/**
 * A dashboard of Grafana. It is a description only; give it to `Grafana`, which knows data sources, labels and intervals.
 * Wrong properties become errors at synth.
 */
export class Dashboard {
  /** Logs: volume by level and service, and the lines, narrowed down by service, level, tenant, pod and text. Needs Loki. */
  public static logs(props: LogsDashboardProps): Dashboard {
    return Dashboard.of(props, logsBoard, logsProblems);
  }

  /**
   * Pods: phase, readiness, CPU, memory, network, requests and limits, restarts and their reasons. Needs the metrics of
   * cAdvisor and kube-state-metrics.
   */
  public static pods(props: PodsDashboardProps): Dashboard {
    return Dashboard.of(props, podsBoard, podsProblems);
  }

  /** Events: success and failure rate, in all and by type, out of a counter with labels for type and outcome. */
  public static events(props: EventsDashboardProps): Dashboard {
    return Dashboard.of(props, eventsBoard, eventsProblems);
  }

  /** HTTP requests: rate, errors, duration, out of metrics that a log pipeline counts. */
  public static httpFromLogs(props: HttpFromLogsDashboardProps): Dashboard {
    return Dashboard.of(props, httpBoard, httpProblems);
  }

  /**
   * Messages: their processing status out of a table in MySQL, and the way from a message to its log lines. Needs Loki and a
   * MySQL data source, whose user should have no right but SELECT: who may open a board may send any query.
   */
  public static messages(props: MessagesDashboardProps): Dashboard {
    return Dashboard.of(props, messagesBoard, messagesProblems);
  }

  /** A board that exists as JSON. Its queries for Prometheus and Loki are checked. */
  public static json(props: JsonDashboardProps): Dashboard {
    return new Dashboard(props.uid, titleOf(props), props.folder, {
      model: () => jsonBoard(props),
      problems: (context) => jsonProblems(props, context),
    });
  }

  /**
   * A board of the library by its name, whether the stack scrapes what it shows or not; all that are served come by
   * themselves with `StandardDashboards`.
   * @param name one of `StandardDashboards.names`
   */
  public static standard(name: string, options: StandardDashboardOptions = {}): Dashboard {
    const definition = STANDARD_BOARDS.find((candidate) => candidate.name === name);
    if (definition === undefined) {
      return new Dashboard(name, name, undefined, { model: () => EMPTY(name), problems: () => [unknownProblem(name)] });
    }
    return new Dashboard(definition.name, options.title ?? definition.title, folderOf(definition, options), {
      model: (context) => standardBoard(definition, options, context),
      problems: (context) => standardProblems(options, context),
    });
  }

  private static of<Props extends DashboardOptions>(
    props: Props,
    model: (props: Props, context: DashboardContext) => DashboardModel,
    problems: (props: Props, context: DashboardContext) => string[],
  ): Dashboard {
    return new Dashboard(props.uid, props.title, props.folder, {
      model: (context) => model(props, context),
      problems: (context) => problems(props, context),
    });
  }

  private constructor(
    /** Address of the board: `/d/<uid>`. */
    public readonly uid: string,
    /** Title. */
    public readonly title: string,
    /** Folder that holds the board; undefined for the top level. */
    public readonly folder: string | undefined,
    private readonly making: Making,
  ) {}

  /** A board is needed for checks, for its data sources and for its text; it is composed once for each Grafana. */
  private readonly rendered = new WeakMap<DashboardContext, DashboardModel>();
  private readonly texts = new WeakMap<DashboardContext, string>();

  /**
   * The board as Grafana reads it.
   * @internal
   */
  public _render(context: DashboardContext): DashboardModel {
    const rendered = this.rendered.get(context) ?? this.making.model(context);
    this.rendered.set(context, rendered);
    return rendered;
  }

  /**
   * The text of the board for a file, without spaces: a ConfigMap is small. Without apostrophes, too: YAML can then quote
   * with them and leaves all else as it is, which takes a third of the time and of the escapes.
   * @internal
   */
  public _json(context: DashboardContext): string {
    const text = this.texts.get(context) ?? JSON.stringify(this._render(context)).replaceAll("'", '\\u0027');
    this.texts.set(context, text);
    return text;
  }

  /**
   * What is wrong with the board.
   * @internal
   */
  public _problems(context: DashboardContext): string[] {
    const size = Buffer.byteLength(this._json(context));
    return [
      ...addressProblems(this.uid, this.title),
      ...this.making.problems(context),
      ...(size > SIZE_LIMIT
        ? [`the board ${JSON.stringify(this.uid)} is ${size} bytes; allowed are ${SIZE_LIMIT}: split it into several boards`]
        : []),
    ];
  }
}
