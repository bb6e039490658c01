import type { Panel, RowPanel } from './grafana-model';
import type { SizedPanel } from './panels';

/** Panels under one heading. */
export interface Section {
  readonly title: string;
  readonly panels: SizedPanel[];
}

/** Width of Grafana's grid. */
export const GRID_COLUMNS = 24;

const HEADING_HEIGHT = 1;

/**
 * Gives each panel its place: from left to right, below as soon as a panel does not fit any more. A line is as high as its
 * highest panel. Ids count up from 1 in reading order, so that the same sections always give the same board.
 */
export function layOut(sections: readonly Section[]): (Panel | RowPanel)[] {
  const placed: (Panel | RowPanel)[] = [];
  let y = 0;
  for (const section of sections) {
    placed.push({
      type: 'row',
      id: placed.length + 1,
      title: section.title,
      collapsed: false,
      gridPos: { x: 0, y, w: GRID_COLUMNS, h: HEADING_HEIGHT },
      panels: [],
    });
    y += HEADING_HEIGHT;
    let x = 0;
    let lineHeight = 0;
    for (const { width, height, panel } of section.panels) {
      if (x + width > GRID_COLUMNS) {
        y += lineHeight;
        x = 0;
        lineHeight = 0;
      }
      placed.push({ ...panel, id: placed.length + 1, gridPos: { x, y, w: width, h: height } });
      x += width;
      lineHeight = Math.max(lineHeight, height);
    }
    y += lineHeight;
  }
  return placed;
}
