import { aggregate, type Matcher } from '../../query/expressions';
import { type Composer, type Graph, legend, type NumberPanel, type Series } from '../composer';
import { GRID_COLUMNS } from '../layout';
import type { SizedPanel } from '../panels';

type GraphLook = Omit<Graph, 'title' | 'unit' | 'lines' | 'description'>;
type NumberLook = Omit<NumberPanel, 'title' | 'unit' | 'value' | 'description'>;

/** Panels in the order in which one thinks of them: what, in which unit, from where, what it means; then how it looks. */
export interface PanelMaker {
  graph(title: string, unit: string, lines: Readonly<Record<string, string>>, description: string, look?: GraphLook): SizedPanel;
  number(title: string, unit: string, value: string, description: string, look?: NumberLook): SizedPanel;
}

/** Makes panels of a board. */
export function panelsOf(composer: Composer): PanelMaker {
  return {
    graph: (title, unit, lines, description, look) => composer.graph({ title, unit, lines, description, ...look }),
    number: (title, unit, value, description, look) => composer.number({ title, unit, value, description, ...look }),
  };
}

/** Panels side by side that share the whole width. */
export function line(...panels: readonly SizedPanel[]): SizedPanel[] {
  const end = (count: number) => Math.floor((GRID_COLUMNS * count) / panels.length);
  return panels.map((panel, index) => ({ ...panel, width: end(index + 1) - end(index) }));
}

/** Sum by labels. */
export const sum = (expression: string, ...labels: readonly string[]) => aggregate('sum', labels, expression);

/** Highest value by labels. */
export const max = (expression: string, ...labels: readonly string[]) => aggregate('max', labels, expression);

/** Lowest value by labels. */
export const min = (expression: string, ...labels: readonly string[]) => aggregate('min', labels, expression);

/** Number of series by labels. */
export const count = (expression: string, ...labels: readonly string[]) => aggregate('count', labels, expression);

/** A line for each value of the labels: the sum. */
export const sumOfEach = (expression: string, ...labels: readonly string[]) => ({
  [legend(...labels)]: sum(expression, ...labels),
});

/** A line for each value of the labels: the highest. */
export const maxOfEach = (expression: string, ...labels: readonly string[]) => ({
  [legend(...labels)]: max(expression, ...labels),
});

/** p50, p95 and p99 as lines. */
export const quantiles = (of: (quantile: number) => string) => ({ p50: of(0.5), p95: of(0.95), p99: of(0.99) });

/** Only those of the chosen series that these matchers meet: programs share names of metrics. */
export function only(chosen: Series, ...fixed: readonly Matcher[]): Series {
  return {
    variables: chosen.variables,
    matchers: [...chosen.matchers, ...fixed],
    series: (metric, ...further) => chosen.series(metric, ...fixed, ...further),
    rate: (counter, ...further) => chosen.rate(counter, ...fixed, ...further),
    increase: (counter, ...further) => chosen.increase(counter, ...fixed, ...further),
    quantile: (quantile, by, histogram, ...further) => chosen.quantile(quantile, by, histogram, ...fixed, ...further),
  };
}
