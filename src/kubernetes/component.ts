import { Construct } from 'constructs';
import type { Endpoint } from '../settings/endpoint';
import { MonitoringContext } from '../settings/monitoring-context';
import { PodSecurityLevel } from '../settings/namespaces';
import type { ObjectStorage } from '../settings/object-storage';
import type { PrerequisiteEntry } from '../settings/plan';
import type { SecretKey } from '../settings/secret-key';
import type { ServiceOptions, WorkloadOptions } from '../settings/workload-options';
import type { Identity } from './identity';

/** The one that every cluster has. */
const SYSTEM_NAMESPACE = 'kube-system';

/** What the base of all components is told. */
export interface ComponentDescription {
  /** The program: `thanos`. */
  readonly app: string;
  /** The part it plays: `query`. */
  readonly component: string;
  readonly instance?: string;
  /** Which of the stack's namespaces. @default 'main' */
  readonly room?: 'main' | 'agents';
  readonly options: WorkloadOptions & ServiceOptions;
}

/**
 * Base of every component: knows its context and its identity, says to the plan whom it talks to, and collects what is
 * wrong with its properties until synth.
 * @internal
 */
export abstract class Component extends Construct {
  /**
   * The surroundings.
   * @internal
   */
  public readonly _context: MonitoringContext;
  /**
   * Names and labels.
   * @internal
   */
  public readonly _identity: Identity;
  /**
   * The options every workload takes.
   * @internal
   */
  public readonly _options: WorkloadOptions & ServiceOptions;
  /**
   * Ports of the main Service by their names.
   * @internal
   */
  public readonly _servicePorts = new Map<string, number>();
  /**
   * What it reads of Secrets that must be provided.
   * @internal
   */
  public readonly _secrets: SecretKey[] = [];
  private secretListener: ((secret: SecretKey) => void) | undefined;

  constructor(scope: Construct, id: string, description: ComponentDescription) {
    super(scope, id);
    this._context = MonitoringContext.of(this);
    this._options = description.options;
    const namespace = description.options.namespace ?? this._context.namespaces[description.room ?? 'main'];
    this._identity = this._context._identity(namespace, description.app, description.component, description.instance);
    const { namespaces } = this._context;
    if (!namespaces._makes(namespace) && namespace !== SYSTEM_NAMESPACE) {
      this._require({ kind: 'Namespace', name: namespace });
    }
    if (description.room === 'agents') {
      this._check(() =>
        namespaces._made.get(namespace) === PodSecurityLevel.RESTRICTED
          ? [
              `namespace is ${JSON.stringify(namespace)}, where PodSecurity "restricted" is enforced; allowed is "privileged" for what reads the node: leave it to namespaces.agents, or give Namespaces.and the level PRIVILEGED`,
            ]
          : [],
      );
    }
  }

  /**
   * Adds a check that is made at synth. It answers with one text per problem:
   * `<property> is <actual value>; allowed is <what>: <what to do>`.
   * @internal
   */
  public _check(problems: () => string[]): void {
    this.node.addValidation({ validate: problems });
  }

  /**
   * Adds a source of warnings, asked at synth.
   * @internal
   */
  public _warn(id: string, messages: () => string[]): void {
    this._context._plan.warnWith(() => messages().map((message) => ({ id, path: this.node.path, message })));
  }

  /**
   * Says that this component opens connections to an endpoint.
   * @param logsIn whether it logs in where the endpoint asks for user and password
   * @internal
   */
  public _connect(to: Endpoint, logsIn = false): void {
    this._context._plan.edges.push({ from: this._identity, to });
    if (to._login && !logsIn) {
      this._check(() => [
        `endpoint is ${to.hostAndPort}, which asks for user and password; allowed are endpoints without, because ${this._identity.kind} cannot log in: take \`authentication\` from there, or choose one that the Ingress asks for`,
      ]);
    }
    const external = to._external;
    if (external !== undefined && external.namespace === undefined) {
      this.warnOfEgress(() => external.cidrs, to.hostAndPort, 'cidrs of that endpoint');
    }
  }

  /**
   * Says that this component talks to the API server.
   * @internal
   */
  public _reachKubernetesApi(): void {
    const { cluster, _plan } = this._context;
    const ports = [...new Set([443, cluster.apiServerPort])];
    _plan.reaches.push({
      from: this._identity,
      what: 'kubernetes-api',
      ports,
      cidrs: cluster.apiServerCidrs,
      purpose: 'the API server',
    });
    this.warnOfEgress(() => cluster.apiServerCidrs, 'the API server', 'cluster.apiServerCidrs');
  }

  /**
   * Says that this component talks to every node.
   * @param port undefined = any
   * @internal
   */
  public _reachNodes(port?: number): void {
    const { cluster, _plan } = this._context;
    const known = _plan.reaches.some(({ from, what }) => from === this._identity && what === 'nodes');
    _plan.reaches.push({
      from: this._identity,
      what: 'nodes',
      ports: port === undefined ? [] : [port],
      cidrs: cluster.nodeCidrs,
      purpose: 'the nodes',
    });
    if (!known) {
      this.warnOfEgress(() => cluster.nodeCidrs, 'the nodes', 'cluster.nodeCidrs');
    }
  }

  /**
   * Says that this component uses a bucket; notes what must exist for it.
   * @internal
   */
  public _reachObjectStorage(storage: ObjectStorage, product: string): void {
    const { _plan } = this._context;
    const proxyPort = storage.proxyUrl === undefined ? undefined : Number(/:(\d+)\/?$/.exec(storage.proxyUrl)?.[1] ?? 80);
    _plan.reaches.push({
      from: this._identity,
      what: 'outside',
      ports: [proxyPort ?? storage.port],
      cidrs: storage.egressCidrs,
      purpose: `object storage at ${storage.endpoint}`,
    });
    this.warnOfEgress(() => storage.egressCidrs, `object storage at ${storage.endpoint}`, 'objectStorage.egressCidrs');
    const { bucket, prefix } = storage.locationOf(product);
    this._require({ kind: 'Bucket', name: bucket, keys: prefix === undefined ? undefined : [prefix] });
    this._check(() => storage._problems());
  }

  /**
   * Notes something that must exist before the manifests are applied.
   * @internal
   */
  public _require(entry: Omit<PrerequisiteEntry, 'neededBy'>): void {
    this._context._plan.prerequisites.push({ ...entry, neededBy: this._identity.name });
  }

  /**
   * Says that this component reads a Secret of its namespace.
   * @internal
   */
  public _requireSecret(secret: SecretKey): void {
    const { secretName, key } = secret;
    if (this._context.secrets._isExisting(secretName)) {
      this._require({ kind: 'Secret', namespace: this._identity.namespace, name: secretName, keys: [key] });
      return;
    }
    this._secrets.push(secret);
    this.secretListener?.(secret);
  }

  /**
   * Tells whoever provides Secrets of those that are named already and of those to come.
   * @internal
   */
  public _onSecret(listener: (secret: SecretKey) => void): void {
    this.secretListener = listener;
    this._secrets.forEach(listener);
  }

  private warnOfEgress(cidrs: () => string[] | undefined, target: string, property: string): void {
    this._warn('egress-to-anywhere', () =>
      this._context.networkPolicies && cidrs() === undefined
        ? [`the NetworkPolicy lets ${this._identity.name} reach ${target} at any address; give ${property} to narrow it`]
        : [],
    );
  }
}
