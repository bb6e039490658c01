import type { Duration } from 'cdk8s';
import type { Endpoint } from './endpoint';
import type { SecretKey } from './secret-key';
import type { ContainerResources } from './workload-options';

/** For whom a store of the External Secrets Operator is there. */
export enum SecretStoreKind {
  /** For the whole cluster. */
  CLUSTER_SECRET_STORE = 'ClusterSecretStore',
  /** For its own namespace: one of that name in each namespace of the stack. */
  SECRET_STORE = 'SecretStore',
}

/** Options of `SecretSource.externalSecrets`. */
export interface ExternalSecretsOptions {
  /** Name of the store, which exists and knows how to reach OpenBao, Vault or a cloud's secret manager. */
  readonly store: string;
  /** Its kind. @default SecretStoreKind.CLUSTER_SECRET_STORE */
  readonly storeKind?: SecretStoreKind;
  /** Put before the name of the Secret to find it in the store, e.g. `monitoring/`. @default - none */
  readonly pathPrefix?: string;
  /** Where other Secrets are found in the store, by their names. @default - at `<pathPrefix><name of the Secret>` */
  readonly paths?: { [secretName: string]: string };
  /** How often they are read again. @default - the operator's own, an hour */
  readonly refreshInterval?: Duration;
  /** Names of Secrets that come about in another way. @default - none */
  readonly existing?: string[];
}

/** Options of `SecretSource.secretsStoreCsi`. */
export interface SecretsStoreCsiOptions {
  /**
   * The SecretProviderClass, which exists in each namespace of the stack. Its `secretObjects` make the Secrets that the prerequisites
   * name: the driver must be installed with `syncSecret.enabled`.
   */
  readonly secretProviderClass: string;
  /** Names of Secrets that come about in another way. @default - none */
  readonly existing?: string[];
}

/** Options of `SecretSource.agentInjector`. */
export interface AgentInjectorOptions {
  /** Where OpenBao or Vault answers, as pods reach it. */
  readonly server: Endpoint;
  /**
   * Role of the Kubernetes authentication method. It must be bound to the service accounts of the pods, which the prerequisites name,
   * and may read the paths that they name.
   */
  readonly role: string;
  /** Where that method is mounted, e.g. `auth/development`. @default - the injector's own, `auth/kubernetes` */
  readonly authPath?: string;
  /** Audience of the pods' tokens, where the role demands one. @default - that of the API server */
  readonly tokenAudience?: string;
  /** Where the engine for keys and values is mounted. @default 'secret' */
  readonly mount?: string;
  /** Version of that engine: 1 or 2. @default 2 */
  readonly keyValueVersion?: number;
  /** Put before the name of the Secret to find it in the engine, e.g. `monitoring/`. @default - none */
  readonly pathPrefix?: string;
  /** Where other Secrets are found in the engine, by their names. @default - at `<pathPrefix><name of the Secret>` */
  readonly paths?: { [secretName: string]: string };
  /** How often they are read again. @default - the agent's own, 5 minutes */
  readonly refreshInterval?: Duration;
  /** Whom to trust at an HTTPS server: a key of a Secret that exists in each namespace of the stack. @default - public authorities */
  readonly certificateAuthority?: SecretKey;
  /** Of each of the two containers that are injected. @default - the injector's own: 250m and 64Mi, at most 500m and 128Mi */
  readonly resources?: ContainerResources;
  /** Names of Secrets that come about in another way. @default - none */
  readonly existing?: string[];
}

/**
 * What makes a source.
 * @internal
 */
export type SecretSourceDescription =
  | { readonly kind: 'existing' }
  | ({ readonly kind: 'external' } & ExternalSecretsOptions)
  | ({ readonly kind: 'csi' } & SecretsStoreCsiOptions)
  | ({ readonly kind: 'agent' } & AgentInjectorOptions);

/** How the Secrets come about that `SecretKey` names: for all components at once. No manifest ever holds a secret. */
export class SecretSource {
  /** They are made by hand, by another operator or by a pipeline, before the pods start. */
  public static existing(): SecretSource {
    return new SecretSource({ kind: 'existing' });
  }

