import { Duration, Size } from 'cdk8s';
import type { Construct } from 'constructs';
import { serviceAccount } from '../kubernetes/access';
import { Component } from '../kubernetes/component';
import { httpProbe } from '../kubernetes/container';
import { ingress } from '../kubernetes/ingress';
import type { IngressOptions } from '../kubernetes/ingress-options';
import { admit, offerMetrics, service } from '../kubernetes/service';
import { offeredSize, volumeProblems } from '../kubernetes/volumes';
import { statefulSet } from '../kubernetes/workload';
import { Cpu } from '../settings/cpu';
import type { Endpoint } from '../settings/endpoint';
import { type ServiceOptions, ServiceType, type WorkloadOptions } from '../settings/workload-options';
import { DATA_PATH, pushgatewayArguments, pushgatewayProblems, routePrefix } from './pushgateway-config';

/** Properties of `Pushgateway`. */
export interface PushgatewayProps extends WorkloadOptions, ServiceOptions {
  /** Volume for what was pushed. @default Size.gibibytes(1), or the cluster's smallest volume */
  readonly volume?: Size;
  /** Storage class of the volume. @default - the cluster's */
  readonly storageClassName?: string;
  /** How often pushed metrics are written to the volume; what came after that is lost in a crash. @default Duration.minutes(5) */
  readonly persistenceInterval?: Duration;
  /** Namespaces whose pods may push. @default - every pod of the cluster */
  readonly namespaces?: string[];
  /** URL under which people reach it; its path becomes part of every path. @default - the host of the Ingress */
  readonly externalUrl?: string;
  /** Whether `PUT /api/v1/admin/wipe` deletes everything, for whoever reaches the port. @default false */
  readonly adminApiEnabled?: boolean;
  /** Whether names of metrics and labels may have any characters. @default false */
  readonly utf8NamesEnabled?: boolean;
  /** How people outside the cluster reach it. @default - not at all */
  readonly ingress?: IngressOptions;
}

const HTTP = { name: 'http', port: 9091 };

/**
 * Keeps the metrics that jobs push which end before they could be scraped. Groups stay until somebody deletes them: it is meant for
 * jobs of a whole service ("the last backup"), not for instances. One replica, because two would each know half.
 *
 * It has no login: whoever reaches the port can push and delete. The labels that were pushed win over those of the target.
 */
export class Pushgateway extends Component {
  /** Where jobs push to, below `/metrics/job/<job>`. */
  public readonly http: Endpoint;

  constructor(scope: Construct, id: string, props: PushgatewayProps = {}) {
    super(scope, id, { app: 'pushgateway', component: 'pushgateway', options: props });
    const { cluster } = this._context;
    const { ingress: outside } = props;
    const settings = {
      persistenceInterval: props.persistenceInterval ?? Duration.minutes(5),
      externalUrl:
        props.externalUrl ?? (outside && `${outside.tlsSecretName === undefined ? 'http' : 'https'}://${outside.host}`),
      adminApiEnabled: props.adminApiEnabled ?? false,
      utf8NamesEnabled: props.utf8NamesEnabled ?? false,
    };
    const prefix = routePrefix(settings);
    this._check(() => [
      ...pushgatewayProblems(settings),
      ...volumeProblems(cluster, 'volume', props.volume),
      ...(props.namespaces?.length === 0
        ? ['namespaces is []; allowed is at least one namespace: name those that push, or leave the property out']
        : []),
    ]);
    this._warn('pushgateway-without-login', () => exposure(this._identity.name, props));

    const account = serviceAccount(this);
    [this.http] = service(this, { ports: [{ target: HTTP }] });
    admit(this, HTTP, props.namespaces);
    if (outside) {
      ingress(this, HTTP, HTTP.name, outside);
    }
    const data = props.volume ?? offeredSize(cluster, Size.gibibytes(1));
    statefulSet(this, {
      replicas: 1,
      serviceName: this._identity.name,
      claims: [{ name: 'data', size: data, storageClassName: props.storageClassName }],
      pod: () => ({
        serviceAccountName: account,
        containers: [
          {
            name: 'pushgateway',
            image: 'pushgateway',
            args: pushgatewayArguments(settings),
            ports: [HTTP],
            mounts: [{ name: 'data', mountPath: DATA_PATH }],
            // Seen: 17 MiB when empty; it keeps every series in memory and a copy while it writes them.
            resources: { cpuRequest: Cpu.millis(10), memoryRequest: Size.mebibytes(32), memoryLimit: Size.mebibytes(256) },
            readiness: httpProbe(`${prefix}/-/ready`, HTTP.name),
            liveness: httpProbe(`${prefix}/-/healthy`, HTTP.name),
          },
        ],
      }),
    });
    offerMetrics(this, HTTP, { honorLabels: true, path: `${prefix}/metrics` });
  }
}

function exposure(name: string, { ingress: outside, serviceType = ServiceType.CLUSTER_IP }: PushgatewayProps): string[] {
  const by = [
    ...(outside ? [`the Ingress ${outside.host}`] : []),
    ...(serviceType === ServiceType.CLUSTER_IP ? [] : [`a Service of type ${serviceType}`]),
  ];
  return by.length === 0
    ? []
    : [`${name} is reachable through ${by.join(' and ')} and has no login; put an authenticating proxy before it`];
}
