import { Duration, Size } from 'cdk8s';
import type { Construct, IConstruct } from 'constructs';
import { serviceAccount } from '../kubernetes/access';
import { Component } from '../kubernetes/component';
import { type ConfigFiles, configFiles } from '../kubernetes/config-files';
import type { IngressOptions } from '../kubernetes/ingress-options';
import { offerMetrics, service } from '../kubernetes/service';
import { toYaml } from '../kubernetes/text';
import type { WebAuthentication } from '../kubernetes/web-authentication';
import { deployment } from '../kubernetes/workload';
import { Cpu } from '../settings/cpu';
import { type Endpoint, EndpointProtocol } from '../settings/endpoint';
import type { ServiceOptions, WorkloadOptions } from '../settings/workload-options';
import type { ThanosCache } from './thanos-cache';
import { CONFIG_PATH, countProblems, durationProblems, endpointProblems, HTTP, STOP_SECONDS } from './thanos-process';
import { queryFrontendArguments, RESPONSE_CACHE_FILE } from './thanos-query-frontend-config';
import { UsageRegister } from './usage-register';
import { webInterface, webLogin } from './web-interface';

/** Options of `ThanosQueryFrontend`: all of its properties but those that connect it. */
export interface ThanosQueryFrontendOptions extends WorkloadOptions, ServiceOptions {
  /** Part of its name; must differ between the frontends of one stack. @default - none */
  readonly instance?: string;
  /** Number of pods. @default 1 */
  readonly replicas?: number;
  /**
   * Keeps the answers to range queries and label queries. In memory, each of the two kinds may take the given size.
   * @default - no cache
   */
  readonly responseCache?: ThanosCache;
  /** Longer queries are split at its multiples, answered in parallel and cached piece by piece. @default Duration.hours(24) */
  readonly splitInterval?: Duration;
  /** Whether queries answer with what they got when an endpoint fails; overrides the choice of the querier. @default true */
  readonly partialResponse?: boolean;
  /** Slower queries are logged. @default - none is */
  readonly logQueriesLongerThan?: Duration;
  /** Ingress before the API; needs a choice of `authentication`, because Thanos has no accounts. @default - none */
  readonly ingress?: IngressOptions;
  /**
   * Who asks people for their name before they read all metrics.
   * @default - nobody; beside an Ingress that is an error unless the warning `thanos-without-login` is acknowledged
   */
  readonly authentication?: WebAuthentication;
}

/** Properties of `ThanosQueryFrontend`. */
export interface ThanosQueryFrontendProps extends ThanosQueryFrontendOptions {
  /** The querier behind it: the endpoint named `http` of a `ThanosQuery`. */
  readonly downstream: Endpoint;
}

/** Keys of cached answers name tenant, query and step, but not whose data was asked. */
const CACHE_USERS = new UsageRegister<{ readonly user: IConstruct; readonly downstream: string }>();

/** Splits, repeats and remembers queries on their way to Thanos Query. */
export class ThanosQueryFrontend extends Component {
  /** For Grafana: Prometheus' HTTP API. Ready only once the querier behind it is. */
  public readonly http: Endpoint;

  constructor(scope: Construct, id: string, props: ThanosQueryFrontendProps) {
    super(scope, id, { app: 'thanos', component: 'query-frontend', instance: props.instance, options: props });
    const { downstream, replicas = 1, responseCache, partialResponse = true, logQueriesLongerThan } = props;
    const splitInterval = props.splitInterval ?? Duration.hours(24);
    this._check(() => [
      ...endpointProblems('downstream', downstream, [EndpointProtocol.HTTP, EndpointProtocol.HTTPS]),
      ...(responseCache?._problems('responseCache') ?? []),
      ...countProblems({ replicas }),
      ...durationProblems({ splitInterval, ...(logQueriesLongerThan && { logQueriesLongerThan }) }),
    ]);
    this._connect(downstream);
    if (responseCache?._client) {
      this._connect(responseCache._client);
      this.shareCache(responseCache._client, downstream);
    }

    const web = webLogin(props.authentication);
    const account = serviceAccount(this);
    const files: ConfigFiles | undefined =
      responseCache && configFiles(this, 'config', () => ({ [RESPONSE_CACHE_FILE]: toYaml(responseCache._config('responses')) }));
    [this.http] = service(this, { ports: [{ target: HTTP, login: web.login }] });
    webInterface(this, props);
    const cacheMemory = 2 * (responseCache?._mebibytes ?? 0);
    deployment(this, {
      replicas,
      pod: () => ({
        serviceAccountName: account,
        checksum: files?.checksum(),
        volumes: [...(files ? [files.volume('config')] : []), ...web.volumes],
        terminationGracePeriodSeconds: STOP_SECONDS,
        containers: [
          {
            name: 'query-frontend',
            image: 'thanos',
            args: [
              ...queryFrontendArguments({
                downstreamUrl: downstream.url,
                splitInterval,
                partialResponse,
                caches: responseCache !== undefined,
                logQueriesLongerThan,
              }),
              ...web.args,
            ],
            ports: [HTTP],
            mounts: [...(files ? [{ name: 'config', mountPath: CONFIG_PATH, readOnly: true }] : []), ...web.mounts],
            // It holds the answers that are under way, besides the cache; Red Hat's ACM 2.16 requests 100m and 256Mi.
            resources: {
              cpuRequest: Cpu.millis(50),
              memoryRequest: Size.mebibytes(64 + cacheMemory),
              memoryLimit: Size.mebibytes(256 + Math.ceil(cacheMemory * 1.2)),
            },
            ...web.probes,
          },
        ],
      }),
    });
    offerMetrics(this, HTTP, { login: web.login });
  }

  private shareCache(client: Endpoint, downstream: Endpoint): void {
    CACHE_USERS.add(client.hostAndPort, { user: this, downstream: downstream.url });
    this._check(() =>
      CACHE_USERS.usesOf(client.hostAndPort, this)
        .filter((use) => use.downstream !== downstream.url)
        .map(
          (use) =>
            `responseCache is ${client.hostAndPort}, where ${use.user.node.path} keeps answers of ${use.downstream}; allowed is one memcached per ` +
            `downstream (here ${downstream.url}), because its keys do not tell them apart: give each a Memcached of its own`,
        ),
    );
  }
}
