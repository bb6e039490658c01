import { load } from 'js-yaml';
import { beginning, type Check, type CheckOptions, count, failed, type Outcome, ok, skipped, some } from './check';
import { type Answer, ClusterError } from './kubectl';
import type { ConfigMap, LiveObject, LiveService, LiveStack } from './live-stack';
import { basicAuthorization } from './programs';

interface StatefulSet extends LiveObject {
  readonly spec: { readonly template: { readonly spec: PodSpec } };
}

interface PodSpec {
  readonly containers: readonly { readonly readinessProbe?: { readonly httpGet?: { readonly path: string } } }[];
  readonly volumes?: readonly {
    readonly projected?: { readonly sources: readonly { readonly secret?: SecretItems }[] };
  }[];
}

interface SecretItems {
  readonly name: string;
  readonly items: readonly { readonly key: string; readonly path: string }[];
}

/** A data source as it stands in a file of Grafana's provisioning. */
interface ProvisionedDataSource {
  readonly name: string;
  readonly type: string;
  readonly url: string;
  readonly basicAuth?: boolean;
  readonly secureJsonData?: { readonly httpHeaderValue1?: string };
}

const HEALTH = '/api/health';

/** What Grafana's own test of a data source asks, by the type of its plugin. */
const TESTS: { readonly [type: string]: string } = {
  prometheus: '/api/v1/query?query=1%2B1',
  loki: '/loki/api/v1/query?query=vector(1)%2Bvector(1)',
  alertmanager: '/api/v2/status',
};

const serviceOf = (stack: LiveStack): LiveService | undefined => stack.service('grafana', 'grafana');

async function podOf(stack: LiveStack, service: LiveService): Promise<PodSpec | undefined> {
  const workloads = await stack.objectsOf<StatefulSet>('grafana', '/apis/apps/v1', 'statefulsets');
  return workloads.find(({ metadata }) => metadata.name === service.metadata.name)?.spec.template.spec;
}

/** The path that Grafana is served under, as its probes know it. */
const prefixOf = (pod: PodSpec | undefined): string =>
  (pod?.containers[0]?.readinessProbe?.httpGet?.path ?? HEALTH).slice(0, -HEALTH.length);

async function health(stack: LiveStack): Promise<Outcome> {
  const service = serviceOf(stack);
  if (!service) {
    return skipped('the stack has no Grafana of its own');
  }
  const { status, text } = await stack.ask(service, `${prefixOf(await podOf(stack, service))}${HEALTH}`);
  return status === 200
    ? ok(`version ${(JSON.parse(text) as { version?: string }).version}, its database answers`)
    : failed(`Grafana answers ${status}: ${beginning(text)}`, `kubectl logs statefulset/${service.metadata.name}`);
}

async function provisioned(stack: LiveStack): Promise<ProvisionedDataSource[]> {
  const maps = await stack.objectsOf<ConfigMap>('grafana', '/api/v1', 'configmaps');
  const files = maps.flatMap(({ data = {} }) => Object.entries(data).filter(([name]) => /\.ya?ml$/.test(name)));
  const sources = files.flatMap(
    ([, text]) => (load(text) as { datasources?: ProvisionedDataSource[] } | undefined)?.datasources ?? [],
  );
  return [...new Map(sources.map((source) => [`${source.name} ${source.url}`, source])).values()];
}

/** What is wrong with a data source; undefined if it was not asked. */
async function problemOf(stack: LiveStack, source: ProvisionedDataSource): Promise<string[] | undefined> {
  const { name, type, url, basicAuth, secureJsonData } = source;
  const test = TESTS[type];
  if (test === undefined || basicAuth || !URL.canParse(url)) {
    return undefined;
  }
  const tenant = secureJsonData?.httpHeaderValue1;
  const headers = tenant === undefined ? undefined : { 'X-Scope-OrgID': tenant };
  try {
    const answer = await stack.askUrl(new URL(url), test, headers);
    return answer && (answer.status === 200 ? [] : [`${name} answers ${answer.status}: ${beginning(answer.text)}`]);
  } catch (error) {
    return [`${name}: ${error instanceof Error ? error.message : error}`];
  }
}

