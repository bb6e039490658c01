import { Duration, Size } from 'cdk8s';
import type { Construct } from 'constructs';
import { serviceAccount } from '../kubernetes/access';
import { Component } from '../kubernetes/component';
import { httpProbe, tcpProbe } from '../kubernetes/container';
import { ingressUrl } from '../kubernetes/ingress';
import type { IngressOptions } from '../kubernetes/ingress-options';
import { admit, offerMetrics, service } from '../kubernetes/service';
import { claimOptions, offeredSize, volumeProblems } from '../kubernetes/volumes';
import type { WebAuthentication } from '../kubernetes/web-authentication';
import { stackLogin, webConfig, webExposure } from '../kubernetes/web-exposure';
import { statefulSet } from '../kubernetes/workload';
import { Cpu } from '../settings/cpu';
import type { Endpoint } from '../settings/endpoint';
import type { VolumeOptions } from '../settings/volume-options';
import type { ServiceOptions, WorkloadOptions } from '../settings/workload-options';
import { DATA_PATH, pushgatewayArguments, pushgatewayProblems, routePrefix } from './pushgateway-config';

/** Properties of `Pushgateway`. */
export interface PushgatewayProps extends WorkloadOptions, VolumeOptions, ServiceOptions {
  /** Volume for what was pushed. @default Size.gibibytes(1), or the cluster's smallest volume */
  readonly volume?: Size;
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
  /** How people outside the cluster reach it; needs a choice of `authentication`, because it has no accounts. @default - not at all */
  readonly ingress?: IngressOptions;
  /**
   * Who asks for a name before somebody may push and delete; jobs that push then need a user.
   * @default - nobody; beside an Ingress that is an error unless the warning `pushgateway-without-login` is acknowledged
   */
  readonly authentication?: WebAuthentication;
}

const HTTP = { name: 'http', port: 9091 };

/**
 * Keeps the metrics that jobs push which end before they could be scraped. Groups stay until somebody deletes them: it is meant for
 * jobs of a whole service ("the last backup"), not for instances. One replica, because two would each know half.
 *
 * Without `authentication`, whoever reaches the port can push and delete. The labels that were pushed win over those of the target.
 */
export class Pushgateway extends Component {
  /** Where jobs push to, below `/metrics/job/<job>`. */
  public readonly http: Endpoint;

  constructor(scope: Construct, id: string, props: PushgatewayProps = {}) {
    super(scope, id, { app: 'pushgateway', component: 'pushgateway', options: props });
    const { cluster } = this._context;
    const { ingress: outside } = props;
    const login = stackLogin(props.authentication);
    const web = webConfig(props.authentication);
    const settings = {
      persistenceInterval: props.persistenceInterval ?? Duration.minutes(5),
      externalUrl: props.externalUrl ?? (outside && ingressUrl(outside)),
      adminApiEnabled: props.adminApiEnabled ?? false,
      utf8NamesEnabled: props.utf8NamesEnabled ?? false,
      asksForLogin: login !== undefined,
    };
    const prefix = routePrefix(settings);
    this._check(() => [
      ...pushgatewayProblems(settings),
      ...volumeProblems(cluster, 'volume', props.volume),
      ...(props.namespaces?.length === 0
        ? ['namespaces is []; allowed is at least one namespace: name those that push, or leave the property out']
        : []),
    ]);

    const account = serviceAccount(this);
    [this.http] = service(this, { ports: [{ target: HTTP, login }] });
    admit(this, HTTP, props.namespaces);
    webExposure(
      this,
      HTTP,
      props,
      'pushgateway-without-login',
      'anybody may push and delete; put an authenticating proxy before it',
    );
    const data = props.volume ?? offeredSize(cluster, Size.gibibytes(1));
    statefulSet(this, {
      replicas: 1,
      serviceName: this._identity.name,
      claims: [{ name: 'data', size: data, ...claimOptions(props) }],
      pod: () => ({
        serviceAccountName: account,
        volumes: web.volumes,
        containers: [
          {
            name: 'pushgateway',
            image: 'pushgateway',
            args: pushgatewayArguments(settings),
            ports: [HTTP],
            mounts: [{ name: 'data', mountPath: DATA_PATH }, ...web.mounts],
            // Seen: 17 MiB when empty; it keeps every series in memory and a copy while it writes them.
            resources: { cpuRequest: Cpu.millis(10), memoryRequest: Size.mebibytes(32), memoryLimit: Size.mebibytes(256) },
            // A probe over HTTP would have the password in the manifest.
            readiness: login ? tcpProbe(HTTP.name) : httpProbe(`${prefix}/-/ready`, HTTP.name),
            liveness: login ? tcpProbe(HTTP.name) : httpProbe(`${prefix}/-/healthy`, HTTP.name),
          },
        ],
      }),
    });
    offerMetrics(this, HTTP, { honorLabels: true, path: `${prefix}/metrics`, login });
  }
}
