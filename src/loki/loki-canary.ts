import { Duration, Size } from 'cdk8s';
import type { Construct } from 'constructs';
import { serviceAccount } from '../kubernetes/access';
import { Component } from '../kubernetes/component';
import { fieldVariable, httpProbe, secretVariable } from '../kubernetes/container';
import type { PodDescription } from '../kubernetes/pod';
import { offerMetrics, service } from '../kubernetes/service';
import { daemonSet, deployment } from '../kubernetes/workload';
import { Cpu } from '../settings/cpu';
import type { Endpoint } from '../settings/endpoint';
import type { SecretKey } from '../settings/secret-key';
import type { WorkloadOptions } from '../settings/workload-options';
import { CANARY_PORT, lokiCanaryArguments, lokiCanaryProblems, VARIABLES } from './loki-canary-config';

/** User and password that a gateway before Loki asks for. */
export interface LokiCanaryCredentials {
  /** Name of the user. */
  readonly username: SecretKey;
  /** Its password. It becomes an argument of the process, the only way that the canary knows. */
  readonly password: SecretKey;
}

/** Options of `LokiCanary` that have nothing to do with its surroundings. */
export interface LokiCanaryOptions extends WorkloadOptions {
  /** Number of canaries, wherever they find a place. @default - one on every node, so that each node's way to Loki is tried */
  readonly replicas?: number;
  /** Time between two lines of about 100 bytes. @default Duration.seconds(1) */
  readonly interval?: Duration;
  /** How long a line is asked for before it counts as missing; more than a minute. @default Duration.minutes(5) */
  readonly maxWait?: Duration;
  /** User and password of the gateway. @default - none are sent */
  readonly credentials?: LokiCanaryCredentials;
}

/** Properties of `LokiCanary`. */
export interface LokiCanaryProps extends LokiCanaryOptions {
  /** What lines are pushed to and asked from: the gateway, or Loki. */
  readonly loki: Endpoint;
  /** Tenant of the lines (`X-Scope-OrgID`). @default - none */
  readonly tenant?: string;
}

const HTTP = { name: 'http-metrics', port: CANARY_PORT };

/**
 * Pushes lines to Loki and asks for them again: by a live tail, after a minute by a query, and later by samples. What is lost or
 * late shows in `loki_canary_missing_entries_total` and `loki_canary_response_latency_seconds`. The lines are in one stream for
 * each canary, `{pod="…", stream="stdout"}`.
 */
export class LokiCanary extends Component {
  /** The metrics. */
  public readonly http: Endpoint;

  constructor(scope: Construct, id: string, props: LokiCanaryProps) {
    super(scope, id, { app: 'loki', component: 'canary', options: props });
    const { loki, tenant, replicas, credentials } = props;
    const settings = {
      loki,
      podLabel: this._context.dataLabels.pod,
      tenant,
      interval: props.interval ?? Duration.seconds(1),
      maxWait: props.maxWait ?? Duration.minutes(5),
      asksForPassword: credentials !== undefined,
      replicas,
    };
    this._check(() => lokiCanaryProblems(settings));
    this._connect(loki);
    const account = serviceAccount(this);
    const environment = [
      fieldVariable(VARIABLES.pod, 'metadata.name'),
      ...(credentials
        ? [
            secretVariable(this, VARIABLES.username, credentials.username),
            secretVariable(this, VARIABLES.password, credentials.password),
          ]
        : []),
    ];
    [this.http] = service(this, { headless: true, ports: [{ target: HTTP }] });
    const pod = (): PodDescription => ({
      serviceAccountName: account,
      containers: [
        {
          name: 'loki-canary',
          image: 'lokiCanary',
          args: lokiCanaryArguments(settings),
          environment,
          ports: [HTTP],
          // Seen: 42 MiB with a line a second; it keeps the times of what it sent in the last minutes.
          resources: { cpuRequest: Cpu.millis(10), memoryRequest: Size.mebibytes(48), memoryLimit: Size.mebibytes(128) },
          readiness: httpProbe('/metrics', HTTP.name),
        },
      ],
    });
    if (replicas === undefined) {
      daemonSet(this, { pod });
    } else {
      deployment(this, { replicas, pod });
    }
    offerMetrics(this, HTTP);
  }
}
