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
  /** Value that a board opens with. @default - All */
  readonly initial?: string;
}

/** Several values to choose from, out of a data source; asked again when the time range changes. */
export function queryVariable(options: QueryVariableOptions): Variable {
  return {
    type: 'query',
    name: options.name,
    label: options.label,
    description: options.description,
    datasource: options.datasource,
    query: options.query,
    definition: options.query,
    regex: options.regex ?? '',
    refresh: 2,
    sort: 1,
    multi: true,
    includeAll: true,
    ...(options.allValue === undefined ? {} : { allValue: options.allValue }),
    current:
      options.initial === undefined
        ? { selected: true, text: ['All'], value: ['$__all'] }
        : { selected: true, text: [options.initial], value: [options.initial] },
    options: [],
    hide: 0,
    skipUrlSync: false,
  };
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
