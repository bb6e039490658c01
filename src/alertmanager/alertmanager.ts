import { type Duration, Size } from 'cdk8s';
import type { k8s } from 'cdk8s-plus-28';
import type { Construct } from 'constructs';
import { serviceAccount } from '../kubernetes/access';
import { Component } from '../kubernetes/component';
import { type ConfigFiles, configFiles } from '../kubernetes/config-files';
import { type ContainerDescription, type ContainerPort, fieldVariable, httpProbe, tcpProbe } from '../kubernetes/container';
import { ingressUrl } from '../kubernetes/ingress';
import type { IngressOptions } from '../kubernetes/ingress-options';
import type { PodDescription } from '../kubernetes/pod';
import { offerMetrics, service } from '../kubernetes/service';
import { type Claim, claimOptions, offeredSize } from '../kubernetes/volumes';
import type { WebAuthentication } from '../kubernetes/web-authentication';
import { stackLogin, webConfig, webExposure } from '../kubernetes/web-exposure';
import { statefulSet } from '../kubernetes/workload';
import { type AlertLabels, joinedLabels, usualLabels } from '../rules/alert-labels';
import { Cpu } from '../settings/cpu';
import { type Endpoint, EndpointProtocol } from '../settings/endpoint';
import { Retention } from '../settings/retention';
import type { SecretKey } from '../settings/secret-key';
import type { VolumeOptions } from '../settings/volume-options';
import type { ServiceOptions, WorkloadOptions } from '../settings/workload-options';
import { SECRETS_PATH } from './alert-integrations';
import type { DeadMansSwitchOptions } from './alert-receiver-options';
import type { AlertRootRoute, InhibitRule } from './alert-route';
import { alertmanagerProblems, namedLabels, repeatWarnings, unknownLabels, unusedReceivers } from './alertmanager-checks';
import {
  type AlertmanagerSettings,
  alertmanagerArguments,
  alertmanagerFiles,
  CONFIG_PATH,
  DATA_PATH,
  GOSSIP_PORT,
  receiversIn,
  routeTree,
} from './alertmanager-config';

/** Options of `Alertmanager` that have nothing to do with its surroundings. */
export interface AlertmanagerOptions extends WorkloadOptions, VolumeOptions, ServiceOptions {
  /** Who is told about what. @default - nobody: alerts are seen in the web interface and in Grafana only, with a warning */
  readonly route?: AlertRootRoute;
  /**
   * What becomes of the alert that always fires.
   * @default - the alert `Watchdog` is told to nobody, so that no other route takes it for a failure
   */
  readonly deadMansSwitch?: DeadMansSwitchOptions;
  /** What keeps what silent, besides the library's own rules. @default - none */
  readonly inhibitRules?: InhibitRule[];
  /**
   * Whether the library's own rules of inhibition hold: a critical alert keeps the milder ones of its name about the same
   * thing silent, and a node that is gone all that is mild on it.
   * @default true
   */
  readonly defaultInhibitRules?: boolean;
  /** Time after which an alert without an end counts as over; those of Prometheus have one. @default - Alertmanager's own: 5 min */
  readonly resolveTimeout?: Duration;
  /**
   * Files of templates, by name (`*.tmpl`). The library's own are `message.title`, `message.text` (plain), `message.slack` and
   * `message.markdown`.
   * @default - none
   */
  readonly templates?: { [file: string]: string };
  /**
   * Members of the cluster, which tell each alert once together. Two survive the loss of one.
   * @default 1
   */
  readonly replicas?: number;
  /** How long silences that are over and notifications that were sent are remembered, in whole hours. @default Retention.days(5) */
  readonly retention?: Retention;
  /** Volume of each replica, for silences and for what was sent. @default Size.gibibytes(1), or the least that the cluster offers */
  readonly volume?: Size;
  /** Ingress; needs a choice of `authentication`, because Alertmanager has no accounts. @default - none */
  readonly ingress?: IngressOptions;
  /**
   * Who asks people for their name before they may silence alerts.
   * @default - nobody; beside an Ingress that is an error unless the warning `alertmanager-without-login` is acknowledged
   */
  readonly authentication?: WebAuthentication;
  /** Address for people, without path; links in notifications start with it. @default - that of the Ingress, else none */
  readonly externalUrl?: string;
  /** Keys of Secrets that `extraConfig` refers to; mounted as `/etc/alertmanager/secrets/<Secret>/<key>`. @default - only those of the receivers */
  readonly secrets?: SecretKey[];
  /**
   * Further settings of the configuration file, e.g. `receivers` of kinds that have no type here. Objects are merged, lists
   * appended, other values replaced. Unknown keys at the top and in `global` are errors.
   * @default - none
   */
  readonly extraConfig?: { [key: string]: unknown };
}

