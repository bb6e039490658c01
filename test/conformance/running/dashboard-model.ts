/** What is read of a dashboard's JSON, by Grafana's own names. */
export interface DashboardVariable {
  readonly type: string;
  readonly name: string;
  readonly datasource?: DataSourceReference;
  readonly query?:
    | string
    | { readonly query?: string; readonly label?: string; readonly stream?: string; readonly type?: number };
  readonly regex?: string;
  readonly includeAll?: boolean;
  readonly allValue?: string;
  readonly current?: { readonly value?: string | readonly string[] };
}

export interface DataSourceReference {
  readonly type?: string;
  readonly uid?: string;
}

export interface Target {
  readonly datasource?: DataSourceReference;
  readonly refId: string;
  readonly expr?: string;
  readonly rawSql?: string;
  readonly instant?: boolean;
  readonly queryType?: string;
  readonly interval?: string;
  readonly hide?: boolean;
}

export interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title?: string;
  readonly interval?: string;
  readonly datasource?: DataSourceReference;
  readonly targets?: readonly Target[];
  readonly panels?: readonly Panel[];
}

export interface DashboardModel {
  readonly uid: string;
  readonly title: string;
  readonly time: { readonly from: string; readonly to: string };
  readonly panels: readonly Panel[];
  readonly templating: { readonly list: readonly DashboardVariable[] };
}

/** A data source as provisioned. */
export interface ProvisionedDataSource {
  readonly uid: string;
  readonly name: string;
  readonly type: string;
  readonly url: string;
  readonly user?: string;
  readonly database?: string;
  readonly basicAuthUser?: string;
  readonly jsonData?: { readonly database?: string; readonly timeInterval?: string; readonly customQueryParameters?: string };
}
