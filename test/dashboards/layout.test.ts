import { describe, expect, it } from 'vitest';
import { folded, layOut } from '../../src/dashboards/layout';
import { stat, timeseries } from '../../src/dashboards/panels';

const words = { title: 'T', description: 'D', unit: 'short', targets: [] };

describe('layOut', () => {
  it('fills lines from left to right, each as high as its highest panel', () => {
    const panels = layOut([
      { title: 'One', panels: [stat({ ...words, width: 6 }), timeseries({ ...words, width: 12 }), stat({ ...words, width: 8 })] },
      { title: 'Two', panels: [timeseries({ ...words, width: 24, height: 3 })] },
      { title: 'None', panels: [] },
    ]);
    expect(panels.map(({ id, type, gridPos }) => [id, type, gridPos])).toEqual([
      [1, 'row', { x: 0, y: 0, w: 24, h: 1 }],
      [2, 'stat', { x: 0, y: 1, w: 6, h: 4 }],
      [3, 'timeseries', { x: 6, y: 1, w: 12, h: 8 }],
      [4, 'stat', { x: 0, y: 9, w: 8, h: 4 }],
      [5, 'row', { x: 0, y: 13, w: 24, h: 1 }],
      [6, 'timeseries', { x: 0, y: 14, w: 24, h: 3 }],
      [7, 'row', { x: 0, y: 17, w: 24, h: 1 }],
    ]);
  });
});

describe('folded', () => {
  const section = (height: number) => ({ title: `${height}`, panels: [timeseries({ ...words, width: 24, height })] });
  const collapsed = (...heights: number[]) => folded(heights.map(section)).map((one) => one.collapsed);

  it('collapses what does not fit one screen and all that follows, but never the first section', () => {
    expect(collapsed(9, 9, 9)).toEqual([false, false, false]);
    expect(collapsed(9, 9, 10, 1)).toEqual([false, false, true, true]);
    expect(collapsed(40, 1)).toEqual([false, true]);
  });

  it('makes collapsed rows hold their panels, which take no room', () => {
    const rows = layOut(folded([section(29), section(4), section(3)]));
    expect(rows.map(({ id, type, gridPos }) => [id, type, gridPos?.y, gridPos?.h])).toEqual([
      [1, 'row', 0, 1],
      [2, 'timeseries', 1, 29],
      [3, 'row', 30, 1],
      [5, 'row', 31, 1],
    ]);
    expect(rows.flatMap((row) => (row.type === 'row' ? row.panels : [])).map(({ id, gridPos }) => [id, gridPos])).toEqual([
      [4, { x: 0, y: 31, w: 24, h: 4 }],
      [6, { x: 0, y: 32, w: 24, h: 3 }],
    ]);
  });
});