/** Properties of `Alertmanager`. */
export interface AlertmanagerProps extends AlertmanagerOptions {
  /** Tells several of one stack apart; part of its name. @default - none */
  readonly instance?: string;
  /** Labels that alerts may have; others that routes or inhibition name are warned of. @default - not known: nothing is warned of */
  readonly knownLabels?: string[];
}

/** What an Alertmanager is to do, whoever runs it. */
export interface AlertmanagerIntent {
  readonly replicas: number;
  readonly retention: Retention;
  readonly claims: readonly Claim[];
  readonly externalUrl: string | undefined;
  /** Files of the configuration by name, asked at synth. */
  files(): Record<string, string>;
  readonly secrets: readonly SecretKey[];
}

const HTTP = { name: 'http', port: 9093 };
const GOSSIP: ContainerPort[] = [
  { name: 'gossip-tcp', port: GOSSIP_PORT },
  { name: 'gossip-udp', port: GOSSIP_PORT, protocol: 'UDP' },
];
const SECRETS_VOLUME = 'secrets';

const READY = { periodSeconds: 5, timeoutSeconds: 3 };
const ALIVE = { periodSeconds: 10, failureThreshold: 6, timeoutSeconds: 3 };

const PROBES = { readiness: httpProbe('/-/ready', HTTP.name, READY), liveness: httpProbe('/-/healthy', HTTP.name, ALIVE) };

/** A probe over HTTP would have the password in the manifest. The port opens when the configuration is read, and both paths say no more. */
const LOGIN_PROBES = { readiness: tcpProbe(HTTP.name, READY), liveness: tcpProbe(HTTP.name, ALIVE) };

/**
 * Gathers alerts, keeps doubles and consequences silent, and tells people. It reads its configuration when it starts: a change
 * rolls the pods, and silences and what was sent stay on the volume.
 */
export class Alertmanager extends Component {
  /** API and web interface of any replica. */
  public readonly http: Endpoint;
  /** Where alerts are sent to: every replica, found by SRV records, never a balanced address in front of them. */
  public readonly alerts: Endpoint;

