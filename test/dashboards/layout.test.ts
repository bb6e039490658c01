import { describe, expect, it } from 'vitest';
import { layOut } from '../../src/dashboards/layout';
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
