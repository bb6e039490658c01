import type { DataLink, FieldOverride, PrometheusTarget, Threshold, Transformation } from './grafana-model';
import { field, links, type SizedPanel, table } from './panels';

/** A column of numbers. */
export interface ResourceColumn {
  readonly title: string;
  /** Aggregated by the labels of the rows. */
  readonly value: string;
  readonly unit: string;
  /** @default - as many as fit */
  readonly decimals?: number;
  /** Colors of the numbers. @default - none */
  readonly thresholds?: Threshold[];
}

/** One row for each resource: labels that name it, then numbers about it. */
export interface ResourceTable {
  readonly title: string;
  readonly description: string;
  /** Labels whose values make a row. */
  readonly rows: readonly string[];
  readonly columns: readonly ResourceColumn[];
  /** Links behind the values of a label. @default - none */
  readonly links?: Readonly<Record<string, DataLink[]>>;
  /** Column to sort by, from high to low. @default - the first */
  readonly sortBy?: string;
  /** Columns out of 24. @default 24 */
  readonly width?: number;
  /** Lines of the grid. @default 10 */
  readonly height?: number;
}

const COLORED = { id: 'custom.cellOptions', value: { type: 'color-text' } };

const NAMES = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';

/** The panel; each column is a query, joined by the labels that they share. */
export function resourceTable(options: ResourceTable, query: (expression: string) => PrometheusTarget): SizedPanel {
  const { title, description, columns, rows, width = 24, height = 10 } = options;
  return table({
    title,
    description,
    unit: 'short',
    width,
    height,
    targets: columns.map(({ value }) => query(value)),
    transformations: join(rows, columns),
    overrides: [
      ...Object.entries(options.links ?? {})
        .filter(([, dataLinks]) => dataLinks.length > 0)
        .map(([label, dataLinks]) => field(label, links(...dataLinks))),
      ...columns.map(override),
    ],
    sortBy: { column: options.sortBy ?? columns[0].title, descending: true },
  });
}

function override({ title, unit, decimals, thresholds }: ResourceColumn): FieldOverride {
  const properties: FieldOverride['properties'] = [{ id: 'unit', value: unit }];
  if (decimals !== undefined) {
    properties.push({ id: 'decimals', value: decimals });
  }
  if (thresholds !== undefined) {
    properties.push({ id: 'thresholds', value: { mode: 'absolute', steps: thresholds } }, COLORED);
  }
  return { matcher: { id: 'byName', options: title }, properties };
}

/**
 * Grafana calls the values of the first query `Value #A`, and those of an only one `Value`. Labels come in the order of the
 * alphabet, before the values.
 */
function join(rows: readonly string[], columns: readonly ResourceColumn[]): Transformation[] {
  const names = columns.map((_, index) => (columns.length === 1 ? 'Value' : `Value #${NAMES.charAt(index)}`));
  return [
    { id: 'merge', options: {} },
    {
      id: 'organize',
      options: {
        excludeByName: { Time: true },
        ...(isSorted(rows) ? {} : { indexByName: Object.fromEntries([...rows, ...names].map((name, index) => [name, index])) }),
        renameByName: Object.fromEntries(names.map((name, index) => [name, columns[index].title])),
      },
    },
  ];
}

const isSorted = (names: readonly string[]) => names.every((name, index) => index === 0 || names[index - 1] < name);
