import { Duration } from 'cdk8s';
import type { DashboardLayer, DashboardOptions } from './dashboard-options';
import type { Board, BoardLink, Variable } from './grafana-model';
import { layOut, type Section } from './layout';
import { durationText } from './targets';

/** The classic model's version that Grafana 12.2 to 13 write; older ones are migrated on every load. */
const SCHEMA_VERSION = 42;

/** Content of a board of ours. */
export interface BoardContent {
  readonly description: string;
  readonly layer: DashboardLayer;
  readonly variables: Variable[];
  readonly sections: Section[];
  /** Links at the top. @default - none */
  readonly links?: BoardLink[];
}

/** A board, out of what all boards have and its own content. */
export function board(options: DashboardOptions, content: BoardContent): Board {
  return {
    id: null,
    uid: options.uid,
    title: options.title,
    description: content.description,
    tags: [options.layer ?? content.layer, ...(options.tags ?? [])],
    timezone: 'browser',
    editable: true,
    graphTooltip: 1,
    time: { from: `now-${durationText(options.timeRange ?? Duration.hours(1))}`, to: 'now' },
    refresh: durationText(options.refresh ?? Duration.minutes(1)),
    schemaVersion: SCHEMA_VERSION,
    version: 1,
    annotations: { list: [] },
    templating: { list: content.variables },
    links: content.links ?? [],
    panels: layOut(content.sections),
  };
}
