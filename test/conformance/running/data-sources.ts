/** Asks running data sources as Grafana does. */
import { spawnSync } from 'node:child_process';
import { load } from 'js-yaml';
import type { Manifest } from '../../support/constructs';
import type { ProvisionedDataSource } from './dashboard-model';
import type { TimeRange } from './expand';

/** Where an address of the cluster is reached from here. */
export type Reach = (hostAndPort: string) => string;

/** The data sources that files among these manifests hand to Grafana. */
export function provisioned(objects: Manifest[]): ProvisionedDataSource[] {
  return objects
    .filter(({ kind }) => kind === 'ConfigMap')
    .flatMap(({ data }) => Object.entries<string>(data ?? {}))
    .filter(([, text]) => /^datasources:/m.test(text))
    .flatMap(([, text]) => Object(load(text)).datasources);
}

/** The Service address behind a name of the cluster; other names stay. */
export function reachThrough(services: Manifest[]): Reach {
  return (hostAndPort) => {
    const [host, port] = hostAndPort.split(':');
    const [name, namespace] = host.split('.');
    const service = services.find(({ metadata }) => metadata.name === name && metadata.namespace === namespace);
    return service === undefined ? hostAndPort : `${service.spec.clusterIP}:${port ?? '80'}`;
  };
}

async function ask<Answer>(
  url: string,
  user: string | undefined,
  parameters: Record<string, string>,
  path: string,
): Promise<Answer> {
  const login = Buffer.from(`${user}:${process.env.DATA_SOURCE_PASSWORD}`).toString('base64');
  const response = await fetch(`${url}${path}?${new URLSearchParams(parameters)}`, {
    headers: user === undefined ? {} : { Authorization: `Basic ${login}` },
    signal: AbortSignal.timeout(30_000),
  });
  const text = await response.text();
  if (!response.ok) {
    throw new Error(`${response.status} ${text.trim().slice(0, 300)}`);
  }
  return JSON.parse(text);
}

export class RunningDataSource {
  public constructor(
    public readonly provisioned: ProvisionedDataSource,
    private readonly reach: Reach,
  ) {}

  /** Rows or series of a query; with `labels` the values of a label. */
  public async query(text: string, range: TimeRange, instant: boolean): Promise<number> {
    const { type, jsonData } = this.provisioned;
    if (type === 'mysql') {
      return this.sql(text).length;
    }
    const api = this.api();
    const further = Object.fromEntries(new URLSearchParams(jsonData?.customQueryParameters ?? ''));
    const { from, to, step } = range;
    const parameters = instant
      ? { ...further, query: text, time: String(to) }
      : { ...further, query: text, start: String(from), end: String(to), step: String(step) };
    const answer = await ask<{ data: { result: unknown[]; resultType: string } }>(
      this.url(),
      this.provisioned.basicAuthUser,
      parameters,
      `${api}/${instant ? 'query' : 'query_range'}`,
    );
    return answer.data.resultType === 'scalar' ? 1 : answer.data.result.length;
  }

  public async labelValues(label: string, selector: string | undefined, { from, to }: TimeRange): Promise<string[]> {
    const api = this.api();
    const loki = this.provisioned.type === 'loki';
    const parameters: Record<string, string> = {
      start: loki ? `${from}000000000` : String(from),
      end: loki ? `${to}000000000` : String(to),
    };
    if (selector !== undefined) {
      parameters[loki ? 'query' : 'match[]'] = selector;
    }
    const answer = await ask<{ data?: string[] }>(
      this.url(),
      this.provisioned.basicAuthUser,
      parameters,
      `${api}/label/${label}/values`,
    );
    return answer.data ?? [];
  }

  /** Rows, each cells joined by tabs. The password comes from the environment, as in Grafana. */
  public sql(statement: string): string[] {
    const [host, port] = this.reach(this.provisioned.url).split(':');
    const { status, stdout, stderr } = spawnSync(
      'mariadb',
      [
        '--no-defaults',
        '--batch',
        '--skip-column-names',
        '--skip-ssl',
        `--host=${host}`,
        `--port=${port}`,
        `--user=${this.provisioned.user}`,
        `--database=${this.provisioned.jsonData?.database ?? this.provisioned.database}`,
        `--execute=${statement}`,
      ],
      { encoding: 'utf8', env: { ...process.env, MYSQL_PWD: process.env.DATABASE_PASSWORD } },
    );
    if (status !== 0) {
      throw new Error(stderr.trim());
    }
    return stdout.split('\n').filter((row) => row !== '');
  }

  private api(): string {
    const apis: Record<string, string> = { prometheus: '/api/v1', loki: '/loki/api/v1' };
    const api = apis[this.provisioned.type];
    if (api === undefined) {
      throw new UnprovenDataSource(this.provisioned.type);
    }
    return api;
  }

  private url(): string {
    return `http://${this.reach(new URL(this.provisioned.url).host)}`;
  }
}

/** A kind of data source that nothing here can answer for. */
export class UnprovenDataSource extends Error {
  public constructor(public readonly type: string) {
    super(`no ${type} runs here`);
  }
}
