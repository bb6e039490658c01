/**
 * Draws the layout of dashboards as SVG: `npx tsx scripts/dashboard-picture.ts docs/dashboards dist/qgx.yaml standard`. A file
 * holds manifests, whose ConfigMaps are searched for dashboards, or a bare dashboard in JSON; other words are names of the
 * library's boards, and `standard` is all of them, listed in `README.md` beside the pictures. A picture is named after the uid.
 * Collapsed rows are drawn open.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Duration } from 'cdk8s';
import { loadAll } from 'js-yaml';
import { STANDARD_BOARDS } from '../src/dashboards/standard/catalogue';
import { standardBoard } from '../src/dashboards/standard-board';
import { DataLabels } from '../src/settings/data-labels';

interface Panel {
  readonly type: string;
  readonly title?: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets?: readonly { readonly legendFormat?: string }[];
  readonly transformations?: readonly { readonly id: string; readonly options: unknown }[];
  /** Those of a collapsed row. */
  readonly panels?: readonly Panel[];
  readonly collapsed?: boolean;
  readonly datasource?: { readonly uid?: string };
  readonly fieldConfig?: {
    readonly defaults: {
      readonly unit?: string;
      readonly thresholds?: { readonly steps: readonly { readonly color: string }[] };
    };
  };
}

interface Board {
  readonly uid: string;
  readonly title: string;
  readonly tags?: readonly string[];
  readonly panels: readonly Panel[];
  readonly links?: readonly { readonly title: string; readonly type: string }[];
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
  heatmap: '#cffafe',
};
const SHADES: Record<string, string> = {
  green: '#16a34a',
  yellow: '#eab308',
  orange: '#ea580c',
  red: '#dc2626',
  blue: '#2563eb',
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

/** What stands in a panel: columns of a table, else legends. */
function contents({ transformations = [], targets = [] }: Panel): string[] {
  const renamed = transformations.map(({ options }) => Object(options).renameByName).find((names) => names !== undefined);
  const names = renamed === undefined ? targets.map(({ legendFormat = '' }) => legendFormat) : Object.values<string>(renamed);
  return names.filter((name) => name !== '');
}

/** Colors of the thresholds, from the lowest value on. */
function thresholdsPicture({ fieldConfig }: Panel, right: number, y: number): string {
  const steps = fieldConfig?.defaults.thresholds?.steps ?? [];
  return steps
    .map(({ color }, index) => {
      const cx = right - 12 * (steps.length - index);
      return element('circle', { cx, cy: y + 14, r: 4, fill: SHADES[color] ?? color });
    })
    .join('');
}

function panelPicture(panel: Panel): string {
  const { type, title = '', gridPos, targets = [], datasource, fieldConfig, collapsed } = panel;
  const [x, y] = [MARGIN + gridPos.x * COLUMN, HEADER + gridPos.y * LINE];
  const [width, height] = [gridPos.w * COLUMN - 6, gridPos.h * LINE - 6];
  if (type === 'row') {
    return text(x, y + 16, 14, '#111827', collapsed ? `▸ ${title} (collapsed)` : `▾ ${title}`, width, { 'font-weight': 'bold' });
  }
  const unit = fieldConfig?.defaults.unit ?? '';
  const remarks = [
    `${type} · ${unit}`,
    `${targets.length} ${targets.length === 1 ? 'query' : 'queries'} · ${datasource?.uid ?? ''}`,
    contents(panel).join(' · '),
  ].slice(0, Math.floor((height - 24) / 16));
  return [
    element('rect', { x, y, width, height, rx: 4, fill: COLORS[type] ?? '#f3f4f6', stroke: '#9ca3af' }),
    text(x + 8, y + 18, 13, '#111827', title, (width - 54) * 0.85, { 'font-weight': 'bold' }),
    thresholdsPicture(panel, x + width, y),
    ...remarks.map((remark, index) => text(x + 8, y + 36 + 16 * index, 11, '#4b5563', remark, width - 12)),
  ].join('');
}

/** All panels where they are once every row is open. */
function opened(panels: readonly Panel[]): Panel[] {
  let shift = 0;
  return panels.flatMap((panel) => {
    const lowered = (one: Panel): Panel => ({ ...one, gridPos: { ...one.gridPos, y: one.gridPos.y + shift } });
    const all = [panel, ...(panel.panels ?? [])].map(lowered);
    const [{ gridPos }, ...inner] = all;
    shift += Math.max(0, ...inner.map((one) => one.gridPos.y + one.gridPos.h - gridPos.y - gridPos.h));
    return all;
  });
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

/** Links at the top, from right to left. */
function linksPicture({ links = [] }: Board, right: number): string {
  let x = right;
  return [...links]
    .reverse()
    .map(({ title, type }) => {
      const shown = type === 'dashboards' ? `${title} ▾` : `↗ ${title}`;
      x -= shown.length * 7 + 16;
      return text(x + 8, 58, 12, '#1d4ed8', shown, right);
    })
    .join('');
}

function picture(board: Board): string {
  const width = 24 * COLUMN + 2 * MARGIN;
  const panels = opened(board.panels);
  const lines = Math.max(0, ...panels.map(({ gridPos }) => gridPos.y + gridPos.h));
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
      linksPicture(board, width - MARGIN),
      ...panels.map(panelPicture),
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

/** A stack that has everything. */
const SURROUNDINGS = {
  labels: new DataLabels(),
  dataSources: { prometheus: 'prometheus', thanos: 'thanos', loki: 'loki' },
  scrapeInterval: Duration.seconds(30),
  cluster: 'cluster-1',
  environment: 'prod',
  sources: new Set(STANDARD_BOARDS.flatMap(({ needs }) => needs)),
  boards: new Set(STANDARD_BOARDS.map(({ name }) => name)),
};

function standardBoards(word: string): Board[] {
  const wanted = STANDARD_BOARDS.filter(({ name }) => word === 'standard' || name === word);
  if (wanted.length === 0) {
    throw new Error(`there is neither a file nor a board ${word}`);
  }
  return wanted.map((definition) => JSON.parse(JSON.stringify(standardBoard(definition, {}, SURROUNDINGS))));
}

const [folder, ...words] = process.argv.slice(2);
if (folder === undefined || words.length === 0) {
  throw new Error('give a folder for the pictures and at least one file with dashboards or name of one');
}
mkdirSync(folder, { recursive: true });
for (const board of words.flatMap((word) => (existsSync(word) ? boardsOf(word) : standardBoards(word)))) {
  writeFileSync(join(folder, `${board.uid}.svg`), `${picture(board)}\n`);
}
if (words.includes('standard')) {
  const row = ({ name, title, description, layer, needs }: (typeof STANDARD_BOARDS)[number]) =>
    `| [${title}](${name}.svg) | \`${name}\` | ${layer} | ${needs.map((need) => `\`${need}\``).join(', ')} | ${description} |`;
  const lines = [
    '# Standard dashboards',
    '',
    'A `MonitoringStack` adds those whose sources are scraped. `grafana.standardDashboards` takes `StandardDashboards`, by which each can',
    'be changed, left out or replaced, by its name, which is its uid as well. The pictures show the layout: panels, units, legends, colors',
    'of thresholds. Written by `npm run dashboards`.',
    '',
    '| dashboard | name | layer | needs | shows |',
    '|---|---|---|---|---|',
    ...STANDARD_BOARDS.map(row),
    '',
  ];
  writeFileSync(join(folder, 'README.md'), lines.join('\n'));
}
