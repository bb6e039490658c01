import { board } from './board';
import { boardMenu, Composer } from './composer';
import type { DashboardContext, DashboardDataSources } from './dashboard-context';
import { DashboardLayer, type StandardDashboardOptions } from './dashboard-options';
import type { Board, BoardLink, Variable } from './grafana-model';
import { folded, type Section } from './layout';

/** What a standard board is composed of. */
export interface Composition {
  readonly variables: Variable[];
  /** In reading order. What does not fit one screen is collapsed. */
  readonly sections: Section[];
  /** Links at the top, before the menu of its topic. @default - none */
  readonly links?: BoardLink[];
}

/** A board of the library. */
export interface StandardBoard {
  /** By which it is switched off or changed; its uid as well. At most 40 lower-case letters, digits and `-`. */
  readonly name: string;
  /** As people know it. */
  readonly title: string;
  readonly description: string;
  readonly layer: DashboardLayer;
  /** What it is about: its second tag, by which boards link each other. */
  readonly topic: Topic;
  /** The ConfigMap that holds it, where those of a topic do not fit one. @default - the topic */
  readonly bundle?: string;
  /** Components and scrape jobs without which it would be empty. */
  readonly needs: readonly string[];
  /** Whether it asks Loki. @default false */
  readonly asksLoki?: boolean;
  readonly compose: (composer: Composer) => Composition;
}

/** Topics, with the title of their menu. */
export const TOPICS = {
  kubernetes: 'Kubernetes',
  nodes: 'Nodes',
  prometheus: 'Prometheus',
  thanos: 'Thanos',
  loki: 'Loki',
  alloy: 'Alloy',
  monitoring: 'Monitoring',
  objectives: 'Objectives',
  logs: 'Logs',
  traces: 'Traces',
  databases: 'Databases',
  messaging: 'Messaging',
  gateways: 'Gateways',
} as const;

export type Topic = keyof typeof TOPICS;

/** Folders by layer. */
const FOLDERS: Readonly<Record<DashboardLayer, string>> = {
  [DashboardLayer.APPLICATION]: 'Application',
  [DashboardLayer.MIDDLEWARE]: 'Middleware',
  [DashboardLayer.INFRASTRUCTURE]: 'Infrastructure',
};

/** The folder that holds a board. */
export function folderOf({ layer }: StandardBoard, { folder }: StandardDashboardOptions): string {
  return folder ?? FOLDERS[layer];
}

/** The board as Grafana reads it. */
export function standardBoard(definition: StandardBoard, options: StandardDashboardOptions, context: DashboardContext): Board {
  const { name, title, description, layer, topic, compose } = definition;
  const { variables, sections, links = [] } = compose(new Composer(context, options.source));
  return board(
    { title, ...options, uid: name, tags: [topic, ...(options.tags ?? [])] },
    { description, layer, variables, sections: folded(sections), links: [...links, boardMenu(TOPICS[topic], topic)] },
  );
}

/** Whether a board would show something. */
export function isServed(
  { needs, asksLoki }: StandardBoard,
  dataSources: DashboardDataSources,
  sources: ReadonlySet<string>,
): boolean {
  const { prometheus, thanos, loki } = dataSources;
  return (
    (needs.length === 0 || prometheus !== undefined || thanos !== undefined) &&
    (!asksLoki || loki !== undefined) &&
    needs.every((need) => sources.has(need))
  );
}
