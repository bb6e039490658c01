import { load } from 'js-yaml';
import { beginning, type CheckOptions } from './check';
import { type Answer, ClusterError } from './kubectl';
import type { ConfigMap, LiveService, LiveStack } from './live-stack';

/** A value with the labels of its series. */
export interface Sample {
  readonly labels: { readonly [name: string]: string };
  readonly value: number;
}

interface QueryData {
  readonly result: readonly { readonly metric: { readonly [name: string]: string }; readonly value: readonly [number, string] }[];
}

/** A login as HTTP carries it. */
export const basicAuthorization = (user: string, password: string): string =>
  `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;

/** What Prometheus and Loki wrap their answers in. */
function dataOf<Data>({ status, text }: Answer, what: string): Data {
  if (status !== 200) {
    throw new ClusterError(`${what} answers ${status}: ${beginning(text)}`);
  }
  return (JSON.parse(text) as { data: Data }).data;
}

const query = (expression: string) => `query=${encodeURIComponent(expression)}`;

const samplesOf = ({ result }: QueryData): Sample[] =>
  result.map(({ metric, value }) => ({ labels: metric, value: Number(value[1]) }));

/** A file that says how programs log in to a Prometheus that asks for it; the password is mounted from `<Secret>/<key>`. */
interface LoginFile {
  readonly basic_auth?: { readonly username: string; readonly password_file: string };
}

/** The Prometheus of a stack. */
export class PrometheusApi {
  static of(stack: LiveStack, options: CheckOptions): PrometheusApi | undefined {
    const service = stack.service('prometheus', 'prometheus');
    return service && new PrometheusApi(stack, service, options);
  }

  private constructor(
    private readonly stack: LiveStack,
    private readonly service: LiveService,
    private readonly options: CheckOptions,
  ) {}

  /** The data of an answer of `/api/v1`. */
  async data<Data>(path: string): Promise<Data> {
    const url = `/api/v1/${path}`;
    const answer = await this.stack.ask(this.service, url);
    if (answer.status !== 401) {
      return dataOf<Data>(answer, 'Prometheus');
    }
    if (!this.options.login) {
      throw new ClusterError('Prometheus asks for a login; --login uses that of the stack');
    }
    const headers = { authorization: await this.login() };
    return dataOf<Data>(await this.stack.askByKubelet(this.service, url, { headers }), 'Prometheus');
  }

  private async login(): Promise<string> {
    const maps = await this.stack.objectsOf<ConfigMap>('prometheus', '/api/v1', 'configmaps');
    const files = maps.flatMap(({ data = {} }) => Object.values(data)).filter((text) => text.startsWith('basic_auth:'));
    const { basic_auth: login } = (load(files[0] ?? '{}') ?? {}) as LoginFile;
    const [secret, key] = login?.password_file.split('/').slice(-2) ?? [];
    const password = login && (await this.stack.secret(this.service.metadata.namespace, secret, key));
    if (login === undefined || password === undefined) {
      throw new ClusterError('Prometheus asks for a login, and no file of the stack names one');
    }
    return basicAuthorization(login.username, password);
  }

  /** Series of now. */
  async samples(expression: string): Promise<Sample[]> {
    return samplesOf(await this.data<QueryData>(`query?${query(expression)}`));
  }

  /** The only number of an expression; undefined if there is none. */
  async number(expression: string): Promise<number | undefined> {
    return (await this.samples(expression))[0]?.value;
  }
}

/** The Loki of a stack: itself for what it says about itself, and the way that agents and people go for lines. */
export class LokiApi {
  static of(stack: LiveStack, options: CheckOptions): LokiApi | undefined {
    const loki = stack.service('loki', 'loki');
    return loki && new LokiApi(stack, loki, stack.service('loki', 'gateway') ?? loki, options);
  }

  private constructor(
    private readonly stack: LiveStack,
    private readonly service: LiveService,
    private readonly front: LiveService,
    private readonly options: CheckOptions,
  ) {}

  /** What Loki says about itself. */
  async text(path: string): Promise<string> {
    const { status, text } = await this.stack.ask(this.service, path);
    if (status !== 200) {
      throw new ClusterError(`Loki answers ${status} to ${path}: ${beginning(text)}`);
    }
    return text;
  }

  /** The values of a label of the last hours; none if nobody has it. */
  async labelValues(label: string): Promise<string[]> {
    return (await this.data<string[] | undefined>(`label/${encodeURIComponent(label)}/values`)) ?? [];
  }

  /** The only number of an expression; undefined if there is none. */
  async number(expression: string): Promise<number | undefined> {
    return samplesOf(await this.data<QueryData>(`query?${query(expression)}`))[0]?.value;
  }

  private async data<Data>(path: string): Promise<Data> {
    const { tenant } = this.options;
    const headers = tenant === undefined ? undefined : { 'X-Scope-OrgID': tenant };
    const url = `/loki/api/v1/${path}`;
    const answer = await this.stack.ask(this.front, url, { headers });
    if (answer.status !== 401) {
      return dataOf<Data>(answer, 'Loki');
    }
    // A gateway asks for a password that Loki itself does not know.
    const direct = this.front === this.service ? answer : await this.stack.ask(this.service, url, { headers });
    if (direct.status === 401) {
      throw new ClusterError('Loki asks for a tenant; name it by --tenant');
    }
    return dataOf<Data>(direct, 'Loki');
  }
}

/** Values of metrics in the text format, without regard to labels: the first of each name. */
export function metricIn(exposition: string, name: string): number | undefined {
  const line = exposition.split('\n').find((text) => text.startsWith(`${name} `) || text.startsWith(`${name}{`));
  return line === undefined ? undefined : Number(line.slice(line.lastIndexOf(' ') + 1));
}
