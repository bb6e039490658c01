/**
 * Draws the layout of dashboards as SVG: `npx tsx scripts/dashboard-picture.ts docs/dashboards dist/qgx.yaml`. A file holds
 * manifests, whose ConfigMaps are searched for dashboards, or a bare dashboard in JSON. A picture is named after the uid.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadAll } from 'js-yaml';

interface Panel {
  readonly type: string;
  readonly title?: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets?: readonly object[];
  readonly datasource?: { readonly uid?: string };
  readonly fieldConfig?: { readonly defaults: { readonly unit?: string } };
}

interface Board {
  readonly uid: string;
  readonly title: string;
  readonly tags?: readonly string[];
  readonly panels: readonly Panel[];
  readonly templating: { readonly list: readonly { readonly name: string; readonly label?: string }[] };
}

const COLUMN = 50;
const LINE = 22;
const MARGIN = 16;
const HEADER = 78;
const COLORS: Record<string, string> = {
  timeseries: '#dbeafe',
  stat: '#dcfce7',
  table: '#fef3c7',
  logs: '#ede9fe',
  bargauge: '#ffe4e6',
};

type Attributes = Record<string, string | number>;

const escaped = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

const element = (name: string, attributes: Attributes, content: readonly string[] = []) =>
  `<${name}${Object.entries(attributes)
    .map(([key, value]) => ` ${key}="${escaped(String(value))}"`)
    .join('')}>${content.join('')}</${name}>`;

/** A line of text, cut to the width at its font size: a character is about 0.55 times as wide as high. */
const text = (x: number, y: number, size: number, fill: string, content: string, width: number, more: Attributes = {}) => {
  const room = Math.max(1, Math.floor(width / (size * 0.55)));
  const cut = content.length > room ? `${content.slice(0, room - 1)}…` : content;
  return element('text', { x, y, 'font-size': size, fill, ...more }, [escaped(cut)]);
};

function panelPicture({ type, title = '', gridPos, targets = [], datasource, fieldConfig }: Panel): string {
  const [x, y] = [MARGIN + gridPos.x * COLUMN, HEADER + gridPos.y * LINE];
  const [width, height] = [gridPos.w * COLUMN - 6, gridPos.h * LINE - 6];
  if (type === 'row') {
    return text(x, y + 16, 14, '#111827', `▾ ${title}`, width, { 'font-weight': 'bold' });
  }
  const unit = fieldConfig?.defaults.unit ?? '';
  const remarks = [
    `${type} · ${unit}`,
    `${targets.length} ${targets.length === 1 ? 'query' : 'queries'} · ${datasource?.uid ?? ''}`,
  ];
  return [
    element('rect', { x, y, width, height, rx: 4, fill: COLORS[type] ?? '#f3f4f6', stroke: '#9ca3af' }),
    text(x + 8, y + 18, 13, '#111827', title, width - 12, { 'font-weight': 'bold' }),
    ...remarks.map((remark, index) => text(x + 8, y + 36 + 16 * index, 11, '#4b5563', remark, width - 12)),
  ].join('');
}

function variablesPicture(board: Board): string {
  let x = MARGIN;
  return board.templating.list
    .map(({ name, label }) => {
      const shown = label ?? name;
      const width = shown.length * 7 + 40;
      const picture =
        element('rect', { x, y: 42, width, height: 24, rx: 4, fill: '#ffffff', stroke: '#9ca3af' }) +
        text(x + 8, 58, 12, '#111827', `${shown} ▾`, width);
      x += width + 8;
      return picture;
    })
    .join('');
}

function picture(board: Board): string {
  const width = 24 * COLUMN + 2 * MARGIN;
  const lines = Math.max(0, ...board.panels.map(({ gridPos }) => gridPos.y + gridPos.h));
  const height = HEADER + lines * LINE + MARGIN;
  return element(
    'svg',
    { xmlns: 'http://www.w3.org/2000/svg', width, height, viewBox: `0 0 ${width} ${height}`, 'font-family': 'sans-serif' },
    [
      element('rect', { width, height, fill: '#f9fafb' }),
      text(MARGIN, 28, 18, '#111827', board.title, width / 2, { 'font-weight': 'bold' }),
      text(width - MARGIN, 28, 12, '#4b5563', [board.uid, ...(board.tags ?? [])].join(' · '), width / 2, {
        'text-anchor': 'end',
      }),
      variablesPicture(board),
      ...board.panels.map(panelPicture),
    ],
  );
}

interface Manifest {
  readonly kind?: string;
  readonly data?: Readonly<Record<string, string>>;
}

const isBoard = (value: object): value is Board => 'panels' in value && 'templating' in value;

/** JSON is YAML too, so that one reader serves manifests and bare dashboards. */
function boardsOf(file: string): Board[] {
  const documents = loadAll(readFileSync(file, 'utf8')).filter(
    (document): document is Manifest => typeof document === 'object' && document !== null,
  );
  const jsons = documents
    .filter((document) => document.kind === 'ConfigMap')
    .flatMap((document) => Object.entries(document.data ?? {}))
    .filter(([name]) => name.endsWith('.json'))
    .map(([, content]): object => JSON.parse(content));
  return [...documents, ...jsons].filter(isBoard);
}

const [folder, ...files] = process.argv.slice(2);
if (folder === undefined || files.length === 0) {
  throw new Error('give a folder for the pictures and at least one file with dashboards');
}
mkdirSync(folder, { recursive: true });
for (const board of files.flatMap(boardsOf)) {
  writeFileSync(join(folder, `${board.uid}.svg`), `${picture(board)}\n`);
}
