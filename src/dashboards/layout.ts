import type { Panel, RowPanel } from './grafana-model';
import type { SizedPanel } from './panels';

/** Panels under one heading. */
export interface Section {
  readonly title: string;
  readonly panels: SizedPanel[];
  /** Whether only the heading shows until somebody opens it; what is closed asks no data source. @default false */
  readonly collapsed?: boolean;
}

/** Width of Grafana's grid. */
export const GRID_COLUMNS = 24;

const HEADING_HEIGHT = 1;

/** Lines of the grid that a large screen shows. */
export const SCREEN_LINES = 30;

/** Places of panels, from left to right, below as soon as one does not fit any more. */
function places(panels: readonly SizedPanel[], top: number) {
  let [x, y, lineHeight] = [0, top, 0];
  const positions = panels.map(({ width: w, height: h }) => {
    if (x + w > GRID_COLUMNS) {
      y += lineHeight;
      x = 0;
      lineHeight = 0;
    }
    const position = { x, y, w, h };
    x += w;
    lineHeight = Math.max(lineHeight, h);
    return position;
  });
  return { positions, bottom: y + lineHeight };
}

/**
 * Gives each panel its place. A line is as high as its highest panel. Ids count up from 1 in reading order, so that the same
 * sections always give the same board.
 */
export function layOut(sections: readonly Section[]): (Panel | RowPanel)[] {
  const items: (Panel | RowPanel)[] = [];
  let [y, id] = [0, 1];
  for (const { title, panels, collapsed = false } of sections) {
    const { positions, bottom } = places(panels, y + HEADING_HEIGHT);
    const firstId = id + 1;
    const placed = panels.map(({ panel }, index): Panel => ({ ...panel, id: firstId + index, gridPos: positions[index] }));
    const gridPos = { x: 0, y, w: GRID_COLUMNS, h: HEADING_HEIGHT };
    items.push({ type: 'row', id, title, collapsed, gridPos, panels: collapsed ? placed : [] });
    if (!collapsed) {
      items.push(...placed);
    }
    id += 1 + placed.length;
    y = collapsed ? y + HEADING_HEIGHT : bottom;
  }
  return items;
}

/** Collapses what does not fit one screen any more, and all that follows. The first section is always open. */
export function folded(sections: readonly Section[]): Section[] {
  let y = 0;
  return sections.map((section, index) => {
    y = places(section.panels, y + HEADING_HEIGHT).bottom;
    return { ...section, collapsed: index > 0 && y > SCREEN_LINES };
  });
}