  private labelsOfAlerts: (() => AlertLabels) | undefined;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: AlertmanagerProps = {},
  ) {
    super(scope, id, { app: 'alertmanager', component: 'alertmanager', instance: props.instance, options: props });
    const { replicas = 1 } = props;
    const account = serviceAccount(this);
    const config = this._configure();

    const login = stackLogin(props.authentication);
    [this.http] = service(this, { ports: [{ target: HTTP, login }] });
    const clustered = replicas > 1;
    const [alerts, ...gossip] = service(this, {
      suffix: 'headless',
      headless: true,
      // Members look for each other before they are ready, and take alerts as soon as they run.
      publishNotReadyAddresses: true,
      ports: [
        { target: HTTP, login },
        ...(clustered ? this._gossip : []).map((target) => ({ target, protocol: EndpointProtocol.TCP })),
      ],
    });
    this.alerts = alerts;
    this.connect(gossip);
    for (const secret of this.secrets()) {
      this._requireSecret(secret);
    }
    this._run(account, config);
    webExposure(
      this,
      HTTP,
      props,
      'alertmanager-without-login',
      'anybody may silence alerts; put an authenticating proxy before it',
    );
    offerMetrics(this, HTTP, { login });
    this.addChecks(replicas);
  }

  /**
   * Ports by which members talk to each other.
   * @internal
   */
  protected get _gossip(): readonly ContainerPort[] {
    return GOSSIP;
  }

  /**
   * Emits the configuration. Where an operator reads it, it is an object of its own.
   * @internal
   */
  protected _configure(): ConfigFiles | undefined {
    return configFiles(this, 'config', () => alertmanagerFiles(this.settings()));
  }

  /**
   * Emits what runs the servers. Where an operator does that, it is an object of its own.
   * @internal
   */
  protected _run(account: string, config: ConfigFiles | undefined): void {
    const { replicas } = this._intent;
    statefulSet(this, {
      replicas,
      serviceName: `${this._identity.name}-headless`,
      // Members find each other while none is ready yet. Never changed, because the field is immutable.
      podManagement: 'Parallel',
      claims: this._intent.claims,
      pod: () => this.pod(account, config, replicas),
    });
  }

  /**
   * What is wanted, whoever runs it.
   * @internal
   */
  protected get _intent(): AlertmanagerIntent {
    const { props } = this;
    return {
      replicas: props.replicas ?? 1,
      retention: this.retention(),
      claims: [
        { name: 'data', size: props.volume ?? offeredSize(this._context.cluster, Size.gibibytes(1)), ...claimOptions(props) },
      ],
      externalUrl: this.externalUrl(),
      files: () => alertmanagerFiles(this.settings()),
      secrets: this.secrets(),
    };
  }

  /** Each place once, although several receivers may lead there. */
  private connect(gossip: readonly Endpoint[]): void {
    const endpoints = receiversIn(routeTree(this.settings())).flatMap(({ _endpoints }) => _endpoints);
    const places = new Map(endpoints.map((endpoint) => [`${endpoint.hostAndPort} ${endpoint._external?.cidrs}`, endpoint]));
    for (const endpoint of [...gossip, ...places.values()]) {
      this._connect(endpoint);
    }
  }

  private addChecks(replicas: number): void {
    const { props } = this;
    this._check(() =>
      alertmanagerProblems({
        settings: this.settings(),
        cluster: this._context.cluster,
        replicas,
        retention: this.retention(),
        volume: props.volume,
        externalUrl: props.externalUrl,
        ingressPath: props.ingress?.path,
      }),
    );
    this._warn('alertmanager-repeat-interval', () => repeatWarnings(this.settings()));
    this._warn('alertmanager-unused-receiver', () => unusedReceivers(this.settings()));
    this._warn('alertmanager-unknown-label', () => this.unknownLabels());
    this._warn('alertmanager-tells-nobody', () =>
      props.route === undefined
        ? [`${this._identity.name} has no \`route\`, so alerts are seen in its web interface only; give one with a receiver`]
        : [],
    );
  }

  /**
   * The whole tree of routes.
   * @internal
   */
  public get _routes(): AlertRootRoute {
    return routeTree(this.settings());
  }

  /**
   * Says which labels the alerts may have that are sent here. Asked only where something unusual is named, as reading queries takes time.
   * @internal
   */
  public _alertsFrom(labels: () => AlertLabels): void {
    this.labelsOfAlerts = labels;
  }

  private unknownLabels(): string[] {
    const { labelsOfAlerts } = this;
    const { knownLabels = [] } = this.props;
    if (labelsOfAlerts === undefined && this.props.knownLabels === undefined) {
      return [];
    }
    const usual = labelsOfAlerts ? usualLabels(this._context.dataLabels) : [];
    const named = namedLabels(this.settings()).filter((label) => !usual.includes(label) && !knownLabels.includes(label));
    const given = { names: knownLabels, complete: true };
    return named.length === 0 ? [] : unknownLabels(named, joinedLabels([given, ...(labelsOfAlerts ? [labelsOfAlerts()] : [])]));
  }

  private retention(): Retention {
    return this.props.retention ?? Retention.days(5);
  }

  private settings(): AlertmanagerSettings {
    const { props, _context: context } = this;
    return {
      labels: context.dataLabels,
      route: props.route,
      deadMansSwitch: props.deadMansSwitch,
      inhibitRules: props.inhibitRules ?? [],
      defaultInhibitRules: props.defaultInhibitRules ?? true,
      resolveTimeout: props.resolveTimeout,
      templates: props.templates ?? {},
      extraConfig: props.extraConfig ?? {},
    };
  }

  /** Each key once, sorted, so that the order of routes changes nothing. */
  private secrets(): SecretKey[] {
    const receivers = receiversIn(routeTree(this.settings()));
    const all = [...receivers.flatMap(({ _secrets }) => _secrets), ...(this.props.secrets ?? [])];
    const byPath = new Map(all.map((secret) => [`${secret.secretName}/${secret.key}`, secret]));
    return [...byPath].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, secret]) => secret);
  }

  private pod(account: string, config: ConfigFiles | undefined, replicas: number): PodDescription {
    const secrets = this.secrets();
    const volume: k8s.Volume = {
      name: SECRETS_VOLUME,
      projected: {
        sources: secrets.map(({ secretName, key }) => ({
          secret: { name: secretName, items: [{ key, path: `${secretName}/${key}` }] },
        })),
      },
    };
    return {
      serviceAccountName: account,
      checksum: config?.checksum(),
      containers: [this.server(replicas, secrets.length > 0)],
      volumes: [
        ...(config ? [config.volume('config')] : []),
        ...(secrets.length > 0 ? [volume] : []),
        ...webConfig(this.props.authentication).volumes,
      ],
    };
  }

  private server(replicas: number, hasSecrets: boolean): ContainerDescription {
    const { cluster } = this._context;
    const { name, namespace } = this._identity;
    const host = `${name}-headless.${namespace}.svc.${cluster.domain}`;
    const peers = replicas > 1 ? Array.from({ length: replicas }, (_, index) => `${name}-${index}.${host}:${GOSSIP_PORT}`) : [];
    return {
      name: 'alertmanager',
      image: 'alertmanager',
      args: alertmanagerArguments({
        retention: this.retention(),
        externalUrl: this.externalUrl(),
        asksForLogin: stackLogin(this.props.authentication) !== undefined,
        peers,
        clusterLabel: `${namespace}/${name}`,
        ipv6: cluster.podCidrs[0]?.includes(':') ?? false,
      }),
      environment: replicas > 1 ? [fieldVariable('POD_IP', 'status.podIP')] : undefined,
      ports: [HTTP, ...(replicas > 1 ? GOSSIP : [])],
      mounts: [
        { name: 'config', mountPath: CONFIG_PATH, readOnly: true },
        ...(hasSecrets ? [{ name: SECRETS_VOLUME, mountPath: SECRETS_PATH, readOnly: true }] : []),
        { name: 'data', mountPath: DATA_PATH },
        ...webConfig(this.props.authentication).mounts,
      ],
      // 20 MiB with few alerts (measured); an alert takes some kilobytes, and a storm has thousands.
      resources: { cpuRequest: Cpu.millis(10), memoryRequest: Size.mebibytes(64), memoryLimit: Size.mebibytes(256) },
      ...(stackLogin(this.props.authentication) ? LOGIN_PROBES : PROBES),
    };
  }

  private externalUrl(): string | undefined {
    const { externalUrl, ingress: options } = this.props;
    return externalUrl ?? (options && ingressUrl(options));
  }
}
