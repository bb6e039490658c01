import { type Answer, type Ask, type ClusterAccess, ClusterError } from './kubectl';

/** A Kubernetes object, as far as it is looked at. */
export interface LiveObject {
  readonly kind?: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly labels?: { readonly [key: string]: string };
    readonly generation?: number;
  };
}

/** A Service of the stack. */
export interface LiveService extends LiveObject {
  readonly spec: { readonly clusterIP?: string; readonly ports?: readonly { readonly name?: string; readonly port: number }[] };
}

/** A ConfigMap of the stack. */
export interface ConfigMap extends LiveObject {
  readonly data?: { readonly [file: string]: string };
}

/** Which stack is looked at. */
export interface StackSelection {
  /** Its name. @default - the only one there is */
  readonly stack?: string;
  /** Namespaces that are searched. @default - all */
  readonly namespaces: readonly string[];
}

interface Headers {
  readonly [name: string]: string;
}

/** How a Service is asked. */
export interface Asking {
  readonly headers?: Headers;
  /** @default - the first */
  readonly port?: number;
}

const portOf = ({ spec }: LiveService) => spec.ports?.[0]?.port ?? 80;

const keyOf = ({ metadata }: LiveService, port: number) => `${metadata.namespace}/${metadata.name}:${port}`;

const APP = 'app.kubernetes.io/name';
const COMPONENT = 'app.kubernetes.io/component';
const STACK = 'app.kubernetes.io/part-of';
const OURS = 'app.kubernetes.io/managed-by=cdk8s';

/** What the API server says when it has rights or pods to blame and not the program behind the Service. */
const UNREACHED = /error trying to reach service/i;

function reasonOf(text: string): string {
  try {
    return String((JSON.parse(text) as { message?: unknown }).message);
  } catch {
    return text.trim().slice(0, 200);
  }
}

/** A stack in a cluster: its objects by their labels, and its Services by way of the API server. */
export class LiveStack {
  /** Finds the stack. */
  static async find(kubectl: ClusterAccess, { stack, namespaces }: StackSelection): Promise<LiveStack> {
    const selector = encodeURIComponent([OURS, stack === undefined ? STACK : `${STACK}=${stack}`].join(','));
    const list = async <Type extends LiveObject>(group: string, resource: string): Promise<Type[]> => {
      const scopes = namespaces.length === 0 ? [''] : namespaces.map((namespace) => `/namespaces/${namespace}`);
      const lists = scopes.map(async (scope) => {
        const { status, text } = await kubectl.get(`${group}${scope}/${resource}?labelSelector=${selector}`);
        if (status !== 200) {
          throw new ClusterError(`the API server answers ${status} to a list of ${resource}: ${reasonOf(text)}`);
        }
        return (JSON.parse(text) as { items: Type[] }).items;
      });
      return (await Promise.all(lists)).flat();
    };
    const services = await list<LiveService>('/api/v1', 'services');
    const names = [...new Set(services.map(({ metadata }) => metadata.labels?.[STACK] ?? ''))].sort();
    if (names.length !== 1) {
      const where = namespaces.length === 0 ? 'the cluster' : namespaces.join(', ');
      throw new ClusterError(
        names.length === 0
          ? `no Service of ${stack === undefined ? 'a stack' : `the stack ${stack}`} is in ${where} (labels ${STACK}, ${OURS}): apply the manifests, or look elsewhere`
          : `there are the stacks ${names.join(', ')}: choose one by --stack`,
      );
    }
    return new LiveStack(kubectl, names[0], services, list);
  }

  private readonly forwards = new Map<string, Promise<Ask>>();

  private constructor(
    private readonly kubectl: ClusterAccess,
    readonly name: string,
    private readonly services: readonly LiveService[],
    readonly list: <Type extends LiveObject>(group: string, resource: string) => Promise<Type[]>,
  ) {}

  /** The Service with an address of a component; undefined where the stack has none. */
  service(app: string, component: string): LiveService | undefined {
    return this.services.find(
      ({ metadata: { labels = {} }, spec }) =>
        labels[APP] === app &&
        (labels[COMPONENT] === component || labels[COMPONENT]?.startsWith(`${component}-`)) &&
        spec.clusterIP !== 'None',
    );
  }

  /** Objects of an application of the stack. */
  async objectsOf<Type extends LiveObject>(app: string, group: string, resource: string): Promise<Type[]> {
    return (await this.list<Type>(group, resource)).filter(({ metadata }) => metadata.labels?.[APP] === app);
  }

  /**
   * Asks a Service, by its first port unless told otherwise. The API server asks for us; where a NetworkPolicy or a right is in the
   * way of that, the way passes the kubelet.
   */
  async ask(service: LiveService, path: string, { headers, port = portOf(service) }: Asking = {}): Promise<Answer> {
    const { name, namespace } = service.metadata;
    const answer = this.forwards.has(keyOf(service, port))
      ? undefined
      : await this.askByApiServer(namespace, `${name}:${port}`, path, headers);
    return answer ?? this.askByKubelet(service, path, { headers, port });
  }

  /** Asks a Service by a way that hands headers on as they are, passwords included. */
  async askByKubelet(service: LiveService, path: string, { headers, port = portOf(service) }: Asking = {}): Promise<Answer> {
    const { name, namespace } = service.metadata;
    const key = keyOf(service, port);
    const forward = this.forwards.get(key) ?? this.kubectl.forward(namespace, name, port);
    this.forwards.set(key, forward);
    return (await forward)(path, headers);
  }

  /** Asks what a URL of this cluster leads to; undefined if it leads elsewhere. */
  async askUrl(url: URL, path: string, headers?: Headers): Promise<Answer | undefined> {
    const [name, namespace, kind = 'svc'] = url.hostname.split('.');
    const service = this.services.find(
      ({ metadata }) => metadata.name === name && (namespace === undefined || metadata.namespace === namespace),
    );
    return service && kind === 'svc'
      ? this.ask(service, `${url.pathname.replace(/\/$/, '')}${path}`, { headers, port: Number(url.port) || 80 })
      : undefined;
  }

  /** The value of a key of a Secret; undefined where there is none. */
  async secret(namespace: string, name: string, key: string): Promise<string | undefined> {
    const { status, text } = await this.kubectl.get(`/api/v1/namespaces/${namespace}/secrets/${name}`);
    if (status !== 200) {
      throw new ClusterError(`the Secret ${namespace}/${name} cannot be read: ${reasonOf(text)}`);
    }
    const value = (JSON.parse(text) as { data?: { [key: string]: string } }).data?.[key];
    return value === undefined ? undefined : Buffer.from(value, 'base64').toString('utf8');
  }

  /** The answer of the program behind a Service; undefined if it was not reached. */
  private async askByApiServer(namespace: string, service: string, path: string, headers?: Headers): Promise<Answer | undefined> {
    const answer = await this.kubectl
      .get(`/api/v1/namespaces/${namespace}/services/${service}/proxy${path}`, headers)
      .catch((error: Error) => ({ status: 504, text: `error trying to reach service: ${error.message}` }));
    const { status, text } = answer;
    if (status >= 500 && /no endpoints available/.test(text)) {
      throw new ClusterError(`${namespace}/${service} has no pod that is ready`);
    }
    if (status >= 500 && /connection refused/.test(text)) {
      throw new ClusterError(`the pod of ${namespace}/${service} does not listen`);
    }
    const refused = status === 403 && text.includes('services/proxy');
    return refused || (status >= 500 && UNREACHED.test(text)) ? undefined : answer;
  }
}