  /**
   * External Secrets Operator: an ExternalSecret for every Secret that a component reads, with just the keys it reads. The key `k` of
   * the Secret `s` is the property `k` of `<pathPrefix>s` in the store. Needs the operator's definitions (CRDs) when it is applied.
   */
  public static externalSecrets(options: ExternalSecretsOptions): SecretSource {
    return new SecretSource({ kind: 'external', ...options });
  }

  /**
   * Secrets Store CSI driver: every pod that reads a Secret mounts a volume of the class, whose files the driver turns into the
   * Secrets. They exist as long as one of the pods does.
   */
  public static secretsStoreCsi(options: SecretsStoreCsiOptions): SecretSource {
    return new SecretSource({ kind: 'csi', ...options });
  }

  /**
   * The agent injector of OpenBao or of Vault: annotations by which it adds an agent to each pod that reads a Secret, which writes the
   * keys as files in memory, where the Secret would be mounted. No Secret is made, so what a program takes from an environment variable
   * alone must be named by `existing`; synth says which. The key `k` of the Secret `s` is the property `k` of `<pathPrefix>s`.
   */
  public static agentInjector(options: AgentInjectorOptions): SecretSource {
    return new SecretSource({ kind: 'agent', ...options });
  }

  private constructor(
    /**
     * What it is.
     * @internal
     */
    public readonly _description: SecretSourceDescription,
  ) {}

  /**
   * Whether a Secret is there without any object of ours.
   * @internal
   */
  public _isExisting(secretName: string): boolean {
    const description = this._description;
    return description.kind === 'existing' || (description.existing?.includes(secretName) ?? false);
  }

  /**
   * What is wrong with it.
   * @internal
   */
  public _problems(): string[] {
    const description = this._description;
    if (description.kind === 'existing') {
      return [];
    }
    return [
      ...namesOf(description),
      ...refreshOf(description),
      ...(description.kind === 'agent' ? agentProblems(description) : []),
    ];
  }
}

type Made = Exclude<SecretSourceDescription, { readonly kind: 'existing' }>;

function namesOf(description: Made): string[] {
  const names =
    description.kind === 'external'
      ? { store: description.store }
      : description.kind === 'csi'
        ? { secretProviderClass: description.secretProviderClass }
        : {};
  return Object.entries(names)
    .filter(([, name]) => !/^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/.test(name))
    .map(
      ([property, name]) =>
        `secrets.${property} is ${JSON.stringify(name)}; allowed are names of objects, 1 to 253 lower-case letters, digits, "-" and ".": correct it`,
    );
}

function refreshOf(description: Made): string[] {
  return description.kind !== 'csi' && description.refreshInterval && description.refreshInterval.toMilliseconds() < 1000
    ? [
        `secrets.refreshInterval is ${description.refreshInterval.toMilliseconds()} ms; allowed is at least 1 s: raise it, each refresh asks the store`,
      ]
    : [];
}

function agentProblems({
  role,
  authPath,
  mount = 'secret',
  keyValueVersion = 2,
  pathPrefix,
  paths,
}: AgentInjectorOptions): string[] {
  const texts = { role, authPath, mount, pathPrefix, ...prefixed('paths.', paths ?? {}) };
  return [
    ...(keyValueVersion === 1 || keyValueVersion === 2
      ? []
      : [`secrets.keyValueVersion is ${keyValueVersion}; allowed are 1 and 2: say which the engine has`]),
    ...Object.entries(texts)
      // They stand in templates of the agent.
      .filter(([, text]) => text !== undefined && !/^[\w.-][\w./-]*$/.test(text))
      .map(
        ([property, text]) =>
          `secrets.${property} is ${JSON.stringify(text)}; allowed are letters, digits, "_", ".", "-" and, inside, "/": correct it`,
      ),
  ];
}

const prefixed = (prefix: string, values: { readonly [key: string]: string }) =>
  Object.fromEntries(Object.entries(values).map(([key, value]) => [`${prefix}${key}`, value]));
