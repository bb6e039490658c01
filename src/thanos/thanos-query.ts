import { Duration, Size } from 'cdk8s';
import type { Construct } from 'constructs';
import { serviceAccount } from '../kubernetes/access';
import { Component } from '../kubernetes/component';
import { configFiles } from '../kubernetes/config-files';
import type { IngressOptions } from '../kubernetes/ingress-options';
import { offerMetrics, service } from '../kubernetes/service';
import { toYaml } from '../kubernetes/text';
import type { WebAuthentication } from '../kubernetes/web-authentication';
import { deployment } from '../kubernetes/workload';
import { Cpu } from '../settings/cpu';
import { type Endpoint, EndpointProtocol } from '../settings/endpoint';
import type { ServiceOptions, WorkloadOptions } from '../settings/workload-options';
import {
  CONFIG_PATH,
  countProblems,
  durationProblems,
  endpointProblems,
  GRPC,
  HTTP,
  lookupAddress,
  STOP_SECONDS,
} from './thanos-process';
import { ENDPOINTS_FILE, endpointsConfig, queryArguments, replicaLabelProblems } from './thanos-query-config';
import { webInterface, webLogin } from './web-interface';

/** Options of `ThanosQuery`: all of its properties but those that connect it. */
export interface ThanosQueryOptions extends WorkloadOptions, ServiceOptions {
  /** Part of its name; must differ between the queriers of one stack. @default - none */
  readonly instance?: string;
  /** Number of pods. @default 1 */
  readonly replicas?: number;
  /**
   * Labels by which replicas differ, besides the data label `replica`: series that differ in nothing else become one.
   * @default - none
   */
  readonly replicaLabels?: string[];
  /**
   * Whether a query answers with what it got when an endpoint fails, with a warning. Without, one missing endpoint fails every
   * query.
   * @default true
   */
  readonly partialResponse?: boolean;
  /** Longest time a query may take. @default Duration.minutes(2) */
  readonly queryTimeout?: Duration;
  /** Queries at a time in each pod; more wait. @default 20 */
  readonly maxConcurrentQueries?: number;
  /** Ingress before the web interface and the API; needs a choice of `authentication`, because Thanos has no accounts. @default - none */
  readonly ingress?: IngressOptions;
  /**
   * Who asks people for their name before they read all metrics. `WebAuthentication.basic` is refused where a
   * query frontend asks this querier: give it to the frontend.
   * @default - nobody; beside an Ingress that is an error unless the warning `thanos-without-login` is acknowledged
   */
  readonly authentication?: WebAuthentication;
}

/** Properties of `ThanosQuery`. */
export interface ThanosQueryProps extends ThanosQueryOptions {
  /** StoreAPIs to ask: the endpoints named `grpc` of sidecars, store gateways and other queriers, or external ones. At least one. */
  readonly endpoints: Endpoint[];
}

/** One PromQL interface over all Prometheus replicas and the object storage. */
export class ThanosQuery extends Component {
  /** For Grafana and the query frontend: Prometheus' HTTP API. */
  public readonly http: Endpoint;
  /** StoreAPI, for another Query above this one. */
  public readonly grpc: Endpoint;

  private readonly endpoints: Endpoint[] = [];

  constructor(scope: Construct, id: string, props: ThanosQueryProps) {
    super(scope, id, { app: 'thanos', component: 'query', instance: props.instance, options: props });
    const { endpoints } = this;
    const { replicas = 1, partialResponse = true, maxConcurrentQueries = 20, replicaLabels = [] } = props;
    const queryTimeout = props.queryTimeout ?? Duration.minutes(2);
    const { dataLabels } = this._context;
    this._check(() => [
      ...listProblems(endpoints),
      ...replicaLabelProblems(replicaLabels, dataLabels),
      ...countProblems({ replicas, maxConcurrentQueries }),
      ...durationProblems({ queryTimeout }),
    ]);
    props.endpoints.forEach((endpoint) => {
      this.addEndpoint(endpoint);
    });

    const web = webLogin(props.authentication);
    const account = serviceAccount(this);
    const files = configFiles(this, 'config', () => ({ [ENDPOINTS_FILE]: toYaml(endpointsConfig(endpoints)) }));
    [this.http, this.grpc] = service(this, {
      ports: [
        { target: HTTP, login: web.login },
        { target: GRPC, protocol: EndpointProtocol.GRPC },
      ],
    });
    webInterface(this, props);
    deployment(this, {
      replicas,
      pod: () => ({
        serviceAccountName: account,
        volumes: [files.volume('config'), ...web.volumes],
        terminationGracePeriodSeconds: STOP_SECONDS,
        containers: [
          {
            name: 'query',
            image: 'thanos',
            args: [
              ...queryArguments({
                replicaLabels: [dataLabels.replica, ...replicaLabels],
                partialResponse,
                queryTimeout,
                maxConcurrentQueries,
              }),
              ...web.args,
            ],
            ports: [HTTP, GRPC],
            mounts: [{ name: 'config', mountPath: CONFIG_PATH, readOnly: true }, ...web.mounts],
            // 26Mi were measured at rest; what a query selects comes on top, for as long as it runs.
            resources: {
              cpuRequest: Cpu.millis(100),
              memoryRequest: Size.mebibytes(128),
              memoryLimit: Size.gibibytes(1),
            },
            ...web.probes,
          },
        ],
      }),
    });
    offerMetrics(this, HTTP, { login: web.login });
  }

  /** Adds a StoreAPI to ask, such as that of a ruler, which itself asks this querier. */
  public addEndpoint(endpoint: Endpoint): void {
    this.endpoints.push(endpoint);
    this._connect(endpoint);
  }
}

function listProblems(endpoints: readonly Endpoint[]): string[] {
  if (endpoints.length === 0) {
    return ['endpoints is empty; allowed is at least one StoreAPI: give the `grpc` endpoint of a sidecar or a store gateway'];
  }
  const addresses = endpoints.map((endpoint) => lookupAddress(endpoint, 'dnssrv+'));
  return endpoints.flatMap((endpoint, index) => [
    ...endpointProblems(`endpoints[${index}]`, endpoint, [EndpointProtocol.GRPC]),
    ...(addresses.indexOf(addresses[index]) < index
      ? [`endpoints[${index}] is ${addresses[index]}; allowed is each endpoint once: remove it`]
      : []),
  ]);
}