/** Asks what Grafana would ask, where its files say: no login is needed for that. */
async function dataSourcesAnswer(stack: LiveStack): Promise<Outcome> {
  const sources = await provisioned(stack);
  if (sources.length === 0) {
    return skipped('the stack provisions no data source');
  }
  const looks = await Promise.all(sources.map((source) => problemOf(stack, source)));
  const notAsked = sources.filter((_, index) => looks[index] === undefined).map(({ name }) => name);
  const problems = looks.flatMap((look) => look ?? []);
  const asked = sources.length - notAsked.length;
  const left = notAsked.length === 0 ? '' : `; not asked: ${some(notAsked, ', ')} (--login asks Grafana for them)`;
  if (problems.length > 0) {
    return failed(some(problems), 'look whether what stands behind them runs');
  }
  return asked === 0 ? skipped(left.slice(2)) : ok(`${count(asked, 'data source')} answer what Grafana asks${left}`);
}

/** Name and password of the administrator, out of the Secret that the pod has them from. */
async function loginOf(stack: LiveStack, service: LiveService, pod: PodSpec | undefined): Promise<string> {
  const secrets = (pod?.volumes ?? []).flatMap(({ projected }) => projected?.sources.flatMap(({ secret }) => secret ?? []) ?? []);
  const read = async (path: string): Promise<string | undefined> => {
    const holder = secrets.find(({ items }) => items.some((item) => item.path === path));
    const key = holder?.items.find((item) => item.path === path)?.key;
    return holder && key !== undefined ? stack.secret(service.metadata.namespace, holder.name, key) : undefined;
  };
  const [user = 'admin', password] = [await read('admin-user'), await read('admin-password')];
  if (password === undefined) {
    throw new ClusterError('the pod of Grafana names no Secret with a password');
  }
  return basicAuthorization(user, password);
}

interface GrafanaDataSource {
  readonly uid: string;
  readonly name: string;
  readonly type: string;
}

/** What Grafana itself finds out when it tests its data sources. */
async function dataSourcesHealthy(stack: LiveStack, service: LiveService): Promise<Outcome> {
  const pod = await podOf(stack, service);
  const headers = { authorization: await loginOf(stack, service, pod) };
  const ask = (path: string): Promise<Answer> => stack.askByKubelet(service, `${prefixOf(pod)}${path}`, { headers });
  const list = await ask('/api/datasources');
  if (list.status !== 200) {
    return failed(
      `Grafana answers ${list.status} to the login of its Secret`,
      'the password was changed in Grafana later: leave --login out',
    );
  }
  const sources = JSON.parse(list.text) as GrafanaDataSource[];
  const looks = sources.map(async ({ uid, name, type }) => {
    const id = encodeURIComponent(uid);
    const { status, text } = await ask(`/api/datasources/uid/${id}/health`);
    // Plugins that are a page and no process, such as Alertmanager's, have no test: Grafana passes on what the page asks.
    const path = status === 404 || text.includes('Plugin unavailable') ? TESTS[type] : undefined;
    const answer = path === undefined ? undefined : await ask(`/api/datasources/proxy/uid/${id}${path}`);
    if (answer) {
      return answer.status === 200 ? [] : [`${name} answers ${answer.status}: ${beginning(answer.text)}`];
    }
    return status === 200 || status === 404 ? [] : [`${name}: ${beginning(text)}`];
  });
  const problems = (await Promise.all(looks)).flat();
  return problems.length === 0
    ? ok(`Grafana finds ${count(sources.length, 'data source')} healthy`)
    : failed(some(problems), 'look whether what stands behind them runs, and at the logs of Grafana');
}

async function dataSources(stack: LiveStack, { login }: CheckOptions): Promise<Outcome> {
  const service = serviceOf(stack);
  return login && service ? dataSourcesHealthy(stack, service) : dataSourcesAnswer(stack);
}

/** Checks of Grafana. */
export const GRAFANA_CHECKS: readonly Check[] = [
  { id: 'grafana', title: 'Grafana is healthy', look: health },
  { id: 'data-sources', title: 'Data sources are healthy', look: dataSources },
];
