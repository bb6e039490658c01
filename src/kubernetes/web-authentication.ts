import type { BasicAuthentication } from '../settings/basic-authentication';
import type { SecretKey } from '../settings/secret-key';
import type { Component } from './component';
import type { RouteExtension } from './gateway-route';

/** Options of `WebAuthentication.basic`. */
export interface BasicWebAuthenticationOptions {
  /**
   * File of Prometheus' exporter-toolkit ("web configuration") with `basic_auth_users`: names and bcrypt hashes, which so stay
   * in the Secret. It is read at every request: new users need no restart. Without `tls_server_config`, TLS ends at the Ingress.
   */
  readonly webConfig: SecretKey;
  /**
   * User of that file by which the stack's own programs come: Prometheus that scrapes it, probes, the Thanos sidecar, Grafana. The
   * Secret with its password must be in their namespaces, too.
   */
  readonly stackUser: BasicAuthentication;
}

/** Options of `WebAuthentication.nginxExternal`. */
export interface NginxExternalAuthenticationOptions {
  /** Whom the controller asks about every request, e.g. `https://oauth2-proxy.example.com/oauth2/auth`. */
  readonly url: string;
  /** Where people log in, e.g. `https://oauth2-proxy.example.com/oauth2/start?rd=$escaped_request_uri`. @default - they get 401 */
  readonly signInUrl?: string;
}

/** Options of `WebAuthentication.policy`. */
export interface PolicyAuthenticationOptions {
  /** Kind of the object, e.g. `SecurityPolicy` or `AuthorizationPolicy`. */
  readonly kind: string;
  /** Its name. */
  readonly name: string;
  /** Its namespace. @default - the component's */
  readonly namespace?: string;
}

interface Objects {
  readonly kind: string;
  readonly name: string;
  /** @default - the component's */
  readonly namespace?: string;
}

/**
 * What it consists of.
 * @internal
 */
interface Description {
  readonly basic?: BasicWebAuthenticationOptions;
  readonly annotations?: (component: Component) => { readonly [key: string]: string };
  readonly extensions?: readonly RouteExtension[];
  readonly needs?: Objects;
  readonly problems?: readonly string[];
  /** For which way in it is. @default - any */
  readonly only?: 'Ingress' | 'HTTPRoute';
}

/**
 * Who asks people for their name before they see a program that has no accounts of its own: Prometheus, Alertmanager, Pushgateway,
 * Thanos. One of these is chosen, or the warning that there is none is acknowledged.
 */
export class WebAuthentication {
  /**
   * The program itself asks for user and password, of everybody, inside the cluster too. The stack's programs are told a user;
   * others, such as jobs that push, need one.
   */
  public static basic(options: BasicWebAuthenticationOptions): WebAuthentication {
    return new WebAuthentication({ basic: options });
  }

  /** ingress-nginx asks a service, such as oauth2-proxy, about every request (`nginx.ingress.kubernetes.io/auth-url`). */
  public static nginxExternal(options: NginxExternalAuthenticationOptions): WebAuthentication {
    const { url, signInUrl } = options;
    return new WebAuthentication({
      only: 'Ingress',
      annotations: () => ({
        'nginx.ingress.kubernetes.io/auth-url': url,
        ...(signInUrl !== undefined && { 'nginx.ingress.kubernetes.io/auth-signin': signInUrl }),
      }),
      problems: Object.entries({ url, signInUrl })
        .filter(([, value]) => value !== undefined && !/^https?:\/\/\S+$/.test(value))
        .map(
          ([property, value]) =>
            `authentication.${property} is ${JSON.stringify(value)}; allowed is a URL with http or https: write it in full`,
        ),
    });
  }

  /**
   * A Middleware of Traefik (`basicAuth`, `forwardAuth` …), before an Ingress or an HTTPRoute. It must exist in the component's
   * namespace.
   */
  public static traefikMiddleware(name: string): WebAuthentication {
    return new WebAuthentication({
      annotations: ({ _identity }) => ({
        'traefik.ingress.kubernetes.io/router.middlewares': `${_identity.namespace}-${name}@kubernetescrd`,
      }),
      extensions: [{ group: 'traefik.io', kind: 'Middleware', name }],
      needs: { kind: 'Middleware', name },
    });
  }

  /** Annotations by which the ingress controller asks; for those that have no method here. */
  public static annotations(annotations: { [key: string]: string }): WebAuthentication {
    return new WebAuthentication({
      only: 'Ingress',
      annotations: () => annotations,
      problems:
        Object.keys(annotations).length > 0
          ? []
          : ['authentication has no annotation; allowed is at least one: name those by which the controller asks'],
    });
  }

  /**
   * An object that somebody else attaches to the HTTPRoute or the pods, such as a SecurityPolicy of Envoy Gateway (`extAuth`,
   * `oidc`) or an AuthorizationPolicy of Istio. It is listed among the prerequisites; whether it asks anybody cannot be seen here.
   */
  public static policy(options: PolicyAuthenticationOptions): WebAuthentication {
    return new WebAuthentication({ needs: options });
  }

  private constructor(
    /**
     * What it consists of.
     * @internal
     */
    public readonly _description: Description,
  ) {}
}
