import type { Variable } from './grafana-model';

type DataSourceRef = Variable['datasource'];

/** Options of a variable whose values a data source knows. */
export interface QueryVariableOptions {
  readonly name: string;
  readonly label: string;
  readonly description: string;
  readonly datasource: DataSourceRef;
  readonly query: string;
  /** Cuts the values: the first group of the expression is the value. */
  readonly regex?: string;
  /** What "All" stands for. @default - every value, one by one */
  readonly allValue?: string;
  /** Value that a board opens with. @default - All; the first one where only one can be chosen */
  readonly initial?: string;
  /** Whether only one can be chosen, and never all. @default false */
  readonly single?: boolean;
}

/** One or several values to choose from, out of a data source; asked again when the time range changes. */
export function queryVariable(options: QueryVariableOptions): Variable {
  return {
    type: 'query',
    name: options.name,
    label: options.label,
    description: options.description,
    datasource: options.datasource,
    query: options.query,
    ...(options.regex === undefined ? {} : { regex: options.regex }),
    refresh: 2,
    sort: 1,
    multi: !options.single,
    includeAll: !options.single,
    ...(options.allValue === undefined || options.single ? {} : { allValue: options.allValue }),
    ...currentValue(options),
  };
}

function currentValue({ single, initial }: QueryVariableOptions): Partial<Variable> {
  if (single) {
    return {};
  }
  return initial === undefined
    ? { current: { selected: true, text: ['All'], value: ['$__all'] } }
    : { current: { selected: true, text: [initial], value: [initial] } };
}

/** Free text. */
export function textVariable(name: string, label: string, description: string, initial: string): Variable {
  const option = { selected: true, text: initial, value: initial };
  return {
    type: 'textbox',
    name,
    label,
    description,
    query: initial,
    current: option,
    options: [option],
    hide: 0,
    skipUrlSync: false,
  };
}
