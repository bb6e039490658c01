import { Size } from 'cdk8s';
import type { Construct } from 'constructs';
import { serviceAccount } from '../kubernetes/access';
import { Component } from '../kubernetes/component';
import { configFiles } from '../kubernetes/config-files';
import { type ContainerDescription, httpProbe, quantity } from '../kubernetes/container';
import { ingress } from '../kubernetes/ingress';
import type { IngressOptions } from '../kubernetes/ingress-options';
import { service } from '../kubernetes/service';
import { deployment } from '../kubernetes/workload';
import { Cpu } from '../settings/cpu';
import { type Endpoint, EndpointProtocol } from '../settings/endpoint';
import type { SecretKey } from '../settings/secret-key';
import { type ServiceOptions, ServiceType, type WorkloadOptions } from '../settings/workload-options';
import { isTenant, TENANT_RULE } from './loki-checks';
import { PUSH_PATH } from './loki-config';
import { GATEWAY_PORT, type NginxSettings, nginxConfig, SCRATCH_PATH } from './nginx-config';
import { toNginxSyntax } from './nginx-syntax';

/** Options of `LokiGateway` that have nothing to do with its surroundings. */
export interface LokiGatewayOptions extends WorkloadOptions, ServiceOptions {
  /** Number of pods. With two, log agents keep delivering while a node is drained. @default 2 */
  readonly replicas?: number;
  /**
   * Tenant of requests that have no `X-Scope-OrgID` header. A header that a client sends always counts.
   * @default - such requests reach Loki without one
   */
  readonly tenant?: string;
  /**
   * Users and password hashes, as `htpasswd` writes them, from a Secret. Every request but the probes then needs a user.
   * @default - no password is asked for
   */
  readonly basicAuth?: SecretKey;
  /** Largest request body, compressed as it comes. @default Size.mebibytes(16) */
  readonly maxBodySize?: Size;
  /** How agents and people outside the cluster reach it. @default - not at all */
  readonly ingress?: IngressOptions;
}

/** Properties of `LokiGateway`. */
export interface LokiGatewayProps extends LokiGatewayOptions {
  /** The Loki behind it: `loki.http`. */
  readonly loki: Endpoint;
  /** Tells several gateways of one stack apart; part of the name. @default - none */
  readonly instance?: string;
}

const HTTP = { name: 'http', port: GATEWAY_PORT };
const SERVICE_PORT = 80;
const CONFIG_FILE = 'nginx.conf';
const PASSWORD_PATH = '/etc/nginx/secrets';
const PASSWORD_FILE = 'htpasswd';

/**
 * The door to Loki: nginx that lets push, query, tail, rule and OTLP requests through and keeps Loki's operator endpoints
 * closed. It can ask for passwords and add a tenant, neither of which Loki does itself.
 */
export class LokiGateway extends Component {
  /** In place of Loki's own: everything that pushes or asks goes here. */
  public readonly http: Endpoint;

  constructor(scope: Construct, id: string, props: LokiGatewayProps) {
    super(scope, id, { app: 'loki', component: 'gateway', instance: props.instance, options: props });
    const { loki, tenant, basicAuth, replicas = 2 } = props;
    const settings: NginxSettings = {
      dnsHost: this._context.cluster.dnsHost,
      upstream: loki.url,
      maxBodySize: props.maxBodySize ?? Size.mebibytes(16),
      tenant,
      passwordFile: basicAuth && `${PASSWORD_PATH}/${PASSWORD_FILE}`,
    };
    this._check(() => problems(props, settings.maxBodySize, replicas));
    this.warnOfOpenDoor(props);
    this._connect(loki);
    if (basicAuth) {
      this._requireSecret(basicAuth);
    }

    const account = serviceAccount(this);
    const config = configFiles(this, 'config', () => ({ [CONFIG_FILE]: toNginxSyntax(nginxConfig(settings)) }));
    [this.http] = service(this, { ports: [{ target: HTTP, port: SERVICE_PORT }] });
    if (props.ingress) {
      ingress(this, HTTP, HTTP.name, props.ingress);
    }
    deployment(this, {
      replicas,
      pod: () => ({
        serviceAccountName: account,
        checksum: config.checksum(),
        containers: [nginxContainer(basicAuth !== undefined)],
        volumes: [
          config.volume('config'),
          { name: 'scratch', emptyDir: {} },
          ...(basicAuth
            ? [
                {
                  name: 'password',
                  secret: { secretName: basicAuth.secretName, items: [{ key: basicAuth.key, path: PASSWORD_FILE }] },
                },
              ]
            : []),
        ],
      }),
    });
  }

  /** URL for agents that are told the whole of it, such as Fluent Bit or Promtail. */
  public get pushUrl(): string {
    return `${this.http.url}${PUSH_PATH}`;
  }

  private warnOfOpenDoor({ ingress: outside, serviceType, basicAuth }: LokiGatewayProps): void {
    const open = outside !== undefined || (serviceType ?? ServiceType.CLUSTER_IP) !== ServiceType.CLUSTER_IP;
    this._warn('loki-without-login', () =>
      open && basicAuth === undefined
        ? [`${this._identity.name} is open to the outside and asks for no password; give basicAuth, or put a login before it`]
        : [],
    );
  }
}

const nginxContainer = (hasPasswords: boolean): ContainerDescription => ({
  name: 'nginx',
  image: 'nginx',
  // Straight to the program: the image's start script edits its own configuration, which is read-only and not used here.
  command: ['nginx'],
  // Until the configuration is read, messages go here instead of into a file below the read-only root.
  args: ['-e', 'stderr'],
  ports: [HTTP],
  mounts: [
    { name: 'config', mountPath: `/etc/nginx/${CONFIG_FILE}`, subPath: CONFIG_FILE, readOnly: true },
    { name: 'scratch', mountPath: SCRATCH_PATH },
    ...(hasPasswords ? [{ name: 'password', mountPath: PASSWORD_PATH, readOnly: true }] : []),
  ],
  // Seen: 5 MiB. Request bodies of up to 1 MiB are held while they come in.
  resources: { cpuRequest: Cpu.millis(10), memoryRequest: Size.mebibytes(32), memoryLimit: Size.mebibytes(128) },
  // Neither probe asks Loki: without it the gateway's own 502 is the better answer than no gateway.
  // Requests still arrive until every node knows that this pod is leaving.
  lifecycle: { preStop: { exec: { command: ['sleep', '5'] } } },
  readiness: httpProbe('/', HTTP.name),
  liveness: httpProbe('/', HTTP.name, { initialDelaySeconds: 10 }),
});

function problems({ loki, tenant }: LokiGatewayProps, maxBodySize: Size, replicas: number): string[] {
  const found: string[] = [];
  if (loki.protocol !== EndpointProtocol.HTTP || !/^[\w.-]+$/.test(loki.host)) {
    found.push(
      `loki is ${JSON.stringify(`${loki.protocol}://${loki.hostAndPort}`)}; allowed is plain HTTP to a host name: give \`loki.http\` of a Loki in this cluster`,
    );
  }
  if (tenant !== undefined && !isTenant(tenant)) {
    found.push(`tenant is ${JSON.stringify(tenant)}; ${TENANT_RULE}`);
  }
  if (maxBodySize.toKibibytes({ rounding: 1 }) < 1024) {
    found.push(`maxBodySize is ${quantity(maxBodySize)}; allowed is at least 1Mi, the size of a batch of Alloy: raise it`);
  }
  if (!Number.isInteger(replicas) || replicas < 1) {
    found.push(`replicas is ${replicas}; allowed are whole numbers from 1: correct it`);
  }
  return found;
}
